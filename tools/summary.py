#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Adds up Meson's test logs: shows what failed and why something was skipped, and ends with the
one line `N passed, N failed, N skipped`. Exits 1 if anything failed or nothing ran.

    summary.py [--passed N] [--failed N] [--brief] LOG...

--passed and --failed add steps counted elsewhere; --brief leaves out what failing tests printed.
"""

import argparse
import json
import pathlib
import re
import sys

PASSED = {"OK", "EXPECTEDFAIL"}
SKIPPED = {"SKIP"}
TAIL = 200  # lines shown of a failing test


def result_of(test):
    """Meson's result, but a cmocka program that ran no test has failed."""
    output = test.get("stdout", "") + test.get("stderr", "")
    if test["result"] in PASSED and re.search(r"Running 0 test\(s\)", output):
        return "FAIL"
    return test["result"]


def show_failure(test, result):
    print(f"\n--- {test['name']}: {result}, exit status {test.get('returncode')}")
    for stream in ("stdout", "stderr"):
        lines = test.get(stream, "").splitlines()
        if len(lines) > TAIL:
            print(f"[{len(lines) - TAIL} lines of {stream} left out]")
        for line in lines[-TAIL:]:
            print(line)


def reason_of(test):
    lines = [line for line in test.get("stdout", "").splitlines() if line.strip()]
    lines = lines or [line for line in test.get("stderr", "").splitlines() if line.strip()]
    return lines[-1].strip() if lines else "no reason given"


def inner_skips(test):
    """Tests that a passing cmocka program skipped: they are named, so that none hides."""
    output = test.get("stdout", "") + test.get("stderr", "")
    return sorted(set(re.findall(r"^\[  SKIPPED \] (?!\d+ test)(\S+)", output, re.MULTILINE)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--passed", type=int, default=0)
    parser.add_argument("--failed", type=int, default=0)
    parser.add_argument("--brief", action="store_true")
    parser.add_argument("logs", nargs="*", type=pathlib.Path)
    args = parser.parse_args()

    passed, failed, skipped = args.passed, args.failed, 0
    for log in args.logs:
        if not log.is_file():
            print(f"--- no tests ran: there is no {log}")
            failed += 1
            continue
        tests = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
        if not tests:
            print(f"--- no tests ran: {log} is empty")
            failed += 1
        for test in tests:
            result = result_of(test)
            if result in PASSED:
                passed += 1
                for name in inner_skips(test):
                    print(f"--- {test['name']}: {name} skipped inside")
            elif result in SKIPPED:
                skipped += 1
                print(f"--- {test['name']}: skipped: {reason_of(test)}")
            else:
                failed += 1
                if args.brief:
                    print(f"--- {log.parent.parent}: {test['name']}: {result}")
                else:
                    show_failure(test, result)
    print()
    if passed + failed == 0:
        print("--- no test ran")
        failed = 1
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
