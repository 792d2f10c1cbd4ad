#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The walker against networks worked out by hand.

`Rows` are the rows of the specification's table 7.2: which lists a packet meets, in which order,
and which address each compares. The other classes are networks with one mistake each.
"""

import ipaddress
import unittest

from balancers import Balancers
from estate import Estate
from oracle import ICMP, TCP, UDP
from outcomes import Judge, alternatives_verdicts
from plan import ANY4, ANY6, Plan

S, C = "198.51.100.7", "203.0.113.9"
HIGH = (6, (1024, 65535))


def address(text):
    return ipaddress.ip_address(text)


class Asking(unittest.TestCase):
    """Questions about one plan."""

    def begin(self):
        self.plan = Plan()
        return self.plan

    def judge(self):
        return Judge(Estate(self.plan.documents().values()))

    def ask(self, source, target, what=443, protocol=TCP, version=4):
        """Outcomes; each end is an interface's id, or an address outside or without one."""
        judge = self.judge()
        ends = [end_of(judge.estate, one, version) for one in (source, target)]
        return judge.ask(*ends[0], *ends[1], protocol, what)

    def one(self, *args, **more):
        found = self.ask(*args, **more)
        self.assertEqual(len(found), 1, found)
        return found[0]

    def balancer(self, source, arn, port, protocol=TCP):
        judge = self.judge()
        return Balancers(judge).ask(*end_of(judge.estate, source, 4),
                                    judge.estate.balancers[arn], protocol, port)

    def counted(self, outcome, client, want):
        self.assertEqual(outcome.counts(client), want)

    def check_steps(self, outcome, names, request, reply):
        """`request`, `reply`: rows of (subnet, list, the address compared)."""
        for trip, want in ((outcome.trip, request), (outcome.back, reply)):
            got = [(check.subnet, "out" if check.egress else "in", str(
                check.packet.target if check.egress else check.packet.source))
                for check in trip.checks]
            self.assertEqual(got, [(names[one], where, peer) for one, where, peer in want])


def end_of(estate, text, version):
    if text in estate.interfaces:
        holder = estate.interfaces[text]
        return holder, next(one for one in holder.addresses if one.version == version)
    return None, address(text)


class Rows(Asking):
    """Section 7.2."""

    def setUp(self):
        plan = self.begin()
        vpc = plan.vpc("10.0.0.0/16", "2001:db8:1::/56")
        self.vpc, self.names, self.group = vpc, {}, plan.group(vpc)
        for place, name in enumerate("IJL", start=1):
            self.names[name] = plan.subnet(vpc, f"10.0.{place}.0/24", "a",
                                           f"2001:db8:1:{place}::/64")
        plan.acl(vpc, [], default=True)
        self.eni = plan.eni(self.names["I"], "10.0.1.10", [self.group], six="2001:db8:1:1::10",
                            public="192.0.2.77")
        self.other = plan.eni(self.names["J"], "10.0.2.10", [self.group])

    def test_path_internet_in(self):
        self.plan.table(self.vpc, [], [(ANY4, self.plan.igw(self.vpc))], main=True)
        self.check_steps(self.one(C, self.eni), self.names,
                         [("I", "in", C)], [("I", "out", C)])

    def test_path_internet_out(self):
        self.plan.table(self.vpc, [], [(ANY4, self.plan.igw(self.vpc))], main=True)
        self.check_steps(self.one(self.eni, S), self.names,
                         [("I", "out", S)], [("I", "in", S)])

    def test_path_nat(self):
        plan, names = self.plan, self.names
        nat = plan.nat(names["L"], ["10.0.3.99"])
        plan.table(self.vpc, [names["L"]], [(ANY4, plan.igw(self.vpc))])
        plan.table(self.vpc, [], [(ANY4, nat)], main=True)
        found = self.one(self.other, S)
        self.check_steps(found, names,
                         [("J", "out", S), ("L", "in", "10.0.2.10"), ("L", "out", S)],
                         [("L", "in", S), ("L", "out", "10.0.2.10"), ("J", "in", S)])
        self.assertEqual([check.leg for check in found.back.checks], [1, 0, 0])
        self.assertEqual([str(check.packet.target) for check in found.back.checks],
                         ["10.0.3.99", "10.0.2.10", "10.0.2.10"])

    def test_path_alb(self):
        plan, names = self.plan, self.names
        plan.table(self.vpc, [], [(ANY4, plan.igw(self.vpc))], main=True)
        arn = plan.balancer(self.vpc, [names["L"]], internal=False, groups=[self.group])
        group = plan.target_group(self.vpc, "HTTP", 8080,
                                  [(plan.instance_of(self.other), 8080)])
        plan.listener(arn, "HTTPS", 443, group)
        outcomes, following = self.balancer(C, arn, 443)
        self.assertEqual(len(outcomes), 1)
        self.check_steps(outcomes[0], names, [("L", "in", C)], [("L", "out", C)])
        self.assertEqual([one.purpose for one in following], ["target", "health-check"])
        (node, _), = following[0].points
        (leg,), = following[0].points.values()
        self.check_steps(leg, names, [("L", "out", "10.0.2.10"), ("J", "in", str(node))],
                         [("J", "out", str(node)), ("L", "in", "10.0.2.10")])
        self.assertIn(node, ipaddress.ip_network("10.0.3.0/24"))

    def test_path_vpce_interface(self):
        plan, names = self.plan, self.names
        plan.table(self.vpc, [], [], main=True)
        endpoint = plan.eni(names["L"], "10.0.3.40", [self.group], kind="vpc_endpoint")
        self.check_steps(self.one(self.eni, endpoint), names,
                         [("I", "out", "10.0.3.40"), ("L", "in", "10.0.1.10")],
                         [("L", "out", "10.0.1.10"), ("I", "in", "10.0.3.40")])
        near = plan.eni(names["I"], "10.0.1.40", [self.group], kind="vpc_endpoint")
        self.check_steps(self.one(self.eni, near), names, [], [])

    def test_path_vpce_gateway(self):
        plan = self.plan
        names = plan.prefix_list(["198.51.100.0/24"], "com.amazonaws.eu-west-1.s3")
        plan.table(self.vpc, [], [(names, plan.gateway_endpoint(self.vpc))], main=True)
        self.check_steps(self.one(self.other, S), self.names,
                         [("J", "out", S)], [("J", "in", S)])
        refused = self.one(self.other, S, protocol=UDP)
        self.assertEqual((refused.request, refused.reasons),
                         ("deny", ("vpce-gateway-protocols",)))

    def far(self):
        plan = self.plan
        self.vpc2 = plan.vpc("10.2.0.0/16")
        self.names["K"] = plan.subnet(self.vpc2, "10.2.1.0/24")
        self.names["tb"] = plan.subnet(self.vpc2, "10.2.9.0/28")
        self.names["ta"] = plan.subnet(self.vpc, "10.0.9.0/28")
        plan.acl(self.vpc2, [], default=True)
        self.third = plan.eni(self.names["K"], "10.2.1.10", [plan.group(self.vpc2)])

    def test_path_pcx(self):
        self.far()
        pcx = self.plan.pcx(self.vpc, self.vpc2)
        self.plan.table(self.vpc, [], [("10.2.0.0/16", pcx)], main=True)
        self.plan.table(self.vpc2, [], [("10.0.0.0/16", pcx)], main=True)
        self.check_steps(self.one(self.eni, self.third), self.names,
                         [("I", "out", "10.2.1.10"), ("K", "in", "10.0.1.10")],
                         [("K", "out", "10.0.1.10"), ("I", "in", "10.2.1.10")])

    def join(self, first, second):
        plan = self.plan
        tgw = plan.tgw()
        one = plan.attach(tgw, self.vpc, [self.names[first]], "tgw-rtb-1")
        two = plan.attach(tgw, self.vpc2, [self.names[second]], "tgw-rtb-1")
        plan.transit_table("tgw-rtb-1", [("10.0.0.0/16", one, "propagated"),
                                         ("10.2.0.0/16", two)])
        plan.table(self.vpc, [], [("10.2.0.0/16", tgw)], main=True)
        plan.table(self.vpc2, [], [("10.0.0.0/16", tgw)], main=True)

    def test_path_tgw(self):
        self.far()
        self.join("ta", "tb")
        self.check_steps(self.one(self.eni, self.third), self.names,
                         [("I", "out", "10.2.1.10"), ("ta", "in", "10.0.1.10"),
                          ("tb", "out", "10.2.1.10"), ("K", "in", "10.0.1.10")],
                         [("K", "out", "10.0.1.10"), ("tb", "in", "10.2.1.10"),
                          ("ta", "out", "10.0.1.10"), ("I", "in", "10.2.1.10")])

    def test_tgw_same_subnet(self):
        """To the transit gateway both lists, from it none, on both sides."""
        self.far()
        self.join("I", "K")
        self.check_steps(self.one(self.eni, self.third), self.names,
                         [("I", "out", "10.2.1.10"), ("I", "in", "10.0.1.10")],
                         [("K", "out", "10.0.1.10"), ("K", "in", "10.2.1.10")])

    def test_path_eigw(self):
        six = "2001:db8:9::7"
        self.plan.table(self.vpc, [], [(ANY6, self.plan.eigw(self.vpc))], main=True)
        self.check_steps(self.one(self.eni, six, version=6), self.names,
                         [("I", "out", six)], [("I", "in", six)])
        refused = self.one(six, self.eni, version=6)
        self.assertEqual((refused.request, refused.reasons[0]), ("deny", "eigw-stateful-v6"))

    def test_path_same_vpc(self):
        self.plan.table(self.vpc, [], [], main=True)
        self.check_steps(self.one(self.eni, self.other), self.names,
                         [("I", "out", "10.0.2.10"), ("J", "in", "10.0.1.10")],
                         [("J", "out", "10.0.1.10"), ("I", "in", "10.0.2.10")])


class Nat(Asking):
    """A private instance calls tcp/443 on the internet."""

    def nat(self, ingress, egress, out=None, into=None):
        plan = self.begin()
        vpc = plan.vpc("10.0.0.0/16")
        own, near = plan.subnet(vpc, "10.0.1.0/24"), plan.subnet(vpc, "10.0.2.0/24")
        plan.acl(vpc, [own], into, out)
        plan.acl(vpc, [near], ingress, egress)
        nat = plan.nat(near, ["10.0.2.99"])
        plan.table(vpc, [near], [(ANY4, plan.igw(vpc))])
        plan.table(vpc, [], [(ANY4, nat)], main=True)
        return plan.eni(own, "10.0.1.10", [plan.group(vpc)])

    REQUEST_IN = (6, (443, 443), "10.0.1.0/24")
    REQUEST_OUT = (6, (443, 443), ANY4)
    REPLY_OUT = (6, (32768, 60999), "10.0.1.0/24")

    def test_two_ranges(self):
        found = self.one(self.nat([self.REQUEST_IN, (*HIGH, ANY4)],
                                  [self.REQUEST_OUT, self.REPLY_OUT]), S)
        self.assertEqual(found.verdicts(("linux",)), {"complete"})
        self.assertEqual(found.verdicts(("windows",)), {"partial"})
        self.counted(found, "windows", (11848, 11848, 16384))
        self.counted(found, "linux", (28232, 28232, 28232))
        # Port 443 to the client passes, too: by the rule that lets requests out.
        self.assertEqual(found.legs, [[[443, 443], [32768, 60999]], [[1024, 65535]]])

    def test_outer_leg(self):
        found = self.one(self.nat([self.REQUEST_IN, (6, (32768, 65535), ANY4)],
                                  [self.REQUEST_OUT, self.REPLY_OUT]), S)
        self.assertEqual(found.verdicts(("linux",)), {"partial"})
        self.counted(found, "linux", (32768, 32768, 64512))
        self.counted(found, "windows", (11848 * 32768, 11848 * 32768, 16384 * 64512))

    def test_nothing_in(self):
        found = self.one(self.nat([(*HIGH, "198.51.100.0/24")],
                                  [self.REQUEST_OUT, self.REPLY_OUT]), S)
        self.assertEqual((found.request, found.reasons), ("deny", ("filter",)))
        failing = [check for check in found.trip.checks
                   if not self.judge().passes(check, 443)]
        self.assertEqual([(check.subnet[-1], check.egress) for check in failing], [("2", False)])

    def test_inner_leg_forgotten(self):
        found = self.one(self.nat([self.REQUEST_IN, (*HIGH, ANY4)], [self.REQUEST_OUT]), S)
        self.assertEqual(found.verdicts(("linux",)), {"one-way"})

    def test_echo(self):
        """Echo reply is type 0; the translated identifier is no port."""
        eni = self.nat([(1, (8, 0), "10.0.1.0/24"), (1, (0, 0), ANY4)],
                       [(1, (8, 0), ANY4), (1, (0, 0), "10.0.1.0/24")])
        self.assertEqual(self.one(eni, S, (8, 0), ICMP).verdicts(("linux",)), {"complete"})
        eni = self.nat([(1, (8, 0), "10.0.1.0/24"), (1, (0, 0), ANY4)], [(1, (8, 0), ANY4)])
        self.assertEqual(self.one(eni, S, (8, 0), ICMP).verdicts(("linux",)), {"one-way"})

    def change(self, **values):
        eni = self.nat(None, None)
        self.plan.rows["nat-gateways"][0].update(values)
        return self.one(eni, S)

    def test_states(self):
        self.assertEqual(self.change(State="deleted").reasons, ("blackhole",))
        self.assertEqual(self.change(State="failed").reasons, ("blackhole",))
        self.assertEqual(self.change(ConnectivityType="private").reasons, ("nat-private",))
        regional = self.change(AvailabilityMode="regional")
        self.assertEqual((regional.request, regional.reasons),
                         ("unknown", ("nat-regional-no-nacl",)))
        self.assertEqual(regional.verdicts(("linux",)), {"unknown"})

    def test_central_egress(self):
        """Through a transit gateway to a NAT gateway of another VPC, and its routes back."""
        plan = self.begin()
        one, two = plan.vpc("10.0.0.0/16"), plan.vpc("10.2.0.0/16")
        own, ta = plan.subnet(one, "10.0.1.0/24"), plan.subnet(one, "10.0.9.0/28")
        tb, near = plan.subnet(two, "10.2.9.0/28"), plan.subnet(two, "10.2.1.0/24")
        for vpc in (one, two):
            plan.acl(vpc, [], default=True)
        tgw = plan.tgw()
        first = plan.attach(tgw, one, [ta], "tgw-rtb-1")
        second = plan.attach(tgw, two, [tb], "tgw-rtb-1")
        plan.transit_table("tgw-rtb-1", [("10.0.0.0/16", first), (ANY4, second)])
        plan.table(one, [], [(ANY4, tgw)], main=True)
        plan.table(two, [tb], [(ANY4, plan.nat(near, ["10.2.1.99"]))])
        plan.table(two, [near], [(ANY4, plan.igw(two)), ("10.0.0.0/8", tgw)])
        eni = plan.eni(own, "10.0.1.10", [plan.group(one)])
        names = {"own": own, "ta": ta, "tb": tb, "near": near}
        self.check_steps(
            self.one(eni, S), names,
            [("own", "out", S), ("ta", "in", "10.0.1.10"), ("tb", "out", S),
             ("near", "in", "10.0.1.10"), ("near", "out", S)],
            [("near", "in", S), ("near", "out", "10.0.1.10"), ("tb", "in", S),
             ("ta", "out", "10.0.1.10"), ("own", "in", S)])
        routes = plan.rows["route-tables"][2]["Routes"]
        routes[:] = [route for route in routes if "TransitGatewayId" not in route]
        found = self.one(eni, S)
        self.assertEqual(found.verdicts(("linux",)), {"one-way"})

    def test_private(self):
        """A private one in front of another VPC: the receiver answers the gateway's address."""
        plan = self.begin()
        one, two = plan.vpc("10.0.0.0/16"), plan.vpc("10.2.0.0/16")
        own, near = plan.subnet(one, "10.0.1.0/24"), plan.subnet(one, "10.0.2.0/24")
        there = plan.subnet(two, "10.2.1.0/24")
        plan.acl(one, [], default=True)
        # Answers go to one of the two addresses only, and to half of its ports.
        plan.acl(two, [there], None, [(6, (32768, 65535), "10.0.2.98/32")])
        tgw = plan.tgw()
        first = plan.attach(tgw, one, [near], "tgw-rtb-1")
        second = plan.attach(tgw, two, [there], "tgw-rtb-1")
        plan.transit_table("tgw-rtb-1", [("10.0.0.0/16", first), ("10.2.0.0/16", second)])
        plan.table(one, [near], [("10.2.0.0/16", tgw)])
        plan.table(one, [], [("10.2.0.0/16", plan.nat(near, ["10.0.2.98", "10.0.2.99"], False))],
                   main=True)
        plan.table(two, [], [("10.0.0.0/16", tgw)], main=True)
        eni = plan.eni(own, "10.0.1.10", [plan.group(one)])
        found = self.ask(eni, plan.eni(there, "10.2.1.10", [plan.group(two)]))
        self.assertEqual([one.counts("linux") for one in found],
                         [(32768, 32768, 64512), (0, 0, 64512)])
        self.assertEqual(alternatives_verdicts(found, ("linux",)), {"one-way", "partial"})
        self.check_steps(found[0], {"own": own, "near": near, "there": there},
                         [("own", "out", "10.2.1.10"), ("near", "in", "10.0.1.10"),
                          ("near", "out", "10.2.1.10"), ("near", "in", "10.0.2.98")],
                         [("there", "out", "10.0.2.98"), ("there", "in", "10.2.1.10"),
                          ("near", "out", "10.0.1.10"), ("own", "in", "10.2.1.10")])

    def test_nat64(self):
        plan = self.begin()
        vpc = plan.vpc("10.0.0.0/16", "2001:db8:1::/56")
        own = plan.subnet(vpc, "10.0.1.0/24", six="2001:db8:1:1::/64")
        near = plan.subnet(vpc, "10.0.2.0/24")
        plan.acl(vpc, [own], [(*HIGH, "64:ff9b::/96")], [(6, (443, 443), "64:ff9b::/96")])
        plan.acl(vpc, [near],
                 [(6, (443, 443), "2001:db8:1:1::/64"), (*HIGH, "198.51.100.0/24")],
                 [(6, (443, 443), ANY4), (*HIGH, "2001:db8:1:1::/64")])
        nat = plan.nat(near, ["10.0.2.99"])
        plan.table(vpc, [near], [(ANY4, plan.igw(vpc))])
        plan.table(vpc, [], [("64:ff9b::/96", nat)], main=True)
        eni = plan.eni(own, "10.0.1.10", [plan.group(vpc)], six="2001:db8:1:1::10")
        found = self.one(eni, "64:ff9b::c633:6407", version=6)
        self.assertEqual(found.verdicts(("linux",)), {"complete"})


class Balanced(Asking):
    def network(self, target_egress, node_ingress=None, node_egress=None, target_ingress=None):
        plan = self.begin()
        vpc = plan.vpc("10.0.0.0/16")
        self.vpc, self.front = vpc, plan.subnet(vpc, "10.0.1.0/24")
        back = plan.subnet(vpc, "10.0.2.0/24")
        plan.acl(vpc, [self.front], node_ingress, node_egress)
        plan.acl(vpc, [back], target_ingress, target_egress)
        plan.table(vpc, [], [(ANY4, plan.igw(vpc))], main=True)
        self.target = plan.eni(back, "10.0.2.10", [plan.group(vpc)])
        return plan

    def alb(self, *lists):
        plan = self.network(*lists)
        arn = plan.balancer(self.vpc, [self.front], internal=False)
        group = plan.target_group(self.vpc, "HTTP", 8080,
                                  [(plan.instance_of(self.target), 8080)])
        plan.listener(arn, "HTTPS", 443, group)
        return arn

    def nlb(self, *lists, protocol="TCP", kind="instance", preserve=None):
        plan = self.network(*lists)
        arn = plan.balancer(self.vpc, [self.front], "network", False, addresses=["10.0.1.50"])
        name = plan.instance_of(self.target) if kind == "instance" else "10.0.2.10"
        group = plan.target_group(self.vpc, protocol, 8443, [(name, 8443)], kind, preserve)
        plan.listener(arn, protocol, 443, group)
        return arn

    def test_alb_leg(self):
        arn = self.alb([(6, (32768, 60999), ANY4)])
        outcomes, following = self.balancer(C, arn, 443)
        self.assertEqual(alternatives_verdicts(outcomes, ("linux", "windows")), {"complete"})
        for one in following:
            (leg,), = one.points.values()
            self.counted(leg, "elb", (28232, 28232, 64512))
            self.assertEqual(leg.verdicts(("elb",)), {"partial"})

    def test_nlb_names_the_listener(self):
        """SPEC: pub-nlb-trap"""
        arn = self.nlb([(6, (443, 443), ANY4), (*HIGH, "10.0.0.0/16")])
        outcomes, following = self.balancer(C, arn, 443)
        self.assertEqual(alternatives_verdicts(outcomes, ("linux",)), {"one-way"})
        self.assertEqual([one.purpose for one in following], ["health-check"])
        (leg,), = following[0].points.values()
        self.assertEqual(leg.verdicts(("elb",)), {"complete"})

    def test_nlb_subnet_is_in_doubt(self):
        """SPEC: nlb-preserve-lb-subnet-return"""
        arn = self.nlb(None, None, [(6, (8443, 8443), ANY4)])
        outcomes, _ = self.balancer(C, arn, 443)
        self.assertEqual(alternatives_verdicts(outcomes, ("linux",)), {"unknown"})
        arn = self.nlb(None, None, [(6, (8443, 8443), ANY4), (6, (49152, 65535), ANY4)])
        outcomes, _ = self.balancer(C, arn, 443)
        self.assertEqual(alternatives_verdicts(outcomes, ("linux",)), {"unknown"})
        self.assertEqual(alternatives_verdicts(outcomes, ("windows",)), {"complete"})
        self.counted(outcomes[0], "linux", (11848, 28232, 28232))

    def test_preservation(self):
        for more, kinds in (({}, ["health-check"]), ({"preserve": False}, ["target",
                            "health-check"]), ({"kind": "ip"}, ["target", "health-check"]),
                            ({"kind": "ip", "preserve": True}, ["health-check"]),
                            ({"protocol": "TCP_UDP", "kind": "ip", "preserve": False},
                             ["health-check"])):
            arn = self.nlb(None, **more)
            _, following = self.balancer(C, arn, 443)
            self.assertEqual([one.purpose for one in following], kinds, more)

    def test_nobody_there(self):
        arn = self.alb(None)
        outcomes, _ = self.balancer(C, arn, 80)
        self.assertEqual(outcomes[0].reasons[0], "no-listener")
        for _, document in self.plan.wrapped:
            if "TargetHealthDescriptions" in document:
                document["TargetHealthDescriptions"] = []
        outcomes, _ = self.balancer(C, arn, 443)
        self.assertEqual(outcomes[0].reasons[0], "no-target")


class Others(Asking):
    def pair(self, near, far, status="active"):
        plan = self.begin()
        one, two = plan.vpc("10.0.0.0/16"), plan.vpc("10.2.0.0/16")
        for vpc in (one, two):
            plan.acl(vpc, [], default=True)
        pcx = plan.pcx(one, two, status)
        plan.table(one, [], [("10.2.0.0/16", pcx)] if near else [], main=True)
        plan.table(two, [], [("10.0.0.0/16", pcx)] if far else [], main=True)
        return (plan.eni(plan.subnet(one, "10.0.1.0/24"), "10.0.1.10", [plan.group(one)]),
                plan.eni(plan.subnet(two, "10.2.1.0/24"), "10.2.1.10", [plan.group(two)]))

    def test_peering(self):
        both = self.one(*self.pair(True, True))
        self.assertEqual(both.verdicts(("linux",)), {"complete"})
        half = self.one(*self.pair(True, False))
        self.assertEqual((half.verdicts(("linux",)), half.reasons), ({"one-way"}, ("no-route",)))
        none = self.one(*self.pair(False, True))
        self.assertEqual((none.request, none.reasons), ("deny", ("no-route",)))
        waiting = self.one(*self.pair(True, True, "pending-acceptance"))
        self.assertEqual(waiting.reasons, ("peering-not-active",))

    def test_reply_by_another_way(self):
        """The request by peering, its reply by a transit gateway: lists do not mind."""
        first, second = self.pair(True, False)
        plan = self.plan
        one, two = (row["VpcId"] for row in plan.rows["vpcs"])
        tgw = plan.tgw()
        beside = plan.subnet(two, "10.2.9.0/28")
        into = plan.attach(tgw, one, [plan.subnet(one, "10.0.9.0/28")], "tgw-rtb-1")
        plan.attach(tgw, two, [beside], "tgw-rtb-1")
        plan.transit_table("tgw-rtb-1", [("10.0.0.0/16", into)])
        plan.rows["route-tables"][1]["Routes"].append({
            "DestinationCidrBlock": "10.0.0.0/16", "TransitGatewayId": tgw, "State": "active"})
        found = self.one(first, second)
        self.assertEqual(found.verdicts(("linux",)), {"complete"})
        self.assertEqual([(check.subnet[-1], check.egress) for check in found.back.checks],
                         [("2", True), ("3", False), ("4", True), ("1", False)])

    def test_appliance(self):
        first, second = self.pair(False, True)
        self.plan.rows["route-tables"][0]["Routes"].append({
            "DestinationCidrBlock": "10.2.0.0/16", "NetworkInterfaceId": "eni-0f",
            "State": "active"})
        found = self.one(first, second)
        self.assertEqual((found.request, found.verdicts(("linux",))), ("unknown", {"unknown"}))

    def transit(self, own_subnet, ingress, egress):
        """The attachment of the second VPC has these lists: in the receiver's subnet or beside."""
        plan = self.begin()
        one, two = plan.vpc("10.0.0.0/16"), plan.vpc("10.2.0.0/16")
        here, there = plan.subnet(one, "10.0.1.0/24"), plan.subnet(two, "10.2.1.0/24")
        beside = plan.subnet(two, "10.2.9.0/28") if own_subnet else there
        plan.acl(one, [], default=True)
        plan.acl(two, [], default=True)
        plan.acl(two, [beside], ingress, egress)
        tgw = plan.tgw()
        first = plan.attach(tgw, one, [here], "tgw-rtb-1")
        second = plan.attach(tgw, two, [beside], "tgw-rtb-1")
        plan.transit_table("tgw-rtb-1", [("10.0.0.0/16", first), ("10.2.0.0/16", second)])
        plan.table(one, [], [("10.2.0.0/16", tgw)], main=True)
        plan.table(two, [], [("10.0.0.0/16", tgw)], main=True)
        return (plan.eni(here, "10.0.1.10", [plan.group(one)]),
                plan.eni(there, "10.2.1.10", [plan.group(two)]))

    def test_attachment_in_the_receivers_subnet(self):
        """Nothing is asked of what comes from the transit gateway; its reply meets both lists."""
        first, second = self.transit(False, [(*HIGH, "10.2.1.0/24")], [(*HIGH, "10.0.0.0/16")])
        self.assertEqual(self.one(first, second).verdicts(("linux",)), {"complete"})
        first, second = self.transit(False, [], [(*HIGH, "10.0.0.0/16")])
        self.assertEqual(self.one(first, second).verdicts(("linux",)), {"one-way"})

    def test_attachment_in_its_own_subnet(self):
        """Its outbound list carries requests to the receiver, its inbound list the replies."""
        first, second = self.transit(True, None, [])
        found = self.one(first, second)
        self.assertEqual((found.request, found.reasons), ("deny", ("filter",)))
        first, second = self.transit(True, [(*HIGH, "10.2.1.0/24")],
                                     [(6, (443, 443), "10.2.1.0/24")])
        self.assertEqual(self.one(first, second).verdicts(("linux",)), {"complete"})
        first, second = self.transit(True, [], [(6, (443, 443), "10.2.1.0/24")])
        self.assertEqual(self.one(first, second).verdicts(("linux",)), {"one-way"})

    def test_zones(self):
        """Two attachment subnets on the far side: each is an alternative, in both directions."""
        first, second = self.transit(True, None, [(6, (443, 443), ANY4)])
        plan = self.plan
        two = plan.rows["vpcs"][1]["VpcId"]
        other = plan.subnet(two, "10.2.8.0/28", "b")
        plan.acl(two, [other], None, [])
        plan.rows["transit-gateway-vpc-attachments"][1]["SubnetIds"].append(other)
        found = self.ask(first, second)
        self.assertEqual(sorted({one.request for one in found}), ["allow", "deny"])
        self.assertEqual(alternatives_verdicts(found, ("linux",)), {"partial"})

    def test_static_before_propagated(self):
        first, second = self.transit(True, None, None)
        name, document = self.plan.wrapped[0]
        self.assertEqual(name, "transit-gateway-routes")
        document["Routes"].append({"DestinationCidrBlock": "10.2.0.0/16", "Type": "propagated",
                                   "State": "active", "TransitGatewayAttachments": []})
        self.assertEqual(self.one(first, second).verdicts(("linux",)), {"complete"})
        document["Routes"].append({"DestinationCidrBlock": "10.2.1.0/24", "Type": "static",
                                   "State": "blackhole"})
        self.assertEqual(self.one(first, second).reasons, ("blackhole",))

    def test_egress_only(self):
        """No rule for IPv6 replies."""
        plan = self.begin()
        vpc = plan.vpc("10.0.0.0/16", "2001:db8:1::/56")
        own = plan.subnet(vpc, "10.0.1.0/24", six="2001:db8:1:1::/64")
        plan.acl(vpc, [own], [(*HIGH, ANY4)], [(6, (443, 443), ANY4), (6, (443, 443), ANY6)])
        plan.table(vpc, [], [(ANY4, plan.igw(vpc)), (ANY6, plan.eigw(vpc))], main=True)
        eni = plan.eni(own, "10.0.1.10", [plan.group(vpc)], six="2001:db8:1:1::10",
                       public="192.0.2.77")
        self.assertEqual(self.one(eni, S).verdicts(("linux",)), {"complete"})
        self.assertEqual(self.one(eni, "2001:db8:9::7", version=6).verdicts(("linux",)),
                         {"one-way"})

    def test_gateway_endpoint(self):
        """Replies of S3 come from public addresses, not from the VPC."""
        plan = self.begin()
        vpc = plan.vpc("10.0.0.0/16")
        own = plan.subnet(vpc, "10.0.1.0/24")
        plan.acl(vpc, [own], [(*HIGH, "10.0.0.0/16")], [(6, (443, 443), ANY4)])
        names = plan.prefix_list(["198.51.100.0/24"], "com.amazonaws.eu-west-1.s3")
        plan.table(vpc, [], [(names, plan.gateway_endpoint(vpc))], main=True)
        eni = plan.eni(own, "10.0.1.10", [plan.group(vpc)])
        self.assertEqual(self.one(eni, S).verdicts(("linux",)), {"one-way"})
        self.assertEqual(self.one(eni, C).reasons, ("no-route",))

    def test_exempt(self):
        """Under lists that let nothing pass; a resolver of one's own is no exemption."""
        plan = self.begin()
        vpc = plan.vpc("10.0.0.0/16")
        own, other = plan.subnet(vpc, "10.0.1.0/24"), plan.subnet(vpc, "10.0.2.0/24")
        plan.acl(vpc, [own, other], [], [])
        plan.table(vpc, [], [], main=True)
        eni = plan.eni(own, "10.0.1.10", [plan.group(vpc)])
        resolver = plan.eni(other, "10.0.2.53", [plan.group(vpc)])
        for target, port in (("10.0.0.2", 53), ("169.254.169.253", 53), ("169.254.169.254", 80),
                             ("169.254.169.123", 123), ("10.0.1.1", 67), ("10.0.2.1", 67)):
            found = self.one(eni, target, port, UDP)
            self.assertEqual(found.verdicts(("linux",)), {"complete"}, target)
        found = self.one(eni, resolver, 53, UDP)
        self.assertEqual((found.request, found.reasons), ("deny", ("filter",)))
        found = self.one(eni, "10.0.1.2", 53, UDP)  # in the sender's own subnet, not the resolver
        self.assertEqual(found.request, "allow")
        self.assertEqual(self.one(eni, "10.0.2.2", 53, UDP).request, "deny")

    def test_outside(self):
        plan = self.begin()
        vpc = plan.vpc("10.0.0.0/16")
        own = plan.subnet(vpc, "10.0.1.0/24")
        plan.acl(vpc, [], default=True)
        igw = plan.igw(vpc)
        plan.table(vpc, [], [(ANY4, igw), ("192.168.0.0/16", "vgw-01"),
                             ("203.0.113.0/24", igw, "blackhole")], main=True)
        hidden = plan.eni(own, "10.0.1.10", [plan.group(vpc)])
        shown = plan.eni(own, "10.0.1.11", [plan.group(vpc)], public="192.0.2.77")
        self.assertEqual(self.one(S, hidden).reasons, ("no-public-address",))
        self.assertEqual(self.one(hidden, S).reasons, ("no-public-address",))
        self.assertEqual(self.one(S, shown).verdicts(("linux",)), {"complete"})
        self.assertEqual(self.one(C, shown).reasons, ("blackhole",))
        self.assertEqual(self.one(shown, C).reasons, ("blackhole",))
        self.assertEqual(self.one("192.168.1.1", hidden).verdicts(("linux",)), {"complete"})
        self.assertEqual(self.one(hidden, "192.168.1.1").verdicts(("linux",)), {"complete"})
        plan.rows["subnets"][0]["BlockPublicAccessStates"] = {
            "InternetGatewayBlockMode": "block-bidirectional"}
        self.assertEqual(self.one(S, shown).reasons, ("public-access-block",))
        self.assertEqual(self.one(shown, S).reasons, ("public-access-block",))

    def test_gateway_elsewhere(self):
        """A gateway of nobody carries nothing; one that no list has is not known (contract 3)."""
        plan = self.begin()
        vpc = plan.vpc("10.0.0.0/16")
        own = plan.subnet(vpc, "10.0.1.0/24")
        plan.acl(vpc, [], default=True)
        igw = plan.igw(vpc)
        plan.table(vpc, [], [(ANY4, igw), ("203.0.113.0/24", "igw-0a1")], main=True)
        shown = plan.eni(own, "10.0.1.11", [plan.group(vpc)], public="192.0.2.77")
        for ends in ((C, shown), (shown, C)):
            self.assertEqual(self.one(*ends).request, "unknown")
            self.assertEqual(self.one(*ends).reasons, ("unknown-input",))
        plan.rows["internet-gateways"][0]["Attachments"] = []
        for ends in ((S, shown), (shown, S)):
            self.assertEqual(self.one(*ends).reasons, ("blackhole",))


if __name__ == "__main__":
    unittest.main(verbosity=1)
