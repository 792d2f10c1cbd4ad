/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who suffers: the list at fault often guards neither end. Of replies that are dropped the client
 * suffers, whose connections hang; of requests the service, which cannot be reached.
 */
#include "results.h"

/* "sg-1 (12 interfaces)" where they are known to be its own, "sg-1, sg-2, sg-3 and others". */
static const char *names_text(
	struct tw_arena *arena, const struct tw_end_names *names, uint32_t interfaces)
{
	const char *text = names->name[0];
	for (size_t i = 1; text && i < names->n && i < TW_NAMES_SHOWN; i++)
		text = tw_arena_printf(arena, "%s, %s", text, names->name[i]);
	if (text && names->n > TW_NAMES_SHOWN)
		return tw_arena_printf(arena, "%s and others", text);
	if (!text || interfaces == 0 || names->n > 1)
		return text;
	return tw_arena_printf(arena, "%s (%u interface%s)", text, (unsigned)interfaces,
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
	if (f->subject.n == 0)
		return TW_OK;
	const char *client =
		names_text(r->arena, &f->callers, near_end(f, true) ? f->interfaces : 0);
	const char *service =
		names_text(r->arena, &f->called, near_end(f, false) ? f->interfaces : 0);
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
