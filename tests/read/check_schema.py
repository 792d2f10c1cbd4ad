#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds schema/twoway.schema.json, the reader of twoway.yaml and the man page against each other.

    check_schema.py INTENTS_CHECK

Every example of twoway.yaml(5) and every good document below is accepted by both. Every bad document
is refused by the reader, and by the schema too unless it stands in BLIND: what no schema can say.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "schema/twoway.schema.json"
PAGE = ROOT / "man/twoway.yaml.5"
BAD = ROOT / "tests/bad/intents"
GOOD = ROOT / "tests/fuzz/corpus/intents"

# Cases of tests/bad/intents that the schema accepts, and why it must.
BLIND = {
    "unknown-client": "which clients a file defines",
    "flow-name-twice": "names of flows across two lists",
    "cidr-host-bits": "arithmetic on addresses",
    "key-twice": "gone when a schema sees the file",
    "anchor": "gone when a schema sees the file",
}

# Reader and schema both accept these.
ACCEPTED = """
flows: [{from: a, to: b, port: tcp}]
---
flows: [{from: a, to: b, port: [8000-8100, icmp, icmpv6/1/4, udp/0-65535, 65535]}]
---
flows: [{from: {tag: {Name: [a, b*]}}, to: {internet: true}, port: all, clients: "1024-2047,4096"}]
---
flows:
never: []
---
names: {443: {address: module.x.aws_instance.y}}
---
ignore: [{code: TW102, reason: ""}]
---
clients: {a.b_c-1: {ports: 4096}}
"""

# Reader and schema both refuse these.
REFUSED = """
flows: [{from: a, to: b, port: tcp/443, protocol: tcp}]
---
flows: [{from: a, to: b, port: 65536}]
---
flows: [{from: a, to: b, port: 0}]
---
flows: [{from: a, to: b, port: "443 "}]
---
flows: [{from: a, to: [b], port: 443}]
---
flows: [{from: a, to: {}, port: 443}]
---
flows: [{from: a, to: {internet: false}, port: 443}]
---
flows: [{from: a, to: {subnet: s, client: linux}, port: 443}]
---
flows: [{from: "", to: b, port: 443}]
---
never: [{from: a}]
---
names: {internet: {subnet: a}}
---
names: {a: {cidr: somewhere}}
---
names: {a: {tag: Name}}
---
clients: {"1024-2047": {ports: 1}}
---
clients: {a: {picks: even}}
---
ignore: [{code: 102}]
---
ignore: [{code: TW102, until: "2027-13-01"}]
---
infer: "no"
"""

JSON_NUMBER = re.compile(r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$")


class Loader(yaml.SafeLoader):
    """YAML with the plain scalars of JSON only: no dates, no octal numbers, no `yes`."""


Loader.yaml_implicit_resolvers = {}
for tag, pattern, first in (("null", r"^(?:~|null|)$", ["~", "n", ""]),
                            ("bool", r"^(?:true|false)$", list("tf")),
                            ("int", JSON_NUMBER.pattern, list("-0123456789"))):
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), first)


def strings_as_keys(value):
    """As JSON has them, which a schema is about."""
    if isinstance(value, dict):
        return {str(key): strings_as_keys(item) for key, item in value.items()}
    return [strings_as_keys(item) for item in value] if isinstance(value, list) else value


def load(text):
    return strings_as_keys(yaml.load(text, Loader))


class Checker:
    def __init__(self, reader):
        self.reader = reader
        schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        self.validator = jsonschema.Draft202012Validator(schema)
        self.ids = schema["$defs"]["builtInClient"]["enum"]
        self.faults = []
        self.done = 0

    def schema_says(self, text):
        try:
            return [error.message for error in self.validator.iter_errors(load(text))]
        except yaml.YAMLError as error:
            return [str(error)]

    def reader_says(self, text):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            ran = subprocess.run([self.reader, file.name], capture_output=True, text=True,
                                 timeout=60, check=False)
        if ran.returncode not in (0, 1) or bool(ran.stdout) != bool(ran.returncode):
            raise SystemExit(f"status {ran.returncode}\n{ran.stdout}{ran.stderr}\nfor {text}")
        return ran.stdout.splitlines()

    def expect(self, name, text, schema, reader):
        self.done += 1
        for who, says, refuses in (("schema", self.schema_says(text), schema),
                                   ("reader", self.reader_says(text), reader)):
            if bool(says) != refuses:
                self.faults.append(f"{name}: the {who} {'refuses' if says else 'accepts'} it: "
                                   f"{says[:1]}\n{text}")


def examples(page):
    """What stands between .Bd -literal and .Ed, without the escapes of mdoc."""
    for found in re.finditer(r"^\.Bd -literal\n(.*?)^\.Ed$", page, re.M | re.S):
        yield found.group(1).replace(r"\&", "").replace(r"\e", "\\")


def main():
    checker = Checker(sys.argv[1])
    shown = list(examples(PAGE.read_text(encoding="utf-8")))
    if len(shown) < 8:
        checker.faults.append(f"only {len(shown)} examples in {PAGE.name}")
    for number, text in enumerate(shown, start=1):
        checker.expect(f"example {number} of {PAGE.name}", text, False, False)
    for path in sorted(GOOD.glob("every-key.*")):
        checker.expect(path.name, path.read_text(encoding="utf-8"), False, False)
    for number, text in enumerate(ACCEPTED.split("---\n"), start=1):
        checker.expect(f"accepted {number}", text, False, False)
    for number, text in enumerate(REFUSED.split("---\n"), start=1):
        checker.expect(f"refused {number}", text, True, True)
    cases = sorted(BAD.glob("*/in/twoway.*"))
    for path in cases:
        name = path.parents[1].name
        checker.expect(name, path.read_text(encoding="utf-8"), name not in BLIND, True)
    for name in set(BLIND) - {path.parents[1].name for path in cases}:
        checker.faults.append(f"{name} is in BLIND but no case")
    ids = subprocess.run([checker.reader, "--clients"], capture_output=True, text=True, timeout=60,
                         check=True).stdout.split()
    if ids != checker.ids:
        checker.faults.append(f"built-in clients: {ids}, in the schema: {checker.ids}")
    page = re.sub(r"\s+", " ", PAGE.read_text(encoding="utf-8"))
    listed = re.search(r"lists them: (.*?) \.It ports", page).group(1)
    if re.findall(r"\.Cm ([a-z0-9-]+)", listed) != ids:
        checker.faults.append(f"built-in clients: {ids}, in {PAGE.name}: {listed}")
    print("\n".join(checker.faults + [f"{checker.done} documents, {len(checker.faults)} faults"]))
    return 1 if checker.faults or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
