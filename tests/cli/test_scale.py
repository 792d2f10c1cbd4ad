#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is equal is decided once: the memory and the CPU time of questions about many subnets.

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


class Scale(unittest.TestCase):
    def setUp(self):
        held = tempfile.TemporaryDirectory()
        self.addCleanup(held.cleanup)
        self.net = pathlib.Path(held.name) / "net"

    def ask(self, *args, memory, seconds):
        """The report; fails if it took more CPU time, or more address space in MB."""
        limit = [] if SANITIZED else ["sh", "-c", f'ulimit -v {1024 * memory} && exec "$@"', "sh"]
        with tempfile.TemporaryFile() as out:
            child = subprocess.Popen([*limit, TWOWAY, *args, "--format", "json"], stdout=out,
                                     stderr=subprocess.PIPE)
            problem = child.stderr.read().decode()
            child.stderr.close()
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            self.assertIn(child.returncode, (0, 1), problem)
            out.seek(0)
            report = json.load(out)
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


if __name__ == "__main__":
    unittest.main()
