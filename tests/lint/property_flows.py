#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Safe fixes of `twoway lint` leave the flows of `twoway check` as they are, on random networks.

    property_flows.py --binary TWOWAY [--rounds N] [--seconds S] [--seed SEED]

Each safe fix by itself, and all of them together, are made here, in the JSON. Before and after, the
flows of check are cut into cells of the small world that the rules are drawn from: who, whom, which
port, and the verdict. What is said of a cell must stay: ids and rules may change, and two flows may
become one. A fix that is withheld for the sake of a flow must cost one, or share it with another.
"""

import argparse
import copy
import ipaddress
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

CIDRS = ["0.0.0.0/0", "0.0.0.0/0", "10.20.1.0/24", "10.20.2.0/24", "10.20.2.0/25", "10.20.2.128/25",
         "10.20.0.0/16", "203.0.113.0/24", "203.0.113.128/25"]
CELLS = ["8.8.8.8", "10.20.1.9", "10.20.2.9", "10.20.2.200", "10.20.7.7", "203.0.113.9",
         "203.0.113.200"]
PORTS = [(22, 22), (80, 80), (81, 81), (443, 443), (80, 443), (5432, 5432), (8080, 8080),
         (1024, 65535), (1024, 65535), (32768, 60999), (32768, 65535), (0, 65535)]
POINTS = [0, 22, 80, 81, 100, 443, 1024, 5432, 8080, 9000, 32768, 61000]
KEEP = "keep it, or state the flow"
KEEP_THEM = "keep them, or state the flow"
TOGETHER = "by itself only: with the others"


def entry(rng, number, egress):
    protocol = rng.choice([6, 6, 6, 6, 17, -1])
    one = {"RuleNumber": number, "Egress": egress,
           "RuleAction": "deny" if rng.random() < 0.15 else "allow",
           "Protocol": str(protocol), "CidrBlock": rng.choice(CIDRS)}
    if protocol != -1:
        lo, hi = rng.choice(PORTS)
        one["PortRange"] = {"From": lo, "To": hi}
    return one


def network(rng):
    acls = []
    for i in (1, 2):
        entries = [entry(rng, 10 * (k + 1), egress)
                   for egress in (False, True) for k in range(rng.randrange(2, 7))]
        entries += [{"RuleNumber": 32767, "Egress": egress, "RuleAction": "deny", "Protocol": "-1",
                     "CidrBlock": "0.0.0.0/0"} for egress in (False, True)]
        acls.append({"NetworkAclId": f"acl-{i}", "VpcId": "vpc-1", "IsDefault": False,
                     "Associations": [{"NetworkAclAssociationId": f"aclassoc-{i}",
                                       "NetworkAclId": f"acl-{i}", "SubnetId": f"subnet-{i}"}],
                     "Entries": entries})
    return {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.20.0.0/16", "IsDefault": False}],
            "Subnets": [{"SubnetId": f"subnet-{i}", "VpcId": "vpc-1", "CidrBlock": f"10.20.{i}.0/24"}
                        for i in (1, 2)],
            "NetworkAcls": acls}


def run(binary, folder, command, net):
    path = pathlib.Path(folder) / "net.json"
    path.write_text(json.dumps(net))
    done = subprocess.run([binary, command, "-o", "json", path], capture_output=True, text=True,
                          check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"{command}: status {done.returncode}\n{done.stderr}\n{json.dumps(net)}")
    return json.loads(done.stdout)


def end_cells(peer):
    if not peer["addresses"]:
        return list(peer["ids"])
    blocks = [ipaddress.ip_network(one) for one in peer["addresses"]]
    return [one for one in CELLS if any(ipaddress.ip_address(one) in b for b in blocks)]


def flow_cells(report):
    """(from, to, protocol, port, verdict) of every flow."""
    out = set()
    for flow in report["flows"]:
        ports = [p for p in POINTS
                 if flow["service_ports"] is None or
                 any(lo <= p <= hi for lo, hi in flow["service_ports"])]
        out |= {(a, b, flow["protocol"], p, flow["verdict"])
                for a in end_cells(flow["from"]) for b in end_cells(flow["to"]) for p in ports}
    return out


def applied(net, edits):
    net = copy.deepcopy(net)
    for edit in edits:
        acl = next(a for a in net["NetworkAcls"] if a["NetworkAclId"] == edit["component"])
        at = next(e for e in acl["Entries"] if e["RuleNumber"] == int(edit["rule"]) and
                  e["Egress"] == (edit["list"] == "egress"))
        if edit["operation"] == "remove":
            acl["Entries"].remove(at)
            continue
        assert edit["operation"] == "replace"
        at["CidrBlock"] = edit["cidr"]
        if "PortRange" in at:
            at["PortRange"] = dict(zip(("From", "To"), edit["ports"][0]))
    return net


def withheld(finding):
    return any(word in note for note in finding["notes"] for word in (KEEP, KEEP_THEM, TOGETHER))


def round_of(binary, folder, rng, count):
    net = network(rng)
    before = flow_cells(run(binary, folder, "check", net))
    findings = run(binary, folder, "lint", net)["findings"]
    safe = [f["fixes"][0] for f in findings
            if f["fixes"] and f["fixes"][0]["applicability"] == "safe"]
    count["withheld"] += sum(map(withheld, findings))
    count["safe"] += len(safe)
    trials = [fix["edits"] for fix in safe]
    trials.append([edit for fix in safe for edit in fix["edits"]])
    for edits in trials:
        after = flow_cells(run(binary, folder, "check", applied(net, edits)))
        # Rules that are joined may state a flow that none of them did: no harm if it completes.
        new = {one for one in after - before if one[-1] != "complete"}
        if before - after or new:
            return [f"lost {sorted(before - after)[:5]}, new {sorted(new)[:5]} by "
                    f"{json.dumps(edits)}", json.dumps(net)]
    for f in findings:
        if f["code"] in ("TW201", "TW202") and not f["fixes"] and not withheld(f):
            return [f"{f['code']} without a fix, and without a reason: {f['message']}"]
        if f["code"] in ("TW201", "TW202") and withheld(f):
            gone = {"operation": "remove", **f["cause"]}
            after = flow_cells(run(binary, folder, "check", applied(net, [gone])))
            count["needed"] += before != after
    return []


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True, type=os.path.abspath)
    parser.add_argument("--rounds", type=int, default=1000000)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--seed", type=int, default=int(os.environ.get("TW_SEED", time.time())))
    args = parser.parse_args()
    count = {"safe": 0, "withheld": 0, "needed": 0}
    end, done = time.monotonic() + args.seconds, 0
    with tempfile.TemporaryDirectory() as folder:
        while done < args.rounds and time.monotonic() < end:
            faults = round_of(args.binary, folder, random.Random(args.seed + done), count)
            if faults:
                sys.exit("\n".join([f"seed {args.seed + done}", *faults]))
            done += 1
    print(f"{done} networks from seed {args.seed}: {count['safe']} safe fixes leave all flows; "
          f"{count['withheld']} withheld, {count['needed']} of them cost a flow alone")
    if done > 20 and not (count["safe"] and count["needed"]):
        sys.exit("nothing was tried")


if __name__ == "__main__":
    main()
