#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the measurements of docs/figures.md and prints one JSON document.

    bench_run.py BUILD_FOLDER [--sizes 1000,10000,100000] [--rounds 5]

The machine and the commit stand beside the numbers. Ratios are taken within one run; absolute times
are this machine's and this hour's.
"""

import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

import gen_org

HERE = pathlib.Path(__file__).resolve().parent


def machine():
    model = "unknown"
    for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return {"cpu": model, "cpus": os.cpu_count(), "kernel": platform.release(),
            "load": os.getloadavg()[0]}


def commit():
    done = subprocess.run(["git", "-C", str(HERE), "describe", "--always", "--dirty"],
                          capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def once(command):
    """Wall seconds, CPU seconds and peak memory of one process, by the system's own account."""
    begin = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - begin
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1):
        raise SystemExit(f"{command}: exit status {child.returncode}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def median(command, rounds):
    runs = [once(command) for _ in range(rounds)]
    return {"wall_s": round(statistics.median(r[0] for r in runs), 4),
            "cpu_s": round(statistics.median(r[1] for r in runs), 4),
            "peak_kib": max(r[2] for r in runs), "rounds": rounds}


def program(build, name):
    path = build / "bench" / name
    if not path.exists():
        return {"skipped": f"{name} was not built: its opponent's library is not installed"}
    done = subprocess.run([str(path)], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def answers(build, folder, size):
    """CPU seconds of reading and of `check`, and what one question costs after reading."""
    asked = [text for name, ends in gen_org.questions(size).items() for text in (name, *ends)]
    done = subprocess.run([str(build / "bench" / "bench_trace"), folder, *asked],
                          capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def organisations(build, sizes, rounds):
    result = {}
    for size in sizes:
        for shape in ("network", "vpcs-only"):
            with tempfile.TemporaryDirectory() as folder:
                subprocess.run([sys.executable, str(HERE / "gen_org.py"), folder, "--interfaces",
                                str(size), *(["--vpcs-only"] if shape == "vpcs-only" else [])],
                               check=True, stdout=subprocess.DEVNULL)
                row = median([str(build / "src" / "cli" / "twoway"), "check", folder],
                             1 if size > 20000 else rounds)
                if shape == "network":
                    row["library"] = answers(build, folder, size)
                row["input_bytes"] = sum(f.stat().st_size for f
                                         in pathlib.Path(folder).rglob("*.json"))
                result[f"{size} {shape}"] = row
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    twoway = str(args.build / "src" / "cli" / "twoway")
    examples = sorted(p for p in (HERE.parent / "examples").iterdir() if p.is_dir())
    sizes = [int(n) for n in args.sizes.split(",") if n]
    print(json.dumps({
        "machine": machine(), "commit": commit(),
        "engine": program(args.build, "bench_engine"),
        "verdict": program(args.build, "bench_verdict"),
        "json": program(args.build, "bench_json"),
        "examples": {p.name: median([twoway, "check", str(p)], args.rounds * 4) for p in examples},
        "organisations": organisations(args.build, sizes, args.rounds),
    }, indent=2))


if __name__ == "__main__":
    main()
