#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reports that a book helps to write are those that are written from nothing (book_walk.c), on
random networks of the oracle.

    test_book.py BOOK_WALK [NETWORKS [STEPS]]
"""

import os
import pathlib
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "oracle"))
import network  # noqa: E402  pylint: disable=wrong-import-position
from plan import write  # noqa: E402  pylint: disable=wrong-import-position


def main():
    walk, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10
    steps = sys.argv[3] if len(sys.argv) > 3 else "12"
    seed = int(os.environ.get("TW_SEED") or random.SystemRandom().randrange(1 << 32))
    print(f"TW_SEED={seed}", flush=True)
    failed = 0
    for i in range(count):
        with tempfile.TemporaryDirectory() as folder:
            write(network.Random(random.Random(seed + i)).documents(), folder)
            done = subprocess.run([walk, folder, steps, str(seed + i)], capture_output=True,
                                  text=True, timeout=600, check=False)
            if done.returncode != 0:
                failed += 1
                print(f"network {seed + i}: exit status {done.returncode}\n{done.stdout}"
                      f"{done.stderr}", flush=True)
    print(f"{count - failed} of {count} networks agree")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
