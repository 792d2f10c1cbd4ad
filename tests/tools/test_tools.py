#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The tools that judge the others must be able to say no: the golden runner, the summary, and the
checks of sources are tried on things that are wrong."""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

from sources import ROOT, without_comments
import check_layers
import check_style

sys.path.insert(0, str(ROOT / "tools"))
import public_api  # pylint: disable=wrong-import-position

# Stands in for twoway: what it prints depends on its arguments alone.
PROGRAM = """#!/bin/sh
case "$*" in
*crash*) echo 'x.c:1: runtime error: bad' >&2; exit 1 ;;
*refuse*) echo 'in/a.json:1:1: error: no' >&2; exit 2 ;;
*stdin*) cat ;;
*env*) echo "${NAME-none} ${HOME-none} $COLUMNS" ;;
*json*) printf '{"schema": "twoway/1", "n": 1}' ;;
*) echo plain; exit "${STATUS:-0}" ;;
esac
"""


def run(*command):
    return subprocess.run([sys.executable, *map(str, command)], capture_output=True,
                          encoding="utf-8", check=False)


class Folder(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()  # pylint: disable=consider-using-with
        self.addCleanup(holder.cleanup)
        self.top = pathlib.Path(holder.name)


class GoldenTest(Folder):
    def setUp(self):
        super().setUp()
        self.binary = self.top / "twoway"
        self.binary.write_text(PROGRAM, encoding="utf-8")
        self.binary.chmod(0o755)

    def golden(self, files, *options):
        case = self.top / "case"
        case.mkdir(exist_ok=True)
        for name, text in files.items():
            (case / name).write_text(text, encoding="utf-8")
        return run(ROOT / "tests/golden/run.py", case, "--binary", self.binary, *options)

    def assert_says(self, done, text):
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn(text, done.stdout)

    def assert_fine(self, done):
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_equal_output_passes(self):
        self.assert_fine(self.golden({"cmd": "rule x\n", "stdout": "plain\n"}))

    def test_other_output(self):
        self.assert_says(self.golden({"cmd": "rule x\n", "stdout": "plane\n"}), "-plane\n+plain")

    def test_missing_newline(self):
        self.assert_says(self.golden({"cmd": "rule x\n", "stdout": "plain"}), "no newline")

    def test_other_stderr(self):
        self.assert_says(self.golden({"cmd": "rule x", "stdout": "plain\n", "stderr": "oh\n"}),
                         "-oh")

    def test_other_exit(self):
        files = {"cmd": "rule x", "stdout": "plain\n", "exit": "1\n"}
        self.assert_says(self.golden(files), "exit status 0, expected 1")

    def test_no_expectation(self):
        self.assert_says(self.golden({"cmd": "rule x\n"}), "neither stdout nor expect.json")

    def test_no_command(self):
        self.assert_says(self.golden({"stdout": ""}), "no file cmd")

    def test_crash_is_no_finding(self):
        self.assert_says(self.golden({"cmd": "rule crash", "stdout": "", "exit": "1\n"}),
                         "runtime error")

    def test_environment_and_stdin(self):
        self.assert_fine(self.golden({"cmd": "rule env\nrule stdin\n", "env": "NAME=a b\n",
                                      "stdin": "given\n", "stdout":
                                      "$ twoway rule env\na b none 80\n"
                                      "$ twoway rule stdin\ngiven\n"}))

    def test_expectations(self):
        entry = {"at": ".n", "is": 1, "why": "the contract"}
        files = {"cmd": "rule x --format text"}
        self.assert_fine(self.golden({**files, "expect.json": json.dumps([entry])}))
        for wrong, said in (({"is": 2}, "because the contract"), ({"is": True}, "must be true"),
                            ({"at": ".n, .n"}, "but is  1 1"), ({"at": "empty"}, "nothing"),
                            ({"why": " "}, "says not why"), ({"run": 2}, "no such command")):
            text = json.dumps([{**entry, **wrong}])
            self.assert_says(self.golden({**files, "expect.json": text}), said)

    def test_exit_must_not_depend_on_format(self):
        files = {"cmd": "check x", "stdout": "plain\n", "exit": "1\n", "env": "STATUS=1\n"}
        self.assert_says(self.golden(files), "exit status 1, but 0 with --format json")

    def test_bad_needs_a_message(self):
        files = {"cmd": "rule refuse"}
        self.assert_says(self.golden(files, "--bad"), "there is no stderr")
        files["stderr"] = "in/a.json:1:1: error: no\n"
        self.assert_fine(self.golden(files, "--bad"))
        self.assert_says(self.golden({"cmd": "rule x"}, "--bad"), "expected 2")

    def test_update_writes_what_it_shows(self):
        done = self.golden({"cmd": "rule refuse\nrule x\n"}, "--update")
        self.assert_fine(done)
        self.assertIn("+plain", done.stdout)
        case = self.top / "case"
        self.assertEqual((case / "exit").read_text(encoding="utf-8"), "2\n0\n")
        self.assertEqual((case / "stderr").read_text(encoding="utf-8"),
                         "$ twoway rule refuse\nin/a.json:1:1: error: no\n$ twoway rule x\n")
        self.assert_fine(self.golden({}))


class SummaryTest(Folder):
    def summary(self, results, *options):
        log = self.top / "testlog.json"
        with log.open("w", encoding="utf-8") as file:
            for number, (result, stdout) in enumerate(results):
                print(json.dumps({"name": f"t{number}", "result": result, "returncode": 0,
                                  "stdout": stdout}), file=file)
        done = run(ROOT / "tools/summary.py", *options, log)
        return done.returncode, done.stdout, done.stdout.splitlines()[-1]

    def test_counts(self):
        status, text, last = self.summary([("OK", ""), ("FAIL", "broken"), ("SKIP", "no root\n"),
                                           ("TIMEOUT", ""), ("ERROR", "")])
        self.assertEqual((status, last), (1, "1 passed, 3 failed, 1 skipped"))
        self.assertIn("broken", text)
        self.assertIn("t2: skipped: no root", text)
        self.assertEqual(len(re.findall(r"passed, ", text)), 1)

    def test_all_passed(self):
        status, _, last = self.summary([("OK", ""), ("SKIP", "x")], "--passed", "2")
        self.assertEqual((status, last), (0, "3 passed, 0 failed, 1 skipped"))

    def test_nothing_ran(self):
        for results in ([], [("SKIP", "x")]):
            status, _, last = self.summary(results)
            self.assertEqual(status, 1, last)
            self.assertIn(" 1 failed, ", last)

    def test_no_log(self):
        done = run(ROOT / "tools/summary.py", self.top / "none.json")
        self.assertEqual(done.returncode, 1)

    def test_program_without_tests(self):
        status, _, last = self.summary([("OK", "[==========] Running 0 test(s).")])
        self.assertEqual((status, last), (1, "0 passed, 1 failed, 0 skipped"))


class SourcesTest(unittest.TestCase):
    def test_public_names(self):
        text = """
        /* tw_comment(1) */
        #define TW_X(a) \\
                tw_macro(a)
        extern "C" {
        static inline int tw_inline(void)
        {
                return tw_called(1);
        }
        TW_NODISCARD tw_status tw_plain(
                struct tw_mem *mem, void (*done)(void *ctx));
        struct tw_s { int (*member)(int); };
        struct tw_s tw_s(void);
        extern const char tw_table[4];
        typedef void tw_type(void *x);
        }"""
        self.assertEqual(public_api.declared_in(text), {"tw_plain", "tw_s", "tw_table"})

    def test_comments_and_strings_vanish(self):
        text = 'a("free(x) /* no */"); /* free(\n) */ b(\'"\'); // free(\nc();'
        code = without_comments(text)
        self.assertNotIn("free", code)
        self.assertEqual(code.count("\n"), text.count("\n"))
        self.assertIn("c();", code)

    def found(self, where, code):
        return [found.group(1) for pattern, _ in check_style.rules_for(pathlib.Path(where))
                for found in pattern.finditer(code)]

    def test_banned_calls(self):
        code = "strcpy(a, b); free(p); exit(1); x->free(p); tw_mem_free(m); double d;"
        self.assertEqual(self.found("src/space/a.c", code), ["strcpy", "free", "exit", "double"])
        self.assertEqual(self.found("src/base/mem.c", "free(p)"), [])
        self.assertEqual(self.found("src/cli/main.c", "exit(1)"), [])

    def test_long_functions_and_lines(self):
        lines = ["int f(void)", "{", *["\tx();"] * 88, "}"]
        self.assertEqual(list(check_style.long_functions(lines)), [])
        lines.insert(2, "\tx();")
        self.assertEqual(list(check_style.long_functions(lines)), [(2, 91)])
        self.assertEqual(check_style.width_of("\t" + "x" * 92), 100)

    def test_arrows(self):
        for floor, name in (("space", "check"), ("check", "read"), ("check", "write"),
                            ("read", "write"), ("base", "space")):
            self.assertFalse(check_layers.public_allowed(floor, name), (floor, name))
        for floor, name in (("cli", "check"), ("net", "intents"), ("write", "check")):
            self.assertTrue(check_layers.public_allowed(floor, name), (floor, name))


if __name__ == "__main__":
    unittest.main()
