/* SPDX-License-Identifier: Apache-2.0 */
/* Random reports, built from the leaves up. */

#include "random_report.h"
#include "random_rules.h"

#define FILE_BYTES 3000

struct maker {
	struct test_random *random;
	struct tw_arena *arena;
};

static size_t below(struct maker *m, size_t n)
{
	return (size_t)test_random_below(m->random, n);
}

static void *list(struct maker *m, size_t n, size_t size)
{
	void *p = tw_arena_array(m->arena, n + 1, size);

	assert_non_null(p);
	return p;
}

static const char *const pieces[] = {"a", "b", "web", " ", " ", "  ", "-", "/", "\x1b[31m", "\n",
	"\t", "\r", "\x7f", "\x01", "\xc2\x9b", "\xe2\x80\xae", "\xe2\x80\x8b", "\xff", "\xc3",
	"\xe4\xb8\xad", "e\xcc\x81", "\xf0\x9f\x92\xa9", "subnet-0123456789abcdef0", "|",
	"\xe2\x80\xa6",
	"https://example.org/a/very/long/path/without/any/blank/in/it/at/all/and/some/more/of/it"};

static const char *text(struct maker *m)
{
	size_t n = below(m, below(m, 8) == 0 ? 60 : 8);
	const char *s = "x";

	for (size_t i = 0; i < n; i++) {
		s = tw_arena_printf(m->arena, "%s%s", s, pieces[below(m, TW_COUNT(pieces))]);
		assert_non_null(s);
	}
	return s;
}

static const char *maybe_text(struct maker *m)
{
	return below(m, 3) == 0 ? NULL : text(m);
}

static const char *const *texts(struct maker *m, size_t n)
{
	const char **v = list(m, n, sizeof(*v));

	for (size_t i = 0; i < n; i++)
		v[i] = text(m);
	return v;
}

static struct tw_span span(struct maker *m)
{
	uint32_t begin = (uint32_t)below(m, FILE_BYTES);

	if (below(m, 4) == 0)
		return TW_NO_SPAN;
	return (struct tw_span){(uint32_t)(1 + below(m, 2)), begin,
		begin + (uint32_t)below(m, FILE_BYTES + 1 - begin)};
}

static const struct tw_ports *ports(struct maker *m, size_t *ret_n)
{
	size_t n = below(m, 6);
	struct tw_ports *v = list(m, n, sizeof(*v));

	for (size_t i = 0; i < n; i++) {
		v[i].lo = (uint16_t)(i * 10000 + below(m, 5000));
		v[i].hi = (uint16_t)(v[i].lo + below(m, 5000));
	}
	*ret_n = n;
	return v;
}

static const struct tw_prefix *prefixes(struct maker *m, size_t *ret_n)
{
	size_t n = below(m, 6);
	struct tw_prefix *v = list(m, n, sizeof(*v));

	for (size_t i = 0; i < n; i++) {
		v[i].family = below(m, 2) == 0 ? TW_IPV4 : TW_IPV6;
		v[i].len = v[i].family == TW_IPV4 ? 32 : 128;
		v[i].addr.lo = test_random_u64(m->random);
		if (v[i].family == TW_IPV4)
			v[i].addr.lo &= 0xffffffff;
		else
			v[i].addr.hi = test_random_u64(m->random);
	}
	*ret_n = n;
	return v;
}

static const struct tw_icmp_range *icmp(struct maker *m, size_t *ret_n)
{
	size_t n = below(m, 3);
	struct tw_icmp_range *v = list(m, n, sizeof(*v));

	for (size_t i = 0; i < n; i++)
		v[i] = (struct tw_icmp_range){8, 8, 0, below(m, 2) == 0 ? 255 : 0};
	*ret_n = n;
	return v;
}

static const struct tw_client_result *clients(struct maker *m, size_t *ret_n)
{
	size_t all, n = below(m, 12);
	const struct tw_client *table = tw_clients(&all);
	struct tw_client_result *v = list(m, n, sizeof(*v));

	for (size_t i = 0; i < n; i++) {
		v[i].client = &table[below(m, all)];
		v[i].level = (enum tw_level)(1 + below(m, 3));
		v[i].verdict = (enum tw_verdict)below(m, 5);
		v[i].total = tw_client_total(v[i].client);
		v[i].passing = below(m, v[i].total + 1);
		v[i].undecided = below(m, 2) == 0 ? 0 : v[i].total - v[i].passing;
		v[i].runs = below(m, 2) == 0;
		if (below(m, 4) == 0) {
			v[i].leg_total = v[i].total;
			v[i].leg_passing = below(m, v[i].total + 1);
		}
	}
	*ret_n = n;
	return v;
}

static struct tw_reason reason(struct maker *m)
{
	static const char *const code[] = {NULL, "filter", "no-route", "blackhole"};

	return (struct tw_reason){
		code[below(m, TW_COUNT(code))], maybe_text(m), maybe_text(m), span(m)};
}

static const struct tw_rule_ref *rules(struct maker *m, size_t *ret_n)
{
	static const char *const action[] = {"allow", "deny", "unknown"};
	size_t n = below(m, 8);
	struct tw_rule_ref *v = list(m, n, sizeof(*v));

	for (size_t i = 0; i < n; i++) {
		v[i] = (struct tw_rule_ref){.component = text(m),
			.rule = text(m),
			.action = action[below(m, 3)],
			.text = text(m),
			.span = span(m)};
		v[i].ports = ports(m, &v[i].ports_n);
		v[i].icmp = icmp(m, &v[i].icmp_n);
	}
	*ret_n = n;
	return v;
}

static const struct tw_hop *hops(struct maker *m, size_t *ret_n)
{
	static const char *const kind[] = {"network-acl", "security-group", "route", "subnet",
		"exempt", "nat-gateway", "peering-connection", "transit-gateway", "load-balancer",
		"other"};
	size_t n = below(m, 7);
	struct tw_hop *v = list(m, n, sizeof(*v));

	for (size_t i = 0; i < n; i++) {
		v[i] = (struct tw_hop){.reply = i >= n / 2,
			.leg = (unsigned)below(m, 3),
			.component = maybe_text(m),
			.kind = kind[below(m, TW_COUNT(kind))],
			.list = below(m, 2) == 0 ? "ingress" : NULL,
			.subnet = maybe_text(m),
			.action = (enum tw_hop_action)below(m, 6),
			.reached = below(m, 4) > 0};
		v[i].from = prefixes(m, &v[i].from_n);
		v[i].to = prefixes(m, &v[i].to_n);
		v[i].ports = ports(m, &v[i].ports_n);
		v[i].rule = rules(m, &v[i].rules_n);
	}
	*ret_n = n;
	return v;
}

static const struct tw_flow_box *boxes(struct maker *m, size_t *ret_n)
{
	size_t n = below(m, 3);
	struct tw_flow_box *v = list(m, n, sizeof(*v));

	for (size_t i = 0; i < n; i++) {
		v[i].from = prefixes(m, &v[i].from_n);
		v[i].to = prefixes(m, &v[i].to_n);
		v[i].service = ports(m, &v[i].service_n);
		v[i].icmp = icmp(m, &v[i].icmp_n);
	}
	*ret_n = n;
	return v;
}

static const struct tw_witness *witness(struct maker *m)
{
	struct tw_witness *v = list(m, 1, sizeof(*v));

	if (below(m, 3) == 0)
		return NULL;
	*v = (struct tw_witness){.family = below(m, 2) == 0 ? TW_IPV4 : TW_IPV6,
		.protocol = below(m, 2) == 0 ? TW_PROTOCOL_TCP : TW_PROTOCOL_ICMP,
		.reply = below(m, 2) == 0,
		.request_text = text(m),
		.reply_text = maybe_text(m),
		.request_fate = maybe_text(m),
		.reply_fate = text(m)};
	return v;
}

/* One leg is none: it is the region itself. */
static const struct tw_leg *legs(struct maker *m, size_t *ret_n)
{
	size_t n = below(m, 4);
	struct tw_leg *v = list(m, n, sizeof(*v));

	for (size_t i = 0; i < n; i++) {
		v[i] = (struct tw_leg){.leg = (unsigned)i,
			.at = maybe_text(m),
			.kind = i == 0 ? "initiator" : "translated",
			.client = i == 0 || below(m, 3) == 0 ? NULL : tw_client_find("nat-gateway"),
			.passing = below(m, 3) * 100,
			.total = 200 + below(m, 2)};
		v[i].from = prefixes(m, &v[i].from_n);
		v[i].to = prefixes(m, &v[i].to_n);
		v[i].service = ports(m, &v[i].service_n);
		v[i].returns = ports(m, &v[i].returns_n);
		v[i].undecided = below(m, 3) == 0 ? ports(m, &v[i].undecided_n) : NULL;
	}
	*ret_n = n < 2 ? 0 : n;
	return v;
}

static void region(struct maker *m, struct tw_region *v)
{
	static const char *const request[] = {"allow", "deny", "unknown"};

	*v = (struct tw_region){.family = below(m, 2) == 0 ? TW_IPV4 : TW_IPV6,
		.protocol = TW_PROTOCOL_TCP,
		.protocol_text = "tcp",
		.request = request[below(m, 3)],
		.reason = reason(m),
		.reply_kind = (enum tw_reply_kind)below(m, 4),
		.verdict = (enum tw_verdict)below(m, 5),
		.witness = witness(m)};
	v->box = boxes(m, &v->boxes_n);
	v->returns = ports(m, &v->returns_n);
	v->undecided = below(m, 3) == 0 ? ports(m, &v->undecided_n) : NULL;
	v->icmp_returns = icmp(m, &v->icmp_returns_n);
	v->client = clients(m, &v->clients_n);
	v->hop = hops(m, &v->hops_n);
	v->leg = legs(m, &v->legs_n);
	v->assumptions_n = below(m, 2);
	v->assumption = texts(m, v->assumptions_n);
}

static void peer(struct maker *m, struct tw_peer *v)
{
	v->name = maybe_text(m);
	v->ids_n = below(m, 4);
	v->ids = texts(m, v->ids_n);
	v->address = prefixes(m, &v->addresses_n);
}

static void flow(struct maker *m, struct tw_flow *v)
{
	static const char *const request[] = {"all", "some", "none", "unknown"};
	static const char *const expect[] = {NULL, "complete", "never"};
	static const char *const by[] = {NULL, "address", "zone", "target"};
	struct tw_flow_path *path = list(m, 3, sizeof(*path));

	*v = (struct tw_flow){.id = text(m),
		.name = maybe_text(m),
		.origin = "inferred",
		.purpose = below(m, 2) == 0 ? "targets" : "health-check",
		.via = maybe_text(m),
		.expect = expect[below(m, 3)],
		.satisfied = (int)below(m, 3) - 1,
		.because = text(m),
		.protocol = "tcp",
		.service_text = text(m),
		.request = request[below(m, 4)],
		.verdict = (enum tw_verdict)below(m, 5),
		.reason = reason(m),
		.path = path,
		.paths_n = below(m, 3),
		.sentence = maybe_text(m)};
	peer(m, &v->from);
	peer(m, &v->to);
	v->service = ports(m, &v->service_n);
	v->client = clients(m, &v->clients_n);
	for (size_t i = 0; i < v->paths_n; i++) {
		size_t n = below(m, 7);
		struct tw_region *regions = list(m, n, sizeof(*regions));
		for (size_t k = 0; k < n; k++)
			region(m, &regions[k]);
		path[i] = (struct tw_flow_path){.id = i == 0 ? "p0" : "p1",
			.by = by[below(m, TW_COUNT(by))],
			.choice = maybe_text(m),
			.region = regions,
			.regions_n = n,
			.regions_total = n + below(m, 3)};
	}
}

static const struct tw_opened *opened(struct maker *m, size_t n)
{
	struct tw_opened *v = list(m, n, sizeof(*v));

	for (size_t i = 0; i < n; i++) {
		struct tw_flow_box *box = list(m, 1, sizeof(*box));
		box->from = prefixes(m, &box->from_n);
		box->to = prefixes(m, &box->to_n);
		box->service = ports(m, &box->service_n);
		v[i] = (struct tw_opened){.component = text(m),
			.list = "ingress",
			.family = TW_IPV4,
			.protocol = 6,
			.protocol_text = "tcp",
			.box = box,
			.boxes_n = 1};
	}
	return v;
}

static const struct tw_fix *fixes(struct maker *m, size_t n)
{
	struct tw_fix *v = list(m, n, sizeof(*v));

	for (size_t i = 0; i < n; i++) {
		struct tw_opened_service *service = list(m, 2, sizeof(*service));
		v[i] = (struct tw_fix){.title = text(m),
			.applicability = (enum tw_applicability)below(m, 3),
			.rank = (unsigned)(i + 1),
			.opened_n = below(m, 3),
			.service = service,
			.services = below(m, 3),
			.opens = maybe_text(m),
			.complete_for_n = below(m, 3)};
		for (size_t k = 0; k < v[i].services; k++)
			service[k] = (struct tw_opened_service){6, 3389, text(m), maybe_text(m)};
		v[i].opened = opened(m, v[i].opened_n);
		v[i].complete_for = texts(m, v[i].complete_for_n);
		v[i].edit = random_edits(m->random, m->arena, below(m, 2) == 0, &v[i].edits);
	}
	return v;
}

static void finding(struct maker *m, struct tw_finding *v)
{
	struct tw_related *related = list(m, 8, sizeof(*related));

	*v = (struct tw_finding){.code = "TW101",
		.name = "reply-blocked",
		.level = (enum tw_level)(1 + below(m, 3)),
		.message = text(m),
		.span = span(m),
		.label = maybe_text(m),
		.related = related,
		.related_n = below(m, 8),
		.notes_n = below(m, 4),
		.flows_n = below(m, 3),
		.direction = "reply",
		.subnets = below(m, 2000),
		.interfaces = below(m, 2),
		.examples_n = below(m, 2),
		.cause_component = maybe_text(m),
		.suppressed = below(m, 3) == 0,
		.suppressed_reason = maybe_text(m),
		.suppressed_until = maybe_text(m),
		.suppressed_span = span(m),
		.fingerprint = "0123456789abcdef"};
	for (size_t i = 0; i < v->related_n; i++)
		related[i] = (struct tw_related){text(m), span(m)};
	if (below(m, 2) == 0)
		v->near_miss = (struct tw_near_miss){text(m), text(m), span(m)};
	if (below(m, 2) == 0)
		v->suffers = text(m);
	v->note = texts(m, v->notes_n);
	v->flow = texts(m, v->flows_n);
	v->example = texts(m, v->examples_n);
	v->client = clients(m, &v->clients_n);
	v->fixes_n = below(m, 4);
	v->fix = fixes(m, v->fixes_n);
}

static void fill_file(struct maker *m, struct tw_sources *sources, bool one_line)
{
	char bytes[FILE_BYTES];
	uint32_t file;

	for (size_t n = 0; n < sizeof(bytes);) {
		const char *piece =
			below(m, 5) == 0 ? "\n        {\n" : pieces[below(m, TW_COUNT(pieces))];
		for (; *piece != '\0' && n < sizeof(bytes); piece++)
			bytes[n++] = one_line && *piece == '\n' ? ',' : *piece;
	}
	assert_int_equal(tw_sources_add(sources, text(m), bytes, sizeof(bytes), &file), TW_OK);
}

const struct tw_report *random_report(
	struct test_random *random, struct tw_arena *arena, struct tw_sources *sources)
{
	struct maker maker = {random, arena}, *m = &maker;
	struct tw_report *v = list(m, 1, sizeof(*v));
	size_t flows = below(m, 6), findings = below(m, 4), all;
	struct tw_flow *flow_list = list(m, flows, sizeof(*flow_list));
	struct tw_finding *finding_list = list(m, findings, sizeof(*finding_list));
	const struct tw_client **client_list = list(m, 3, sizeof(*client_list));
	struct tw_assumption *assumption = list(m, 1, sizeof(*assumption));

	fill_file(m, sources, false);
	fill_file(m, sources, true);
	for (size_t i = 0; i < flows; i++)
		flow(m, &flow_list[i]);
	for (size_t i = 0; i < findings; i++)
		finding(m, &finding_list[i]);
	for (size_t i = 0; i < 3; i++)
		client_list[i] = &tw_clients(&all)[i];
	assumption[0] = (struct tw_assumption){"id", text(m), span(m)};
	*v = (struct tw_report){.today = maybe_text(m),
		.assumption = assumption,
		.assumptions_n = 1,
		.client = client_list,
		.clients_n = 3,
		.flow = flow_list,
		.flows_n = flows,
		.finding = finding_list,
		.findings_n = findings,
		.summary = {.flows = flows, .errors = below(m, 3), .notes = below(m, 3)},
		.judged = maybe_text(m)};
	return v;
}
