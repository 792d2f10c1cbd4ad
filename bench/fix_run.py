#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How long fixes take, warm: two ACLs of 40 rules with three findings, the same with a narrow reply
range under 62 flows, and an organisation with one rule broken.

    fix_run.py BENCH_FIX [--interfaces N] [--rounds N]

Prints JSON.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile

import gen_org

EVERYBODY = "0.0.0.0/0"
BLOCK = {"app": "10.0.1.0/24", "db": "10.0.2.0/24"}
TCP, UDP = "6", "17"


def rule(number, egress, low, high, block, protocol=TCP, action="allow"):
    return {"RuleNumber": number, "Egress": egress, "RuleAction": action, "Protocol": protocol,
            "CidrBlock": block, "PortRange": {"From": low, "To": high}}


def services(first, count, egress, block):
    return [rule(100 + 10 * i, egress, first + i, first + i, block) for i in range(count)]


def network(folder, acls):
    rows = [{"NetworkAclId": f"acl-{name}", "VpcId": "vpc-1", "IsDefault": False,
             "Associations": [{"NetworkAclAssociationId": f"aclassoc-{name}",
                               "NetworkAclId": f"acl-{name}", "SubnetId": f"subnet-{name}"}],
             "Entries": entries} for name, entries in acls.items()]
    subnets = [{"SubnetId": f"subnet-{name}", "VpcId": "vpc-1", "CidrBlock": BLOCK[name],
                "AvailabilityZone": "eu-west-1a"} for name in acls]
    (folder / "acls.json").write_text(json.dumps({"NetworkAcls": rows}), encoding="utf-8")
    (folder / "subnets.json").write_text(json.dumps({"Subnets": subnets}), encoding="utf-8")
    (folder / "vpcs.json").write_text(json.dumps({"Vpcs": [
        {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]}), encoding="utf-8")


def denies(first, count, egress):
    """Blocks that somebody shut out."""
    return [{"RuleNumber": first + i, "Egress": egress, "RuleAction": "deny", "Protocol": "-1",
             "CidrBlock": f"203.0.113.{8 * i}/29"} for i in range(count)]


def pair(folder):
    """20 rules in and 20 out each. app's replies go to Linux only, db's lack UDP, and replies that
    come back to app are cut short."""
    app = denies(10, 14, False) + [rule(100, False, 443, 443, EVERYBODY),
                                   rule(110, False, 80, 80, EVERYBODY),
                                   rule(120, False, 22, 22, "198.51.100.0/24"),
                                   rule(130, False, 8080, 8080, "10.0.0.0/16"),
                                   rule(140, False, 32768, 50000, "10.0.2.0/24"),
                                   rule(150, False, 1024, 65535, "192.0.2.0/24")]
    app += denies(10, 14, True) + [rule(100, True, 32768, 60999, EVERYBODY),
                                   rule(110, True, 5432, 5432, "10.0.2.0/24"),
                                   rule(120, True, 6379, 6379, "10.0.2.0/24"),
                                   rule(130, True, 443, 443, "192.0.2.0/24"),
                                   rule(140, True, 1024, 65535, "10.0.0.0/16"),
                                   rule(150, True, 25, 25, "192.0.2.0/24")]
    db = denies(10, 14, False) + [rule(100, False, 5432, 5432, BLOCK["app"]),
                                  rule(110, False, 6379, 6379, BLOCK["app"]),
                                  rule(120, False, 53, 53, BLOCK["app"], UDP),
                                  rule(130, False, 22, 22, "10.0.0.0/16"),
                                  rule(140, False, 1024, 65535, "192.0.2.0/24"),
                                  rule(150, False, 9100, 9100, "10.0.0.0/16")]
    db += denies(10, 14, True) + [rule(100, True, 1024, 65535, "10.0.0.0/16"),
                                  rule(110, True, 443, 443, "192.0.2.0/24"),
                                  rule(120, True, 80, 80, "192.0.2.0/24"),
                                  rule(130, True, 25, 25, "192.0.2.0/24"),
                                  rule(140, True, 587, 587, "192.0.2.0/24"),
                                  rule(150, True, 8443, 8443, "192.0.2.0/24")]
    network(folder, {"app": app, "db": db})


def flows(folder):
    """Every rule but one of each list names a service, and replies are cut short."""
    acls = {}
    for at, name in enumerate(BLOCK):
        acls[name] = services(2000 + 100 * at, 16, False, EVERYBODY) + [
            rule(900, False, 32768, 50000, EVERYBODY)]
        acls[name] += services(3000 + 100 * at, 15, True, EVERYBODY) + [
            rule(900, True, 32768, 60999, EVERYBODY)]
    network(folder, acls)


def organisation(folder, interfaces):
    """As gen_org.py makes it, sound, with one ACL's reply rule cut short."""
    gen_org.generate(folder, interfaces, 1, False)
    for path in folder.rglob("network-acls.json"):
        document = json.loads(path.read_text(encoding="utf-8"))
        for acl in document["NetworkAcls"]:
            for entry in acl["Entries"]:
                if entry.get("PortRange") == {"From": 1024, "To": 65535}:
                    entry["PortRange"]["From"] = 40000
                    path.write_text(json.dumps(document), encoding="utf-8")
                    return


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench_fix")
    parser.add_argument("--interfaces", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=50)
    args = parser.parse_args()
    report = {}
    for name, make, rounds in (("two_acls_of_40_rules", pair, args.rounds),
                               ("62_flows", flows, max(1, args.rounds // 10)),
                               (f"organisation_{args.interfaces}",
                                lambda to: organisation(to, args.interfaces), 1)):
        with tempfile.TemporaryDirectory() as folder:
            make(pathlib.Path(folder))
            done = subprocess.run([args.bench_fix, folder, str(rounds), "40"],
                                  capture_output=True, text=True, timeout=3600, check=True)
            report[name] = json.loads(done.stdout)
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
