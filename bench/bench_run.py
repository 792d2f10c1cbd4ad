#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the measurements of docs/figures.md and prints one JSON document.

    bench_run.py BUILD_FOLDER [--sizes 1000,10000,100000] [--rounds 5] [--limit 600]

The machine and the commit stand beside the numbers. Ratios are taken within one run; absolute times
are this machine's and this hour's. A `check` of an organisation that takes longer than the limit, in
seconds, is stopped, and its row says so.
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


def once(command, expected=(0, 1)):
    """Wall and CPU seconds, peak KiB and exit status of a process, by the system's own account."""
    begin = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - begin
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in expected:
        raise SystemExit(f"{command}: exit status {child.returncode}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, child.returncode


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


def answers(build, folder, asked, *options):
    """CPU seconds of reading and of `check`, and what one question costs after reading."""
    done = subprocess.run([str(build / "bench" / "bench_trace"), folder, *options, *asked],
                          capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def organisation(build, folder, asked, rounds, limit):
    check = ["timeout", str(limit), str(build / "src" / "cli" / "twoway"), "check", folder]
    row = once(check, (0, 1, 124))
    if row[3] == 124:
        result = {"stopped_after_s": limit, "peak_kib": row[2]}
        return {**result, "library": answers(build, folder, asked, "--no-check")}
    result = median(check, rounds)
    return {**result, "library": answers(build, folder, asked)}


def organisations(build, sizes, rounds, limit):
    """Every size twice: as a whole, and as before there was anything between the VPCs."""
    result = {}
    for size in sizes:
        for shape, options in (("", []), (" vpcs-only", ["--vpcs-only"])):
            asked = []
            if not options and size >= 1000:
                asked = [text for name, ends in gen_org.questions(size).items()
                         for text in (name, *ends)]
            with tempfile.TemporaryDirectory() as folder:
                subprocess.run([sys.executable, str(HERE / "gen_org.py"), folder, "--interfaces",
                                str(size), *options], check=True, stdout=subprocess.DEVNULL)
                row = organisation(build, folder, asked, 1 if size > 20000 else rounds, limit)
                row["input_bytes"] = sum(f.stat().st_size
                                         for f in pathlib.Path(folder).rglob("*.json"))
                result[f"{size}{shape}"] = row
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--limit", type=int, default=600)
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
        "organisations": organisations(args.build, sizes, args.rounds, args.limit),
    }, indent=2))


if __name__ == "__main__":
    main()
