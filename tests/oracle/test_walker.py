#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random networks with gateways and load balancers: the program against the walker.

    test_walker.py --binary TWOWAY [--rounds N] [--seconds S] [--keep FOLDER] [--only TEXT]

The seed is printed; TW_SEED in the environment sets it, TW_ROUNDS the number of questions. A
disagreement is shrunk, object by object and rule by rule, as long as it lasts, and written below
FOLDER with the question (`cmd`), both answers and the seed.
"""

import argparse
import collections
import copy
import json
import os
import pathlib
import random
import shlex
import subprocess
import sys
import tempfile
import time

import answers
import holding
import network
from plan import write


def run(binary, documents, question):
    """(exit status, report or None, standard error)"""
    with tempfile.TemporaryDirectory() as folder:
        write(documents, pathlib.Path(folder) / "in")
        done = subprocess.run([binary, "trace", "in", *question.args(), "--format", "json"],
                              cwd=folder, capture_output=True, timeout=60, check=False)
    report = None
    if done.returncode in (0, 1):
        try:
            report = json.loads(done.stdout)
        except ValueError as error:
            return done.returncode, None, f"no JSON: {error}"
    return done.returncode, report, done.stderr.decode("utf-8", "replace")


def compare(binary, documents, question):
    """(faults, what the walker says, the report)"""
    expected = answers.expect(documents, question)
    if expected.undecided:
        return [], expected, None
    status, report, stderr = run(binary, documents, question)
    if report is None:
        return [("status", f"exit status {status}: {stderr.strip()[:400]}")], expected, None
    return holding.faults(expected, question, report, status), expected, report


def lists_in(value, path=()):
    """The paths of all lists of a document, outer ones first."""
    if isinstance(value, list):
        yield path
    items = enumerate(value) if isinstance(value, list) else \
        value.items() if isinstance(value, dict) else ()
    for key, part in items:
        yield from lists_in(part, path + (key,))


def without(documents, name, path, index):
    less = copy.deepcopy(documents)
    part = less[name]
    for key in path:
        part = part[key]
    del part[index]
    return less


def at(document, path):
    for key in path:
        document = document[key]
    return document


def smaller(documents):
    """Every way to leave one thing out; no kind of object goes altogether."""
    for name in sorted(documents):
        for path in list(lists_in(documents[name])):
            if path[-1:] in (("Tags",), ("TagSet",)):
                continue
            size = len(at(documents[name], path))
            for index in range(size if len(path) > 1 or size > 1 else 0):
                yield without(documents, name, path, index)


def shrink(binary, documents, question, kinds, seconds):
    """The same kind of disagreement with as little as possible, for some seconds at most."""
    end, again = time.monotonic() + seconds, True
    while again and time.monotonic() < end:
        again = False
        for less in smaller(documents):
            if time.monotonic() > end:
                break
            try:
                found = compare(binary, less, question)[0]
            except (KeyError, IndexError, ValueError, StopIteration):
                continue  # something that is needed was left out
            if kinds & {kind for kind, _ in found} and \
                    not any("exit status 2" in text for _, text in found):
                documents, again = less, True
                break
    return documents


def keep(folder, documents, question, found, seed):
    faults, expected, report = found
    write(documents, folder / "in")
    (folder / "cmd").write_text("trace in " + shlex.join(question.args()) + "\n",
                                encoding="utf-8")
    if report is not None:
        (folder / "got.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    words = [f"seed {seed}", *(f"{kind}: {text}" for kind, text in faults), "the walker says:",
             holding.text_of(expected)]
    (folder / "why").write_text("\n".join(words) + "\n", encoding="utf-8")


def brief(report):
    """The program's answer in a few lines."""
    if report is None:
        return "  none"
    lines = []
    for flow in report["flows"]:
        lines.append(f"  {flow['id']} {flow['purpose']}: request {flow['request']}, "
                     f"{flow['verdict']}, reason {(flow.get('reason') or {}).get('code')}")
        for path in flow["paths"]:
            for region in path["regions"]:
                lines.append(f"    {path['id']} by {path['by']}: {holding.said(region)}")
    return "\n".join(lines)


def tell(folder, question, found, seed):
    faults, expected, report = found
    print(f"--- {folder} (TW_SEED={seed}): twoway trace {folder}/in {question}")
    for kind, text in faults[:8]:
        print(f"{kind}: {text}")
    print("the walker says:")
    print(holding.text_of(expected))
    print("the program says:")
    print(brief(report), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=int(os.environ.get("TW_ROUNDS", "800")),
                        help="questions")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--shrink", type=float, default=15, help="seconds for one disagreement")
    parser.add_argument("--keep", type=pathlib.Path, default="walker-disagreements")
    parser.add_argument("--most", type=int, default=5, help="disagreements to write before ending")
    parser.add_argument("--only", help="kinds of questions, as `out,balancer`")
    parser.add_argument("--tally", action="store_true",
                        help="count disagreements by kind of question, write and shrink none")
    args = parser.parse_args()
    seed = int(os.environ.get("TW_SEED") or random.SystemRandom().randrange(1 << 32))
    print(f"TW_SEED={seed}", flush=True)
    binary, rng = str(args.binary.resolve()), random.Random(seed)
    end, asked, wrong = time.monotonic() + args.seconds, 0, 0
    tally = collections.Counter()
    only = args.only.split(",") if args.only else None
    for _, documents, question, expected in network.questions(rng, 5):
        if time.monotonic() > end or wrong >= args.most or asked >= args.rounds:
            break
        if expected.undecided or (only and question.kind not in only):
            continue
        asked += 1
        found = compare(binary, documents, question)
        if args.tally:
            tally[question.kind, "agree"] += not found[0]
            for kind in sorted({kind for kind, _ in found[0]}):
                tally[question.kind, kind] += 1
        if not found[0] or args.tally:
            continue
        wrong += 1
        start = time.monotonic()
        kinds = {kind for kind, _ in found[0]}
        documents = shrink(binary, documents, question, kinds, args.shrink)
        end += time.monotonic() - start
        found = compare(binary, documents, question)
        folder = (args.keep / f"{seed}-{asked}").resolve()
        keep(folder, documents, question, found, seed)
        tell(folder, question, found, seed)
    for (kind, what), number in sorted(tally.items()):
        print(f"{kind:12} {what:10} {number}")
    print(f"{asked} questions, {wrong} disagreements")
    return 1 if wrong or not asked else 0


if __name__ == "__main__":
    sys.exit(main())
