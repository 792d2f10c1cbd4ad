#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `twoway fix` promises, on random networks: each fix is made here, without twoway, and the
result is judged by `twoway check`.

    test_fix.py TWOWAY [NETWORKS [SEED]]

The seed, if none is given, is that of TW_SEED, or a new one.

Of every alternative of every finding: its numbers are free and unique, the quota holds after every
single edit, the finding is gone, no flow is worse off, what opens is exactly what is said (asked
packet by packet of an evaluator of its own), and without any one of its edits it does not do.

Of plans: what they do not tell as left is mended, nothing is worse, and without any one edit a
finding comes back. Those of a rank make nothing but the alternatives of that rank.
"""

import collections
import copy
import fractions
import ipaddress
import itertools
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "oracle"))
import network  # noqa: E402  pylint: disable=wrong-import-position
from plan import write  # noqa: E402  pylint: disable=wrong-import-position

QUOTA = 20
LEVELS = ["note", "warning", "error"]
MERIT = {"complete": 3, "partial": 2, "unknown": 1, "one-way": 0, "blocked": 0}
PROTOCOLS = {"all": "-1", "icmp": "1", "tcp": "6", "udp": "17", "icmpv6": "58"}


class Broken(Exception):
    """A promise that does not hold."""


def run(twoway, *args):
    done = subprocess.run([twoway, *args, "--format", "json", "-q"], capture_output=True,
                          timeout=300, check=False)
    if done.returncode not in (0, 1):
        raise Broken(f"{args}: exit status {done.returncode}\n{done.stderr.decode()}")
    return json.loads(done.stdout)


# --- edits, made by hand ---------------------------------------------------------------------

def entry_of(edit):
    protocol = edit["protocol"]
    entry = {"RuleNumber": int(edit["rule"]), "Egress": edit["list"] == "egress",
             "RuleAction": edit["action"],
             "Protocol": PROTOCOLS.get(protocol, protocol.removeprefix("protocol/"))}
    entry["Ipv6CidrBlock" if ":" in edit["cidr"] else "CidrBlock"] = edit["cidr"]
    if protocol in ("tcp", "udp"):
        (low, high), = edit["ports"]
        entry["PortRange"] = {"From": low, "To": high}
    elif protocol in ("icmp", "icmpv6"):
        icmp = (edit["icmp"] or [{"type": [0, 255], "code": [0, 255]}])[0]
        entry["IcmpTypeCode"] = {
            "Type": icmp["type"][0] if icmp["type"][0] == icmp["type"][1] else -1,
            "Code": icmp["code"][0] if icmp["code"][0] == icmp["code"][1] else -1}
    return entry


def family(entry):
    return 6 if entry.get("Ipv6CidrBlock") else 4


def apply(acls, edits):
    """The ACLs with the edits made in their order."""
    acls = copy.deepcopy(acls)
    for edit in edits:
        acl, = [one for one in acls if one["NetworkAclId"] == edit["component"]]
        entry, entries = entry_of(edit), acl["Entries"]
        there = [one for one in entries if one["RuleNumber"] == entry["RuleNumber"]
                 and one["Egress"] == entry["Egress"]]
        if not 1 <= entry["RuleNumber"] <= 32766:
            raise Broken(f"rule number {entry['RuleNumber']}")
        if len(there) != (edit["operation"] != "add"):
            raise Broken(f"{edit['operation']} {edit['rule']}: {len(there)} rules have it")
        for one in there:
            entries.remove(one)
        if edit["operation"] != "remove":
            entries.append(entry)
        for number in (4, 6):
            # The default deny counts, whether or not the answer lists it.
            count = 1 + sum(family(one) == number and one["Egress"] == entry["Egress"]
                            and one["RuleNumber"] < 32767 for one in entries)
            if edit["operation"] == "add" and family(entry) == number and count > QUOTA:
                raise Broken(f"{edit['component']}: {count} entries")
    return acls


# --- one packet at one list ------------------------------------------------------------------

def matches(entry, packet):
    number, protocol, peer, port = packet
    block = entry.get("Ipv6CidrBlock") or entry.get("CidrBlock")
    if family(entry) != number or peer not in ipaddress.ip_network(block):
        return False
    if entry["Protocol"] == "-1":
        return True
    if int(entry["Protocol"]) != protocol:
        return False
    if protocol in (6, 17):
        return entry["PortRange"]["From"] <= port <= entry["PortRange"]["To"]
    if protocol == (1 if number == 4 else 58):
        kind = entry["IcmpTypeCode"]
        return kind["Type"] in (-1, port >> 8) and kind["Code"] in (-1, port & 255)
    return True


def allowed(acl, egress, packet):
    for entry in sorted(acl["Entries"], key=lambda one: one["RuleNumber"]):
        if entry["Egress"] == egress and matches(entry, packet):
            return entry["RuleAction"] == "allow"
    return False


def edges(acl, egress):
    """Packets around every border of the rules of one list."""
    peers, ports = {4: set(), 6: set()}, {0, 1023, 1024, 65535}
    for entry in acl["Entries"]:
        if entry["Egress"] != egress:
            continue
        block = ipaddress.ip_network(entry.get("Ipv6CidrBlock") or entry["CidrBlock"])
        for address in (int(block[0]) - 1, int(block[0]), int(block[-1]), int(block[-1]) + 1):
            if 0 <= address < 2 ** block.max_prefixlen:
                kind = ipaddress.IPv4Address if block.version == 4 else ipaddress.IPv6Address
                peers[block.version].add(kind(address))
        for port in entry.get("PortRange", {}).values():
            ports |= {max(port - 1, 0), port, min(port + 1, 65535)}
        icmp = entry.get("IcmpTypeCode")
        if icmp:
            ports |= {max(icmp["Type"], 0) << 8 | max(icmp["Code"], 0)}
    for number in (4, 6):
        for protocol in (1, 6, 17, 50, 58):
            if protocol in (1, 58) and (protocol == 1) != (number == 4):
                continue  # of the other family: not documented, so not asked
            for peer, port in itertools.product(peers[number], ports):
                yield number, protocol, peer, port


def said_open(fix, acl, listing, packet):
    number, protocol, peer, port = packet
    names = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmpv6"}
    for region in fix["opens"]["regions"]:
        low, _, high = region["protocol"].removeprefix("protocol/").partition("-")
        same = names.get(protocol) == region["protocol"] or (
            low.isdigit() and int(low) <= protocol <= int(high or low))
        if (region["component"], region["list"], region["family"]) != (acl, listing, number) \
                or not same:
            continue
        for box in region["boxes"]:
            blocks = box["from" if listing == "ingress" else "to"]
            inside = any(peer in ipaddress.ip_network(block) for block in blocks)
            if box["service_ports"]:
                inside &= any(a <= port <= b for a, b in box["service_ports"])
            if box["icmp"]:
                inside &= any(one["type"][0] << 8 | one["code"][0] <= port
                              <= (one["type"][1] << 8 | one["code"][1]) for one in box["icmp"])
            if inside:
                return True
    return False


def check_opens(fix, before, after, rng):
    for old, new in zip(before, after):
        for listing in ("ingress", "egress"):
            egress = listing == "egress"
            packets = list(edges(new, egress))
            for packet in rng.sample(packets, min(len(packets), 400)):
                opens = allowed(new, egress, packet) and not allowed(old, egress, packet)
                if opens != said_open(fix, new["NetworkAclId"], listing, packet):
                    raise Broken(f"{new['NetworkAclId']} {listing} {packet}: opens is {opens}")


# --- reports ---------------------------------------------------------------------------------

def worse(before, after):
    flows = {flow["id"]: flow for flow in after["flows"]}
    for old in before["flows"]:
        new = flows.get(old["id"])
        if new is None:
            continue
        if MERIT[new["verdict"]] < MERIT[old["verdict"]] and old["expect"] != "never":
            return f"{old['id']} was {old['verdict']} and is {new['verdict']}"
        if old["satisfied"] and not new["satisfied"]:
            return f"{old['id']} was satisfied"
        if old["expect"] != "never" and old["request"] != "none":
            share = shares(new)
            for client, before_it in shares(old).items():
                if share.get(client, before_it) < before_it:
                    return f"{old['id']}: {client} had {before_it}, and has {share[client]}"
    return None


def shares(flow):
    """The exact share of the ports of each client; legs are a factor each, so totals may differ."""
    return {one["id"]: fractions.Fraction(int(one["passing"]), int(one["total"]))
            for one in flow["clients"] if int(one["total"]) > 0}


def is_mended(finding, before, after):
    def count(report):  # several may have one fingerprint, which names the first rule only
        return sum(one["fingerprint"] == finding["fingerprint"] and one["code"] == finding["code"]
                   and LEVELS.index(one["level"]) >= LEVELS.index(finding["level"])
                   for one in report["findings"])
    return count(after) < count(before)


def told(finding, report):
    """What is told loudly enough, of which flow and whom, and how much is lost."""
    return {(one["fingerprint"], flow, client["id"], client["passing"])
            for one in report["findings"]
            if LEVELS.index(one["level"]) >= min(LEVELS.index(finding["level"]), 1)
            for flow in one["flows"] or [None]
            for client in one["clients"] or [{"id": None, "passing": 0}]}


def rank_of(report, finding):
    """How well the flows of a finding do."""
    return [(flow["id"], MERIT[flow["verdict"]], sorted((one["id"], one["passing"])
             for one in flow["clients"])) for flow in report["flows"]
            if flow["id"] in finding["flows"]]


class Net:
    def __init__(self, twoway, folder):
        self.twoway, self.folder = twoway, pathlib.Path(folder)
        self.path = self.folder / "network-acls.json"
        self.document = json.loads(self.path.read_text(encoding="utf-8"))

    def judge(self, acls):
        self.path.write_text(json.dumps({**self.document, "NetworkAcls": acls}), encoding="utf-8")
        return run(self.twoway, "check", str(self.folder))


def check_fix(net, report, finding, fix, rng):
    acls = net.document["NetworkAcls"]
    after = net.judge(apply(acls, fix["edits"]))
    if not is_mended(finding, report, after):
        raise Broken("the finding is still there")
    fault = worse(report, after)
    if fault:
        raise Broken(fault)
    check_opens(fix, acls, apply(acls, fix["edits"]), rng)
    operations = [edit["operation"] for edit in fix["edits"]]
    if operations != sorted(operations, key=["add", "replace", "remove"].index):
        raise Broken(f"not adds first: {operations}")
    # Where the same flows lose more by other findings, or those that the fix brings up, reports
    # cannot show what an edit is for.
    known = {None} | {flow["id"] for flow in report["flows"]}
    if any(one[1] in finding["flows"] or one[1] not in known for one in told(finding, after)):
        return
    full = rank_of(after, finding)
    for i in range(len(fix["edits"])):
        rest = fix["edits"][:i] + fix["edits"][i + 1:]
        less = net.judge(apply(acls, rest)) if rest else report
        if is_mended(finding, report, less) and rank_of(less, finding) == full \
                and not worse(report, less) and told(finding, less) <= told(finding, after):
            raise Broken(f"edit {i + 1} is not needed")


def findings(report):
    """How often a finding is told, by how loudly at least."""
    return collections.Counter((one["code"], one["fingerprint"], level)
                               for one in report["findings"] if not one["suppressed"]
                               for level in range(LEVELS.index(one["level"]) + 1))


def changes(before, after):
    """What was made of the entries of each number: a new entry, or None."""
    def places(acls):
        return {(acl["NetworkAclId"], entry["Egress"], entry["RuleNumber"]): entry
                for acl in acls for entry in acl["Entries"]}
    old, new = places(before), places(after)
    return {place: new.get(place) for place in old.keys() | new.keys()
            if old.get(place) != new.get(place)}


def change(acls, made):
    acls = copy.deepcopy(acls)
    for acl in acls:
        acl["Entries"] = [entry for entry in acl["Entries"] if
                          (acl["NetworkAclId"], entry["Egress"], entry["RuleNumber"]) not in made]
        acl["Entries"] += [entry for place, entry in made.items()
                           if place[0] == acl["NetworkAclId"] and entry]
    return acls


def make_plan(net, *options):
    """What --apply says, the ACLs it leaves, and the report on them."""
    net.path.write_text(json.dumps(net.document), encoding="utf-8")
    done = subprocess.run([net.twoway, "fix", str(net.folder), "--apply", "--review", "-q",
                           *options], capture_output=True, timeout=300, check=False)
    if done.returncode not in (0, 1):
        raise Broken(f"exit status {done.returncode}\n{done.stderr.decode()}")
    acls = json.loads(net.path.read_text(encoding="utf-8"))["NetworkAcls"]
    return done, acls, run(net.twoway, "check", str(net.folder))


def check_needed(net, made, after):
    acls = net.document["NetworkAcls"]
    for place in made:
        less = net.judge(change(acls, {one: made[one] for one in made if one != place}))
        if not findings(less) - findings(after) and not worse(after, less):
            raise Broken(f"{place} is not needed")


def check_plan(net, report):
    """All fixes together, made by --apply: what it does not leave is mended, and nothing is worse."""
    done, acls, after = make_plan(net)
    text = done.stdout.decode()
    fault = worse(report, after)
    if fault:
        raise Broken(fault)
    left = [line for line in text.splitlines() if line.startswith("left: ")]
    for finding in after["findings"]:
        words = f"{finding['level']} {finding['code']} {finding['message']}; "
        if finding["level"] != "note" and not any(words in line for line in left):
            raise Broken(f"{finding['code']} {finding['message']}\n{text}")
    if (done.returncode == 0) != (after["summary"]["errors"] == 0):
        raise Broken(f"exit status {done.returncode}\n{text}")
    check_needed(net, changes(net.document["NetworkAcls"], acls), after)


def check_rank(net, report, rank):
    """The alternatives of one rank, joined. Where they do not go together, because two want one rule
    or because some finding stays beside the other edits, the plan finds others: those are not seen."""
    before, offered, told = net.document["NetworkAcls"], {}, collections.Counter()
    for finding in report["findings"]:
        fixes = finding["fixes"]
        if finding["level"] == "note" or finding["suppressed"] or not fixes:
            continue
        fix = fixes[rank - 1 if rank <= len(fixes) else 0]
        for place, entry in changes(before, apply(before, fix["edits"])).items():
            if offered.setdefault(place, entry) != entry:
                return
        told[finding["code"], finding["fingerprint"], 0] += 1
    whole = net.judge(change(before, offered))
    if worse(report, whole) or findings(whole) & told:
        return
    done, acls, after = make_plan(net, "--rank", str(rank))
    made = changes(before, acls)
    for place, entry in made.items():
        if place not in offered or offered[place] != entry:
            raise Broken(f"{place} {entry} is no alternative of that rank")
    fault = worse(report, after)
    if fault:
        raise Broken(fault)
    check_needed(net, made, after)
    # What is not made is not needed, or is told: beside the others it would have made a flow worse.
    if made != offered and b"the alternatives of that rank leave it" not in done.stdout:
        if findings(after) - findings(whole) or worse(whole, after):
            raise Broken(f"made {list(made)} only, of {list(offered)}")


def one_network(twoway, seed):
    rng = random.Random(seed)
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        write(network.Random(rng).documents(), folder)
        net = Net(twoway, folder)
        report = run(twoway, "fix", folder)
        for finding in report["findings"]:
            for fix in finding["fixes"]:
                count += 1
                try:
                    check_fix(net, report, finding, fix, rng)
                except Broken as error:
                    raise Broken(f"seed {seed}: {finding['code']} {finding['message']}\n"
                                 f"  {fix['title']}\n  {error}") from error
        for rank in range(4):
            try:
                if rank == 0:
                    check_plan(net, report)
                else:
                    check_rank(net, report, rank)
            except Broken as error:
                raise Broken(f"seed {seed}: plan of rank {rank}: {error}") from error
    return count


def main():
    twoway, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 12
    seed = int(sys.argv[3] if len(sys.argv) > 3 else
               os.environ.get("TW_SEED") or random.SystemRandom().randrange(1 << 32))
    print(f"TW_SEED={seed}", flush=True)
    fixes = failed = 0
    for i in range(count):
        try:
            fixes += one_network(twoway, seed + i)
        except Broken as error:
            print(error)
            failed += 1
    print(f"{fixes} fixes of {count} networks")
    return 1 if failed or (count >= 10 and fixes == 0) else 0


if __name__ == "__main__":
    sys.exit(main())
