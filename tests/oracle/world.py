# SPDX-License-Identifier: Apache-2.0
"""Random networks in the shape of `aws ec2 describe-*`, small and nasty.

Everything is drawn from short lists of values at which something changes, so that rules overlap,
shadow each other, touch at edges and leave holes.
"""

PORTS = (0, 1, 22, 53, 80, 443, 1023, 1024, 1025, 3389, 5000, 8080, 10000, 32767, 32768, 40000,
         49151, 49152, 60999, 61000, 65534, 65535)
SERVICES = (22, 53, 80, 443, 1024, 3389, 8080, 40000)
OUTSIDE4 = ("0.0.0.0/0", "0.0.0.0/0", "0.0.0.0/0", "198.51.100.0/24", "198.51.100.0/25",
            "198.51.100.7/32", "203.0.113.0/24", "128.0.0.0/1", "192.168.0.0/16")
INSIDE4 = ("10.0.0.0/8", "10.0.0.0/16", "10.0.1.0/24", "10.0.1.64/26", "10.0.2.0/24",
           "10.0.2.20/32", "10.0.2.128/25", "10.0.3.0/24", "10.0.4.0/24")
OUTSIDE6 = ("::/0", "::/0", "2001:db8::/32", "2001:db8:9::/48", "2001:db8:9::7/128")
INSIDE6 = ("2001:db8:1::/56", "2001:db8:1:1::/64", "2001:db8:1:2::/64")
VPC = "vpc-01"
SUBNETS = tuple((f"subnet-0a0{n}", f"10.0.{n}.0/24", f"2001:db8:1:{n}::/64")
                for n in (1, 2, 3, 4))


EVERYTHING = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
              "Ipv6Ranges": [{"CidrIpv6": "::/0"}], "PrefixListIds": [], "UserIdGroupPairs": []}


def pair(rng):
    kind = rng.random()
    if kind < 0.3:
        port = rng.choice(PORTS)
        return port, port
    if kind < 0.6:
        return 1024, 65535
    low, high = sorted((rng.choice(PORTS), rng.choice(PORTS)))
    return low, high


def entry(rng, egress, number, blocks4, blocks6):
    six = rng.random() < 0.25
    data = {"Egress": egress, "RuleNumber": number,
            "RuleAction": "deny" if rng.random() < 0.25 else "allow"}
    data["Ipv6CidrBlock" if six else "CidrBlock"] = rng.choice(blocks6 if six else blocks4)
    kind = rng.random()
    if kind < 0.6:
        protocol = 6
    elif kind < 0.75:
        protocol = 17
    elif kind < 0.85:
        protocol = 58 if six else 1
    elif kind < 0.9:
        protocol = 50
    else:
        protocol = -1
    data["Protocol"] = str(protocol)
    if protocol in (6, 17):
        data["PortRange"] = dict(zip(("From", "To"), pair(rng)))
    if protocol in (1, 58):
        kind = rng.choice((-1, 0, 3, 8) if protocol == 1 else (-1, 2, 128, 129))
        data["IcmpTypeCode"] = {"Type": kind, "Code": -1 if kind < 0 else rng.choice((-1, 0, 1))}
    return data


def wide(rng, egress):
    """What the owners of most ACLs begin with; without it nearly everything is blocked."""
    bases = [(-1, None), (6, (1024, 65535)), (6, (32768, 60999)), (6, (49152, 65535)),
             (6, (22, 8080)), (17, (0, 65535))]
    for number, (protocol, ports) in enumerate(rng.sample(bases, 3), start=400):
        for six in (False, True):
            data = {"Egress": egress, "RuleNumber": number + 10 * six, "RuleAction": "allow",
                    "Protocol": str(protocol), "Ipv6CidrBlock" if six else "CidrBlock":
                    "::/0" if six else "0.0.0.0/0"}
            if ports:
                data["PortRange"] = dict(zip(("From", "To"), ports))
            if rng.random() < 0.8:
                yield data


def acl(rng, name, subnets, entries, default=False):
    blocks4, blocks6 = OUTSIDE4 + INSIDE4, OUTSIDE6 + INSIDE6
    rows = [entry(rng, egress, number, blocks4, blocks6) for egress in (True, False)
            for number in rng.sample(range(1, 400), rng.randint(1, entries))]
    for egress in (True, False):
        if rng.random() < 0.75:
            rows += wide(rng, egress)
    for egress in (True, False):
        for number, key, block in ((32767, "CidrBlock", "0.0.0.0/0"),
                                   (32768, "Ipv6CidrBlock", "::/0")):
            rows.append({"Egress": egress, "RuleNumber": number, "RuleAction": "deny",
                         "Protocol": "-1", key: block})
    rng.shuffle(rows)  # SPEC: nacl-sort-entries: nobody promises an order
    return {"NetworkAclId": name, "VpcId": VPC, "IsDefault": default, "Tags": [],
            "Associations": [{"NetworkAclAssociationId": "aclassoc-" + one[-4:],
                              "NetworkAclId": name, "SubnetId": one} for one in subnets],
            "Entries": rows}


def subnets(count, rng=None):
    six = rng is None or rng.random() < 0.7
    return {"Subnets": [
        {"SubnetId": name, "VpcId": VPC, "CidrBlock": four, "AvailabilityZone": "eu-west-1a",
         "Ipv6CidrBlockAssociationSet":
         [{"Ipv6CidrBlock": v6, "Ipv6CidrBlockState": {"State": "associated"}}] if six else [],
         "Tags": []} for name, four, v6 in SUBNETS[:count]]}


def one_subnet(rng):
    """A single subnet with one ACL: {name of file: document}."""
    return {"acls.json": {"NetworkAcls": [acl(rng, "acl-0c01", ["subnet-0a01"], 7)]},
            "subnets.json": subnets(1, rng)}


def permission(rng, groups):
    kind = rng.random()
    if kind < 0.7:
        low, high = pair(rng)
        data = {"IpProtocol": rng.choice(("tcp", "tcp", "udp")), "FromPort": low, "ToPort": high}
    elif kind < 0.8:
        data = {"IpProtocol": "icmp", "FromPort": rng.choice((-1, 8)), "ToPort": -1}
    else:
        data = {"IpProtocol": "-1"}
    data.update(IpRanges=[], Ipv6Ranges=[], PrefixListIds=[], UserIdGroupPairs=[])
    for _ in range(rng.randint(1, 2)):
        kind = rng.random()
        if kind < 0.45:
            data["IpRanges"].append({"CidrIp": rng.choice(INSIDE4 + ("0.0.0.0/0",))})
        elif kind < 0.55:
            data["Ipv6Ranges"].append({"CidrIpv6": rng.choice(INSIDE6 + ("::/0",))})
        elif kind < 0.65:
            data["PrefixListIds"].append({"PrefixListId": "pl-01"})
        else:
            data["UserIdGroupPairs"].append({"GroupId": rng.choice(groups), "UserId": "1"})
    return data


def group(rng, name, groups):
    return {"GroupId": name, "GroupName": name, "VpcId": VPC,
            "IpPermissions": [permission(rng, groups) for _ in range(rng.randint(0, 3))] + (
                [EVERYTHING] if rng.random() < 0.5 else []),
            "IpPermissionsEgress": [EVERYTHING] if rng.random() < 0.7 else
            [permission(rng, groups) for _ in range(rng.randint(1, 3))]}


def interface(rng, number, subnet, groups, six):
    name, four, v6 = subnet
    address = four.replace(".0/24", f".{10 + 10 * number}")
    return {"NetworkInterfaceId": f"eni-0e{number:02}", "SubnetId": name, "VpcId": VPC,
            "InterfaceType": "interface", "PrivateIpAddress": address, "TagSet": [],
            "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": address}],
            "Ipv6Addresses": [{"Ipv6Address": v6.replace("::/64", f"::{number:x}0")}] if six
            else [],
            "Groups": [{"GroupId": one, "GroupName": one}
                       for one in rng.sample(groups, rng.randint(1, 2))],
            "Attachment": {"InstanceId": f"i-0f{number:02}", "DeviceIndex": 0,
                           "Status": "attached"}}


def several_subnets(rng):
    """Two to four subnets with ACLs, groups, a prefix list, interfaces and instances."""
    count = rng.randint(2, 4)
    blocks = subnets(count, rng)
    six = bool(blocks["Subnets"][0]["Ipv6CidrBlockAssociationSet"])
    names = [name for name, _, _ in SUBNETS[:count]]
    acls = [acl(rng, "acl-0c00", [], 5, default=True)]
    for number in range(1, rng.randint(1, count) + 1):
        taken = [name for name in names if rng.random() < 0.5]
        names = [name for name in names if name not in taken]
        acls.append(acl(rng, f"acl-0c0{number}", taken, 6))
    groups = [f"sg-0b0{number}" for number in (1, 2, 3)]
    holders = [interface(rng, number, rng.choice(SUBNETS[:count]), groups, six)
               for number in range(1, rng.randint(3, 6))]
    instances = []
    for one in holders:
        windows = rng.random() < 0.3
        instances.append({
            "InstanceId": one["Attachment"]["InstanceId"], "SubnetId": one["SubnetId"],
            "VpcId": VPC, "PlatformDetails": "Windows" if windows else "Linux/UNIX",
            "NetworkInterfaces": [{"NetworkInterfaceId": one["NetworkInterfaceId"]}]})
        if windows:
            instances[-1]["Platform"] = "windows"
    return {
        "acls.json": {"NetworkAcls": acls}, "subnets.json": blocks,
        "interfaces.json": {"NetworkInterfaces": holders},
        "instances.json": {"Reservations": [{"ReservationId": "r-01", "Instances": instances}]},
        "groups.json": {"SecurityGroups": [group(rng, one, groups) for one in groups]},
        "entries.json": {"PrefixListId": "pl-01", "Entries": [
            {"Cidr": "10.0.2.0/25"}, {"Cidr": "198.51.100.0/24"}]},
    }
