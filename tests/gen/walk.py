# SPDX-License-Identifier: Apache-2.0
"""A packet walker for generated rule sets, from the definition: what does one packet meet?

It knows the answer of describe-network-acls, the flows that were asked for, and nothing of how
rules are made. A packet is (protocol, peer, what): `what` is the destination port, for ICMP (type,
code), else None.
"""

import ipaddress

TCP, UDP, ICMP, ICMPV6 = 6, 17, 1, 58
PORTED = (TCP, UDP)
CLIENTS = {"linux": (32768, 60999), "windows": (49152, 65535), "macos": (49152, 65535),
           "nat-gateway": (1024, 65535), "openbsd": (1024, 49151), "windows-xp": (1025, 5000)}
ANY = (1024, 65535)     # nobody says who asks
USUAL = (32768, 65535)  # of these, what Linux, Windows and macOS need
ANSWERS = {(ICMP, 8): (0, 0), (ICMPV6, 128): (129, 0), (ICMP, 13): (14, 0)}
MTU = {4: (ICMP, (3, 4)), 6: (ICMPV6, (2, 0))}
PRIVATE = [ipaddress.ip_network(text) for text in (
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8",
    "169.254.0.0/16", "224.0.0.0/4", "fc00::/7", "fe80::/10", "::1/128", "ff00::/8")]


class Service:
    """"tcp/443", "udp/53-60", "icmp/8/0", "icmpv6/128", "protocol/50", "all"."""

    def __init__(self, text):
        name, _, rest = text.partition("/")
        self.text, self.low, self.high = text, None, None
        self.protocol = {"tcp": TCP, "udp": UDP, "icmp": ICMP, "icmpv6": ICMPV6, "all": -1,
                         "protocol": None}[name]
        if self.protocol is None:
            self.protocol = int(rest)
        elif self.protocol in PORTED:
            self.low, self.high = (int(part) for part in (rest.split("-") * 2)[:2])
        elif rest:
            parts = [int(part) for part in rest.split("/")]
            self.low = (parts[0], parts[1] if len(parts) > 1 else 0)
            self.high = (parts[0], parts[1] if len(parts) > 1 else 255)

    def holds(self, protocol, what):
        if self.protocol in (-1, protocol):
            return self.protocol == -1 or self.low is None or self.low <= what <= self.high
        return False

    def in_family(self, version):
        return self.protocol != (ICMPV6 if version == 4 else ICMP)


def is_public(address):
    return not any(address in block for block in PRIVATE if block.version == address.version)


class Entry:
    def __init__(self, raw):
        self.egress, self.allow = raw["Egress"], raw["RuleAction"] == "allow"
        self.number, self.protocol = raw["RuleNumber"], int(raw["Protocol"])
        self.block = ipaddress.ip_network(raw.get("CidrBlock") or raw["Ipv6CidrBlock"])
        self.ports = raw.get("PortRange")
        self.icmp = raw.get("IcmpTypeCode")

    def matches(self, protocol, peer, what):
        if peer.version != self.block.version or peer not in self.block:
            return False
        if self.protocol == -1:
            return True
        if self.protocol != protocol:
            return False
        if protocol in PORTED:
            return self.ports["From"] <= what <= self.ports["To"]
        if protocol in (ICMP, ICMPV6):
            return (self.icmp["Type"] in (-1, what[0]) and self.icmp["Code"] in (-1, what[1]))
        return True


class Acl:
    def __init__(self, raw):
        self.entries = sorted((Entry(one) for one in raw["Entries"]), key=lambda e: e.number)
        self.subnets = [one["SubnetId"] for one in raw["Associations"]]
        self.name = raw["Tags"][0]["Value"]

    def allows(self, egress, protocol, peer, what):
        for entry in self.entries:
            if entry.egress == egress and entry.matches(protocol, peer, what):
                return entry.allow
        return False

    def counts(self):
        """Entries of each list and family, the default deny included."""
        for egress in (False, True):
            for version in (4, 6):
                mine = [e for e in self.entries if e.egress == egress and e.number < 32767 and
                        e.block.version == version]
                yield len(mine) + 1


class Wish:
    """The flows and bans, and which subnets their ends stand in.

    An end is {"blocks": [networks], "internet": bool, "known": [networks of the VPC, which are
    not the internet], "subnets": [ids], "client": id or None}.
    """

    def __init__(self, flows, bans, blocks):
        self.flows, self.bans = flows, bans
        self.blocks = blocks  # of each subnet

    def stands(self, end, subnet, version):
        """The end has addresses of that family in the subnet."""
        return subnet in end["subnets"] and any(
            one.overlaps(other) for one in end["blocks"] for other in self.blocks[subnet]
            if one.version == other.version == version)

    @staticmethod
    def is_at(end, address, loosely):
        """`loosely`: the internet is every address, as a rule has to say it."""
        known = any(address in block for block in end["known"] if block.version == address.version)
        if end["internet"] and (loosely or (is_public(address) and not known)):
            return True
        return any(address in block for block in end["blocks"]
                   if block.version == address.version)

    @staticmethod
    def client_ports(flow, usual):
        names = flow["clients"] or ([flow["from"]["client"]] if flow["from"]["client"] else [])
        return [CLIENTS.get(name) or tuple(map(int, name.split("-"))) for name in names] or \
            [USUAL if usual else ANY]

    def is_reply(self, flow, service, protocol, what, usual):
        """The packet may answer a request of this service."""
        if service.protocol == -1:
            return True
        if service.protocol != protocol:
            return False
        if protocol in PORTED:
            return any(low <= what <= high for low, high in self.client_ports(flow, usual))
        if protocol in (ICMP, ICMPV6):
            return any(what == answer and service.holds(protocol, (kind, 0))
                       for (of, kind), answer in ANSWERS.items() if of == protocol)
        return True

    def speakers(self, subnets, egress, peer, loosely):
        """The services that may cross the list from or to this peer: requests, then replies."""
        requests, replies = [], []
        own, other = ("from", "to") if egress else ("to", "from")
        for flow in self.flows:
            for service in flow["services"]:
                if not service.in_family(peer.version):
                    continue
                for kind, here, there in ((requests, own, other), (replies, other, own)):
                    if (any(self.stands(flow[here], one, peer.version) for one in subnets) and
                            self.is_at(flow[there], peer, loosely)):
                        kind.append((flow, service))
        return requests, replies

    def wants(self, speakers, protocol, what, usual):
        """Why this packet may cross: "request", "reply", or None."""
        requests, replies = speakers
        if any(service.holds(protocol, what) for _, service in requests):
            return "request"
        if any(self.is_reply(flow, service, protocol, what, usual) for flow, service in replies):
            return "reply"
        return None

    def forbidders(self, subnets, egress, peer, loosely=False):
        own, other = ("from", "to") if egress else ("to", "from")
        return [(never, service) for never in self.bans for service in never["services"]
                if any(self.stands(never[own], one, peer.version) for one in subnets) and
                self.is_at(never[other], peer, loosely)]


def fits(protocol, peer):
    return not (protocol == ICMP and peer.version == 6 or protocol == ICMPV6 and peer.version == 4)


def list_faults(acl, egress, wish, peers, whats, inside):
    """Every packet of the given ones in one list."""
    seen = []
    spared = set()  # bans that something needed forbids to deny, by service and family
    for peer in peers:
        loose = wish.speakers(acl.subnets, egress, peer, True)
        exact = wish.speakers(acl.subnets, egress, peer, False)
        bans = wish.forbidders(acl.subnets, egress, peer)
        around = wish.forbidders(acl.subnets, egress, peer, True)
        home = any(peer in one for one in inside if one.version == peer.version)
        for protocol, what in whats:
            if not fits(protocol, peer):
                continue
            why = wish.wants(loose, protocol, what, False)
            # Where no never speaks, replies go to every port that some client may have.
            usual = any(service.holds(protocol, what) for _, service in around)
            needed = wish.wants(exact, protocol, what, usual)
            against = [(never, service) for never, service in bans
                       if service.holds(protocol, what)]
            if needed:  # as a reply, or by another end in the same subnets
                spared.update((id(never), service.text, peer.version)
                              for never, service in against)
            seen.append((peer, protocol, what, why, needed, against, home))
    for peer, protocol, what, why, needed, against, home in seen:
        packet = f"{acl.name} {'egress' if egress else 'ingress'} {protocol}/{what} {peer}"
        passes = acl.allows(egress, protocol, peer, what)
        if passes and why is None and (protocol, what) != MTU[peer.version]:
            yield f"{packet} passes, and nobody asked for it"
        if needed and not passes and not home:
            yield f"{packet} is denied, and is needed as a {needed}"
        for never, service in against:
            spare = (id(never), service.text, peer.version) in spared and why != "request"
            # A request between two ends of ours is stopped where it comes in.
            elsewhere = egress and never["to"]["subnets"]
            if passes and not (home or spare or elsewhere or needed):
                yield f"{packet} passes against {never['name']} ({service.text})"


def faults_of_acl(acl, wish, peers, whats, inside):
    """Both lists: nothing else is let in, nothing is missing, what is never wanted is denied.

    `inside`: the blocks of the ACL's subnet if it has one only; there no list is asked."""
    for egress in (False, True):
        yield from list_faults(acl, egress, wish, peers, whats, inside)
