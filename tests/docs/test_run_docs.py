#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The runner of examples finds what is wrong, and repairs it only when asked to.

    test_run_docs.py TWOWAY_BUILD
"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

RUNNER = pathlib.Path(__file__).with_name("run_docs.py")
BUILD = pathlib.Path(sys.argv.pop(1)).resolve()


class Runner(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.root = pathlib.Path(self.scratch.name)
        (self.root / "examples").mkdir()
        self.page = self.root / "page.md"

    def run_on(self, text, *options):
        self.page.write_text(text, encoding="utf-8")
        return subprocess.run(
            [sys.executable, RUNNER, "--root", self.root, "--build", BUILD, *options, self.page],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", timeout=60, check=False)

    def refuses(self, text, because):
        done = self.run_on(text)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn(because, done.stdout)

    def test_right(self):
        done = self.run_on("```sh\n$ echo 1; echo 2 >&2\n1\n2\n$ false\n$ echo $?\n1\n```\n")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("1 examples, 0 complaints", done.stdout)

    def test_wrong_output(self):
        self.refuses("```sh\n$ echo 1\n2\n```\n", "+1")
        self.refuses("```sh\n$ echo 1\n1\n1\n```\n", "-1")
        self.refuses("```sh\n$ echo 1\n```\n", "+1")
        self.refuses("```sh\n$ printf 1\n1\n```\n", "(no line end)")

    def test_wrong_shape(self):
        self.refuses("```sh\n$ false\n```\n", "status 1")
        self.refuses("```sh\necho 1\n```\n", "begins with")
        self.refuses("```sh\n```\n", "without a command")
        self.refuses("```sh\n$ true\n", "never closed")
        self.refuses("```sh\n$ sh -c 'kill -9 $$'\n$ echo $?\n137\n```\n", "crashes")
        self.refuses("```sh\n$ echo 'Segmentation fault'\nSegmentation fault\n```\n", "crashes")
        self.refuses("no example here\n", "no example was run")

    def test_links(self):
        example = "```sh\n$ true\n```\n"
        self.refuses("[a](nowhere.md)\n" + example, "leads nowhere")
        self.refuses("[a](#below)\n# Above\n" + example, "no heading")
        done = self.run_on("[a](#the-a-b-c) [b](page.md) [c](https://example.com/)\n# The a/b `c`\n"
                           .replace("a-b", "ab") + example)
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_files(self):
        done = self.run_on("```json file=net/a.json\n{}\n```\n```sh\n$ cat net/a.json\n{}\n```\n")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.refuses("```json file=../a.json\n{}\n```\n", "outside")

    def test_program(self):
        done = self.run_on("```sh\n$ twoway rule TW000 >/dev/null 2>&1\n$ echo $?\n2\n```\n")
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_update(self):
        text = "before\n```sh\n$ printf 'a\\nb\\n'\nwrong\n$ echo c\n```\nafter\n"
        self.assertEqual(self.run_on(text).returncode, 1)
        self.assertEqual(self.page.read_text(encoding="utf-8"), text)
        self.assertEqual(self.run_on(text, "--update").returncode, 0)
        self.assertEqual(self.page.read_text(encoding="utf-8"),
                         "before\n```sh\n$ printf 'a\\nb\\n'\na\nb\n$ echo c\nc\n```\nafter\n")


if __name__ == "__main__":
    unittest.main()
