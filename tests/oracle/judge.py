# SPDX-License-Identifier: Apache-2.0
"""Holds one answer of `twoway trace` or `check` (JSON) against the oracle.

Every function yields sentences about what is wrong; none means agreement.
"""

import ipaddress
import itertools

from oracle import (CLIENTS, ECHO, ICMP, ICMPV6, PORTS, TCP, UDP, Packet, address_of, common,
                    edges, intervals, passing, public, verdict_of)

NAMES = {TCP: "tcp", UDP: "udp", ICMP: "icmp", ICMPV6: "icmpv6"}
NUMBERS = {name: number for number, name in NAMES.items()}
ORDER = ("complete", "partial", "one-way")


def blocks_of(network):
    """Every CIDR block at which anything may change."""
    found = [entry.block for acl in network.acls.values() for entry in acl.entries]
    found += [block for _, blocks in network.subnets.values() for block in blocks]
    found += [block for blocks in network.lists.values() for block in blocks]
    for rules in network.groups.values():
        found += [ipaddress.ip_network(rule.peer, strict=False) for rule in rules
                  if rule.kind in ("IpRanges", "Ipv6Ranges")]
    found += [ipaddress.ip_network(address) for address in network.interfaces_by_address]
    return found


def atoms(within, blocks, version):
    """One address for each piece of the blocks `within` that no block cuts."""
    found = set()
    for outer in within:
        if outer.version != version:
            continue
        low, high = int(outer.network_address), int(outer.broadcast_address)
        found.add(low)
        found |= {cut for cut in edges(blocks, version) if low <= cut <= high}
    return [address_of(number, version) for number in sorted(found)]


def port_atoms(network, low, high):
    """One port for each piece of low..high that no rule cuts."""
    cuts = {low}
    for acl in network.acls.values():
        for entry in acl.entries:
            cuts |= {entry.ports[0], entry.ports[1] + 1}
    for rules in network.groups.values():
        for rule in rules:
            cuts |= {rule.low, rule.high + 1}
    return sorted(cut for cut in cuts if low <= cut <= high)


class Point:
    """One request with what the oracle says about it and its replies."""

    def __init__(self, network, source, target, protocol, what):
        self.source, self.target, self.protocol, self.what = source, target, protocol, what
        self.packet = Packet(source, target, protocol, what)
        self.steps = network.request(self.packet)
        self.allowed = all(step.allowed for step in self.steps)
        self.returns = self.whole = None
        if self.allowed and protocol in (TCP, UDP):
            self.returns = network.returns(source, target, protocol)
        elif self.allowed:
            self.whole = network.echo_returns(source, target, protocol)
        self.deciders = network.deciders(source)

    def verdict(self, clients):
        if not self.allowed:
            return "blocked"
        if self.returns is None:
            return "complete" if self.whole else "one-way"
        return verdict_of([passing(self.returns, client) for client in clients])

    def __repr__(self):
        return repr(self.packet)


def inside(address, texts):
    return any(address.version == block.version and address in block
               for block in map(ipaddress.ip_network, texts))


def in_box(box, point):
    if not inside(point.source, box["from"]) or not inside(point.target, box["to"]):
        return False
    if point.protocol in (TCP, UDP):
        return any(low <= point.what <= high for low, high in box["service_ports"])
    return box["icmp"] is None or any(one["type"][0] <= point.what[0] <= one["type"][1] and
               one["code"][0] <= point.what[1] <= one["code"][1] for one in box["icmp"])


def regions_of(flow):
    return [region for path in flow["paths"] for region in path["regions"]]


def size_of(texts, version):
    return sum(block.num_addresses for block in map(ipaddress.ip_network, texts)
               if block.version == version)


def box_size(box, version):
    size = size_of(box["from"], version) * size_of(box["to"], version)
    if box["service_ports"] is not None:
        size *= sum(high - low + 1 for low, high in box["service_ports"])
    return size


def overlap(one, other):
    def touch(key):
        return any(a.version == b.version and a.overlaps(b)
                   for a in map(ipaddress.ip_network, one[key])
                   for b in map(ipaddress.ip_network, other[key]))
    if not touch("from") or not touch("to"):
        return False
    if one["service_ports"] is None or other["service_ports"] is None:
        return one["icmp"] == other["icmp"]
    return bool(common(one["service_ports"], other["service_ports"]))


def disjoint(regions):
    boxes = [(region["family"], region["protocol"], box)
             for region in regions for box in region["boxes"]]
    for one, other in itertools.combinations(boxes, 2):
        if one[:2] == other[:2] and overlap(one[2], other[2]):
            yield f"two boxes overlap: {one[2]} and {other[2]}"
    outcomes = [(region["family"], region["protocol"], str(region["reply"]),
                 str([(one["id"], one["level"]) for one in region["clients"]]))
                for region in regions if region["request"] == "allow"]
    for outcome in set(outcomes):
        if outcomes.count(outcome) > 1:
            yield f"one outcome in several regions: {outcome}"


def client_faults(where, listed, counts):
    """`counts` gives (passing, total) for an id."""
    for one in listed:
        if one["id"] not in CLIENTS:
            continue
        got, total = counts(one["id"])
        if (one["passing"], one["total"], one["undecided"]) != (got, total, 0):
            yield (f"{where}: {one['id']} {one['passing']} of {one['total']}, "
                   f"the oracle says {got} of {total}")
        elif one["verdict"] != verdict_of([(got, total)]):
            yield f"{where}: {one['id']} {got} of {total} is called {one['verdict']}"


def region_faults(point, region, clients):
    """The outcome of one region against one point of it."""
    want = "allow" if point.allowed else "deny"
    if region["request"] != want:
        yield f"{point}: request {region['request']}, the oracle says {want}"
        return
    verdict = point.verdict(clients or point.deciders)
    if region["verdict"] != verdict:
        yield f"{point}: {region['verdict']}, the oracle says {verdict}"
    if not point.allowed:
        return
    reply = region["reply"]
    if point.returns is not None:
        if reply != {"kind": "ports", "returns": point.returns, "undecided": []}:
            yield f"{point}: reply {reply}, the oracle says {point.returns}"
        yield from client_faults(point, region["clients"],
                                 lambda client: passing(point.returns, client))
    else:
        kind = ECHO[point.protocol][1]
        want = [{"type": [kind, kind], "code": [0, 0]}] if point.whole else []
        if reply != {"kind": "icmp", "returns": want}:
            yield f"{point}: reply {reply}, the oracle says {want}"


def hops_of(region, direction, kind=None):
    return [hop for hop in region["hops"] if hop["direction"] == direction and
            hop["kind"] in ((kind,) if kind else ("network-acl", "security-group"))]


def names_rule(hop, component, rule, what):
    for one in hop["rules"]:
        if (one["component"], one["rule"]) != (component, rule):
            continue
        if not isinstance(what, int) or one["ports"] is None:
            return True
        if any(low <= what <= high for low, high in one["ports"]):
            return True
    return False


def hop_faults(point, hops, steps, what):
    """The decisions that one packet meets against the hops of its region."""
    hops = [hop for hop in hops if hop["action"] != "none"]
    if [hop["list"] for hop in hops[:len(steps)]] != [step.list for step in steps]:
        yield (f"{point} ({what}): hops {[(hop['component'], hop['list']) for hop in hops]}, "
               f"the oracle says {[(step.component, step.list) for step in steps]}")
        return
    for hop, step in zip(hops, steps):
        if step.kind == "network-acl" and hop["component"] != step.component:
            yield f"{point}: {hop['component']}, the oracle says {step.component}"
        for component, rule in step.rules:
            if not names_rule(hop, component, rule, what):
                yield (f"{point} ({what}): {step.direction} {hop['component']} {hop['list']} "
                       f"does not name {component} {rule}: {hop['rules']}")
        if hop["action"] in ("allow", "deny") and (hop["action"] == "allow") != step.allowed:
            yield f"{point} ({what}): {hop['component']} {hop['list']} is {hop['action']}"


def reply_hop_faults(network, point, region, ports):
    hops = hops_of(region, "reply", "network-acl")
    for port in ports:
        if hops and not common([[port, port]], hops[0]["seen"]["ports"] or []):
            continue
        steps = network.reply(Packet(point.target, point.source, point.protocol, port))
        yield from hop_faults(point, hops, steps, port)


def decided(network, points):
    """For each reply list of a region: rule -> the ports that it decides there, of all points."""
    found = {}
    for point in points:
        probe = Packet(point.target, point.source, point.protocol, 0)
        left = [[0, PORTS - 1]]
        for acl, egress in network.lists_between(probe):
            key = (acl.id, "egress" if egress else "ingress")
            row = acl.table(probe, egress)
            for rule in sorted({name for _, name in row}):
                part = common(intervals([name == rule for _, name in row]), left)
                if part:
                    found.setdefault(key, {}).setdefault(rule, []).extend(part)
            left = common(left, acl.ports(probe, egress))
    return found


def union(pairs):
    flags = [False] * PORTS
    for low, high in pairs:
        flags[low:high + 1] = [True] * (high - low + 1)
    return intervals(flags)


def exact_rule_faults(network, region, points):
    """Of the replies that a reply hop sees, it names every rule that decides some, with just the
    ports that it decides. What it sees holds at least the ports of each client judged."""
    if not points or points[0].returns is None or not points[0].allowed:
        return
    for (acl, where), rules in decided(network, points).items():
        listed, seen = {}, []
        for hop in hops_of(region, "reply", "network-acl"):
            if (hop["component"], hop["list"]) == (acl, where):
                seen = hop["seen"]["ports"] or []
                for one in hop["rules"]:
                    listed.setdefault(one["rule"], []).extend(one["ports"] or [])
        asked = union([CLIENTS[one["id"]] for one in region["clients"] if one["id"] in CLIENTS])
        reached = union([pair for ports in rules.values() for pair in ports])
        if common(common(asked, reached), seen) != common(asked, reached):
            yield f"{acl} {where}: sees {seen}, but {common(asked, reached)} reaches it"
        want = {rule: common(union(ports), seen) for rule, ports in rules.items()}
        want = {rule: ports for rule, ports in want.items() if ports}
        got = {rule: union(ports) for rule, ports in listed.items()}
        if want != got:
            yield f"{acl} {where}: rules {got}, the oracle says {want}"


def fate_faults(where, fate, steps):
    """What a witness says about its fate: allowed, or denied and by whom."""
    last = steps[-1] if steps else None
    if all(step.allowed for step in steps):
        if fate.startswith("denied"):
            yield f"{where}: {fate}, the oracle lets it pass"
    elif not fate.startswith("denied"):
        yield f"{where}: {fate}, the oracle says {last.component} {last.list} {last.rules}"
    elif last.rules and not (last.rules[0][0] in fate and fate.endswith(last.rules[0][1])):
        yield f"{where}: {fate}, the oracle says {last.component} {last.list} {last.rules}"


def witness_faults(network, region, clients):
    """A witness is a packet of its region that shows the region's verdict."""
    witness = region["witness"]
    if witness is None or region["protocol"] not in ("tcp", "udp"):
        return
    said = witness["request"]
    source, target = (ipaddress.ip_address(said[key]) for key in ("from", "to"))
    point = Point(network, source, target, said["protocol"], said["destination_port"])
    if not any(in_box(box, point) for box in region["boxes"]):
        yield f"the witness {said['text']} is not in its region"
        return
    yield from fate_faults(said["text"], said["fate"], point.steps)
    answer = witness["reply"]
    if (answer is not None) != point.allowed:
        yield f"the witness {said['text']} has " + ("no reply" if answer is None else "a reply")
    if answer is None or not point.allowed:
        return
    if (answer["from"], answer["to"], answer["source_port"], answer["destination_port"]) != (
            said["to"], said["from"], said["destination_port"], said["source_port"]):
        yield f"the reply {answer['text']} does not answer {said['text']}"
    port = answer["destination_port"]
    steps = network.reply(Packet(target, source, point.protocol, port))
    yield from fate_faults(answer["text"], answer["fate"], steps)
    if all(step.allowed for step in steps) != (region["verdict"] == "complete"):
        yield f"{answer['text']} does not show that its region is {region['verdict']}"
    if not any(CLIENTS[one][0] <= port <= CLIENTS[one][1] for one in clients or point.deciders):
        yield f"{answer['text']}: no client that decides picks {port}"


def points_of(network, question):
    """One point for each piece of the question in which nothing can change."""
    blocks = blocks_of(network)
    for version in (4, 6):
        protocol = question.protocol_in(version)
        services = [(ECHO[protocol][0], 0)] if protocol in ECHO else port_atoms(
            network, *question.ports)
        for source in atoms(question.sources, blocks, version):
            for target in atoms(question.targets, blocks, version):
                for what in services:
                    yield Point(network, source, target, protocol, what)


def flow_faults(flow, points, clients):
    """The words about the whole flow."""
    passed = [point for point in points if point.allowed]
    request = "none" if not passed else "all" if len(passed) == len(points) else "some"
    if flow["request"] != request:
        yield f"the request passes for {flow['request']}, the oracle says {request}"
    verdicts = {point.verdict(clients or point.deciders) for point in passed} or {"blocked"}
    worst = "blocked" if not passed else max(verdicts, key=ORDER.index)
    if flow["verdict"] != worst:
        yield f"the flow is {flow['verdict']}, the oracle says {worst}"
    if passed and passed[0].returns is not None:
        yield from client_faults("the flow", flow["clients"], lambda client: min(
            passing(point.returns, client) for point in passed))


def trace_faults(network, question, report, status, rng):
    """Everything about the answer to one question."""
    if len(report["flows"]) != 1:
        yield f"{len(report['flows'])} flows for one question"
        return
    flow = report["flows"][0]
    regions = regions_of(flow)
    points = list(points_of(network, question))
    clients = (question.client,) if question.client else None
    yield from flow_faults(flow, points, clients)
    held = {}
    for point in points:
        homes = [region for region in regions
                 if region["protocol"] == NAMES[point.protocol] and
                 region["family"] == point.source.version and
                 sum(in_box(box, point) for box in region["boxes"])]
        if len(homes) != 1:
            yield f"{point} lies in {len(homes)} regions"
            continue
        region = homes[0]
        held.setdefault(id(region), (region, []))[1].append(point)
        yield from region_faults(point, region, clients)
        yield from hop_faults(point, hops_of(region, "request"), point.steps, point.what)
        if point.returns is not None:
            ports = [rng.randrange(PORTS) for _ in range(3)] + [
                edge for low, high in point.returns[:3] for edge in (low, high)]
            yield from reply_hop_faults(network, point, region, ports)
    for region, members in held.values():
        yield from exact_rule_faults(network, region, members)
        yield from witness_faults(network, region, clients)
    yield from disjoint(regions)
    yield from cover_faults(question, regions)
    yield from status_faults(flow, question, status)


def cover_faults(question, regions):
    if question.inexact:
        return
    for version in (4, 6):
        want = (sum(one.num_addresses for one in question.sources if one.version == version) *
                sum(one.num_addresses for one in question.targets if one.version == version))
        if question.protocol_in(version) in (TCP, UDP):
            want *= question.ports[1] - question.ports[0] + 1
        got = sum(box_size(box, version) for region in regions if region["family"] == version
                  for box in region["boxes"])
        if got != want:
            yield f"IPv{version}: the boxes hold {got} packets, the question has {want}"


def status_faults(flow, question, status):
    """Contract section 2."""
    good = flow["verdict"] == "complete"
    if question.client:
        good = good and all(one["verdict"] == "complete" for one in flow["clients"]
                            if one["id"] == question.client)
    if status != (0 if good else 1):
        yield f"exit status {status} for a flow that is {flow['verdict']}"


def check_faults(network, report, status):
    """Whatever `check` says about flows of one subnet with one ACL must be true."""
    blocks = blocks_of(network)
    for flow in report["flows"]:
        regions = regions_of(flow)
        yield from disjoint(regions)
        seen = []
        for region in regions:
            if region["protocol"] not in NUMBERS:
                continue
            yield from (f"{flow['id']}: {fault}" for fault in
                        witness_faults(network, region, deciders_of(region)))
            for box in region["boxes"]:
                for point in box_points(network, region, box, blocks):
                    seen.append(region["verdict"])
                    yield from (f"{flow['id']}: {fault}"
                                for fault in region_faults(point, region, deciders_of(region)))
        passed = [one for one in seen if one in ORDER]
        worst = max(passed, key=ORDER.index) if passed else "blocked"
        if seen and flow["verdict"] != worst:
            yield f"{flow['id']}: {flow['verdict']}, but its worst region is {worst}"
    errors = sum(one["level"] == "error" and not one["suppressed"] for one in report["findings"])
    if errors != report["summary"]["errors"]:
        yield f"{errors} errors, but the summary says {report['summary']['errors']}"
    if status != (1 if errors else 0):
        yield f"exit status {status} with {errors} errors"


def deciders_of(region):
    return tuple(one["id"] for one in region["clients"] if one["level"] == "error") or None


def box_points(network, region, box, blocks):
    version, protocol = region["family"], NUMBERS[region["protocol"]]
    sources = [ipaddress.ip_network(text) for text in box["from"]]
    targets = [ipaddress.ip_network(text) for text in box["to"]]
    if protocol in ECHO:
        kind = ECHO[protocol][0]
        whats = [(kind, 0)] if any(one["type"][0] <= kind <= one["type"][1] and
                                   one["code"][0] == 0 for one in box["icmp"] or ()) else []
    else:
        whats = sorted({port for pair in box["service_ports"] for port in pair})
    for source in atoms(sources, blocks, version):
        for target in atoms(targets, blocks, version):
            for what in whats:
                yield Point(network, source, target, protocol, what)


def loud_faults(network, report):
    """Each loss that a public TCP service suffers is told, each finding is about a loss."""
    told = {one for finding in report["findings"] for one in finding["flows"]}
    for flow in report["flows"]:
        lost = [one for one in flow["clients"] if one["level"] == "error" and
                one["passing"] * 1000 < one["total"] * 999]
        if flow["protocol"] == "tcp" and lost and flow["id"] not in told:
            if all(public(ipaddress.ip_network(text).network_address)
                   for region in regions_of(flow) for box in region["boxes"]
                   for text in box["from"]) and not bans(network):
                yield f"{flow['id']}: {lost} is told by no finding"


def bans(network):
    """Inference 10: a deny of everything for a block is a wanted one, so silence may be right."""
    return any(not entry.allow and entry.protocol == -1 and entry.block.prefixlen
               for acl in network.acls.values() for entry in acl.entries)
