#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C while the result or a mended file is written: a file is written to its end, nothing is left
beside it, and the program ends by the signal.

    test_signals.py TWOWAY [unittest arguments]

A signal that comes too late proves nothing, so each test tries until one has met the write.
"""

import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile
import unittest

import big

TWOWAY = pathlib.Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else "twoway"
TRIES, ENOUGH = 40, 10
# Requests come in, no reply goes out. Long enough for its write to be met on a busy machine.
BROKEN = b"""{"NetworkAcls": [{"NetworkAclId": "acl-1", "VpcId": "vpc-1", "Entries": [
  {"RuleNumber": 100, "Egress": false, "Protocol": "6", "RuleAction": "allow",
   "CidrBlock": "0.0.0.0/0", "PortRange": {"From": 443, "To": 443}}]}]}
""" + b" " * (4 << 20)


def defaults():
    """Whoever runs the tests may ignore signals, as nohup does, and then they are ignored here."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


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
            child = subprocess.Popen(self.arguments, stdout=file, **{"preexec_fn": defaults, **how})
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

    def apply(self, number):
        """What is left of a file that is mended, signalled as soon as its new version is there."""
        with tempfile.TemporaryDirectory() as held:
            acl = pathlib.Path(held) / "acl.json"
            acl.write_bytes(BROKEN)
            with subprocess.Popen([TWOWAY, "fix", acl, "--apply", "--review"], stdout=subprocess.PIPE,
                                  preexec_fn=defaults) as child:
                while child.poll() is None and len(os.listdir(held)) == 1:
                    pass
                child.send_signal(number)
                told = child.stdout.read()
                code = child.wait(timeout=60)
            self.assertEqual(os.listdir(held), ["acl.json"])
            return acl.read_bytes(), told, code

    def test_apply(self):
        mended, told, code = self.apply(0)
        self.assertEqual(code, 0)
        self.assertNotEqual(mended, BROKEN)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            met = 0
            for _ in range(TRIES):
                got, told, code = self.apply(number)
                self.assertEqual(got, mended)
                self.assertIn(b"wrote ", told)
                self.assertIn(code, (0, -number))
                met += code == -number
                if met == ENOUGH:
                    break
            self.assertGreater(met, 0, "every signal came too late")

    def test_apply_beyond_a_limit(self):
        with tempfile.TemporaryDirectory() as held:
            acl = pathlib.Path(held) / "acl.json"
            acl.write_bytes(BROKEN)
            done = subprocess.run(
                [TWOWAY, "fix", acl, "--apply", "--review"], capture_output=True, check=False,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)))
            self.assertEqual(done.returncode, 2)
            self.assertIn(b"larger than the system allows; no file is changed", done.stderr)
            self.assertEqual(os.listdir(held), ["acl.json"])
            self.assertEqual(acl.read_bytes(), BROKEN)

    def test_pipe_is_left_at_once(self):
        with subprocess.Popen(self.arguments, stdout=subprocess.PIPE, preexec_fn=defaults) as child:
            child.stdout.read(1)
            child.send_signal(signal.SIGINT)
            self.assertEqual(child.wait(timeout=60), -signal.SIGINT)


if __name__ == "__main__":
    unittest.main()
