#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`twoway diff` against brute force, on random pairs of network ACLs.

    property_diff.py --binary TWOWAY [--rounds N] [--seconds S] [--seed SEED]

Every atom of packets is asked in both directions: the one change that holds it must be of the kind,
with the replies, that brute force finds, and where brute force finds none there is none. The witness
of each change must lie in it and fare as it is told. A network is the same as itself, and as itself
with rules renumbered, split, merged or, where they do not overlap, exchanged. --filters is held
against the lists alone.
"""

import argparse
import copy
import ipaddress
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

import brute

CIDRS = ["0.0.0.0/0", "0.0.0.0/1", "10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "203.0.113.0/24",
         "203.0.113.128/25", "198.51.100.7/32", "223.255.255.255/32"]
CIDRS6 = ["::/0", "2001:db8::/32", "2001:db8:1::/48"]
EDGES = [0, 22, 80, 443, 1023, 1024, 3306, 5000, 32767, 32768, 49151, 49152, 60999, 61000, 65535]
MIRRORED = {"appears": "vanishes", "vanishes": "appears", "breaks": "mends", "mends": "breaks",
            "clients": "clients", "one-way": "one-way"}


def random_entry(rng, number, egress):
    v6 = rng.random() < 0.2
    cidr = rng.choice(CIDRS6 if v6 else CIDRS)
    entry = {"RuleNumber": number, "Egress": egress,
             "RuleAction": "deny" if rng.random() < 0.3 else "allow",
             "Ipv6CidrBlock" if v6 else "CidrBlock": cidr}
    protocol = rng.choice([6, 6, 6, 6, 17, 58 if v6 else 1, 47, -1])
    entry["Protocol"] = str(protocol)
    if protocol in (6, 17):
        lo, hi = sorted(rng.choices(EDGES, k=2))
        entry["PortRange"] = {"From": lo, "To": hi}
    if protocol in (1, 58):
        kind = rng.choice([-1, 3, 8, 0, 13, 128, 129])
        entry["IcmpTypeCode"] = {"Type": kind, "Code": -1 if kind == -1 else rng.choice([-1, 0])}
    return entry


def random_entries(rng):
    most = rng.choice([2, 5, 9])
    return [random_entry(rng, 10 * (i + 1), egress)
            for egress in (False, True) for i in range(rng.randrange(most + 1))]


# ---- mutations without effect ------------------------------------------------------------------


def renumbered(rng, entries):
    out = []
    for egress in (False, True):
        part = sorted((e for e in entries if e["Egress"] == egress), key=lambda e: e["RuleNumber"])
        numbers = sorted(rng.sample(range(1, 32766), len(part)))
        out += [dict(e, RuleNumber=n) for e, n in zip(part, numbers)]
    return out


def spread(entries):
    """Room for one more rule behind each."""
    return [dict(e, RuleNumber=e["RuleNumber"] * 20) for e in entries]


def split_ports(rng, entries):
    out = spread(entries)
    wide = [e for e in out if "PortRange" in e and e["PortRange"]["From"] < e["PortRange"]["To"]]
    if wide:
        entry = rng.choice(wide)
        lo, hi = entry["PortRange"]["From"], entry["PortRange"]["To"]
        at = rng.randrange(lo, hi)
        entry["PortRange"] = {"From": lo, "To": at}
        out.append(dict(entry, RuleNumber=entry["RuleNumber"] + 1,
                        PortRange={"From": at + 1, "To": hi}))
    return out


def split_cidr(rng, entries):
    out = spread(entries)
    wide = [e for e in out if "CidrBlock" in e and not e["CidrBlock"].endswith("/32")]
    if wide:
        entry = rng.choice(wide)
        halves = [str(n) for n in ipaddress.ip_network(entry["CidrBlock"]).subnets()]
        rng.shuffle(halves)
        entry["CidrBlock"] = halves[0]
        out.append(dict(entry, RuleNumber=entry["RuleNumber"] + 1, CidrBlock=halves[1]))
    return out


def apart(a, b):
    """No packet matches both."""
    one, other = brute.Rule(a), brute.Rule(b)
    if one.family != other.family or one.last < other.first or other.last < one.first:
        return True
    if -1 in (one.protocol, other.protocol):
        return False
    if one.protocol != other.protocol:
        return True
    return one.protocol in (6, 17) and (one.ports[1] < other.ports[0] or
                                        other.ports[1] < one.ports[0])


def exchanged(rng, entries):
    out = copy.deepcopy(entries)
    egress = rng.random() < 0.5
    part = sorted((e for e in out if e["Egress"] == egress), key=lambda e: e["RuleNumber"])
    for a, b in zip(part, part[1:]):
        if apart(a, b) or a["RuleAction"] == b["RuleAction"]:
            a["RuleNumber"], b["RuleNumber"] = b["RuleNumber"], a["RuleNumber"]
            break
    return out


def shadowed(rng, entries):
    out = spread(entries)
    if out:
        entry = rng.choice(out)
        out.append(dict(entry, RuleNumber=entry["RuleNumber"] + 1,
                        RuleAction=rng.choice(["allow", "deny"])))
    return out


NO_EFFECT = [renumbered, split_ports, split_cidr, exchanged, shadowed]


def changed(rng, entries):
    out = copy.deepcopy(entries)
    roll = rng.random()
    if not out or roll < 0.25:
        egress = rng.random() < 0.5
        out.append(random_entry(rng, rng.randrange(1, 200) * 10 + 5, egress))
    elif roll < 0.5:
        out.pop(rng.randrange(len(out)))
    elif roll < 0.7:
        i = rng.randrange(len(out))
        out[i] = random_entry(rng, out[i]["RuleNumber"], out[i]["Egress"])
    elif roll < 0.85:
        out[rng.randrange(len(out))]["RuleAction"] = rng.choice(["allow", "deny"])
    else:
        return random_entries(rng)
    return out


# ---- running -------------------------------------------------------------------------------------


class Failure(Exception):
    pass


class Runner:
    def __init__(self, binary, folder):
        self.binary = binary
        self.folder = pathlib.Path(folder)
        self.runs = 0

    def write(self, name, entries):
        acl = {"NetworkAclId": "acl-1", "IsDefault": False, "Entries": entries}
        path = self.folder / name
        path.write_text(json.dumps({"NetworkAcls": [acl]}), encoding="utf-8")
        return str(path)

    def diff(self, old, new, *options):
        args = [self.binary, "diff", "--format", "json", "--exit-code", *options,
                self.write("old.json", old), self.write("new.json", new)]
        run = subprocess.run(args, capture_output=True, timeout=60, check=False, cwd=self.folder,
                             env={"LC_ALL": "C", "PATH": os.environ.get("PATH", "")})
        self.runs += 1
        if run.returncode not in (0, 1):
            raise Failure(f"status {run.returncode}: {run.stderr.decode()}")
        document = json.loads(run.stdout)
        if run.returncode != (1 if document["changes"] else 0):
            raise Failure(f"status {run.returncode} for {len(document['changes'])} changes")
        return document


# ---- holding against brute force ----------------------------------------------------------------


def protocols_of(change):
    names = {"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58}
    text = change["protocol"]
    if text in names:
        return [(names[text], names[text])]
    out = []
    for part in text.removeprefix("protocol/").split(","):
        lo, _, hi = part.strip().removeprefix("protocol/").partition("-")
        out.append((int(lo), int(hi or lo)))
    return out


class Region:
    """A change, ready to be asked about packets."""

    def __init__(self, change):
        self.change = change
        self.kind = change["kind"]
        self.protocols = protocols_of(change)
        self.boxes = []
        for box in change["boxes"]:
            nets = {end: [ipaddress.ip_network(c) for c in box[end]] for end in ("from", "to")}
            ends = {end: [(int(n.network_address), int(n.broadcast_address)) for n in nets[end]]
                    for end in nets}
            self.boxes.append((ends["from"], ends["to"], box))

    def holds(self, family, protocol, from_, to, service):
        if family != self.change["family"]:
            return False
        if not any(lo <= protocol <= hi for lo, hi in self.protocols):
            return False
        for sources, targets, box in self.boxes:
            if any(lo <= from_ <= hi for lo, hi in sources) and \
                    any(lo <= to <= hi for lo, hi in targets) and self.serves(box, service):
                return True
        return False

    def is_public(self):
        """Some initiator is outside of 10.0.0.0/8, the one private block of these networks."""
        return any(self.change["family"] == 6 or lo >> 24 != 10 or hi >> 24 != 10
                   for sources, _, _ in self.boxes for lo, hi in sources)

    @staticmethod
    def serves(box, service):
        if box["service_ports"] is not None:
            return any(lo <= service <= hi for lo, hi in box["service_ports"])
        if box["icmp"] is not None:
            return any(i["type"][0] <= service >> 8 <= i["type"][1] and
                       i["code"][0] <= service & 255 <= i["code"][1] for i in box["icmp"])
        return True


def atoms(acls):
    """(family, protocol, peer atom, service atom), for all packets."""
    ports = brute.port_atoms(acls)
    for family in (4, 6):
        icmp = brute.ICMP if family == 4 else brute.ICMPV6
        for peer in brute.address_atoms(acls, family):
            for protocol in (brute.TCP, brute.UDP):
                for service in ports:
                    yield family, protocol, peer, service
            for service in brute.icmp_atoms(acls, family):
                yield family, icmp, peer, service
            for protocol in (0, 47, 255):
                yield family, protocol, peer, (0, 0)


def returns_of(side, protocol):
    if protocol in (6, 17):
        return side["returns"]
    return None


def check_atom(regions, olds, news, inbound, atom, ports):
    family, protocol, peer, service = atom
    probe = (peer[0] + peer[1]) // 2
    near = 10 # any address: the ACL may guard each
    from_, to = (probe, near) if inbound else (near, probe)
    before = brute.fares(olds, inbound, family, protocol, probe, service[0], ports)
    after = brute.fares(news, inbound, family, protocol, probe, service[0], ports)
    found = [r for at in (peer[0], peer[1], probe) for r in regions
             if r.holds(family, protocol, *((at, near) if inbound else (near, at)), service[0])]
    where = f"{'in' if inbound else 'out'}bound v{family} {protocol} {peer} {service}"
    public = inbound and any(r.is_public() for r in found)
    want = brute.kind_of(before, after, public)
    if want is None:
        if found:
            raise Failure(f"{where}: told {found[0].kind}, but nothing changes ({before})")
        return None
    if len(found) != 3 or any(r is not found[0] for r in found):
        raise Failure(f"{where}: {want} ({before} -> {after}), told by {len(found)} of 3 changes")
    region = found[0]
    if region.kind != want:
        raise Failure(f"{where}: {want} ({before} -> {after}), told {region.kind}")
    if protocol in (6, 17):
        for name, fate in (("before", before), ("after", after)):
            told = region.change[name]["returns"]
            if told != (fate[1] if fate[0] else []):
                raise Failure(f"{where}: {name} returns {told}, not {fate}")
    return region


def check_witness(change, news, inbound):
    witness = change["witness"]
    if witness is None:
        raise Failure(f"no witness: {change['sentence']}")
    request = witness["request"]
    family, protocol = change["family"], request["protocol"]
    from_ = int(ipaddress.ip_address(request["from"]))
    to = int(ipaddress.ip_address(request["to"]))
    service, client = request["destination_port"] or 0, request["source_port"] or 0
    if request["icmp"]:
        service = request["icmp"]["type"] << 8 | request["icmp"]["code"]
    if not Region(change).holds(family, protocol, from_, to, service):
        raise Failure(f"the witness is not in its change: {request['text']}")
    peer = from_ if inbound else to
    passes = news.passes(not inbound, family, protocol, peer, service)
    if passes != request["fate"].startswith("allowed"):
        raise Failure(f"the witness fares otherwise: {request['text']}: {request['fate']}")
    reply = witness["reply"]
    if not reply:
        return
    if reply["icmp"]:
        client = reply["icmp"]["type"] << 8 | reply["icmp"]["code"]
    back = news.passes(inbound, family, protocol, peer, client)
    if back != reply["fate"].startswith("allowed"):
        raise Failure(f"the reply fares otherwise: {reply['text']}: {reply['fate']}")
    if change["kind"] == "breaks" and back or change["kind"] == "mends" and not back:
        raise Failure(f"the witness does not show it: {change['kind']} {reply['text']}")


def check_flows(runner, old, new):
    document = runner.diff(old, new)
    olds, news = brute.Acl(old), brute.Acl(new)
    ports = brute.port_atoms([olds, news])
    seen = 0
    for inbound in (True, False):
        regions = [Region(c) for c in document["changes"]
                   if (c["list"] == "ingress") == inbound]
        met = set()
        for atom in atoms([olds, news]):
            region = check_atom(regions, olds, news, inbound, atom, ports)
            if region:
                met.add(id(region))
        if len(met) != len(regions):
            raise Failure(f"{len(regions) - len(met)} changes hold no packet that changes")
        for region in regions:
            check_witness(region.change, news, inbound)
        seen += len(regions)
    if seen != len(document["changes"]) or seen != document["summary"]["changes"]:
        raise Failure("changes are counted otherwise")
    return document


def check_filters(runner, old, new):
    document = runner.diff(old, new, "--filters")
    olds, news = brute.Acl(old), brute.Acl(new)
    for egress in (False, True):
        regions = [Region(c) for c in document["changes"]
                   if (c["list"] == "egress") == egress]
        for family, protocol, peer, service in atoms([olds, news]):
            before = olds.passes(egress, family, protocol, peer[0], service[0])
            after = news.passes(egress, family, protocol, peer[0], service[0])
            want = [] if before == after else ["appears" if after else "vanishes"]
            ends = (10, peer[0]) if egress else (peer[0], 10)
            told = [r.kind for r in regions if r.holds(family, protocol, *ends, service[0])]
            if told != want:
                raise Failure(f"--filters, egress {egress}, {(family, protocol, peer, service)}: "
                              f"told {told}, not {want}")


def check_mirrored(document, back):
    def kinds(changes, names):
        return sorted((names.get(c["kind"], c["kind"]), c["protocol"], json.dumps(c["boxes"]))
                      for c in changes)
    if kinds(document["changes"], {}) != kinds(back["changes"], MIRRORED):
        raise Failure("the way back tells another story")


def check_same(runner, rng, entries):
    other = entries
    for mutate in rng.sample(NO_EFFECT, rng.randrange(len(NO_EFFECT) + 1)):
        other = mutate(rng, other)
        if max((e["RuleNumber"] for e in other), default=0) > 1600:
            other = renumbered(rng, other) if mutate is renumbered else [
                dict(e, RuleNumber=n) for egress in (False, True) for n, e in enumerate(
                    sorted((x for x in other if x["Egress"] == egress),
                           key=lambda x: x["RuleNumber"]), start=1)]
    for options in ((), ("--filters",)):
        document = runner.diff(entries, other, *options)
        if document["changes"] or document["differs"]:
            raise Failure(f"no effect, but told: {document['changes'][0]['sentence']}")


def one_round(runner, seed):
    rng = random.Random(seed)
    old = random_entries(rng)
    new = changed(rng, old)
    try:
        check_same(runner, rng, old)
        document = check_flows(runner, old, new)
        check_mirrored(document, runner.diff(new, old))
        check_filters(runner, old, new)
    except Failure as failure:
        print(f"round with seed {seed}: {failure}")
        print("old:", json.dumps(old))
        print("new:", json.dumps(new))
        sys.exit(1)
    return len(document["changes"])


def seed_of():
    """TW_SEED, or a new one."""
    return int(os.environ.get("TW_SEED") or random.randrange(2**32))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=None)
    args = parser.parse_args()
    seed = args.seed if args.seed is not None else seed_of()
    print(f"seed {seed}", flush=True)
    end = time.monotonic() + args.seconds
    changes = rounds = 0
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(os.path.abspath(args.binary), folder)
        while rounds < args.rounds and time.monotonic() < end:
            changes += one_round(runner, seed + rounds)
            rounds += 1
        print(f"{rounds} rounds, {runner.runs} runs, {changes} changes held against brute force")
    sys.exit(0 if rounds and changes else 1)


if __name__ == "__main__":
    main()
