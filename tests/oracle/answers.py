# SPDX-License-Identifier: Apache-2.0
"""What the walker says to one question of network.py: points, verdicts, flows that follow."""

import ipaddress

from balancers import Balancers
from estate import Estate, Undecided
from oracle import ICMP, ICMPV6, TCP, UDP
from outcomes import Judge, alternatives_verdicts, points_verdicts

PROTOCOLS = {"tcp": TCP, "udp": UDP}


class Point:
    """One source and one target address, with every way between them."""

    def __init__(self, source, target, protocol, what, outcomes):
        self.source, self.target, self.protocol, self.what = source, target, protocol, what
        self.outcomes = outcomes

    def may_be_unknown(self):
        return any(one.request == "unknown" for one in self.outcomes)


class Expected:
    def __init__(self, judge):
        self.judge, self.points, self.deciders = judge, [], []
        self.following, self.undecided, self.nodes = [], None, []

    def verdicts(self, deciders):
        return points_verdicts([alternatives_verdicts(point.outcomes, deciders)
                                for point in self.points])

    def request(self):
        """all, some, none or unknown, of points and alternatives."""
        words = {outcome.request for point in self.points for outcome in point.outcomes}
        if words == {"allow"}:
            return {"all"}
        if words == {"deny"}:
            return {"none"}
        return {"unknown"} if words == {"unknown"} else {"unknown", "some"} \
            if "unknown" in words else {"some"}

    def reasons(self):
        return {reason for point in self.points for outcome in point.outcomes
                for reason in outcome.reasons}


def expect(documents, question):
    """An Expected; `undecided` says why nothing is to be compared."""
    estate = Estate(documents.values())
    expected = Expected(Judge(estate))
    try:
        answer(expected, estate, question)
        if not expected.points:
            raise Undecided("no family in common")
    except Undecided as why:
        expected.undecided = str(why)
    return expected


def answer(expected, estate, question):
    judge = expected.judge
    sources = ends(estate, question.source)
    if question.target in estate.balancers:
        balancer = estate.balancers[question.target]
        for holder, source in sources:
            if source.version == 4:
                outcomes, following = Balancers(judge).ask(
                    holder, source, balancer, PROTOCOLS[question.protocol], question.port)
                add(expected, holder, source, None, question, outcomes)
                expected.following += following
        return
    for holder, source in sources:
        for receiver, target in ends(estate, question.target):
            if source.version == target.version:
                protocol, what = meant(question, source.version)
                add(expected, holder, source, target, question, judge.ask(
                    holder, source, receiver, target, protocol, what))


def add(expected, holder, source, target, question, outcomes):
    protocol, what = meant(question, source.version)
    expected.points.append(Point(source, target, protocol, what, outcomes))
    expected.deciders = expected.judge.deciders(holder, None, source)


def meant(question, version):
    if question.protocol != "echo":
        return PROTOCOLS[question.protocol], question.port
    return (ICMP, (8, 0)) if version == 4 else (ICMPV6, (128, 0))


def ends(estate, text):
    """(interface or None, address) for an id or an address."""
    if text in estate.interfaces:
        return [(estate.interfaces[text], one) for one in estate.interfaces[text].addresses]
    address = ipaddress.ip_address(text)
    holders = [one for one in estate.interfaces.values() if address in one.addresses]
    if len(holders) > 1:
        raise Undecided("an address of several VPCs")
    return [(holders[0] if holders else None, address)]


def count(expected, question, counts):
    """For the statistics of network.py."""
    if expected.undecided:
        counts["not compared"][expected.undecided] += 1
        return
    deciders = expected.deciders[0]
    verdict = "/".join(sorted(expected.verdicts(deciders)))
    counts["verdict"][verdict] += 1
    counts["question"][f"{question.kind:12} {verdict}"] += 1
    for reason in expected.reasons():
        counts["reason"][reason] += 1
    outcomes = [one for point in expected.points for one in point.outcomes]
    for gate in {gate for one in outcomes for trip in (one.trip, one.back) if trip
                 for gate in trip.gates} or {"none"}:
        counts["gate"][f"{gate:8} {verdict}"] += 1
    if len(outcomes) > len(expected.points):
        counts["alternatives"][str(len(outcomes))] += 1
    if any(len(one.legs) > 1 for one in outcomes):
        counts["legs"]["two"] += 1
    for flow in expected.following:
        every = [one for found in flow.points.values() for one in found]
        counts["following"][f"{flow.purpose:12} " + "/".join(sorted(
            alternatives_verdicts(every, flow.deciders)))] += 1
