# SPDX-License-Identifier: Apache-2.0
"""A network being drawn: one method for each kind of object, in the shape of `aws ... describe-*`.

Used by the hand-made networks of test_walker_self.py and by the random ones of network.py.
"""

import json
import pathlib

ANY4, ANY6 = "0.0.0.0/0", "::/0"
ACCOUNT, REGION = "123456789012", "eu-west-1"
OPEN = [(-1, None, ANY4), (-1, None, ANY6)]
ALL_GROUP = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": ANY4}], "PrefixListIds": [],
             "Ipv6Ranges": [{"CidrIpv6": ANY6}], "UserIdGroupPairs": []}
TARGETS = {"igw": "GatewayId", "vgw": "GatewayId", "vpce": "GatewayId", "local": "GatewayId",
           "nat": "NatGatewayId", "tgw": "TransitGatewayId", "pcx": "VpcPeeringConnectionId",
           "eigw": "EgressOnlyInternetGatewayId", "eni": "NetworkInterfaceId"}
FILES = {
    "vpcs": "Vpcs", "subnets": "Subnets", "network-acls": "NetworkAcls",
    "security-groups": "SecurityGroups", "network-interfaces": "NetworkInterfaces",
    "route-tables": "RouteTables", "internet-gateways": "InternetGateways",
    "egress-only-internet-gateways": "EgressOnlyInternetGateways",
    "nat-gateways": "NatGateways", "vpc-peering-connections": "VpcPeeringConnections",
    "transit-gateways": "TransitGateways",
    "transit-gateway-vpc-attachments": "TransitGatewayVpcAttachments",
    "transit-gateway-attachments": "TransitGatewayAttachments",
    "vpc-endpoints": "VpcEndpoints", "managed-prefix-lists": "PrefixLists",
    "load-balancers": "LoadBalancers", "listeners": "Listeners",
    "target-groups": "TargetGroups"}


def row(number, egress, protocol, ports, block, action="allow"):
    """One entry of a network ACL; `ports` is a pair, for ICMP (type, code), or None."""
    data = {"RuleNumber": number, "Egress": egress, "RuleAction": action,
            "Protocol": str(protocol), "Ipv6CidrBlock" if ":" in block else "CidrBlock": block}
    if protocol in (6, 17):
        data["PortRange"] = dict(zip(("From", "To"), ports or (0, 65535)))
    elif protocol in (1, 58):
        data["IcmpTypeCode"] = dict(zip(("Type", "Code"), ports or (-1, -1)))
    return data


class Plan:
    def __init__(self):
        self.rows = {name: [] for name in FILES}
        self.instances, self.wrapped = [], []
        self.parents, self.names = {}, {}

    def name(self, prefix):
        self.names[prefix] = self.names.get(prefix, 0) + 1
        return f"{prefix}-0{self.names[prefix]:07x}"

    def public(self):
        """An Elastic IP that nobody else has."""
        self.names["eip"] = self.names.get("eip", 0) + 1
        return f"192.0.2.{self.names['eip']}"

    def documents(self):
        """{file name: answer}"""
        found = {f"{name}.json": {key: self.rows[name]} for name, key in FILES.items()
                 if self.rows[name]}
        if self.instances:
            found["instances.json"] = {"Reservations": [{
                "ReservationId": "r-0a", "OwnerId": ACCOUNT, "Instances": self.instances}]}
        for number, (name, document) in enumerate(self.wrapped):
            found[f"{name}-{number}.json"] = document
        return found

    # --- places

    def vpc(self, block, six=None):
        name = self.name("vpc")
        self.rows["vpcs"].append({
            "VpcId": name, "CidrBlock": block, "IsDefault": False, "State": "available",
            "CidrBlockAssociationSet": [{"CidrBlock": block,
                                         "CidrBlockState": {"State": "associated"}}],
            "Ipv6CidrBlockAssociationSet": [
                {"Ipv6CidrBlock": six, "Ipv6CidrBlockState": {"State": "associated"}}] if six
            else [], "Tags": []})
        return name

    def subnet(self, vpc, block, zone="a", six=None):
        name = self.name("subnet")
        self.parents[name] = vpc
        self.rows["subnets"].append({
            "SubnetId": name, "VpcId": vpc, "CidrBlock": block, "State": "available",
            "AvailabilityZone": REGION + zone, "AvailabilityZoneId": f"euw1-az{ord(zone) - 96}",
            "Ipv6CidrBlockAssociationSet": [
                {"Ipv6CidrBlock": six, "Ipv6CidrBlockState": {"State": "associated"}}] if six
            else [], "MapPublicIpOnLaunch": False, "Ipv6Native": False, "Tags": []})
        return name

    def acl(self, vpc, subnets, ingress=None, egress=None, default=False):
        """`ingress` and `egress`: (protocol, ports, block[, action]) in order; None lets all
        pass."""
        name, entries = self.name("acl"), []
        for out, rules in ((True, egress), (False, ingress)):
            for number, rule in enumerate(OPEN if rules is None else rules, start=1):
                entries.append(row(10 * number, out, *rule))
            entries.append(row(32767, out, -1, None, ANY4, "deny"))
            entries.append(row(32768, out, -1, None, ANY6, "deny"))
        self.rows["network-acls"].append({
            "NetworkAclId": name, "VpcId": vpc, "IsDefault": default, "OwnerId": ACCOUNT,
            "Associations": [{"NetworkAclAssociationId": "aclassoc-" + one.split("-")[1],
                              "NetworkAclId": name, "SubnetId": one} for one in subnets],
            "Entries": entries, "Tags": []})
        return name

    def table(self, vpc, subnets, routes, main=False):
        """`routes`: (block or prefix list, target[, state or "propagated"])."""
        name, ways = self.name("rtb"), []
        own = next(one for one in self.rows["vpcs"] if one["VpcId"] == vpc)
        locals_ = [(one["CidrBlock"], "local") for one in own["CidrBlockAssociationSet"]]
        locals_ += [(one["Ipv6CidrBlock"], "local")
                    for one in own["Ipv6CidrBlockAssociationSet"]]
        for block, target, *state in locals_ + list(routes):
            key = "DestinationPrefixListId" if block.startswith("pl-") else \
                "DestinationIpv6CidrBlock" if ":" in block else "DestinationCidrBlock"
            ways.append({key: block, TARGETS[target.split("-")[0]]: target,
                         "Origin": "CreateRouteTable" if target == "local" else
                                   "EnableVgwRoutePropagation" if "propagated" in state else
                                   "CreateRoute",
                         "State": "blackhole" if "blackhole" in state else "active"})
        associations = [{"Main": False, "SubnetId": one, "RouteTableId": name,
                         "RouteTableAssociationId": "rtbassoc-" + one.split("-")[1]}
                        for one in subnets]
        if main:
            associations.append({"Main": True, "RouteTableId": name,
                                 "RouteTableAssociationId": "rtbassoc-m" + name[-4:]})
        self.rows["route-tables"].append({
            "RouteTableId": name, "VpcId": vpc, "OwnerId": ACCOUNT, "PropagatingVgws": [],
            "Associations": associations, "Routes": ways, "Tags": []})
        return name

    def group(self, vpc, ingress=None, egress=None):
        """Permissions as AWS prints them; None lets all pass."""
        name = self.name("sg")
        self.rows["security-groups"].append({
            "GroupId": name, "GroupName": name, "Description": "", "VpcId": vpc,
            "OwnerId": ACCOUNT, "Tags": [],
            "IpPermissions": [ALL_GROUP] if ingress is None else ingress,
            "IpPermissionsEgress": [ALL_GROUP] if egress is None else egress})
        return name

    def eni(self, subnet, address, groups, six=None, public=None, windows=False, kind="interface"):
        """An interface, with its instance where it is an ordinary one; its id."""
        name, association = self.name("eni"), {}
        if public:
            association = {"Association": {"PublicIp": public, "IpOwnerId": ACCOUNT}}
        data = {"NetworkInterfaceId": name, "SubnetId": subnet, "VpcId": self.parents[subnet],
                "InterfaceType": kind, "RequesterManaged": kind != "interface",
                "Description": "", "Status": "in-use", "SourceDestCheck": True, "TagSet": [],
                "PrivateIpAddress": address,
                "PrivateIpAddresses": [{"PrivateIpAddress": address, "Primary": True,
                                        **association}], **association,
                "Ipv6Addresses": [{"Ipv6Address": six}] if six else [],
                "Groups": [{"GroupId": one, "GroupName": one} for one in groups]}
        if kind == "interface":
            instance = self.name("i")
            data["Attachment"] = {"InstanceId": instance, "DeviceIndex": 0, "Status": "attached"}
            self.instances.append({
                "InstanceId": instance, "SubnetId": subnet, "VpcId": self.parents[subnet],
                "PrivateIpAddress": address, "State": {"Code": 16, "Name": "running"},
                "PlatformDetails": "Windows" if windows else "Linux/UNIX",
                "NetworkInterfaces": [{"NetworkInterfaceId": name}],
                **({"Platform": "windows"} if windows else {})})
        self.rows["network-interfaces"].append(data)
        return name

    def instance_of(self, eni):
        return next(one["Attachment"]["InstanceId"] for one in self.rows["network-interfaces"]
                    if one["NetworkInterfaceId"] == eni)

    # --- ways

    def igw(self, vpc):
        name = self.name("igw")
        self.rows["internet-gateways"].append({
            "InternetGatewayId": name, "OwnerId": ACCOUNT, "Tags": [],
            "Attachments": [{"VpcId": vpc, "State": "available"}]})
        return name

    def eigw(self, vpc):
        name = self.name("eigw")
        self.rows["egress-only-internet-gateways"].append({
            "EgressOnlyInternetGatewayId": name, "Tags": [],
            "Attachments": [{"VpcId": vpc, "State": "attached"}]})
        return name

    def nat(self, subnet, addresses, public=True, state="available", regional=False):
        name = self.name("nat")
        rows = []
        for number, address in enumerate(addresses):
            own = self.public() if public else None
            eni = self.eni(subnet, address, [], kind="nat_gateway", public=own)
            rows.append({"NetworkInterfaceId": eni, "PrivateIp": address,
                         "IsPrimary": number == 0, "Status": "succeeded",
                         **({"PublicIp": own, "AllocationId": "eipalloc-" + eni[4:]}
                            if public else {})})
        self.rows["nat-gateways"].append({
            "NatGatewayId": name, "VpcId": self.parents[subnet], "State": state, "Tags": [],
            "ConnectivityType": "public" if public else "private",
            "NatGatewayAddresses": rows,
            **({"AvailabilityMode": "regional"} if regional else {"SubnetId": subnet})})
        return name

    def pcx(self, one, other, status="active"):
        name = self.name("pcx")

        def side(vpc):
            data = next(row for row in self.rows["vpcs"] if row["VpcId"] == vpc)
            return {"VpcId": vpc, "OwnerId": ACCOUNT, "Region": REGION,
                    "CidrBlock": data["CidrBlock"],
                    "CidrBlockSet": [{"CidrBlock": data["CidrBlock"]}],
                    "Ipv6CidrBlockSet": [{"Ipv6CidrBlock": part["Ipv6CidrBlock"]} for part in
                                         data["Ipv6CidrBlockAssociationSet"]]}
        self.rows["vpc-peering-connections"].append({
            "VpcPeeringConnectionId": name, "Status": {"Code": status, "Message": status},
            "RequesterVpcInfo": side(one), "AccepterVpcInfo": side(other), "Tags": []})
        return name

    def tgw(self):
        name = self.name("tgw")
        self.rows["transit-gateways"].append({
            "TransitGatewayId": name, "State": "available", "OwnerId": ACCOUNT,
            "Options": {"SecurityGroupReferencingSupport": "disable",
                        "DefaultRouteTableAssociation": "disable"}, "Tags": []})
        return name

    def attach(self, tgw, resource, subnets, table, kind="vpc"):
        name = self.name("tgw-attach")
        if kind == "vpc":
            self.rows["transit-gateway-vpc-attachments"].append({
                "TransitGatewayAttachmentId": name, "TransitGatewayId": tgw, "VpcId": resource,
                "VpcOwnerId": ACCOUNT, "SubnetIds": subnets, "State": "available",
                "Options": {"DnsSupport": "enable", "Ipv6Support": "enable",
                            "ApplianceModeSupport": "disable"}, "Tags": []})
        self.rows["transit-gateway-attachments"].append({
            "TransitGatewayAttachmentId": name, "TransitGatewayId": tgw, "State": "available",
            "TransitGatewayOwnerId": ACCOUNT, "ResourceOwnerId": ACCOUNT,
            "ResourceType": kind, "ResourceId": resource, "Tags": [],
            "Association": {"TransitGatewayRouteTableId": table, "State": "associated"}})
        return name

    def transit_table(self, name, routes):
        """`routes`: (block, attachment or None for a blackhole[, "propagated"])."""
        ways = []
        for block, attachment, *kind in routes:
            way = {"DestinationCidrBlock": block, "Type": kind[0] if kind else "static",
                   "State": "active" if attachment else "blackhole"}
            if attachment:
                data = next(one for one in self.rows["transit-gateway-attachments"]
                            if one["TransitGatewayAttachmentId"] == attachment)
                way["TransitGatewayAttachments"] = [{
                    "TransitGatewayAttachmentId": attachment, "ResourceId": data["ResourceId"],
                    "ResourceType": data["ResourceType"]}]
            ways.append(way)
        self.wrapped.append(("transit-gateway-routes", {
            "TransitGatewayRouteTableId": name, "Routes": ways,
            "AdditionalRoutesAvailable": False}))

    def prefix_list(self, blocks, label):
        name = self.name("pl")
        self.rows["managed-prefix-lists"].append({
            "PrefixListId": name, "PrefixListName": label, "AddressFamily": "IPv4",
            "State": "create-complete", "OwnerId": "AWS"})
        self.wrapped.append(("prefix-list-entries", {
            "PrefixListId": name, "Entries": [{"Cidr": one} for one in blocks]}))
        return name

    def gateway_endpoint(self, vpc, service="s3"):
        name = self.name("vpce")
        self.rows["vpc-endpoints"].append({
            "VpcEndpointId": name, "VpcEndpointType": "Gateway", "VpcId": vpc,
            "ServiceName": f"com.amazonaws.{REGION}.{service}", "State": "available",
            "SubnetIds": [], "RouteTableIds": [], "NetworkInterfaceIds": [], "Groups": []})
        return name

    # --- load balancers

    def balancer(self, vpc, subnets, kind="application", internal=True, groups=(), addresses=None):
        """`addresses`: one for each subnet, or None where AWS tells none."""
        number = len(self.rows["load-balancers"]) + 1
        short = "app" if kind == "application" else "net"
        name = (f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/{short}/"
                f"lb{number}/50dc6c495c0c918{number}")
        zones = {one["SubnetId"]: one["AvailabilityZone"] for one in self.rows["subnets"]}
        parts = [{"ZoneName": zones[one], "SubnetId": one, "LoadBalancerAddresses":
                  [{"PrivateIPv4Address": addresses[place]}] if addresses else []}
                 for place, one in enumerate(subnets)]
        self.rows["load-balancers"].append({
            "LoadBalancerArn": name, "LoadBalancerName": f"lb{number}", "Type": kind,
            "Scheme": "internal" if internal else "internet-facing", "VpcId": vpc,
            "State": {"Code": "active"}, "AvailabilityZones": parts, "IpAddressType": "ipv4",
            **({"SecurityGroups": list(groups)} if groups else {})})
        return name

    def target_group(self, vpc, protocol, port, targets, kind="instance", preserve=None,
                     check="traffic-port"):
        """`targets`: (id, port)."""
        number = len(self.rows["target-groups"]) + 1
        name = (f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:targetgroup/tg{number}/"
                f"73e2d6bc24d8a06{number}")
        self.rows["target-groups"].append({
            "TargetGroupArn": name, "TargetGroupName": f"tg{number}", "Protocol": protocol,
            "Port": port, "VpcId": vpc, "TargetType": kind, "HealthCheckEnabled": True,
            "HealthCheckProtocol": "HTTP" if protocol.startswith("HTTP") else "TCP",
            "HealthCheckPort": check, "IpAddressType": "ipv4", "LoadBalancerArns": []})
        self.wrapped.append(("target-health", {
            "TargetGroupArn": name, "TargetHealthDescriptions": [
                {"Target": {"Id": one, "Port": at},
                 "HealthCheckPort": str(at) if check == "traffic-port" else check,
                 "TargetHealth": {"State": "healthy"}} for one, at in targets]}))
        attributes = [{"Key": "deregistration_delay.timeout_seconds", "Value": "300"}]
        if preserve is not None:
            attributes.append({"Key": "preserve_client_ip.enabled",
                               "Value": "true" if preserve else "false"})
        self.wrapped.append(("target-group-attributes",
                             {"TargetGroupArn": name, "Attributes": attributes}))
        return name

    def listener(self, balancer, protocol, port, group):
        number = len(self.rows["listeners"]) + 1
        self.rows["listeners"].append({
            "ListenerArn": balancer.replace(":loadbalancer/", ":listener/") + f"/f2f7dc8e{number}",
            "LoadBalancerArn": balancer, "Port": port, "Protocol": protocol,
            "DefaultActions": [{"Type": "forward", "TargetGroupArn": group, "ForwardConfig": {
                "TargetGroups": [{"TargetGroupArn": group, "Weight": 1}]}}]})
        for one in self.rows["target-groups"]:
            if one["TargetGroupArn"] == group:
                one["LoadBalancerArns"] = [balancer]


def write(documents, folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in documents.items():
        (folder / name).write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
