# SPDX-License-Identifier: Apache-2.0
"""Network ACLs by brute force, written from the specification alone: one packet against one rule
after the other. Addresses, ports and ICMP types are cut into atoms at every boundary that a rule
names, so one packet of each atom stands for all of them and a comparison is exact.

SPEC: nacl-first-match, nacl-family-separate, nacl-ports-ignored, nacl-icmp-type-code
"""

import ipaddress

TCP, UDP, ICMP, ICMPV6 = 6, 17, 1, 58
# The ports that judged clients pick when nobody knows more: 1024-65535 (spec of clients).
PICKED = (1024, 65535)
# Those whose loss decides (contract section 3): Linux, and Windows and macOS from public addresses.
LINUX, OTHERS = (32768, 60999), (49152, 65535)
LAST = {4: 2**32 - 1, 6: 2**128 - 1}
ANSWERS = {4: {8: 0, 13: 14, 15: 16}, 6: {128: 129}}


class Rule:
    def __init__(self, entry):
        cidr = entry.get("CidrBlock") or entry["Ipv6CidrBlock"]
        self.net = ipaddress.ip_network(cidr)
        self.family = self.net.version
        self.first = int(self.net.network_address)
        self.last = int(self.net.broadcast_address)
        self.egress = entry["Egress"]
        self.number = entry["RuleNumber"]
        self.allow = entry["RuleAction"] == "allow"
        self.protocol = int(entry["Protocol"])
        span = entry.get("PortRange")
        self.ports = (span["From"], span["To"]) if span else (0, 65535)
        self.icmp = entry.get("IcmpTypeCode")

    def matches(self, family, protocol, peer, port):
        if family != self.family or not self.first <= peer <= self.last:
            return False
        if self.protocol == -1:
            return True
        if protocol != self.protocol:
            return False
        if protocol in (TCP, UDP):
            return self.ports[0] <= port <= self.ports[1]
        if protocol in (ICMP, ICMPV6) and self.icmp:
            kind, code = self.icmp["Type"], self.icmp["Code"]
            return kind == -1 or (kind == port >> 8 and code in (-1, port & 255))
        return True


class Acl:
    def __init__(self, entries):
        self.rules = sorted((Rule(e) for e in entries), key=lambda r: r.number)
        self.lists = {egress: [r for r in self.rules if r.egress == egress]
                      for egress in (False, True)}

    def passes(self, egress, family, protocol, peer, port):
        for rule in self.lists[egress]:
            if rule.matches(family, protocol, peer, port):
                return rule.allow
        return False


def cuts(starts, last):
    """Atoms [first, last] between sorted starts."""
    starts = sorted({s for s in starts if 0 <= s <= last} | {0})
    return [(s, e - 1) for s, e in zip(starts, starts[1:] + [last + 1])]


def address_atoms(acls, family):
    starts = set()
    for acl in acls:
        for rule in acl.rules:
            if rule.family == family:
                starts |= {rule.first, rule.last + 1}
    return cuts(starts, LAST[family])


def port_atoms(acls):
    starts = {PICKED[0], PICKED[1] + 1}
    for acl in acls:
        for rule in acl.rules:
            starts |= {rule.ports[0], rule.ports[1] + 1}
    return cuts(starts, 65535)


def icmp_atoms(acls, family):
    starts = set()
    for kind in ANSWERS[family]:
        starts |= {kind << 8, (kind + 1) << 8}
    for acl in acls:
        for rule in acl.rules:
            if rule.icmp and rule.icmp["Type"] >= 0:
                kind, code = rule.icmp["Type"], rule.icmp["Code"]
                starts |= {kind << 8, (kind + 1) << 8}
                if code >= 0:
                    starts |= {kind << 8 | code, (kind << 8 | code) + 1}
    return cuts(starts, 65535)


def joined(ranges):
    out = []
    for lo, hi in ranges:
        if out and out[-1][1] + 1 == lo:
            out[-1][1] = hi
        else:
            out.append([lo, hi])
    return out


def fares(acl, inbound, family, protocol, peer, service, ports):
    """(request passes, what returns): port ranges, True or False, or None if nothing is expected."""
    request_egress = not inbound
    if not acl.passes(request_egress, family, protocol, peer, service):
        return False, None
    if protocol in (TCP, UDP):
        back = [(lo, hi) for lo, hi in ports if lo >= PICKED[0] and
                acl.passes(not request_egress, family, protocol, peer, lo)]
        return True, joined(back)
    if protocol == (ICMP if family == 4 else ICMPV6):
        answer = ANSWERS[family].get(service >> 8)
        if answer is None:
            return True, None
        return True, acl.passes(not request_egress, family, protocol, peer, answer << 8)
    return True, acl.passes(not request_egress, family, protocol, peer, 0)


def nothing_returns(returns, public):
    """No client that decides gets any reply."""
    if not isinstance(returns, list):
        return returns is False
    deciding = [LINUX, OTHERS] if public else [LINUX]
    return not any(lo <= last and first <= hi for lo, hi in returns for first, last in deciding)


def kind_of(before, after, public):
    """What becomes of packets that fare so and then so; None: the same. `public`: somebody with a
    public address may start them."""
    if before == after or (not before[0] and not after[0]):
        return None
    if not before[0] or not after[0]:
        returns = after[1] if after[0] else before[1]
        if nothing_returns(returns, public):
            return "one-way"
        return "appears" if after[0] else "vanishes"
    old, new = before[1], after[1]
    if isinstance(old, bool):
        return "breaks" if old else "mends"
    old_ports = {p for lo, hi in old for p in range(lo, hi + 1)}
    new_ports = {p for lo, hi in new for p in range(lo, hi + 1)}
    if old_ports > new_ports:
        return "breaks"
    return "mends" if new_ports > old_ports else "clients"
