#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Help, manual and completions say the same; what the manual shows works.

    test_docs.py TWOWAY SOURCE_ROOT [--link COMMAND...]

Behind --link: how to compile and link a program with the library; without it, the program in
libtwoway(3) is not built.
"""

import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

import world

LINK = sys.argv[sys.argv.index("--link") + 1:] if "--link" in sys.argv else []
TWOWAY, ROOT = (pathlib.Path(path).resolve() for path in sys.argv[1:3])
COMMANDS = ("check", "trace", "lint", "fix", "gen", "diff", "clients", "rule")
SHELLS = {"bash": "twoway.bash", "zsh": "_twoway", "fish": "twoway.fish"}


def said(*args):
    return subprocess.run([TWOWAY, *args], stdout=subprocess.PIPE, encoding="utf-8", check=True,
                          timeout=60).stdout


def of_help(command):
    """Options as (letter or '', name, value or '')."""
    found = re.findall(r"^  (?:-(\w),|   ) --([\w-]+)(?: (\S+))?(?:\s|$)", said(command, "--help"),
                       re.MULTILINE)
    # A value is written in capitals; what follows a flag is its explanation.
    return {(letter, name, value if value[:1].isupper() else "") for letter, name, value in found}


def of_manual():
    """The same for each command, from the subsections of twoway(1)."""
    text = (ROOT / "man/twoway.1").read_text(encoding="utf-8")
    parts = re.split(r"^\.S[sh] (.*)$", text, flags=re.MULTILINE)
    sections = dict(zip(parts[1::2], parts[2::2]))

    def options(section):
        found = set()
        for line in re.findall(r"^\.It (Fl .*)$", sections[section], re.MULTILINE):
            line = re.sub(r" Ns Op , Ns Ar (ID|CIDR)", r"[,\1]", line)
            both = re.fullmatch(r"(?:Fl (\w)(?: Ar \S+)? , )?Fl -(\S+)(?: Ar (\S+))?", line)
            if not both:
                raise ValueError(f"an option that is written in another way: {line}")
            found.add(tuple(part or "" for part in both.groups()))
        return found

    shared = options("Options of all commands")
    return {command: options(command) | shared for command in COMMANDS}


class Sync(unittest.TestCase):
    def test_manual_and_help(self):
        manual = of_manual()
        for command in COMMANDS:
            self.assertEqual(manual[command], of_help(command), command)
        self.assertGreater(len(manual["trace"]), 12)

    def test_every_command_is_in_the_manual(self):
        listed = re.findall(r"^  (\w+) ", said("--help"), re.MULTILINE)
        self.assertEqual(listed, [*COMMANDS, "help"])
        text = (ROOT / "man/twoway.1").read_text(encoding="utf-8")
        for command in listed:
            self.assertIn(f".Cm {command}\n", text)

    def test_completions_are_fresh(self):
        for shell, name in SHELLS.items():
            kept = (ROOT / "completions" / name).read_text(encoding="utf-8")
            self.assertEqual(kept, said("--dump-completion", shell),
                             f"run: twoway --dump-completion {shell} > completions/{name}")

    def test_completions_hold_every_option(self):
        for command in COMMANDS:
            names = {name for _, name, _ in of_help(command)}
            bash = re.search(rf"\t{command}:\*\)\n\t\twords='(.*)'", said("--dump-completion", "bash"))
            self.assertEqual({word[2:] for word in bash.group(1).split()}, names)
            fish = re.findall(rf"from {command}'.* -l ([\w-]+)", said("--dump-completion", "fish"))
            self.assertEqual(set(fish), names)
            zsh = re.search(rf"^\t{command}\)\n(.*?)\n\t\t;;", said("--dump-completion", "zsh"),
                            re.MULTILINE | re.DOTALL)
            self.assertEqual(set(re.findall(r"--([\w-]+)(?:=?\[|=?\})", zsh.group(1))), names)

    def test_quotes_would_break_completions(self):
        texts = said("--help") + "".join(said(command, "--help") for command in COMMANDS)
        self.assertNotIn("'", texts)
        self.assertNotIn('"', texts)

    def complete(self, *words):
        """What bash offers for the last word."""
        script = ('source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); '
                  '_twoway; printf "%s\\n" "${COMPREPLY[@]}"')
        done = subprocess.run(["bash", "-c", script, "bash", ROOT / "completions/twoway.bash",
                               "twoway", *words], stdout=subprocess.PIPE, encoding="utf-8",
                              check=True, timeout=60, cwd=ROOT / "man")
        return done.stdout.split()

    def test_bash(self):
        if not shutil.which("bash"):
            self.skipTest("no bash")
        self.assertEqual(self.complete("c"), ["check", "clients"])
        self.assertEqual(self.complete("check", "--fo"), ["--format"])
        self.assertEqual(self.complete("check", "-o", ""), ["text", "concise", "json"])
        self.assertEqual(self.complete("check", "--format", "=", "j"), ["json"])
        self.assertEqual(self.complete("check", "--format", "="), ["text", "concise", "json"])
        self.assertEqual(self.complete("rule", "TW60"), ["TW601", "TW602", "TW603", "TW604"])
        self.assertIn("twoway.1", self.complete("check", "two"))
        self.assertIn("windows-xp", self.complete("trace", "--client", "win"))


class Examples(unittest.TestCase):
    def setUp(self):
        held = tempfile.TemporaryDirectory()
        self.addCleanup(held.cleanup)
        self.folder = pathlib.Path(held.name)
        world.network(self.folder / "net", world.partial())

    def test_of_the_manual(self):
        text = (ROOT / "man/twoway.1").read_text(encoding="utf-8")
        examples = re.findall(r"^\$ (.*)$", text, re.MULTILINE)
        self.assertGreaterEqual(len(examples), 6)
        tools = self.folder / "tools"
        tools.mkdir()
        (tools / "twoway").symlink_to(TWOWAY)
        fake = tools / "aws"
        fake.write_text('#!/bin/sh\n[ "$*" = "ec2 describe-network-acls" ] && cat net/acl.json\n',
                        encoding="utf-8")
        fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
        for example in examples:
            if "jq" in example and not shutil.which("jq"):
                continue
            env = dict(os.environ, PATH=f"{tools}:{os.environ['PATH']}")
            done = subprocess.run(example, shell=True, cwd=self.folder, env=env, encoding="utf-8",
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
                                  check=False)
            self.assertIn(done.returncode, (0, 1), (example, done.stderr))
            self.assertEqual(done.stderr, "", example)
            self.assertNotEqual(done.stdout, "", example)

    def test_program_of_the_library_manual(self):
        if not LINK:
            self.skipTest("no way to link was given")
        text = (ROOT / "man/libtwoway.3").read_text(encoding="utf-8")
        program = text.split(".Bd -literal\n")[1].split(".Ed\n")[0].replace("\\e", "\\")
        (self.folder / "program.c").write_text(program, encoding="utf-8")
        out = self.folder / "program"
        subprocess.run([*(word.replace("@IN@", str(self.folder / "program.c"))
                          .replace("@OUT@", str(out)) for word in LINK)], check=True, timeout=120)
        done = subprocess.run([out, "net"], cwd=self.folder, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, encoding="utf-8", timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("error[TW103]", done.stdout)
        self.assertTrue(done.stdout.endswith("Something is broken.\n"))
        done = subprocess.run([out, "no/such"], cwd=self.folder, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, encoding="utf-8", timeout=60, check=False)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("no/such: error: ", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
