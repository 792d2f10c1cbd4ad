# SPDX-License-Identifier: Apache-2.0
"""What becomes of a request and of each of its replies, and the verdicts that follow from it.

An Outcome is one alternative of one concrete question: (request trip, reply trip), with every port
held against every list that the two meet.
"""

import ipaddress
import json
import pathlib
import sys

from estate import Estate, Undecided
from oracle import (CLIENTS, ECHO, FROM_PRIVATE, FROM_PUBLIC, ICMP, ICMPV6, PORTS, TCP, UDP,
                    Packet, public)
from walker import Trip, Walker

ORDER = ("complete", "partial", "one-way")
PICKED = [[1024, 65535]]  # SPEC: eph-remap-lb-nat
ELB = ("elb",)


class Outcome:
    """`request` is allow, deny or unknown. `legs` has for each leg the ports (or, without ports,
    whether the reply) that return, `maybe` those that do if every doubt ends well."""

    def __init__(self, request, reasons=(), trip=None):
        self.request, self.reasons, self.trip = request, tuple(reasons), trip
        self.legs, self.maybe, self.back = [], [], None

    def key(self):
        return repr((self.request, self.legs, self.maybe))

    def counts(self, client):
        """(passing, passing at best, total): the product over the legs that lose something."""
        if isinstance(self.legs[0], bool):
            return int(all(self.legs)), int(all(self.maybe)), 1
        low = high = total = 1
        for leg, (ports, maybe) in enumerate(zip(self.legs, self.maybe)):
            first, last = CLIENTS[client] if leg == 0 else PICKED[0]
            size = last - first + 1
            got, best = count(ports, first, last), count(maybe, first, last)
            if got < size:
                low, high, total = low * got, high * best, total * size
        if total == 1:
            low = high = total = CLIENTS[client][1] - CLIENTS[client][0] + 1
        return low, high, total

    def verdicts(self, deciders):
        """Verdicts that are right; mostly one."""
        if self.request == "deny":
            return {"blocked"}
        counts = [self.counts(client) for client in deciders]
        low = verdict_of([(got, total) for got, _, total in counts])
        high = verdict_of([(best, total) for _, best, total in counts])
        if self.request == "unknown":
            return {"unknown", "one-way", "blocked"} if high == "one-way" else {"unknown"}
        return {low} if low == high else {"unknown"}

    def __repr__(self):
        text = self.request + (f" {self.reasons}" if self.reasons else "")
        if self.request != "deny":
            text += f" legs {self.legs}"
            if self.maybe != self.legs:
                text += f" at best {self.maybe}"
        gates = ",".join((self.trip.gates if self.trip else ()) +
                         (("<-",) + self.back.gates if self.back else ()))
        return f"<{text} {gates}>"


def verdict_of(counts):
    if all(got == total for got, total in counts):
        return "complete"
    return "one-way" if all(got == 0 for got, _ in counts) else "partial"


def count(ports, first, last):
    return sum(max(0, min(last, high) - max(first, low) + 1) for low, high in ports)


class Judge:
    """Outcomes in one estate."""

    def __init__(self, estate):
        self.estate, self.walker = estate, Walker(estate)
        cuts = {0, PORTS}
        for acl in estate.acls.values():
            for entry in acl.entries:
                cuts |= {entry.ports[0], entry.ports[1] + 1}
        self.cuts = sorted(cut for cut in cuts if 0 <= cut <= PORTS)

    # --- single packets against lists and groups

    def passes(self, check, what):
        packet = check.packet
        subnet = self.estate.subnets[check.subnet]
        return self.estate.acl_of(subnet).decide(
            Packet(packet.source, packet.target, packet.protocol, what), check.egress)[0]

    def group_lets(self, holder, packet, egress, known):
        """SPEC: sg-allow-only-union, exempt-sg-same. `known`: interfaces by address."""
        if holder is None or not holder.groups or not self.estate.groups:
            return True
        view = View(self.estate, known)
        for name in holder.groups:
            if name not in self.estate.groups:
                raise Undecided(f"{name} is not in the input")
            for rule in self.estate.groups[name]:
                if rule.egress == egress and rule.matches(view, packet):
                    return True
        return False

    def known(self, *holders):
        vpcs = {self.estate.subnets[one.subnet].vpc for one in holders if one}
        return {address: one for one in holders if one for address in one.addresses
                } if len(vpcs) == 1 else {}

    # --- one concrete question

    def ask(self, sender, source, receiver, target, protocol, what, home=None):
        """Every outcome. `sender`, `receiver`: interfaces or None; `home`: the sender's subnet."""
        packet = Packet(source, target, protocol, what)
        if sender is not None:
            home = self.estate.subnets[sender.subnet]
        if self.walker.exempt(packet, home):
            found = Outcome("allow")
            found.legs = found.maybe = [whole(protocol, True)]
            return [found]
        lets_out = self.group_lets(sender, packet, True, self.known(sender, receiver))
        found = []
        for trip in self.walker.requests(packet, sender, home, receiver):
            found += self.outcomes_of(trip, packet, receiver, lets_out,
                                      self.known(None if trip.nats else sender, receiver))
        return distinct(found)

    def outcomes_of(self, trip, packet, receiver, lets_out, known):
        denied = not lets_out or not all(self.passes(check, packet.what)
                                         for check in trip.checks)
        if trip.end == "dead":
            reasons = ("filter",) + trip.reasons if denied else trip.reasons
            return [Outcome("deny", reasons, trip)]
        if trip.end == "there" and receiver and trip.place[1].id != receiver.subnet:
            raise Undecided("somebody else with that address gets it")
        if trip.end == "there" and not denied:
            denied = not self.group_lets(receiver, trip.packet, False, known)
        if denied:
            return [Outcome("deny", ("filter",), trip)]
        if trip.end == "unknown":
            return [self.guess(trip)]
        return [self.returning(trip, way) for way in self.walker.replies(trip, receiver)]

    def guess(self, trip):
        """Behind an appliance or a regional NAT gateway only the sender's own list is known."""
        found = Outcome("unknown", trip.reasons, trip)
        back = Trip(Packet(trip.packet.target, trip.packet.source, trip.packet.protocol, None))
        checks = () if trip.home is None or trip.nats else back.met(trip.home, False).checks
        found.legs = [whole(trip.packet.protocol, False)]
        found.maybe = [self.ports(checks, trip.packet.protocol)]
        return found

    def returning(self, trip, way):
        found = Outcome("allow", way.reasons, trip)
        found.back = way
        protocol = trip.packet.protocol
        for leg in range(trip.leg + 1):
            checks = [check for check in way.checks if check.leg == leg]
            hard = [check for check in checks if not check.soft]
            found.legs.append(self.ports(checks, check_protocol(checks, protocol)))
            found.maybe.append(self.ports(hard, check_protocol(checks, protocol)))
        if way.end == "dead":
            found.legs = [whole(protocol, False) for _ in found.legs]
            if all(found.maybe):
                found.reasons = way.reasons
            else:
                found.reasons = ("filter",) + way.reasons
            found.maybe = found.legs
        elif way.end == "unknown":
            found.legs = [whole(protocol, False) for _ in found.legs]
        elif not all(found.maybe):
            found.reasons = ("filter",)
        elif not all(found.legs):
            found.reasons = ("nlb-preserve-lb-subnet-return",)
        return found

    def ports(self, checks, protocol):
        """The ports of replies that every list lets through; without ports, whether it passes."""
        if protocol not in (TCP, UDP):
            what = (ECHO[protocol][1], 0) if protocol in ECHO else None
            return all(self.passes(check, what) for check in checks)
        passed = []
        for low, after in zip(self.cuts, self.cuts[1:]):
            if all(self.passes(check, low) for check in checks):
                if passed and passed[-1][1] == low - 1:
                    passed[-1][1] = after - 1
                else:
                    passed.append([low, after - 1])
        return passed

    def deciders(self, sender, home, source):
        """Contract section 3. Several sets where it leaves it open."""
        if sender is not None and sender.instance in self.estate.windows:
            return [("windows",)]
        if sender is not None or home is not None:
            return [("linux",)]
        return [FROM_PUBLIC] if public(source) else [FROM_PRIVATE, FROM_PUBLIC]


class View:
    """What a rule of a group looks at."""

    def __init__(self, estate, known):
        self.lists, self.interfaces_by_address = estate.lists, known


def whole(protocol, passes):
    if protocol not in (TCP, UDP):
        return passes
    return [[0, PORTS - 1]] if passes else []


def check_protocol(checks, protocol):
    """NAT64 changes the family between two legs."""
    return checks[0].packet.protocol if checks else protocol


def distinct(outcomes):
    seen = {}
    for one in outcomes:
        seen.setdefault((one.key(), one.reasons), one)
    return list(seen.values())


# --- verdicts of several alternatives, and of several points

def worst(verdicts):
    return max(verdicts, key=ORDER.index)


def alternatives_verdicts(outcomes, deciders):
    """The verdicts that are right for one question that may take any of several ways."""
    sets = [one.verdicts(deciders) for one in outcomes]
    passing = [one for one, outcome in zip(sets, outcomes) if outcome.request != "deny"]
    if not passing:
        return {"blocked"}
    if any("unknown" in one for one in passing):
        if all("unknown" in one for one in passing) and len(passing) == len(sets):
            return set.intersection(*passing)
        decided = {verdict for one in sets for verdict in one if verdict in ORDER}
        return {"unknown", "partial"} | decided - {"complete"}
    verdicts = {verdict for one in passing for verdict in one}
    if len(passing) < len(sets):
        return {"partial", "one-way"} if "one-way" in verdicts else {"partial"}
    found = {worst(verdicts)}
    if "one-way" in verdicts and len(verdicts) > 1:
        found.add("partial")
    return found


def points_verdicts(sets):
    """Contract 3: a flow is the worst of its regions whose request passes."""
    if len(sets) == 1:
        return sets[0]
    passing = [one for one in sets if one != {"blocked"}]
    if not passing:
        return {"blocked"}
    if any("unknown" in one for one in passing):
        return {"unknown"} | {verdict for one in passing for verdict in one
                              if verdict in ORDER[1:]}
    highest = max((min(one & set(ORDER), key=ORDER.index) for one in passing if one & set(ORDER)),
                  key=ORDER.index)
    return {verdict for one in passing for verdict in one
            if verdict in ORDER and ORDER.index(verdict) >= ORDER.index(highest)}


def by_hand():
    folder, source, target, port = sys.argv[1:5]
    protocol = {"tcp": TCP, "udp": UDP, "icmp": ICMP, "icmpv6": ICMPV6}[
        sys.argv[5] if len(sys.argv) > 5 else "tcp"]
    estate = Estate([json.loads(path.read_text(encoding="utf-8"))
                     for path in sorted(pathlib.Path(folder).glob("*.json"))])
    judge = Judge(estate)
    what = (ECHO[protocol][0], 0) if protocol in ECHO else int(port)
    source, target = (end_of(estate, text) for text in (source, target))
    for outcome in judge.ask(*source, *target, protocol, what):
        print(outcome)
        for check in (outcome.trip.checks if outcome.trip else ()):
            print("   request", check.subnet, "egress" if check.egress else "ingress")
        for check in (outcome.back.checks if outcome.back else ()):
            print("   reply, leg", check.leg, check.subnet,
                  "egress" if check.egress else "ingress")
        if outcome.request != "deny":
            for client in ("linux", "windows", "nat-gateway"):
                print("  ", client, outcome.counts(client))


def end_of(estate, text):
    """(interface or None, address) for an id or an address."""
    if text in estate.interfaces:
        return estate.interfaces[text], estate.interfaces[text].addresses[0]
    address = ipaddress.ip_address(text)
    for one in estate.interfaces.values():
        if address in one.addresses:
            return one, address
    return None, address
