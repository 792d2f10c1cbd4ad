#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The shared library exports what the public headers declare, all of it and nothing else; and the
library has no global that can change.

    check_symbols.py COMPILER SHARED_LIBRARY ARCHIVE
"""

import re
import subprocess
import sys

from sources import ROOT, c_files, finish

sys.path.insert(0, str(ROOT / "tools"))
import public_api  # pylint: disable=wrong-import-position

VERSION = "TWOWAY_0"


def output_of(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=True).stdout


def exported_by(library):
    lines = output_of("nm", "-D", "--defined-only", "--format=posix", library).splitlines()
    names = {line.split()[0].partition("@")[0] for line in lines}
    return names - {VERSION}


def undeclared(compiler, names):
    """Asks the compiler, which reads headers better than we do, which names it does not know."""
    text = "".join(f'#include "{path.relative_to(ROOT / "include")}"\n'
                   for path in c_files("include"))
    text += "void use(void);\nvoid use(void)\n{\n"
    text += "".join(f"\t(void)&{name};\n" for name in sorted(names)) + "}\n"
    done = subprocess.run([compiler, "-x", "c", "-std=c11", "-fsyntax-only",
                           f"-I{ROOT / 'include'}", "-"], input=text, stderr=subprocess.PIPE,
                          encoding="utf-8", env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
                          check=False)
    if done.returncode == 0:
        return []
    return [line for line in done.stderr.splitlines() if "error:" in line]


def mutable_globals(archive):
    """Objects in .data or .bss. Tables of constant pointers are in .data.rel.ro and are fine; names
    with two underscores are the compiler's."""
    found = []
    for line in output_of("objdump", "-t", archive).splitlines():
        match = re.match(r"[0-9a-f]+ .{6}[O ] (\S+)\s+[0-9a-f]+ (?:\.hidden )?(\S+)$", line)
        if not match or match.group(1) == match.group(2):
            continue
        section, name = match.groups()
        if name.startswith("__"):
            continue
        if re.match(r"\.t?(data|bss)\b(?!\.rel\.ro)|\*COM\*", section):
            found.append(f"{name} in {section}: the library must have no global that can change")
    return found


def main():
    compiler, library, archive = sys.argv[1:]
    declared = set(public_api.declared(ROOT / "include/twoway")[0])
    exported = exported_by(library)
    faults = [f"{name}: declared in a public header, but not exported (not defined?)"
              for name in sorted(declared - exported)]
    faults += [f"{name}: exported, but does not begin with tw_"
               for name in sorted(exported) if not name.startswith("tw_")]
    faults += undeclared(compiler, exported)
    faults += mutable_globals(archive)
    finish(faults, len(exported), "exported symbols")


if __name__ == "__main__":
    main()
