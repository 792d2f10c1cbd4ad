#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The judge of walks against answers that are right, and answers with one thing wrong.

`forge` writes what a program that is right would say, from the walker's own answer; every way in
which an answer can be wrong is then tried, and holding.py has to notice it.
"""

import copy
import random
import unittest

import holding
import network
from judge import NAMES
from oracle import CLIENTS, TCP
from outcomes import PICKED, count, verdict_of

ROUNDS = 250


def block(address):
    return f"{address}/{address.max_prefixlen}"


def forge_region(source, target, protocol, what, outcome):
    region = {"family": source.version, "protocol": NAMES[protocol], "request": outcome.request,
              "boxes": [{"from": [block(source)], "to": [block(target)] if target else
                         ["0.0.0.0/0"], "service_ports": None, "icmp": None}], "legs": []}
    if not isinstance(what, int):
        region["boxes"][0]["icmp"] = [{"type": [what[0]] * 2, "code": [what[1]] * 2}]
        region["reply"] = {"kind": "icmp", "returns":
                           [{"type": [0, 0], "code": [0, 0]}] if all(outcome.legs) else []}
        return region
    region["boxes"][0]["service_ports"] = [[what, what]]
    legs = outcome.legs or [[]]
    doubt = holding.less(outcome.maybe[0], legs[0]) if outcome.legs else []
    region["reply"] = {"kind": "ports", "returns": legs[0], "undecided": doubt}
    region["legs"] = [{"leg": leg, "returns": ports, "undecided": [],
                       "passing": count(ports, *PICKED[0]) if leg else None,
                       "total": 64512 if leg else None} for leg, ports in enumerate(legs)]
    return region


def forge_clients(expected, outcomes):
    passing = [one for one in outcomes if one.request == "allow"]
    if not passing:
        return []
    rows = []
    for client in CLIENTS:
        low, high, total = passing[0].counts(client)
        rows.append({"id": client, "passing": low, "undecided": high - low, "total": total,
                     "level": "error" if client in expected.deciders[0] else "note",
                     "verdict": verdict_of([(low, total)])})
    return rows


def forge_flow(expected):
    outcomes = [one for point in expected.points for one in point.outcomes]
    paths = []
    for point in expected.points:
        for outcome in point.outcomes:
            paths.append({"id": f"p{len(paths)}", "by": None, "regions": [forge_region(
                point.source, point.target, point.protocol, point.what, outcome)]})
    reasons = [one.reasons[0] for one in outcomes if one.reasons]
    return {"id": "asked", "purpose": "service", "via": None, "paths": paths,
            "request": sorted(expected.request())[0],
            "verdict": sorted(expected.verdicts(expected.deciders[0]))[0],
            "reason": {"code": reasons[0].replace("*", "no-route")} if reasons else None,
            "clients": forge_clients(expected, outcomes)}


def forge(expected):
    flows = [forge_flow(expected)]
    for number, one in enumerate(expected.following):
        paths, every = [], [part for found in one.points.values() for part in found]
        protocol = expected.points[0].protocol if one.purpose == "target" else TCP
        for (node, target), outcomes in one.points.items():
            for outcome in outcomes:
                paths.append({"id": f"p{len(paths)}", "by": None, "regions": [forge_region(
                    node, target, protocol, one.port, outcome)]})
        verdicts = holding.alternatives_verdicts(every, ("elb",))
        flows.append({"id": f"via-{number}", "paths": paths, "clients": [],
                      "purpose": "health-check" if one.purpose == "health-check" else "call",
                      "via": {"after": "asked"}, "verdict": sorted(verdicts)[0]})
    return {"flows": flows}, 0 if flows[0]["verdict"] == "complete" and all(
        flow["verdict"] == "complete" for flow in flows) else 1


class Right(unittest.TestCase):
    def test_many(self):
        seed = random.SystemRandom().randrange(1 << 32)
        found = 0
        for _, _, question, expected in network.questions(random.Random(seed), 5):
            if expected.undecided:
                continue
            report, status = forge(expected)
            self.assertEqual(holding.faults(expected, question, report, status), [],
                             f"seed {seed}: {question}\n{holding.text_of(expected)}")
            found += 1
            if found == ROUNDS:
                break


class Wrong(unittest.TestCase):
    """One thing wrong at a time, in answers of the sort that `wants` picks."""

    def altered(self, wants, alter, seed=7):
        found = 0
        for _, _, question, expected in network.questions(random.Random(seed), 5):
            if expected.undecided or not wants(expected):
                continue
            report, status = forge(expected)
            before = copy.deepcopy((report, status))
            status = alter(report) or status
            if (report, status) == before:
                continue
            self.assertNotEqual(holding.faults(expected, question, report, status), [],
                                f"{question}\n{holding.text_of(expected)}")
            found += 1
            if found == 5:
                return

    @staticmethod
    def simple(expected):
        """One way, delivered, with ports."""
        every = [one for point in expected.points for one in point.outcomes]
        return len(every) == 1 and every[0].request == "allow" and every[0].legs == \
            every[0].maybe and isinstance(every[0].legs[0], list) and all(every[0].legs)

    @staticmethod
    def two_legs(expected):
        return Wrong.simple(expected) and len(expected.points[0].outcomes[0].legs) == 2

    @staticmethod
    def followed(expected):
        return Wrong.simple(expected) and bool(expected.following)

    def test_verdict(self):
        def alter(report):
            flow = report["flows"][0]
            flow["verdict"] = "partial" if flow["verdict"] == "complete" else "complete"
        self.altered(self.simple, alter)

    def test_request(self):
        self.altered(self.simple, lambda report: report["flows"][0].update(request="some"))

    def test_port(self):
        def alter(report):
            reply = report["flows"][0]["paths"][0]["regions"][0]["reply"]
            low, high = reply["returns"][-1]
            reply["returns"] = reply["returns"][:-1] + ([[low, high - 1]] if high > low else [])
        self.altered(self.simple, alter)

    def test_doubt(self):
        def alter(report):
            report["flows"][0]["paths"][0]["regions"][0]["reply"]["undecided"] = [[5, 5]]
        self.altered(self.simple, alter)

    def test_count(self):
        def alter(report):
            for one in report["flows"][0]["clients"]:
                one["passing"] = max(0, one["passing"] - 1)
        self.altered(self.simple, alter)

    def test_total(self):
        def alter(report):
            for one in report["flows"][0]["clients"]:
                one["total"] *= 2
        self.altered(self.simple, alter)

    def test_level(self):
        def alter(report):
            for one in report["flows"][0]["clients"]:
                one["level"] = "warning"
        self.altered(self.simple, alter)

    def test_leg(self):
        def alter(report):
            leg = report["flows"][0]["paths"][0]["regions"][0]["legs"][1]
            leg["returns"] = [[1024, 2000]] if leg["returns"] != [[1024, 2000]] else []
        self.altered(self.two_legs, alter)

    def test_leg_count(self):
        def alter(report):
            report["flows"][0]["paths"][0]["regions"][0]["legs"][1]["passing"] += 1
        self.altered(self.two_legs, alter)

    def test_denied(self):
        def alter(report):
            report["flows"][0]["paths"][0]["regions"][0]["request"] = "deny"
        self.altered(self.simple, alter)

    def test_no_region(self):
        self.altered(self.simple, lambda report: report["flows"][0]["paths"].clear())

    def test_one_way_more(self):
        def alter(report):
            path = copy.deepcopy(report["flows"][0]["paths"][0])
            path["regions"][0]["reply"]["returns"] = [[1, 2]]
            report["flows"][0]["paths"].append(path)
        self.altered(self.simple, alter)

    def test_one_way_less(self):
        def several(expected):
            return any(len({holding.seen(one) for one in point.outcomes}) > 1 and
                       all(one.request == "allow" for one in point.outcomes)
                       for point in expected.points)
        self.altered(several, lambda report: report["flows"][0]["paths"].pop(0) and None)

    def test_reason(self):
        def lost(expected):
            return all(one.reasons and one.reasons[0] not in ("filter", "*") and
                       "filter" not in one.reasons and one.request == "deny"
                       for point in expected.points for one in point.outcomes)
        self.altered(lost, lambda report: report["flows"][0].update(reason={"code": "filter"}))
        self.altered(lost, lambda report: report["flows"][0].update(reason=None))

    def test_following(self):
        self.altered(self.followed, lambda report: report["flows"].pop() and None)

    def test_following_port(self):
        def alter(report):
            for path in report["flows"][-1]["paths"]:
                path["regions"][0]["boxes"][0]["service_ports"] = [[7, 7]]
        self.altered(self.followed, alter)

    def test_following_verdict(self):
        self.altered(self.followed,
                     lambda report: report["flows"][-1].update(verdict="unknown"))

    def test_status(self):
        def alter(report):
            return 0 if report["flows"][0]["verdict"] != "complete" else 1

        def broken(expected):
            return self.simple(expected) and "complete" not in expected.verdicts(
                expected.deciders[0])
        self.altered(broken, lambda report: alter(report) or 2)


if __name__ == "__main__":
    unittest.main(verbosity=1)
