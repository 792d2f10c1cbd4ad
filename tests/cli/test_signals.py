#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C while the result is written: a file is written to its end, and the program ends by the signal.

    test_signals.py TWOWAY [unittest arguments]

A signal that comes too late proves nothing, so each test tries until one has met the write.
"""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

import big

TWOWAY = pathlib.Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else "twoway"
TRIES = 40


class Signals(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        held = tempfile.TemporaryDirectory()
        cls.addClassCleanup(held.cleanup)
        cls.folder = pathlib.Path(held.name)
        big.targets(cls.folder / "net", "network", 300)
        cls.arguments = [TWOWAY, "trace", cls.folder / "net", "--from", "internet", "--to", "front:443",
                         "--format", "json"]
        cls.whole = subprocess.run(cls.arguments, stdout=subprocess.PIPE, check=True).stdout

    def interrupt(self, number, times=1, **how):
        """What the file holds and how the program ended, signalled as soon as something is written."""
        out = self.folder / "out.json"
        with open(out, "wb") as file:
            child = subprocess.Popen(self.arguments, stdout=file, **how)
            while child.poll() is None and os.fstat(file.fileno()).st_size == 0:
                pass
            for _ in range(times):
                child.send_signal(number)
            code = child.wait(timeout=60)
        return out.read_bytes(), code

    def until_met(self, number, **how):
        for _ in range(TRIES):
            got, code = self.interrupt(number, **how)
            self.assertEqual(len(got), len(self.whole), "the result is cut")
            self.assertEqual(got, self.whole)
            self.assertIn(code, (0, -number))
            if code == -number:
                return
        self.skipTest(f"{TRIES} signals came too late")

    def test_interrupt(self):
        self.until_met(signal.SIGINT)

    def test_terminate(self):
        self.until_met(signal.SIGTERM)

    def test_ignored_stays_ignored(self):
        for _ in range(3):
            got, code = self.interrupt(
                signal.SIGHUP, preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
            self.assertEqual((len(got), code), (len(self.whole), 0))

    def test_pipe_is_left_at_once(self):
        with subprocess.Popen(self.arguments, stdout=subprocess.PIPE) as child:
            child.stdout.read(1)
            child.send_signal(signal.SIGINT)
            self.assertEqual(child.wait(timeout=60), -signal.SIGINT)


if __name__ == "__main__":
    unittest.main()
