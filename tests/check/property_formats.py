#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Text, concise and JSON tell the same: `twoway check` on random networks, three times each.

    property_formats.py TWOWAY [NETWORKS [SEED]]

JSON is judged with its details, ends that filters treat alike told apart; text is judged with them
joined, which is faster. So equal words are no matter of course. Compared are findings (place, level,
code, message, each client's share) and flows (id, verdict, the deciding share).
"""

import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "oracle"))
import network  # noqa: E402  pylint: disable=wrong-import-position
from plan import write  # noqa: E402  pylint: disable=wrong-import-position

WIDE = ["--width", "400", "-v", "-q"]
HEAD = re.compile(r"^(error|warning|note)\[(TW\d+)\](?: \(suppressed\))?: (.*)$")
PLACE = re.compile(r"^ *--> (.*)$")
CLIENT = re.compile(r"^ {3,}(\S.*?) {2,}([\d,]+ of [\d,]+) {2,}(?:[\d.<>]+ %|unknown)")


def run(twoway, folder, *args):
    done = subprocess.run([twoway, "check", folder, *args], capture_output=True, timeout=300,
                          check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{folder} {args}: exit status {done.returncode}\n{done.stderr.decode()}")
    return done.stdout.decode()


def place(location):
    if location is None:
        return "-"
    return f'{location["path"]}:{location["line"]}:{location["column"]}'


def shares(finding):
    """(client, passing, total), of the finding's own leg where several lose."""
    got = set()
    for one in finding["clients"]:
        own = one.get("leg", one)
        got.add((one["id"], own["passing"], own["total"]))
    return frozenset(got)


def of_json(report):
    return {(place((one["near_miss"] or one)["location"]), one["level"], one["code"],
             one["message"], shares(one)) for one in report["findings"]}


def of_concise(text):
    got = set()
    for line in text.splitlines():
        match = re.match(r"^(.*?:\d+:\d+|-): (error|warning|note) (TW\d+)(?: \[fix\])?"
                         r"(?: \(suppressed\))? (.*)$", line)
        if not match:
            raise SystemExit(f"no line of concise: {line}")
        got.add(match.groups())
    return got


def of_text(text):
    """The findings of the text, as of_json has them."""
    got, head, where, clients = set(), None, "-", set()
    for line in [*text.splitlines(), "error[TW000]: end"]:
        match = HEAD.match(line)
        if match or not line:
            if head:
                got.add((where, *head, frozenset(clients)))
            head, where, clients = (match.groups() if match else None), "-", set()
        elif head and PLACE.match(line):
            where = PLACE.match(line).group(1)
        elif head and CLIENT.match(line):
            names, share = CLIENT.match(line).groups()
            passing, total = share.replace(",", "").split(" of ")
            clients |= {(name, int(passing), int(total)) for name in names.split(", ")}
    return got


def flows_differ(text, report):
    """Each flow of the table has the verdict of the JSON, and the share of a client that decides."""
    flows = {one["id"]: one for one in report["flows"]}
    table = re.search(r"^flow  .*\n((?:.+\n)*)", text, re.MULTILINE)
    lines = table.group(1).splitlines() if table else []
    wrong = len(lines) != len(flows)
    for line in lines:
        flow = flows.get(line.split()[0])
        share = re.search(r" ([<>]?)([\d.]+) %  \S+$", line)
        good = flow and line.split()[-1].lower() == flow["verdict"]
        if good and share:
            good = any(abs(one["passing"] * 100 / one["total"] - float(share.group(2))) < 0.011
                       for one in flow["clients"] if one["level"] == "error")
        if not good:
            print(f"  text: {line}")
            wrong = True
    return wrong


def differences(name, left, right):
    for one in sorted(map(str, left - right)):
        print(f"  only {name}: {one}")
    for one in sorted(map(str, right - left)):
        print(f"  only JSON: {one}")
    return left != right


def one_network(twoway, seed, keep):
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as parent:
        folder = pathlib.Path(parent) / "in"
        folder.mkdir()
        write(network.Random(rng).documents(), folder)
        report = json.loads(run(twoway, folder, "--format", "json", "-q"))
        wanted = of_json(report)
        text = run(twoway, folder, *WIDE)
        concise = run(twoway, folder, "--format", "concise", "-v", "-q")
        wrong = differences("text", of_text(text), wanted)
        wrong |= differences("concise", of_concise(concise), {one[:4] for one in wanted})
        wrong |= flows_differ(text, report)
        if wrong:
            print(f"network {seed} is told differently")
            if keep:
                write(network.Random(random.Random(seed)).documents(), pathlib.Path(keep))
        return len(wanted), wrong


def main():
    twoway, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 20
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.SystemRandom().randrange(10 ** 9)
    keep = sys.argv[4] if len(sys.argv) > 4 else None
    print(f"seed {seed}")
    findings = bad = 0
    for i in range(count):
        n, wrong = one_network(twoway, seed + i, keep)
        findings += n
        bad += wrong
    print(f"{findings} findings of {count} networks, {bad} told differently")
    return 1 if bad or (count >= 10 and findings == 0) else 0


if __name__ == "__main__":
    sys.exit(main())
