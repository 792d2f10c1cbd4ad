#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An independent judge: what network ACLs and security groups do to single packets.

Written from the specification alone, in the plainest way that works: rules are tried one after the
other, ports are looked at one by one. It shares no code and no idea with the library, so the two
can only agree by both being right. Cited ids are those of the specification.

    oracle.py FILE... FROM TO PORT      one question by hand: judges tcp FROM -> TO:PORT
"""

import ipaddress
import json
import sys

TCP, UDP, ICMP, ICMPV6 = 6, 17, 1, 58
PORTS = 65536
ECHO = {ICMP: (8, 0), ICMPV6: (128, 129)}  # protocol: (request, reply)

# Ports a client may pick (clients.md section 2; the table of ids is the README's).
CLIENTS = {
    "linux": (32768, 60999), "windows": (49152, 65535), "windows-xp": (1025, 5000),
    "macos": (49152, 65535), "freebsd": (10000, 65535), "openbsd": (1024, 49151),
    "netbsd": (49152, 65535), "solaris": (32768, 65535), "nat": (1024, 65535),
    "nat-gateway": (1024, 65535), "elb": (1024, 65535), "lambda": (1024, 65535),
    "linux-snat": (1024, 65535), "dns-resolver": (1024, 65535), "iana": (49152, 65535),
    "any": (1024, 65535),
    "amazon-linux": (32768, 60999), "windows-2003": (1025, 5000), "aix": (32768, 65535),
    "alb": (1024, 65535), "eks-snat": (1024, 65535),
}
# Contract section 3: who decides.
FROM_PUBLIC = ("linux", "windows", "macos")
FROM_PRIVATE = ("linux",)
PRIVATE = [ipaddress.ip_network(text) for text in
           ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")]


def public(address):
    return not any(address in block for block in PRIVATE if block.version == address.version)


def intervals(flags):
    """Sorted, disjoint, inclusive pairs of the positions that are true."""
    found, start = [], None
    for position, flag in enumerate(flags):
        if flag and start is None:
            start = position
        elif not flag and start is not None:
            found.append([start, position - 1])
            start = None
    if start is not None:
        found.append([start, len(flags) - 1])
    return found


def common(one, other):
    """The positions that two lists of pairs share."""
    return [[max(a, c), min(b, d)] for a, b in one for c, d in other if max(a, c) <= min(b, d)]


def passing(ports, client):
    """How many ports of a client lie in inclusive pairs; the other number is how many it has."""
    low, high = CLIENTS[client]
    return (sum(max(0, min(high, b) - max(low, a) + 1) for a, b in ports), high - low + 1)


class Packet:
    """`what` is the destination port, or (type, code), or None where the protocol has neither."""

    def __init__(self, source, target, protocol, what):
        self.source, self.target = source, target
        self.protocol, self.what = protocol, what

    def __repr__(self):
        return f"protocol {self.protocol} {self.source} -> {self.target} {self.what}"


class Entry:
    """One row of a network ACL."""

    def __init__(self, data):
        self.number = data["RuleNumber"]
        self.egress = data["Egress"]
        self.allow = data["RuleAction"] == "allow"
        self.protocol = int(data["Protocol"])
        text = data.get("CidrBlock") or data.get("Ipv6CidrBlock")
        # SPEC: nacl-cidr-canonical
        self.block = ipaddress.ip_network(text, strict=False)
        ports = data.get("PortRange")
        self.ports = (ports["From"], ports["To"]) if ports else (0, 65535)
        icmp = data.get("IcmpTypeCode") or {"Type": -1, "Code": -1}
        self.type, self.code = icmp["Type"], icmp["Code"]
        # SPEC: nacl-implicit-deny-v4, nacl-implicit-deny-v6
        self.name = "*" if self.number >= 32767 else str(self.number)

    def matches(self, packet):
        peer = packet.target if self.egress else packet.source
        if peer.version != self.block.version or peer not in self.block:
            return False
        if self.protocol == -1:
            return True
        if self.protocol != packet.protocol:
            return False
        if self.protocol in (TCP, UDP):
            return self.ports[0] <= packet.what <= self.ports[1]
        if self.protocol == ICMP or (self.protocol == ICMPV6 and self.block.version == 6):
            kind, code = packet.what
            return self.type in (-1, kind) and self.code in (-1, code)
        return True  # SPEC: nacl-ports-ignored


class Acl:
    def __init__(self, data):
        self.id, self.vpc = data["NetworkAclId"], data.get("VpcId")
        self.default = data.get("IsDefault", False)
        self.subnets = [one["SubnetId"] for one in data.get("Associations", [])]
        self.entries = sorted((Entry(one) for one in data["Entries"]), key=lambda one: one.number)
        self.kept, self.kept_ports = {}, {}

    def decide(self, packet, egress):
        """(allowed, name of the rule): the first that matches, else the implicit deny."""
        for entry in self.entries:
            if entry.egress == egress and entry.matches(packet):
                return entry.allow, entry.name
        return False, "*"

    def table(self, packet, egress):
        """The same for every destination port at once: a list of 65,536 decisions.

        Painted from the last entry to the first, so that the first one wins; `decide` is the
        definition, and the self-test holds the two against each other."""
        peer = packet.target if egress else packet.source
        key = (str(peer), packet.protocol, egress)
        if key not in self.kept:
            row = [(False, "*")] * PORTS
            for entry in reversed(self.entries):
                if entry.egress != egress:
                    continue
                low, high = entry.ports if entry.protocol in (TCP, UDP) else (0, 65535)
                probe = Packet(packet.source, packet.target, packet.protocol, low)
                if low <= high and entry.matches(probe):
                    row[low:high + 1] = [(entry.allow, entry.name)] * (high - low + 1)
            self.kept[key] = row
        return self.kept[key]

    def ports(self, packet, egress):
        """The destination ports that get through, as pairs."""
        key = (str(packet.target if egress else packet.source), packet.protocol, egress)
        if key not in self.kept_ports:
            row = self.table(packet, egress)
            self.kept_ports[key] = intervals([allowed for allowed, _ in row])
        return self.kept_ports[key]


class Rule:
    """One row of a security group: one permission for one peer."""

    def __init__(self, group, egress, index, permission, kind, place, peer):
        self.group, self.egress = group, egress
        self.name = f"{'egress' if egress else 'ingress'}[{index}].{kind}[{place}]"
        self.protocol = {"-1": -1, "tcp": TCP, "udp": UDP, "icmp": ICMP, "icmpv6": ICMPV6}.get(
            permission["IpProtocol"])
        if self.protocol is None:
            self.protocol = int(permission["IpProtocol"])
        self.low = permission.get("FromPort", -1)
        self.high = permission.get("ToPort", -1)
        self.kind, self.peer = kind, peer

    def has_peer(self, network, address):
        if self.kind in ("IpRanges", "Ipv6Ranges"):
            block = ipaddress.ip_network(self.peer, strict=False)
            return address.version == block.version and address in block
        if self.kind == "PrefixListIds":
            return any(address.version == block.version and address in block
                       for block in network.lists[self.peer])
        # SPEC: sg-ref-private-ips
        holder = network.interfaces_by_address.get(address)
        return holder is not None and self.peer in holder.groups

    def matches(self, network, packet):
        if not self.has_peer(network, packet.target if self.egress else packet.source):
            return False
        if self.protocol == -1:
            return True
        if self.protocol != packet.protocol:
            return False
        if self.protocol in (TCP, UDP):
            return self.low <= packet.what <= self.high
        if self.protocol in (ICMP, ICMPV6):
            kind, code = packet.what
            return self.low in (-1, kind) and self.high in (-1, code)
        return True  # SPEC: sg-ports-ignored


class Interface:
    def __init__(self, data):
        self.id, self.subnet = data["NetworkInterfaceId"], data["SubnetId"]
        self.groups = [one["GroupId"] for one in data["Groups"]]
        self.instance = data.get("Attachment", {}).get("InstanceId")
        self.addresses = [ipaddress.ip_address(one["PrivateIpAddress"])
                          for one in data["PrivateIpAddresses"]]
        self.addresses += [ipaddress.ip_address(one["Ipv6Address"])
                           for one in data.get("Ipv6Addresses", [])]


class Step:
    """One decision on the way."""

    def __init__(self, direction, kind, component, where, allowed, rules):
        self.direction, self.kind, self.component = direction, kind, component
        self.list, self.allowed, self.rules = where, allowed, rules


class Network:
    """Whatever describe-* documents say together."""

    def __init__(self, documents):
        self.acls, self.subnets, self.interfaces = {}, {}, {}
        self.groups, self.windows, self.lists = {}, set(), {}
        self.instances = set()
        for document in documents:
            self.add(document)
        self.interfaces_by_address = {address: one for one in self.interfaces.values()
                                      for address in one.addresses}

    def add(self, document):
        for data in document.get("NetworkAcls", []):
            self.acls[data["NetworkAclId"]] = Acl(data)
        for data in document.get("Subnets", []):
            blocks = [data["CidrBlock"]] + [one["Ipv6CidrBlock"] for one in
                                            data.get("Ipv6CidrBlockAssociationSet", [])]
            self.subnets[data["SubnetId"]] = (
                data["VpcId"], [ipaddress.ip_network(one) for one in blocks])
        for data in document.get("NetworkInterfaces", []):
            self.interfaces[data["NetworkInterfaceId"]] = Interface(data)
        for reservation in document.get("Reservations", []):
            for data in reservation["Instances"]:
                self.instances.add(data["InstanceId"])
                if data.get("Platform") == "windows":
                    self.windows.add(data["InstanceId"])
        for data in document.get("SecurityGroups", []):
            self.groups[data["GroupId"]] = rules_of(data)
        if "PrefixListId" in document:
            self.lists[document["PrefixListId"]] = [
                ipaddress.ip_network(one["Cidr"]) for one in document["Entries"]]

    def subnet_of(self, address):
        for name, (_, blocks) in self.subnets.items():
            if any(address.version == one.version and address in one for one in blocks):
                return name
        return None

    def acl_of(self, subnet):
        for acl in self.acls.values():
            if subnet in acl.subnets:
                return acl
        for acl in self.acls.values():  # SPEC: nacl-default-association
            if acl.default and acl.vpc == self.subnets[subnet][0]:
                return acl
        return None

    def group_step(self, packet, address, egress):
        holder = self.interfaces_by_address.get(address)
        if holder is None or not self.groups:
            return []
        rules = [(rule.group, rule.name) for name in holder.groups
                 for rule in self.groups[name]
                 if rule.egress == egress and rule.matches(self, packet)]
        # SPEC: sg-allow-only-union
        return [Step("request", "security-group", holder.id, "egress" if egress else "ingress",
                     bool(rules), rules)]

    def lists_between(self, packet):
        """The (ACL, egress) pairs that a packet meets: SPEC: path-same-vpc, path-same-subnet."""
        leaves, enters = self.subnet_of(packet.source), self.subnet_of(packet.target)
        if leaves == enters and leaves is not None:
            return []
        met = [(leaves, True), (enters, False)]
        return [(self.acl_of(subnet), egress) for subnet, egress in met if subnet is not None]

    def request(self, packet):
        """Every decision, in the order in which the packet meets them, up to the first denial."""
        steps = self.group_step(packet, packet.source, True)
        for acl, egress in self.lists_between(packet):
            allowed, rule = acl.decide(packet, egress)
            steps.append(Step("request", "network-acl", acl.id, "egress" if egress else "ingress",
                              allowed, [(acl.id, rule)]))
        steps += self.group_step(packet, packet.target, False)
        kept = []
        for step in steps:
            kept.append(step)
            if not step.allowed:
                break
        return kept

    def reply(self, packet):
        """SPEC: nacl-stateless, sg-reply-passes: lists judge a reply, groups let it pass."""
        kept = []
        for acl, egress in self.lists_between(packet):
            allowed, rule = acl.decide(packet, egress)
            kept.append(Step("reply", "network-acl", acl.id, "egress" if egress else "ingress",
                             allowed, [(acl.id, rule)]))
            if not allowed:
                break
        return kept

    def allows(self, packet):
        return all(step.allowed for step in self.request(packet))

    def returns(self, source, target, protocol):
        """The destination ports of replies from target to source that get through."""
        probe = Packet(target, source, protocol, 0)
        left = [[0, PORTS - 1]]
        for acl, egress in self.lists_between(probe):
            left = common(left, acl.ports(probe, egress))
        return left

    def echo_returns(self, source, target, protocol):
        packet = Packet(target, source, protocol, (ECHO[protocol][1], 0))
        return all(step.allowed for step in self.reply(packet))

    def deciders(self, source):
        """Contract section 3, by initiator."""
        holder = self.interfaces_by_address.get(source)
        if holder is not None or self.subnet_of(source) is not None:
            windows = holder is not None and holder.instance in self.windows
            return ("windows",) if windows else ("linux",)
        return FROM_PUBLIC if public(source) else FROM_PRIVATE


def rules_of(data):
    rules = []
    for egress, key in ((False, "IpPermissions"), (True, "IpPermissionsEgress")):
        for index, permission in enumerate(data.get(key, [])):
            for kind, field in (("IpRanges", "CidrIp"), ("Ipv6Ranges", "CidrIpv6"),
                                ("PrefixListIds", "PrefixListId"),
                                ("UserIdGroupPairs", "GroupId")):
                for place, peer in enumerate(permission.get(kind, [])):
                    rules.append(Rule(data["GroupId"], egress, index, permission, kind, place,
                                      peer[field]))
    return rules


def verdict_of(counts):
    """Of the (passing, total) of clients that decide."""
    if all(got == total for got, total in counts):
        return "complete"
    if all(got == 0 for got, _ in counts):
        return "one-way"
    return "partial"


def edges(blocks, version):
    """First addresses of the pieces that CIDR blocks cut the address space into, as numbers."""
    top = 1 << (32 if version == 4 else 128)
    cuts = {0}
    for block in blocks:
        if block.version == version:
            cuts.add(int(block.network_address))
            cuts.add(int(block.broadcast_address) + 1)
    return sorted(cut for cut in cuts if cut < top)


def address_of(number, version):
    return ipaddress.IPv4Address(number) if version == 4 else ipaddress.IPv6Address(number)


def main():
    documents = [json.load(open(name, encoding="utf-8")) for name in sys.argv[1:-3]]
    network = Network(documents)
    source, target = (ipaddress.ip_address(text) for text in sys.argv[-3:-1])
    packet = Packet(source, target, TCP, int(sys.argv[-1]))
    for step in network.request(packet):
        print(step.direction, step.kind, step.component, step.list, step.rules, step.allowed)
    if not network.allows(packet):
        print("blocked")
        return
    ports = network.returns(source, target, TCP)
    print("replies return to", ports)
    for client in CLIENTS:
        got, total = passing(ports, client)
        print(f"{client:14} {got:6} of {total:6} {verdict_of([(got, total)])}")


if __name__ == "__main__":
    main()
