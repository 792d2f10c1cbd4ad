/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A name that nothing has: said with the nearest names, so that a slip of the finger is seen at
 * once, and with the reason where the thing is known but cannot be an end of a flow.
 */

#include "find.h"

enum { LONGEST = 48, SHOWN = 3, MOST_ERRORS = 3, PART = 3 };

struct nearest {
	const char *name[SHOWN];
	unsigned errors[SHOWN];
	size_t n;
};

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static char folded(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_letter(char a, char b)
{
	return folded(a) == folded(b);
}

/*
 * Letters to insert, delete, replace or swap with their neighbour, the slip that fingers make most;
 * both texts are at most LONGEST bytes. Capital letters are no error.
 */
static unsigned errors_between(const char *a, size_t a_n, const char *b, size_t b_n)
{
	unsigned rows[3][LONGEST + 1], *old = rows[0], *last = rows[1], *row = rows[2];

	for (unsigned k = 0; k <= b_n; k++)
		last[k] = k;
	for (unsigned i = 1; i <= a_n; i++) {
		row[0] = i;
		for (size_t k = 1; k <= b_n; k++) {
			unsigned replaced = last[k - 1] + !same_letter(a[i - 1], b[k - 1]);
			row[k] = least(least(last[k], row[k - 1]) + 1, replaced);
			if (i > 1 && k > 1 && same_letter(a[i - 1], b[k - 2]) &&
				same_letter(a[i - 2], b[k - 1]))
				row[k] = least(row[k], old[k - 2] + 1);
		}
		unsigned *spare = old;
		old = last;
		last = row;
		row = spare;
	}
	return last[b_n];
}

/* "web" of "shop-web-1": people know a part of the name. */
static bool is_part(const char *text, size_t text_n, const char *name, size_t name_n)
{
	for (size_t at = 0; text_n >= PART && at + text_n <= name_n; at++) {
		size_t i = 0;
		while (i < text_n && same_letter(text[i], name[at + i]))
			i++;
		if (i == text_n)
			return true;
	}
	return false;
}

static void keep(struct nearest *nearest, const char *name, unsigned errors)
{
	size_t at = nearest->n;

	for (size_t i = 0; i < nearest->n; i++)
		if (strcmp(nearest->name[i], name) == 0)
			return;
	while (at > 0 && (errors < nearest->errors[at - 1] ||
				 (errors == nearest->errors[at - 1] &&
					 strcmp(name, nearest->name[at - 1]) < 0)))
		at--;
	if (at == SHOWN)
		return;
	if (nearest->n < SHOWN)
		nearest->n++;
	for (size_t i = nearest->n - 1; i > at; i--) {
		nearest->name[i] = nearest->name[i - 1];
		nearest->errors[i] = nearest->errors[i - 1];
	}
	nearest->name[at] = name;
	nearest->errors[at] = errors;
}

static void try(struct nearest *nearest, const char *text, const char *name)
{
	size_t text_n = strlen(text), name_n = name ? strlen(name) : 0;
	unsigned allowed = text_n < 6 ? 1 : least((unsigned)(text_n / 3), MOST_ERRORS);

	if (name_n == 0 || name_n > LONGEST || text_n > LONGEST)
		return;
	if (name_n <= text_n + allowed && text_n <= name_n + allowed) {
		unsigned errors = errors_between(text, text_n, name, name_n);
		if (errors <= allowed) {
			keep(nearest, name, errors);
			return;
		}
	}
	if (is_part(text, text_n, name, name_n))
		keep(nearest, name, MOST_ERRORS + 1); /* behind every slip */
}

static void try_all(struct nearest *nearest, const struct tw_net *net,
	const struct tw_intents *intents, const char *text)
{
	for (size_t k = 0; k < TW_END_KINDS; k++)
		for (size_t i = 0; i < tw_object_count(net, tw_end_kinds[k]); i++) {
			const struct tw_object *object = tw_object_at(net, tw_end_kinds[k], i);
			try(nearest, text, object->id);
			try(nearest, text, object->name);
		}
	try(nearest, text, "internet");
	if (!intents)
		return;
	struct tw_intents_view view = tw_intents_view(intents);
	for (size_t i = 0; i < view.nameds; i++)
		try(nearest, text, view.named[i].name);
}

/* Why something that exists, or may, is no end; NULL if nothing is known of it. */
static const char *why_not(const struct tw_net *net, const char *text)
{
	if (tw_net_find(net, TW_KIND_ROUTE_TABLE, text) != TW_MISSING)
		return "a route table is no end of a flow; name an instance, an interface or "
		       "a subnet";
	if (tw_net_find(net, TW_KIND_INTERNET_GATEWAY, text) != TW_MISSING)
		return "an internet gateway is no end of a flow; \"internet\" is";
	if (tw_net_find(net, TW_KIND_PREFIX_LIST, text) != TW_MISSING)
		return "a prefix list is not judged yet as an end of a flow; give a CIDR "
		       "block of it";
	if (tw_net_find(net, TW_KIND_TRANSIT_GATEWAY, text) != TW_MISSING ||
		tw_net_find(net, TW_KIND_PEERING, text) != TW_MISSING)
		return "it only carries flows: name an instance, an interface or a subnet "
		       "behind it";
	if (tw_net_find(net, TW_KIND_TARGET_GROUP, text) != TW_MISSING ||
		tw_net_find(net, TW_KIND_LISTENER, text) != TW_MISSING)
		return "name the load balancer, or one of the targets";
	return NULL;
}

tw_status tw_refuse_unknown(struct tw_picked *picked, const struct tw_intents *intents,
	const char *kind, const char *text)
{
	struct nearest nearest = {.n = 0};
	const char *why = why_not(picked->net, text), *list = "";

	if (why)
		return TW_REFUSED(picked, "%s: %s", text, why);
	try_all(&nearest, picked->net, intents, text);
	for (size_t i = 0; i < nearest.n && list; i++)
		list = tw_arena_printf(picked->arena, "%s%s\"%s\"", list,
			i == 0		     ? "; did you mean "
			: i + 1 == nearest.n ? " or "
					     : ", ",
			nearest.name[i]);
	if (list && *list)
		list = tw_arena_printf(picked->arena, "%s?", list);
	if (!list)
		return TW_ENOMEM;
	if (kind)
		return TW_REFUSED(picked, "the input has no %s \"%s\"%s", kind, text, list);
	if (strcmp(text, "any") == 0 || strcmp(text, "all") == 0)
		list = "; say internet for everybody outside";
	else if (*list == '\0')
		list = ": give an id, a Name tag, an address, a CIDR block or internet";
	return TW_REFUSED(picked, "nothing in the input is called \"%s\"%s", text, list);
}
