/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The finding codes of legs and paths: what happens at gateways, load balancers and the subnets
 * that they stand in. Written as in codes.c, which takes the rows over.
 */

#include "codes.h"

const struct tw_code_row tw_path_codes[TW_PATH_CODES] = {
	{
		.code = "TW111",
		.name = "nat-reply-blocked",
		.level = "error, warning or note",
		.summary = "the subnet of a NAT gateway drops replies from outside",
		.meaning =
			"For the outside a NAT gateway replaces the client's port by one of its "
			"own, from 1024-65535. The reply comes to that port, and the inbound "
			"rules of the NAT gateway's subnet drop it: on every port that the "
			"gateway may pick, or on a share. All clients behind the gateway suffer "
			"alike, whatever their own ranges are, and the ACL of their own subnet "
			"can be faultless.\n"
			"AWS publishes the range, not how ports are picked from it. The share is "
			"one of ports.",
		.example =
			"  in  100 allow all             from 10.0.0.0/16\n"
			"  in  110 allow tcp 32768-60999 from 0.0.0.0/0\n"
			"  out 100 allow all             to   0.0.0.0/0\n"
			"The ACL of the NAT gateway's subnet. Rule 110 fits a Linux host, but "
			"here the gateway picks: 36,280 of its 64,512 ports get no reply. From "
			"outside: some connections of every instance behind it hang and others "
			"work, on Linux and Windows alike. A capture on the instance shows SYN "
			"leaving and no SYN-ACK. Flow logs of the gateway's interface show REJECT "
			"for replies that come in; of its metrics, ConnectionAttemptCount stays "
			"above ConnectionEstablishedCount.",
		.remedy = "In the ACL of the NAT gateway's subnet, inbound: allow tcp and udp "
			  "1024-65535 from the addresses that are called, 0.0.0.0/0 for the "
			  "internet. The range of the instances is not enough. A NAT gateway "
			  "forwards no ports, so the rule opens nothing behind it; other machines "
			  "in the same subnet need narrow security groups.",
	},
	{
		.code = "TW112",
		.name = "nat-client-reply-blocked",
		.level = "error, warning or note",
		.summary = "the subnet of a NAT gateway drops replies on their way to the client",
		.meaning =
			"The reply has come back to the NAT gateway, which translates it: from "
			"here it goes to the client's own address and port. It leaves the "
			"gateway's subnet, and the outbound rules there drop it. Not the "
			"gateway's range counts now, but that of each client. One ACL needs room "
			"for two ranges: inbound for the gateway's, outbound for those of the "
			"clients.",
		.example =
			"  in  100 allow all             from 0.0.0.0/0\n"
			"  out 100 allow tcp 443         to   0.0.0.0/0\n"
			"  out 110 allow tcp 32768-60999 to   10.0.0.0/16\n"
			"The ACL of the NAT gateway's subnet. Linux instances in 10.0.0.0/16 get "
			"every reply. Windows instances pick from 49152-65535, and 4,536 of these "
			"16,384 ports get none. Without rule 110 nobody gets any. From outside: "
			"connect() on the instance times out, although the server answers and its "
			"answer reaches the gateway. A capture on the instance shows SYN leaving "
			"and no SYN-ACK. Flow logs of the gateway's interface show ACCEPT for the "
			"reply as it comes in and REJECT as it goes on.",
		.remedy =
			"In the ACL of the NAT gateway's subnet, outbound: allow tcp and udp "
			"1024-65535 to the subnets of the clients. A narrower range must hold the "
			"range of every client behind the gateway.",
	},
	{
		.code = "TW113",
		.name = "load-balancer-reply-blocked",
		.level = "error, warning or note",
		.summary = "the subnet of a load balancer drops replies of targets, or to clients",
		.meaning =
			"A load balancer that calls its targets from its own addresses has two "
			"flows, and the replies of both meet the ACL of its subnets. Those of the "
			"targets come in to the port that the load balancer picked, one of "
			"1024-65535. Those to the clients go out to the ports that the clients "
			"picked. One of the two is dropped, on all ports or on a share.\n"
			"A Network Load Balancer that preserves client addresses has one flow. "
			"AWS does not say precisely by which way its replies return; what the "
			"load balancer's subnet alone would drop is unknown, and is not told here.",
		.example =
			"  in  100 allow tcp 443         from 0.0.0.0/0\n"
			"  out 100 allow tcp 80          to   10.0.0.0/16\n"
			"  out 110 allow tcp 1024-65535  to   0.0.0.0/0\n"
			"The ACL of an Application Load Balancer's subnets. A target answers from "
			"port 80 to a port such as 23456, and nothing lets that in. From outside: "
			"the client's connection opens, since rule 110 lets its replies out, and "
			"in the end the load balancer answers 504. Flow logs of the load "
			"balancer's interfaces show ACCEPT towards the target and REJECT for its "
			"reply. Health checks go the same way and do not complete either (TW115). "
			"With rule 110 missing, connect() of the clients would time out.",
		.remedy = "In the ACL of the load balancer's subnets: allow tcp 1024-65535 inbound "
			  "from the subnets of the targets, and outbound to the clients, 0.0.0.0/0 "
			  "if it faces the internet.",
	},
	{
		.code = "TW114",
		.name = "attachment-reply-blocked",
		.level = "error, warning or note",
		.summary = "the subnet of a transit gateway attachment drops the replies",
		.meaning = "Between a VPC and a transit gateway packets pass a subnet of the "
			   "attachment. Only half of its ACL is asked for each direction: towards "
			   "the transit gateway the inbound rules, by the sender's address; from "
			   "there the outbound rules, by the receiver's address. So a reply meets "
			   "the inbound rules on the side of the server and the outbound rules on "
			   "the side of the client. One of these drops it.\n"
			   "A machine in the attachment's own subnet is a case of its own: towards "
			   "the transit gateway both halves are asked, from there none.",
		.example =
			"  in  100 allow all             from 10.1.0.0/16\n"
			"  out 100 allow tcp 443         to   10.1.0.0/16\n"
			"The ACL of the attachment's subnet in the VPC of the clients, "
			"10.1.0.0/16. The request passes the first rule. The reply from the other "
			"VPC goes to a port such as 50123, and the second rule lets no port but "
			"443 pass. From outside: connect() times out. Flow logs of the server's "
			"interface show ACCEPT in both directions, those of the client's "
			"interface ACCEPT for the request and no reply at all: it died between "
			"the two.",
		.remedy =
			"AWS advises a small subnet (/28) for each attachment and nothing else in "
			"it, with an ACL that lets everything pass; filter in the subnets of the "
			"machines. Or allow tcp and udp 1024-65535: on the side of the servers "
			"inbound from the servers, on the side of the clients outbound to the "
			"clients.",
	},
	{
		.code = "TW115",
		.name = "health-check-blocked",
		.level = "error",
		.summary = "a load balancer's health check of a target cannot complete",
		.meaning =
			"A load balancer asks each target on the port of the health check, from "
			"its own addresses and a port of 1024-65535, even where it preserves the "
			"addresses of clients. That request is denied on its way, or its reply "
			"does not return to the ports that may have asked. The target is then "
			"unhealthy, whatever clients could reach: they may use another port, and "
			"they come from other addresses and other ports.",
		.example =
			"  target group: traffic on tcp 8080, health checks on tcp 9000\n"
			"  in  100 allow tcp 8080        from 10.0.0.0/16\n"
			"  out 100 allow tcp 1024-65535  to   10.0.0.0/16\n"
			"The ACL of the targets' subnet lets the traffic in, but no health check. "
			"From outside: describe-target-health calls every target unhealthy, with "
			"the reason Target.Timeout or Target.FailedHealthChecks, while a machine "
			"in the same subnet as the target gets its answers. The target never sees "
			"a check. Flow logs of its interface show REJECT to port 9000. If the "
			"reply is what dies, a capture on the target shows SYN arriving and "
			"SYN-ACK leaving, again and again.",
		.remedy = "In the ACL of the targets' subnets: allow the port of the health check "
			  "inbound from the subnets of the load balancer, and tcp 1024-65535 "
			  "outbound to them. In the ACL of the load balancer's subnets the same "
			  "two, in the other directions.",
	},
	{
		.code = "TW116",
		.name = "asymmetric-path",
		.level = "error, warning or note",
		.summary =
			"the reply takes another way than the request, and an ACL there drops it",
		.meaning =
			"Each side routes what it sends. Here the two disagree: the reply leaves "
			"by another gateway than the one that the request came through, meets the "
			"ACL of a subnet where the request never was, and is dropped there. On "
			"the way of the request the rules may be right for both directions.",
		.example =
			"  routes of the clients' subnet: 10.2.0.0/16 to a peering connection\n"
			"  routes of the servers' subnet: 10.1.0.0/16 to a transit gateway\n"
			"  ACL of the clients' attachment: out 100 allow tcp 443 to 10.1.0.0/16\n"
			"Clients in 10.1.0.0/16, servers in 10.2.0.0/16. The request goes through "
			"the peering connection. The reply comes through the transit gateway and "
			"its attachment's subnet, whose ACL was written for calls to port 443. "
			"From outside: connect() times out. A capture on the server shows SYN "
			"arriving and SYN-ACK leaving, again and again. All ACLs on the way of "
			"the request look right.",
		.remedy =
			"Let the routes of both sides lead through the same gateway. If two ways "
			"are meant, let the replies pass on theirs, too: ports 1024-65535, to the "
			"addresses of the clients. `twoway trace` draws both ways.",
	},
	{
		.code = "TW117",
		.name = "listener-port-reply",
		.level = "error, warning or note",
		.summary = "behind a load balancer a reply rule names the port of the service",
		.meaning =
			"A Network Load Balancer that preserves client addresses hands the "
			"client's packet on, so the target's reply goes to the port that the "
			"client picked. The rule that was meant for it names the port of the "
			"listener or of the target. In both directions a network ACL compares the "
			"destination port alone, so that rule matches no reply.\n"
			"The tables for internet-facing load balancers in the AWS NLB guide, 2023 "
			"text, name the listener port for what goes out to clients. Taken as the "
			"destination port, it is this mistake.",
		.example =
			"  in  100 allow tcp 443         from 0.0.0.0/0\n"
			"  out 100 allow tcp 443         to   0.0.0.0/0\n"
			"  out 110 allow tcp 1024-65535  to   10.0.0.0/16\n"
			"The ACL of the targets' subnet; the load balancer is in 10.0.0.0/16, "
			"too. Health checks come from there, and rule 110 lets their replies out. "
			"Clients on the internet pick ports such as 50123, and get no reply. From "
			"outside: connect() times out, although describe-target-health calls "
			"every target healthy. A capture on the target shows SYN arriving and "
			"SYN-ACK leaving, again and again; flow logs of its interface show ACCEPT "
			"in and REJECT out.",
		.remedy = "In the ACL of the targets' subnets, outbound: allow tcp 1024-65535 to "
			  "the addresses of the clients, 0.0.0.0/0 for the internet; udp too, if "
			  "the listener has it. Do the same in the ACL of the load balancer's "
			  "subnets: AWS does not say precisely by which way the replies return.",
	},
	{
		.code = "TW118",
		.name = "no-way-back",
		.level = "error or note",
		.summary = "the request arrives, and no route carries its reply back",
		.meaning =
			"The side that answers routes the reply. Its route table has no route to "
			"the client, or the route is a blackhole, or it leads to a peering "
			"connection that is not active, or to something else that cannot carry "
			"the reply. No network ACL is to blame, and no rule of one can repair it.",
		.example =
			"  routes of the clients' subnet: 10.2.0.0/16 to a peering connection\n"
			"  routes of the servers' subnet: local ones only\n"
			"Clients in 10.1.0.0/16, servers in 10.2.0.0/16; the route was added on "
			"one side only. From outside: connect() times out. A capture on the "
			"server shows SYN arriving and SYN-ACK leaving, again and again. It looks "
			"like an ACL that drops replies, but all of them may let everything pass.",
		.remedy = "Add the route to the route table of the subnet that answers: to the "
			  "addresses of the clients, through the gateway that the request came by. "
			  "Replace a blackhole; get the peering connection active. If nobody is "
			  "meant to come this way, take the route of the clients out.",
	},
	{
		.code = "TW119",
		.name = "path-shut",
		.level = "error or warning",
		.summary = "an ACL denies every request that a route, listener or target asks for",
		.meaning =
			"A route to a NAT gateway, a listener, a target group: somebody wants "
			"packets to go this way. An ACL on the way denies the request itself, and "
			"that for every packet of the flow. What lies behind is out of reach, and "
			"replies do not come into it. The same for a rule of a security group is "
			"TW109.",
		.example = "  routes of 10.0.1.0/24: 0.0.0.0/0 to a NAT gateway\n"
			   "  ACL of 10.0.1.0/24: out 100 allow tcp 443        to   0.0.0.0/0\n"
			   "  ACL of NAT subnet:  in  100 allow tcp 1024-65535 from 0.0.0.0/0\n"
			   "The second ACL, that of the NAT gateway's subnet, was written for "
			   "replies from outside. But the requests of 10.0.1.0/24 go in there as "
			   "well, to port 443, and no rule lets them in. From outside: connect() "
			   "times out for every instance of that subnet. A capture there shows SYN "
			   "leaving and no SYN-ACK; flow logs of the NAT gateway's interface show "
			   "REJECT. Where a load balancer cannot reach its targets, an Application "
			   "Load Balancer answers 504.",
		.remedy = "Let the request in or out where it is denied. For a NAT gateway's "
			  "subnet: inbound the services that are called, from the private subnets. "
			  "Then look after the reply, in the other direction. If nothing is meant "
			  "to go this way, take the route, the listener or the target out.",
	},
};
