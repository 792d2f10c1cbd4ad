# SPDX-License-Identifier: Apache-2.0
"""Networks where much is equal: many subnets of a few ACLs, many targets behind one load balancer."""

import json


def entry(number, egress, action, cidr, ports=None):
    row = {"RuleNumber": number, "Egress": egress, "RuleAction": action, "CidrBlock": cidr,
           "Protocol": "6" if ports else "-1"}
    return dict(row, PortRange={"From": ports[0], "To": ports[1]}) if ports else row


def acl(name, subnets, last):
    """All but a few of the highest ports, which tell one ACL from another."""
    return {"NetworkAclId": name, "VpcId": "vpc-1", "IsDefault": False,
            "Entries": [entry(100, egress, "allow", "10.0.0.0/8", (1, last)) for egress in (False, True)] +
                       [entry(32767, egress, "deny", "0.0.0.0/0") for egress in (False, True)],
            "Associations": [{"NetworkAclId": name, "SubnetId": subnet} for subnet in subnets]}


def write(folder, **kinds):
    folder.mkdir()
    for name, (key, rows) in kinds.items():
        (folder / f"{name}.json").write_text(json.dumps({key: rows}))


def subnets(folder, count, acls, each=0):
    """A VPC of `count` subnets that share so many ACLs, with so many interfaces in each."""
    names = [f"subnet-{number:03}" for number in range(count)]
    kinds = {
        "vpcs": ("Vpcs", [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]),
        "subnets": ("Subnets", [{"SubnetId": name, "VpcId": "vpc-1", "CidrBlock": f"10.0.{number}.0/24",
                                 "AvailabilityZone": "eu-1a"} for number, name in enumerate(names)]),
        "acls": ("NetworkAcls", [acl(f"acl-{at}", names[at::acls], 65535 - at) for at in range(acls)])}
    if each:
        kinds["interfaces"] = ("NetworkInterfaces", [
            {"NetworkInterfaceId": f"eni-{number:03}{host:03}", "SubnetId": name, "VpcId": "vpc-1",
             "InterfaceType": "interface", "PrivateIpAddress": f"10.0.{number}.{10 + 2 * host}",
             "PrivateIpAddresses": [{"PrivateIpAddress": f"10.0.{number}.{10 + 2 * host}", "Primary": True}],
             "Groups": [{"GroupId": "sg-1"}]}
            for number, name in enumerate(names) for host in range(each)])
        rule = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
        kinds["groups"] = ("SecurityGroups", [{"GroupId": "sg-1", "GroupName": "all", "VpcId": "vpc-1",
                                               "IpPermissions": [rule], "IpPermissionsEgress": [rule]}])
    write(folder, **kinds)


def targets(folder, kind, count, own_ports=False):
    """A load balancer in two subnets with so many instances behind it, in a third."""
    arn = "arn:aws:elasticloadbalancing:eu-west-1:111111111111:"
    names, places = ["subnet-0", "subnet-1", "subnet-2"], range(count)
    port = [10000 + place * own_ports for place in places]
    address = [f"10.0.{32 + place // 250}.{4 + place % 250}" for place in places]
    everything = [entry(100, egress, "allow", "0.0.0.0/0") for egress in (False, True)]
    rule = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    listener, group = f"{arn}listener/x/front/1/1", f"{arn}targetgroup/web/1"
    write(
        folder,
        vpcs=("Vpcs", [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]),
        subnets=("Subnets", [{"SubnetId": name, "VpcId": "vpc-1", "CidrBlock": f"10.0.{16 * number}.0/20",
                              "AvailabilityZone": f"eu-1{'ab'[number % 2]}"}
                             for number, name in enumerate(names)]),
        acls=("NetworkAcls", [dict(acl("acl-1", names, 65535), Entries=everything)]),
        groups=("SecurityGroups", [{"GroupId": "sg-1", "GroupName": "all", "VpcId": "vpc-1",
                                    "IpPermissions": [rule], "IpPermissionsEgress": [rule]}]),
        routes=("RouteTables", [{"RouteTableId": "rtb-1", "VpcId": "vpc-1",
                                 "Associations": [{"Main": True, "RouteTableId": "rtb-1"}],
                                 "Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1",
                                             "State": "active"}]}]),
        gateways=("InternetGateways", [{"InternetGatewayId": "igw-1",
                                        "Attachments": [{"State": "available", "VpcId": "vpc-1"}]}]),
        interfaces=("NetworkInterfaces", [
            {"NetworkInterfaceId": f"eni-{place}", "SubnetId": "subnet-2", "VpcId": "vpc-1",
             "InterfaceType": "interface", "PrivateIpAddress": address[place],
             "PrivateIpAddresses": [{"PrivateIpAddress": address[place], "Primary": True}],
             "Groups": [{"GroupId": "sg-1"}], "Attachment": {"InstanceId": f"i-{place}", "DeviceIndex": 0}}
            for place in places]),
        balancers=("LoadBalancers", [
            {"LoadBalancerArn": f"{arn}loadbalancer/x/front/1", "LoadBalancerName": "front", "VpcId": "vpc-1",
             "Scheme": "internet-facing", "Type": kind, "State": {"Code": "active"}, "IpAddressType": "ipv4",
             "SecurityGroups": ["sg-1"],
             "AvailabilityZones": [{"ZoneName": "eu-1a", "SubnetId": "subnet-0"},
                                   {"ZoneName": "eu-1b", "SubnetId": "subnet-1"}]}]),
        listeners=("Listeners", [{"ListenerArn": listener, "Port": 443,
                                  "LoadBalancerArn": f"{arn}loadbalancer/x/front/1",
                                  "Protocol": "TCP" if kind == "network" else "HTTP",
                                  "DefaultActions": [{"Type": "forward", "TargetGroupArn": group}]}]),
        target_groups=("TargetGroups", [
            {"TargetGroupArn": group, "TargetGroupName": "web", "Port": 10000, "VpcId": "vpc-1",
             "Protocol": "TCP" if kind == "network" else "HTTP", "TargetType": "instance",
             "HealthCheckEnabled": True, "HealthCheckPort": "traffic-port"}]))
    (folder / "health.json").write_text(json.dumps({"TargetGroupArn": group, "TargetHealthDescriptions": [
        {"Target": {"Id": f"i-{place}", "Port": port[place]}} for place in places]}))
