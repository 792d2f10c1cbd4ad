#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The memory of `twoway check` grows with the network, not with its square.

    memory.py TWOWAY

Each of N security groups lets one address of its own in, and one network ACL drops all replies: one
finding of N flows, each with peers that no other flow has. Twice the groups may take twice the
memory, and some for rounding.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

GROUPS = 1500
MOST = 2.5  # times the memory for twice the groups


def entry(egress, number, protocol, block, action, ports=None):
    rule = {"CidrBlock": block, "Egress": egress, "Protocol": protocol, "RuleAction": action,
            "RuleNumber": number}
    if ports:
        rule["PortRange"] = {"From": ports[0], "To": ports[1]}
    return rule


def group(i):
    peer = f"198.{18 + i // 32768}.{i // 128 % 256}.{i % 128 * 2}/32"
    return {"GroupId": f"sg-{i}", "GroupName": f"g{i}", "VpcId": "vpc-1",
            "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443,
                               "IpRanges": [{"CidrIp": peer}]}],
            "IpPermissionsEgress": []}


def interface(i):
    address = f"10.0.{1 + i // 256}.{i % 256}"
    return {"NetworkInterfaceId": f"eni-{i}", "SubnetId": "subnet-1", "VpcId": "vpc-1",
            "InterfaceType": "interface", "PrivateIpAddress": address,
            "Association": {"PublicIp": f"54.0.{i // 256}.{i % 256}"},
            "Groups": [{"GroupId": f"sg-{i}"}], "Status": "in-use", "SourceDestCheck": True}


def network(groups):
    """The answers of the AWS CLI, by name."""
    rules = [entry(False, 100, "6", "0.0.0.0/0", "allow", (443, 443)),
             entry(False, 32767, "-1", "0.0.0.0/0", "deny"),
             entry(True, 100, "6", "10.0.0.0/8", "allow", (1024, 65535)),
             entry(True, 32767, "-1", "0.0.0.0/0", "deny")]
    routes = [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"},
              {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}]
    acl = {"NetworkAclId": "acl-1", "VpcId": "vpc-1", "IsDefault": False, "Entries": rules,
           "Associations": [{"NetworkAclAssociationId": "aclassoc-1", "NetworkAclId": "acl-1",
                             "SubnetId": "subnet-1"}]}
    return {
        "vpcs": {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]},
        "subnets": {"Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1",
                                 "CidrBlock": "10.0.0.0/16"}]},
        "internet-gateways": {"InternetGateways": [
            {"InternetGatewayId": "igw-1",
             "Attachments": [{"VpcId": "vpc-1", "State": "available"}]}]},
        "route-tables": {"RouteTables": [
            {"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Routes": routes,
             "Associations": [{"Main": True, "RouteTableId": "rtb-1"}]}]},
        "network-acls": {"NetworkAcls": [acl]},
        "security-groups": {"SecurityGroups": [group(i) for i in range(groups)]},
        "network-interfaces": {"NetworkInterfaces": [interface(i) for i in range(groups)]},
    }


def kilobytes(twoway, groups):
    """The most that `check` held at once."""
    with tempfile.TemporaryDirectory() as folder:
        for name, answer in network(groups).items():
            path = pathlib.Path(folder, f"describe-{name}.json")
            path.write_text(json.dumps(answer), encoding="ascii")
        with subprocess.Popen([twoway, "check", folder], stdout=subprocess.PIPE) as child:
            told = child.stdout.read().decode()
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 1 or f"and {groups - 6} more" not in " ".join(told.split()):
        raise SystemExit(f"{groups} groups: no finding of all flows:\n{told[:400]}")
    return usage.ru_maxrss


def main():
    few, many = (kilobytes(sys.argv[1], n) for n in (GROUPS, 2 * GROUPS))
    print(f"{GROUPS} groups: {few} KB, {2 * GROUPS} groups: {many} KB")
    return 0 if many <= MOST * few else 1


if __name__ == "__main__":
    sys.exit(main())
