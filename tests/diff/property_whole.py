#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`twoway diff` on whole networks: the golden ones, each against itself and against changed copies.

    property_whole.py --binary TWOWAY [--seconds S] [--seed SEED]

A network is the same as itself. In a copy that lost or gained a rule, an association or a group, the
witness of every change is traced through each network by `twoway trace`, which asks the other way
round, one question about one packet: both must tell the verdicts that the change tells.
"""

import argparse
import collections
import copy
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1] / "golden"


class Failure(Exception):
    pass


def run(binary, *args):
    done = subprocess.run([binary, *args], capture_output=True, text=True, timeout=120, check=False)
    if done.returncode not in (0, 1, 2):
        raise Failure(f"{args}: status {done.returncode}: {done.stderr}")
    return done


def networks():
    for area in ("paths", "network", "rules"):
        for folder in sorted((ROOT / area).glob("*/in")):
            files = sorted(folder.rglob("*.json"))
            if files and not list(folder.rglob("*.y*ml")):
                yield folder, files


# ---- changes -------------------------------------------------------------------------------------


def lists_in(document):
    """Lists of rules and of links, with the name of what they are."""
    for acl in document.get("NetworkAcls", []):
        if isinstance(acl.get("Entries"), list):
            yield "entry", [e for e in acl["Entries"] if e.get("RuleNumber", 0) < 32767], acl
    for group in document.get("SecurityGroups", []):
        for key in ("IpPermissions", "IpPermissionsEgress"):
            if group.get(key):
                yield "permission", group[key], (group, key)
    for one in document.get("NetworkInterfaces", []):
        if len(one.get("Groups", [])) > 1:
            yield "group", one["Groups"], one
    for table in document.get("RouteTables", []):
        if table.get("Routes"):
            yield "route", table["Routes"], table


def mutate(rng, documents):
    places = [(kind, rules, owner) for document in documents.values()
              if isinstance(document, dict)
              for kind, rules, owner in lists_in(document) if rules]
    if not places:
        return None
    kind, rules, owner = rng.choice(places)
    if kind == "entry":
        entry = rng.choice(rules)
        if rng.random() < 0.5:
            owner["Entries"].remove(entry)
        elif "PortRange" in entry and rng.random() < 0.7:
            entry["PortRange"] = {"From": 1024, "To": 65535} if rng.random() < 0.5 else {
                "From": 49152, "To": 65535}
        else:
            entry["RuleAction"] = "deny" if entry["RuleAction"] == "allow" else "allow"
    else:
        rules.pop(rng.randrange(len(rules)))
    return kind


# ---- holding -------------------------------------------------------------------------------------


def trace(binary, folder, change):
    """The verdict of the witness in a network; None if it cannot be asked about."""
    request = change["witness"]["request"]
    protocol = change["protocol"]
    args = ["trace", str(folder), "--from", request["from"], "--to", request["to"], "-o", "json"]
    if request["destination_port"] is not None:
        args += ["--protocol", protocol, "--port", str(request["destination_port"])]
    elif request["icmp"]:
        args += ["--protocol", f"{protocol}/{request['icmp']['type']}/{request['icmp']['code']}"]
    else:
        args += ["--protocol", f"protocol/{request['protocol']}"]
    done = run(binary, *args)
    if done.returncode == 2:
        return None
    flow = json.loads(done.stdout)["flows"][0]
    if any(path["by"] for path in flow["paths"]) or len(flow["paths"]) != 1:
        return None
    return flow["verdict"]


def hold(binary, old, new, change, seen):
    if "load balancer" in change["from"] + change["to"] or not change["witness"] or change["list"]:
        return
    for side, folder in (("before", old), ("after", new)):
        verdict = trace(binary, folder, change)
        if verdict is None:
            seen["not asked"] += 1
            continue
        seen["held"] += 1
        if verdict != change[side]["verdict"]:
            raise Failure(f"{side}: {change['sentence']}\n  {change['witness']['request']['text']}"
                          f"\n  diff tells {change[side]['verdict']}, trace {verdict}")


def write(folder, documents):
    for name, document in documents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document), encoding="utf-8")


def one_network(binary, rng, folder, files, seen):
    if run(binary, "check", str(folder)).returncode == 2:
        return
    same = run(binary, "diff", "--exit-code", "-o", "json", str(folder), str(folder))
    document = json.loads(same.stdout)
    if same.returncode != 0 or document["changes"] or document["same"]:
        raise Failure(f"{folder} is not the same as itself")
    seen["itself"] += 1
    old = {str(f.relative_to(folder)): json.loads(f.read_text(encoding="utf-8")) for f in files}
    new = copy.deepcopy(old)
    kind = mutate(rng, new)
    if kind is None:
        return
    with tempfile.TemporaryDirectory() as name:
        for side, documents in (("old", old), ("new", new)):
            write(pathlib.Path(name) / side, documents)
        before, after = pathlib.Path(name) / "old", pathlib.Path(name) / "new"
        done = run(binary, "diff", "-o", "json", str(before), str(after))
        if done.returncode == 2:
            return
        changes = json.loads(done.stdout)["changes"]
        seen["changes"] += len(changes)
        for change in rng.sample(changes, min(len(changes), 4)):
            try:
                hold(binary, before, after, change, seen)
            except Failure as failure:
                raise Failure(f"{folder}, {kind}: {failure}") from failure


def seed_of():
    """TW_SEED, or a new one."""
    return int(os.environ.get("TW_SEED") or random.randrange(2**32))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=None)
    args = parser.parse_args()
    seed = args.seed if args.seed is not None else seed_of()
    print(f"seed {seed}", flush=True)
    rng = random.Random(seed)
    binary = str(pathlib.Path(args.binary).resolve())
    every = list(networks())
    rng.shuffle(every)
    end = time.monotonic() + args.seconds
    seen = collections.Counter()
    try:
        for folder, files in every:
            if time.monotonic() > end:
                break
            one_network(binary, rng, folder, files, seen)
    except Failure as failure:
        print(failure)
        sys.exit(1)
    print(", ".join(f"{n} {what}" for what, n in sorted(seen.items())))
    sys.exit(0 if seen["itself"] and seen["held"] else 1)


if __name__ == "__main__":
    main()
