#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints intents with random flows between ten subnets, the internet and partners, for `twoway gen`.

    gen_flows.py [FLOWS] [--seed N] > flows.json
"""

import argparse
import json
import random

SERVICES = ["tcp/443", "tcp/80", "tcp/22", "tcp/5432", "udp/53", "tcp/8000-8100", "icmp/8"]
PARTNERS = ["internet", "203.0.113.0/24", "198.51.100.0/25"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("flows", nargs="?", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    subnets = [f"10.0.{number}.0/24" for number in range(10)]
    flows = []
    for number in range(args.flows):
        own = rng.choice(subnets)
        other = rng.choice(PARTNERS + [one for one in subnets if one != own])
        ends = (own, other) if rng.random() < 0.5 else (other, own)
        flows.append({"name": f"flow-{number}", "from": ends[0], "to": ends[1],
                      "port": rng.sample(SERVICES, rng.randint(1, 2))})
    print(json.dumps({"flows": flows}, indent=1))


if __name__ == "__main__":
    main()
