#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every fact that the code cites stands in tests/spec/ids.tsv, and every fact that stands there as
implemented names tests that exist.

Lines of the table: id, TAB, `implemented` or `later`, TAB, the fact in our words, TAB, names of
tests, comma separated. A test is a function of a C test program, a Meson test, or a golden case
(golden/area/case, bad/reader/case, or without the first part).
"""

import re

from sources import ROOT, c_files, finish

TABLE = ROOT / "tests/spec/ids.tsv"


def citations():
    """Each cited id with its place; several may follow one SPEC:, with commas or `and`."""
    for path in c_files("src", "include"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            for found in re.finditer(r"SPEC:\s*((?:[a-z][a-z0-9-]*(?:,\s*|\s+and\s+)?)+)", line):
                for name in re.split(r",\s*|\s+and\s+", found.group(1)):
                    if name.strip():
                        yield name.strip(), f"{path.relative_to(ROOT)}:{number}"


def known_tests():
    names = set()
    for path in (ROOT / "tests").rglob("*.c"):
        text = path.read_text(encoding="utf-8")
        names |= set(re.findall(r"\b(\w+)\s*\(\s*void\s*\*\*\s*\w+\s*\)", text))
    for path in [*(ROOT / "tests").rglob("meson.build")]:
        names |= set(re.findall(r"\btest\(\s*'([^']+)'", path.read_text(encoding="utf-8")))
    for suite in ("golden", "bad"):
        for case in (ROOT / "tests" / suite).glob("*/*/cmd"):
            name = str(case.parent.relative_to(ROOT / "tests" / suite))
            names |= {name, f"{suite}/{name}"}
    return names


def main():
    if not TABLE.is_file():
        finish([f"there is no {TABLE.relative_to(ROOT)}"], 1, "tables")
    faults, ids, tests = [], {}, known_tests()
    for number, line in enumerate(TABLE.read_text(encoding="utf-8").splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        place = f"{TABLE.relative_to(ROOT)}:{number}"
        fields = line.split("\t")
        if len(fields) not in (3, 4) or fields[1] not in ("implemented", "later"):
            faults.append(f"{place}: not id, implemented or later, fact, tests")
            continue
        name, status, fact = fields[:3]
        named = [test.strip() for test in fields[3].split(",")] if len(fields) == 4 else []
        named = [test for test in named if test]
        if name in ids:
            faults.append(f"{place}: {name} stands twice")
        if not fact.strip():
            faults.append(f"{place}: {name} says nothing")
        if status == "implemented" and not named:
            faults.append(f"{place}: {name} is implemented, but no test is named")
        faults += [f"{place}: {name} names {test}, and there is no such test"
                   for test in named if test not in tests]
        ids[name] = status
    for name, place in citations():
        if name not in ids:
            faults.append(f"{place}: cites {name}, which is not in {TABLE.relative_to(ROOT)}")
        elif ids[name] == "later":
            faults.append(f"{place}: cites {name}, which is marked `later`")
    finish(faults, len(ids), "facts")


if __name__ == "__main__":
    main()
