#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The oracle against cases worked out by hand, and the judge against answers that are wrong.

Who judges others must be judged: every way in which an answer can be wrong is tried once, and the
judge has to notice it.
"""

import copy
import ipaddress
import os
import random
import unittest

import judge
import world
from compare import Question
from oracle import (CLIENTS, ICMP, TCP, UDP, Network, Packet, common, intervals, passing,
                    verdict_of)

CLIENT = "198.51.100.7"
SERVER = "10.0.1.9"


def entry(number, egress, action, ports, block="0.0.0.0/0", protocol="6"):
    row = {"RuleNumber": number, "Egress": egress, "RuleAction": action, "Protocol": protocol,
           "CidrBlock": block}
    if ports:
        row["PortRange"] = {"From": ports[0], "To": ports[1]}
    return row


def network_of(*entries, subnets=("subnet-0a01",)):
    return Network([{"NetworkAcls": [{
        "NetworkAclId": "acl-0c01", "VpcId": world.VPC, "Entries": list(entries),
        "Associations": [{"SubnetId": one} for one in subnets]}]}, world.subnets(2)])


def packet(source=CLIENT, target=SERVER, protocol=TCP, what=443):
    return Packet(ipaddress.ip_address(source), ipaddress.ip_address(target), protocol, what)


WEB = (entry(100, False, "allow", (443, 443)), entry(90, True, "deny", (3389, 3389)),
       entry(100, True, "allow", (1024, 65535)))


class ByHand(unittest.TestCase):
    def returns(self, *entries):
        network = network_of(*entries)
        return network.returns(ipaddress.ip_address(CLIENT), ipaddress.ip_address(SERVER), TCP)

    def test_intervals(self):
        self.assertEqual(intervals([True, True, False, True]), [[0, 1], [3, 3]])
        self.assertEqual(intervals([]), [])
        self.assertEqual(common([[0, 9], [20, 30]], [[5, 25]]), [[5, 9], [20, 25]])

    def test_first_match(self):
        acl = network_of(*WEB).acls["acl-0c01"]
        back = packet(SERVER, CLIENT, what=3389)
        self.assertEqual(acl.decide(back, True), (False, "90"))
        self.assertEqual(acl.decide(packet(SERVER, CLIENT, what=1024), True), (True, "100"))
        self.assertEqual(acl.decide(packet(SERVER, CLIENT, what=1023), True), (False, "*"))
        self.assertEqual(acl.decide(packet(what=443), False), (True, "100"))
        self.assertEqual(acl.decide(packet(what=3389), False), (False, "*"))

    def test_returns(self):
        self.assertEqual(self.returns(*WEB), [[1024, 3388], [3390, 65535]])
        self.assertEqual(self.returns(entry(1, True, "allow", None, protocol="-1")), [[0, 65535]])
        self.assertEqual(self.returns(), [])

    def test_shares(self):
        """The integers of clients.md section 3."""
        high = [[49152, 65535]]
        self.assertEqual(passing(high, "linux"), (11848, 28232))
        self.assertEqual(passing(high, "nat-gateway"), (16384, 64512))
        self.assertEqual(passing(high, "windows-xp"), (0, 3976))
        self.assertEqual(passing([[32768, 61000]], "windows"), (11849, 16384))
        self.assertEqual(passing([[32768, 65535]], "openbsd"), (16384, 48128))
        self.assertEqual(passing([[1025, 5000]], "any"), (3976, 64512))
        self.assertEqual(passing([[1024, 3388], [3390, 65535]], "elb"), (64511, 64512))
        for client in CLIENTS:
            got, total = passing([[1024, 65535]], client)
            self.assertEqual(got, total, client)

    def test_verdicts(self):
        self.assertEqual(verdict_of([(5, 5), (7, 7)]), "complete")
        self.assertEqual(verdict_of([(0, 5), (0, 7)]), "one-way")
        self.assertEqual(verdict_of([(0, 5), (7, 7)]), "partial")
        self.assertEqual(verdict_of([(1, 5)]), "partial")

    def test_families_and_protocols(self):
        network = network_of(entry(100, False, "allow", None, protocol="-1"),
                             entry(90, False, "deny", (53, 53), protocol="17"))
        acl = network.acls["acl-0c01"]
        self.assertEqual(acl.decide(packet(protocol=UDP, what=53), False), (False, "90"))
        self.assertEqual(acl.decide(packet(protocol=TCP, what=53), False), (True, "100"))
        self.assertEqual(acl.decide(packet(protocol=ICMP, what=(8, 0)), False), (True, "100"))
        self.assertEqual(acl.decide(packet("2001:db8::1", "2001:db8:1:1::9"), False),
                         (False, "*"))

    def test_same_subnet_is_not_asked(self):
        network = network_of(subnets=("subnet-0a01", "subnet-0a02"))
        self.assertTrue(network.allows(packet("10.0.1.7", "10.0.1.9")))
        self.assertFalse(network.allows(packet("10.0.2.7", "10.0.1.9")))

    def test_both_subnets_are_asked(self):
        both = ("subnet-0a01", "subnet-0a02")
        network = network_of(entry(1, False, "allow", (443, 443)), subnets=both)
        self.assertFalse(network.allows(packet("10.0.2.7", "10.0.1.9")))
        network = network_of(entry(1, False, "allow", (443, 443)),
                             entry(1, True, "allow", (443, 443)), subnets=both)
        self.assertTrue(network.allows(packet("10.0.2.7", "10.0.1.9")))

    def test_groups(self):
        def holder(number, address, group):
            return {"NetworkInterfaceId": f"eni-{number}", "SubnetId": "subnet-0a01",
                    "Groups": [{"GroupId": group}],
                    "PrivateIpAddresses": [{"PrivateIpAddress": address}]}
        everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
        network = Network([
            world.subnets(1),
            {"NetworkInterfaces": [holder(1, "10.0.1.1", "sg-a"), holder(2, "10.0.1.2", "sg-b")]},
            {"SecurityGroups": [
                {"GroupId": "sg-a", "IpPermissionsEgress": everything},
                {"GroupId": "sg-b", "IpPermissionsEgress": everything, "IpPermissions": [
                    {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432,
                     "UserIdGroupPairs": [{"GroupId": "sg-a"}]}]}]}])
        self.assertTrue(network.allows(packet("10.0.1.1", "10.0.1.2", what=5432)))
        self.assertFalse(network.allows(packet("10.0.1.1", "10.0.1.2", what=22)))
        self.assertFalse(network.allows(packet("10.0.1.2", "10.0.1.1", what=5432)))
        self.assertFalse(network.allows(packet("10.0.1.3", "10.0.1.2", what=5432)))

    def test_tables_are_scans(self):
        """The fast way to 65,536 decisions is the slow way."""
        seed = int(os.environ.get("TW_SEED") or random.SystemRandom().randrange(1 << 32))
        print(f"TW_SEED={seed}")
        rng = random.Random(seed)
        for _ in range(20):
            acl = Network(world.one_subnet(rng).values()).acls["acl-0c01"]
            for egress in (False, True):
                probe = packet(rng.choice(("198.51.100.7", "10.0.2.20", "192.0.2.1")),
                               rng.choice(("198.51.100.7", "10.0.2.20", "192.0.2.1")),
                               rng.choice((TCP, UDP)), 0)
                row = acl.table(probe, egress)
                for port in [*world.PORTS, *(rng.randrange(65536) for _ in range(300))]:
                    probe.what = port
                    self.assertEqual(row[port], acl.decide(probe, egress))


def answer():
    """What a right program says about WEB for 198.51.100.7 -> 10.0.1.9:443, by hand."""
    def client(name, level, verdict, got, total):
        return {"id": name, "level": level, "verdict": verdict, "passing": got, "undecided": 0,
                "total": total, "pattern": None}

    def rule(name, action, ports):
        return {"component": "acl-0c01", "rule": name, "action": action, "ports": ports,
                "icmp": None, "location": None}

    clients = [client("linux", "error", "complete", 28232, 28232),
               client("windows", "error", "complete", 16384, 16384),
               client("macos", "error", "complete", 16384, 16384),
               client("nat-gateway", "warning", "partial", 64511, 64512)]
    hops = [{"direction": "request", "kind": "network-acl", "component": "acl-0c01",
             "list": "ingress", "action": "allow", "rules": [rule("100", "allow", [[443, 443]])]},
            {"direction": "reply", "kind": "network-acl", "component": "acl-0c01",
             "list": "egress", "action": "mixed", "seen": {"ports": [[0, 65535]]}, "rules": [
                 rule("90", "deny", [[3389, 3389]]),
                 rule("100", "allow", [[1024, 3388], [3390, 65535]]),
                 rule("*", "deny", [[0, 1023]])]}]
    region = {"family": 4, "protocol": "tcp", "request": "allow", "verdict": "complete",
              "boxes": [{"from": [CLIENT + "/32"], "to": [SERVER + "/32"],
                         "service_ports": [[443, 443]], "icmp": None}],
              "reply": {"kind": "ports", "returns": [[1024, 3388], [3390, 65535]],
                        "undecided": []},
              "clients": clients, "hops": hops, "witness": {
                  "request": {"protocol": 6, "from": CLIENT, "to": SERVER, "source_port": 50000,
                              "destination_port": 443, "text": "request",
                              "fate": "allowed by acl-0c01 ingress rule 100"},
                  "reply": {"protocol": 6, "from": SERVER, "to": CLIENT, "source_port": 443,
                            "destination_port": 50000, "text": "reply",
                            "fate": "allowed by acl-0c01 egress rule 100"}}}
    flow = {"id": "asked", "request": "all", "verdict": "complete",
            "clients": copy.deepcopy(clients), "paths": [{"id": "p0", "regions": [region]}]}
    return {"flows": [flow]}


class Alterations(unittest.TestCase):
    """One thing made wrong at a time."""

    def setUp(self):
        self.report = answer()
        self.flow = self.report["flows"][0]
        self.region = self.flow["paths"][0]["regions"][0]
        self.status = 0

    def faults(self):
        question = Question(CLIENT, SERVER, [CLIENT], [SERVER], "tcp", (443, 443))
        return list(judge.trace_faults(network_of(*WEB), question, self.report, self.status,
                                       random.Random(1)))

    def test_right(self):
        self.assertEqual(self.faults(), [])

    def noticed(self):
        self.assertNotEqual(self.faults(), [])

    def test_verdict(self):
        self.flow["verdict"] = "partial"
        self.noticed()

    def test_region_verdict(self):
        self.region["verdict"] = "partial"
        self.noticed()

    def test_request(self):
        self.flow["request"] = "some"
        self.noticed()

    def test_region_request(self):
        self.region["request"] = "deny"
        self.noticed()

    def test_one_port_too_many(self):
        self.region["reply"]["returns"] = [[1024, 65535]]
        self.noticed()

    def test_one_port_too_few(self):
        self.region["reply"]["returns"] = [[1024, 3388], [3390, 65534]]
        self.noticed()

    def test_undecided(self):
        self.region["reply"]["undecided"] = [[3389, 3389]]
        self.noticed()

    def test_count(self):
        self.region["clients"][3]["passing"] += 1
        self.noticed()

    def test_total(self):
        self.flow["clients"][0]["total"] += 1
        self.noticed()

    def test_client_verdict(self):
        self.flow["clients"][3]["verdict"] = "complete"
        self.noticed()

    def test_rule(self):
        self.region["hops"][0]["rules"][0]["rule"] = "110"
        self.noticed()

    def test_component(self):
        self.region["hops"][0]["component"] = "acl-0c02"
        self.noticed()

    def test_rule_ports(self):
        self.region["hops"][1]["rules"][2]["ports"] = [[0, 1022]]
        self.noticed()

    def test_rule_that_decides_nothing(self):
        idle = copy.deepcopy(self.region["hops"][1]["rules"][0])
        idle["rule"] = "95"
        self.region["hops"][1]["rules"].append(idle)
        self.noticed()

    def test_missing_hop(self):
        del self.region["hops"][0]
        self.noticed()

    def test_overlap(self):
        self.region["boxes"].append(copy.deepcopy(self.region["boxes"][0]))
        self.noticed()

    def test_missing_region(self):
        self.flow["paths"][0]["regions"].clear()
        self.noticed()

    def test_box_too_large(self):
        self.region["boxes"][0]["service_ports"] = [[443, 444]]
        self.noticed()

    def test_two_regions_with_one_outcome(self):
        twin = copy.deepcopy(self.region)
        twin["boxes"][0]["from"] = ["198.51.100.8/32"]
        self.flow["paths"][0]["regions"].append(twin)
        self.noticed()

    def test_witness_elsewhere(self):
        self.region["witness"]["request"]["destination_port"] = 444
        self.noticed()

    def test_witness_fate(self):
        self.region["witness"]["reply"]["fate"] = "denied by acl-0c01 egress rule *"
        self.noticed()

    def test_witness_of_nobody(self):
        self.region["witness"]["request"]["source_port"] = 2000
        self.region["witness"]["reply"]["destination_port"] = 2000
        self.noticed()

    def test_witness_without_reply(self):
        self.region["witness"]["reply"] = None
        self.noticed()

    def test_status(self):
        self.status = 1
        self.noticed()


if __name__ == "__main__":
    unittest.main(verbosity=1)
