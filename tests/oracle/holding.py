# SPDX-License-Identifier: Apache-2.0
"""Holds one answer of `twoway trace` (JSON) against the walker's.

Faults are pairs (kind, sentence); none means agreement. Where the walker accepts several readings
(walker.py, its numbered decisions), so does this.
"""

from judge import NAMES, inside
from oracle import CLIENTS, ECHO, common
from outcomes import PICKED, alternatives_verdicts, count, verdict_of
from walker import ANY

PORTED = ("tcp", "udp")


def faults(expected, question, report, status):
    asked = [flow for flow in report["flows"] if not flow.get("via")
             and flow["purpose"] != "health-check"]
    if len(asked) != 1:
        return [("flows", f"{len(asked)} flows without `via` for one question")]
    found = list(flow_faults(expected, asked[0]))
    found += following_faults(expected, asked[0], report["flows"])
    found += status_faults(report["flows"], asked[0], status)
    return found


# --- the flow that was asked for

def decided_before(expected, flow):
    """Decision 9: behind what nobody judges, a list of the sender's own may decide for sure."""
    outcomes = [one for point in expected.points for one in point.outcomes]
    told = (flow.get("reason") or {}).get("code")
    doubtful = [one for one in outcomes if one.request == "unknown"]
    # A caller from outside never comes by a NAT gateway, whatever kind it is.
    if len(doubtful) == len(outcomes) and told not in (None, "filter", "nat-reach"):
        return False
    return bool(doubtful) and all(one.request != "allow" for one in outcomes) and \
        flow["verdict"] in ("blocked", "one-way")


def doubt_stays(expected, flow):
    """docs/paths.md: a doubt on the way stays one, though no listener would hear what arrives."""
    outcomes = [one for point in expected.points for one in point.outcomes]
    told = (flow.get("reason") or {}).get("code")
    return told == "unknown-input" and flow["verdict"] == "unknown" and \
        all("no-listener" in one.reasons for one in outcomes)


def flow_faults(expected, flow):
    if decided_before(expected, flow) or doubt_stays(expected, flow):
        return
    if flow["request"] not in expected.request():
        yield "request", (f"the request passes for {flow['request']}, the walker says "
                          f"{'/'.join(sorted(expected.request()))}")
    verdicts = {verdict for deciders in expected.deciders
                for verdict in expected.verdicts(deciders)}
    if flow["verdict"] not in verdicts:
        yield "verdict", f"{flow['verdict']}, the walker says {'/'.join(sorted(verdicts))}"
    outcomes = [one for point in expected.points for one in point.outcomes]
    yield from reason_faults(flow, outcomes)
    yield from client_faults(expected, flow, outcomes)
    for point in expected.points:
        yield from point_faults(flow["paths"], point.source, point.target, point, "")


def reason_faults(flow, outcomes):
    """Where no alternative gets through, and none for a list, the reason must be told."""
    lost = [one for one in outcomes if one.request != "allow" or not all(one.maybe) or
            (one.back is not None and one.back.end != "there" and one.reasons)]
    if len(lost) < len(outcomes) or not outcomes:
        return
    told = (flow.get("reason") or {}).get("code")
    # Decision 9: behind what nobody judges, the sender's own list may decide before it.
    if told in (None, "filter") and flow["verdict"] in ("one-way", "blocked") and \
            any(one.request == "unknown" for one in lost):
        return
    accepted = {reason for one in lost for reason in one.reasons}
    # Decision 2 and 3: a list that drops every reply, or the way that is missing behind it.
    if told in (None, "filter") and flow["verdict"] == "one-way" and ANY in accepted:
        return
    # A doubt that cannot change the verdict: the ports in doubt are no client's own.
    if told in (None, "filter") and flow["verdict"] == "one-way" and \
            "nlb-preserve-lb-subnet-return" in accepted:
        return
    # Both stand in the way of a caller from outside.
    if told == "public-access-block" and "no-public-address" in accepted:
        return
    if all(one.reasons[:1] == ("filter",) for one in lost):
        if told not in (None, "filter") and told not in accepted and ANY not in accepted:
            yield "reason", f"reason {told}, the walker says a list drops it"
    elif all("filter" not in one.reasons for one in lost):
        if told is None or told == "filter" or (told not in accepted and ANY not in accepted):
            yield "reason", f"reason {told}, the walker says {'/'.join(sorted(accepted))}"


def client_faults(expected, flow, outcomes):
    passing = [one for one in outcomes if one.request == "allow"]
    errors = {one["id"] for one in flow["clients"] if one["level"] == "error"}
    # A reply without ports has no share that a client could lose: no clients are told (contract 4).
    ports = passing and not isinstance(passing[0].legs[0], bool)
    if ports and errors not in [set(one) for one in expected.deciders]:
        yield "levels", f"{sorted(errors)} decide, the walker says {expected.deciders}"
    if not passing or len(passing) < len(outcomes) or isinstance(passing[0].legs[0], bool):
        return
    for one in flow["clients"]:
        if one["id"] not in CLIENTS:
            continue
        wanted = {outcome.counts(one["id"]) for outcome in passing}
        got = (one["passing"], one["passing"] + one["undecided"], one["total"])
        if not any(equal(got, want) for want in wanted):
            yield "clients", (f"{one['id']} {one['passing']} (+{one['undecided']}) of "
                              f"{one['total']}, the walker says {sorted(wanted)}")
        elif one["undecided"] == 0 and \
                one["verdict"] != verdict_of([(one["passing"], one["total"])]):
            yield "clients", f"{one['id']} {got} is called {one['verdict']}"


def equal(got, want):
    """Of products of legs: a complete one may leave the lossless legs out or not."""
    return got == want or (got[0] == got[2] and want[0] == want[2])


# --- regions

def seen(outcome):
    """What one region must say, as a value that can be compared."""
    if outcome.request != "allow":
        return (outcome.request,)
    if not all(outcome.maybe):
        return ("allow", "nothing")
    if isinstance(outcome.legs[0], bool):
        return ("allow", str(all(outcome.legs)))
    if not all(common(leg, PICKED) for leg in outcome.maybe[1:]):
        return ("allow", "nothing")
    legs = [outcome.legs[0]] + [common(leg, PICKED) for leg in outcome.legs[1:]]
    doubt = [less(maybe, leg) for leg, maybe in zip(outcome.legs, outcome.maybe)]
    return ("allow", repr(legs), repr(doubt[:1]))


def less(ports, other):
    """Pairs without what other pairs hold."""
    edges = [low for low, _ in other] + [high + 1 for _, high in other]
    left = []
    for low, high in ports:
        cuts = sorted({low, high + 1, *(cut for cut in edges if low < cut <= high)})
        for one, after in zip(cuts, cuts[1:]):
            if not common([[one, one]], other):
                if left and left[-1][1] == one - 1:
                    left[-1][1] = after - 1
                else:
                    left.append([one, after - 1])
    return left


def said(region):
    """The same of a region of the answer."""
    if region["request"] != "allow":
        return (region["request"],)
    reply = region["reply"]
    if reply["kind"] != "ports":
        passes = bool(reply.get("returns"))
        return ("allow", "True") if passes else ("allow", "nothing")
    legs = {leg["leg"]: common(leg["returns"], PICKED) for leg in region.get("legs", [])
            if leg["leg"] > 0}
    doubts = [bool(leg.get("undecided")) for leg in region.get("legs", []) if leg["leg"] > 0]
    returns = [reply["returns"]] + [legs[leg] for leg in sorted(legs)]
    if not all(returns) and not reply["undecided"] and not any(doubts):
        return ("allow", "nothing")
    return ("allow", repr(returns), repr([reply["undecided"]]))


def point_faults(paths, source, target, point, label):
    """Each way of a point is a region of some path, and the other way round."""
    wanted, found = {}, {}
    for outcome in point.outcomes:
        wanted.setdefault(seen(outcome), outcome)
    for path in paths:
        homes = [region for region in path["regions"] if holds(region, source, target, point)]
        if target is not None and len(homes) > 1:
            yield "regions", f"{label}{source} -> {target} lies in {len(homes)} regions"
        for region in homes:
            found.setdefault(said(region), region)
            yield from leg_faults(region)
    if not found:
        yield "regions", f"{label}{source} -> {target} lies in no region"
        return
    if all(one.request == "unknown" for one in point.outcomes):
        found.pop(("deny",), None)  # decision 9
    # What is undecided has no word for replies without ports but the region's verdict.
    if any(one.legs != one.maybe and isinstance((one.legs or [0])[0], bool)
           for one in point.outcomes):
        found.pop(("allow", "nothing"), None)
        wanted = {value: one for value, one in wanted.items() if one.legs == one.maybe}
    for value in found:
        if value not in wanted and not (value == ("unknown",) and point.may_be_unknown()):
            yield "regions", (f"{label}{source} -> {target}: {value}, the walker says "
                              f"{list(wanted.values())}")
    for value, outcome in wanted.items():
        if value not in found and ("unknown",) not in found:
            yield "regions", (f"{label}{source} -> {target}: {outcome} is missing among "
                              f"{list(found)}")


def holds(region, source, target, point):
    if region["family"] != source.version or region["protocol"] != NAMES[point.protocol]:
        return False
    for box in region["boxes"]:
        if not inside(source, box["from"]):
            continue
        if target is not None and not inside(target, box["to"]):
            continue
        if point.protocol in ECHO:
            kind, code = point.what
            if box["icmp"] is None or any(
                    one["type"][0] <= kind <= one["type"][1] and
                    one["code"][0] <= code <= one["code"][1] for one in box["icmp"]):
                return True
        elif target is None or common([[point.what, point.what]], box["service_ports"]):
            return True
    return False


def leg_faults(region):
    """`passing` of `total` of a translated leg are counts of its own ports."""
    for leg in region.get("legs", []):
        if leg["leg"] == 0 or leg.get("total") is None or region["protocol"] not in PORTED:
            continue
        want = (count(leg["returns"], *PICKED[0]), PICKED[0][1] - PICKED[0][0] + 1)
        if (leg["passing"], leg["total"]) != want:
            yield "legs", f"leg {leg['leg']}: {leg['passing']} of {leg['total']}, not {want}"


# --- flows that follow

class Place:
    """One node and one target, as point_faults wants it."""

    def __init__(self, protocol, what, outcomes):
        self.protocol, self.what, self.outcomes = protocol, what, outcomes

    def may_be_unknown(self):
        return any(one.request == "unknown" for one in self.outcomes)


def following_faults(expected, asked, flows):
    if expected.following and asked["request"] == "none":
        return  # whether flows follow a request that nobody can make is left open
    for purpose in ("target", "health-check"):
        wanted = [one for one in expected.following if one.purpose == purpose]
        found = [flow for flow in flows if flow is not asked and
                 (flow["purpose"] == "health-check") == (purpose == "health-check")]
        if bool(wanted) != bool(found):
            yield "following", f"{len(found)} flows for {purpose}, the walker says {len(wanted)}"
            continue
        paths = [path for flow in found for path in flow["paths"]]
        for one in wanted:
            for (node, target), outcomes in one.points.items():
                place = Place(expected.points[0].protocol if purpose == "target" else 6,
                              one.port, outcomes)
                yield from point_faults(paths, node, target, place, f"{purpose}: ")
        yield from following_verdicts(wanted, found, purpose)


def following_verdicts(wanted, found, purpose):
    every = [[one for outcomes in flow.points.values() for one in outcomes] for flow in wanted]
    apart = {verdict for outcomes in every
             for verdict in alternatives_verdicts(outcomes, ("elb",))}
    together = alternatives_verdicts([one for outcomes in every for one in outcomes], ("elb",)) \
        if every else set()
    for flow in found:
        accepted = together if len(found) == 1 else apart
        # From several nodes: regions of one flow, so the worst whose request passes will do, too.
        passing = [outcome.verdicts(("elb",)) for outcomes in every for outcome in outcomes
                   if outcome.request != "deny"]
        accepted = accepted | {verdict for one in passing for verdict in one}
        if flow["verdict"] not in accepted:
            yield "following", (f"{purpose} {flow['id']}: {flow['verdict']}, the walker says "
                                f"{'/'.join(sorted(accepted))}")


def status_faults(flows, asked, status):
    """Contract section 2; whether flows that follow count is left open."""
    if asked["verdict"] != "complete" and status != 1:
        yield "status", f"exit status {status} for a flow that is {asked['verdict']}"
    elif status == 1 and all(flow["verdict"] == "complete" for flow in flows):
        yield "status", "exit status 1, but everything is complete"


def text_of(expected):
    """The walker's answer for people."""
    lines = []
    for point in expected.points:
        lines.append(f"  {point.source} -> {point.target}")
        lines += [f"    {outcome}" for outcome in point.outcomes]
    for flow in expected.following:
        for (node, target), outcomes in flow.points.items():
            lines.append(f"  {flow.purpose}: {node} -> {target}:{flow.port}")
            lines += [f"    {outcome}" for outcome in outcomes]
    return "\n".join(lines)
