#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each floor includes its own headers and those of the floors below it, and nothing else; the
program includes its own and the public ones."""

import re

from sources import BELOW, ROOT, c_files, finish

PUBLIC_FLOOR = {  # of include/twoway/NAME.h, where it is not the floor called NAME
    "status": "base", "memory": "base", "diag": "base", "source": "base", "version": "base",
    "intents": "net", "edit": "space",
}
RESULTS = {"check", "fix", "gen", "lint", "diff"}  # headers of data that `write` is handed
UMBRELLA = "twoway"  # includes all; only programs use it


def floor_of_public(name):
    return PUBLIC_FLOOR.get(name, name)


def public_allowed(floor, name):
    """May this floor include twoway/name.h?"""
    if floor == "cli":
        return True
    owner = floor_of_public(name)
    # Results are data: a writer is handed them, but calls nothing of what made them.
    return owner == floor or owner in BELOW[floor] or (floor == "write" and name in RESULTS)


def includes_of(path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        found = re.match(r'\s*#\s*include\s*(?:"([^"]+)"|<(twoway/[^>]+)>)', line)
        if found:
            yield number, found.group(1) or found.group(2)


def main():
    faults = []
    owners = {}
    for path in c_files("src"):
        if path.suffix == ".h":
            owners.setdefault(path.name, []).append(path.parent.name)
    faults += [f"{name}: a header of this name in {' and '.join(floors)}"
               for name, floors in owners.items() if len(floors) > 1]

    files = [(path, path.parent.name) for path in c_files("src")]
    files += [(path, floor_of_public(path.stem)) for path in c_files("include")]
    for path, floor in files:
        public = path.is_relative_to(ROOT / "include")
        where = path.relative_to(ROOT)
        if floor not in BELOW and floor not in ("cli", UMBRELLA):
            faults.append(f"{where}: belongs to no known floor")
            continue
        for number, header in includes_of(path):
            place = f"{where}:{number}"
            if header.startswith("twoway/"):
                name = header.removeprefix("twoway/").removesuffix(".h")
                if not (ROOT / "include" / header).is_file():
                    faults.append(f"{place}: there is no include/{header}")
                elif floor != UMBRELLA and not public_allowed(floor, name):
                    faults.append(f"{place}: {floor} must not include {header}")
            elif public:
                faults.append(f"{place}: a public header must not include \"{header}\"")
            elif header not in owners:
                faults.append(f"{place}: there is no src/*/{header}")
            else:
                owner = owners[header][0]
                if owner != floor and owner not in BELOW.get(floor, set()):
                    faults.append(f"{place}: {floor} must not include {header} of {owner}")
    finish(faults, len(files), "files")


if __name__ == "__main__":
    main()
