#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints, sorted, the files of the repository that match a pattern, one a line; nothing if none
does. For meson.build, which cannot list files by itself.

    list_files.py PATTERN
"""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
for path in sorted(ROOT.glob(sys.argv[1])):
    print(path.relative_to(ROOT))
