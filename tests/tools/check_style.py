#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The measurable part of the house rules: sizes, tabs, marks of unfinished work, licence lines, and
functions that nobody should call."""

import re

from sources import BELOW, ROOT, c_files, finish, without_comments

FILE_LINES = 700
FUNCTION_LINES = 90
COLUMNS = 100
TAB = 8
LICENCE = "SPDX-License-Identifier: Apache-2.0"
MARKS = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")

# Unbounded, locale-bound, or not safe with threads.
BANNED = "strcpy strcat sprintf vsprintf strtok atoi atol atoll gets gmtime localtime rand"
# All memory comes from struct tw_mem; libyaml takes its own.
MEMORY = "malloc calloc realloc free strdup strndup"
MEMORY_FILES = ("src/base/mem.c", "src/read/yaml.c")
# The library never prints, ends the program, or asks the environment, the locale or the clock.
PROGRAM_ONLY = ("printf fprintf vprintf vfprintf puts fputs putchar putc fputc perror exit _exit "
                "abort getenv secure_getenv setenv setlocale time clock clock_gettime gettimeofday "
                "signal sigaction")
# Verdicts are exact.
INEXACT = "float double"


def calls_of(names):
    return re.compile(r"(?<![\w.>])(" + "|".join(names.split()) + r")\s*\(")


def words_of(names):
    return re.compile(r"\b(" + "|".join(names.split()) + r")\b")


def width_of(line):
    return len(line.expandtabs(TAB))


def long_functions(lines):
    """Functions by the place of their braces, which stand in the first column."""
    start = None
    for number, line in enumerate(lines, start=1):
        if line.startswith("{"):
            start = number
        elif line.startswith("}") and start:
            if number - start + 1 > FUNCTION_LINES:
                yield start, number - start + 1
            start = None


def rules_for(where):
    """Patterns that must not match in the code of a file, with what to say."""
    rules = [(calls_of(BANNED), "is banned")]
    parts = where.parts
    if parts[0] != "src":
        return rules
    if str(where) not in MEMORY_FILES:
        rules.append((calls_of(MEMORY), "is banned here: all memory comes from struct tw_mem"))
    if parts[1] in BELOW:
        rules.append((calls_of(PROGRAM_ONLY), "is for programs, not for the library"))
        rules.append((words_of(INEXACT), "is banned here: verdicts are exact"))
    return rules


def check_lines(where, lines):
    for number, line in enumerate(lines, start=1):
        place = f"{where}:{number}"
        if width_of(line) > COLUMNS:
            yield f"{place}: {width_of(line)} columns, at most {COLUMNS}"
        if line.startswith(" " * TAB):
            yield f"{place}: indented with spaces"
        if line != line.rstrip():
            yield f"{place}: ends in white space"
        if MARKS.search(line):
            yield f"{place}: a mark of unfinished work"


def check_c(path):
    where = path.relative_to(ROOT)
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    code = without_comments(text)
    if len(lines) > FILE_LINES:
        yield f"{where}: {len(lines)} lines, at most {FILE_LINES}"
    if not lines or lines[0] != f"/* {LICENCE} */":
        yield f"{where}:1: the first line must be /* {LICENCE} */"
    if not text.endswith("\n"):
        yield f"{where}: no newline at the end"
    yield from check_lines(where, lines)
    for start, length in long_functions(code.splitlines()):
        yield f"{where}:{start}: a function of {length} lines, at most {FUNCTION_LINES}"
    for number, line in enumerate(code.splitlines(), start=1):
        for pattern, why in rules_for(where):
            for found in pattern.finditer(line):
                yield f"{where}:{number}: {found.group(1)} {why}"


def scripts():
    for folder in ("src", "tests", "tools", "bench"):
        for name in ("*.py", "meson.build"):
            yield from (ROOT / folder).rglob(name)
    yield from (path for name in ("meson.build", "meson_options.txt", "Makefile", ".ci/run",
                                  "tools/prepare", "tools/demo", "tools/check",
                                  "tools/configure.sh", "tools/try-clean-root")
                if (path := ROOT / name).exists())


def main():
    files = c_files("src", "include", "tests", "bench")
    faults = [fault for path in files for fault in check_c(path)]
    others = sorted(scripts())
    for path in others:
        head = path.read_text(encoding="utf-8").splitlines()[:2]
        if not any(LICENCE in line for line in head):
            faults.append(f"{path.relative_to(ROOT)}: the licence line is missing")
    finish(faults, len(files) + len(others), "files")


if __name__ == "__main__":
    main()
