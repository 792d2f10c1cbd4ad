#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the linker's version script of libtwoway: the shared library exports what the public
headers declare.

    export_map.py --output FILE --depfile FILE HEADER_FOLDER
"""

import argparse
import pathlib

import public_api


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--output", required=True, type=pathlib.Path)
    parser.add_argument("--depfile", required=True, type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    args = parser.parse_args()

    names, headers = public_api.declared(args.folder)
    lines = ["TWOWAY_0 {", "global:"] + [f"\t{name};" for name in names] + ["local:", "\t*;", "};"]
    args.output.write_text("\n".join(lines) + "\n")
    # The folder too: a new header counts at once.
    needed = " ".join(str(path).replace(" ", "\\ ") for path in [args.folder, *headers])
    args.depfile.write_text(f"{args.output}: {needed}\n")


if __name__ == "__main__":
    main()
