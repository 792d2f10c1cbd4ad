# SPDX-License-Identifier: Apache-2.0
"""What joins the VPCs that gen_org.py writes, with each other and with the world: a NAT gateway a
zone, one transit gateway with three route tables, peering connections, endpoints, load balancers.

A VPC decides alone, from its seed and number, what it has and what is broken in it. Replies to
NAT gateways and load balancers come to 1024-65535, which is what most of the mistakes forget.
"""

import json
import random

from org_vpc import HIGH, NARROW, OFFICE, OWNER, TIERS, ZONES, Vpc, identifier, open_entries, tags

ANY, ORGANISATION = "0.0.0.0/0", "10.0.0.0/8"
S3_LIST = "pl-6da54004"
S3_BLOCKS = ("3.5.64.0/21", "18.34.0.0/19", "18.34.240.0/22", "18.200.212.0/23", "52.92.0.0/17",
             "52.218.0.0/17")
TRANSIT = identifier("tgw", 1)
TABLES = {realm: identifier("tgw-rtb", 1, at) for at, realm in enumerate(("prod", "dev", "shared"))}
SERVICES = ("ssm", "ecr.api", "logs")
MANAGED = 0x10000   # numbers of interfaces that are no instance's begin here

KEYS = {"nat-gateways": "NatGateways", "transit-gateways": "TransitGateways",
        "transit-gateway-vpc-attachments": "TransitGatewayVpcAttachments",
        "transit-gateway-attachments": "TransitGatewayAttachments",
        "transit-gateway-route-tables": "TransitGatewayRouteTables",
        "vpc-peering-connections": "VpcPeeringConnections", "vpc-endpoints": "VpcEndpoints",
        "managed-prefix-lists": "PrefixLists", "load-balancers": "LoadBalancers",
        "listeners": "Listeners", "target-groups": "TargetGroups"}


def write_json(folder, name, value):
    (folder / f"{name}.json").write_text(json.dumps(value, indent=4) + "\n", encoding="utf-8")


def elb_arn(rest):
    return f"arn:aws:elasticloadbalancing:eu-west-1:{OWNER}:{rest}"


class Peering:
    """The connection of a VPC with its neighbour: one pair of VPCs in four has one."""

    def __init__(self, number, seed):
        self.sides = (number & ~1, number | 1)
        self.id = identifier("pcx", self.sides[0])
        drawn = random.Random(f"{seed}/peering/{self.sides[0]}").random()
        self.pending, self.one_sided = drawn < 0.08, 0.08 <= drawn < 0.18

    def routed_by(self, number):
        return number == self.sides[0] or not (self.pending or self.one_sided)


class Balancer:
    """A load balancer with one listener and one target group."""

    def __init__(self, vpc, place, kind, facing, listen, target):
        self.vpc, self.facing, self.type = vpc, facing, kind
        self.tier = "web" if facing == "internet-facing" else "app"
        (self.protocol, self.port), (self.target_tier, self.by, self.to_port) = listen, target
        short = "app" if kind == "application" else "net"
        self.name = f"{short}-{vpc.number}-{place}"
        code = f"{vpc.number:012x}{place:04x}"
        self.path = f"{short}/{self.name}/{code}"
        self.arn = elb_arn(f"loadbalancer/{self.path}")
        self.target_arn = elb_arn(f"targetgroup/to-{self.name}/{code}")
        self.offset = 800 + 2 * place

    def address(self, zone):
        return str(self.vpc.subnets[self.tier, zone][1].network_address + self.offset)

    def rows(self):
        """Of describe-load-balancers, describe-listeners, describe-target-groups."""
        yield "load-balancers", {
            "LoadBalancerArn": self.arn, "LoadBalancerName": self.name, "Type": self.type,
            "DNSName": f"{self.name}-1.elb.eu-west-1.amazonaws.com", "Scheme": self.facing,
            "CreatedTime": "2026-03-01T08:00:00+00:00", "VpcId": self.vpc.id,
            "CanonicalHostedZoneId": "Z32O12XQLNTSW2", "State": {"Code": "active"},
            "AvailabilityZones": [
                {"ZoneName": zone, "SubnetId": self.vpc.subnets[self.tier, zone][0],
                 "LoadBalancerAddresses": []} for zone in ZONES],
            "IpAddressType": "ipv4",
            **({"SecurityGroups": [self.vpc.groups["alb"]]} if self.type == "application" else {})}
        action = {"Type": "forward", "TargetGroupArn": self.target_arn, "Order": 1}
        if self.type == "application":
            action["ForwardConfig"] = {"TargetGroups": [{"TargetGroupArn": self.target_arn,
                                                         "Weight": 1}],
                                       "TargetGroupStickinessConfig": {"Enabled": False}}
        yield "listeners", {"ListenerArn": elb_arn(f"listener/{self.path}/0000000000000001"),
                            "LoadBalancerArn": self.arn, "Port": self.port,
                            "Protocol": self.protocol, "DefaultActions": [action]}
        protocol = "HTTP" if self.type == "application" else "TCP"
        yield "target-groups", {
            "TargetGroupArn": self.target_arn, "TargetGroupName": f"to-{self.name}",
            "Protocol": protocol, "Port": self.to_port, "VpcId": self.vpc.id,
            "HealthCheckProtocol": protocol, "HealthCheckPort": "traffic-port",
            "HealthCheckEnabled": True, "HealthCheckIntervalSeconds": 30,
            "HealthCheckTimeoutSeconds": 5, "HealthyThresholdCount": 5,
            "UnhealthyThresholdCount": 2, "LoadBalancerArns": [self.arn],
            "TargetType": self.by, "IpAddressType": "ipv4"}

    def targets(self, machines):
        """3 to 10 instances of the tier."""
        able = [one for one in machines if one.tier == self.target_tier]
        sick = self.vpc.style != "good"
        for one in able[:self.vpc.own.randint(3, 10)]:
            health = {"State": "healthy"}
            if sick and self.vpc.own.random() < 0.5:
                health = {"State": "unhealthy", "Reason": "Target.Timeout",
                          "Description": "Request timed out"}
            yield {"Target": {"Id": one.id if self.by == "instance" else one.address,
                              "Port": self.to_port, "AvailabilityZone": one.zone},
                   "HealthCheckPort": str(self.to_port), "TargetHealth": health}

    def attributes(self):
        values = {"stickiness.enabled": "false", "deregistration_delay.timeout_seconds": "300"}
        if self.type == "network":
            values["preserve_client_ip.enabled"] = "true" if self.by == "instance" else "false"
        return [{"Key": key, "Value": value} for key, value in values.items()]


class JoinedVpc(Vpc):
    """A VPC with everything that leads out of it and into it."""

    tiers = TIERS + ("nat", "tgw")

    def __init__(self, number, seed, vpcs):
        super().__init__(number, seed)
        self.own = random.Random(f"{seed}/{number}/between")
        self.broken, self.managed = [], 0
        for place, tier in enumerate(("nat", "tgw"), start=len(TIERS)):
            for side, zone in enumerate(ZONES):
                block = list(self.parts[6].subnets(new_prefix=28))[2 * place + side]
                self.subnets[tier, zone] = (identifier("subnet", number, 2 * place + side), block)
        self.groups.update({"alb": identifier("sg", number, 10),
                            "endpoints": identifier("sg", number, 11)})
        self.realm = "shared" if number % 10 == 0 else "prod" if number % 2 else "dev"
        self.attached = number == 0 or self.own.random() < 0.95
        self.attachment = identifier("tgw-attach", number)
        self.s3_endpoint = identifier("vpce", number)
        self.peering = None
        if number % 8 in (2, 3) and number | 1 < vpcs:
            self.peering = Peering(number, seed)
        self.break_some()
        self.balancers = [Balancer(self, *args) for args in self.draw_balancers()]

    # ---- what is broken -------------------------------------------------------------------------

    def note(self, kind, text):
        self.broken.append((kind, f"{self.id} {text}"))

    def break_some(self):
        self.replies = {tier: HIGH for tier in TIERS}
        if self.style == "narrow":
            for tier in TIERS:
                self.replies[tier] = self.own.choice(NARROW)
            self.note("narrow replies", ", ".join(f"{tier} {low}-{high}" for tier, (low, high)
                                                  in self.replies.items()))
        elif self.style == "broken":
            self.note("lost replies", "to the web servers, and from the databases")
        self.nat_replies = [HIGH]
        drawn = self.own.random()
        if drawn < 0.02:
            self.nat_replies = []
            self.note("lost replies to NAT gateways", "none are let in")
        elif drawn < 0.10:
            self.nat_replies = [self.own.choice(NARROW)]
            self.note("narrow replies to NAT gateways", f"{self.nat_replies[0]}")
        self.lost_nat = self.own.random() < 0.01
        if self.lost_nat:
            self.note("deleted NAT gateways", ZONES[1])
        self.node_replies = HIGH
        if self.own.random() < 0.05:
            self.node_replies = (32768, 65535)
            self.note("narrow replies to load balancers", f"{self.node_replies}")
        self.tgw_open = not self.attached or self.own.random() >= 0.03
        if not self.tgw_open:
            self.note("closed attachment subnets", identifier("acl", self.number, 4))
        if self.peering and self.number == self.peering.sides[0]:
            if self.peering.pending:
                self.note("pending peering connections", self.peering.id)
            if self.peering.one_sided:
                self.note("one-sided peering connections", self.peering.id)

    def is_fine(self):
        """No part of it loses a reply; one VPC in three denies 3389 to everybody."""
        return self.number % 3 and not self.broken and self.attached and not self.peering and self.style == "good"

    def instance(self, place):
        return identifier("i", self.number, place)

    def public_alb(self):
        return self.balancers[0].arn

    # ---- lists, groups and routes ---------------------------------------------------------------

    def rules_of(self, tier):
        inside, replies = str(self.block), self.replies.get(tier)
        rules = []
        if tier == "web":
            rules = [(False, (80, 80), ANY), (False, (443, 443), ANY), (False, (22, 22), OFFICE),
                     (True, (443, 443), ANY), (True, (8080, 8080), inside), (True, replies, ANY)]
            if self.style != "broken":
                rules.append((False, self.node_replies, ANY))
        elif tier == "app":
            rules = [(False, (port, port), inside) for port in (22, 443, 5432, 7946)]
            rules += [(False, (port, port), ORGANISATION) for port in (80, 8080)]
            rules += [(True, (port, port), inside) for port in (5432, 7946)]
            rules += [(True, (port, port), ORGANISATION) for port in (80, 8080)]
            rules += [(False, HIGH, ANY), (True, (443, 443), ANY), (True, replies, ORGANISATION)]
        elif tier == "db":
            rules = [(False, (5432, 5432), block) for block in self.tier_blocks("app")]
            if self.style != "broken":
                rules += [(True, replies, inside)]
        elif tier == "nat":
            rules = [(False, (port, port), inside) for port in (80, 443)]
            rules += [(True, (port, port), ANY) for port in (80, 443)]
            rules += [(False, high, ANY) for high in self.nat_replies] + [(True, HIGH, inside)]
        return rules

    def acl_entries(self, tier):
        return open_entries() if tier == "tgw" and self.tgw_open else super().acl_entries(tier)

    def group_rules(self):
        rules = super().group_rules()
        rules["app"] += [(8080, self.groups["alb"]), (8080, ORGANISATION)]
        rules["db"] += [(5432, block) for block in self.tier_blocks("app")]
        rules["alb"] = [(80, ANY), (443, ANY)]
        rules["endpoints"] = [(443, str(self.block))]
        return rules

    def routes(self, key, target, state="active"):
        """What all route tables share, behind the default route."""
        def route(where, key, target, state="active"):
            return {where: target[0], key: target[1], "Origin": "CreateRoute", "State": state}
        rows = [route("DestinationCidrBlock", key, (ANY, target), state),
                {"DestinationPrefixListId": S3_LIST, "GatewayId": self.s3_endpoint,
                 "Origin": "CreateRoute", "State": "active"}]
        if self.attached:
            rows.append(route("DestinationCidrBlock", "TransitGatewayId", (ORGANISATION, TRANSIT)))
        if self.peering and self.peering.routed_by(self.number):
            other = self.peering.sides[self.number == self.peering.sides[0]]
            rows.append(route("DestinationCidrBlock", "VpcPeeringConnectionId",
                              (str(self.block_of(other)), self.peering.id),
                              "blackhole" if self.peering.pending else "active"))
        return rows

    def route_table_rows(self):
        def subnets(*keys):
            return [self.subnets[key][0] for key in keys]
        gateway = ("GatewayId", identifier("igw", self.number))
        yield self.table_row(0, subnets(*(("web", zone) for zone in ZONES)),
                             self.routes(*gateway), "web")
        for side, zone in enumerate(ZONES):
            nat = identifier("nat", self.number, side)
            yield self.table_row(1 + side, subnets(("app", zone), ("db", zone)), self.routes(
                "NatGatewayId", nat, "blackhole" if side and self.lost_nat else "active"),
                                 f"private-{zone}")
        away = {"DestinationCidrBlock": ANY, "Origin": "CreateRoute", "State": "active",
                gateway[0]: gateway[1]}
        yield self.table_row(3, subnets(*(("nat", zone) for zone in ZONES)), [away], "nat")
        main = self.table_row(4, [], [], "main")   # of the attachment's subnets
        main["Associations"] = [{"Main": True, "RouteTableId": main["RouteTableId"],
                                 "RouteTableAssociationId": identifier("rtbassoc", self.number, 99),
                                 "AssociationState": {"State": "associated"}}]
        yield main

    # ---- interfaces that are no instance's ------------------------------------------------------

    def managed_row(self, tier, zone, address, kind, description, groups=(), public=None):
        name = identifier("eni", self.number, MANAGED + self.managed)
        subnet = self.subnets[tier, zone][0]
        self.managed += 1
        row = {"AvailabilityZone": zone, "Description": description,
               "Groups": [{"GroupId": self.groups[one], "GroupName": f"{one}-{self.number}"}
                          for one in groups],
               "Attachment": {"AttachmentId": name.replace("eni-", "eni-attach-"),
                              "DeleteOnTermination": False, "DeviceIndex": 1,
                              "InstanceOwnerId": "amazon-aws", "Status": "attached"},
               "InterfaceType": kind, "Ipv6Addresses": [], "MacAddress": "02:00:00:00:00:01",
               "NetworkInterfaceId": name, "OwnerId": OWNER, "PrivateIpAddress": address,
               "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": address}],
               "RequesterId": "amazon-elb", "RequesterManaged": True,
               "SourceDestCheck": kind == "interface", "Status": "in-use", "SubnetId": subnet,
               "TagSet": [], "VpcId": self.id, "DenyAllIgwTraffic": False,
               "Operator": {"Managed": False}}
        if public:
            row["Association"] = {"IpOwnerId": OWNER, "PublicIp": public}
            row["PrivateIpAddresses"][0]["Association"] = row["Association"]
        return row

    def public(self, place):
        """Public addresses of what is no instance: ten a VPC, made up."""
        unit = 10 * self.number + place
        return f"203.16.{unit // 250}.{1 + unit % 250}"

    def nat_rows(self):
        for side, zone in enumerate(ZONES):
            subnet, block = self.subnets["nat", zone]
            name, address = identifier("nat", self.number, side), str(block.network_address + 4)
            gone = side and self.lost_nat
            eni = None
            if not gone:
                eni = self.managed_row("nat", zone, address, "nat_gateway",
                                       f"Interface for NAT Gateway {name}",
                                       public=self.public(side))
            yield eni, {
                "CreateTime": "2026-03-01T08:00:00+00:00", "NatGatewayId": name,
                "NatGatewayAddresses": [] if gone else [
                    {"AllocationId": identifier("eipalloc", self.number, MANAGED + side),
                     "NetworkInterfaceId": eni["NetworkInterfaceId"], "PrivateIp": address,
                     "PublicIp": self.public(side), "IsPrimary": True, "Status": "succeeded"}],
                "State": "deleted" if gone else "available", "SubnetId": subnet, "VpcId": self.id,
                "Tags": tags(f"nat-{zone}"), "ConnectivityType": "public",
                "AvailabilityMode": "zonal"}

    def attachment_rows(self):
        """Of describe-transit-gateway-vpc-attachments and describe-transit-gateway-attachments."""
        both = {"TransitGatewayAttachmentId": self.attachment, "TransitGatewayId": TRANSIT,
                "State": "available", "CreationTime": "2026-03-01T08:00:00+00:00",
                "Tags": tags(f"{self.realm}-{self.number}")}
        return ({**both, "VpcId": self.id, "VpcOwnerId": OWNER,
                 "SubnetIds": [self.subnets["tgw", zone][0] for zone in ZONES],
                 "Options": {"DnsSupport": "enable", "Ipv6Support": "disable",
                             "SecurityGroupReferencingSupport": "enable",
                             "ApplianceModeSupport": "disable"}},
                {**both, "TransitGatewayOwnerId": OWNER, "ResourceOwnerId": OWNER,
                 "ResourceType": "vpc", "ResourceId": self.id,
                 "Association": {"TransitGatewayRouteTableId": TABLES[self.realm],
                                 "State": "associated"}})

    def endpoint_rows(self):
        common = {"VpcId": self.id, "State": "available", "OwnerId": OWNER,
                  "RequesterManaged": False, "CreationTimestamp": "2026-03-01T08:00:00+00:00"}
        yield [], {"VpcEndpointId": self.s3_endpoint, "VpcEndpointType": "Gateway", "SubnetIds": [],
                   "ServiceName": "com.amazonaws.eu-west-1.s3", "Groups": [],
                   "NetworkInterfaceIds": [], "Tags": tags(f"s3-{self.number}"),
                   "RouteTableIds": [identifier("rtb", self.number, at) for at in range(3)],
                   **common}
        for place, service in enumerate(SERVICES, start=1):
            name = identifier("vpce", self.number, place)
            enis = [self.managed_row(
                "app", zone, str(self.subnets["app", zone][1].network_address + 900 + place),
                "vpc_endpoint", f"VPC Endpoint Interface {name}", ["endpoints"]) for zone in ZONES]
            yield enis, {"VpcEndpointId": name, "VpcEndpointType": "Interface",
                         "ServiceName": f"com.amazonaws.eu-west-1.{service}", "RouteTableIds": [],
                         "SubnetIds": [self.subnets["app", zone][0] for zone in ZONES],
                         "Groups": [{"GroupId": self.groups["endpoints"],
                                     "GroupName": f"endpoints-{self.number}"}],
                         "NetworkInterfaceIds": [eni["NetworkInterfaceId"] for eni in enis],
                         "PrivateDnsEnabled": True, "Tags": tags(f"{service}-{self.number}"),
                         **common}

    def draw_balancers(self):
        found = [("application", "internet-facing", ("HTTPS", 443), ("app", "instance", 8080))]
        for share, args in (
                (0.6, ("network", "internal", ("TCP", 5432), ("db", "ip", 5432))),
                (0.4, ("application", "internal", ("HTTP", 80), ("app", "instance", 8080))),
                (0.2, ("network", "internet-facing", ("TCP", 443), ("web", "instance", 443)))):
            if self.own.random() < share:
                found.append(args)
        return [(place, *args) for place, args in enumerate(found)]

    # ---- writing --------------------------------------------------------------------------------

    def write_balancer(self, folder, out, balancer, machines):
        for name, row in balancer.rows():
            out[name].add(row)
        kind = "interface" if balancer.type == "application" else "network_load_balancer"
        groups = ["alb"] if balancer.type == "application" else []
        for side, zone in enumerate(ZONES):
            public = None
            if balancer.facing == "internet-facing":
                public = self.public(2 + 2 * self.balancers.index(balancer) + side)
            out["network-interfaces"].add(self.managed_row(
                balancer.tier, zone, balancer.address(zone), kind, f"ELB {balancer.path}", groups,
                public))
        whose = {"TargetGroupArn": balancer.target_arn}
        write_json(folder, f"target-health-{balancer.name}", {
            **whose, "TargetHealthDescriptions": list(balancer.targets(machines))})
        write_json(folder, f"target-group-attributes-{balancer.name}", {
            **whose, "Attributes": balancer.attributes()})

    def write(self, folder, out, machines):
        enis = out["network-interfaces"]
        for eni, row in self.nat_rows():
            if eni:
                enis.add(eni)
            out["nat-gateways"].add(row)
        if self.attached:
            for zone in ZONES:
                enis.add(self.managed_row(
                    "tgw", zone, str(self.subnets["tgw", zone][1].network_address + 4),
                    "transit_gateway",
                    f"Network Interface for Transit Gateway Attachment {self.attachment}"))
            first, second = self.attachment_rows()
            out["transit-gateway-vpc-attachments"].add(first)
            out["transit-gateway-attachments"].add(second)
        for rows, endpoint in self.endpoint_rows():
            for row in rows:
                enis.add(row)
            out["vpc-endpoints"].add(endpoint)
        targets = folder / "targets"
        targets.mkdir(exist_ok=True)
        for balancer in self.balancers:
            self.write_balancer(targets, out, balancer, machines)


# ---- what the VPCs share ------------------------------------------------------------------------


def transit_route(block, vpc, kind):
    route = {"DestinationCidrBlock": block, "Type": kind, "State": "active"}
    if vpc is None:
        return {**route, "State": "blackhole", "TransitGatewayAttachments": []}
    return {**route, "TransitGatewayAttachments": [
        {"ResourceId": vpc.id, "TransitGatewayAttachmentId": vpc.attachment,
         "ResourceType": "vpc"}]}


def transit_routes(realm, vpcs):
    """Fewer than the thousand that AWS prints: prod and dev see themselves and what is shared."""
    seen = [vpc for vpc in vpcs if vpc.attached and
            (realm == "shared" or vpc.realm in (realm, "shared"))]
    rows = [transit_route(str(vpc.block), vpc, "propagated") for vpc in seen]
    rows.append(transit_route("10.255.0.0/16", None, "static"))
    if realm != "shared":
        rows.append(transit_route(ANY, vpcs[0], "static"))
        rows += [transit_route(str(vpc.parts[1]), vpc, "static") for vpc in seen[3::16]]
    return rows


def write_shared(folder, out, vpcs):
    default = {"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable",
               "SecurityGroupReferencingSupport": "disable", "DnsSupport": "enable"}
    out["transit-gateways"].add({
        "TransitGatewayId": TRANSIT, "State": "available", "OwnerId": OWNER, "Description": "all",
        "TransitGatewayArn": f"arn:aws:ec2:eu-west-1:{OWNER}:transit-gateway/{TRANSIT}",
        "Options": {"AmazonSideAsn": 64512, **default}, "Tags": tags("all")})
    for realm, table in TABLES.items():
        out["transit-gateway-route-tables"].add({
            "TransitGatewayRouteTableId": table, "TransitGatewayId": TRANSIT, "State": "available",
            "DefaultAssociationRouteTable": False, "DefaultPropagationRouteTable": False,
            "Tags": tags(realm)})
        write_json(folder, f"transit-gateway-routes-{table}", {
            "TransitGatewayRouteTableId": table, "Routes": transit_routes(realm, vpcs),
            "AdditionalRoutesAvailable": False})
    for vpc in vpcs:
        if vpc.peering and vpc.number == vpc.peering.sides[0]:
            out["vpc-peering-connections"].add(peering_row(vpc.peering, vpcs))
    out["managed-prefix-lists"].add({
        "PrefixListId": S3_LIST, "AddressFamily": "IPv4", "State": "create-complete",
        "PrefixListArn": f"arn:aws:ec2:eu-west-1:aws:prefix-list/{S3_LIST}",
        "PrefixListName": "com.amazonaws.eu-west-1.s3", "Tags": [], "OwnerId": "AWS"})
    write_json(folder, f"prefix-list-entries-{S3_LIST}",
               {"Entries": [{"Cidr": block} for block in S3_BLOCKS]})


def peering_row(peering, vpcs):
    def side(number):
        block = str(vpcs[number].block)
        return {"CidrBlock": block, "CidrBlockSet": [{"CidrBlock": block}], "OwnerId": OWNER,
                "VpcId": vpcs[number].id, "Region": "eu-west-1"}
    code = "pending-acceptance" if peering.pending else "active"
    accepter = side(peering.sides[1])
    if peering.pending:
        accepter = {key: accepter[key] for key in ("OwnerId", "VpcId", "Region")}
    return {"VpcPeeringConnectionId": peering.id, "Status": {"Code": code, "Message": code},
            "RequesterVpcInfo": side(peering.sides[0]), "AccepterVpcInfo": accepter,
            "Tags": tags(f"peering-{peering.sides[0]}")}
