#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The command line: usage errors, exit statuses, environment, streams, and which intents are used.

    test_cli.py TWOWAY [unittest arguments]
"""

import json
import os
import pathlib
import pty
import subprocess
import sys
import tempfile
import unittest

import world

TWOWAY = pathlib.Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else "twoway"
COMMANDS = ("check", "trace", "lint", "fix", "gen", "diff", "clients", "rule", "help")
IGNORE = 'ignore: [{code: TW103, at: acl-0c01, until: "2027-01-31", reason: "replaced soon"}]\n'


class Case(unittest.TestCase):
    def setUp(self):
        held = tempfile.TemporaryDirectory()
        self.addCleanup(held.cleanup)
        self.folder = pathlib.Path(held.name)
        self.run_it = world.Program(TWOWAY, self.folder)
        world.network(self.folder / "whole", world.whole())
        world.network(self.folder / "partial", world.partial())
        world.network(self.folder / "warned", world.warned())

    def expect(self, code, *args, **how):
        done = self.run_it(*args, **how)
        self.assertEqual(done.returncode, code, (args, done.stdout, done.stderr))
        return done


class Usage(Case):
    def wrong(self, *args, says, hint="--help`."):
        done = self.expect(2, *args)
        self.assertEqual(done.stdout, "")
        self.assertIn(says, done.stderr)
        self.assertTrue(done.stderr.startswith("twoway: error: "), done.stderr)
        self.assertTrue(done.stderr.endswith(hint + "\n"), done.stderr)

    def test_commands(self):
        self.wrong(says="no command")
        self.wrong("cheek", says='"cheek" is no command of twoway; did you mean check?')
        self.wrong("xyzzy", says='"xyzzy" is no command of twoway\n')
        self.wrong("--formt", says="unknown option --formt before the command")
        self.wrong("help", "cheek", says="did you mean check?")
        self.wrong("help", "check", "trace", says='"trace" is one argument too many for help')

    def test_options(self):
        self.wrong("check", "whole", "--fromat", "json", says="did you mean --format?",
                   hint="Try `twoway check --help`.")
        self.wrong("check", "whole", "--input", "json", says="did you mean --input-type?")
        self.wrong("check", "whole", "--xyzzy=1", says="unknown option --xyzzy\n")
        self.wrong("check", "whole", "-x", says='unknown option -x in "-x"')
        self.wrong("check", "whole", "-vx", says='unknown option -x in "-vx"')
        self.wrong("check", "whole", "--format", says="--format needs a value: FORMAT")
        self.wrong("check", "whole", "-o", says="--format needs a value: FORMAT")
        self.wrong("check", "whole", "-o", "yaml",
                   says='--format cannot be "yaml"; it is one of: text concise json')
        self.wrong("check", "whole", "--format=", says='--format cannot be ""')
        self.wrong("check", "whole", "-o", "text concise", says="--format cannot be")
        self.wrong("check", "whole", "-o", "json", "-o", "text", says="--format is given twice")
        self.wrong("check", "whole", "--verbose=yes", says="--verbose takes no value")
        self.wrong("check", "whole", "--fail-on", "none", says="one of: error warning note")
        self.wrong("check", "whole", "--from", "x", says="unknown option --from")
        for width in ("39", "1001", "x", "", "-5", "80x", "99999999999999999999"):
            self.wrong("check", "whole", "--width", width, says="--width is 40 to 1000 columns")

    def test_operands(self):
        self.wrong("check", says="check needs an input")
        self.wrong("trace", "--from", "a", "--to", "b", says="trace needs an input")
        self.wrong("diff", "whole", says="diff needs 2 inputs, OLD NEW, and got 1; each is a")
        self.wrong("diff", says="diff needs 2 inputs, OLD NEW, and got 0")
        self.wrong("clients", "x", says='"x" is one argument too many for clients')
        self.wrong("rule", "TW101", "TW102", says='"TW102" is one argument too many')

    def test_folder_without_files(self):
        (self.folder / "nothing").mkdir()
        (self.folder / "nothing" / "main.tf").write_text("")
        done = self.expect(2, "check", "whole", "nothing")
        self.assertIn("nothing: error: the folder holds no files to read: none ends in", done.stderr)

    def test_many_files_that_are_not_read(self):
        for i in range(12):
            (self.folder / "whole" / f"other{i:02}.json").write_text("{}")
        done = self.expect(0, "check", "whole")
        self.assertEqual(done.stderr.count("not read, no describe output in it: whole/other"), 10)
        self.assertIn("twoway: note: not read, as these: 2 more files\n", done.stderr)
        self.assertEqual(self.expect(0, "check", "whole", "--quiet").stderr, "")

    def test_values(self):
        for day in ("2027-02-29", "2027-13-01", "27-1-1", "today", "2027-01-00", "2027-01-311"):
            self.wrong("check", "whole", "--today", day, says="--today is a day such as 2027-01-31")
        self.expect(0, "check", "whole", "--today", "2028-02-29")
        for epoch in ("x", "-1", "1e9", "99999999999999"):
            done = self.expect(2, "check", "whole", env={"SOURCE_DATE_EPOCH": epoch})
            self.assertIn("SOURCE_DATE_EPOCH is a number of seconds since 1970", done.stderr)
        self.wrong("check", "whole", "--client", "linx", says="did you mean linux?")
        self.wrong("check", "whole", "--client", "xyzzy", says="`twoway clients` lists them")
        self.wrong("check", "whole", "--client", "", says="--client needs at least one id")
        self.wrong("check", "whole", "--client", "linux,,windows", says='unknown client ""')
        self.wrong("rule", "reply-blockd", says="did you mean reply-blocked?")
        self.wrong("rule", "TW108x", says="did you mean TW108?")
        self.wrong("rule", "TW999", says='no finding has the code "TW999"; `twoway rule` lists all codes')

    def test_trace_options(self):
        self.wrong("trace", "whole", "--from", "internet", says="trace needs --from X and --to Y")
        ends = ("--from", "internet", "--to", "subnet-0a01", "--port", "443")
        self.wrong("trace", "whole", *ends, "--client", "linux", "--source-ports", "1-2",
                   says="exclude each other")
        for ports in ("x", "0-5", "5-4", "1-65536", ""):
            self.wrong("trace", "whole", *ends, "--source-ports", ports,
                       says="--source-ports is a range within 1-65535")

    def test_options_stand_anywhere(self):
        plain = self.expect(1, "check", "partial", "--format", "json").stdout
        for args in (("check", "--format", "json", "partial"), ("check", "--format=json", "partial"),
                     ("check", "-ojson", "partial"), ("check", "-o", "json", "--", "partial"),
                     ("check", "partial", "-qojson"), ("check", "--", "partial")):
            done = self.expect(1, *args)
            if "--" not in args or "json" in args:
                self.assertEqual(done.stdout, plain, args)
        # Behind -- nothing is an option.
        self.assertIn("-o: error", self.expect(2, "check", "--", "-o").stderr)


class Help(Case):
    def test_help(self):
        for command in COMMANDS:
            one = self.expect(0, command, "--help")
            self.assertEqual(one.stdout, self.expect(0, "help", command).stdout)
            self.assertEqual(one.stdout, self.expect(0, command, "-h").stdout)
            self.assertTrue(one.stdout.startswith(f"usage: twoway {command} [OPTION]..."))
            self.assertEqual(one.stderr, "")
            self.assertLessEqual(max(map(len, one.stdout.splitlines())), 80)
        self.assertEqual(self.expect(0, "--help").stdout, self.expect(0, "help").stdout)

    def test_version(self):
        text = self.expect(0, "--version").stdout
        self.assertRegex(text, r"\Atwoway [0-9]+\.[0-9]+\.[0-9]+\n\Z")
        self.assertEqual(text, self.expect(0, "-V").stdout)
        report = json.loads(self.expect(0, "check", "whole", "-o", "json").stdout)
        self.assertEqual("twoway " + report["version"] + "\n", text)


class Exit(Case):
    def test_check(self):
        self.expect(0, "check", "whole")
        self.expect(1, "check", "partial")
        self.expect(0, "check", "warned")
        self.expect(1, "check", "warned", "--fail-on", "warning")
        self.expect(1, "check", "warned", "--fail-on=note")
        for form in ("text", "concise", "json"):
            self.expect(1, "check", "partial", "-o", form)

    def test_client(self):
        self.expect(0, "check", "partial", "--client", "windows,macos")
        self.expect(1, "check", "partial", "--client", "windows", "--client", "linux")
        self.expect(1, "check", "warned", "-c", "nat-gateway")

    def test_trace(self):
        ends = ("--from", "203.0.113.7", "--to", "subnet-0a01:443")
        self.expect(0, "trace", "whole", *ends)
        self.expect(1, "trace", "partial", *ends)
        self.expect(0, "trace", "partial", *ends, "--client", "windows")
        self.expect(0, "trace", "partial", *ends, "--source-ports", "50000-50009")
        self.expect(1, "trace", "partial", *ends, "--source-ports", "49151-49152")
        self.expect(1, "trace", "whole", "--from", "203.0.113.7", "--to", "subnet-0a01:22")
        done = self.expect(2, "trace", "whole", "--from", "nobody", "--to", "subnet-0a01:22")
        self.assertEqual(done.stdout, "")
        self.assertIn("nobody", done.stderr)

    def test_input(self):
        (self.folder / "bad.json").write_text('{"NetworkAcls": [{]}', encoding="utf-8")
        done = self.expect(2, "check", "bad.json")
        self.assertEqual(done.stdout, "")
        self.assertRegex(done.stderr, r"^bad\.json:1:\d+: error: ")
        done = self.expect(2, "check", "no/such/file", "bad.json")
        self.assertIn("no/such/file: error: ", done.stderr)
        self.assertIn("bad.json:1:", done.stderr, "one run tells the faults of all files")
        done = self.expect(2, "check", "whole/subnets.json")
        self.assertIn("nothing to judge", done.stderr)
        self.assertEqual(done.stdout, "")

    def test_standard_input(self):
        text = (self.folder / "partial/acl.json").read_text(encoding="utf-8")
        done = self.expect(1, "check", "-", "-o", "concise", input=text)
        self.assertRegex(done.stdout, r"^-:\d+:\d+: error TW103 ")


class Words(Case):
    def test_clean_run(self):
        for form in ("text", "concise"):
            done = self.expect(0, "check", "whole", "-o", form)
            self.assertNotIn("fail", done.stdout.lower())
            self.assertEqual(done.stderr, "")
        self.assertEqual(self.expect(0, "check", "whole", "-o", "concise").stdout, "")
        text = self.expect(0, "check", "whole").stdout
        self.assertIn("judged: ", text)
        self.assertIn("1 flow, complete. All replies return for: linux,", text)

    def test_exact_counts(self):
        text = self.expect(1, "check", "partial").stdout
        self.assertIn("11,848 of 28,232  41.97 %", text)
        report = json.loads(self.expect(1, "check", "partial", "-o", "json").stdout)
        found = next(f for f in report["findings"] if f["code"] == "TW103")
        linux = next(c for c in found["clients"] if c["id"] == "linux")
        self.assertEqual((linux["passing"], linux["total"]), (11848, 28232))

    def test_same_bytes(self):
        for form in ("text", "concise", "json"):
            args = ("check", "partial", "whole/subnets.json", "-o", form)
            self.assertEqual(self.run_it(*args).stdout, self.run_it(*args).stdout)

    def test_hostile_names(self):
        evil = "acl-\x1b]0;x\x07\x1b[2J\u202e\x9b"
        world.put(self.folder / "evil.json", world.acl(
            [world.entry(100, False, (443, 443)), world.entry(100, True, (49152, 65535))], evil))
        for form in ("text", "concise", "json"):
            for args in (("check",), ("check", "-v")):
                done = self.run_it(*args, "evil.json", "-o", form, env={"LANG": "C.UTF-8"})
                for text in (done.stdout, done.stderr):
                    for bad in "\x1b\x07\x9b":
                        self.assertNotIn(bad, text)
                    if form != "json":
                        self.assertNotIn("\u202e", text)

    def test_hostile_names_beside_reports(self):
        """What is printed without a writer: files written, edits made, words of the command line."""
        evil = "acl-\x1b]0;x\x07\x1b[2J\u202e\x9b\r\n"
        name = "evil\x1b[2J.json"
        acl = world.acl([world.entry(100, False, (443, 443))], evil)
        world.put(self.folder / name, acl)
        for args in (("fix", name, "--apply", "--review"), ("fix", name, "--as", "aws"),
                     ("check", name, "--client", evil), ("rule", evil), ("gen", evil),
                     (evil,), ("check", "--" + evil), ("check", name, "-o", evil)):
            done = self.run_it(*args, env={"LANG": "C.UTF-8"})
            for text in (done.stdout, done.stderr):
                for bad in "\x1b\x07\x9b\r\u202e":
                    self.assertNotIn(bad, text, args)
        world.put(self.folder / name, acl)
        done = self.expect(0, "fix", name, "--apply", "--review", env={"LANG": "C.UTF-8"})
        self.assertIn("wrote evil\\x1b[2J.json\n  acl-\\x1b]0;x\\x07", done.stdout)


class Look(Case):
    """Colour, glyphs and width, on a terminal and off it."""

    def on_terminal(self, *args, env=None):
        try:
            host, terminal = pty.openpty()
        except OSError as error:
            self.skipTest(f"no terminal can be made here: {error}")
        with os.fdopen(terminal, "wb") as out:
            done = self.run_it(*args, env=env, stdout=out)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        text = b""
        while True:
            try:
                piece = os.read(host, 65536)
            except OSError:
                break
            if not piece:
                break
            text += piece
        os.close(host)
        return text.decode("utf-8")

    def test_color_off_terminal(self):
        for env, args, colored in (
                ({}, (), False),
                ({"CLICOLOR_FORCE": "1"}, (), True),
                ({"CLICOLOR_FORCE": "0"}, (), False),
                ({"CLICOLOR_FORCE": ""}, (), False),
                ({"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, (), False),
                ({"CLICOLOR_FORCE": "1", "NO_COLOR": ""}, (), True),
                ({"CLICOLOR_FORCE": "1", "TERM": "dumb", "CLICOLOR": "0"}, (), True),
                ({"NO_COLOR": "1"}, ("--color", "always"), True),
                ({"CLICOLOR_FORCE": "1"}, ("--color", "never"), False),
                ({"CLICOLOR_FORCE": "1"}, ("--color", "auto"), True),
                ({"CLICOLOR_FORCE": "1"}, ("-o", "concise"), False),
                ({"CLICOLOR_FORCE": "1"}, ("-o", "json"), False)):
            text = self.expect(1, "check", "partial", *args, env=env).stdout
            self.assertEqual("\x1b[" in text, colored, (env, args))

    def test_color_on_terminal(self):
        for env, colored in (({"TERM": "xterm"}, True), ({}, True),
                             ({"TERM": "dumb"}, False), ({"CLICOLOR": "0"}, False),
                             ({"CLICOLOR": "1"}, True), ({"NO_COLOR": "1"}, False),
                             ({"NO_COLOR": ""}, True)):
            self.assertEqual("\x1b[" in self.on_terminal("check", "partial", env=env), colored, env)

    def test_glyphs(self):
        ends = ("trace", "whole", "--from", "203.0.113.7", "--to", "subnet-0a01:443")
        for env, args, plain in (
                ({}, (), True),
                ({"LANG": "C"}, (), True),
                ({"LANG": "en_US.UTF-8"}, (), False),
                ({"LANG": "de_DE.utf8"}, (), False),
                ({"LANG": "en_US.UTF-8", "LC_ALL": "C"}, (), True),
                ({"LANG": "en_US.UTF-8", "LC_CTYPE": "en_US.ISO-8859-1"}, (), True),
                ({"LC_CTYPE": "C.UTF-8"}, (), False),
                ({"LC_ALL": "", "LANG": "C.UTF-8"}, (), False),
                ({"LANG": "C.UTF-8"}, ("--ascii",), True)):
            text = self.expect(0, *ends, *args, env=env).stdout
            self.assertEqual(text.isascii(), plain, (env, args))

    def test_width(self):
        def widest(*args, env=None):
            done = self.expect(1, "check", "partial", *args, env=env)
            return max(map(len, done.stdout.splitlines()))
        self.assertLessEqual(widest(), 80)
        self.assertGreater(widest(), 60)
        self.assertLessEqual(widest(env={"COLUMNS": "50"}), 50)
        self.assertGreater(widest(env={"COLUMNS": "200"}), 100)
        self.assertLessEqual(widest("--width", "60", env={"COLUMNS": "200"}), 60)
        self.assertLessEqual(widest(env={"COLUMNS": "10"}), 40)
        self.assertLessEqual(widest(env={"COLUMNS": "junk"}), 80)


class Streams(Case):
    def test_closed_output(self):
        for args in (("check", "partial"), ("rule",), ("clients",), ("--help",), ("--version",),
                     ("trace", "whole", "--from", "203.0.113.7", "--to", "subnet-0a01:443")):
            shell = 'exec "$0" "$@" >&-'
            done = subprocess.run(["sh", "-c", shell, str(TWOWAY), *args], cwd=self.folder,
                                  stderr=subprocess.PIPE, encoding="utf-8", timeout=60, check=False)
            self.assertEqual(done.returncode, 2, args)
            self.assertIn("twoway: error: cannot write to standard output: ", done.stderr)

    def test_full_disk(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        for args in (("check", "partial"), ("rule",), ("--version",)):
            with open("/dev/full", "wb") as full:
                done = self.expect(2, *args, stdout=full)
            self.assertIn("cannot write to standard output", done.stderr)

    def test_closed_pipe(self):
        for args in (("check", "partial", "-o", "json"), ("rule", "TW101"), ("help",)):
            out, into = os.pipe()
            os.close(out)
            try:
                done = self.expect(2, *args, stdout=into)
            finally:
                os.close(into)
            self.assertIn("cannot write to standard output", done.stderr)

    def test_all_closed(self):
        shell = 'exec "$0" "$@" <&- >&- 2>&-'
        done = subprocess.run(["sh", "-c", shell, str(TWOWAY), "check", "whole"], cwd=self.folder,
                              timeout=60, check=False)
        self.assertEqual(done.returncode, 2)

    def test_nothing_half_written(self):
        """A usage error or a bad input leaves standard output empty, in every format."""
        for form in ("text", "concise", "json"):
            self.assertEqual(self.run_it("check", "no/such", "-o", form).stdout, "")


class Intents(Case):
    NEVER = "never: [{name: no-https, from: internet, to: {subnet: subnet-0a01}, port: tcp/443}]\n"

    def violated(self, *args, **how):
        done = self.run_it(*args, "-o", "json", **how)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return any(f["code"] == "TW602" for f in json.loads(done.stdout)["findings"]), done.stderr

    def test_given(self):
        world.put(self.folder / "elsewhere/my.yaml", self.NEVER)
        self.assertEqual(self.violated("check", "whole"), (False, ""))
        self.assertEqual(self.violated("check", "whole", "--intents", "elsewhere/my.yaml"),
                         (True, ""))
        done = self.expect(2, "check", "whole", "--intents", "no/such.yaml")
        self.assertIn("no/such.yaml", done.stderr)

    def test_in_the_folder(self):
        world.put(self.folder / "whole/twoway.yaml", self.NEVER)
        said = "twoway: note: intents are taken from whole/twoway.yaml\n"
        self.assertEqual(self.violated("check", "whole"), (True, said))
        self.assertEqual(self.violated("check", "whole/"), (True, said))
        self.assertEqual(self.violated("check", "whole", "-q"), (True, ""))

    def test_beside_a_file(self):
        world.put(self.folder / "whole/twoway.yml", self.NEVER)
        said = "twoway: note: intents are taken from whole/twoway.yml\n"
        # Two inputs and one file of intents.
        self.assertEqual(self.violated("check", "whole/acl.json", "whole/subnets.json"),
                         (True, said))

    def test_of_the_current_folder(self):
        world.put(self.folder / "twoway.yaml", self.NEVER)
        said = "twoway: note: intents are taken from twoway.yaml\n"
        self.assertEqual(self.violated("check", "whole"), (True, said))
        # The folder's own comes first.
        world.put(self.folder / "whole/twoway.yaml", "infer: true\n")
        self.assertFalse(self.violated("check", "whole")[0])

    def test_two_different(self):
        world.put(self.folder / "whole/twoway.yaml", "infer: true\n")
        world.put(self.folder / "more/twoway.yaml", "infer: true\n")
        world.put(self.folder / "more/subnets.json", world.subnets())
        done = self.expect(2, "check", "whole", "more")
        self.assertEqual(done.stdout, "")
        self.assertIn("whole/twoway.yaml and more/twoway.yaml both hold intents", done.stderr)
        self.expect(0, "check", "whole", "more", "--intents", "more/twoway.yaml")

    def test_own_clients(self):
        world.put(self.folder / "own.yaml", "clients: {fleet: {ports: [10240-65535], picks: even}}\n")
        self.assertIn("fleet: 10240-65535 (55296) even\n",
                      self.expect(0, "clients", "--intents", "own.yaml", "-o", "concise").stdout)
        self.expect(1, "check", "partial", "--client", "fleet", "--intents", "own.yaml")
        self.expect(2, "check", "partial", "--client", "fleet")
        self.expect(2, "clients", "--intents", "no/such.yaml")

    def test_today(self):
        world.put(self.folder / "partial/twoway.yaml", IGNORE)
        self.expect(0, "check", "partial", "--today", "2027-01-31")
        self.expect(1, "check", "partial", "--today", "2027-02-01")
        self.expect(0, "check", "partial", env={"SOURCE_DATE_EPOCH": "1801353600"})  # 2027-01-31
        self.expect(1, "check", "partial", env={"SOURCE_DATE_EPOCH": "1801440000"})  # 2027-02-01
        self.expect(0, "check", "partial", "--today", "2026-12-31",
                    env={"SOURCE_DATE_EPOCH": "1801440000"})


class Tables(Case):
    def test_rule(self):
        full = self.expect(0, "rule", "TW101").stdout
        for same in ("tw101", "101", "reply-blocked"):
            self.assertEqual(self.expect(0, "rule", same).stdout, full)
        one = json.loads(self.expect(0, "rule", "TW101", "-o", "json").stdout)["codes"]
        every = json.loads(self.expect(0, "rule", "-o", "json").stdout)["codes"]
        self.assertEqual(one[0], every[0])
        self.assertEqual(len(self.expect(0, "rule", "-o", "concise").stdout.splitlines()),
                         len(every))

    def test_clients(self):
        self.assertIn("linux", self.expect(0, "clients").stdout)
        found = json.loads(self.expect(0, "clients", "-o", "json").stdout)["clients"]
        linux = next(c for c in found if c["id"] == "linux")
        # SPEC: linux-range
        self.assertEqual((linux["ports"], linux["count"]), ([[32768, 60999]], 28232))


if __name__ == "__main__":
    unittest.main()
