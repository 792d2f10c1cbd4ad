#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the JSON of reports against the published schema and the machine contract.

    check_json.py WRITE_SAMPLE SCHEMA

WRITE_SAMPLE prints reports: some built by hand, the others random with hostile texts in them. Their
keys must come in the order of the contract, numbers must be integers, and the words that the schema
gives as examples are all that this version writes.
"""

import copy
import json
import os
import subprocess
import sys
import time

import jsonschema

SAMPLES = ["partial", "clean", "one-way", "tracked"]
RANDOM = 40

# Section 4 of the machine contract, key for key; what comes behind these is an addition.
ORDER = {
    "report": "schema version today inputs assumptions clients coverage flows findings summary",
    "input": "path kind part_of",
    "assumption": "id message location",
    "client": "id ports count picks source",
    "flow": "id name origin purpose expect satisfied because evidence from to protocol "
            "service_ports via request verdict reason clients paths",
    "evidence": "component rule location",
    "peer": "name ids addresses",
    "client_result": "id level verdict passing undecided total pattern",
    "path": "id by regions regions_total",
    "region": "family protocol boxes request reason reply verdict clients legs hops witness "
              "assumptions",
    "box": "from to service_ports icmp",
    "hop": "direction leg component kind list subnet seen action rules",
    "rule": "component rule action ports icmp location",
    "location": "path line column end_line end_column",
    "finding": "code name level message location related flows direction clients affects cause "
               "suppressed fixes fingerprint",
    "finding_client": "id level passing total",
    "fix": "title applicability rank edits opens proof commands",
    "edit": "component list operation rule action protocol cidr ports icmp replaces",
    "opens": "regions services message",
    "opened": "component list family protocol boxes",
    "opened_service": "port name stopped_by",
    "proof": "complete_for worse",
    "commands": "aws terraform cloudformation",
    "summary": "flows complete partial one_way blocked unknown violated errors warnings notes "
               "suppressed",
}


def close_words(node):
    """Examples become the only words allowed."""
    if isinstance(node, dict):
        if "examples" in node and "pattern" in node:
            node["enum"] = node["examples"]
        for value in node.values():
            close_words(value)
    elif isinstance(node, list):
        for value in node:
            close_words(value)


def no_floats(text):
    raise ValueError(f"{text} is no integer")


def keys_of(kind, value):
    expected = ORDER[kind].split()
    found = list(value)[:len(expected)]
    if found != expected:
        raise ValueError(f"the keys of a {kind} are {found}, not {expected}")


def keys_of_region(region):
    keys_of("region", region)
    for kind, values in (("box", region["boxes"]), ("client_result", region["clients"]),
                         ("hop", region["hops"])):
        for value in values:
            keys_of(kind, value)
    for hop in region["hops"]:
        for rule in hop["rules"]:
            keys_of("rule", rule)
            if rule["location"]:
                keys_of("location", rule["location"])


def keys_of_fix(fix):
    keys_of("fix", fix)
    for edit in fix["edits"]:
        keys_of("edit", edit)
    keys_of("opens", fix["opens"])
    for region in fix["opens"]["regions"]:
        keys_of("opened", region)
        for box in region["boxes"]:
            keys_of("box", box)
    for service in fix["opens"]["services"]:
        keys_of("opened_service", service)
    keys_of("proof", fix["proof"])
    keys_of("commands", fix["commands"])


def keys_of_report(report):
    keys_of("report", report)
    keys_of("summary", report["summary"])
    for kind in ("input", "assumption", "client", "flow", "finding"):
        for value in report[kind + "s"]:
            keys_of(kind, value)
    for flow in report["flows"]:
        keys_of("peer", flow["from"])
        keys_of("peer", flow["to"])
        for evidence in flow["evidence"]:
            keys_of("evidence", evidence)
        for path in flow["paths"]:
            keys_of("path", path)
            for region in path["regions"]:
                keys_of_region(region)
    for finding in report["findings"]:
        for client in finding["clients"]:
            keys_of("finding_client", client)
        for fix in finding["fixes"]:
            keys_of_fix(fix)


def written(program, name):
    done = subprocess.run([program, name], stdout=subprocess.PIPE, check=True, timeout=60)
    if subprocess.run([program, name], stdout=subprocess.PIPE, check=True,
                      timeout=60).stdout != done.stdout:
        raise ValueError("two runs wrote different bytes")
    if not done.stdout.endswith(b"}\n"):
        raise ValueError("the output does not end with a newline")
    return json.loads(done.stdout.decode("utf-8"), parse_float=no_floats)


def must_be_refused(validator, report):
    """The schema must be able to fail."""
    faults = {
        "a missing key": lambda r: r["flows"][0].pop("verdict"),
        "a string for a number": lambda r: r["summary"].update(errors="1"),
        "a port too high": lambda r: r["flows"][0].update(service_ports=[[443, 65536]]),
        "a line of 0": lambda r: r["findings"][0]["location"].update(line=0),
        "a code of another shape": lambda r: r["findings"][0].update(code="X1"),
        "a verdict in capitals": lambda r: r["flows"][0].update(verdict="ONE-WAY"),
    }
    for what, spoil in faults.items():
        broken = copy.deepcopy(report)
        spoil(broken)
        if validator.is_valid(broken):
            raise ValueError(f"the schema accepts {what}")


def main():
    program, schema_path = sys.argv[1:]
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    open_words = jsonschema.Draft202012Validator(schema)
    strict = copy.deepcopy(schema)
    close_words(strict)
    validator = jsonschema.Draft202012Validator(strict)

    seed = os.environ.get("TW_SEED", str(int(time.time())))
    print(f"TW_SEED={seed}")
    must_be_refused(open_words, written(program, "partial"))
    for name in SAMPLES:
        report = written(program, name)
        validator.validate(report)
        keys_of_report(report)
    for number in range(RANDOM):
        report = written(program, f"{seed}-{number}")
        # Random text is no date, and random hops are of kinds that do not exist.
        report["today"] = None
        open_words.validate(report)
        keys_of_report(report)

    clients = written(program, "clients")
    assert list(clients) == ["schema", "version", "clients"]
    for client in clients["clients"]:
        assert list(client) == ["id", "title", "ports", "count", "picks", "source", "reference",
                                "note"], client
        assert client["count"] == sum(high - low + 1 for low, high in client["ports"])
    codes = written(program, "codes")
    assert list(codes) == ["schema", "version", "codes"]
    for code in codes["codes"]:
        assert list(code) == ["code", "name", "level", "summary", "meaning", "example", "remedy"]
    print(f"{len(SAMPLES) + RANDOM} reports")


if __name__ == "__main__":
    main()
