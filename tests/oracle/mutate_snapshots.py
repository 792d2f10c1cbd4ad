#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Real networks with restrictive ACLs in place of their own: the program against the walker.

    mutate_snapshots.py --binary TWOWAY [--corpus FOLDER] [--rounds N]

Each folder of FOLDER (default: aws-snapshot of the corpus beside the checkout) is copied, the
entries of all its ACLs are replaced by each of six lists in turn, and random questions are asked
between its interfaces, its load balancers and the internet. Skips, with status 77 and a line that
says so, where the corpus is not there.
"""

import argparse
import json
import os
import pathlib
import random
import sys
import time

import test_walker
from network import OUTSIDE, Question
from plan import ANY4, row

CORPUS = pathlib.Path(__file__).resolve().parents[3] / "shared/corpus/aws-snapshot"
SKIPPED = 77
WEB = [(6, (22, 22), ANY4), (6, (80, 80), ANY4), (6, (443, 443), ANY4)]
# name: (ingress, egress)
LISTS = {
    "web-server": (WEB + [(6, (1024, 65535), ANY4)], WEB + [(6, (1024, 65535), ANY4)]),
    "aws-example": (WEB + [(6, (1024, 65535), ANY4)], WEB + [(6, (32768, 65535), ANY4)]),
    "iana-only": (WEB + [(6, (1024, 65535), ANY4)], [(6, (49152, 65535), ANY4)] + WEB),
    "mirrored": (WEB, WEB),
    "holes": ([(6, (3389, 3389), ANY4, "deny"), (-1, None, ANY4)],
              [(6, (3389, 3389), ANY4, "deny"), (6, (22, 22), ANY4, "deny"), (-1, None, ANY4)]),
    "out-only": ([(6, (80, 80), ANY4), (6, (443, 443), ANY4)], [(-1, None, ANY4)]),
}
PORTS = (22, 80, 443)


# Private, and in no VPC of a snapshot.
ON_PREMISES = "172.31.255.5"


def entries_of(lists):
    entries = []
    for egress, rules in zip((False, True), lists):
        entries += [row(10 * number, egress, *rule) for number, rule in enumerate(rules, start=1)]
        entries.append(row(32767, egress, -1, None, ANY4, "deny"))
    return entries


def mutated(snapshot, lists):
    """{file name: answer} with these entries in every ACL."""
    documents = {}
    for path in sorted(snapshot.glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        for acl in document.get("NetworkAcls", []):
            acl["Entries"] = entries_of(lists)
        documents[path.name] = document
    return documents


def rows_of(documents, key):
    return [one for document in documents.values() for one in document.get(key, [])]


def question(rng, documents):
    hosts = [one for one in rows_of(documents, "NetworkInterfaces")
             if (one.get("Attachment") or {}).get("InstanceId")]
    balancers = rows_of(documents, "LoadBalancers")
    first, port = rng.choice(hosts)["NetworkInterfaceId"], rng.choice(PORTS)
    kind = rng.random()
    if balancers and kind < 0.3:
        one = rng.choice(balancers)
        source = first if one["Scheme"] == "internal" else rng.choice(OUTSIDE)
        return Question("balancer", source, one["LoadBalancerArn"], "tcp",
                        80 if rng.random() < 0.8 else 81)
    if kind < 0.5:
        return Question("out", first, rng.choice(OUTSIDE + (ON_PREMISES,)), "tcp", port)
    if kind < 0.7:
        # By id: addresses of a snapshot may belong to several VPCs.
        return Question("in", rng.choice(OUTSIDE + (ON_PREMISES,)), first, "tcp", port)
    others = [one["NetworkInterfaceId"] for one in hosts if one["NetworkInterfaceId"] != first]
    return Question("call", first, rng.choice(others or [first]), "tcp", port)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    parser.add_argument("--corpus", type=pathlib.Path, default=CORPUS)
    parser.add_argument("--rounds", type=int, default=12, help="questions for each list")
    parser.add_argument("--keep", type=pathlib.Path, default="walker-disagreements")
    parser.add_argument("--seconds", type=float, default=30)
    args = parser.parse_args()
    snapshots = sorted(args.corpus.glob("*/"))
    if not snapshots:
        print(f"skipped: no snapshots in {args.corpus}")
        return SKIPPED
    seed = int(os.environ.get("TW_SEED") or random.SystemRandom().randrange(1 << 32))
    print(f"TW_SEED={seed}", flush=True)
    rng, binary = random.Random(seed), str(args.binary.resolve())
    asked = undecided = wrong = 0
    end = time.monotonic() + args.seconds
    for snapshot in snapshots:
        for name, lists in LISTS.items():
            documents = mutated(snapshot, lists)
            for _ in range(args.rounds):
                if time.monotonic() > end:
                    break
                one = question(rng, documents)
                found = test_walker.compare(binary, documents, one)
                undecided += bool(found[1].undecided)
                asked += not found[1].undecided
                if found[0]:
                    wrong += 1
                    folder = (args.keep / f"{snapshot.name}-{name}-{seed}-{asked}").resolve()
                    test_walker.keep(folder, documents, one, found, seed)
                    test_walker.tell(folder, one, found, seed)
    print(f"{asked} questions ({undecided} more were open), {wrong} disagreements")
    return 1 if wrong or not asked else 0


if __name__ == "__main__":
    sys.exit(main())
