#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random networks and questions: the program against the oracle.

    compare.py --binary TWOWAY [--rounds N] [--seconds S] [--keep FOLDER]

The seed is printed; TW_SEED in the environment sets it. A disagreement is shrunk, rule by rule, as
long as it lasts, and written as a golden case below FOLDER (default: oracle-disagreements).
"""

import argparse
import copy
import ipaddress
import json
import os
import pathlib
import random
import shlex
import subprocess
import sys
import tempfile
import time

import judge
import world
from oracle import CLIENTS, ICMP, ICMPV6, TCP, UDP, Network

OUTSIDE = ("198.51.100.7", "198.51.100.200", "203.0.113.9", "192.168.5.5", "198.51.100.0/24",
           "192.0.2.0/28", "198.51.100.0/30")
OUTSIDE6 = ("2001:db8:9::7", "2001:db8:9:1::1", "2001:db8:9::/64")
INSIDE_HOSTS = ("10.0.1.9", "10.0.1.70", "10.0.1.128/26")


class Question:
    """`trace` from one set of blocks to another."""

    def __init__(self, source, target, sources, targets, protocol, ports, client=None):
        self.source, self.target = source, target
        self.sources = [ipaddress.ip_network(one) for one in sources]
        self.targets = [ipaddress.ip_network(one) for one in targets]
        self.protocol, self.ports, self.client = protocol, ports, client
        self.inexact = False

    def protocol_in(self, version):
        if self.protocol == "echo":
            return ICMP if version == 4 else ICMPV6
        return TCP if self.protocol == "tcp" else UDP

    def args(self):
        args = ["--from", self.source, "--to", self.target]
        if self.protocol == "echo":
            six = self.sources[0].version == 6
            args += ["--protocol", "icmpv6/128/0" if six else "icmp/8/0"]
        else:
            low, high = self.ports
            args += ["--protocol", self.protocol, "--port", str(low) if low == high else
                     f"{low}-{high}"]
        return args + (["--client", self.client] if self.client else [])


class Case:
    """Documents and one command on them."""

    def __init__(self, documents, question):
        self.documents, self.question = documents, question

    def args(self):
        if self.question is None:
            return ["check", "in"]
        return ["trace", "in", *self.question.args()]

    def write(self, folder):
        inputs = pathlib.Path(folder) / "in"
        inputs.mkdir(parents=True, exist_ok=True)
        for name, document in self.documents.items():
            (inputs / name).write_text(json.dumps(document, indent=4) + "\n", encoding="utf-8")


def run(binary, case):
    """(exit status, report or None, what went to standard error)"""
    with tempfile.TemporaryDirectory() as folder:
        case.write(folder)
        done = subprocess.run([binary, *case.args(), "--format", "json"], cwd=folder,
                              capture_output=True, timeout=60, check=False)
    report = None
    if done.returncode in (0, 1):
        try:
            report = json.loads(done.stdout)
        except ValueError as error:
            return done.returncode, None, f"no JSON: {error}"
    return done.returncode, report, done.stderr.decode("utf-8", "replace")


def faults_of(binary, case, seed):
    """What is wrong with the program's answer, a few sentences at most."""
    status, report, stderr = run(binary, case)
    if report is None:
        return [f"exit status {status}: {stderr.strip()[:400]}"]
    network = Network(case.documents.values())
    if case.question is None:
        found = [*judge.check_faults(network, report, status),
                 *judge.loud_faults(network, report)]
    else:
        found = judge.trace_faults(network, case.question, report, status, random.Random(seed))
    return list(dict.fromkeys(found))[:8]


def smaller(documents):
    """Every way to leave one thing out."""
    def without(name, *keys):
        holder = documents[name]
        for key in keys:
            holder = holder[key]
        for index in range(len(holder)):
            less = copy.deepcopy(documents)
            part = less[name]
            for key in keys:
                part = part[key]
            del part[index]
            yield less

    for number in range(len(documents["acls.json"]["NetworkAcls"])):
        yield from without("acls.json", "NetworkAcls", number, "Entries")
    for number in range(len(documents.get("groups.json", {}).get("SecurityGroups", []))):
        for key in ("IpPermissions", "IpPermissionsEgress"):
            yield from without("groups.json", "SecurityGroups", number, key)


def shrink(binary, case, seed):
    """The same disagreement with as few rules as possible (or at least 200 tries later)."""
    tries = 0
    again = True
    while again and tries < 200:
        again = False
        for documents in smaller(case.documents):
            tries += 1
            less = Case(documents, case.question)
            if faults_of(binary, less, seed):
                case, again = less, True
                break
            if tries >= 200:
                break
    return case


def keep(folder, case, faults):
    """Writes a golden case, with the oracle's words where there is one verdict to expect."""
    folder.mkdir(parents=True, exist_ok=True)
    case.write(folder)
    (folder / "cmd").write_text(shlex.join(case.args()) + "\n", encoding="utf-8")
    (folder / "why").write_text("\n".join(faults) + "\n", encoding="utf-8")
    if case.question is None:
        return
    network = Network(case.documents.values())
    points = list(judge.points_of(network, case.question))
    clients = (case.question.client,) if case.question.client else None
    passed = {point.verdict(clients or point.deciders) for point in points if point.allowed}
    verdict = max(passed, key=judge.ORDER.index) if passed else "blocked"
    (folder / "exit").write_text("0\n" if verdict == "complete" else "1\n", encoding="utf-8")
    (folder / "expect.json").write_text(json.dumps(
        [{"at": ".flows[0].verdict", "is": verdict, "why": "the oracle walks every packet"}],
        indent=2) + "\n", encoding="utf-8")


def ports_of(rng):
    kind = rng.random()
    if kind < 0.7:
        port = rng.choice(world.SERVICES)
        return port, port
    if kind < 0.9:
        low, high = sorted((rng.choice(world.PORTS[2:]), rng.choice(world.PORTS[2:])))
        return low, high
    return 1, 65535


def outside_question(rng, documents):
    """Between the world and the one subnet, in either direction."""
    six = (bool(documents["subnets.json"]["Subnets"][0]["Ipv6CidrBlockAssociationSet"]) and
           rng.random() < 0.3)
    peer = rng.choice(OUTSIDE6 if six else OUTSIDE)
    own = "2001:db8:1:1::9" if six else rng.choice(INSIDE_HOSTS)
    source, target = (peer, own) if rng.random() < 0.6 else (own, peer)
    client = rng.choice(list(CLIENTS)) if rng.random() < 0.5 else None
    return Question(source, target, [source], [target],
                    rng.choice(("tcp", "tcp", "tcp", "udp", "echo")), ports_of(rng), client)


def inside_question(rng, documents):
    """Between two interfaces, or an interface and an address without one."""
    holders = documents["interfaces.json"]["NetworkInterfaces"]

    def named(one):
        addresses = [one["PrivateIpAddress"]] + [v6["Ipv6Address"] for v6 in one["Ipv6Addresses"]]
        name = rng.choice((one["NetworkInterfaceId"], one["Attachment"]["InstanceId"]))
        return name, addresses

    first, second = rng.sample(holders, 2)
    source, sources = named(first)
    target, targets = named(second)
    protocol = rng.choice(("tcp", "tcp", "tcp", "udp", "echo"))
    kind = rng.random()
    if kind < 0.25:
        target = rng.choice(("198.51.100.7", "10.0.1.99", "10.0.2.99"))
        targets = [target]
        sources = sources[:1]
    elif kind < 0.4:
        source = rng.choice(("198.51.100.7", "10.0.1.99", "10.0.2.99"))
        sources = [source]
        targets = targets[:1]
    if protocol == "echo":  # one family at a time
        sources, targets = sources[:1], targets[:1]
        source, target = sources[0], targets[0]
    platform = source not in ("198.51.100.7", "10.0.1.99", "10.0.2.99")
    # A platform decides, whatever --client says (contract 3); a golden case asks about both.
    client = rng.choice(list(CLIENTS)) if not platform and rng.random() < 0.5 else None
    return Question(source, target, sources, targets, protocol, ports_of(rng), client)


def cases(rng, rounds):
    for number in range(rounds):
        if number % 3 == 2:
            documents = world.several_subnets(rng)
            for _ in range(3):
                yield Case(documents, inside_question(rng, documents))
            continue
        documents = world.one_subnet(rng)
        yield Case(documents, None)
        for _ in range(2):
            yield Case(documents, outside_question(rng, documents))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=100, help="about three questions each")
    parser.add_argument("--seconds", type=float, default=45)
    parser.add_argument("--keep", type=pathlib.Path, default="oracle-disagreements")
    parser.add_argument("--most", type=int, default=5, help="disagreements to write before ending")
    args = parser.parse_args()
    seed = int(os.environ.get("TW_SEED") or random.SystemRandom().randrange(1 << 32))
    print(f"TW_SEED={seed}")
    rng = random.Random(seed)
    binary = args.binary.resolve()
    end = time.monotonic() + args.seconds
    asked = wrong = 0
    for case in cases(rng, args.rounds):
        if time.monotonic() > end or wrong >= args.most:
            break
        asked += 1
        if not faults_of(binary, case, seed):
            continue
        wrong += 1
        case = shrink(binary, case, seed)
        faults = faults_of(binary, case, seed)
        folder = args.keep / f"{seed}-{asked}"
        keep(folder, case, faults)
        print(f"--- {folder}: twoway {shlex.join(case.args())}")
        print("\n".join(faults))
    print(f"{asked} questions, {wrong} disagreements")
    return 1 if wrong or not asked else 0


if __name__ == "__main__":
    sys.exit(main())
