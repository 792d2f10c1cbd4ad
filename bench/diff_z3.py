#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The difference of two ACLs of 40 rules a list, beside z3, an SMT solver, where it is installed.

    diff_z3.py BENCH_DIFF [--seed SEED] [--rounds N]

twoway gives every region that differs, for flows and for sets, each with a witness; z3 is asked for
less: one packet that the two lists treat differently, or the proof that there is none. It is run as
a process, as people run it; most of that time is the solver's, not the start of the process, which
is measured too. Prints JSON.
"""

import argparse
import ipaddress
import json
import pathlib
import random
import shutil
import statistics
import subprocess
import tempfile
import time

RULES = 40
SERVICES = [22, 80, 443, 3306, 5432, 6379, 53, 123, 8080, 8443]
LENGTHS = [0, 8, 16, 16, 20, 24, 24, 24, 28, 32]


def entry(rng, number, egress):
    port = rng.choice(SERVICES)
    narrow = rng.random() < 0.5
    block = ipaddress.ip_network((0x0A000000 | rng.randrange(1 << 24), rng.choice(LENGTHS)),
                                 strict=False)
    return {"RuleNumber": number, "Egress": egress,
            "RuleAction": "allow" if rng.random() < 0.7 else "deny",
            "Protocol": "6" if rng.random() < 0.7 else "17", "CidrBlock": str(block),
            "PortRange": {"From": port, "To": port} if narrow
            else {"From": rng.randrange(3) * 16384 + 1024, "To": 65535}}


def acl(entries):
    return {"NetworkAcls": [{"NetworkAclId": "acl-1", "IsDefault": False, "Entries": entries}]}


def smt_list(name, entries):
    body = "false"
    for rule in sorted(entries, key=lambda e: e["RuleNumber"], reverse=True):
        net = ipaddress.ip_network(rule["CidrBlock"])
        lo, hi = int(net.network_address), int(net.broadcast_address)
        ports = rule["PortRange"]
        match = (f"(and (= proto #x{int(rule['Protocol']):02x})"
                 f" (bvule #x{lo:08x} peer) (bvule peer #x{hi:08x})"
                 f" (bvule #x{ports['From']:04x} port) (bvule port #x{ports['To']:04x}))")
        body = f"(ite {match} {'true' if rule['RuleAction'] == 'allow' else 'false'}\n {body})"
    return f"(define-fun {name} () Bool {body})\n"


def smt(old, new, egress):
    pick = [[e for e in entries if e["Egress"] == egress] for entries in (old, new)]
    return ("(declare-const proto (_ BitVec 8))\n(declare-const peer (_ BitVec 32))\n"
            "(declare-const port (_ BitVec 16))\n" + smt_list("old", pick[0]) +
            smt_list("new", pick[1]) +
            "(assert (distinct old new))\n(check-sat)\n(get-value (proto peer port))\n")


def timed(args):
    begin = time.monotonic_ns()
    done = subprocess.run(args, capture_output=True, text=True, timeout=60, check=False)
    return time.monotonic_ns() - begin, done.stdout


def ask_z3(folder, old, new, rounds):
    if not shutil.which("z3"):
        return {"skipped": "z3 is not installed"}
    times, empty, answers = [], [], []
    (folder / "empty.smt2").write_text("(check-sat)\n", encoding="utf-8")
    for egress in (False, True):
        path = folder / f"{'out' if egress else 'in'}.smt2"
        path.write_text(smt(old, new, egress), encoding="utf-8")
        spent = []
        for _ in range(rounds):
            took, printed = timed(["z3", "-smt2", str(path)])
            spent.append(took)
            empty.append(timed(["z3", "-smt2", str(folder / "empty.smt2")])[0])
        times.append(statistics.median(spent))
        answers.append(printed.split()[0])
    return {"in_and_out_ns": int(sum(times)), "start_ns": int(statistics.median(empty)),
            "answers": answers}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench_diff")
    parser.add_argument("--seed", type=int, default=20260214)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    old = [entry(rng, 100 + i, egress) for egress in (False, True) for i in range(RULES)]
    one_rule, rewritten = [dict(e) for e in old], []
    one_rule[10] = entry(rng, one_rule[10]["RuleNumber"], one_rule[10]["Egress"])
    one_rule[RULES + 10] = entry(rng, one_rule[RULES + 10]["RuleNumber"], True)
    for rule in old:
        rewritten.append(dict(rule, RuleNumber=rule["RuleNumber"] * 20))
    other = [entry(rng, 100 + i, egress) for egress in (False, True) for i in range(RULES)]
    report = {"rules_per_list": RULES, "lists": 2, "seed": args.seed}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "old.json").write_text(json.dumps(acl(old)), encoding="utf-8")
        for case, new in (("two_rules_changed", one_rule), ("all_rules_changed", other),
                          ("renumbered", rewritten)):
            (folder / "new.json").write_text(json.dumps(acl(new)), encoding="utf-8")
            done = subprocess.run([args.bench_diff, str(folder / "old.json"),
                                   str(folder / "new.json")], capture_output=True, text=True,
                                  timeout=300, check=True)
            report[case] = {"twoway": json.loads(done.stdout),
                            "z3": ask_z3(folder, old, new, args.rounds)}
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
