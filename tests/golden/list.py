#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the golden cases below a folder as area/case, one a line, for meson.build.

Every folder two levels down counts, whatever it holds: a case that lost its cmd must fail, not
vanish.

    list.py FOLDER
"""

import pathlib
import sys

TOP = pathlib.Path(sys.argv[1])
for folder in sorted(TOP.glob("*/*/")):
    if folder.is_dir() and folder.name != "__pycache__":
        print(folder.relative_to(TOP))
