/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The built-in clients, and arithmetic on their ports.
 *
 * Every row names the fact that it rests on. `picks` is a claim about how a client walks its range,
 * and decides which sentence about a partial loss is true; so it is "even" only where a source says
 * that ports are drawn at random (SPEC: freebsd-algorithm, openbsd-algorithm, snat-changes-class),
 * and "unpublished" in every case of doubt: "of its ports" is then all that can be said.
 *
 * An alias is a row of its own, because it prints as the name that was asked for.
 */

#include "mem.h"
#include "twoway/client.h"

#define AWS_ACL_GUIDE "Amazon VPC User Guide, Ephemeral ports"

/* clang-format off */
#define CLIENT(id_, title_, lo, hi, picks_, source_, reference_, note_) \
	{.id = (id_), .title = (title_), .range = {{(lo), (hi)}}, .ranges = 1, .picks = (picks_), \
	 .source = (source_), .note = (note_), .reference = (reference_)}
#define ALIAS(id_, alias_of_, title_, lo, hi, picks_, source_, reference_, note_) \
	{.id = (id_), .alias_of = (alias_of_), .title = (title_), .range = {{(lo), (hi)}}, \
	 .ranges = 1, .picks = (picks_), .source = (source_), .note = (note_), \
	 .reference = (reference_)}
/* clang-format on */

static const struct tw_client table[] = {
	/* SPEC: linux-range, linux-connect-step, linux-connect-even */
	CLIENT("linux", "Linux", 32768, 60999, TW_PICKS_LINUX_CONNECT, "linux-range",
		"Linux kernel, ip-sysctl",
		"connect() takes even ports first, in steps; Linux before 4.2 went up to 61000."),
	/* SPEC: amazon-linux-range */
	ALIAS("amazon-linux", "linux", "Amazon Linux", 32768, 60999, TW_PICKS_LINUX_CONNECT,
		"amazon-linux-range", AWS_ACL_GUIDE,
		"The kernel's default range; AWS documents 32768-61000, one port more."),
	/* SPEC: windows-range, windows-algorithm */
	CLIENT("windows", "Windows Vista, Server 2008 and later", 49152, 65535,
		TW_PICKS_UNPUBLISHED, "windows-range", "Microsoft KB 929851",
		"Set separately for TCP and UDP, IPv4 and IPv6; Exchange widens it to 6005-65534."),
	/* SPEC: windows-xp-range */
	CLIENT("windows-xp", "Windows 2000, XP", 1025, 5000, TW_PICKS_UNPUBLISHED,
		"windows-xp-range", "Microsoft KB 929851", "Judged only when asked for."),
	ALIAS("windows-2003", "windows-xp", "Windows Server 2003", 1025, 5000, TW_PICKS_UNPUBLISHED,
		"windows-xp-range", "Microsoft KB 929851", "Judged only when asked for."),
	/* SPEC: macos-range. The random pick of xnu-algorithm is a switch, so no claim. */
	CLIENT("macos", "macOS, iOS", 49152, 65535, TW_PICKS_UNPUBLISHED, "macos-range",
		"Apple XNU source, in_pcb.c", ""),
	/* SPEC: freebsd-range, freebsd-algorithm */
	CLIENT("freebsd", "FreeBSD", 10000, 65535, TW_PICKS_EVEN, "freebsd-range",
		"FreeBSD source, in_pcb.c and in.h",
		"Often given as 49152-65535, which is only the range of IP_PORTRANGE_HIGH."),
	/* SPEC: openbsd-range, openbsd-algorithm */
	CLIENT("openbsd", "OpenBSD", 1024, 49151, TW_PICKS_EVEN, "openbsd-range",
		"OpenBSD source, in.h", "No port in common with the dynamic ports of IANA."),
	/* SPEC: netbsd-range, netbsd-algorithm: the algorithm can be chosen, so no claim. */
	CLIENT("netbsd", "NetBSD", 49152, 65535, TW_PICKS_UNPUBLISHED, "netbsd-range",
		"NetBSD source, in.h", ""),
	/* SPEC: solaris-range */
	CLIENT("solaris", "Solaris, illumos", 32768, 65535, TW_PICKS_UNPUBLISHED, "solaris-range",
		"Oracle Solaris Tunable Parameters Reference Manual", ""),
	/* SPEC: aix-range */
	ALIAS("aix", "solaris", "AIX", 32768, 65535, TW_PICKS_UNPUBLISHED, "aix-range",
		"SAS note 43946", "Set separately for TCP and UDP."),
	/* SPEC: cisco-pat: the port is kept or moved inside 1024-65535. */
	CLIENT("nat", "home and carrier NAT", 1024, 65535, TW_PICKS_UNPUBLISHED, "cisco-pat",
		"Cisco IOS NAT documentation",
		"An upper bound: some keep the client's port, others pick any from 1024 up."),
	/* SPEC: nat-gw-range, eph-nat */
	CLIENT("nat-gateway", "AWS NAT gateway", 1024, 65535, TW_PICKS_UNPUBLISHED, "nat-gw-range",
		AWS_ACL_GUIDE, "AWS does not publish how it picks."),
	/* SPEC: elb-range, nlb-client-ip */
	CLIENT("elb", "AWS Elastic Load Balancing", 1024, 65535, TW_PICKS_UNPUBLISHED, "elb-range",
		AWS_ACL_GUIDE,
		"A Network Load Balancer that preserves addresses passes the client's port on."),
	ALIAS("alb", "elb", "AWS Application Load Balancer", 1024, 65535, TW_PICKS_UNPUBLISHED,
		"elb-range", AWS_ACL_GUIDE, "AWS does not publish how it picks."),
	/* SPEC: lambda-range */
	CLIENT("lambda", "AWS Lambda in a VPC", 1024, 65535, TW_PICKS_UNPUBLISHED, "lambda-range",
		AWS_ACL_GUIDE, "AWS does not publish how it picks."),
	/* SPEC: snat-changes-class, masquerade-random-range, kube-proxy-range */
	CLIENT("linux-snat", "Linux host that translates at random", 1024, 65535, TW_PICKS_EVEN,
		"snat-changes-class", "Linux kernel, nf_nat_core.c; Kubernetes, kube-proxy source",
		"kube-proxy does so; plain masquerade, as Docker's, keeps the client's port."),
	/* SPEC: eks-snat-range */
	ALIAS("eks-snat", "linux-snat", "EKS pods that leave the VPC", 1024, 65535, TW_PICKS_EVEN,
		"eks-snat-range", "Amazon VPC CNI plugin, README",
		"AWS_VPC_K8S_CNI_RANDOMIZESNAT=none keeps the pod's own port."),
	/* SPEC: dns-resolver-range */
	CLIENT("dns-resolver", "DNS resolver that picks its own ports", 1024, 65535,
		TW_PICKS_UNPUBLISHED, "dns-resolver-range", "Unbound users' list, January 2019",
		"An upper bound: Unbound leaves assigned ports out."),
	/* SPEC: iana-range */
	CLIENT("iana", "IANA dynamic ports", 49152, 65535, TW_PICKS_UNPUBLISHED, "iana-range",
		"IANA, dynamic and private ports",
		"A recommendation, and the range of Windows, macOS and NetBSD."),
	/* SPEC: rule-1024-65535, eph-cover-all */
	CLIENT("any", "any client at all", 1024, 65535, TW_PICKS_UNPUBLISHED, "rule-1024-65535",
		AWS_ACL_GUIDE, "Holds the range of every client of this table."),
};

static const char *const picks_names[] = {
	[TW_PICKS_LINUX_CONNECT] = "linux-connect",
	[TW_PICKS_EVEN] = "even",
	[TW_PICKS_UNPUBLISHED] = "unpublished",
};

const struct tw_client *tw_clients(size_t *ret_count)
{
	*ret_count = TW_COUNT(table);
	return table;
}

const struct tw_client *tw_client_find(const char *id)
{
	for (size_t i = 0; i < TW_COUNT(table); i++) {
		if (strcmp(table[i].id, id) == 0)
			return &table[i];
	}
	return NULL;
}

const char *tw_picks_name(enum tw_picks picks)
{
	return picks_names[picks];
}

bool tw_picks_parse(const char *text, enum tw_picks *ret)
{
	for (size_t i = 0; i < TW_COUNT(picks_names); i++) {
		if (strcmp(picks_names[i], text) == 0) {
			*ret = (enum tw_picks)i;
			return true;
		}
	}
	return false;
}

uint32_t tw_client_total(const struct tw_client *client)
{
	uint32_t total = 0;

	for (size_t i = 0; i < client->ranges; i++)
		total += (uint32_t)client->range[i].hi - client->range[i].lo + 1;
	return total;
}

/* SPEC: broken-fraction */
uint32_t tw_client_passing(const struct tw_client *client, const struct tw_ports *ports, size_t n)
{
	uint32_t passing = 0;
	size_t i = 0, k = 0;

	while (i < client->ranges && k < n) {
		struct tw_ports a = client->range[i], b = ports[k];
		uint16_t lo = a.lo > b.lo ? a.lo : b.lo;
		uint16_t hi = a.hi < b.hi ? a.hi : b.hi;

		if (lo <= hi)
			passing += (uint32_t)hi - lo + 1;
		/* The range that ends first can meet nothing further. */
		if (a.hi < b.hi)
			i++;
		else
			k++;
	}
	return passing;
}

/* SPEC: linux-run-length, linux-connect-step */
void tw_client_runs(uint32_t passing, uint32_t total, uint32_t *ret_fail, uint32_t *ret_ok)
{
	enum { MEAN_STEP = 9 };

	*ret_fail = (total - passing) / MEAN_STEP;
	*ret_ok = passing / MEAN_STEP;
}
