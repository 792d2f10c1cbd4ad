#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`twoway diff` judges subnets that are alike together; `twoway trace` judges one pair of addresses
by itself. On random pairs of networks, both must tell the same.

    property_joined.py --binary TWOWAY [--rounds N] [--seconds S] [--seed SEED]

Single packets between interfaces, empty subnets and the outside are traced in each network. Where
the two differ, exactly one change holds the packet and tells what each network does with it, client
by client; where they do not, none does. What is said of the example of a change, and of its reply, is
what trace finds in the new network. Names of twoway.yaml may say who starts a flow; trace is
told so by a name of one address.
"""

import argparse
import collections
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

from property_diff import Failure, Region, seed_of

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "oracle"))

import world  # pylint: disable=wrong-import-position

PRIVATE = "192.168.0.5"
OUTSIDE = ("198.51.100.7", "203.0.113.9", PRIVATE, "2001:db8:9::7")
GUESTS = ("198.51.100.7/32", "203.0.113.7/32", "203.0.113.9/32", "198.18.0.0/32", "198.18.0.10/32",
          "198.18.0.20/32", "203.0.113.128/25")
PROBES = 24


# ---- networks ------------------------------------------------------------------------------------


def name_guests(rng, documents):
    """Each interface lets in callers of its own: one change of an ACL is theirs together, though
    their packets meet other groups. The examples are likely: addresses that people know, and those
    ten apart."""
    holders = documents["interfaces.json"]["NetworkInterfaces"]
    guests = rng.sample(GUESTS, len(holders))
    for one, guest in zip(holders, guests):
        name = "sg-0d" + one["NetworkInterfaceId"][-2:]
        one["Groups"] = [{"GroupId": name, "GroupName": name}]
        documents["groups.json"]["SecurityGroups"].append({
            "GroupId": name, "GroupName": name, "VpcId": world.VPC, "IpPermissionsEgress": [],
            "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443,
                               "IpRanges": [{"CidrIp": guest}]}]})


def network(rng):
    """Several subnets, more alike than those that hold a judge against an oracle."""
    documents = world.several_subnets(rng)
    # Without it nothing is joined: nobody knows what else the VPC has.
    documents["vpcs.json"] = {"Vpcs": [{
        "VpcId": world.VPC, "CidrBlock": "10.0.0.0/16",
        "CidrBlockAssociationSet": [{"CidrBlock": "10.0.0.0/16",
                                     "CidrBlockState": {"State": "associated"}}],
        "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": "2001:db8:1::/56",
                                         "Ipv6CidrBlockState": {"State": "associated"}}]}]}
    holders = documents["interfaces.json"]["NetworkInterfaces"]
    if rng.random() < 0.6:
        for one in holders:
            one["Groups"] = copy.deepcopy(holders[0]["Groups"])
    if rng.random() < 0.3:
        name_guests(rng, documents)
    if rng.random() < 0.4:
        for reservation in documents["instances.json"]["Reservations"]:
            for one in reservation["Instances"]:
                one.pop("Platform", None)
                one["PlatformDetails"] = "Linux/UNIX"
    return documents


def change_entry(rng, documents):
    acl = rng.choice(documents["acls.json"]["NetworkAcls"])
    rows = [row for row in acl["Entries"] if row["RuleNumber"] < 32767]
    kind = rng.random()
    if not rows or kind < 0.3:
        free = set(range(1, 399)) - {row["RuleNumber"] for row in rows}
        blocks = world.OUTSIDE4 + world.INSIDE4, world.OUTSIDE6 + world.INSIDE6
        number = rng.choice(sorted(free))
        acl["Entries"].append(world.entry(rng, rng.random() < 0.5, number, *blocks))
        return
    row = rng.choice(rows)
    if kind < 0.6:
        acl["Entries"].remove(row)
    elif kind < 0.8 and "PortRange" in row:
        row["PortRange"] = dict(zip(("From", "To"), world.pair(rng)))
    else:
        row["RuleAction"] = "deny" if row["RuleAction"] == "allow" else "allow"


def move_subnet(rng, documents):
    acls = [acl for acl in documents["acls.json"]["NetworkAcls"] if acl["Associations"]]
    if not acls:
        return
    source = rng.choice(acls)
    target = rng.choice(documents["acls.json"]["NetworkAcls"])
    moved = source["Associations"].pop(rng.randrange(len(source["Associations"])))
    if not target["IsDefault"]:
        target["Associations"].append(dict(moved, NetworkAclId=target["NetworkAclId"]))


def change_group(rng, documents):
    groups = documents["groups.json"]["SecurityGroups"]
    at = rng.randrange(len(groups))
    groups[at] = world.group(rng, groups[at]["GroupId"], [one["GroupId"] for one in groups])


def regroup(rng, documents):
    one = rng.choice(documents["interfaces.json"]["NetworkInterfaces"])
    other = rng.choice(documents["interfaces.json"]["NetworkInterfaces"])
    one["Groups"] = copy.deepcopy(other["Groups"])


def replace_platform(rng, documents):
    one = rng.choice(documents["instances.json"]["Reservations"][0]["Instances"])
    if one.pop("Platform", None) is None:
        one["Platform"] = "windows"
    one["PlatformDetails"] = "Windows" if "Platform" in one else "Linux/UNIX"


def mutate(rng, documents):
    documents = copy.deepcopy(documents)
    for _ in range(rng.choice((1, 1, 2))):
        rng.choice((change_entry, change_entry, change_entry, move_subnet, change_group, regroup,
                    replace_platform))(rng, documents)
    return documents


def addresses(documents):
    """Those of interfaces, and one of each subnet that has none."""
    found, taken = [], set()
    for one in documents["interfaces.json"]["NetworkInterfaces"]:
        taken.add(one["SubnetId"])
        found.append(one["PrivateIpAddress"])
        found += [six["Ipv6Address"] for six in one["Ipv6Addresses"]]
    for subnet in documents["subnets.json"]["Subnets"]:
        if subnet["SubnetId"] in taken:
            continue
        blocks = [subnet["CidrBlock"]] + [
            six["Ipv6CidrBlock"] for six in subnet["Ipv6CidrBlockAssociationSet"]]
        found += [str(ipaddress.ip_network(block)[77]) for block in blocks]
    return found


def names(rng, documents):
    """Who connects with which client, by names that share no address; or none."""
    if rng.random() < 0.5:
        return {}
    found = {"near": ("cidr", "198.51.100.0/24"), "far": ("cidr", "203.0.113.0/25")}
    for subnet in documents["subnets.json"]["Subnets"]:
        found[subnet["SubnetId"][-4:]] = ("subnet", subnet["SubnetId"])
    chosen = rng.sample(sorted(found), rng.randint(1, len(found)))
    return {name: (*found[name], rng.choice(["windows", "macos", "solaris", "fleet"]))
            for name in chosen}


def write_names(path, chosen):
    lines = ["clients: {fleet: {ports: [40000-44999], picks: even}}", "names:"]
    lines += [f"  {name}: {{{kind}: [{what}], client: {client}}}"
              for name, (kind, what, client) in chosen.items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def client_of(chosen, documents, address):
    """That of the name that has the address, or None."""
    address = ipaddress.ip_address(address)
    blocks = {one["SubnetId"]: [one["CidrBlock"]] + [
        six["Ipv6CidrBlock"] for six in one["Ipv6CidrBlockAssociationSet"]]
              for one in documents["subnets.json"]["Subnets"]}
    for kind, what, client in chosen.values():
        for block in [what] if kind == "cidr" else blocks[what]:
            net = ipaddress.ip_network(block)
            if net.version == address.version and address in net:
                return client
    return None


# ---- one packet ----------------------------------------------------------------------------------

Packet = collections.namedtuple("Packet", "from_ to protocol service")


def draw(rng, inside):
    from_ = rng.choice(inside)
    family = ipaddress.ip_address(from_).version
    to = rng.choice([one for one in list(OUTSIDE) + inside * 2
                     if ipaddress.ip_address(one).version == family and one != from_])
    if rng.random() < 0.5:
        from_, to = to, from_
    kind = rng.random()
    if kind < 0.75:
        return Packet(from_, to, 6, rng.choice(world.PORTS[1:]))
    if kind < 0.85:
        return Packet(from_, to, 17, rng.choice(world.PORTS[1:]))
    if kind < 0.95:
        return Packet(from_, to, 1 if family == 4 else 58, (8 if family == 4 else 128) << 8)
    return Packet(from_, to, 50, 0)


def draw_from(rng, regions, inside):
    """A packet of a change at an edge of its ports; None if it has none of these addresses."""
    region = rng.choice(regions)
    sources, targets, box = rng.choice(region.boxes)
    ends = []
    for blocks in (sources, targets):
        found = [one for one in list(OUTSIDE) + inside
                 if ipaddress.ip_address(one).version == region.change["family"] and
                 any(lo <= int(ipaddress.ip_address(one)) <= hi for lo, hi in blocks)]
        ends.append(rng.choice(found) if found else None)
    if None in ends or ends[0] == ends[1] or not set(ends) & set(inside):
        return None
    protocol = rng.choice(region.protocols)[0]
    if protocol in (6, 17):
        return Packet(*ends, protocol, max(1, rng.choice(rng.choice(box["service_ports"]))))
    if box["icmp"]:
        return Packet(*ends, protocol, rng.choice(box["icmp"])["type"][0] << 8)
    return Packet(*ends, protocol, 0)


def run(binary, *args):
    done = subprocess.run([binary, *args], capture_output=True, text=True, timeout=60, check=False)
    if done.returncode not in (0, 1):
        raise Failure(f"{args}: status {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)


def trace_region(binary, folder, packet, client):
    """The one region of the packet."""
    args = ["trace", str(folder), "-o", "json", "--to", packet.to]
    if client:
        path = folder.parent / "probe.yaml"
        write_names(path, {"probe": ("cidr", str(ipaddress.ip_network(packet.from_)), client)})
        args += ["--intents", str(path), "--from", "probe"]
    else:
        args += ["--from", packet.from_]
    if packet.protocol in (6, 17):
        args += ["--protocol", "tcp" if packet.protocol == 6 else "udp",
                 "--port", str(packet.service)]
    elif packet.protocol == (58 if ":" in packet.from_ else 1):
        name = "icmpv6" if ":" in packet.from_ else "icmp"
        args += ["--protocol", f"{name}/{packet.service >> 8}/{packet.service & 255}"]
    else:
        args += ["--protocol", f"protocol/{packet.protocol}"]
    flow = run(binary, *args)["flows"][0]
    regions = [region for path in flow["paths"] for region in path["regions"]]
    if len(regions) != 1:
        raise Failure(f"{packet}: one packet, {len(regions)} regions in {folder.name}")
    return regions[0]


def trace(binary, folder, packet, client):
    """Verdict, and what returns for each client."""
    region = trace_region(binary, folder, packet, client)
    return region["verdict"], {one["id"]: one for one in region["clients"]}


# ---- the example of a change ---------------------------------------------------------------------


def told_by(fate):
    """What the words say becomes of a packet."""
    for start, what in (("allowed", "allow"), ("passes", "allow"), ("denied", "deny"),
                        ("does not", "deny"), ("unknown", "unknown")):
        if fate.startswith(start):
            return what
    raise Failure(f"no such fate: {fate}")


def holds(ranges, port):
    return any(lo <= port <= hi for lo, hi in ranges)


def check_example(binary, folder, change, seen):
    if not change["witness"]:
        return
    request, reply = change["witness"]["request"], change["witness"]["reply"]
    service = request["destination_port"] or 0
    if request["icmp"]:
        service = request["icmp"]["type"] << 8 | request["icmp"]["code"]
    if request["protocol"] in (6, 17) and service == 0:
        return  # nobody can ask trace about it
    packet = Packet(request["from"], request["to"], request["protocol"], service)
    region = trace_region(binary, folder, packet, None)
    if told_by(request["fate"]) != region["request"]:
        raise Failure(f"example {request['text']}: {request['fate']}, traced {region['request']}")
    seen["examples"] += 1
    if not reply or region["legs"] or region["reply"]["kind"] != "ports":
        return
    port = reply["destination_port"]
    traced = "allow" if holds(region["reply"]["returns"], port) else \
        "unknown" if holds(region["reply"]["undecided"], port) else "deny"
    if told_by(reply["fate"]) != traced:
        raise Failure(f"reply {reply['text']}: {reply['fate']}, traced {traced}")
    seen["replies"] += 1


def levels(side):
    return {name: one["level"] for name, one in side[1].items() if one["level"] != "note"}


def fares(traced, wanted):
    """What somebody notices of each side: the ports of the clients that are judged, and what they
    make of it; not that the machine runs another system, and so judges otherwise."""
    both = []
    alike = levels(traced["old"]) == levels(traced["new"])
    for verdict, clients in traced.values():
        ports = [(name, clients[name]["passing"], clients[name]["undecided"])
                 for name in sorted(wanted) if name in clients]
        stopped = verdict in ("blocked", "unknown")
        both.append((verdict if stopped or alike or not clients else "passes",
                     None if stopped else ports))
    return both


def check_client(told, traced, where):
    if traced is None or told["verdict"] == "blocked":
        return
    for key in ("passing", "undecided", "total"):
        if told[key] != traced[key]:
            raise Failure(f"{where}: {told['id']}: {key} {told[key]}, traced {traced[key]}")


def check_packet(packet, traced, regions, seen):
    family = ipaddress.ip_address(packet.from_).version
    found = [one for one in regions
             if one.holds(family, packet.protocol, int(ipaddress.ip_address(packet.from_)),
                          int(ipaddress.ip_address(packet.to)), packet.service)]
    if len(found) > 1:
        raise Failure(f"{packet}: {len(found)} changes hold it")
    if not found:
        before, after = fares(traced, levels(traced["old"]).keys() | levels(traced["new"]).keys())
        if before != after:
            raise Failure(f"{packet}: no change told, but {before} became {after}")
        seen["unchanged"] += 1
        return
    change = found[0].change
    wanted = {one["id"] for one in change["after"]["clients"]}
    before, after = fares(traced, wanted)
    other = packet.protocol in (6, 17) and not wanted  # another system: only ports are told
    told_open = change["kind"] == "unknown" and (before[0] == "unknown" or after[0] == "unknown")
    if change["kind"] != "clients" and before == after and not other and not told_open:
        raise Failure(f"{packet}: told {change['kind']}, but it is {before} in both")
    for name, side in traced.items():
        told = change["before" if name == "old" else "after"]
        where = f"{packet}: {change['kind']}, {name}"
        # A change that has public addresses, too, is one of public clients as a whole.
        if told["verdict"] != side[0] and packet.from_ != PRIVATE:
            raise Failure(f"{where}: {told['verdict']}, traced {side[0]}")
        for client in told["clients"]:
            check_client(client, side[1].get(client["id"]), where)
    seen["changed"] += 1


# ---- rounds --------------------------------------------------------------------------------------


def write(folder, documents):
    folder.mkdir(exist_ok=True)
    for name, document in documents.items():
        (folder / name).write_text(json.dumps(document), encoding="utf-8")


def one_round(binary, rng, folder, seen):
    old = network(rng)
    sides = {"old": old, "new": mutate(rng, old)}
    for name, documents in sides.items():
        write(folder / name, documents)
    chosen = names(rng, old)
    options = []
    if chosen:
        write_names(folder / "names.yaml", chosen)
        options = ["--intents", str(folder / "names.yaml")]
    changes = run(binary, "diff", "-o", "json", *options, str(folder / "old"),
                  str(folder / "new"))["changes"]
    regions = [Region(change) for change in changes]
    for change in changes:
        check_example(binary, folder / "new", change, seen)
    inside = addresses(old)
    for _ in range(PROBES):
        packet = draw_from(rng, regions, inside) if regions and rng.random() < 0.5 else None
        packet = packet or draw(rng, inside)
        client = client_of(chosen, old, packet.from_)
        traced = {name: trace(binary, folder / name, packet, client) for name in sides}
        check_packet(packet, traced, regions, seen)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=None)
    args = parser.parse_args()
    seed = args.seed if args.seed is not None else seed_of()
    print(f"seed {seed}", flush=True)
    binary = os.path.abspath(args.binary)
    end = time.monotonic() + args.seconds
    seen = collections.Counter()
    while seen["rounds"] < args.rounds and time.monotonic() < end:
        with tempfile.TemporaryDirectory() as folder:
            try:
                one_round(binary, random.Random(seed + seen["rounds"]), pathlib.Path(folder), seen)
            except Failure as failure:
                print(f"round with seed {seed + seen['rounds']}: {failure}")
                sys.exit(1)
        seen["rounds"] += 1
    print(", ".join(f"{n} {what}" for what, n in sorted(seen.items())))
    sys.exit(0 if seen["changed"] and seen["unchanged"] and seen["replies"] else 1)


if __name__ == "__main__":
    main()
