#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is equal is decided once: the memory and the CPU time of questions about many subnets or targets.

    test_scale.py TWOWAY [--sanitized] [unittest arguments]

The bounds leave room for slow machines; deciding each pair by itself misses them by far. A sanitizer
has its own idea of memory and time, so only the answers are looked at then.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

TWOWAY = pathlib.Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else "twoway"
SANITIZED = "--sanitized" in sys.argv
if SANITIZED:
    sys.argv.remove("--sanitized")


def entry(number, egress, action, cidr, ports=None):
    row = {"RuleNumber": number, "Egress": egress, "RuleAction": action, "CidrBlock": cidr,
           "Protocol": "6" if ports else "-1"}
    return dict(row, PortRange={"From": ports[0], "To": ports[1]}) if ports else row


def acl(name, subnets, last):
    """All but a few of the highest ports, which tell one ACL from another."""
    return {"NetworkAclId": name, "VpcId": "vpc-1", "IsDefault": False,
            "Entries": [entry(100, egress, "allow", "10.0.0.0/8", (1, last)) for egress in (False, True)] +
                       [entry(32767, egress, "deny", "0.0.0.0/0") for egress in (False, True)],
            "Associations": [{"NetworkAclId": name, "SubnetId": subnet} for subnet in subnets]}


def write(folder, **kinds):
    folder.mkdir()
    for name, (key, rows) in kinds.items():
        (folder / f"{name}.json").write_text(json.dumps({key: rows}))


def subnets(folder, count, acls, each=0):
    """A VPC of `count` subnets that share so many ACLs, with so many interfaces in each."""
    names = [f"subnet-{number:03}" for number in range(count)]
    kinds = {
        "vpcs": ("Vpcs", [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]),
        "subnets": ("Subnets", [{"SubnetId": name, "VpcId": "vpc-1", "CidrBlock": f"10.0.{number}.0/24",
                                 "AvailabilityZone": "eu-1a"} for number, name in enumerate(names)]),
        "acls": ("NetworkAcls", [acl(f"acl-{at}", names[at::acls], 65535 - at) for at in range(acls)])}
    if each:
        kinds["interfaces"] = ("NetworkInterfaces", [
            {"NetworkInterfaceId": f"eni-{number:03}{host:03}", "SubnetId": name, "VpcId": "vpc-1",
             "InterfaceType": "interface", "PrivateIpAddress": f"10.0.{number}.{10 + 2 * host}",
             "PrivateIpAddresses": [{"PrivateIpAddress": f"10.0.{number}.{10 + 2 * host}", "Primary": True}],
             "Groups": [{"GroupId": "sg-1"}]}
            for number, name in enumerate(names) for host in range(each)])
        rule = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
        kinds["groups"] = ("SecurityGroups", [{"GroupId": "sg-1", "GroupName": "all", "VpcId": "vpc-1",
                                               "IpPermissions": [rule], "IpPermissionsEgress": [rule]}])
    write(folder, **kinds)


def targets(folder, kind, count, own_ports=False):
    """A load balancer in two subnets with so many instances behind it, in a third."""
    arn = "arn:aws:elasticloadbalancing:eu-west-1:111111111111:"
    names, places = ["subnet-0", "subnet-1", "subnet-2"], range(count)
    port = [10000 + place * own_ports for place in places]
    address = [f"10.0.{32 + place // 250}.{4 + place % 250}" for place in places]
    everything = [entry(100, egress, "allow", "0.0.0.0/0") for egress in (False, True)]
    rule = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    listener, group = f"{arn}listener/x/front/1/1", f"{arn}targetgroup/web/1"
    write(
        folder,
        vpcs=("Vpcs", [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]),
        subnets=("Subnets", [{"SubnetId": name, "VpcId": "vpc-1", "CidrBlock": f"10.0.{16 * number}.0/20",
                              "AvailabilityZone": f"eu-1{'ab'[number % 2]}"}
                             for number, name in enumerate(names)]),
        acls=("NetworkAcls", [dict(acl("acl-1", names, 65535), Entries=everything)]),
        groups=("SecurityGroups", [{"GroupId": "sg-1", "GroupName": "all", "VpcId": "vpc-1",
                                    "IpPermissions": [rule], "IpPermissionsEgress": [rule]}]),
        routes=("RouteTables", [{"RouteTableId": "rtb-1", "VpcId": "vpc-1",
                                 "Associations": [{"Main": True, "RouteTableId": "rtb-1"}],
                                 "Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1",
                                             "State": "active"}]}]),
        gateways=("InternetGateways", [{"InternetGatewayId": "igw-1",
                                        "Attachments": [{"State": "available", "VpcId": "vpc-1"}]}]),
        interfaces=("NetworkInterfaces", [
            {"NetworkInterfaceId": f"eni-{place}", "SubnetId": "subnet-2", "VpcId": "vpc-1",
             "InterfaceType": "interface", "PrivateIpAddress": address[place],
             "PrivateIpAddresses": [{"PrivateIpAddress": address[place], "Primary": True}],
             "Groups": [{"GroupId": "sg-1"}], "Attachment": {"InstanceId": f"i-{place}", "DeviceIndex": 0}}
            for place in places]),
        balancers=("LoadBalancers", [
            {"LoadBalancerArn": f"{arn}loadbalancer/x/front/1", "LoadBalancerName": "front", "VpcId": "vpc-1",
             "Scheme": "internet-facing", "Type": kind, "State": {"Code": "active"}, "IpAddressType": "ipv4",
             "SecurityGroups": ["sg-1"],
             "AvailabilityZones": [{"ZoneName": "eu-1a", "SubnetId": "subnet-0"},
                                   {"ZoneName": "eu-1b", "SubnetId": "subnet-1"}]}]),
        listeners=("Listeners", [{"ListenerArn": listener, "Port": 443,
                                  "LoadBalancerArn": f"{arn}loadbalancer/x/front/1",
                                  "Protocol": "TCP" if kind == "network" else "HTTP",
                                  "DefaultActions": [{"Type": "forward", "TargetGroupArn": group}]}]),
        target_groups=("TargetGroups", [
            {"TargetGroupArn": group, "TargetGroupName": "web", "Port": 10000, "VpcId": "vpc-1",
             "Protocol": "TCP" if kind == "network" else "HTTP", "TargetType": "instance",
             "HealthCheckEnabled": True, "HealthCheckPort": "traffic-port"}]))
    (folder / "health.json").write_text(json.dumps({"TargetGroupArn": group, "TargetHealthDescriptions": [
        {"Target": {"Id": f"i-{place}", "Port": port[place]}} for place in places]}))


class Scale(unittest.TestCase):
    def setUp(self):
        held = tempfile.TemporaryDirectory()
        self.addCleanup(held.cleanup)
        self.net = pathlib.Path(held.name) / "net"

    def ask(self, *args, memory, seconds, form="json"):
        """The report; fails if it took more CPU time, or more address space in MB."""
        limit = [] if SANITIZED else ["sh", "-c", f'ulimit -v {1024 * memory} && exec "$@"', "sh"]
        with tempfile.TemporaryFile() as out:
            child = subprocess.Popen([*limit, TWOWAY, *args, "--format", form], stdout=out,
                                     stderr=subprocess.PIPE)
            problem = child.stderr.read().decode()
            child.stderr.close()
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            self.assertIn(child.returncode, (0, 1), problem)
            out.seek(0)
            report = json.load(out) if form == "json" else None
        if not SANITIZED:
            self.assertLess(used.ru_utime + used.ru_stime, seconds, "CPU seconds")
        return report

    def every_pair(self, **how):
        report = self.ask("trace", self.net, "--from", "10.0.0.0/8", "--to", "10.0.0.0/8:443", **how)
        return [region for path in report["flows"][0]["paths"] for region in path["regions"]]

    def test_thirty_subnets(self):
        subnets(self.net, 30, 1)
        regions = self.every_pair(memory=50, seconds=1)
        self.assertLess(len(regions), 10)
        self.assertIn(30, [len(hop.get("subnets", [])) for region in regions for hop in region["hops"]])

    def test_thirty_subnets_of_their_own(self):
        subnets(self.net, 30, 30)
        self.assertGreater(len(self.every_pair(memory=300, seconds=5)), 30 * 29)

    def test_a_hundred_subnets_of_five_acls(self):
        subnets(self.net, 100, 5, each=20)
        regions = self.every_pair(memory=150, seconds=5)
        self.assertLess(len(regions), 200)
        self.assertEqual({len(hop["subnets"]) for region in regions for hop in region["hops"]
                          if "subnets" in hop}, {20})

    def test_targets_of_their_own_ports(self):
        targets(self.net, "application", 2000, own_ports=True)
        self.ask("check", self.net, memory=80, seconds=2, form="text")

    def test_a_thousand_targets(self):
        targets(self.net, "application", 1000)
        self.ask("check", self.net, memory=50, seconds=2)
        report = self.ask("trace", self.net, "--from", "internet", "--to", "front:443", memory=150, seconds=5)
        self.assertEqual([len(flow["paths"]) for flow in report["flows"]], [2, 2000, 2000])

    def test_a_thousand_targets_that_see_the_client(self):
        targets(self.net, "network", 1000)
        self.ask("check", self.net, memory=80, seconds=2, form="text")
        report = self.ask("trace", self.net, "--from", "internet", "--to", "front:443", memory=125, seconds=8)
        self.assertEqual([len(flow["paths"]) for flow in report["flows"]], [2000, 2000])


if __name__ == "__main__":
    unittest.main()
