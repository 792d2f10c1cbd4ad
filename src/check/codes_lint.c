/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The finding codes of `lint`: rules that do nothing (TW2xx), rules that are wider than needed or
 * expose something (TW3xx), limits and traps of AWS (TW4xx). Written as in codes.c, which takes the
 * rows over.
 */

#include "codes.h"

const struct tw_code_row tw_lint_codes[TW_LINT_CODES] = {
	{
		.code = "TW201",
		.name = "shadowed-rule",
		.level = "warning or note",
		.summary = "a rule never decides a packet: rules before it match all it names",
		.meaning =
			"A network ACL tries its rules by rising number, and the first that "
			"matches decides. Every packet that this rule names is matched by one of "
			"the rules before it, alone or together. It is a warning where one of "
			"them decides otherwise than this rule would: then somebody believes in a "
			"rule that does nothing. Where all say the same it is a note, and where "
			"this rule in front would undo what works, as a deny that fix has put an "
			"allow before: `twoway check` is asked.\n"
			"The statement is exact: it holds for every address, protocol and port.",
		.example =
			"  in  100 allow tcp 443         from 0.0.0.0/0\n"
			"  in  110 deny  tcp 443         from 203.0.113.0/24\n"
			"The deny comes too late: rule 100 has let the packets in. From outside: "
			"203.0.113.0/24 goes on reaching the server, although \"it is blocked in "
			"the ACL\".",
		.remedy = "If the rule is meant to decide, give it a number below the rules that "
			  "are named, unless the finding says what that breaks. Else remove it; "
			  "the list lets the same packets pass without it. Where check judges a "
			  "flow for no other reason than this rule, the finding says so and offers "
			  "no fix: keep it, or state the flow in twoway.yaml.",
	},
	{
		.code = "TW202",
		.name = "redundant-rule",
		.level = "note",
		.summary = "a rule decides packets, and the list is the same without it",
		.meaning =
			"The rule does decide packets. But if it were removed, each of them would "
			"meet the same fate by a rule behind it, or by the default deny. All "
			"rules of one list that are told so can be removed together.\n"
			"A deny in front of the default deny is one of them: it does no harm, and "
			"costs one of the rules that the quota allows.",
		.example =
			"  in  100 allow tcp 8080        from 0.0.0.0/0\n"
			"  in  110 allow tcp 1024-65535  from 0.0.0.0/0\n"
			"Rule 110 lets 8080 in, too. Nothing is seen from outside, with the rule "
			"or without it.",
		.remedy =
			"Remove it, or keep it as a statement of what is meant: if the wider rule "
			"is ever narrowed, it starts to count. Where check judges a flow for no "
			"other reason than this rule, as here tcp/8080, the finding says so and "
			"offers no fix: keep it, or state the flow in twoway.yaml.",
	},
	{
		.code = "TW203",
		.name = "idle-reply-rule",
		.level = "warning or note",
		.summary =
			"a rule lets replies pass, and no request of that kind goes the other way",
		.meaning =
			"A wide range of ports from 1024 up is how people let replies back. No "
			"rule of the other direction lets a request pass whose replies could use "
			"it: no service, not everything, nothing unknown. Two rules for replies, "
			"one in each direction, do not make a flow. It is a warning where the "
			"rule opens the ports to public addresses.\n"
			"Nothing is said where a security group, an intent or a target group "
			"names a port in the range.",
		.example = "  in  100 allow tcp 443         from 0.0.0.0/0\n"
			   "  out 100 allow tcp 1024-65535  to   0.0.0.0/0\n"
			   "  in  110 allow udp 1024-65535  from 0.0.0.0/0\n"
			   "  out 110 allow udp 1024-65535  to   0.0.0.0/0\n"
			   "No UDP service is named in either direction: both UDP rules serve "
			   "nothing, and let the internet try 64,512 ports. Often a rule with the "
			   "wrong protocol stands beside them, such as tcp/123 for NTP.",
		.remedy = "Remove the rules, or add the request that they were meant for.",
	},
	{
		.code = "TW204",
		.name = "mergeable-rules",
		.level = "note",
		.summary = "rules that one rule can replace exactly",
		.meaning = "The rules have the same action and protocol, and their ports touch or "
			   "overlap, or their blocks are the two halves of one. One rule in their "
			   "place makes a list that lets exactly the same packets pass; that was "
			   "tried on the list as it is, with what stands between them.",
		.example =
			"  in  100 allow tcp 8080        from 10.0.0.0/24\n"
			"  in  110 allow tcp 8081-8090   from 10.0.0.0/24\n"
			"One rule says the same: allow tcp 8080-8090 from 10.0.0.0/24. Nothing is "
			"seen from outside.",
		.remedy = "Merge them where the quota is short; keep them apart where they mean "
			  "different things. Where check would judge a flow less without them, "
			  "the finding says so and offers no fix.",
	},
	{
		.code = "TW205",
		.name = "partly-shadowed-rule",
		.level = "note",
		.summary = "rules before it decide a part of its packets otherwise",
		.meaning = "Rules with lower numbers match a part of the packets that this rule "
			   "names and do the opposite with them. The share is exact: a count of "
			   "ports, of addresses, or of both together. Often it is meant so, as an "
			   "exception in front of a rule.\n"
			   "Silent: rules before it that do the same, blocks that are shut as a "
			   "whole, a final deny of everything, and holes in a range for replies, "
			   "which are TW304.",
		.example = "  in  100 allow tcp 443         from 0.0.0.0/0\n"
			   "  in  110 deny  tcp 0-65535     from 203.0.113.0/24\n"
			   "The deny takes 65,535 of its 65,536 ports. Port 443 is let in by rule "
			   "100. From outside: the blocked network still reaches the web server.",
		.remedy = "If the rule is meant to count for all that it names, give it a lower "
			  "number.",
	},
	{
		.code = "TW206",
		.name = "unattached-acl",
		.level = "note",
		.summary = "a network ACL guards no subnet",
		.meaning = "The input lists the associations of this ACL, and there is none. Its "
			   "rules decide nothing. Where other ACLs have subnets, nothing else is "
			   "said about it. The default ACL of a VPC is left out: it stands by for "
			   "new subnets.",
		.example = "  acl-1: no association\n"
			   "Nothing is seen from outside. Security Hub's EC2.16 asks to remove it.",
		.remedy = "Delete it, or associate the subnets that it was written for; each of "
			  "them leaves its present ACL.",
	},
	{
		.code = "TW207",
		.name = "group-rule-without-peer",
		.level = "note",
		.summary = "a security group's rule names a peer that nobody is",
		.meaning = "The rule refers to a security group that no interface in the input "
			   "carries, or to a prefix list without entries. It lets nobody pass. A "
			   "group that nobody carries itself is left out.",
		.example = "  sg-db in tcp 5432 from sg-old-app\n"
			   "No interface carries sg-old-app any more. From outside: the new "
			   "application servers, which carry another group, run into time-outs at "
			   "the database.",
		.remedy = "Name the group that the clients carry, or remove the rule.",
	},
	{
		.code = "TW301",
		.name = "service-inside-reply-range",
		.level = "warning or note",
		.summary =
			"a rule for replies lets the internet in to a service such as a database",
		.meaning =
			"A network ACL cannot tell a reply from a request: a rule that lets "
			"replies in lets any packet to these ports in. Some of these ports are "
			"services that are rarely meant for the internet. Security groups are "
			"what stops it, so each set of interfaces behind the ACL is asked whether "
			"its groups do.\n"
			"It is a warning if they do not somewhere. It is a note if all do, or if "
			"the groups are not in the input. Where no route brings the internet to "
			"the subnet, or a rule of its own names the service, nothing is said.",
		.example = "  in  100 allow tcp 1024-65535  from 0.0.0.0/0\n"
			   "  sg-1 in tcp 5432 from 0.0.0.0/0\n"
			   "The reply rule lets the internet reach the database, and so does the "
			   "group. From outside: port 5432 answers a scan.",
		.remedy =
			"Narrow the security group. A deny in front of the reply rule works as "
			"well, but takes the replies of every client that picks the port (TW304).",
	},
	{
		.code = "TW302",
		.name = "scanner-rule-cost",
		.level = "warning or note",
		.summary = "what compliance rules say of a rule, what is true, what obeying costs",
		.meaning =
			"Told with --compliance only. EC2.21, CIS 5.1, AWS-0105 and CKV_AWS_229 "
			"to 232 look at one rule at a time: does it allow port 20, 21, 22 or 3389 "
			"from 0.0.0.0/0 or ::/0? The order of rules does not count for them. Here "
			"stands for each port whether packets from the internet get there in "
			"truth, by TCP or UDP, which rule decides that, and what obeying to the "
			"letter costs each client in connections.\n"
			"It is a warning where the port is open by more than a rule for replies, "
			"or where the list passes the letter and is open all the same.",
		.example = "  in   90 deny  tcp 3389        from 0.0.0.0/0\n"
			   "  in  100 allow tcp 1024-65535  from 0.0.0.0/0\n"
			   "The rules call rule 100 open for 3389; rule 90 denies it first. From "
			   "outside: 3389 is shut, and one in 64,512 connections through a NAT "
			   "gateway hangs.",
		.remedy =
			"Suppress a finding that is false, with this text as the reason. Where it "
			"is true, close the port in the security groups, or accept the price that "
			"the table shows.",
	},
	{
		.code = "TW303",
		.name = "wider-than-needed",
		.level = "warning or note",
		.summary = "a rule for replies has more peers than any flow",
		.meaning =
			"The rule lets replies pass from or to addresses that no request is let "
			"through to. Inbound it is a warning: the public addresses that are not "
			"needed may send any packet to these ports. Nothing is said where groups, "
			"intents or targets name a service in the range.",
		.example =
			"  out 100 allow tcp 443         to   198.51.100.0/24\n"
			"  in  100 allow tcp 1024-65535  from 0.0.0.0/0\n"
			"Only 198.51.100.0/24 is ever called, and the whole internet may send to "
			"64,512 ports. Nothing is seen from outside until somebody scans.",
		.remedy =
			"Give the rule the block of the request, so that it answers those who are "
			"asked and nobody else.",
	},
	{
		.code = "TW304",
		.name = "deny-hole",
		.level = "warning or note",
		.summary = "a deny of single ports takes the replies of clients that pick them",
		.meaning =
			"A deny of a few ports from 1024 up stands in front of a rule for "
			"replies. It shuts a service, such as 3389, and with it the replies of "
			"every connection whose client picked that port as its own. The price is "
			"exact, client by client. It is a warning from one connection in a "
			"thousand on, unless check tells of it; told once for each list.\n"
			"A block that is denied with all ports is a wanted denial, and silent.",
		.example =
			"  in   90 deny  tcp 3389        from 0.0.0.0/0\n"
			"  in  100 allow tcp 1024-65535  from 0.0.0.0/0\n"
			"Linux and Windows never pick 3389. A NAT gateway does, one time in "
			"64,512. From outside: an outgoing connection hangs now and then, and no "
			"test shows it.",
		.remedy = "Let security groups shut the port: they know replies by state, and cost "
			  "no connection. Then remove the deny.",
	},
	{
		.code = "TW401",
		.name = "ports-on-all-protocols",
		.level = "warning",
		.summary = "ports stand beside a protocol that has none: AWS ignores them",
		.meaning =
			"Ports count for TCP and UDP. Beside protocol -1, or one such as 50, AWS "
			"ignores them, and the rule covers every packet. Its author believed that "
			"one port passes.",
		.example =
			"  in  100 allow all 80          from 0.0.0.0/0\n"
			"Every port of every protocol is let in. From outside: a scan finds what "
			"was meant to be closed.",
		.remedy = "Give the protocol: tcp (6) or udp (17). If everything is meant, leave "
			  "the ports out.",
	},
	{
		.code = "TW402",
		.name = "port-zero",
		.level = "warning or note",
		.summary = "a TCP or UDP rule is about 0-0, which is port 0 alone",
		.meaning =
			"0-0 is not \"all ports\": it is port 0, which nobody uses. An allow lets "
			"nothing pass, a deny stops nothing. Where check tells of replies that "
			"are lost there, it is a note.",
		.example = "  out 100 allow tcp 0-0         to   0.0.0.0/0\n"
			   "From outside: nothing answers, although \"all TCP is allowed\".",
		.remedy = "Write 0-65535, which is all ports, or the port that is meant.",
	},
	{
		.code = "TW403",
		.name = "rule-quota",
		.level = "error, warning or note",
		.summary = "a list is full, or nearly full",
		.meaning =
			"AWS takes 20 entries for each direction and each address family, raised "
			"to 40 at most on request, and counts the default deny: 19 or 39 are "
			"left. Full is a warning, two or less to go a note, more than 40 an "
			"error. A list with 21 or more runs with a raised quota, and is held "
			"against 40. --quota sets another number.",
		.example = "  in  100 to 1990, 19 rules for IPv4\n"
			   "Nothing is seen from outside. The next rule is refused: "
			   "NetworkAclEntryLimitExceeded.",
		.remedy = "`twoway lint -v` tells rules that can go (TW201, TW202) or be merged "
			  "(TW204). Else ask AWS to raise the quota.",
	},
	{
		.code = "TW404",
		.name = "icmp-code-trap",
		.level = "warning",
		.summary = "type and code of an ICMP rule say less than they seem to",
		.meaning =
			"ICMP rules match type and code exactly, and -1 is any. Tools that leave "
			"them out put 0 in their place: type 3 code 0 is \"network unreachable\" "
			"alone, without the path-MTU message (code 4); type 0 code 0 is the echo "
			"reply alone; in ICMPv6 type 0 is no message at all. A code beside type "
			"-1 is not defined by AWS.",
		.example = "  in  100 allow icmp 3/0        from 0.0.0.0/0\n"
			   "From outside: large packets vanish where a smaller link is on the way, "
			   "and \"ICMP 3 is allowed\".",
		.remedy = "Write -1 for \"any code\", and name the type that is meant.",
	},
	{
		.code = "TW405",
		.name = "range-end-slip",
		.level = "warning or note",
		.summary = "a range for replies ends where a slip of the pen ends it",
		.meaning = "65525, 65353 or 65534 in place of 65535; or 61000, which is copied for "
			   "Linux, whose range ends at 60999. Each client is told how many of its "
			   "ports lie beyond. A note for 61000, and where check tells of the loss. "
			   "Silent if another rule lets the rest pass.",
		.example =
			"  in  100 allow tcp 1024-65525  from 0.0.0.0/0\n"
			"Windows and macOS lose 10 of 16,384 ports. From outside: one connection "
			"in 1,600 hangs.",
		.remedy = "End the range at 65535; no client picks a port that must stay shut "
			  "there.",
	},
	{
		.code = "TW406",
		.name = "range-start-1025",
		.level = "note",
		.summary = "a range for replies starts at 1025",
		.meaning = "NAT gateways, load balancers and Lambda pick from 1024 up. One port in "
			   "64,512 gets no reply. Silent if another rule lets 1024 pass.",
		.example = "  in  100 allow tcp 1025-65535  from 0.0.0.0/0\n"
			   "From outside: an outgoing connection hangs once in 64,512 times.",
		.remedy = "Start the range at 1024, where the ports of AWS's own services begin.",
	},
	{
		.code = "TW407",
		.name = "udp-forgotten",
		.level = "note",
		.summary = "replies are let in for TCP, and not for UDP, which goes out, too",
		.meaning =
			"UDP goes out to public addresses, as a service or because everything "
			"does, and TCP gets its replies from there. No rule lets UDP replies in. "
			"Silent where check tells of it for a service that a rule names.",
		.example =
			"  out 100 allow all             to   0.0.0.0/0\n"
			"  in  100 allow tcp 1024-65535  from 0.0.0.0/0\n"
			"NTP, DNS at other resolvers and QUIC get no answer. From outside: the "
			"question leaves, the answer is dropped. The VPC's own resolver and time "
			"service are not filtered.",
		.remedy = "Inbound: allow udp 1024-65535 from the same peers. Or stop UDP on its "
			  "way out, so that it is refused at once.",
	},
	{
		.code = "TW408",
		.name = "ipv6-forgotten",
		.level = "warning or note",
		.summary = "rules for IPv4 have no counterpart for IPv6",
		.meaning =
			"Rules of one family say nothing for the other. Either the subnets have "
			"IPv6 addresses and the ACL has no rule for them, so that nothing passes "
			"(a warning if a route leads out over IPv6); or a service for everybody "
			"over IPv4 is missing among those that IPv6 has. An ACL with a deny for "
			"IPv6 is left out. Replies that are forgotten are TW107 of check.",
		.example =
			"  in  100 allow tcp 443         from 0.0.0.0/0\n"
			"  in  110 allow tcp 80          from 0.0.0.0/0\n"
			"  in  120 allow tcp 80          from ::/0\n"
			"443 is shut over IPv6. From outside: a browser with IPv6 waits before it "
			"falls back to IPv4.",
		.remedy = "Write the same rules for ::/0, replies included. If IPv6 is not wanted, "
			  "take the addresses away, or say so with a deny.",
	},
	{
		.code = "TW409",
		.name = "path-mtu-blocked",
		.level = "note",
		.summary = "the path-MTU message cannot come in",
		.meaning =
			"Where a smaller link is on the way, a router says so with ICMP type 3 "
			"code 4 (IPv6: ICMPv6 type 2). TCP goes to public addresses here, and no "
			"rule lets that message in. Once for each ACL. No flow is called broken "
			"for lack of it.",
		.example = "  in  100 allow tcp 443         from 0.0.0.0/0\n"
			   "  out 100 allow tcp 1024-65535  to   0.0.0.0/0\n"
			   "From outside: the connection opens, small answers arrive, and a large "
			   "one never does; typical behind VPNs.",
		.remedy =
			"Inbound: allow icmp type 3 code 4 from 0.0.0.0/0, and icmpv6 type 2 from "
			"::/0.",
	},
	{
		.code = "TW410",
		.name = "fixed-source-port-only",
		.level = "warning or note",
		.summary = "UDP answers are let in to one fixed port only",
		.meaning = "Questions go out to a port, and answers are let in to the same port. "
			   "That fits a program which asks from that very port, as the old ntpd "
			   "does. Others ask from a port of their own and get no answer. Protocols "
			   "that use one port at both ends by their nature (IKE, DHCP, mDNS) are "
			   "left out.",
		.example =
			"  out 100 allow udp 123         to   0.0.0.0/0\n"
			"  in  100 allow udp 123         from 0.0.0.0/0\n"
			"chrony and systemd-timesyncd get no answer. From outside: clocks drift. "
			"The VPC's own time service is not filtered.",
		.remedy = "Inbound: allow udp 1024-65535 from the servers that are asked.",
	},
	{
		.code = "TW411",
		.name = "snat-client-outside",
		.level = "note",
		.summary = "a range for replies fits hosts, and not the containers behind them",
		.meaning =
			"The source NAT of containers (Kubernetes, and others that randomise) may "
			"pick any port from 1024 up, whatever range the host itself uses. The "
			"rule starts above that.",
		.example =
			"  out 100 allow tcp 443         to   0.0.0.0/0\n"
			"  in  100 allow tcp 32768-65535 from 0.0.0.0/0\n"
			"31,744 of 64,512 ports get no reply. From outside: it always works from "
			"the host, and about half the time from a pod.",
		.remedy = "Start the range at 1024, if containers run behind the ACL.",
	},
	{
		.code = "TW412",
		.name = "prefix-list-weight",
		.level = "warning or note",
		.summary = "a prefix list fills a security group's quota",
		.meaning =
			"AWS takes 60 rules for each direction and family of a group. A prefix "
			"list counts as the number of entries that it may hold (MaxEntries), not "
			"as one rule and not as what it holds; the list of CloudFront counts 55. "
			"Above 60 it is a warning, from 55 on a note.",
		.example = "  sg-1 in tcp 443 from pl-1 (MaxEntries 50)\n"
			   "  and 12 other rules\n"
			   "Nothing is seen from outside. The next rule is refused: "
			   "RulesPerSecurityGroupLimitExceeded.",
		.remedy = "Lower MaxEntries, move rules to another group, or ask for a higher "
			  "quota.",
	},
	{
		.code = "TW413",
		.name = "icmp-family-mismatch",
		.level = "warning",
		.summary = "ICMP of one address family on a block of the other",
		.meaning =
			"IPv4 has ICMP, protocol 1; IPv6 has ICMPv6, protocol 58. A rule with the "
			"other one matches nothing that is on the way, and AWS does not say what "
			"it does. Verdicts that depend on it are unknown.",
		.example = "  in  100 allow icmp 8          from ::/0\n"
			   "From outside: ping over IPv6 gets no answer; neighbours are found all "
			   "the same.",
		.remedy = "On an IPv6 block use protocol 58 and its own types: echo is 128, its "
			  "reply 129, packet too big 2.",
	},
	{
		.code = "TW414",
		.name = "likely-slip",
		.level = "note",
		.summary =
			"a well-known service under the wrong protocol, or with digits exchanged",
		.meaning =
			"tcp/123 for NTP, udp/22 for SSH, 433 for 443. Told only where the usual "
			"one is not let through in the same list.",
		.example = "  out 100 allow tcp 123         to   0.0.0.0/0\n"
			   "From outside: no NTP server is reached.",
		.remedy = "Use the protocol and port of the service. If the unusual one is meant, "
			  "ignore this finding with a reason.",
	},
};
