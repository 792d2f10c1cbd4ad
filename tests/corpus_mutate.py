#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Real networks with restrictive ACLs in place of their open ones: the program against the oracle.

    corpus_mutate.py --binary TWOWAY [--corpus FOLDER]

Each folder of aws-snapshot/ is copied, the entries of all its ACLs are replaced by each of six
lists in turn, and `trace` is asked about every pair of interfaces of one VPC. Skips, with status 77
and a line that says so, where the corpus is not there (../shared/corpus beside the checkout).
"""

import argparse
import ipaddress
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "oracle"))

import judge  # pylint: disable=wrong-import-position
from oracle import TCP, Network  # pylint: disable=wrong-import-position

CORPUS = pathlib.Path(__file__).resolve().parents[2] / "shared/corpus"
SKIPPED = 77
ANY, TEN = "0.0.0.0/0", "10.0.0.0/8"
# name: rows of egress, action, protocol, from port, to port, block
LISTS = {
    "web-good": [(False, "allow", 6, 22, 22, ANY), (False, "allow", 6, 443, 443, ANY),
                 (False, "allow", 6, 1024, 65535, ANY), (True, "allow", 6, 22, 22, ANY),
                 (True, "allow", 6, 443, 443, ANY), (True, "allow", 6, 1024, 65535, ANY)],
    "iana-only": [(False, "allow", 6, 22, 443, ANY), (False, "allow", 6, 49152, 65535, ANY),
                  (True, "allow", 6, 22, 443, ANY), (True, "allow", 6, 49152, 65535, ANY)],
    "no-reply": [(False, "allow", 6, 22, 22, ANY), (True, "allow", 6, 22, 22, ANY)],
    "reply-to-ten": [(False, "allow", 6, 0, 443, ANY), (False, "allow", 6, 1024, 65535, TEN),
                     (True, "allow", 6, 0, 443, ANY), (True, "allow", 6, 32768, 60999, TEN)],
    "hole": [(False, "deny", 6, 3389, 3389, ANY), (False, "allow", -1, 0, 0, ANY),
             (True, "deny", 6, 40000, 40099, ANY), (True, "allow", -1, 0, 0, ANY)],
    "deny-all": [],
}
PORTS = (22, 443)


def entries_of(rows):
    entries = []
    for number, (egress, action, protocol, low, high, block) in enumerate(rows, start=1):
        entry = {"CidrBlock": block, "Egress": egress, "Protocol": str(protocol),
                 "RuleAction": action, "RuleNumber": 10 * number}
        if protocol == TCP:
            entry["PortRange"] = {"From": low, "To": high}
        entries.append(entry)
    return entries + [{"CidrBlock": ANY, "Egress": egress, "Protocol": "-1",
                       "RuleAction": "deny", "RuleNumber": 32767} for egress in (True, False)]


def pairs_of(documents):
    """Ordinary interfaces with an address, two by two, that share a VPC."""
    rows = [row for document in documents.values()
            for row in document.get("NetworkInterfaces", [])
            if row.get("InterfaceType", "interface") == "interface" and
            not row.get("RequesterManaged") and row.get("PrivateIpAddress")]
    for one in rows:
        for other in rows:
            if one is not other and one["VpcId"] == other["VpcId"]:
                yield one, other


class Asked:
    """What judge.py needs to know of a question."""

    def __init__(self, one, other, port):
        self.sources = [ipaddress.ip_network(one["PrivateIpAddress"])]
        self.targets = [ipaddress.ip_network(other["PrivateIpAddress"])]
        self.ports = (port, port)

    @staticmethod
    def protocol_in(_version):
        return TCP


def wanted(network, question):
    """(verdict, passing, total) by the oracle."""
    point = next(judge.points_of(network, question))
    return point.verdict(point.deciders)


def ask(binary, folder, one, other, port):
    done = subprocess.run(
        [binary, "trace", folder, "--from", one["NetworkInterfaceId"], "--to",
         other["NetworkInterfaceId"], "--port", str(port), "--format", "json"],
        capture_output=True, encoding="utf-8", timeout=60, check=False)
    if done.returncode not in (0, 1):
        return f"exit status {done.returncode}: {done.stderr.strip()}"
    return json.loads(done.stdout)["flows"][0]["verdict"]


def mutated(source, folder, rows):
    """A copy of a snapshot with these rows in every ACL; {file name: document}."""
    documents = {}
    for path in sorted(source.glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        for acl in document.get("NetworkAcls", []):
            acl["Entries"] = entries_of(rows)
        documents[path.name] = document
        (folder / path.name).write_text(json.dumps(document, indent=1), encoding="utf-8")
    return documents


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    parser.add_argument("--corpus", type=pathlib.Path, default=CORPUS)
    args = parser.parse_args()
    snapshots = sorted((args.corpus / "aws-snapshot").glob("*/"))
    if not snapshots:
        print("skipped: no corpus beside this checkout")
        return SKIPPED
    asked = wrong = 0
    for snapshot in snapshots:
        for name, rows in LISTS.items():
            with tempfile.TemporaryDirectory() as folder:
                documents = mutated(snapshot, pathlib.Path(folder), rows)
                network = Network(documents.values())
                for one, other in pairs_of(documents):
                    for port in PORTS:
                        asked += 1
                        want = wanted(network, Asked(one, other, port))
                        got = ask(args.binary.resolve(), folder, one, other, port)
                        if got != want:
                            wrong += 1
                            print(f"{snapshot.name}, {name}: {one['NetworkInterfaceId']} -> "
                                  f"{other['NetworkInterfaceId']}:{port}: {got}, "
                                  f"the oracle says {want}")
    print(f"{asked} questions, {wrong} disagreements")
    return 1 if wrong or not asked else 0


if __name__ == "__main__":
    sys.exit(main())
