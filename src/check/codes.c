/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The finding codes of `check`, explained once for `twoway rule`, the JSON and the manual. A code
 * is never reused. Examples are network ACL rules as `direction number action protocol ports peer`;
 * a line that begins with blanks is shown as it stands. Codes of legs and paths: codes_path.c; of
 * lint: codes_lint.c.
 */

#include <string.h>

#include "codes.h"
#include "mem.h"
#include "twoway/check.h"

/* A row of another file. */
#define ROW(row)                                                                                   \
	{                                                                                          \
		.code = (row).code, .name = (row).name, .level = (row).level,                      \
		.summary = (row).summary, .meaning = (row).meaning, .example = (row).example,      \
		.remedy = (row).remedy                                                             \
	}

static const struct tw_code codes[] = {
	{
		.code = "TW101",
		.name = "reply-blocked",
		.level = "error, warning or note",
		.summary = "the request passes, and no client that decides gets its reply",
		.meaning =
			"A network ACL is stateless: it judges the reply as a packet of its own. "
			"The reply goes to the port that the client picked, and no rule lets "
			"that port pass for any of the clients that decide here. Not one "
			"connection can be made.\n"
			"The level is that of the clients that are hurt; it is a note where the "
			"loss costs less than one connection in a thousand.",
		.example = "  in  100 allow tcp 443         from 0.0.0.0/0\n"
			   "  out 100 allow tcp 443         to   0.0.0.0/0\n"
			   "The author took the second rule for the way back. Replies leave from "
			   "port 443, but they go to ports such as 50123. From outside: connect() "
			   "times out. A capture on the server shows SYN arriving and SYN-ACK "
			   "leaving, again and again; flow logs show ACCEPT in and REJECT out. "
			   "There is no reset and no ICMP message.",
		.remedy = "Let the reply pass in the other direction: tcp, ports 1024-65535, to "
			  "the addresses that may ask. A narrower range must hold the range of "
			  "every client that may connect; `twoway clients` lists them. A reply "
			  "rule lets packets in whatever their source port is, so keep security "
			  "groups narrow.",
	},
	{
		.code = "TW102",
		.name = "reply-blocked-for-some-clients",
		.level = "error, warning or note",
		.summary = "some clients get every reply or a share, others get none at all",
		.meaning = "Operating systems pick source ports from different ranges. The rules "
			   "for the replies miss the whole range of at least one client that "
			   "decides here, while another one gets replies. It works on the desk of "
			   "whoever tested it, and never for the others.",
		.example = "  in  100 allow tcp 443         from 0.0.0.0/0\n"
			   "  out 100 allow tcp 32768-49151 to   0.0.0.0/0\n"
			   "Linux clients get 16,384 of their 28,232 ports back, Windows and macOS "
			   "clients none: they pick from 49152-65535. From outside: the page opens "
			   "from a Linux machine, now and then, and times out from every Windows "
			   "machine.",
		.remedy = "Widen the reply rule to 1024-65535. If a client that cannot connect is "
			  "not meant to, say so: list the others as `clients:` of the flow in "
			  "twoway.yaml.",
	},
	{
		.code = "TW103",
		.name = "reply-partial",
		.level = "error, warning or note",
		.summary = "clients lose the replies to a share of their ports",
		.meaning =
			"The rules for the replies cover only a part of a client's source ports. "
			"Which port a connection gets is chance, so it looks like a network that "
			"is flaky: the same request works, hangs, works again. The share is "
			"exact, a count of ports over a count of ports.\n"
			"Linux picks the ports for one destination in steps. Towards one server "
			"the attempts that get no reply therefore come in long runs: a retry a "
			"second later does not help.",
		.example = "  out 100 allow tcp 443         to   0.0.0.0/0\n"
			   "  in  100 allow tcp 49152-65535 from 0.0.0.0/0\n"
			   "A Linux host picks from 32768-60999; 11,848 of these 28,232 ports lie "
			   "in the rule: 58.03 % of the connections hang. A NAT gateway picks from "
			   "1024-65535: 74.60 % of its ports get no reply. From outside: time-outs "
			   "that come and go, health checks that flap, downloads that work at the "
			   "second try.",
		.remedy = "Widen the reply rule to the whole range of every client: 1024-65535 is "
			  "enough for all of them. 32768-60999 is enough for plain Linux hosts "
			  "only, not for containers behind a translating host, NAT gateways, load "
			  "balancers or Windows.",
	},
	{
		.code = "TW104",
		.name = "udp-reply-blocked",
		.level = "error, warning or note",
		.summary = "a UDP request passes, its reply does not, or not to all ports",
		.meaning = "The same as TW101 to TW103 for UDP. Reply rules are often written for "
			   "TCP alone, and nobody notices, because the AWS resolver, the time "
			   "service and the metadata service are never filtered by network ACLs.",
		.example =
			"  in  100 allow udp 53          from 10.0.0.0/8\n"
			"  out 100 allow tcp 1024-65535  to   10.0.0.0/8\n"
			"The question arrives at the name server, the answer dies at the ACL. "
			"From outside: a query times out; resolvers then try the next server, so "
			"everything is slow rather than dead. NTP written as udp 123 to 123 both "
			"ways works for clients that use 123 as their own port, and for no other.",
		.remedy = "Add a rule for udp 1024-65535 beside the one for tcp. Resolvers pick "
			  "source ports from nearly all of that range, on Linux too.",
	},
	{
		.code = "TW105",
		.name = "icmp-reply-blocked",
		.level = "warning or note",
		.summary = "an echo request passes and its reply does not, or path-MTU messages "
			   "cannot come in",
		.meaning = "Ping is let through in one direction only. As a note, once for each "
			   "ACL: the message `fragmentation needed` (ICMP type 3 code 4, ICMPv6 "
			   "type 2) cannot come in, so that large packets may vanish where a link "
			   "on the way is narrower. That changes no verdict.",
		.example = "  out 100 allow icmp 8/0        to   0.0.0.0/0\n"
			   "  in  100 allow tcp 1024-65535  from 0.0.0.0/0\n"
			   "From outside: ping gets no answer although everything else works. "
			   "Without path-MTU messages: connections open, small requests work, and "
			   "large answers hang.",
		.remedy = "Allow the echo reply (icmp 0/0, icmpv6 129/0) in the other direction, "
			  "and icmp 3/4 and icmpv6 2/0 inwards.",
	},
	{
		.code = "TW107",
		.name = "reply-family-missing",
		.level = "error, warning or note",
		.summary = "a service is let in on one address family, and its reply only on the "
			   "other",
		.meaning =
			"IPv4 and IPv6 have rules of their own. The service has a rule for both "
			"families or for one, and the reply has a rule only for the other family.",
		.example = "  in  100 allow tcp 443         from 0.0.0.0/0\n"
			   "  in  101 allow tcp 443         from ::/0\n"
			   "  out 100 allow tcp 1024-65535  to   0.0.0.0/0\n"
			   "From outside: the page opens, but late. A browser tries IPv6 first, "
			   "waits, and falls back to IPv4. Programs that do not fall back hang.",
		.remedy = "Write the reply rule for ::/0 (or for 0.0.0.0/0) as well, or take the "
			  "service rule of that family out.",
	},
	{
		.code = "TW108",
		.name = "one-direction",
		.level = "error, warning or note",
		.summary = "an ACL lets traffic out and no reply in, or in and no reply out",
		.meaning =
			"Told once for each ACL and address family. Either everything is let out "
			"and no reply port of any client is let in, so the hosts behind this ACL "
			"can answer their callers but call nobody themselves; or everything is "
			"let in and nothing out, so nobody gets an answer. It is an error when a "
			"whole direction has no rule that allows anything and requests come in.",
		.example =
			"  in  100 allow tcp 80          from 0.0.0.0/0\n"
			"  in  110 allow tcp 443         from 0.0.0.0/0\n"
			"  out 100 allow all             to   0.0.0.0/0\n"
			"The web server answers. But package updates, calls to other services "
			"and queries to name servers other than the AWS resolver hang until they "
			"time out, because their replies come in to ports 1024-65535.",
		.remedy = "If the hosts are to connect out: allow tcp (and udp) 1024-65535 in. If "
			  "not: replace the wide rule by one for the replies alone, tcp "
			  "1024-65535, and the finding is gone.",
	},
	{
		.code = "TW109",
		.name = "request-blocked-by-acl",
		.level = "warning",
		.summary = "a narrow security-group rule asks for a flow that no ACL on its path "
			   "lets through",
		.meaning =
			"Somebody wrote a security-group rule for exactly this service and these "
			"peers, so the flow is wanted. Every path for it meets a network ACL "
			"that denies the request itself. A group that allows everything is no "
			"such wish and gives no finding.",
		.example =
			"  group sg-db: in tcp 5432 from 10.0.1.0/24\n"
			"  ACL of the database subnet: in 100 allow tcp 3306 from 10.0.1.0/24\n"
			"From outside: connect() times out. The group looks right, and its rule "
			"counter is never reached, because the ACL of the subnet is asked first.",
		.remedy = "Allow the service in the ACL, and its replies in the other direction; "
			  "or take the rule out of the group if the flow is not wanted any more.",
	},
	{
		.code = "TW110",
		.name = "reply-holes",
		.level = "note",
		.summary = "single ports denied or missing in a client's otherwise open range",
		.meaning = "A deny of one port, usually 3389 or 5432, stands before the wide rule "
			   "for the replies, or a range begins or ends a little short (1025, "
			   "65525). A client that happens to pick that port gets no reply. That is "
			   "rare and impossible to reproduce. All holes of one ACL are told "
			   "together. From one port in a thousand on, it is told as TW103.",
		.example =
			"  out 100 allow tcp 443         to   0.0.0.0/0\n"
			"  in   90 deny  tcp 3389        from 0.0.0.0/0\n"
			"  in  100 allow tcp 1024-65535  from 0.0.0.0/0\n"
			"Behind a NAT gateway 1 of 64,512 ports gets no reply. Linux and Windows "
			"lose nothing: 3389 is not in their ranges. From outside: one time-out "
			"in a long while, gone at the next attempt.",
		.remedy = "If the deny keeps somebody out, prefer the security group for it and "
			  "drop the rule here. Else keep it and ignore this code with that reason. "
			  "Ranges: begin at 1024, end at 65535.",
	},
	ROW(tw_path_codes[0]),
	ROW(tw_path_codes[1]),
	ROW(tw_path_codes[2]),
	ROW(tw_path_codes[3]),
	ROW(tw_path_codes[4]),
	ROW(tw_path_codes[5]),
	ROW(tw_path_codes[6]),
	ROW(tw_path_codes[7]),
	ROW(tw_path_codes[8]),
	ROW(tw_lint_codes[0]),
	ROW(tw_lint_codes[1]),
	ROW(tw_lint_codes[2]),
	ROW(tw_lint_codes[3]),
	ROW(tw_lint_codes[4]),
	ROW(tw_lint_codes[5]),
	ROW(tw_lint_codes[6]),
	ROW(tw_lint_codes[7]),
	ROW(tw_lint_codes[8]),
	ROW(tw_lint_codes[9]),
	ROW(tw_lint_codes[10]),
	ROW(tw_lint_codes[11]),
	ROW(tw_lint_codes[12]),
	ROW(tw_lint_codes[13]),
	ROW(tw_lint_codes[14]),
	ROW(tw_lint_codes[15]),
	ROW(tw_lint_codes[16]),
	ROW(tw_lint_codes[17]),
	ROW(tw_lint_codes[18]),
	ROW(tw_lint_codes[19]),
	ROW(tw_lint_codes[20]),
	ROW(tw_lint_codes[21]),
	ROW(tw_lint_codes[22]),
	ROW(tw_lint_codes[23]),
	ROW(tw_lint_codes[24]),
	{
		.code = "TW601",
		.name = "intent-not-met",
		.level = "error",
		.summary = "a flow of twoway.yaml is blocked, or not complete for its clients",
		.meaning = "You said that this flow must work. Its request is denied, or a client "
			   "that decides for it does not get the reply on every port of its range.",
		.example =
			"  flows: [{name: web-in, from: internet, to: web, port: tcp/443}]\n"
			"  in  100 allow tcp 443         from 0.0.0.0/0\n"
			"  out 100 allow tcp 32768-60999 to   0.0.0.0/0\n"
			"Complete for Linux, but 4,536 of the 16,384 ports of Windows and macOS "
			"get no reply. From outside: more than a quarter of the connections from "
			"those systems hang.",
		.remedy = "Repair the rule that the finding points at. If the intent says too "
			  "much, give it the `clients:` that really connect. `twoway trace` draws "
			  "the whole path.",
	},
	{
		.code = "TW602",
		.name = "intent-never-violated",
		.level = "error",
		.summary = "a request passes that twoway.yaml says must never pass",
		.meaning = "At least one packet of a flow under `never:` gets through every filter "
			   "on its way. The reply does not matter here: one packet can do harm.",
		.example =
			"  never: [{name: no-db, from: internet, to: db, port: tcp/5432}]\n"
			"  in  100 allow tcp 1024-65535  from 0.0.0.0/0\n"
			"The rule was written for replies and holds 5432 as well. From outside: "
			"the database port is open wherever the security group does not stop it.",
		.remedy = "Deny the service before the wide rule, or close it in the security "
			  "group. The finding names one packet that passes, to try it.",
	},
	{
		.code = "TW603",
		.name = "intent-undecided",
		.level = "error",
		.summary = "the input does not decide whether an intent holds",
		.meaning = "Something that is not in the input could change the answer: a group "
			   "that is mentioned but missing, an ACL whose rules are cut off, "
			   "addresses that are not known. An intent that cannot be proved is not "
			   "taken for proved.",
		.example = "  the interface of `web` uses group sg-7, and no input describes sg-7\n"
			   "The flow is complete if sg-7 lets it in, and blocked if not.",
		.remedy = "Add the missing answer to the input; the finding names it. "
			  "examples/collect.sh collects everything that is read.",
	},
	{
		.code = "TW604",
		.name = "intents-contradict",
		.level = "error",
		.summary = "one intent demands what another one forbids",
		.meaning =
			"A flow under `flows:` and one under `never:` have packets in common. No "
			"rule set can satisfy both.",
		.example = "  flows: [{name: admin, from: office, to: web, port: tcp/22}]\n"
			   "  never: [{name: no-ssh, from: internet, to: web, port: tcp/22}]\n"
			   "`office` is a public block, so it is a part of `internet`.",
		.remedy = "Narrow one of the two: other addresses, other ports, or drop it.",
	},
	{
		.code = "TW901",
		.name = "input-not-understood",
		.level = "warning or note",
		.summary = "a part of the input was not read, or is known to be incomplete",
		.meaning =
			"A file of a kind that is recognised but not read yet, or an answer that "
			"was cut off (it still has a NextToken). What is missing counts as "
			"unknown, never as absent.",
		.example = "  {\"NetworkAcls\": [ ... ], \"NextToken\": \"eyJ2...\"}\n"
			   "The list goes on on another page that nobody saved.",
		.remedy = "Collect the rest: run the command without --max-items, or with every "
			  "page, and `aws ... --output json`.",
	},
	{
		.code = "TW902",
		.name = "ignore-without-reason",
		.level = "warning",
		.summary = "an entry under `ignore:` has no reason, so it suppresses nothing",
		.meaning = "A suppressed finding needs a reason that the next person can read.",
		.example = "  ignore: [{code: TW102, at: acl-1}]\n"
			   "The finding stays as it was, and this one comes on top of it.",
		.remedy = "Write why it may be ignored: `reason: \"only Linux clients here\"`, "
			  "best with `until:` and a day to look again.",
	},
	{
		.code = "TW903",
		.name = "ignore-unused",
		.level = "warning",
		.summary = "an entry under `ignore:` hides nothing",
		.meaning = "No finding has this code at this place any more. It was repaired, the "
			   "id is mistyped, or the day under `until` is past.",
		.example = "  ignore: [{code: TW102, at: acl-1, reason: \"old clients\"}]\n"
			   "acl-1 has been repaired since.",
		.remedy = "Delete the entry. If the finding is back because the day is past: "
			  "repair it, or give it a new day.",
	},
	{
		.code = "TW904",
		.name = "acl-fragment",
		.level = "note",
		.summary = "an ACL may lie partly outside the input, so its flows were not judged",
		.meaning =
			"Rules that belong to an ACL of another stack or file, an ACL whose "
			"rules come from elsewhere, a rule without a direction, or kinds of "
			"objects missing that would decide. A verdict on a part would be a guess.",
		.example = "  a stack that adds `in 100 allow tcp 80` and `in 110 allow tcp 443`\n"
			   "  to an ACL that another stack owns\n"
			   "Whether replies return is decided by rules that are not here.",
		.remedy = "Give the other stack as one more input, or what runs: `aws ec2 "
			  "describe-network-acls`.",
	},
	{
		.code = "TW905",
		.name = "acl-not-judged",
		.level = "note",
		.summary = "a restrictive ACL took part in no flow",
		.meaning = "The ACL denies something, but nothing that was judged passes it: it is "
			   "attached to no subnet, or it has no rule that looks like a service. A "
			   "clean report says nothing about it.",
		.example = "  in  100 allow tcp 1024-65535  from 0.0.0.0/0\n"
			   "  out 100 allow tcp 1024-65535  to   0.0.0.0/0\n"
			   "Two rules for replies, and no service in either direction.",
		.remedy = "State what must work in twoway.yaml (`flows:`), or delete the ACL.",
	},
};

const struct tw_code *tw_codes(size_t *ret_count)
{
	*ret_count = TW_COUNT(codes);
	return codes;
}

const struct tw_code *tw_code_find(const char *code)
{
	for (size_t i = 0; i < TW_COUNT(codes); i++) {
		if (strcmp(codes[i].code, code) == 0 || strcmp(codes[i].name, code) == 0)
			return &codes[i];
	}
	return NULL;
}
