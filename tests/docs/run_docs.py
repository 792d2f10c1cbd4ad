#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs what the documentation shows, and compares it with what the documentation says.

    run_docs.py [--build BUILD] [--root ROOT] [--cc COMMAND] [--update] [FILE...]

Without FILE: README.md, examples/README.md and docs/*.md. What is looked at in them:

- A fence marked `sh` is an example. A line that begins with `$ ` is a command, `> ` continues it, and
  what follows is all that it prints, both streams, byte for byte. A command that ends with a status
  other than 0 must be followed by `$ echo $?`, so that the status stands there too.
- A fence marked `LANGUAGE file=PATH` is a file; examples behind it find it under that path.
- A link to a file or a heading of the repository must lead somewhere.

All examples of one file run in one new folder that holds a copy of examples/, with the program and
the library of BUILD, 80 columns wide, in UTF-8, without colour. --update writes what came out into
the files instead of comparing; read the difference before you keep it.
"""

import argparse
import difflib
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

FENCE = re.compile(r"^```(.*)$")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
SECONDS = 120
CRASH = re.compile(r"^(Segmentation fault|Aborted|Killed|.*(core dumped|Sanitizer:|runtime error:))")
UNSET = ("NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "LC_CTYPE", "LANG", "CDPATH", "ENV")


class Trouble(Exception):
    """Something in a document that cannot be right; the text begins with its place."""


class Block:
    """What stands between two fences: `lines` are those of the document from `begin` on."""

    def __init__(self, info, begin):
        self.info, self.begin, self.lines = info, begin, []

    def file(self):
        found = re.search(r"\bfile=(\S+)", self.info)
        return found and found.group(1)


def blocks_of(lines, name):
    found, block = [], None
    for number, line in enumerate(lines):
        fence = FENCE.match(line)
        if fence and block is None:
            block = Block(fence.group(1), number + 1)
        elif fence:
            found.append(block)
            block = None
        elif block is not None:
            block.lines.append(line)
    if block is not None:
        raise Trouble(f"{name}:{block.begin}: this fence is never closed")
    return found


def steps_of(block, name):
    """Pairs of a command's lines and the lines that it prints."""
    steps = []
    for offset, line in enumerate(block.lines):
        if line.startswith("$ "):
            steps.append(([line], []))
        elif not steps:
            raise Trouble(f"{name}:{block.begin + offset + 1}: an example begins with `$ `")
        elif line.startswith("> ") and not steps[-1][1]:
            steps[-1][0].append(line)
        else:
            steps[-1][1].append(line)
    if not steps:
        raise Trouble(f"{name}:{block.begin}: an example without a command")
    return steps


class Folder:
    """Where the examples of one document run."""

    def __init__(self, path, root, build, compiler):
        self.path, tools = path / "in", path / "bin"
        tools.mkdir()
        self.path.mkdir()
        (tools / "twoway").symlink_to(build / "src/cli/twoway")
        shim = tools / "cc"
        # What is not installed has its headers elsewhere.
        headers = shlex.quote(f"-I{root}/include")
        shim.write_text(f'#!/bin/sh\nexec {compiler} {headers} "$@"\n', encoding="utf-8")
        shim.chmod(0o755)
        shutil.copytree(root / "examples", self.path / "examples")
        self.env = {key: text for key, text in os.environ.items() if key not in UNSET}
        self.env.update(LC_ALL="C.UTF-8", HOME=str(path), PKG_CONFIG_PATH=f"{build}/meson-uninstalled",
                        LD_LIBRARY_PATH=f"{build}/src", SOURCE_DATE_EPOCH="1767225600",
                        PATH=f"{tools}:{os.environ['PATH']}")
        self.status = 0

    def run(self, command):
        """The lines that a command prints; `$?` is the status of the command before."""
        script = f"(exit {self.status})\n{command}\n"
        done = subprocess.run(["sh", "-c", script], cwd=self.path, env=self.env, timeout=SECONDS,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, encoding="utf-8", check=False)
        self.status = done.returncode
        if done.stdout and not done.stdout.endswith("\n"):
            return (done.stdout + "\n(no line end)").split("\n")
        return done.stdout.split("\n")[:-1]


def rerun(block, name, folder):
    """The lines that the block should have."""
    lines = []
    steps = steps_of(block, name)
    for at, (typed, _) in enumerate(steps):
        command = "\n".join(line[2:] for line in typed)
        printed = folder.run(command)
        if folder.status >= 128 or any(CRASH.match(line) for line in printed):
            raise Trouble(f"{name}:{block.begin + 1}: `{command}` crashes")
        lines += typed + printed
        after = steps[at + 1][0] if at + 1 < len(steps) else None
        if folder.status != 0 and after != ["$ echo $?"]:
            raise Trouble(f"{name}:{block.begin + 1}: `{command}` ends with status {folder.status};"
                          " show it: the next command is to be `$ echo $?`")
    return lines


def rewritten(path, name, folder):
    """The document as it should be, and how many examples it has."""
    lines = path.read_text(encoding="utf-8").split("\n")
    fresh, done, examples = [], 0, 0
    for block in blocks_of(lines, name):
        if block.file():
            target = folder.path / block.file()
            if folder.path not in target.resolve().parents:
                raise Trouble(f"{name}:{block.begin}: a file outside of the examples' folder")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text("\n".join(block.lines) + "\n", encoding="utf-8")
        if block.info.split(" ")[0] == "sh":
            examples += 1
            fresh += lines[done:block.begin] + rerun(block, name, folder)
            done = block.begin + len(block.lines)
    return "\n".join(fresh + lines[done:]), examples


def anchors_of(path):
    """The names that headings can be linked by."""
    inside, names = False, set()
    for line in path.read_text(encoding="utf-8").split("\n"):
        inside ^= line.startswith("```")
        if not inside and re.match(r"#+ ", line):
            title = line.lstrip("#").strip().lower()
            names.add(re.sub(r"[^\w\- ]", "", title).replace(" ", "-"))
    return names


def dead_links(path, name):
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    found = []
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        there = (path.parent / file) if file else path
        if not there.exists():
            found.append(f"{name}: the link to {target} leads nowhere")
        elif anchor and anchor not in anchors_of(there):
            found.append(f"{name}: there is no heading for the link to {target}")
    return found


def look_at(path, root, args):
    """Complaints about one document, and how many examples were run."""
    name = os.path.relpath(path, root)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Folder(pathlib.Path(scratch), root, args.build.resolve(), args.cc)
        try:
            text, examples = rewritten(path, name, folder)
        except Trouble as trouble:
            return [str(trouble)], 0
    old = path.read_text(encoding="utf-8")
    complaints = dead_links(path, name)
    if text != old:
        difference = difflib.unified_diff(old.split("\n"), text.split("\n"), f"{name} (says)",
                                          f"{name} (is)", lineterm="", n=2)
        if args.update:
            path.write_text(text, encoding="utf-8")
            print("\n".join(difference))
        else:
            complaints.append("\n".join(difference))
    return complaints, examples


def main():
    here = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", type=pathlib.Path, default=here)
    parser.add_argument("--build", type=pathlib.Path, default=None)
    parser.add_argument("--cc", default="cc")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    args = parser.parse_args()
    root = args.root.resolve()
    args.build = args.build or root / "build"
    compiler = shlex.split(args.cc)
    # In full: what examples call `cc` is a script of our own that calls it.
    args.cc = shlex.join([shutil.which(compiler[0]) or compiler[0], *compiler[1:]])
    if not (args.build / "src/cli/twoway").exists():
        sys.exit(f"run_docs: there is no program {args.build}/src/cli/twoway: build it first")
    files = [path.resolve() for path in args.files] or [
        root / "README.md", root / "examples/README.md", *sorted(root.glob("docs/*.md"))]

    complaints, examples = [], 0
    for path in files:
        found, ran = look_at(path, root, args)
        complaints += found
        examples += ran
    print("\n".join(complaints))
    print(f"{len(files)} documents, {examples} examples, {len(complaints)} complaints")
    if complaints and not args.update:
        print("If the program is right: tests/docs/run_docs.py --build BUILD --update")
    if examples == 0:
        print("no example was run")
    return 1 if complaints or examples == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
