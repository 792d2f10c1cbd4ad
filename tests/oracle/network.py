#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Small random networks of several VPCs, and questions about them.

    network.py FOLDER [SEED]              writes one network as the answers of `aws`
    network.py --stats [NETWORKS [SEED]]  how often each verdict, reason and gateway occurs

Lists lean towards mistakes with reply ports, routes towards ways that exist in one direction only;
the rest is mostly open, so that something comes through far enough to be broken.
"""

import collections
import random
import sys

from plan import ANY4, ANY6, Plan, write

REPLIES = ((1024, 65535), (1024, 65535), (1024, 65535), (32768, 65535), (32768, 60999),
           (49152, 65535), (32768, 61000), (10000, 65535), (1024, 60999))
SERVICES = (443, 443, 443, 22, 53, 8080, 5432, 40000)
OUTSIDE = ("198.51.100.7", "203.0.113.9")
OUTSIDE6 = "2001:db8:99::7"
EMBEDDED = "64:ff9b::c633:6407"  # NAT64 for 198.51.100.7
STORE, STORE_HOST = ("52.218.0.0/17", "54.231.0.0/16"), "52.218.1.1"
FAR, FAR_HOST = "192.168.0.0/16", "192.168.5.5"
KINDS = (("call", 22), ("out", 24), ("out6", 5), ("in", 8), ("in6", 3), ("store", 4), ("far", 6),
         ("far-in", 6), ("balancer", 12), ("balancer-in", 10), ("own", 3), ("nat64", 4))


class Random(Plan):
    """One random network; `places` has what questions are asked about."""

    def __init__(self, rng):
        super().__init__()
        self.rng = rng
        self.six = rng.random() < 0.6
        self.vpcs, self.subnets, self.hosts, self.groups = [], {}, [], {}
        self.transit = self.table_name = self.store = None
        self.links, self.attached, self.routes = {}, {}, {}
        for number in range(1, rng.randint(2, 3) + 1):
            self.begin_vpc(number)
        self.join()
        for vpc in self.vpcs:
            self.find_ways(vpc)
        for vpc in self.vpcs:
            self.guard(vpc)
            self.people(vpc)
        self.transit_routes()
        for number, vpc in enumerate(self.vpcs):
            if rng.random() < (0.8 if number == 0 else 0.3):
                self.balance(vpc)
            if rng.random() < 0.3:
                self.balance(vpc)

    def chance(self, share):
        return self.rng.random() < share

    # --- places

    def begin_vpc(self, number):
        six = f"2001:db8:{number}::/56" if self.six else None
        vpc = self.vpc(f"10.{number}.0.0/16", six)
        self.vpcs.append(vpc)
        self.subnets[vpc] = [
            self.subnet(vpc, f"10.{number}.{place}.0/24",
                        "ab"[place % 2] if self.chance(0.7) else self.rng.choice("abc"),
                        f"2001:db8:{number}:{place}::/64" if six else None)
            for place in range(1, self.rng.randint(2, 5) + 1)]
        self.routes[vpc] = {}

    def block(self, vpc):
        return next(one["CidrBlock"] for one in self.rows["vpcs"] if one["VpcId"] == vpc)

    def block6(self, vpc):
        return next((part["Ipv6CidrBlock"] for one in self.rows["vpcs"] if one["VpcId"] == vpc
                     for part in one["Ipv6CidrBlockAssociationSet"]), None)

    def subnet_block(self, subnet):
        return next(one["CidrBlock"] for one in self.rows["subnets"]
                    if one["SubnetId"] == subnet)

    def host(self, subnet, number):
        return self.subnet_block(subnet).replace(".0/24", f".{number}")

    def zone_of(self, subnet):
        return next(one["AvailabilityZone"] for one in self.rows["subnets"]
                    if one["SubnetId"] == subnet)

    # --- between the VPCs

    def join(self):
        for place, one in enumerate(self.vpcs):
            for other in self.vpcs[place + 1:]:
                if self.chance(0.5):
                    status = self.rng.choice(("active",) * 5 + (
                        "pending-acceptance", "failed", "expired"))
                    self.links[frozenset((one, other))] = self.pcx(one, other, status)
        if self.chance(0.75):
            self.transit, self.table_name = self.tgw(), "tgw-rtb-0a1"
            for vpc in self.vpcs:
                if self.chance(0.9):
                    mine = self.subnets[vpc]
                    if self.chance(0.6):  # subnets of its own, last in the VPC
                        mine = mine[-1:]
                    count = 1 if self.chance(0.6) else min(2, len(mine))
                    chosen = {}  # an attachment has one subnet in a zone
                    for one in self.rng.sample(mine, len(mine)):
                        if len(chosen) < count:
                            chosen.setdefault(self.zone_of(one), one)
                    self.attached[vpc] = self.attach(
                        self.transit, vpc, list(chosen.values()), self.table_name)
            self.vpn = self.attach(self.transit, "vpn-0a1", [], self.table_name, "vpn")
            self.odd = self.attach(self.transit, "tgw-0bb", [], self.table_name, "peering")

    def transit_routes(self):
        if not self.transit:
            return
        if self.chance(0.1):  # the input names the propagations only
            self.wrapped.append(("transit-gateway-propagations", {
                "TransitGatewayRouteTableId": self.table_name,
                "TransitGatewayRouteTablePropagations": [
                    {"TransitGatewayAttachmentId": name, "ResourceId": vpc,
                     "ResourceType": "vpc", "State": "enabled"}
                    for vpc, name in self.attached.items()]}))
            # Without this answer nobody could know that there are no static routes.
            self.wrapped.append(("transit-gateway-static-routes", {
                "TransitGatewayStaticRoutes": [
                    {"TransitGatewayRouteTableId": self.table_name, "Routes": []}]}))
            return
        ways = []
        for vpc, name in self.attached.items():
            for block in filter(None, (self.block(vpc), self.block6(vpc))):
                kind = self.rng.random()
                if kind < 0.85:
                    ways.append((block, name, "propagated" if self.chance(0.5) else "static"))
                elif kind < 0.9:
                    ways.append((block, None))
                if kind < 0.1 and ":" not in block:
                    ways.append((block.replace(".0.0/16", ".1.0/24"), None))
        if self.chance(0.85):
            ways.append((FAR, self.vpn if self.chance(0.8) else self.odd))
        central = [vpc for vpc in self.attached if self.routes[vpc].get("central")]
        if central:
            ways.append((ANY4, self.attached[central[0]]))
        elif self.chance(0.2):
            ways.append((ANY4, None if self.chance(0.5) else self.odd))
        self.transit_table(self.table_name, ways)

    # --- the ways of one VPC

    def find_ways(self, vpc):
        subnets, known = self.subnets[vpc], self.routes[vpc]
        known["igw"] = self.igw(vpc) if self.chance(0.85) else None
        known["eigw"] = self.eigw(vpc) if self.six and self.chance(0.8) else None
        known["public"] = subnets[:1] + ([subnets[1]] if len(subnets) > 2 and self.chance(0.3)
                                         else [])
        if known["igw"] and self.chance(0.85):
            state = self.rng.choice(("available",) * 18 + ("deleted", "failed"))
            regional = self.chance(0.07)
            addresses = [self.host(subnets[0], 200)] + (
                [self.host(subnets[0], 201)] if self.chance(0.2) else [])
            known["nat"] = self.nat(subnets[0], addresses, state=state, regional=regional)
        if self.chance(0.15) and len(subnets) > 1:
            known["private-nat"] = self.nat(subnets[-2], [self.host(subnets[-2], 210)], False)
            known["private-place"] = subnets[-2]
        if vpc in self.attached and known.get("nat") and self.chance(0.5):
            known["central"] = True
        if self.chance(0.4):
            if self.store is None:
                self.store = self.prefix_list(STORE, "com.amazonaws.eu-west-1.s3")
            known["store"] = self.gateway_endpoint(vpc)
        tables = [[subnet] for subnet in subnets]
        for place, mine in enumerate(tables):
            self.table(vpc, [] if place == len(tables) - 1 and self.chance(0.5) else mine,
                       self.ways_of(vpc, mine[0]), main=place == len(tables) - 1)

    def ways_of(self, vpc, subnet):
        known, ways = self.routes[vpc], []
        default = self.default_way(vpc, subnet)
        if default:
            state = ["blackhole"] if self.chance(0.03) else []
            ways.append((ANY4, default, *state))
        if self.six:
            six = known["igw"] if subnet in known["public"] else known["eigw"]
            if six and self.chance(0.9):
                ways.append((ANY6, six))
            if known.get("nat") and subnet != self.subnets[vpc][0]:
                ways.append(("64:ff9b::/96", known["nat"]))
        if known.get("store") and self.chance(0.8):
            ways.append((self.store, known["store"]))
        far = self.rng.random()
        if far < 0.3:
            ways.append((FAR, f"vgw-0{vpc[-1]}"))
        elif far < 0.75 and vpc in self.attached:
            ways.append((FAR, self.transit))
        elif far < 0.79:
            ways.append((FAR, f"vgw-0{vpc[-1]}", "blackhole"))
        for other in self.vpcs:
            if other != vpc:
                ways += self.way_between(vpc, other, subnet)
        nat, pcx = known.get("private-nat"), [one for pair, one in self.links.items()
                                              if vpc in pair]
        if nat and subnet != known["private-place"] and known["igw"]:
            ways.append(("203.0.113.0/24", nat))
        elif pcx and self.chance(0.1):  # as if the other side's gateway could be used
            ways.append(("203.0.113.0/24", pcx[0]))
        if self.chance(0.1):  # told by a virtual gateway, too: a static one wins
            ways.insert(self.rng.randint(0, len(ways)), (
                self.rng.choice((ANY4, FAR, "198.51.100.0/24")), f"vgw-0{vpc[-1]}", "propagated"))
        inner = nat or known.get("nat")
        if inner and self.chance(0.1):  # not every way inside the VPC is local
            ways.append((self.subnet_block(self.rng.choice(self.subnets[vpc])), inner))
        return ways

    def default_way(self, vpc, subnet):
        known, kind = self.routes[vpc], self.rng.random()
        if subnet in known["public"] or subnet == known.get("private-place"):
            return known["igw"] if kind < 0.95 else None
        if kind < 0.65 and known.get("nat"):
            return known["nat"]
        if kind < 0.7 and known["igw"]:
            return known["igw"]
        if kind < 0.9 and vpc in self.attached and not known.get("central"):
            return self.transit
        if kind < 0.93:
            return "eni-0appliance"
        return None

    def way_between(self, vpc, other, subnet):
        pcx = self.links.get(frozenset((vpc, other)))
        transit = self.transit if vpc in self.attached else None
        known, block, ways = self.routes[vpc], self.block(other), []
        nat = known.get("private-nat")
        if nat and subnet != known["private-place"] and self.chance(0.5):
            return [(block, nat)]
        target = pcx if pcx and (not transit or self.chance(0.5)) else transit
        if nat and subnet == known["private-place"] and transit:
            target = transit
        if target and self.chance(0.92):
            ways.append((block, target, *(["blackhole"] if self.chance(0.02) else [])))
            if self.six and self.chance(0.8):
                ways.append((self.block6(other), target))
        if pcx and transit and self.chance(0.1):  # a narrower way for one half
            ways.append((block.replace(".0.0/16", ".0.0/17"), pcx if target == transit
                         else transit))
        return ways

    # --- filters

    def guard(self, vpc):
        subnets = list(self.subnets[vpc])
        self.acl(vpc, [], default=True, **self.lists(vpc))
        while subnets and self.chance(0.75):
            mine = [subnets.pop(0)] + ([subnets.pop()] if subnets and self.chance(0.2) else [])
            self.acl(vpc, mine, **self.lists(vpc))
        self.groups[vpc] = [self.group(vpc)]
        if self.chance(0.3):
            self.groups[vpc].append(self.group(vpc, [{
                "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [],
                "IpRanges": [{"CidrIp": self.rng.choice((ANY4, "10.0.0.0/8", self.block(vpc)))}],
                "Ipv6Ranges": [], "UserIdGroupPairs": [{"GroupId": self.groups[vpc][0],
                                                        "UserId": "123456789012"}]}]))

    def lists(self, vpc):
        return {"ingress": self.rules(vpc), "egress": self.rules(vpc)}

    def rules(self, vpc):
        kind = self.rng.random()
        if kind < 0.5:
            return None
        if kind < 0.52:
            return []
        peers = [ANY4] * 7 + ["10.0.0.0/8", self.block(vpc),
                              self.subnet_block(self.rng.choice(self.subnets[vpc]))]
        rows = []
        if self.chance(0.15):
            rows.append((6, (3389, 3389), ANY4, "deny"))
        if self.chance(0.06):
            rows.append((6, (40000, 49999), self.rng.choice(peers), "deny"))
        if self.chance(0.95):
            low, high = self.rng.choice(((443, 443), (443, 443), (22, 443), (80, 8080),
                                         (0, 1023), (0, 1023), (5432, 8443)))
            rows.append((6, (low, high), self.rng.choice(peers)))
        if self.chance(0.92):
            rows.append((6, self.rng.choice(REPLIES), self.rng.choice(peers)))
        if self.chance(0.5):
            rows.append((6, self.rng.choice(SERVICES[2:]), self.rng.choice(peers)))
            rows[-1] = (6, (rows[-1][1],) * 2, rows[-1][2])
        if self.chance(0.5):
            rows.append((17, self.rng.choice(REPLIES + ((53, 53), (0, 65535))), ANY4))
        if self.chance(0.6):
            rows.append((1, self.rng.choice(((8, -1), (0, 0), (-1, -1))), ANY4))
        if self.six and self.chance(0.7):
            rows.append((6, self.rng.choice(((0, 65535), (443, 443)) + REPLIES), ANY6))
            rows.append((6, self.rng.choice(((443, 443), (443, 443)) + REPLIES), ANY6))
        return rows

    # --- who is there

    def people(self, vpc):
        for subnet in self.subnets[vpc]:
            for number in range(self.rng.randint(0, 2) or (subnet == self.subnets[vpc][0])):
                six = next((part["Ipv6CidrBlock"] for one in self.rows["subnets"]
                            if one["SubnetId"] == subnet
                            for part in one["Ipv6CidrBlockAssociationSet"]), None)
                shown = subnet in self.routes[vpc]["public"] and self.chance(0.8)
                six = six.replace("::/64", f"::{10 + number}") if six and self.chance(0.8) \
                    else None
                self.hosts.append(self.eni(
                    subnet, self.host(subnet, 10 + number),
                    [self.rng.choice(self.groups[vpc])], six,
                    self.public() if shown else None, windows=self.chance(0.25)))
        for data in self.rows["subnets"]:
            if data["VpcId"] == vpc and self.chance(0.04):
                data["BlockPublicAccessStates"] = {"InternetGatewayBlockMode": self.rng.choice(
                    ("block-bidirectional", "block-bidirectional", "block-ingress", "off"))}

    def home(self, eni):
        return next(one["SubnetId"] for one in self.rows["network-interfaces"]
                    if one["NetworkInterfaceId"] == eni)

    def balance(self, vpc):
        mine = [eni for eni in self.hosts if self.parents[self.home(eni)] == vpc]
        kind = self.rng.choice(("application", "network", "network"))
        internal = self.chance(0.5)
        pool = self.subnets[vpc] if internal else self.routes[vpc]["public"]
        subnets = self.rng.sample(pool, min(len(pool), self.rng.randint(1, 2)))
        told = kind == "network" and self.chance(0.7)
        groups = self.groups[vpc][:1] if kind == "application" or self.chance(0.3) else []
        arn = self.balancer(vpc, subnets, kind, internal, groups,
                            [self.host(one, 150 + len(self.rows["load-balancers"]))
                             for one in subnets] if told else None)
        by_address = self.chance(0.4)
        port = self.rng.choice((443, 8080, 8443))
        chosen = self.rng.sample(mine, min(len(mine), self.rng.randint(1, 3)))
        if self.chance(0.07):
            chosen = []
        targets = []
        for eni in chosen:
            address = next(one["PrivateIpAddress"] for one in self.rows["network-interfaces"]
                           if one["NetworkInterfaceId"] == eni)
            targets.append((address if by_address else self.instance_of(eni), port))
        protocol = "HTTP" if kind == "application" else self.rng.choice(
            ("TCP", "TCP", "TCP", "UDP", "TCP_UDP"))
        preserve = None
        if kind == "network" and protocol == "TCP" and self.chance(0.5):
            preserve = self.chance(0.5)
        group = self.target_group(vpc, protocol, port, targets,
                                  "ip" if by_address else "instance", preserve,
                                  "traffic-port" if self.chance(0.8) else "8081")
        self.listener(arn, protocol, 443, group)


class Question:
    """`source` and `target` are ids or addresses; a target may be a load balancer's ARN."""

    def __init__(self, kind, source, target, protocol, port):
        self.kind, self.source, self.target = kind, source, target
        self.protocol, self.port = protocol, port

    def args(self):
        args = ["--from", self.source, "--to", self.target]
        if self.protocol == "echo":
            six = ":" in self.source or ":" in self.target
            return args + ["--protocol", "icmpv6/128/0" if six else "icmp/8/0"]
        return args + ["--protocol", self.protocol, "--port", str(self.port)]

    def __repr__(self):
        return " ".join(self.args())


def question(rng, net):
    kind = rng.choices([name for name, _ in KINDS], [weight for _, weight in KINDS])[0]
    protocol = rng.choice(("tcp",) * 8 + ("udp", "echo"))
    port = rng.choice(SERVICES)
    if not net.hosts:
        return None
    first = rng.choice(net.hosts)
    data = next(one for one in net.rows["network-interfaces"]
                if one["NetworkInterfaceId"] == first)
    if kind == "call" and len(net.hosts) > 1:
        second = rng.choice([one for one in net.hosts if one != first])
        if protocol == "echo":
            second = next(one["PrivateIpAddress"] for one in net.rows["network-interfaces"]
                          if one["NetworkInterfaceId"] == second)
        return Question(kind, first, second, protocol, port)
    if kind == "out":
        return Question(kind, first, rng.choice(OUTSIDE), protocol, 443)
    if kind == "nat64" and data["Ipv6Addresses"]:
        return Question(kind, first, EMBEDDED, protocol, 443)
    if kind in ("out6", "in6") and data["Ipv6Addresses"]:
        own = data["Ipv6Addresses"][0]["Ipv6Address"]
        if kind == "out6":
            return Question(kind, first, OUTSIDE6, protocol, 443)
        return Question(kind, OUTSIDE6, own, protocol, 443)
    if kind == "in":
        return Question(kind, rng.choice(OUTSIDE), data["PrivateIpAddress"], protocol, port)
    if kind == "store":
        return Question(kind, first, STORE_HOST, protocol, 443)
    if kind == "far":
        return Question(kind, first, FAR_HOST, protocol, port)
    if kind == "far-in":
        return Question(kind, FAR_HOST, data["PrivateIpAddress"], protocol, port)
    if kind == "own":
        base = net.block(data["VpcId"]).replace(".0.0/16", ".0.2")
        target = rng.choice((base, "169.254.169.253", "169.254.169.123"))
        return Question(kind, first, target, "udp", 123 if target.endswith("123") else 53)
    if kind in ("balancer", "balancer-in"):
        scheme = "internal" if kind == "balancer" else "internet-facing"
        arns = [(one["LoadBalancerArn"]) for one in net.rows["load-balancers"]
                if one["Scheme"] == scheme]
        if arns:
            arn = rng.choice(arns)
            said = next((one["Protocol"] for one in net.rows["listeners"]
                         if one["LoadBalancerArn"] == arn), "TCP")
            protocol = "udp" if said == "UDP" else "tcp"
            return Question(kind, first if kind == "balancer" else rng.choice(OUTSIDE), arn,
                            protocol, 443 if rng.random() < 0.92 else 444)
    return None


def questions(rng, number):
    """(network, documents, question, what the walker says): `number` for each network, for ever.

    Most blocked requests are left out: they say little, and half of all would be."""
    import answers  # pylint: disable=import-outside-toplevel
    while True:
        net = Random(rng)
        documents = net.documents()
        found = 0
        for _ in range(4 * number):
            asked = question(rng, net)
            if asked is None or found == number:
                continue
            expected = answers.expect(documents, asked)
            if not expected.undecided and expected.request() == {"none"} and \
                    rng.random() < (0.92 if "filter" in expected.reasons() else 0.6):
                continue
            found += 1
            yield net, documents, asked, expected


def stats(networks, seed):
    import answers  # pylint: disable=import-outside-toplevel
    rng, counts = random.Random(seed), collections.defaultdict(collections.Counter)
    for _, _, asked, expected in questions(rng, 8):
        answers.count(expected, asked, counts)
        if sum(counts["verdict"].values()) >= 8 * networks:
            break
    for what in sorted(counts):
        total = sum(counts[what].values())
        print(f"{what} ({total})")
        for name, number in counts[what].most_common():
            print(f"  {number:6}  {name}")


def main():
    if sys.argv[1:2] == ["--stats"]:
        networks = int(sys.argv[2]) if len(sys.argv) > 2 else 200
        stats(networks, int(sys.argv[3]) if len(sys.argv) > 3 else 1)
        return
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(1 << 32)
    rng = random.Random(seed)
    net = Random(rng)
    write(net.documents(), sys.argv[1])
    print(f"seed {seed}")
    for _ in range(6):
        print("twoway trace", sys.argv[1], question(rng, net))


if __name__ == "__main__":
    main()
