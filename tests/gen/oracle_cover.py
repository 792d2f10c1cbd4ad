#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The fewest rules, by exhaustive search, against those that `twoway gen` writes.

    oracle_cover.py --binary TWOWAY [--rounds N] [--seed N]

Written from the definition alone: a rule is a CIDR block, a protocol and a range of ports (for ICMP
one code, one type or everything; for `all` everything); of all lists of rules whose union is exactly
the wanted set, how long is the shortest? The wanted sets are small and random: a few addresses of
192.0.2.0/29, a few ports of TCP and UDP, some ICMP, some `all`. They reach gen as flows; the ingress
list of its ACL holds the requests, and one rule for path-MTU messages, which is left out here.
"""

import argparse
import ipaddress
import itertools
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

NET = ipaddress.ip_network("192.0.2.0/29")
PORTS = 6  # TCP and UDP: 1 to 6, and 0 stands for any other one
ICMP = {"icmp": "all", "icmp/8": "8", "icmp/13": "13", "icmp/8/0": "8/0", "icmp/8/1": "8/1"}
ICMP_ATOMS = ("8/0", "8/1", "8/x", "13/x", "x/x")
ICMP_RULES = {"all": ICMP_ATOMS, "8": ("8/0", "8/1", "8/x"), "13": ("13/x",), "8/0": ("8/0",),
              "8/1": ("8/1",)}
OTHER = "other"  # every protocol that no rule names


def everything():
    """All that a packet can be, apart from its address."""
    for protocol in ("tcp", "udp"):
        yield from ((protocol, port) for port in range(PORTS + 1))
    yield from (("icmp", atom) for atom in ICMP_ATOMS)
    yield (OTHER, None)


def rules():
    """All that a rule can say, apart from its block: a name, and what it lets in."""
    yield "all", frozenset(everything())
    for protocol in ("tcp", "udp"):
        for low, high in itertools.combinations_with_replacement(range(1, PORTS + 1), 2):
            yield f"{protocol}/{low}-{high}", frozenset(
                (protocol, port) for port in range(low, high + 1))
        yield protocol, frozenset((protocol, port) for port in range(PORTS + 1))
    for name, atoms in ICMP_RULES.items():
        yield f"icmp {name}", frozenset(("icmp", atom) for atom in atoms)


def blocks():
    for length in range(NET.prefixlen, 33):
        yield from NET.subnets(new_prefix=length)


def fewest(wanted):
    """The length of the shortest list whose union is `wanted`, a set of (address, what)."""
    order = {point: bit for bit, point in enumerate(sorted(wanted, key=repr))}
    boxes = set()
    for block in blocks():
        here = [address for address in block]
        for _, what in rules():
            points = [(address, one) for address in here for one in what]
            if all(point in order for point in points):
                boxes.add(sum(1 << order[point] for point in points))
    boxes = sorted(boxes)
    goal = (1 << len(order)) - 1
    reached, length = {0}, 0
    while goal not in reached:
        length += 1
        further = set()
        for mask in reached:
            first = ~mask & (mask + 1)  # some rule must hold the first point that is left
            further.update(mask | box for box in boxes if box & first)
        reached = further
    return length


def random_flow(rng):
    block = rng.choice(list(blocks()))
    kind = rng.random()
    if kind < 0.08:
        service = "all"
    elif kind < 0.25:
        service = rng.choice(sorted(ICMP))
    else:
        low, high = sorted(rng.choices(range(1, PORTS + 1), k=2))
        service = f"{rng.choice(('tcp', 'tcp', 'udp'))}/{low}-{high}"
    return str(block), service


def points_of(block, service):
    if service == "all":
        what = set(everything())
    elif service in ICMP:
        what = {("icmp", atom) for atom in ICMP_RULES[ICMP[service]]}
    else:
        protocol, ports = service.split("/")
        low, high = map(int, ports.split("-"))
        what = {(protocol, port) for port in range(low, high + 1)}
    return {(address, one) for address in ipaddress.ip_network(block) for one in what}


def entry_points(entry):
    """What an entry of describe-network-acls lets in, within the small world."""
    number = entry["Protocol"]
    if number == "-1":
        what = set(everything())
    elif number == "1":
        kind, code = entry["IcmpTypeCode"]["Type"], entry["IcmpTypeCode"]["Code"]
        name = "all" if kind == -1 else str(kind) if code == -1 else f"{kind}/{code}"
        what = {("icmp", atom) for atom in ICMP_RULES[name]}
    else:
        protocol = {"6": "tcp", "17": "udp"}[number]
        low, high = entry["PortRange"]["From"], entry["PortRange"]["To"]
        what = {(protocol, port) for port in range(max(low, 1), min(high, PORTS) + 1)}
        if high > PORTS or low == 0:
            what.add((protocol, 0))
    block = ipaddress.ip_network(entry["CidrBlock"])
    return {(address, one) for address in block for one in what}


def is_mtu(entry):
    return entry["Protocol"] == "1" and entry["IcmpTypeCode"] == {"Type": 3, "Code": 4}


def generate(binary, folder, flows):
    intents = pathlib.Path(folder) / "twoway.yaml"
    intents.write_text(json.dumps({"flows": [
        {"from": block, "to": "10.0.0.0/24", "port": service} for block, service in flows]}),
        encoding="utf-8")
    done = subprocess.run([binary, "gen", "--intents", intents, "--as", "json", "--quota", "1000",
                           "--quiet"], capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"exit status {done.returncode}: {done.stderr}")
    [acl] = json.loads(done.stdout)["NetworkAcls"]
    return [entry for entry in acl["Entries"] if not entry["Egress"] and
            entry["RuleNumber"] < 32767 and "CidrBlock" in entry and not is_mtu(entry)]


def faults_of(binary, folder, flows):
    entries = generate(binary, folder, flows)
    wanted = set().union(*(points_of(block, service) for block, service in flows))
    got = set().union(*(entry_points(entry) for entry in entries))
    if got != wanted:
        yield f"the rules let {sorted(map(str, got ^ wanted))[:4]} in, or not, against the wish"
    best = fewest(wanted)
    if len(entries) != best:
        yield f"{len(entries)} rules, but {best} are enough"


def seed_of():
    """TW_SEED, or a new one."""
    return int(os.environ.get("TW_SEED") or random.randrange(2**32))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--rounds", type=int, default=150)
    parser.add_argument("--seed", type=int, default=seed_of())
    args = parser.parse_args()
    print(f"seed {args.seed}")
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(args.rounds):
            rng = random.Random(f"{args.seed}/{number}")
            flows = [random_flow(rng) for _ in range(rng.randint(1, 9))]
            for fault in faults_of(args.binary, folder, flows):
                print(f"round {number}: {flows}: {fault}")
                failed += 1
    print(f"{args.rounds} wanted sets, {failed} faults")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
