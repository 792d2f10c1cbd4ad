#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs golden cases: folders that hold command lines of twoway and what they must print.

    run.py CASE... --binary TWOWAY [--update] [--bad]

A case is a folder with these files; only `cmd` is required, with `stdout` or `expect.json`:

    cmd          arguments of twoway, one command a line, quoted as in a shell; # starts a comment
                 line. Commands run in the case's folder; inputs usually lie in its folder in/.
    stdin        standard input of every command; without it there is none
    env          lines NAME=value, added to an otherwise clean environment
    stdout       exact standard output. Of several commands: all of it, `$ twoway ...` before each
    stderr       exact standard error, in the same way; without the file it may be anything
    exit         exit status, 0 without the file: one line for all commands or one line for each
    expect.json  what was worked out by hand, whatever `stdout` says: a list of
                 {"at": "jq filter", "is": value, "why": "specification id or sentence"}.
                 The command runs again with --format json and each filter must give that one value.
                 "run": N means the Nth command, 1 if not given.

Whenever `check`, `trace` or `lint` judged something, its JSON is held against schema/report.schema.json,
and its exit status must not depend on the format. --bad is for inputs that must be refused: `exit`
is 2 without the file and `stderr` is required. --update rewrites stdout, stderr and exit, never
expect.json, and shows what changed: read it, an update proves nothing.
"""

import argparse
import difflib
import functools
import json
import os
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMAS = {"check": "report", "trace": "report", "lint": "report"}  # of other commands: their own name
JUDGED = (0, 1)
TIMEOUT = 60
CRASH_MARKS = ("Sanitizer", "runtime error:")
# Not settings of twoway but of the tools that watch it.
KEPT_ENV = ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "MALLOC_PERTURB_")


class CaseError(Exception):
    """The case itself is not in order."""


class Case:
    def __init__(self, folder, bad):
        self.folder = folder
        self.bad = bad
        if not folder.is_dir():
            raise CaseError(f"{folder} is not a folder")
        if not (folder / "cmd").is_file():
            raise CaseError("there is no file cmd")
        lines = self.read("cmd").splitlines()
        self.commands = [shlex.split(line) for line in lines
                         if line.strip() and not line.lstrip().startswith("#")]
        if not self.commands:
            raise CaseError("cmd holds no command")
        self.stdin = (folder / "stdin").read_bytes() if (folder / "stdin").exists() else None
        self.env = {name: os.environ[name] for name in KEPT_ENV if name in os.environ}
        self.env.update({"LC_ALL": "C.UTF-8", "COLUMNS": "80", "TERM": "dumb"})
        for line in (self.read("env") or "").splitlines():
            name, equals, value = line.partition("=")
            if not equals:
                raise CaseError(f"env: no NAME=value: {line}")
            self.env[name] = value
        self.stdout = self.read("stdout")
        self.stderr = self.read("stderr")
        self.exits = self.read_exits()
        self.expect = self.read_expect()

    def read(self, name):
        """The text of a file of the case, as it stands; None if there is no such file."""
        path = self.folder / name
        return path.read_bytes().decode("utf-8", "surrogateescape") if path.exists() else None

    def read_exits(self):
        text = self.read("exit")
        exits = [int(line) for line in text.split()] if text else [2 if self.bad else 0]
        if len(exits) == 1:
            exits *= len(self.commands)
        if len(exits) != len(self.commands):
            raise CaseError(f"exit has {len(exits)} lines, cmd has {len(self.commands)} commands")
        return exits

    def read_expect(self):
        text = self.read("expect.json")
        if text is None:
            return []
        entries = json.loads(text)
        if not isinstance(entries, list) or not entries:
            raise CaseError("expect.json is not a list of assertions")
        for entry in entries:
            if not {"at", "is", "why"} <= entry.keys() <= {"at", "is", "why", "run"}:
                raise CaseError(f"expect.json: needs at, is and why (and may have run): {entry}")
            if not str(entry["why"]).strip():
                raise CaseError(f"expect.json: says not why: {entry}")
            if not 1 <= entry.get("run", 1) <= len(self.commands):
                raise CaseError(f"expect.json: there is no such command: {entry}")
        return entries

    def require_expectations(self):
        if self.bad and not self.stderr:
            raise CaseError("there is no stderr: a refused input needs its exact message")
        if not self.bad and self.stdout is None and not self.expect:
            raise CaseError("there is neither stdout nor expect.json")


class Run:
    def __init__(self, case, binary, args):
        done = subprocess.run([binary, *args], cwd=case.folder, env=case.env, input=case.stdin,
                              stdin=subprocess.DEVNULL if case.stdin is None else None,
                              capture_output=True, timeout=TIMEOUT, check=False)
        self.args = args
        self.exit = done.returncode
        self.stdout = done.stdout.decode("utf-8", "surrogateescape")
        self.stderr = done.stderr.decode("utf-8", "surrogateescape")

    def crash(self):
        """Why this is a crash whatever the case expects; None if it is none."""
        if self.exit < 0:
            return f"ended by signal {-self.exit}"
        for mark in CRASH_MARKS:
            if mark in self.stderr:
                return f"its error output has {mark!r}"
        return None


def as_json(args):
    kept, skip = [], False
    for arg in args:
        if skip:
            skip = False
        elif arg == "--format":
            skip = True
        elif not arg.startswith("--format="):
            kept.append(arg)
    return [kept[0], "--format", "json", *kept[1:]]


def joined(runs, stream):
    if len(runs) == 1:
        return getattr(runs[0], stream)
    return "".join(f"$ twoway {shlex.join(run.args)}\n{getattr(run, stream)}" for run in runs)


def printable(text):
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def diff_of(name, want, got):
    def lines(text):
        split = text.splitlines(keepends=True)
        if split and not split[-1].endswith("\n"):
            split[-1] += "\n\\ no newline at the end\n"
        return split
    return printable("".join(difflib.unified_diff(lines(want), lines(got), f"{name} (expected)",
                                                  f"{name} (printed)")))


@functools.lru_cache(maxsize=None)
def validator_of(command):
    """The validator of a command's JSON; None if the repository has no schema for it."""
    path = ROOT / "schema" / f"{SCHEMAS.get(command, command)}.schema.json"
    if not path.is_file():
        return None
    import jsonschema  # pylint: disable=import-outside-toplevel
    schema = json.loads(path.read_text(encoding="utf-8"))
    validator = jsonschema.validators.validator_for(schema)
    validator.check_schema(schema)
    return validator(schema)


def schema_faults(command, document):
    validator = validator_of(command)
    if validator is None:
        return []
    return [f"schema: {'/'.join(str(part) for part in error.absolute_path) or '(top)'}: "
            f"{error.message}" for error in validator.iter_errors(document)]


def twice(values):
    return sorted({one for one in values if values.count(one) > 1})


def invariant_faults(document):
    """What holds for every report, whatever the case is about."""
    flows, findings = document.get("flows", []), document.get("findings", [])
    faults = [f"two flows have the id {one}" for one in twice([f["id"] for f in flows])]
    faults += [f"two findings have the fingerprint {one}"
               for one in twice([f["fingerprint"] for f in findings])]
    violated = sum(f["expect"] == "never" and f["satisfied"] is False for f in flows)
    if document.get("summary", {}).get("violated", violated) != violated:
        faults.append("summary.violated is not the number of violated flows")
    for flow in flows:
        codes = {f["code"] for f in findings if flow["id"] in f["flows"] and f["level"] == "error"}
        if flow["satisfied"] is False and not codes & {"TW601", "TW602"}:
            faults.append(f"flow {flow['id']} is not satisfied and no finding says why")
        if flow["satisfied"] is True and codes & {"TW601", "TW602"}:
            faults.append(f"flow {flow['id']} is satisfied and a finding says it is not")
        for region in (r for path in flow["paths"] for r in path["regions"]):
            fate = (region["witness"] or {}).get("request", {}).get("fate")
            if fate and region["request"] == "allow" and not fate.startswith(("allowed", "passes")):
                faults.append(f"flow {flow['id']}: a request that passes is {fate}")
    return faults


def same(one, other):
    """Equality of JSON values; unlike Python's it tells true from 1."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def expect_fault(entry, text):
    done = subprocess.run(["jq", "-c", entry["at"]], input=text, capture_output=True,
                          encoding="utf-8", errors="surrogateescape", check=False)
    if done.returncode != 0:
        return f"expect.json: jq {entry['at']}: {done.stderr.strip()}"
    values = [json.loads(line) for line in done.stdout.splitlines()]
    if len(values) == 1 and same(values[0], entry["is"]):
        return None
    got = " ".join(json.dumps(value) for value in values) or "nothing"
    return (f"expect.json: {entry['at']}\n    must be {json.dumps(entry['is'])}"
            f"\n    but is  {got}\n    because {entry['why']}")


def json_faults(case, binary, number, run):
    """What is wrong with the JSON of one command."""
    entries = [entry for entry in case.expect if entry.get("run", 1) == number]
    command = run.args[0] if run.args else ""
    judged = command in SCHEMAS and run.exit in JUDGED
    if not entries and not judged:
        return []
    again = Run(case, binary, as_json(run.args))
    if again.crash():
        return [f"{shlex.join(again.args)}: {again.crash()}\n{again.stderr}"]
    if again.exit != run.exit:
        return [f"exit status {run.exit}, but {again.exit} with --format json\n{again.stderr}"]
    try:
        document = json.loads(again.stdout)
    except ValueError as error:
        return [f"{shlex.join(again.args)}: no JSON: {error}\n{again.stderr}"]
    faults = schema_faults(command, document) + invariant_faults(document)
    faults += [fault for entry in entries if (fault := expect_fault(entry, again.stdout))]
    return faults


def compare(case, runs):
    faults = []
    for run, want in zip(runs, case.exits):
        if run.crash():
            faults.append(f"twoway {shlex.join(run.args)}: {run.crash()}\n{run.stderr}")
        elif run.exit != want:
            faults.append(f"twoway {shlex.join(run.args)}: exit status {run.exit}, "
                          f"expected {want}\n{run.stderr}")
    for name, want in (("stdout", case.stdout), ("stderr", case.stderr)):
        if want is not None and joined(runs, name) != want:
            faults.append(diff_of(name, want, joined(runs, name)))
    return faults


def rewrite(path, text):
    """Makes a file hold this text, and no file if that is None; shows what changes."""
    old = path.read_bytes().decode("utf-8", "surrogateescape") if path.exists() else None
    if old == text:
        return
    print(diff_of(path, old or "", text or ""), end="")
    if text is None:
        path.unlink()
    else:
        path.write_bytes(text.encode("utf-8", "surrogateescape"))


def update(case, runs):
    for run in runs:
        if run.crash():
            raise CaseError(f"not updated: twoway {shlex.join(run.args)}: {run.crash()}")
    stdout, stderr = joined(runs, "stdout"), joined(runs, "stderr")
    # A case that has only hand-made expectations keeps it so.
    if case.stdout is not None or (not case.expect and not case.bad):
        rewrite(case.folder / "stdout", stdout)
    rewrite(case.folder / "stderr", stderr if any(run.stderr for run in runs) else None)
    exits = [run.exit for run in runs]
    usual = 2 if case.bad else 0
    lines = exits if len(set(exits)) > 1 else exits[:1]
    rewrite(case.folder / "exit", None if set(exits) == {usual}
            else "".join(f"{line}\n" for line in lines))


def run_case(folder, args):
    """Runs one case; returns its faults."""
    try:
        case = Case(folder, args.bad)
        if not args.update:
            case.require_expectations()
        runs = [Run(case, args.binary, command) for command in case.commands]
        if args.update:
            update(case, runs)
            case = Case(folder, args.bad)
        faults = compare(case, runs)
        for number, run in enumerate(runs, start=1):
            faults += json_faults(case, args.binary, number, run)
        return faults
    except (CaseError, ValueError) as error:
        return [f"the case is not in order: {error}"]
    except subprocess.TimeoutExpired as error:
        return [f"no end after {TIMEOUT} seconds: {shlex.join(map(str, error.cmd))}"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("cases", nargs="+", type=pathlib.Path)
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--bad", action="store_true")
    args = parser.parse_args()
    args.binary = args.binary.resolve()

    failed = 0
    for folder in args.cases:
        faults = run_case(folder.resolve(), args)
        failed += bool(faults)
        if faults:
            print(f"--- {folder}")
        for fault in faults:
            print(printable(fault).rstrip("\n"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
