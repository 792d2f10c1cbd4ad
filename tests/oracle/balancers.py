# SPDX-License-Identifier: Apache-2.0
"""Requests to load balancers: the client's flow, and the flows that follow it (`via`)."""

import dataclasses
import ipaddress

from estate import Undecided
from oracle import TCP, UDP, Packet
from outcomes import ELB, Outcome, distinct
from walker import Trip

SPEAKS = {"HTTP": (TCP,), "HTTPS": (TCP,), "TCP": (TCP,), "TLS": (TCP,), "UDP": (UDP,),
          "TCP_UDP": (TCP, UDP)}


@dataclasses.dataclass
class Following:
    """A flow from the nodes to one target: outcomes by (node address, target address, port)."""

    purpose: str   # "target" or "health-check"
    port: int
    points: dict   # (node address, target address): outcomes

    deciders = ELB


class Balancers:
    def __init__(self, judge):
        self.judge, self.estate, self.walker = judge, judge.estate, judge.walker

    # --- what the input says

    def listener(self, balancer, protocol, port):
        for one in self.estate.listeners:
            if one["LoadBalancerArn"] == balancer["LoadBalancerArn"] and one["Port"] == port and \
                    protocol in SPEAKS.get(one["Protocol"], ()):
                return one
        return None

    def groups_of(self, listener):
        names = []
        for action in listener["DefaultActions"]:
            if action["Type"] != "forward":
                raise Undecided("a listener that does not forward")
            names += [action["TargetGroupArn"]] if action.get("TargetGroupArn") else []
            names += [one["TargetGroupArn"] for one in
                      (action.get("ForwardConfig") or {}).get("TargetGroups", [])]
        return [self.estate.target_groups[name] for name in dict.fromkeys(names)]

    def targets_of(self, group):
        """(interface or None, address, port, port of the health check) of each target."""
        found = []
        for one in self.estate.targets.get(group["TargetGroupArn"], []):
            name, port = one["Target"]["Id"], one["Target"].get("Port") or group["Port"]
            check = one.get("HealthCheckPort") or group.get("HealthCheckPort", "traffic-port")
            check = port if check == "traffic-port" else int(check)
            if group["TargetType"] == "instance":
                holders = [eni for eni in self.estate.interfaces.values() if eni.instance == name]
                if len(holders) != 1:
                    raise Undecided("a target with none or several interfaces")
                holder, address = holders[0], holders[0].addresses[0]
            elif group["TargetType"] == "ip":
                address = ipaddress.ip_address(name)
                holder = self.estate.holder(group["VpcId"], address)
                if holder is None:
                    raise Undecided("a target that no known interface has")
            else:
                raise Undecided("a target that is a function or a load balancer")
            found.append((holder, address, port, check))
        return found

    def preserves(self, balancer, group):
        """SPEC: nlb-preserve-default"""
        if balancer["Type"] != "network":
            return False
        if group["Protocol"] in ("UDP", "TCP_UDP"):
            return True
        told = self.estate.attributes.get(group["TargetGroupArn"], {}).get(
            "preserve_client_ip.enabled")
        return told == "true" if told is not None else group["TargetType"] == "instance"

    def nodes(self, balancer, version):
        found = []
        for node in self.estate.balancer_nodes(balancer, version):
            if balancer["Scheme"] == "internet-facing":
                node.publics = {str(one): "public" for one in node.addresses}
            found.append(node)
        return found

    # --- the client's flow

    def ask(self, sender, source, balancer, protocol, port, home=None):
        """(outcomes by node, [Following])"""
        version = source.version
        nodes = self.nodes(balancer, version)
        if sender is not None:
            home = self.estate.subnets[sender.subnet]
        if home is not None and balancer["Scheme"] == "internet-facing":
            raise Undecided("an internet-facing load balancer called from inside")
        listener = self.listener(balancer, protocol, port)
        if listener is None:
            return [Outcome("deny", ("no-listener", "filter"))], []
        groups = self.groups_of(listener)
        if not any(self.targets_of(group) for group in groups):
            return [Outcome("deny", ("no-target", "filter"))], []
        kinds = {self.preserves(balancer, group) for group in groups}
        if len(kinds) > 1 or (True in kinds and listener["Protocol"] == "TLS"):
            raise Undecided("address preservation in part")
        outcomes, following = [], []
        for group in groups:
            for target in self.targets_of(group):
                if True in kinds:
                    for node in nodes:
                        outcomes += self.preserved(sender, source, home, node, target, protocol,
                                                   port)
                else:
                    following.append(self.follow("target", nodes, target, protocol, target[2]))
                if group.get("HealthCheckEnabled", True):
                    following.append(self.follow("health-check", nodes, target, TCP, target[3]))
        if True not in kinds:
            for node in nodes:
                outcomes += self.judge.ask(sender, source, node, node.addresses[0], protocol, port,
                                           home)
        return distinct(outcomes), following

    def follow(self, purpose, nodes, target, protocol, port):
        holder, address = target[:2]
        points = {}
        for node in nodes:
            points[(node.addresses[0], address)] = self.judge.ask(
                node, node.addresses[0], holder, address, protocol, port)
        return Following(purpose, port, points)

    # --- SPEC: nlb-preserve-default, nlb-preserve-lb-subnet-return

    def preserved(self, sender, source, home, node, target, protocol, port):
        holder, address, service = target[:3]
        place, far = (self.estate.subnets[one.subnet] for one in (node, holder))
        if far.vpc != place.vpc:
            raise Undecided("preserved addresses in another VPC")
        if far is not place and self.estate.route(place, address).kind != "local":
            raise Undecided("a detour between a node and its target")
        if home in (place, far):
            raise Undecided("a client in the subnet of its load balancer or of its target")
        outcomes = []
        packet = Packet(source, node.addresses[0], protocol, port)
        handed = Packet(source, address, protocol, service)
        lets_out = self.judge.group_lets(sender, packet, True, {})
        inner = Trip(handed, home=place)
        if far is not place:
            inner = inner.met(place, True).met(far, False)
        lets_through = all(self.judge.passes(check, service) for check in inner.checks) and \
            self.judge.group_lets(holder, handed, False,
                                  self.judge.known(sender, holder) |
                                  {source: Seen(sender, node)})
        for trip in self.walker.requests(packet, sender, home, node):
            if trip.nats:
                raise Undecided("a NAT gateway before preserved addresses")
            one = self.judge.outcomes_of(trip, packet, node, lets_out, {})[0]
            if one.request != "allow":
                outcomes.append(one)
            elif not lets_through:
                outcomes.append(Outcome("deny", ("filter",), trip))
            else:
                for way in self.walker.replies(trip, node):
                    outcomes.append(self.judge.returning(
                        trip, doubted(way, place, far, handed)))
        return outcomes


def doubted(way, place, far, handed):
    """The node's reply with what comes before it: the target's own subnet, and doubts."""
    if far is place:
        return way
    target_out = Trip(Packet(handed.target, handed.source, handed.protocol, None), leg=way.leg)
    before = target_out.met(far, True).met(place, False).checks
    rest = tuple(dataclasses.replace(one, soft=one.soft or one.subnet == place.id)
                 for one in before + way.checks)
    return way.but(checks=rest)


class Seen:
    """SPEC: nlb-sg: a target may name the group of the load balancer, or that of the client."""

    def __init__(self, sender, node):
        self.groups = list(node.groups) + (list(sender.groups) if sender else [])
