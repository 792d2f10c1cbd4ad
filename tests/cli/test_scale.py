#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is equal is decided once: the memory and the CPU time of questions about many subnets or targets.

    test_scale.py TWOWAY [--sanitized] [unittest arguments]

The bounds leave room for slow machines; deciding each pair by itself misses them by far. A sanitizer
has its own idea of memory and time, so only the answers are looked at then.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import big

TWOWAY = pathlib.Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else "twoway"
SANITIZED = "--sanitized" in sys.argv
if SANITIZED:
    sys.argv.remove("--sanitized")


class Scale(unittest.TestCase):
    def setUp(self):
        held = tempfile.TemporaryDirectory()
        self.addCleanup(held.cleanup)
        self.net = pathlib.Path(held.name) / "net"

    def ask(self, *args, memory, seconds, form="json"):
        """The report; fails if it took more CPU time, or more address space in MB."""
        limit = [] if SANITIZED else ["sh", "-c", f'ulimit -v {1024 * memory} && exec "$@"', "sh"]
        with tempfile.TemporaryFile() as out:
            child = subprocess.Popen([*limit, TWOWAY, *args, "--format", form], stdout=out,
                                     stderr=subprocess.PIPE)
            problem = child.stderr.read().decode()
            child.stderr.close()
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            self.assertIn(child.returncode, (0, 1), problem)
            out.seek(0)
            report = json.load(out) if form == "json" else None
        if not SANITIZED:
            self.assertLess(used.ru_utime + used.ru_stime, seconds, "CPU seconds")
        return report

    def every_pair(self, **how):
        report = self.ask("trace", self.net, "--from", "10.0.0.0/8", "--to", "10.0.0.0/8:443", **how)
        return [region for path in report["flows"][0]["paths"] for region in path["regions"]]

    def test_thirty_subnets(self):
        big.subnets(self.net, 30, 1)
        regions = self.every_pair(memory=50, seconds=1)
        self.assertLess(len(regions), 10)
        self.assertIn(30, [len(hop.get("subnets", [])) for region in regions for hop in region["hops"]])

    def test_thirty_subnets_of_their_own(self):
        big.subnets(self.net, 30, 30)
        self.assertGreater(len(self.every_pair(memory=300, seconds=5)), 30 * 29)

    def test_a_hundred_subnets_of_five_acls(self):
        big.subnets(self.net, 100, 5, each=20)
        regions = self.every_pair(memory=150, seconds=5)
        self.assertLess(len(regions), 200)
        self.assertEqual({len(hop["subnets"]) for region in regions for hop in region["hops"]
                          if "subnets" in hop}, {20})

    def test_targets_of_their_own_ports(self):
        big.targets(self.net, "application", 2000, own_ports=True)
        self.ask("check", self.net, memory=80, seconds=2, form="text")

    def test_a_thousand_targets(self):
        big.targets(self.net, "application", 1000)
        self.ask("check", self.net, memory=50, seconds=2)
        report = self.ask("trace", self.net, "--from", "internet", "--to", "front:443", memory=150, seconds=5)
        self.assertEqual([len(flow["paths"]) for flow in report["flows"]], [2, 2000, 2000])

    def test_a_thousand_targets_that_see_the_client(self):
        big.targets(self.net, "network", 1000)
        self.ask("check", self.net, memory=80, seconds=2, form="text")
        report = self.ask("trace", self.net, "--from", "internet", "--to", "front:443", memory=125, seconds=8)
        self.assertEqual([len(flow["paths"]) for flow in report["flows"]], [2000, 2000])


if __name__ == "__main__":
    unittest.main()
