#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a made-up organisation of N instances, as the `aws` command prints it.

    gen_org.py FOLDER [--interfaces 1000] [--seed 1] [--list] [--vpcs-only]

Up to 1,000 VPCs, each with public web, private app and private database subnets in two zones,
groups that name each other, route tables, gateways, and network ACLs: in four of five VPCs they are
good, in one of six the reply ranges are too narrow for some clients, in a few replies are lost
outright. Between and before them: NAT gateways, a transit gateway, peering connections, endpoints
and load balancers (see org_between.py), of which a few are broken as well; what is broken is told,
place by place with --list. One instance has one interface; gateways, endpoints and load balancers
have theirs besides. The same N and seed give the same bytes. Files are named as those of
examples/collect.sh and written row by row, so memory stays small.

--vpcs-only leaves out whatever is between the VPCs, for figures as before there was any.
"""

import argparse
import collections
import pathlib

import org_between
from org_vpc import PER_VPC, Answer, Machine, Vpc

MOST_VPCS = 1000
KEYS = {"vpcs": "Vpcs", "subnets": "Subnets", "network-acls": "NetworkAcls",
        "security-groups": "SecurityGroups", "route-tables": "RouteTables",
        "internet-gateways": "InternetGateways", "network-interfaces": "NetworkInterfaces",
        "instances": "Reservations"}


def vpcs_for(interfaces):
    return max(1, min(MOST_VPCS, interfaces // PER_VPC))


def generate(folder, interfaces, seed, between=True):
    """Returns how many interfaces there are, and what is broken as (kind, place) pairs."""
    folder.mkdir(parents=True, exist_ok=True)
    vpcs, broken = vpcs_for(interfaces), []
    keys = {**KEYS, **org_between.KEYS} if between else KEYS
    out = {name: Answer(folder, name, key) for name, key in keys.items()}
    made = [org_between.JoinedVpc(number, seed, vpcs) if between else Vpc(number, seed)
            for number in range(vpcs)]
    for vpc in made:
        out["vpcs"].add(vpc.vpc_row())
        out["internet-gateways"].add(vpc.gateway_row())
        for name, rows in (("subnets", vpc.subnet_rows()), ("network-acls", vpc.acl_rows()),
                           ("security-groups", vpc.group_rows()),
                           ("route-tables", vpc.route_table_rows())):
            for row in rows:
                out[name].add(row)
        machines = [Machine(vpc, place) for place in
                    range(interfaces // vpcs + (vpc.number < interfaces % vpcs))]
        for machine in machines:
            out["network-interfaces"].add(machine.interface_row())
            out["instances"].add(machine.reservation_row())
        if between:
            vpc.write(folder, out, machines)
            broken += vpc.broken
    if between:
        org_between.write_shared(folder, out, made)
    for answer in out.values():
        answer.close()
    return out["network-interfaces"].rows, broken


def questions(interfaces, seed=1):
    """Pairs of --from and --to for `twoway trace`, in the middle of an organisation with a transit
    gateway (from 1,000 interfaces on); all complete in both directions as far as their network ACLs go."""
    vpcs = vpcs_for(interfaces)
    fine = [vpc for vpc in (org_between.JoinedVpc(number, seed, vpcs)
                            for number in range(vpcs // 2, vpcs)) if vpc.is_fine()]
    one = fine[0]
    other = next(vpc for vpc in fine[1:] if vpc.realm == one.realm)
    return {"instance to internet by NAT": (one.instance(1), "internet:443"),
            "instance to another VPC by transit gateway": (one.instance(1),
                                                           other.instance(1) + ":8080"),
            "internet to ALB": ("internet", one.public_alb() + ":443"),
            "instance to S3 endpoint": (one.instance(1), one.s3_endpoint + ":443")}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--interfaces", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--vpcs-only", action="store_true")
    args = parser.parse_args()
    if not 1 <= args.interfaces <= 100_000:
        parser.error("--interfaces goes from 1 to 100000")
    rows, broken = generate(args.folder, args.interfaces, args.seed, not args.vpcs_only)
    size = sum(path.stat().st_size for path in args.folder.rglob("*.json"))
    print(f"{args.interfaces} instances, {rows} interfaces in {vpcs_for(args.interfaces)} VPCs, "
          f"{size / 1e6:.1f} MB")
    for kind, count in sorted(collections.Counter(kind for kind, _ in broken).items()):
        print(f"broken: {kind}: {count}")
        for _, place in (one for one in broken if args.list and one[0] == kind):
            print(f"    {place}")


if __name__ == "__main__":
    main()
