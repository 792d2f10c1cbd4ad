#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads rules in every spelling back with readers that are not ours, and compares each rule with
what went in. Hostile ids and comments must stay inside their comment, string or scalar.

    check_spell.py WRITE_RULES

The shell runs the commands with an `aws` that only notes its arguments; PyYAML reads the templates;
HCL goes through a small reader below, and `terraform fmt -check` where there is one. What a rule
must look like in each language is written here from its documentation.
"""

import ipaddress
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import yaml

ROUNDS = 12
PORTS = (6, 17)
NOTE = "aws() { printf '%s\\000' \"$@\" >&3; printf 'END\\000' >&3; echo sg-new; }\n"


class Fault(Exception):
    pass


def same(found, expected, what):
    if found != expected:
        raise Fault(f"{what}: found {found!r}, expected {expected!r}")


def run(args, **kwargs):
    return subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
                          check=False, **kwargs)


# What steers a terminal or hides itself is shown as an escape, in ids too.
def clean(data):
    out = []
    for char in data:
        code = ord(char)
        if char in "\n\r\t":
            out.append({"\n": "\\n", "\r": "\\r", "\t": "\\t"}[char])
        elif code < 0x20 or code == 0x7f:
            out.append(f"\\x{code:02x}")
        elif code == 0xfffd:  # the facts hold a replacement character where a byte was none
            out.append("\\xff")
        elif code in (0x202e, 0x2028):
            out.append(f"\\u{code:04x}")
        else:
            out.append(char)
    return "".join(out)


def is_v6(entry):
    return ipaddress.ip_network(entry["cidr"]).version == 6


def has_icmp(entry):
    return entry["protocol"] == 1 or entry["protocol"] == 58 and (entry["group"] or is_v6(entry))


def group_protocol(entry):
    return {6: "tcp", 17: "udp", 1: "icmp", 58: "icmpv6"}.get(entry["protocol"],
                                                              str(entry["protocol"]))


def group_ports(entry):
    if entry["protocol"] in PORTS:
        return [entry["from"], entry["to"]]
    if has_icmp(entry):
        return [entry["type"], entry["code"]]
    return None


# ---- the shell -----------------------------------------------------------------------------------

def calls(script, folder, env):
    """The argument lists of every `aws` that the script runs."""
    path = os.path.join(folder, "run.sh")
    with open(path, "wb") as file:
        file.write(NOTE.encode() + script)
    log = os.path.join(folder, "log")
    done = run(["sh", "-c", 'exec sh "$0" 3>"$1"', path, log], cwd=folder, env=env)
    if done.returncode:
        raise Fault(f"sh ends with {done.returncode}: {done.stderr.decode()}")
    if sorted(os.listdir(folder)) != ["log", "run.sh"]:
        raise Fault(f"the script made files: {os.listdir(folder)}")
    with open(log, "rb") as file:
        words = file.read().decode().split("\0")[:-1]
    found, call = [], []
    for word in words:
        if word == "END":
            found.append(call)
            call = []
        else:
            call.append(word)
    return found


def options(call):
    """{option: value} of one call."""
    found, i = {}, 2
    while i < len(call):
        if "=" in call[i] and call[i].startswith("--"):
            key, value = call[i].split("=", 1)
            i += 1
        elif call[i] in ("--ingress", "--egress"):
            key, value = call[i], True
            i += 1
        else:
            key, value = call[i], call[i + 1]
            i += 2
        if not key.startswith("--") or key in found:
            raise Fault(f"no option, or twice: {key!r} in {call}")
        found[key] = value
    return found


def expected_call(entry, component, peers):
    way = "egress" if entry["egress"] else "ingress"
    if entry["group"]:
        verb = "revoke" if entry["operation"] == "remove" else "authorize"
        rule = {"IpProtocol": group_protocol(entry)}
        ports = group_ports(entry)
        if ports:
            rule["FromPort"], rule["ToPort"] = ports
        if entry["peer"] is not None:
            rule["UserIdGroupPairs"] = [{"GroupId": peers.get(entry["peer"],
                                                              clean(entry["peer"]))}]
        elif is_v6(entry):
            rule["Ipv6Ranges"] = [{"CidrIpv6": entry["cidr"]}]
        else:
            rule["IpRanges"] = [{"CidrIp": entry["cidr"]}]
        return f"{verb}-security-group-{way}", {"--group-id": component, "--ip-permissions": [rule]}
    verb = {"add": "create", "replace": "replace", "remove": "delete"}[entry["operation"]]
    want = {"--network-acl-id": component, "--" + way: True, "--rule-number": str(entry["number"])}
    if verb != "delete":
        names = {6: "tcp", 17: "udp", 1: "icmp"}
        want["--protocol"] = names.get(entry["protocol"], str(entry["protocol"]))
        want["--ipv6-cidr-block" if is_v6(entry) else "--cidr-block"] = entry["cidr"]
        want["--rule-action"] = "allow" if entry["allow"] else "deny"
        if entry["protocol"] in PORTS:
            want["--port-range"] = f"From={entry['from']},To={entry['to']}"
        if has_icmp(entry):
            want["--icmp-type-code"] = f"Type={entry['type']},Code={entry['code']}"
    return f"{verb}-network-acl-entry", want


def check_call(call, entry, component, peers):
    name, want = expected_call(entry, component, peers)
    same(call[:2], ["ec2", name], "command")
    found = options(call)
    if "--ip-permissions" in found:
        found["--ip-permissions"] = json.loads(found["--ip-permissions"])
    same(found, want, name)


def shellcheck(text, folder, hostile):
    if not shutil.which("shellcheck"):
        return
    path = os.path.join(folder, "check.sh")
    with open(path, "wb") as file:
        file.write(text if text.startswith(b"#!") else b"#!/bin/sh\n" + text)
    # A hostile id may well look like a variable that somebody forgot to expand, or like a typo.
    args = ["-e", "SC1003,SC2016,SC1110,SC1111,SC1112,SC1018"] if hostile else []
    done = run(["shellcheck", *args, path])
    os.remove(path)
    if done.returncode:
        raise Fault(f"shellcheck: {done.stdout.decode()}")


def check_aws(text, facts, sets, hostile):
    env = {"PATH": os.environ["PATH"], "VPC_ID": "vpc-env", "LC_ALL": "C.UTF-8"}
    with tempfile.TemporaryDirectory() as folder:
        shellcheck(text, folder, hostile)
        found = calls(text, folder, env)
    if not sets:
        wanted = [entry for entry in facts if "://" not in entry["component"]]
        same(len(found), len(wanted), "number of commands")
        for call, entry in zip(found, wanted):
            check_call(call, entry, clean(entry["component"]), {})
        return
    rules = [call for call in found
             if re.match("(create-network-acl-entry|authorize-)", call[1])]
    entries = [entry for fact in facts for entry in fact["entries"]]
    same(len(rules), len(entries), "number of rules")
    peers = {fact["name"]: "sg-new" for fact in facts if fact["group"]}
    for call, entry in zip(rules, entries):
        check_call(call, dict(entry, operation="add"), "sg-new", peers)
    for fact in facts:
        made = "create-security-group" if fact["group"] else "create-network-acl"
        vpc = fact["vpc"] if fact["vpc"] is not None and "://" not in fact["vpc"] else None
        hits = [options(call)["--vpc-id"] for call in found if call[1] == made]
        if (clean(vpc) if vpc is not None else "vpc-env") not in hits:
            raise Fault(f"no {made} in {vpc}: {hits}")
    if not text.startswith(b"#!/bin/sh\n") or b"\nset -eu\n" not in text:
        raise Fault("the script does not begin as a script")


# ---- CloudFormation ------------------------------------------------------------------------------

class Strict(yaml.SafeLoader):
    """A key that stands twice would hide the first one."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key) for key, _ in node.value]
        if len(keys) != len(set(keys)):
            raise Fault(f"a key stands twice: {keys}")
        return super().construct_mapping(node, deep)


def group_properties(entry, idents):
    want = {"IpProtocol": group_protocol(entry)}
    ports = group_ports(entry)
    if ports:
        want["FromPort"], want["ToPort"] = ports
    if entry["peer"] is not None:
        key = "DestinationSecurityGroupId" if entry["egress"] else "SourceSecurityGroupId"
        ident = idents.get(entry["peer"])
        want[key] = {"Fn::GetAtt": [ident, "GroupId"]} if ident else clean(entry["peer"])
    else:
        want["CidrIpv6" if is_v6(entry) else "CidrIp"] = entry["cidr"]
    return want


def cfn_rule(entry, owner, idents):
    if entry["group"]:
        return {"Type": "AWS::EC2::SecurityGroup" + ("Egress" if entry["egress"] else "Ingress"),
                "Properties": {"GroupId": owner, **group_properties(entry, idents)}}
    want = {"NetworkAclId": owner, "RuleNumber": entry["number"], "Protocol": entry["protocol"],
            "RuleAction": "allow" if entry["allow"] else "deny", "Egress": entry["egress"]}
    want["Ipv6CidrBlock" if is_v6(entry) else "CidrBlock"] = entry["cidr"]
    if entry["protocol"] in PORTS:
        want["PortRange"] = {"From": entry["from"], "To": entry["to"]}
    if has_icmp(entry):
        want["Icmp"] = {"Type": entry["type"], "Code": entry["code"]}
    return {"Type": "AWS::EC2::NetworkAclEntry", "Properties": want}


def check_cfn_set(fact, ident, template, idents):
    resource = template["Resources"][ident]
    props = resource["Properties"]
    vpc = clean(fact["vpc"]) if fact["vpc"] is not None else {"Ref": "VpcId"}
    same(props["VpcId"], vpc, "VpcId")
    if not fact["group"]:
        same(resource["Type"], "AWS::EC2::NetworkAcl", "type")
        return [cfn_rule(entry, {"Ref": ident}, idents) for entry in fact["entries"]]
    same(resource["Type"], "AWS::EC2::SecurityGroup", "type")
    apart = [entry for entry in fact["entries"] if entry["peer"] in idents]
    inside = [entry for entry in fact["entries"] if entry["peer"] not in idents]
    for way in (False, True):
        want = [group_properties(entry, idents) for entry in inside if entry["egress"] is way]
        if way and not want:
            want = [{"IpProtocol": "-1", "CidrIp": "127.0.0.1/32"}]
        same(props.get("SecurityGroupEgress" if way else "SecurityGroupIngress", []), want, "list")
    return [cfn_rule(entry, {"Fn::GetAtt": [ident, "GroupId"]}, idents) for entry in apart]


def check_cloudformation(text, facts, sets, hostile):
    del hostile
    template = yaml.load(text.decode(), Loader=Strict)
    if not sets:
        want = [cfn_rule(entry, clean(entry["component"]), {}) for entry in facts
                if entry["operation"] != "remove"]
        if not want:
            same(template, None, "only comments")
            return
        same(list(template), ["Resources"], "keys")
        found = list(template["Resources"].values())
    else:
        kinds = ("AWS::EC2::NetworkAcl", "AWS::EC2::SecurityGroup")
        heads = [key for key, value in template["Resources"].items() if value["Type"] in kinds]
        same(len(heads), len(facts), "number of sets")
        idents = {fact["name"]: head for fact, head in zip(facts, heads) if fact["group"]}
        want = []
        for fact, ident in zip(facts, heads):
            want += check_cfn_set(fact, ident, template, idents)
        links = [(clean(subnet), head) for fact, head in zip(facts, heads)
                 for subnet in fact["subnets"]]
        rest = [value for value in template["Resources"].values() if value["Type"] not in kinds]
        found = [value for value in rest if "Association" not in value["Type"]]
        same([(value["Properties"]["SubnetId"], value["Properties"]["NetworkAclId"]["Ref"])
              for value in rest if "Association" in value["Type"]], links, "associations")
    same(found, want, "resources")
    for key in template["Resources"]:
        if not re.fullmatch("[A-Za-z0-9]{1,255}", key):
            raise Fault(f"logical id {key}")


# ---- Terraform -----------------------------------------------------------------------------------

def hcl_string(text):
    """What HCL makes of a quoted template without templates in it."""
    body = text[1:-1]
    out, i = [], 0
    while i < len(body):
        if body[i] == "\\":
            if body[i + 1] not in "\\\"":
                raise Fault(f"escape in {text}")
            out.append(body[i + 1])
            i += 2
        elif body[i:i + 3] in ("$${", "%%{"):
            out.append(body[i + 1:i + 3])
            i += 3
        elif body[i:i + 2] in ("${", "%{") or body[i] == '"':
            raise Fault(f"a template begins in {text}")
        else:
            out.append(body[i])
            i += 1
    return "".join(out)


STRING = r'"(?:[^"\\\n]|\\.)*"'


def hcl_value(text):
    if re.fullmatch(STRING, text):
        return hcl_string(text)
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    if text in ("true", "false"):
        return text == "true"
    if re.fullmatch(rf"\[{STRING}(, {STRING})*\]", text):
        return [hcl_string(part) for part in re.findall(STRING, text)]
    if re.fullmatch(r"[\w.]+|\[[\w.]+\]|\{ Name = \"[\w-]+\" \}", text):
        return "=" + text
    raise Fault(f"no value: {text}")


def hcl(text):
    """[(head, {attribute: value}, [blocks])] of the subset that is written: one line, one thing."""
    root = ("", {}, [])
    stack = [root]
    for line in text.split("\n"):
        line = line.strip(" ")
        if not line or line.startswith("#"):
            continue
        if line == "}":
            stack.pop()
        elif re.fullmatch(rf"\w+( {STRING})* \{{", line):
            block = (line[:-2], {}, [])
            stack[-1][2].append(block)
            stack.append(block)
        else:
            found = re.fullmatch(r"(\w+) += (.*)", line)
            if not found or found[1] in stack[-1][1]:
                raise Fault(f"line {line!r}")
            stack[-1][1][found[1]] = hcl_value(found[2])
    same(len(stack), 1, "open blocks")
    return root[2]


def refused(entry):
    return not entry["group"] and (entry["protocol"] == 57 or 143 <= entry["protocol"] <= 252)


def tf_acl_rule(entry, inline):
    names = {6: "tcp", 17: "udp", 1: "icmp", 58: "ipv6-icmp"}
    ports = [entry["from"], entry["to"]] if entry["protocol"] in PORTS else [0, 0]
    want = {"protocol": names.get(entry["protocol"], str(entry["protocol"])),
            "ipv6_cidr_block" if is_v6(entry) else "cidr_block": entry["cidr"],
            "from_port": ports[0], "to_port": ports[1],
            "rule_no" if inline else "rule_number": entry["number"],
            "action" if inline else "rule_action": "allow" if entry["allow"] else "deny"}
    if entry["protocol"] in (1, 58):
        want["icmp_type"] = entry["type"] if has_icmp(entry) else -1
        want["icmp_code"] = entry["code"] if has_icmp(entry) else -1
    if not inline:
        want["egress"] = entry["egress"]
    return want


def tf_group_rule(entry, idents):
    want = {"ip_protocol": group_protocol(entry)}
    ports = group_ports(entry)
    if ports:
        want["from_port"], want["to_port"] = ports
    if entry["peer"] is not None:
        want["referenced_security_group_id"] = idents.get(entry["peer"], clean(entry["peer"]))
    else:
        want["cidr_ipv6" if is_v6(entry) else "cidr_ipv4"] = entry["cidr"]
    return want


def tf_group_block(entry, itself):
    ports = group_ports(entry) or [0, 0]
    want = {"protocol": group_protocol(entry), "from_port": ports[0], "to_port": ports[1]}
    if entry["peer"] == itself and itself is not None:
        want["self"] = True
    elif entry["peer"] is not None:
        want["security_groups"] = [clean(entry["peer"])]
    else:
        want["ipv6_cidr_blocks" if is_v6(entry) else "cidr_blocks"] = [entry["cidr"]]
    return want


def tf_resource(entry, owner, idents):
    if entry["group"]:
        kind = f"aws_vpc_security_group_{'egress' if entry['egress'] else 'ingress'}_rule"
        return kind, dict(tf_group_rule(entry, idents), security_group_id=owner)
    return "aws_network_acl_rule", dict(tf_acl_rule(entry, False), network_acl_id=owner)


def typed(block):
    found = re.fullmatch(r'resource "(\w+)" "([A-Za-z]\w*)"', block[0])
    if not found:
        raise Fault(f"head {block[0]}")
    return found[1], found[2]


def tf_blocks(fact, blocks, inline_group):
    ways = {False: "ingress", True: "egress"}
    want = [(ways[entry["egress"]],
             tf_group_block(entry, inline_group) if entry["group"] else tf_acl_rule(entry, True))
            for entry in fact if not refused(entry)]
    same([(block[0], block[1]) for block in blocks], want, "blocks")


def check_tf_sets(blocks, facts, inline):
    blocks = [block for block in blocks if block[0] != 'variable "vpc_id"']
    heads = [block for block in blocks if typed(block)[0] in ("aws_network_acl",
                                                              "aws_security_group")]
    same(len(heads), len(facts), "number of sets")
    idents = {fact["name"]: f"=aws_security_group.{typed(head)[1]}.id"
              for fact, head in zip(facts, heads) if fact["group"]}
    want = []
    for fact, head in zip(facts, heads):
        kind, name = typed(head)
        same(kind, "aws_security_group" if fact["group"] else "aws_network_acl", "kind")
        same(head[1]["vpc_id"], clean(fact["vpc"]) if fact["vpc"] is not None else "=var.vpc_id",
             "vpc_id")
        same(head[1].get("subnet_ids", []), [clean(subnet) for subnet in fact["subnets"]],
             "subnet_ids")
        apart = not inline or any(entry["peer"] in idents and entry["peer"] != fact["name"]
                                  for entry in fact["entries"])
        if apart:
            same(head[2], [], "blocks in a resource with rules of their own")
            want += [tf_resource(entry, f"={kind}.{name}.id", idents) for entry in fact["entries"]
                     if not refused(entry)]
        else:
            tf_blocks(fact["entries"], head[2], fact["name"])
    found = [(typed(block)[0], block[1]) for block in blocks if block not in heads]
    same(found, want, "rules")
    names = [block[0] for block in blocks]
    same(len(set(names)), len(names), "number of different resources")


def check_hcl(text, facts, sets, inline):
    if shutil.which("terraform"):
        done = run(["terraform", "fmt", "-no-color", "-"], input=text)
        if done.returncode:
            raise Fault(f"terraform fmt: {done.stderr.decode()}")
        same(done.stdout.decode(), text.decode(), "terraform fmt")
    blocks = hcl(text.decode())
    if sets:
        check_tf_sets(blocks, facts, inline)
        return
    kept = [entry for entry in facts if entry["operation"] != "remove"]
    if inline:
        tf_blocks(kept, blocks, None)
        return
    want = [tf_resource(entry, clean(entry["component"]), {}) for entry in kept
            if not refused(entry)]
    same([(typed(block)[0], block[1]) for block in blocks], want, "resources")


def check_terraform(text, facts, sets, hostile):
    del hostile
    check_hcl(text, facts, sets, False)


def check_inline(text, facts, sets, hostile):
    del hostile
    check_hcl(text, facts, sets, True)


SPELLINGS = {"aws": check_aws, "terraform": check_terraform, "terraform-inline": check_inline,
             "cloudformation": check_cloudformation}


def written(program, *args):
    done = run([program, *args])
    if done.returncode:
        raise Fault(f"{args} ends with {done.returncode}: {done.stderr.decode()}")
    same(run([program, *args]).stdout, done.stdout, "two runs")
    for line in done.stdout.decode().split("\n"):
        if line.rstrip(" ") != line or any(ord(c) < 0x20 or ord(c) == 0x7f for c in line):
            raise Fault(f"line {line!r}")
    return done.stdout


def main():
    program = os.path.abspath(sys.argv[1])
    seed = int(os.environ.get("TW_SEED", str(int(time.time()))))
    print(f"TW_SEED={seed}")
    faults = n = 0
    for number in range(ROUNDS):
        for what in ("sets", "edits"):
            for hostile in ([], ["hostile"]):
                args = [str(seed + number), *hostile]
                facts = json.loads(written(program, what, "facts", *args))
                for spelling, check in SPELLINGS.items():
                    n += 1
                    try:
                        check(written(program, what, spelling, *args), facts, what == "sets",
                              bool(hostile))
                    except Fault as fault:
                        faults += 1
                        print(f"{what} {spelling} {' '.join(args)}: {fault}")
    print(f"{n} texts, {faults} wrong")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
