#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two networks with many groups behind one ACL, which gets a rule for replies.

    scale.py --binary TWOWAY [--groups N]
    scale.py --groups N [--open] --write FOLDER

Each group lets in one caller of its own, and has one interface: pairs of interfaces, which nobody
lets talk, are many more than flows. `diff` must tell all N pairs of caller and interface, and no
other one, and soon. With --write the two inputs are left in FOLDER, as old.json and new.json;
--open lets everybody in and out, so that all pairs talk.
"""

import argparse
import ipaddress
import json
import pathlib
import subprocess
import sys
import tempfile

CALLERS = ipaddress.ip_address("198.18.0.0")
INSIDE = ipaddress.ip_address("10.0.16.0")
EVERYTHING = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
SECONDS = 60


def callers(number):
    return f"{CALLERS + 2 * number}/32"


def interface(number):
    return {"NetworkInterfaceId": f"eni-{number}", "SubnetId": "subnet-1", "VpcId": "vpc-1",
            "InterfaceType": "interface", "PrivateIpAddress": str(INSIDE + number),
            "PrivateIpAddresses": [{"PrivateIpAddress": str(INSIDE + number)}],
            "Groups": [{"GroupId": f"sg-{number}"}]}


def group(number, everybody):
    if everybody:
        return {"GroupId": f"sg-{number}", "GroupName": f"sg-{number}", "VpcId": "vpc-1",
                "IpPermissions": [EVERYTHING], "IpPermissionsEgress": [EVERYTHING]}
    return {"GroupId": f"sg-{number}", "GroupName": f"sg-{number}", "VpcId": "vpc-1",
            "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443,
                               "IpRanges": [{"CidrIp": callers(number)}]}],
            "IpPermissionsEgress": []}


def entry(egress, number, protocol, action, ports=None):
    row = {"CidrBlock": "0.0.0.0/0", "Egress": egress, "Protocol": protocol,
           "RuleAction": action, "RuleNumber": number}
    if ports:
        row["PortRange"] = dict(zip(("From", "To"), ports))
    return row


def network(count, everybody, replies):
    entries = [entry(False, 100, "6", "allow", (443, 443))]
    if replies:
        entries.append(entry(True, 120, "6", "allow", (1024, 65535)))
    entries += [entry(egress, 32767, "-1", "deny") for egress in (False, True)]
    return {
        "Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}],
        "Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.0.0/17"}],
        "NetworkAcls": [{"NetworkAclId": "acl-1", "VpcId": "vpc-1", "IsDefault": False,
                         "Associations": [{"NetworkAclAssociationId": "aclassoc-1",
                                           "NetworkAclId": "acl-1", "SubnetId": "subnet-1"}],
                         "Entries": entries}],
        "SecurityGroups": [group(number, everybody) for number in range(count)],
        "NetworkInterfaces": [interface(number) for number in range(count)],
    }


def write(folder, count, everybody=False):
    for name, replies in (("old.json", False), ("new.json", True)):
        (folder / name).write_text(json.dumps(network(count, everybody, replies)), encoding="utf-8")


def pairs_of(change):
    """Pairs of one caller and one interface's address."""
    found = set()
    for box in change["boxes"]:
        ends = [[str(host) for block in box[end] for host in ipaddress.ip_network(block)]
                for end in ("from", "to")]
        found |= {(from_, to) for from_ in ends[0] for to in ends[1]}
    return found


def hold(binary, folder, count):
    done = subprocess.run([binary, "diff", "-o", "json", folder / "old.json", folder / "new.json"],
                          capture_output=True, text=True, timeout=SECONDS, check=False)
    if done.returncode != 0:
        return f"status {done.returncode}: {done.stderr}"
    changes = json.loads(done.stdout)["changes"]
    kinds = [change["kind"] for change in changes]
    if kinds != ["mends"]:
        return f"kinds {kinds}: the requests passed before, and only replies are added"
    wanted = {(callers(number)[:-3], str(INSIDE + number)) for number in range(count)}
    if pairs_of(changes[0]) != wanted:
        return "other pairs of callers and interfaces than the groups let talk"
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary")
    parser.add_argument("--groups", type=int, default=120)
    parser.add_argument("--open", action="store_true")
    parser.add_argument("--write", type=pathlib.Path)
    args = parser.parse_args()
    if args.write:
        args.write.mkdir(exist_ok=True)
        write(args.write, args.groups, args.open)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write(folder, args.groups)
        wrong = hold(args.binary, folder, args.groups)
    if wrong:
        sys.exit(wrong)


if __name__ == "__main__":
    main()
