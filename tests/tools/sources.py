# SPDX-License-Identifier: Apache-2.0
"""What the checks of this folder share: where the sources are, and how to report faults."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Lowest first; arrows of the architecture: a floor may use those below it.
BELOW = {
    "base": set(),
    "space": {"base"},
    "filter": {"base", "space"},
    "client": {"base", "space"},
    "net": {"base", "space", "filter", "client"},
    "check": {"base", "space", "filter", "client", "net"},
    "edit": {"base", "space", "filter", "client", "net", "check"},
    "lint": {"base", "space", "filter", "client", "net", "check", "edit"},
    "fix": {"base", "space", "filter", "client", "net", "check", "edit"},
    "gen": {"base", "space", "filter", "client", "net", "check", "edit"},
    "diff": {"base", "space", "filter", "client", "net", "check", "edit"},
    "read": {"base", "space", "filter", "client", "net"},
    "write": {"base", "space", "filter", "client", "net"},
}


def c_files(*folders):
    """All .c and .h files below folders of the repository, sorted."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.[ch]"))


def without_comments(text):
    """Comments and what is in quotes turn into blanks; lines stay where they are."""
    def blank(match):
        token = match.group(0)
        if token[0] in "\"'":
            return token[0] + " " * (len(token) - 2) + token[-1]
        return re.sub(r"[^\n]", " ", token)
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text,
                  flags=re.DOTALL)


def finish(faults, checked, what):
    """Prints the faults and ends the program; that nothing was checked is a fault too."""
    for fault in faults:
        print(fault)
    if not checked:
        print(f"there are no {what} to check")
    else:
        print(f"{checked} {what} checked, {len(faults)} faults")
    sys.exit(1 if faults or not checked else 0)
