#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Walks single packets through a network of AWS, hop by hop, there and back again.

Written from the specification (sections 2 to 7) and docs/paths.md alone. A trip is one packet on
one way; where several ways exist there are several trips. Lists and routes never look at the same
thing: routes see addresses only, so a trip first gathers the lists that it meets, and outcomes.py
then holds every port against them.

    walker.py FOLDER FROM TO PORT [PROTOCOL]      one question by hand

Decisions that neither the specification nor docs/paths.md settles:

 1. What has no defined answer (a route from an attachment's subnet into a peering connection, a
    transit gateway or a virtual gateway; a public NAT gateway whose route leads to a transit
    gateway; two routes for one block; an attachment without an association; block-ingress for own
    calls; ...) raises Undecided: nothing is compared there.
 2. Reasons: a list on the way that denies and a way that is missing behind it may both be told.
    The first obstacle is the answer, the other one is accepted. "*" is any code but `filter`.
 3. A reply that arrives, but elsewhere than at the one who asked (another VPC, a NAT gateway that
    knows nothing of it, an internet gateway with a private destination), is no reply: one-way.
 4. The ways of request and reply are independent: each pair (zone of the request, zone of the
    reply) is an alternative.
 5. Alternatives that differ, all requests passing: the flow is the worst (contract 3); `partial` is
    accepted where one-way mixes with better ones (paths.md: "may take any of them").
 6. An alternative whose request is denied beside passing ones: partial; one-way is accepted where
    a passing one is one-way, too (the contract's "worst" and paths.md differ).
 7. A caller from outside over a VPN attachment: the way back must lead to that attachment, and the
    table with which the VPN attachment is associated must carry the request; its replies too.
 8. A VPN attachment's replies meet the table with which that attachment is associated.
 9. What an appliance, a regional NAT gateway or a VPC that is not in the input decides is unknown;
    where the sender's own list drops every reply anyway, one-way is accepted as well.
10. Load balancers: every node (subnet) may be taken, and every node may call every target (as with
    cross-zone balancing); nodes without addresses in the input are tried at one host for each
    piece of the subnet's block that a rule cuts out.
11. Nodes of an internet-facing load balancer have public addresses; callers inside its VPC are
    not asked about (they would use these public addresses).
12. An NLB that preserves addresses: the reply is walked by way of the node, so by the routes of the
    node's subnet; the reply's source is the node. Only the lists of the node's subnet are in doubt;
    where target and node share a subnet, its outbound list is met in either reading.
13. Callers in the subnet of such an NLB or of its target are not asked about, nor TLS listeners on
    one that preserves addresses (the contract calls them proxies, paths.md does not).
14. A port set of a translated leg is compared within 1024-65535, the ports that may be picked.
15. A private address of no VPC is on-premises: both rows of the contract's table (public,
    on-premises: linux, windows, macos; unknown private addresses: linux) are accepted for who
    decides.
16. A failed or deleted NAT gateway is a blackhole, and so is an internet gateway that is attached
    to another VPC or to none; one that a listing lacks is unknown (contract 3). A transit gateway
    without an attachment of the VPC ends the way with any reason but `filter`.
17. A packet that reaches another interface than the one asked about (VPCs with equal blocks) is
    not compared, nor one to an address of a VPC that lies in no subnet.
18. A route towards an outside caller that leads to an appliance or an endpoint is not compared
    (paths.md: "leads elsewhere" is blocked, but an appliance is unknown).
19. Public addresses for internet gateways are all but private, carrier-grade and unique local ones.
"""

import dataclasses
import ipaddress

from estate import NAT64, ON_PREMISES, Undecided, inside
from oracle import ICMP, ICMPV6, TCP, UDP, Packet, public

ANY = "*"
LINK_LOCAL = {ipaddress.ip_address(text): name for text, name in (
    ("169.254.169.253", "exempt-dns"), ("fd00:ec2::253", "exempt-dns"),
    ("169.254.169.254", "exempt-imds"), ("fd00:ec2::254", "exempt-imds"),
    ("169.254.169.123", "exempt-time"), ("fd00:ec2::123", "exempt-time"),
    ("169.254.170.2", "exempt-ecs-metadata"), ("169.254.169.250", "exempt-kms"),
    ("169.254.169.251", "exempt-kms"))}


@dataclasses.dataclass(frozen=True)
class Check:
    """One network ACL's list that a packet of one leg meets. `soft`: AWS does not say whether."""

    leg: int
    subnet: str
    egress: bool
    packet: Packet
    soft: bool = False


@dataclasses.dataclass(frozen=True)
class Translation:
    """What a NAT gateway remembers: the packet as it came, and from where."""

    packet: Packet
    home: object      # the subnet of the one who sent it
    foreign: bool     # it came through a transit gateway
    subnet: object    # the NAT gateway's own
    sender: object


@dataclasses.dataclass(frozen=True)
class Trip:
    packet: Packet
    home: object = None       # subnet of the present sender; None: outside
    sender: object = None     # its interface, where there is one
    leg: int = 0
    reply: bool = False
    checks: tuple = ()
    nats: tuple = ()
    nat: object = None        # the NAT gateway that now sends it
    foreign: bool = False     # it came into this VPC through a transit gateway
    gates: tuple = ()
    end: str = None           # "there", "out", "dead", "unknown"
    reasons: tuple = ()
    place: tuple = ()         # ("subnet", s), ("exit", s) or ("vpn", attachment)

    def but(self, **changes):
        return dataclasses.replace(self, **changes)

    def met(self, subnet, egress):
        check = Check(self.leg, subnet.id, egress, self.packet)
        return self.but(checks=self.checks + (check,))

    def through(self, gate):
        if len(self.gates) > 12:
            raise Undecided("a loop")
        return self.but(gates=self.gates + (gate,))

    def arrived(self, subnet):
        return self.but(end="there", place=("subnet", subnet))

    def dead(self, *reasons):
        return self.but(end="dead", reasons=reasons)

    def unknown(self, reason=ANY):
        return self.but(end="unknown", reasons=(reason,))

    def out(self, *place):
        return self.but(end="out", place=place)


class Walker:
    def __init__(self, estate):
        self.estate = estate

    # --- leaving a subnet

    def leave(self, trip, subnet):
        """All that can become of a packet that somebody in this subnet sends."""
        if subnet.holds(trip.packet.target):  # SPEC: path-same-subnet
            yield trip.arrived(subnet)
            return
        yield from self.follow(trip.met(subnet, True), subnet)

    def follow(self, trip, subnet, route=None):
        route = route or self.estate.route(subnet, trip.packet.target)
        if route is None:
            yield trip.dead("no-route")
        elif route.state == "blackhole":
            yield trip.dead("blackhole")
        else:
            if trip.nat and trip.nat["ConnectivityType"] == "public" and \
                    route.kind not in ("igw", "local"):
                raise Undecided("a public NAT gateway beside an internet gateway")
            way = getattr(self, "by_" + route.kind, self.by_appliance)
            yield from way(trip.through(route.kind), subnet, route)

    def by_appliance(self, trip, _subnet, _route):
        yield trip.unknown()

    def by_local(self, trip, subnet, _route):
        target = self.estate.subnet_at(subnet.vpc, trip.packet.target)
        if target is None:
            raise Undecided("an address of the VPC in no subnet")
        yield trip.met(target, False).arrived(target)

    # --- gateways to the outside

    def by_igw(self, trip, subnet, route):
        target, six = trip.packet.target, trip.packet.target.version == 6
        self.refuse_across(target)
        if subnet.vpc not in self.estate.igws.get(route.target, [subnet.vpc]):
            yield trip.dead("blackhole")
            return
        if not public(target):
            yield trip.dead(ANY)
            return
        reasons = [] if not self.shut(subnet, trip) else ["public-access-block"]
        if trip.nat:  # SPEC: nat-private
            if trip.nat["ConnectivityType"] == "private":
                reasons.append("nat-private")
        elif trip.foreign:
            if six:
                raise Undecided("IPv6 of another VPC at an internet gateway")
            reasons.append("no-public-address")
        elif not six:
            if trip.sender is None:
                raise Undecided("nobody knows whether this address has a public one")
            if str(trip.packet.source) not in trip.sender.publics:
                reasons.append("no-public-address")
        if reasons:
            yield trip.dead(*reasons)
        elif route.target not in self.estate.igws:
            yield trip.unknown("unknown-input")
        else:
            yield trip.out("exit", subnet)

    def refuse_across(self, target):
        """Public addresses of another VPC: this walker does not follow a packet back inside."""
        if target.version == 6 and any(inside(target, vpc.blocks)
                                       for vpc in self.estate.vpcs.values()):
            raise Undecided("IPv6 from VPC to VPC by the internet")

    def shut(self, subnet, trip):
        """SPEC: bpa-mode"""
        mode = subnet.shut or self.estate.vpcs[subnet.vpc].shut or "off"
        if mode == "block-ingress" and not trip.nat and not trip.reply:
            raise Undecided("block-ingress and a call of one's own")
        return mode == "block-bidirectional"

    def by_eigw(self, trip, subnet, route):
        if trip.foreign or trip.nat or trip.packet.target.version == 4 or \
                (subnet.shut or self.estate.vpcs[subnet.vpc].shut or "off") != "off":
            raise Undecided("an egress-only gateway for others than its own subnets")
        self.refuse_across(trip.packet.target)
        if subnet.vpc not in self.estate.eigws.get(route.target, [subnet.vpc]):
            yield trip.dead("blackhole")
        elif not public(trip.packet.target):
            yield trip.dead(ANY)
        elif route.target not in self.estate.eigws:
            yield trip.unknown("unknown-input")
        else:
            yield trip.out("exit", subnet)

    def by_vgw(self, trip, subnet, _route):
        if trip.foreign or any(inside(trip.packet.target, vpc.blocks)
                               for vpc in self.estate.vpcs.values()):
            raise Undecided("a virtual gateway towards a VPC")
        yield trip.out("exit", subnet)

    def by_vpce(self, trip, subnet, route):
        data = self.estate.endpoints.get(route.target)
        if trip.foreign or trip.nat or trip.reply:
            raise Undecided("a gateway endpoint for others than its own subnets")
        if data is None or data["VpcEndpointType"] != "Gateway":
            yield trip.unknown()
        elif trip.packet.protocol not in (TCP, ICMP, ICMPV6):  # SPEC: vpce-gateway-protocols
            yield trip.dead("vpce-gateway-protocols")
        else:
            yield trip.out("exit", subnet)

    # --- NAT gateways

    def by_nat(self, trip, subnet, route):
        nat, packet = self.estate.nats.get(route.target), trip.packet
        if trip.reply:
            yield trip.dead(ANY)
            return
        if nat is None:
            yield trip.unknown("unknown-input")
            return
        if nat["State"] in ("failed", "deleted"):
            yield trip.dead("blackhole")
            return
        if nat["State"] != "available" or nat["VpcId"] != subnet.vpc or trip.nat:
            raise Undecided("a NAT gateway that comes or goes, or one behind another")
        nat = {"ConnectivityType": "public", **nat}
        if nat.get("AvailabilityMode") == "regional":  # SPEC: nat-regional-no-nacl
            yield trip.unknown("nat-regional-no-nacl").but(place=("exit", trip.home))
            return
        if packet.protocol not in (TCP, UDP, ICMP, ICMPV6):  # SPEC: nat-protocols
            yield trip.dead("nat-protocols")
            return
        target = packet.target
        if target.version == 6:  # SPEC: nat-nat64
            if target not in NAT64:
                raise Undecided("IPv6 to a NAT gateway")
            if packet.protocol == ICMPV6:
                yield trip.unknown("nat-nat64")
                return
            target = ipaddress.IPv4Address(int(target) & 0xFFFFFFFF)
        own = self.estate.subnets[nat["SubnetId"]]
        if own is not subnet:
            trip = trip.met(own, False)
        known = Translation(packet, trip.home, trip.foreign, own, trip.sender)
        for address in nat["NatGatewayAddresses"]:
            source = ipaddress.ip_address(address["PrivateIp"])
            yield from self.leave(trip.but(
                packet=Packet(source, target, packet.protocol, packet.what), home=own,
                sender=None, leg=trip.leg + 1, nats=trip.nats + (known,), nat=nat,
                foreign=False), own)

    # --- to other VPCs

    def by_pcx(self, trip, subnet, route):
        pcx = self.estate.pcxs.get(route.target)
        if pcx is None or trip.foreign or trip.nat:
            raise Undecided("peering for others than its own subnets")
        peer = self.estate.peer_of(pcx, subnet.vpc)
        if pcx["Status"]["Code"] != "active":
            yield trip.dead("peering-not-active")
        elif peer is None:
            raise Undecided("a peering connection of other VPCs")
        elif not inside(trip.packet.target, peer[1]):  # SPEC: pcx-no-transit
            yield trip.dead("pcx-no-transit")
        elif peer[0] not in self.estate.vpcs:
            yield trip.unknown()
        else:
            target = self.estate.subnet_at(peer[0], trip.packet.target)
            if target is None:
                raise Undecided("an address of the VPC in no subnet")
            yield trip.met(target, False).arrived(target)

    def by_tgw(self, trip, subnet, route):
        if trip.foreign:
            raise Undecided("from one transit gateway into another")
        name = self.estate.attachment_between(route.target, subnet.vpc)
        if name is None:
            yield trip.dead(ANY)
            return
        places = [self.estate.subnets[one] for one in
                  self.estate.vpc_attachments[name]["SubnetIds"]]
        # SPEC: tgw-diff-subnet-attachment, tgw-same-subnet
        for place in [one for one in places if one.zone == subnet.zone] or places:
            yield from self.across(trip.met(place, False), name)

    def across(self, trip, attachment):
        """A packet comes from an attachment into its transit gateway."""
        route = self.estate.transit_route(self.estate.association(attachment),
                                          trip.packet.target)
        if route is None:
            yield trip.dead("no-route")
        elif route.state == "blackhole":
            yield trip.dead("blackhole")
        else:
            for name in route.attachments:
                data = self.estate.attachments.get(name) or {}
                kind = data.get("ResourceType")
                if name == attachment:
                    raise Undecided("back into the attachment that it came from")
                if kind in ON_PREMISES:
                    yield trip.through("vpn").out("vpn", name)
                elif kind == "vpc" and name in self.estate.vpc_attachments:
                    yield from self.descend(trip, self.estate.vpc_attachments[name])
                else:
                    yield trip.unknown()

    def descend(self, trip, attachment):
        """From a transit gateway into a VPC, by each subnet of the attachment."""
        if attachment["VpcId"] not in self.estate.vpcs:
            yield trip.unknown()
            return
        for name in attachment["SubnetIds"]:
            place = self.estate.subnets[name]
            if place.holds(trip.packet.target):  # SPEC: tgw-same-subnet
                yield trip.arrived(place)
                continue
            route = self.estate.route(place, trip.packet.target)
            into = trip.but(foreign=True)
            nat = route is not None and self.estate.nats.get(route.target)
            if not nat or nat.get("SubnetId") != name:
                into = into.met(place, True)
            if route is None:
                yield into.dead("no-route")
            else:
                yield from self.follow(into, place, route)

    # --- requests

    def requests(self, packet, sender, home, receiver):
        """The trips of a request from an interface (or an address of a subnet), or from outside."""
        if home is None:
            yield from self.call_in(packet, receiver)
            return
        yield from self.leave(Trip(packet, home, sender), home)

    def exempt(self, packet, home):
        """SPEC: exempt-before-nacl: the id of the exemption, or None."""
        target = packet.target
        if target in LINK_LOCAL:
            return LINK_LOCAL[target]
        if home is None:
            return None
        if target == self.estate.vpcs[home.vpc].primary.network_address + 2:
            return "exempt-dns"
        for subnet in self.estate.subnets.values():
            if subnet.vpc == home.vpc and any(
                    own.version == 4 and target == own.network_address + 1
                    for own in subnet.blocks):
                return "exempt-router"
        return None

    def call_in(self, packet, receiver):
        """Somebody outside calls an interface: it comes by the way that leads back to him."""
        subnet = self.estate.subnets[receiver.subnet]
        trip, back = Trip(packet), Packet(packet.target, packet.source, packet.protocol, 0)
        route = self.estate.route(subnet, packet.source)
        if route is None:
            yield trip.dead("no-route")
        elif route.state == "blackhole":
            yield trip.dead("blackhole")
        elif route.kind in ("igw", "vgw"):
            way = self.by_igw if route.kind == "igw" else self.by_vgw
            for home in way(Trip(back, subnet, receiver, reply=True), subnet, route):
                mode = subnet.shut or self.estate.vpcs[subnet.vpc].shut
                trip = trip.through(route.kind + "-in")
                if home.end == "out" and route.kind == "igw" and mode == "block-ingress":
                    yield trip.dead("public-access-block")
                elif home.end == "out":
                    yield trip.met(subnet, False).arrived(subnet)
                elif home.end == "unknown":
                    yield trip.met(subnet, False).unknown(*home.reasons)
                else:
                    yield trip.dead(*home.reasons)
        elif route.kind == "eigw":
            yield trip.dead("eigw-stateful-v6", ANY)
        elif route.kind in ("nat", "pcx"):
            yield trip.dead(ANY)
        elif route.kind == "tgw":
            yield from self.call_in_by_transit(trip, back, subnet, receiver, route)
        else:
            raise Undecided("an appliance or endpoint lies towards the caller")

    def call_in_by_transit(self, trip, back, subnet, receiver, route):
        ways = list(self.by_tgw(Trip(back, subnet, receiver, reply=True), subnet, route))
        doors = {way.place[1] for way in ways if way.end == "out" and way.place[0] == "vpn"}
        if any(way.end == "unknown" for way in ways):
            yield trip.unknown()
        elif not doors:
            reasons = {reason for way in ways for reason in way.reasons}
            yield trip.dead(*sorted(reasons or {ANY}), ANY)
        else:
            for door in sorted(doors):
                for way in self.across(trip.through("vpn-in"), door):
                    if way.end == "there" and way.place[1].id != subnet.id:
                        raise Undecided("the caller's packets go elsewhere")
                    yield way

    # --- replies

    def replies(self, trip, receiver):
        """The trips of the reply to a request that was delivered."""
        packet = trip.packet
        back = Trip(Packet(packet.target, packet.source, packet.protocol, None),
                    sender=receiver, leg=trip.leg, reply=True)
        where, place = trip.place
        if where == "exit":
            ways = [back.met(place, False).arrived(place)]
        elif where == "vpn":
            ways = self.across(back, place)
        else:
            ways = self.leave(back, place)
        yield from self.unwind(ways, trip, len(trip.nats))

    def unwind(self, ways, trip, level):
        """Back through the NAT gateways that the request met, the last one first."""
        home = trip.nats[level].home if level < len(trip.nats) else trip.home
        for way in ways:
            if way.end == "dead" or way.end == "unknown":
                yield way
            elif home is None:
                yield way if way.end == "out" else way.dead(ANY)
            elif way.end == "out" or way.place[1].id != home.id:
                yield way.dead(ANY)
            elif level == 0:
                yield way
            else:
                yield from self.unwind(self.untranslated(way, trip.nats[level - 1]), trip,
                                       level - 1)

    def untranslated(self, way, known):
        """SPEC: path-nat: from the NAT gateway on to its client, on the client's own port."""
        packet, own = known.packet, known.subnet
        inner = way.but(packet=Packet(packet.target, packet.source, packet.protocol, None),
                        leg=way.leg - 1, end=None, place=(), foreign=False, sender=None)
        if known.foreign:
            yield from self.leave(inner, own)
        elif known.home is own:
            yield inner.arrived(own)
        else:
            if self.estate.route(own, packet.source).kind != "local":
                raise Undecided("a NAT gateway's subnet that routes replies elsewhere")
            yield inner.met(own, True).met(known.home, False).arrived(known.home)


def main():
    import outcomes  # pylint: disable=import-outside-toplevel
    outcomes.by_hand()


if __name__ == "__main__":
    main()
