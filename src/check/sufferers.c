/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who suffers: the list at fault often guards neither end. Of replies that are dropped the client
 * suffers, whose connections hang; of requests the service, which cannot be reached.
 */
#include "results.h"

enum { NAMES = 3 };

struct names {
	const char *text; /* "web-a, web-b" */
	const char *said[NAMES];
	size_t n;
	bool more;
};

static tw_status add_name(struct tw_arena *arena, struct names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->said[i], name) == 0)
			return TW_OK;
	if (names->n == NAMES) {
		names->more = true;
		return TW_OK;
	}
	names->said[names->n++] = name;
	names->text = names->text ? tw_arena_printf(arena, "%s, %s", names->text, name) : name;
	return names->text ? TW_OK : TW_ENOMEM;
}

/* "sg-1 (12 interfaces)" where they are known to be its own, "sg-1, sg-2, sg-3 and others". */
static const char *whole_text(
	struct tw_arena *arena, const struct names *names, uint32_t interfaces)
{
	if (names->more)
		return tw_arena_printf(arena, "%s and others", names->text);
	if (interfaces == 0 || names->n > 1)
		return names->text;
	return tw_arena_printf(arena, "%s (%u interface%s)", names->text, (unsigned)interfaces,
		interfaces == 1 ? "" : "s");
}

/* Some client gets replies: all of them, or a share that is worth a word. */
static bool some_pass(const struct tw_finding_draft *f)
{
	for (size_t i = 0; i < f->client.n; i++) {
		struct tw_client_result own = tw_client_of_leg(&f->client.v[i]);
		if (own.level >= f->level && tw_share_of(own.passing, own.total) != TW_SHARE_NONE)
			return true;
	}
	return f->served;
}

static const char *what_text(const struct tw_finding_draft *f, const char **ret_fate)
{
	switch (f->cause.protocol) {
	case TW_PROTOCOL_TCP:
		*ret_fate = "hang";
		return "connections";
	case TW_PROTOCOL_UDP:
		*ret_fate = "get no answer";
		return "questions";
	case TW_PROTOCOL_ICMP:
	case TW_PROTOCOL_ICMPV6:
		*ret_fate = "get no answer";
		return "pings";
	default:
		*ret_fate = "get no reply";
		return "packets";
	}
}

/* In all flows the interfaces of the finding are those of the clients, or of the service. */
static bool near_end(const struct tw_finding_draft *f, bool calls)
{
	for (size_t i = 0; i < f->subject.n; i++)
		if (f->subject.v[i].near_calls != calls)
			return false;
	return true;
}

tw_status tw_finding_sufferers(struct tw_results *r, struct tw_finding_draft *f)
{
	struct names from = {0}, to = {0};
	if (f->subject.n == 0)
		return TW_OK;
	for (size_t i = 0; i < f->subject.n; i++) {
		const struct tw_subject *one = &f->subject.v[i];
		TW_TRY(add_name(r->arena, &from, one->from));
		TW_TRY(add_name(r->arena, &to, one->to));
		from.more |= one->others;
		to.more |= one->others;
	}
	const char *client = whole_text(r->arena, &from, near_end(f, true) ? f->interfaces : 0);
	const char *service = whole_text(r->arena, &to, near_end(f, false) ? f->interfaces : 0);
	const char *fate, *what = what_text(f, &fate);
	if (!client || !service)
		return TW_ENOMEM;
	/* A request that dies hurts whoever is asked for a service, or calls out for one. */
	bool reply = f->finding.direction && strcmp(f->finding.direction, "reply") == 0;
	f->finding.suffers = reply ? tw_arena_printf(r->arena, "%s, %swhose %s to %s %s", client,
					     some_pass(f) ? "some of " : "", what, service, fate)
			     : f->subject.v[0].near_calls
				     ? tw_arena_printf(r->arena, "%s%s, cut off from %s",
					       f->served ? "a part of " : "", client, service)
				     : tw_arena_printf(r->arena, "%s, which %s%s cannot reach",
					       service, f->served ? "a part of " : "", client);
	return f->finding.suffers ? TW_OK : TW_ENOMEM;
}
