# SPDX-License-Identifier: Apache-2.0
"""Small networks for the tests of the command line, and a way to run the program on them."""

import json
import os
import pathlib
import subprocess

KEPT = ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "MALLOC_PERTURB_")


def entry(number, egress, ports, action="allow", protocol="6"):
    rule = {"RuleNumber": number, "Egress": egress, "RuleAction": action, "Protocol": protocol,
            "CidrBlock": "0.0.0.0/0"}
    if ports:
        rule["PortRange"] = {"From": ports[0], "To": ports[1]}
    return rule


def acl(entries, name="acl-0c01", subnet="subnet-0a01"):
    deny = [entry(32767, egress, None, "deny", "-1") for egress in (False, True)]
    return {"NetworkAcls": [{
        "NetworkAclId": name, "VpcId": "vpc-0a01", "IsDefault": False, "Tags": [],
        "Entries": entries + deny,
        "Associations": [{"NetworkAclAssociationId": "aclassoc-0d01", "NetworkAclId": name,
                          "SubnetId": subnet}]}]}


def subnets(name="subnet-0a01"):
    return {"Subnets": [{"SubnetId": name, "VpcId": "vpc-0a01", "CidrBlock": "10.0.1.0/24",
                         "AvailabilityZone": "eu-central-1a", "State": "available", "Tags": []}]}


def whole():
    """Replies return to every client."""
    return acl([entry(100, False, (443, 443)), entry(100, True, (1024, 65535))])


def partial():
    """Linux loses 16,384 of 28,232 ports (SPEC: rule-49152-65535)."""
    return acl([entry(100, False, (443, 443)), entry(100, True, (49152, 65535))])


def warned():
    """Only clients that do not decide lose (inference rule 9): a warning."""
    return acl([entry(100, False, (443, 443)), entry(100, True, (32768, 65535))])


def put(path, value):
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value if isinstance(value, str) else json.dumps(value, indent=2) + "\n",
                    encoding="utf-8")


def network(folder, what):
    put(folder / "acl.json", what)
    put(folder / "subnets.json", subnets())


class Program:
    """Runs the program in a folder, with a clean environment."""

    def __init__(self, path, folder):
        self.path = str(path)
        self.folder = folder

    def __call__(self, *args, env=None, **how):
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        how.setdefault("stdout", subprocess.PIPE)
        how.setdefault("stderr", subprocess.PIPE)
        if "input" not in how:
            how.setdefault("stdin", subprocess.DEVNULL)
        return subprocess.run([self.path, *args], cwd=self.folder, env={**kept, **(env or {})},
                              encoding="utf-8", timeout=60, check=False, **how)
