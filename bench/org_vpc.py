# SPDX-License-Identifier: Apache-2.0
"""One VPC of the organisation that gen_org.py writes, and its instances."""

import ipaddress
import json
import random
import textwrap

OWNER = "111122223333"
ZONES = ("eu-west-1a", "eu-west-1b")
TIERS = ("web", "app", "db")
OFFICE = "198.51.100.0/24"
PER_VPC = 100      # instances, as far as 1,000 VPCs hold them
BLOCK = 18         # a VPC's prefix length inside 10.0.0.0/8
HIGH = (1024, 65535)
NARROW = ((32768, 65535), (32768, 60999), (49152, 65535))


class Answer:
    """A file {"Key": [row, row, ...]} that is written as the rows come, indented as `aws` does."""

    def __init__(self, folder, name, key):
        self.file = open(folder / f"{name}.json", "w", encoding="utf-8")
        self.rows = 0
        self.file.write(f'{{\n    "{key}": [')

    def add(self, row):
        text = textwrap.indent(json.dumps(row, indent=4), " " * 8)
        self.file.write(("," if self.rows else "") + "\n" + text)
        self.rows += 1

    def close(self):
        self.file.write("\n    ]\n}\n" if self.rows else "]\n}\n")
        self.file.close()


def identifier(kind, *numbers):
    """An id of 17 hex digits, readable: kind, VPC, number in it."""
    return f"{kind}-0" + "".join(f"{number:08x}" for number in (*numbers, 0)[:2])


def tags(name):
    pairs = {"Name": name, "CostCenter": "4711"}
    return [{"Key": key, "Value": value} for key, value in pairs.items()]


def open_entries():
    return [{"CidrBlock": "0.0.0.0/0", "Egress": egress, "Protocol": "-1", "RuleAction": action,
             "RuleNumber": number} for egress in (True, False)
            for number, action in ((100, "allow"), (32767, "deny"))]


class Vpc:
    """Everything of one VPC but its instances."""

    tiers = TIERS

    def __init__(self, number, seed):
        self.number = number
        self.rng = random.Random(f"{seed}/{number}")
        self.id = identifier("vpc", number)
        self.block = self.block_of(number)
        self.parts = parts = list(self.block.subnets(new_prefix=22))
        self.subnets = {(tier, zone): (identifier("subnet", number, 2 * place + side),
                                       parts[2 * place + side])
                        for place, tier in enumerate(TIERS) for side, zone in enumerate(ZONES)}
        self.groups = {tier: identifier("sg", number, place) for place, tier in enumerate(TIERS)}
        self.groups["admin"] = identifier("sg", number, 9)
        drawn = self.rng.random()
        self.style = "good" if drawn < 0.8 else "narrow" if drawn < 0.96 else "broken"

    @staticmethod
    def block_of(number):
        base = int(ipaddress.IPv4Address("10.0.0.0")) + (number << (32 - BLOCK))
        return ipaddress.ip_network((base, BLOCK))

    def tier_blocks(self, tier):
        return [str(block) for (one, _), (_, block) in self.subnets.items() if one == tier]

    def vpc_row(self):
        return {"OwnerId": OWNER, "InstanceTenancy": "default",
                "Ipv6CidrBlockAssociationSet": [],
                "CidrBlockAssociationSet": [
                    {"AssociationId": identifier("vpc-cidr-assoc", self.number),
                     "CidrBlock": str(self.block), "CidrBlockState": {"State": "associated"}}],
                "IsDefault": False, "Tags": tags(f"vpc-{self.number}"), "VpcId": self.id,
                "State": "available", "CidrBlock": str(self.block),
                "DhcpOptionsId": identifier("dopt", 0)}

    def subnet_rows(self):
        for (tier, zone), (name, block) in self.subnets.items():
            yield {"AvailabilityZoneId": "euw1-az" + "12"[ZONES.index(zone)],
                   "MapCustomerOwnedIpOnLaunch": False, "OwnerId": OWNER,
                   "AssignIpv6AddressOnCreation": False, "Ipv6CidrBlockAssociationSet": [],
                   "Tags": tags(f"{tier}-{zone}"), "EnableDns64": False, "Ipv6Native": False,
                   "SubnetArn": f"arn:aws:ec2:eu-west-1:{OWNER}:subnet/{name}",
                   "SubnetId": name, "State": "available", "VpcId": self.id,
                   "CidrBlock": str(block), "AvailableIpAddressCount": 1000,
                   "AvailabilityZone": zone, "DefaultForAz": False,
                   "MapPublicIpOnLaunch": tier == "web"}

    def reply_range(self):
        return HIGH if self.style == "good" else self.rng.choice(NARROW)

    def rules_of(self, tier):
        """(egress, ports, block) of the allow rules of a tier's ACL."""
        inside, replies = str(self.block), self.reply_range()
        if tier == "web":
            rules = [(False, (80, 80), "0.0.0.0/0"), (False, (443, 443), "0.0.0.0/0"),
                     (False, (22, 22), OFFICE), (False, HIGH, "0.0.0.0/0"),
                     (True, (443, 443), "0.0.0.0/0"), (True, (8080, 8080), inside),
                     (True, replies, "0.0.0.0/0")]
            if self.style == "broken":
                rules = [rule for rule in rules if rule[1] != HIGH]
        elif tier == "app":
            rules = [(False, (8080, 8080), block) for block in self.tier_blocks("web")]
            rules += [(False, (22, 22), inside), (False, (7946, 7946), inside),
                      (False, HIGH, "0.0.0.0/0"), (True, (443, 443), "0.0.0.0/0"),
                      (True, (5432, 5432), inside), (True, (7946, 7946), inside),
                      (True, replies, inside)]
        else:
            rules = [(False, (5432, 5432), block) for block in self.tier_blocks("app")]
            if self.style != "broken":
                rules += [(True, replies, inside)]
        return rules

    def acl_entries(self, tier):
        entries = []
        for egress in (True, False):
            rules = [rule for rule in self.rules_of(tier) if rule[0] == egress]
            if tier == "web" and self.number % 3 == 0:
                entries.append({"CidrBlock": "0.0.0.0/0", "Egress": egress, "PortRange":
                                {"From": 3389, "To": 3389}, "Protocol": "6",
                                "RuleAction": "deny", "RuleNumber": 50})
            entries += [{"CidrBlock": block, "Egress": egress, "PortRange":
                         {"From": low, "To": high}, "Protocol": "6", "RuleAction": "allow",
                         "RuleNumber": 100 + 10 * at}
                        for at, (_, (low, high), block) in enumerate(rules)]
            entries.append({"CidrBlock": "0.0.0.0/0", "Egress": egress, "Protocol": "-1",
                            "RuleAction": "deny", "RuleNumber": 32767})
        return entries

    def acl_rows(self):
        for place, tier in enumerate(self.tiers):
            name = identifier("acl", self.number, place)
            yield self.acl_row(name, [self.subnets[tier, zone][0] for zone in ZONES],
                               self.acl_entries(tier), False, tier)
        yield self.acl_row(identifier("acl", self.number, 9), [], open_entries(), True, "default")

    def acl_row(self, name, subnets, entries, default, label):
        return {"Associations": [{"NetworkAclAssociationId": one.replace("subnet", "aclassoc"),
                                  "NetworkAclId": name, "SubnetId": one} for one in subnets],
                "Entries": entries, "IsDefault": default, "NetworkAclId": name,
                "Tags": tags(label), "VpcId": self.id, "OwnerId": OWNER}

    def group_rules(self):
        own = self.groups
        return {"web": [(80, "0.0.0.0/0"), (443, "0.0.0.0/0")],
                "app": [(8080, own["web"]), (7946, own["app"])],
                "db": [(5432, own["app"])], "admin": [(22, OFFICE)]}

    def group_rows(self):
        for name, rules in self.group_rules().items():
            group = self.groups[name]
            yield {"GroupId": group, "GroupName": f"{name}-{self.number}", "OwnerId": OWNER,
                   "Description": f"{name} tier", "VpcId": self.id, "Tags": tags(name),
                   "SecurityGroupArn": f"arn:aws:ec2:eu-west-1:{OWNER}:security-group/{group}",
                   "IpPermissions": [permission(port, peer) for port, peer in rules],
                   "IpPermissionsEgress": [
                       {"IpProtocol": "-1", "UserIdGroupPairs": [], "Ipv6Ranges": [],
                        "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "PrefixListIds": []}]}

    def table_row(self, place, subnets, routes, label):
        name = identifier("rtb", self.number, place)
        local = {"DestinationCidrBlock": str(self.block), "GatewayId": "local",
                 "Origin": "CreateRouteTable", "State": "active"}
        return {"Associations": [
            {"Main": False, "RouteTableAssociationId": one.replace("subnet", "rtbassoc"),
             "RouteTableId": name, "SubnetId": one,
             "AssociationState": {"State": "associated"}} for one in subnets],
                "PropagatingVgws": [], "RouteTableId": name, "Routes": [local, *routes],
                "Tags": tags(label), "VpcId": self.id, "OwnerId": OWNER}

    def route_table_rows(self):
        for place, (label, key, target) in enumerate((("web", "GatewayId", "igw"),
                                                      ("private", "NatGatewayId", "nat"))):
            shared = [self.subnets[one, zone][0] for one in TIERS for zone in ZONES
                      if (one == "web") == (label == "web")]
            away = {"DestinationCidrBlock": "0.0.0.0/0", "Origin": "CreateRoute",
                    "State": "active", key: identifier(target, self.number)}
            yield self.table_row(place, shared, [away], label)

    def gateway_row(self):
        return {"Attachments": [{"State": "available", "VpcId": self.id}],
                "InternetGatewayId": identifier("igw", self.number), "OwnerId": OWNER,
                "Tags": tags(f"igw-{self.number}")}


def permission(port, peer):
    named = peer.startswith("sg-")
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "Ipv6Ranges": [],
            "UserIdGroupPairs": [{"UserId": OWNER, "GroupId": peer}] if named else [],
            "IpRanges": [] if named else [{"Description": "", "CidrIp": peer}],
            "PrefixListIds": []}


class Machine:
    """An instance and its interface."""

    def __init__(self, vpc, number):
        self.vpc, self.number = vpc, number
        self.tier = TIERS[number % len(TIERS)]
        self.zone = ZONES[number // len(TIERS) % len(ZONES)]
        self.subnet, block = vpc.subnets[self.tier, self.zone]
        self.address = str(block.network_address + 10 + number // (len(TIERS) * len(ZONES)))
        self.interface = identifier("eni", vpc.number, number)
        self.id = identifier("i", vpc.number, number)
        self.windows = vpc.rng.random() < 0.15
        names = [self.tier] + (["admin"] if vpc.rng.random() < 0.3 else [])
        self.groups = [{"GroupId": vpc.groups[name], "GroupName": f"{name}-{vpc.number}"}
                       for name in names]
        self.mac = f"02:{vpc.number >> 8:02x}:{vpc.number & 255:02x}:00:" \
                   f"{number >> 8 & 255:02x}:{number & 255:02x}"
        self.dns = f"ip-{self.address.replace('.', '-')}.eu-west-1.compute.internal"
        self.public = None
        if self.tier == "web":
            # Addresses of 203.0.0.0/8 and up: made up, one for each web server.
            unit = vpc.number * PER_VPC + number
            self.public = str(ipaddress.IPv4Address("203.0.0.1") + unit)

    def attachment(self):
        return {"AttachTime": "2026-03-01T08:00:00.000Z",
                "AttachmentId": self.interface.replace("eni-", "eni-attach-"),
                "DeleteOnTermination": True, "DeviceIndex": 0, "NetworkCardIndex": 0,
                "Status": "attached"}

    def addresses(self):
        row = {"Primary": True, "PrivateDnsName": self.dns, "PrivateIpAddress": self.address}
        return [{"Association": self.association(), **row}] if self.public else [row]

    def association(self):
        return {"AllocationId": self.interface.replace("eni-", "eipalloc-"),
                "AssociationId": self.interface.replace("eni-", "eipassoc-"),
                "IpOwnerId": OWNER, "PublicIp": self.public,
                "PublicDnsName":
                f"ec2-{self.public.replace('.', '-')}.eu-west-1.compute.amazonaws.com"}

    def interface_row(self):
        row = {"Attachment": {**self.attachment(), "InstanceId": self.id,
                              "InstanceOwnerId": OWNER},
               "AvailabilityZone": self.zone, "Description": "", "Groups": self.groups,
               "InterfaceType": "interface", "Ipv6Addresses": [], "MacAddress": self.mac,
               "NetworkInterfaceId": self.interface, "OwnerId": OWNER,
               "PrivateDnsName": self.dns, "PrivateIpAddress": self.address,
               "PrivateIpAddresses": self.addresses(), "RequesterManaged": False,
               "SourceDestCheck": True, "Status": "in-use", "SubnetId": self.subnet,
               "TagSet": [], "VpcId": self.vpc.id, "DenyAllIgwTraffic": False,
               "Operator": {"Managed": False}}
        if self.public:
            row["Association"] = self.association()
        return row

    def reservation_row(self):
        nested = {key: value for key, value in self.interface_row().items()
                  if key in ("Groups", "MacAddress", "NetworkInterfaceId", "PrivateIpAddress",
                             "Status", "SubnetId", "VpcId")}
        row = {"Architecture": "x86_64", "BlockDeviceMappings": [],
               "ClientToken": f"token-{self.id}", "EbsOptimized": True, "EnaSupport": True,
               "Hypervisor": "xen",
               "NetworkInterfaces": [nested], "RootDeviceName": "/dev/xvda",
               "RootDeviceType": "ebs", "SecurityGroups": self.groups, "SourceDestCheck": True,
               "Tags": tags(f"{self.tier}-{self.vpc.number}-{self.number}"),
               "VirtualizationType": "hvm",
               "MetadataOptions": {"State": "applied", "HttpTokens": "required"},
               "PlatformDetails": "Windows" if self.windows else "Linux/UNIX",
               "InstanceId": self.id, "ImageId": "ami-0123456789abcdef0",
               "State": {"Code": 16, "Name": "running"}, "PrivateDnsName": self.dns,
               "PublicDnsName": "", "StateTransitionReason": "", "KeyName": "ops",
               "AmiLaunchIndex": 0, "InstanceType": "m6i.large",
               "LaunchTime": "2026-03-01T08:00:00.000Z", "Placement": {
                   "AvailabilityZone": self.zone, "GroupName": "", "Tenancy": "default"},
               "SubnetId": self.subnet,
               "VpcId": self.vpc.id, "PrivateIpAddress": self.address}
        if self.windows:
            row["Platform"] = "windows"
        return {"Groups": [], "Instances": [row], "OwnerId": OWNER,
                "ReservationId": self.id.replace("i-", "r-")}
