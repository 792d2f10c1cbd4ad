# SPDX-License-Identifier: Apache-2.0
"""What describe-* answers say about a whole network: VPCs, routes, gateways, load balancers.

Plain look-ups only; walker.py does the walking. Written from the specification, section 9.1.
"""

import ipaddress

from oracle import Acl, rules_of

NAT64 = ipaddress.ip_network("64:ff9b::/96")
ON_PREMISES = ("vpn", "vpn-concentrator", "direct-connect-gateway", "client-vpn")


class Undecided(Exception):
    """Neither the specification nor docs/paths.md says what happens: no verdict to compare."""


def block(text):
    return ipaddress.ip_network(text, strict=False)


def inside(address, blocks):
    return any(address.version == one.version and address in one for one in blocks)


class Interface:
    """An interface, or the node of a load balancer that acts like one."""

    def __init__(self, name, subnet, addresses, groups, publics=None, instance=None):
        self.id, self.subnet, self.groups = name, subnet, groups
        self.addresses = [ipaddress.ip_address(one) for one in addresses]
        self.publics = publics or {}  # private address: public address
        self.instance = instance


class Subnet:
    def __init__(self, data):
        self.id, self.vpc = data["SubnetId"], data["VpcId"]
        texts = [data["CidrBlock"]] if data.get("CidrBlock") else []
        texts += [one["Ipv6CidrBlock"] for one in data.get("Ipv6CidrBlockAssociationSet", [])]
        self.blocks = [block(one) for one in texts]
        self.zone = data.get("AvailabilityZone")
        self.shut = (data.get("BlockPublicAccessStates") or {}).get("InternetGatewayBlockMode")

    def holds(self, address):
        return inside(address, self.blocks)


class Vpc:
    def __init__(self, data):
        self.id = data["VpcId"]
        texts = [data["CidrBlock"]]
        texts += [one["CidrBlock"] for one in data.get("CidrBlockAssociationSet", [])]
        texts += [one["Ipv6CidrBlock"] for one in data.get("Ipv6CidrBlockAssociationSet", [])]
        self.primary = block(data["CidrBlock"])
        self.blocks = [block(one) for one in dict.fromkeys(texts)]
        self.shut = (data.get("BlockPublicAccessStates") or {}).get("InternetGatewayBlockMode")


class Route:
    """One row of a route table, with the blocks that it stands for."""

    TARGETS = (("NatGatewayId", "nat"), ("TransitGatewayId", "tgw"),
               ("VpcPeeringConnectionId", "pcx"), ("EgressOnlyInternetGatewayId", "eigw"),
               ("NetworkInterfaceId", "eni"), ("InstanceId", "eni"))

    def __init__(self, data, lists):
        self.state = data.get("State", "active")
        self.static = data.get("Origin") != "EnableVgwRoutePropagation"
        text = data.get("DestinationCidrBlock") or data.get("DestinationIpv6CidrBlock")
        self.list = data.get("DestinationPrefixListId")
        self.missing = text is None and self.list not in lists
        self.blocks = [block(text)] if text else lists.get(self.list, [])
        self.kind, self.target = "other", None
        for key, kind in self.TARGETS:
            if data.get(key):
                self.kind, self.target = kind, data[key]
        if data.get("GatewayId"):
            self.target = data["GatewayId"]
            self.kind = self.target.split("-")[0]


class TransitRoute:
    def __init__(self, blocks, static, state, attachments):
        self.blocks, self.static, self.state = blocks, static, state
        self.attachments = attachments


class Estate:
    def __init__(self, documents):
        self.vpcs, self.subnets, self.acls, self.interfaces = {}, {}, {}, {}
        self.groups, self.lists, self.windows, self.instances = {}, {}, set(), {}
        self.tables, self.igws, self.eigws, self.nats, self.pcxs = {}, {}, {}, {}, {}
        self.vpc_attachments, self.attachments, self.transit_tables = {}, {}, {}
        self.endpoints, self.balancers, self.listeners = {}, {}, []
        self.target_groups, self.targets, self.attributes = {}, {}, {}
        documents = [part for document in documents for part in flatten(document)]
        for document in documents:
            self.add_lists(document)
        for document in documents:
            self.add_places(document)
            self.add_ways(document)
            self.add_balancers(document)

    def add_lists(self, document):
        if "PrefixListId" in document:
            self.lists[document["PrefixListId"]] = [block(one["Cidr"])
                                                    for one in document["Entries"]]
        for data in document.get("PrefixLists", []):
            if "Cidrs" in data:
                self.lists[data["PrefixListId"]] = [block(one) for one in data["Cidrs"]]

    def add_places(self, document):
        for data in document.get("Vpcs", []):
            self.vpcs[data["VpcId"]] = Vpc(data)
        for data in document.get("Subnets", []):
            self.subnets[data["SubnetId"]] = Subnet(data)
        for data in document.get("NetworkAcls", []):
            self.acls[data["NetworkAclId"]] = Acl(data)
        for data in document.get("SecurityGroups", []):
            self.groups[data["GroupId"]] = rules_of(data)
        for data in document.get("NetworkInterfaces", []):
            addresses = [one["PrivateIpAddress"] for one in data.get("PrivateIpAddresses", [])]
            addresses += [one["Ipv6Address"] for one in data.get("Ipv6Addresses", [])]
            publics = {one["PrivateIpAddress"]: one["Association"]["PublicIp"]
                       for one in data.get("PrivateIpAddresses", [])
                       if (one.get("Association") or {}).get("PublicIp")}
            self.interfaces[data["NetworkInterfaceId"]] = Interface(
                data["NetworkInterfaceId"], data["SubnetId"], addresses,
                [one["GroupId"] for one in data.get("Groups", [])], publics,
                (data.get("Attachment") or {}).get("InstanceId"))
        for reservation in document.get("Reservations", []):
            for data in reservation["Instances"]:
                self.instances[data["InstanceId"]] = data
                if (data.get("Platform") or "").lower() == "windows":
                    self.windows.add(data["InstanceId"])

    def add_ways(self, document):
        for data in document.get("RouteTables", []):
            self.tables[data["RouteTableId"]] = (
                data["VpcId"], [one for one in data.get("Associations", [])],
                [Route(one, self.lists) for one in data["Routes"]])
        for data in document.get("InternetGateways", []):
            self.igws[data["InternetGatewayId"]] = [one["VpcId"] for one in data["Attachments"]]
        for data in document.get("EgressOnlyInternetGateways", []):
            self.eigws[data["EgressOnlyInternetGatewayId"]] = [one["VpcId"] for one in
                                                               data["Attachments"]]
        for data in document.get("NatGateways", []):
            self.nats[data["NatGatewayId"]] = data
        for data in document.get("VpcPeeringConnections", []):
            self.pcxs[data["VpcPeeringConnectionId"]] = data
        for data in document.get("TransitGatewayVpcAttachments", []):
            self.vpc_attachments[data["TransitGatewayAttachmentId"]] = data
        for data in document.get("TransitGatewayAttachments", []):
            self.attachments[data["TransitGatewayAttachmentId"]] = data
        if "TransitGatewayRouteTableId" in document:
            self.transit_tables.setdefault(document["TransitGatewayRouteTableId"], []).append(
                document)
        for data in document.get("VpcEndpoints", []):
            self.endpoints[data["VpcEndpointId"]] = data

    def add_balancers(self, document):
        for data in document.get("LoadBalancers", []):
            self.balancers[data["LoadBalancerArn"]] = data
        self.listeners += document.get("Listeners", [])
        for data in document.get("TargetGroups", []):
            self.target_groups[data["TargetGroupArn"]] = data
        if "TargetHealthDescriptions" in document:
            self.targets[document["TargetGroupArn"]] = document["TargetHealthDescriptions"]
        if "Attributes" in document and "TargetGroupArn" in document:
            self.attributes[document["TargetGroupArn"]] = {
                one["Key"]: one["Value"] for one in document["Attributes"]}

    def subnet_at(self, vpc, address):
        for one in self.subnets.values():
            if one.vpc == vpc and one.holds(address):
                return one
        return None

    def acl_of(self, subnet):
        for acl in self.acls.values():
            if subnet.id in acl.subnets:
                return acl
        for acl in self.acls.values():  # SPEC: nacl-default-association
            if acl.default and acl.vpc == subnet.vpc:
                return acl
        raise Undecided(f"no list for {subnet.id}")

    def holder(self, vpc, address):
        """The interface that has an address of a VPC."""
        for one in self.interfaces.values():
            if address in one.addresses and self.subnets[one.subnet].vpc == vpc:
                return one
        return None

    def table_of(self, subnet):
        """SPEC: cli-main-route-table"""
        main = None
        for name, (vpc, associations, _) in self.tables.items():
            for one in associations:
                if one.get("SubnetId") == subnet.id:
                    return name
                if one.get("Main") and vpc == subnet.vpc:
                    main = name
        if main is None:
            raise Undecided(f"no route table for {subnet.id}")
        return main

    def route(self, subnet, address):
        """The route that an address takes from a subnet: the longest prefix, then a static one.
        None: no route."""
        best, length, missing, tied = None, -1, False, False
        for route in self.tables[self.table_of(subnet)][2]:
            missing = missing or route.missing
            for one in route.blocks:
                if one.version != address.version or address not in one:
                    continue
                if best is not None and (one.prefixlen, route.static) == (length, best.static):
                    tied = tied or (best.target, best.state) != (route.target, route.state)
                elif best is None or (one.prefixlen, route.static) > (length, best.static):
                    best, length, tied = route, one.prefixlen, False
        if tied:
            raise Undecided(f"two routes for one block in {self.table_of(subnet)}")
        if best is not None and not best.static and inside(address, self.vpcs[subnet.vpc].blocks):
            raise Undecided("a propagated route for addresses of the VPC")
        for one in self.vpcs[subnet.vpc].blocks:
            if one.version == address.version and address in one and one.prefixlen >= length:
                best, length = Route({"GatewayId": "local"}, {}), one.prefixlen
        if missing and (best is None or best.kind != "local"):
            raise Undecided("a route names a prefix list that is not in the input")
        return best

    def association(self, attachment):
        """The transit gateway's table that a packet from this attachment meets."""
        data = self.attachments.get(attachment)
        table = ((data or {}).get("Association") or {}).get("TransitGatewayRouteTableId")
        if table is None:
            raise Undecided(f"{attachment} has no association")
        return table

    def transit_routes(self, table):
        if table not in self.transit_tables:
            raise Undecided(f"the routes of {table} are not in the input")
        for document in self.transit_tables[table]:
            for data in document.get("Routes", []):
                text = data.get("DestinationCidrBlock") or data.get("DestinationIpv6CidrBlock")
                blocks = [block(text)] if text else self.lists.get(data.get("PrefixListId"), [])
                yield TransitRoute(blocks, data["Type"] == "static", data["State"],
                                   [one["TransitGatewayAttachmentId"]
                                    for one in data.get("TransitGatewayAttachments", [])])
            for data in document.get("TransitGatewayRouteTablePropagations", []):
                vpc = self.vpcs.get(data["ResourceId"])
                yield TransitRoute(vpc.blocks if vpc else [], False, "active",
                                   [data["TransitGatewayAttachmentId"]])

    def transit_route(self, table, address):
        """The longest prefix wins, then a static route."""
        best, tied = None, False
        for route in self.transit_routes(table):
            for one in route.blocks:
                if one.version == address.version and address in one:
                    rank = (one.prefixlen, route.static)
                    if best is None or rank > best[0]:
                        best, tied = (rank, route), False
                    elif rank == best[0]:
                        tied = tied or (route.state, sorted(route.attachments)) != (
                            best[1].state, sorted(best[1].attachments))
        if tied:
            raise Undecided(f"two routes for one block in {table}")
        return best[1] if best else None

    def attachment_between(self, tgw, vpc):
        for name, data in self.vpc_attachments.items():
            if data["TransitGatewayId"] == tgw and data["VpcId"] == vpc:
                return name
        return None

    def peer_of(self, pcx, vpc):
        """The other side's (VPC id, blocks), or None where this VPC takes no part."""
        sides = [pcx["RequesterVpcInfo"], pcx["AccepterVpcInfo"]]
        for one, other in (sides, sides[::-1]):
            if one["VpcId"] == vpc:
                texts = [other["CidrBlock"]] if other.get("CidrBlock") else []
                texts += [part["CidrBlock"] for part in other.get("CidrBlockSet", [])]
                texts += [part["Ipv6CidrBlock"] for part in other.get("Ipv6CidrBlockSet", [])]
                return other["VpcId"], [block(text) for text in texts]
        return None

    def balancer_nodes(self, balancer, version):
        """(subnet, one node) for each subnet of a load balancer and each address that differs."""
        for part in balancer["AvailabilityZones"]:
            subnet = self.subnets[part["SubnetId"]]
            named = [one.get("PrivateIPv4Address") if version == 4 else one.get("IPv6Address")
                     for one in part.get("LoadBalancerAddresses", [])]
            addresses = [one for one in named if one] or self.hosts(subnet, version)
            for address in addresses:
                yield Interface(balancer["LoadBalancerArn"], subnet.id, [address],
                                balancer.get("SecurityGroups") or [])

    def hosts(self, subnet, version):
        """One host for each piece of a subnet's block that no list or rule cuts."""
        found = []
        for own in subnet.blocks:
            if own.version != version:
                continue
            cuts = {int(own.network_address)}
            for one in self.cutting_blocks():
                if one.version == version and one != own and one.subnet_of(own) and \
                        one.prefixlen < one.max_prefixlen:
                    cuts |= {int(one.network_address), int(one.broadcast_address) + 1}
            last = int(own.broadcast_address)
            found += [str(own.network_address + (cut - int(own.network_address) + 5))
                      for cut in sorted(cuts) if cut + 5 <= last]
        return found[:4]

    def cutting_blocks(self):
        for acl in self.acls.values():
            for entry in acl.entries:
                yield entry.block
        for rules in self.groups.values():
            for rule in rules:
                if rule.kind in ("IpRanges", "Ipv6Ranges"):
                    yield block(rule.peer)


def flatten(document):
    """Batfish wraps the answers of elbv2 in lists."""
    yield document
    for key in ("LoadBalancerListeners", "LoadBalancerTargetHealth"):
        yield from document.get(key, [])
