#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each public header compiles alone, as C11 and as C++17, without a warning.

    check_headers.py COMPILER...     e.g. gcc g++
"""

import subprocess
import sys

from sources import ROOT, c_files, finish

FLAGS = ["-Wall", "-Wextra", "-Werror", "-pedantic", "-fsyntax-only", f"-I{ROOT / 'include'}"]


def main():
    c, cxx = sys.argv[1:]
    faults = []
    headers = c_files("include")
    for header in headers:
        name = header.relative_to(ROOT / "include")
        text = f'#include "{name}"\n#include "{name}"\n'
        for compiler, language, standard in ((c, "c", "c11"), (cxx, "c++", "c++17")):
            done = subprocess.run([compiler, "-x", language, f"-std={standard}", *FLAGS, "-"],
                                  input=text, capture_output=True, encoding="utf-8", check=False)
            if done.returncode != 0:
                faults.append(f"{name} as {standard}:\n{done.stderr}")
    finish(faults, len(headers), "headers")


if __name__ == "__main__":
    main()
