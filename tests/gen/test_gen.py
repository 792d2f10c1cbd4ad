#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rule sets for random intents, proved twice.

    test_gen.py --binary TWOWAY [--rounds N] [--seed N] [--keep FOLDER]

Each round makes a small network and random intents, has `gen` write rules as describe JSON, and
puts that beside the network. Then `check` reads it with the same intents: every flow must be
complete, no never may pass, and nothing else may be worth a warning, with and without groups. And the walker (walk.py) tries packets at every edge of every block
and range: what a list lets pass must have been asked for, or lie in the reply range of a flow, or
be a path-MTU message.
"""

import argparse
import collections
import ipaddress
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import walk

QUOTA = 20
PUBLIC = ["203.0.113.0/24", "198.51.100.0/25", "198.51.100.64/26", "2001:db8:9::/48"]
OUTSIDE = ["10.9.0.0/16", "10.9.128.0/17"]  # private, but of nobody known
SERVICES = ["tcp/443", "tcp/80", "tcp/22", "tcp/8000-8100", "tcp/3389", "udp/53", "udp/123",
            "tcp/1000-1100", "tcp/40000", "icmp/8", "icmp/8/0", "icmpv6/128", "protocol/50",
            "tcp/33000-33010", "udp/500-4500", "tcp/1-1023", "tcp/0-33000", "udp/1-1023"]
CLIENTS = ["linux", "windows", "macos", "openbsd", "40000-44999", "600-1023"]
FORBIDDEN = SERVICES + ["all", "tcp/2000-5000", "tcp/1-1023", "icmp/3", "icmp/0/0"]


class World:
    """A VPC with a few subnets, and ends that may be named."""

    def __init__(self, rng):
        self.rng = rng
        self.subnets, self.interfaces, self.ends = [], [], {}
        self.dual = rng.random() < 0.4
        for number in range(rng.randint(1, 4)):
            self.add_subnet(number + 1)
        plain = [one["SubnetId"] for one in self.subnets if not one["shared"]]
        while plain:
            taken = [plain.pop() for _ in range(min(len(plain), rng.choice((1, 1, 2))))]
            self.add_end(f"tier-{len(self.ends)}", {"subnet": taken}, taken, [
                block for one in self.subnets if one["SubnetId"] in taken
                for block in one["blocks"]])
        for one in self.subnets:
            if one["shared"]:
                self.add_machines(one)
        self.ours = list(self.ends)
        self.add_end("internet", None, [], [], internet=True)
        for text in rng.sample(PUBLIC, rng.randint(0, 2)) + rng.sample(OUTSIDE, rng.randint(0, 1)):
            self.add_end(f"peer-{len(self.ends)}", {"cidr": [text]}, [],
                         [ipaddress.ip_network(text)])
        self.peers = list(self.ends)

    def add_subnet(self, number):
        subnet = {"SubnetId": f"subnet-{number}", "VpcId": "vpc-1",
                  "CidrBlock": f"10.0.{number}.0/24", "shared": self.rng.random() < 0.25}
        subnet["blocks"] = [ipaddress.ip_network(subnet["CidrBlock"])]
        if self.dual and self.rng.random() < 0.7:
            block = f"2001:db8:0:{number}::/64"
            subnet["blocks"].append(ipaddress.ip_network(block))
            subnet["Ipv6CidrBlockAssociationSet"] = [
                {"Ipv6CidrBlock": block, "Ipv6CidrBlockState": {"State": "associated"}}]
        self.subnets.append(subnet)

    def add_end(self, name, selector, subnets, blocks, internet=False):
        client = self.rng.choice((None, None, "linux", "windows")) if selector else None
        self.ends[name] = {"name": name, "selector": selector, "subnets": subnets,
                           "known": [block for one in self.subnets for block in one["blocks"]],
                           "blocks": blocks, "internet": internet, "client": client}

    def add_machines(self, subnet):
        for number in range(2):
            machine = f"eni-{subnet['SubnetId'][7:]}{number}"
            addresses = [block[10 + number] for block in subnet["blocks"]]
            self.interfaces.append((machine, subnet, addresses, machine))
            self.add_end(machine, {"interface": [machine]}, [subnet["SubnetId"]],
                         [ipaddress.ip_network(one) for one in addresses])

    def network(self, groups=None):
        """The describe answers; `groups`: id of the group of each end."""
        cards = list(self.interfaces)
        if groups is not None:
            for end in (self.ends[name] for name in self.ours):
                for one in self.subnets:
                    if one["SubnetId"] in end["subnets"] and not one["shared"]:
                        cards.append((f"eni-{end['name']}-{one['SubnetId']}", one,
                                      [block[20] for block in one["blocks"]], end["name"]))
        answer = {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}],
                  "Subnets": [{key: value for key, value in one.items() if key[0].isupper()}
                              for one in self.subnets]}
        answer["NetworkInterfaces"] = [
            {"NetworkInterfaceId": name, "SubnetId": subnet["SubnetId"], "VpcId": "vpc-1",
             "InterfaceType": "interface", "PrivateIpAddress": str(addresses[0]),
             "PrivateIpAddresses": [{"PrivateIpAddress": str(addresses[0]), "Primary": True}],
             "Ipv6Addresses": [{"Ipv6Address": str(one)} for one in addresses[1:]],
             "Groups": [{"GroupId": groups.get(end, "sg-closed")}] if groups else []}
            for name, subnet, addresses, end in cards]
        return answer


def random_intents(world):
    rng = world.rng

    def pair():
        own, other = rng.choice(world.ours), rng.choice(world.peers)
        return (own, other) if rng.random() < 0.5 else (other, own)

    def intent(name, services, most):
        source, target = pair()
        while source == target:
            source, target = pair()
        return {"name": name, "from": source, "to": target,
                "port": rng.sample(services, rng.randint(1, most))}

    flows = [intent(f"flow-{i}", SERVICES, 3) for i in range(rng.randint(1, 6))]
    for flow in flows:
        if rng.random() < 0.4:
            flow["clients"] = rng.sample(CLIENTS, rng.randint(1, 2))
    if rng.random() < 0.4:  # the replies of one may be one rule with the service of the other
        own, other = rng.choice(world.ours), rng.choice(world.peers)
        if own != other:
            flows += [{"name": "low", "from": other, "to": own, "port": ["tcp/1-1023"],
                       "clients": ["linux"]},
                      {"name": "back", "from": own, "to": other, "port": ["tcp/443"],
                       "clients": ["nat-gateway"]}]
    bans = [intent(f"never-{i}", FORBIDDEN, 2) for i in range(rng.choice((0, 0, 1, 2)))]
    callers = [flow for flow in flows if flow["to"] == "internet" and flow["from"] in world.ours]
    for flow in callers[:1]:  # its reply range lets a lot in
        others = [name for name in world.peers if name != flow["from"]]
        bans.append({"name": "never-in", "to": flow["from"], "from": rng.choice(others),
                       "port": [rng.choice(["tcp/3389", "tcp/2000-5000", "udp/1024-1100",
                                            "tcp/1-1023", "tcp/22"])]})
    names = {name: dict(end["selector"], **({"client": end["client"]} if end["client"] else {}))
             for name, end in world.ends.items() if end["selector"]}
    return {"names": names, "flows": flows, "never": bans}


def wish_of(world, intents):
    def resolved(one):
        return {"name": one["name"], "from": world.ends[one["from"]],
                "to": world.ends[one["to"]], "clients": one.get("clients", []),
                "services": [walk.Service(text) for text in one["port"]]}
    return walk.Wish([resolved(one) for one in intents["flows"]],
                     [resolved(one) for one in intents["never"]],
                     {one["SubnetId"]: one["blocks"] for one in world.subnets})


def edges(world, acl):
    """Addresses and whats at both sides of every edge."""
    blocks = [block for end in world.ends.values() for block in end["blocks"]]
    blocks += [entry.block for entry in acl.entries if entry.block.prefixlen > 0]
    peers = {ipaddress.ip_address("192.0.2.1"), ipaddress.ip_address("172.16.0.1"),
             ipaddress.ip_address("2400::1"), ipaddress.ip_address("fd00::1")}
    for block in blocks:
        for value in (int(block[0]) - 1, int(block[0]), int(block[-1]), int(block[-1]) + 1):
            if 0 <= value < 2**block.max_prefixlen:
                peers.add(type(block[0])(value))
    ports = {0, 1, 65535}
    for low, high in [(443, 443), (1024, 65535), (32768, 60999), (49152, 65535)] + [
            (entry.ports["From"], entry.ports["To"]) for entry in acl.entries if entry.ports]:
        ports |= {max(low - 1, 0), low, high, min(high + 1, 65535)}
    for text in FORBIDDEN:
        service = walk.Service(text)
        if isinstance(service.low, int):
            ports |= {service.low - 1, service.low, service.high, service.high + 1}
    whats = [(protocol, port) for protocol in walk.PORTED for port in sorted(ports)]
    whats += [(protocol, (kind, code)) for protocol, kinds in (
        (walk.ICMP, (0, 3, 8, 11)), (walk.ICMPV6, (2, 128, 129))) for kind in kinds
        for code in (0, 1, 4)]
    return sorted(peers, key=lambda a: (a.version, int(a))), whats + [(50, None), (51, None)]


def contradict(wish):
    """Some packet is of a flow and of a never; tried at the edges of both."""
    def share(one, other):
        for version in (4, 6):
            probes = [address for end in (one, other) for block in end["blocks"]
                      if block.version == version for address in (block[0], block[-1])]
            probes.append(ipaddress.ip_address("192.0.2.1" if version == 4 else "2400::1"))
            if any(walk.Wish.is_at(one, address, False) and walk.Wish.is_at(other, address, False)
                   for address in probes):
                yield version

    def same(a, b):
        if -1 in (a.protocol, b.protocol):
            return True
        return a.protocol == b.protocol and (a.low is None or b.low is None or
                                             a.low <= b.high and b.low <= a.high)
    return any(set(share(f["from"], n["from"])) & set(share(f["to"], n["to"])) and
               any(same(a, b) for a in f["services"] for b in n["services"])
               for f in wish.flows for n in wish.bans)


def run(binary, *args):
    return subprocess.run([binary, *map(str, args)], capture_output=True, text=True, timeout=60,
                          check=False)


def judged(binary, folder, network, rules):
    """What the program's own proof says, with the same intents."""
    (folder / "net.json").write_text(json.dumps(network), encoding="utf-8")
    (folder / "rules.json").write_text(json.dumps(rules), encoding="utf-8")
    done = run(binary, "check", folder / "net.json", folder / "rules.json", "--intents",
               folder / "twoway.yaml", "--format", "json", "--today", "2026-11-28", "--quiet")
    if done.returncode not in (0, 1):
        raise RuntimeError(f"check ends with {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)


def loud(report):
    """Findings but those of intents: a never may cost clients that are only likely."""
    return [one for one in report["findings"]
            if one["level"] != "note" and not one["code"].startswith("TW60")]


def check_faults(binary, folder, world, made):
    """With machines in the subnets that carry the groups; and the lists alone, whose rules may hold
    requests and replies in one."""
    groups = {one["GroupName"]: one["GroupId"] for one in made["SecurityGroups"]}
    bare = world.network()
    del bare["NetworkInterfaces"]  # nothing is known of who is there
    # Without groups nobody tells two machines of one subnet apart.
    alone = [] if any(one["shared"] for one in world.subnets) else loud(judged(
        binary, folder, bare, {"NetworkAcls": made["NetworkAcls"]}))
    made["SecurityGroups"].append({  # of machines that no flow names: gen makes none for them
        "GroupId": "sg-closed", "GroupName": "closed", "VpcId": "vpc-1", "IpPermissions": [],
        "IpPermissionsEgress": []})
    report = judged(binary, folder, world.network(groups), made)
    for flow in report["flows"]:
        if flow["expect"] and flow["satisfied"] is not True:
            told = [one["message"] for one in report["findings"] if flow["id"] in one["flows"]]
            yield f"check: {flow['name']} is {flow['verdict']}: {told}"
    for one in [one for one in report["findings"] if one["level"] == "error"] + loud(report):
        yield f"check: {one['code']} {one['message']}"
    for one in alone:
        yield f"check of lists alone: {one['code']} {one['message']}"


def round_faults(args, folder, rng, tally):
    world = World(rng)
    intents = random_intents(world)
    wish = wish_of(world, intents)
    (folder / "twoway.yaml").write_text(json.dumps(intents), encoding="utf-8")
    (folder / "net.json").write_text(json.dumps(world.network()), encoding="utf-8")
    quota = rng.choice((QUOTA, 1000))
    done = run(args.binary, "gen", "--intents", folder / "twoway.yaml", folder / "net.json",
               "--as", "json", "--quota", quota, "--quiet")
    if done.returncode == 2:
        for word in ("contradict", "quota", "no packet of it exists", "share a subnet",
                     "must let it pass"):
            if word in done.stderr:
                tally[word] += 1
                if word == "contradict" and not contradict(wish):
                    yield f"no contradiction is there: {done.stderr}"
                return
    if done.returncode != 0:
        yield f"gen ends with {done.returncode}: {done.stderr}"
        return
    if contradict(wish):
        yield "intents contradict each other, and nobody says so"
        return
    made = json.loads(done.stdout)
    tally["made"] += 1
    for raw in made["NetworkAcls"]:
        acl = walk.Acl(raw)
        tally["rules"] += len(acl.entries)
        if max(acl.counts()) > quota:
            yield f"{acl.name}: more than {quota} entries"
        numbers = [(entry.egress, entry.number) for entry in acl.entries if entry.number < 32767]
        if len(set(numbers)) != len(numbers):
            yield f"{acl.name}: a number stands twice"
        homes = [one["blocks"] for one in world.subnets if one["SubnetId"] in acl.subnets]
        inside = homes[0] if len(homes) == 1 else []
        yield from walk.faults_of_acl(acl, wish, *edges(world, acl), inside)
    yield from check_faults(args.binary, folder, world, made)


def seed_of():
    """TW_SEED, or a new one."""
    return int(os.environ.get("TW_SEED") or random.randrange(2**32))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=seed_of())
    parser.add_argument("--only", type=int, help="this round alone")
    parser.add_argument("--keep", type=pathlib.Path, help="work here and leave the files")
    args = parser.parse_args()
    print(f"seed {args.seed}")
    failed, tally = 0, collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        folder = args.keep or pathlib.Path(folder)
        for number in range(args.rounds) if args.only is None else [args.only]:
            for fault in round_faults(args, folder, random.Random(f"{args.seed}/{number}"), tally):
                print(f"round {number}: {fault}")
                failed += 1
                if failed > 30:
                    return 1
    print(f"{args.rounds} rounds, {failed} faults; {dict(tally)}")
    return 1 if failed or not tally["made"] else 0


if __name__ == "__main__":
    sys.exit(main())
