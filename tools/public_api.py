# SPDX-License-Identifier: Apache-2.0
"""Which functions and objects the public headers declare."""

import pathlib
import re


def without_comments(text):
    text = re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.DOTALL)
    return re.sub(r'"(?:\\.|[^"\\\n])*"', '""', text)


def without_directives(text):
    text = text.replace("\\\n", " ")
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))


def without_blocks(text):
    """Braces and what they hold go; those of `extern "C"` only open a scope and stay out of it."""
    text = re.sub(r'extern\s+""\s*\{', " ", text)
    kept, depth = [], 0
    for char in text:
        if char == "{":
            depth += 1
            if depth == 1:
                kept.append("{}")
        elif char == "}":
            depth = max(depth - 1, 0)
        elif depth == 0:
            kept.append(char)
    return "".join(kept)


def declared_in(text):
    """Names of the functions and extern objects that a header's text declares."""
    text = without_blocks(without_directives(without_comments(text)))
    text = re.sub(r"\)\s*\{\}", ");", text)  # the body of an inline function ends it
    names = set()
    for statement in text.split(";"):
        statement = " ".join(statement.split())
        if not statement or statement.startswith(("static ", "typedef ")):
            continue
        found = re.search(r"\b(tw_\w+) ?\(", statement)
        if not found and statement.startswith("extern "):
            found = re.search(r"\b(tw_\w+)(?: ?\[[^]]*\])*$", statement)
        if found:
            names.add(found.group(1))
    return names


def declared(folder):
    """The same for all headers of a folder; also the headers themselves."""
    headers = sorted(pathlib.Path(folder).glob("*.h"))
    names = set()
    for header in headers:
        names |= declared_in(header.read_text(encoding="utf-8"))
    return sorted(names), headers
