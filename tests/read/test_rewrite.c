/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Edits in files. The random test prints files in many styles from a list of rules; after an edit
 * the file must be, byte for byte, what the same printer makes of the edited list.
 */

#include "aws_fixture.h"

#include <stdio.h>

#include "test_random.h"

/* ---- a printer of its own -------------------------------------------------------------------- */

enum { CIDR, EGRESS, ICMP, PORTS, PROTOCOL, ACTION, NUMBER, MEMBERS };

struct style {
	const char *newline;
	unsigned unit;	     /* blanks of indentation */
	bool spread, inside; /* entries, and the objects in them, over several lines */
	bool one_line;	     /* the whole file */
	bool tight;	     /* no blank behind commas and colons */
	bool padded;	     /* blanks inside braces of one line */
	bool numbers;	     /* protocols are numbers */
	bool nulls;	     /* absent members are null */
	bool collector;
	bool last_newline;
	int order[MEMBERS];
};

struct rule {
	struct tw_entry entry;
	bool extra; /* has a member that nobody knows */
};

struct acl {
	char id[16];
	struct rule rule[64];
	size_t n;
};

struct text {
	char p[1 << 17];
	size_t n;
};

static void put(struct text *t, const char *s)
{
	size_t n = strlen(s);

	assert_true(t->n + n < sizeof(t->p));
	memcpy(t->p + t->n, s, n + 1);
	t->n += n;
}

static void put_int(struct text *t, int number)
{
	char s[16];

	snprintf(s, sizeof(s), "%d", number);
	put(t, s);
}

/* A line end and `depth` steps of indentation; on one line a blank if there is to be one. */
static void wrap(struct text *t, const struct style *style, bool spread, unsigned depth, bool blank)
{
	if (!spread || style->one_line) {
		put(t, blank ? " " : "");
		return;
	}
	put(t, style->newline);
	for (unsigned i = 0; i < depth * style->unit; i++)
		put(t, " ");
}

static void put_key(struct text *t, const struct style *style, const char *key)
{
	put(t, "\"");
	put(t, key);
	put(t, style->tight ? "\":" : "\": ");
}

static void put_pair(
	struct text *t, const struct style *style, const char *a, int from, const char *b, int to)
{
	put(t, "{");
	wrap(t, style, style->inside, 6, style->padded);
	put_key(t, style, a);
	put_int(t, from);
	put(t, ",");
	wrap(t, style, style->inside, 6, !style->tight);
	put_key(t, style, b);
	put_int(t, to);
	wrap(t, style, style->inside, 5, style->padded);
	put(t, "}");
}

static bool has_ports(const struct tw_entry *entry)
{
	return entry->protocol == 6 || entry->protocol == 17;
}

static bool has_icmp(const struct tw_entry *entry)
{
	return entry->protocol == 1 || (entry->protocol == 58 && entry->cidr.family == TW_IPV6);
}

static void put_member(
	struct text *t, const struct style *style, const struct tw_entry *entry, int member)
{
	static const char *const names[] = {[EGRESS] = "Egress",
		[ICMP] = "IcmpTypeCode",
		[PORTS] = "PortRange",
		[PROTOCOL] = "Protocol",
		[ACTION] = "RuleAction",
		[NUMBER] = "RuleNumber"};
	bool v6 = entry->cidr.family == TW_IPV6;
	char cidr[TW_PREFIX_TEXT];

	if (member == CIDR && style->nulls && v6) {
		put_key(t, style, "CidrBlock");
		put(t, "null,");
		wrap(t, style, style->spread, 5, !style->tight);
	}
	put_key(t, style, member == CIDR ? v6 ? "Ipv6CidrBlock" : "CidrBlock" : names[member]);
	switch (member) {
	case CIDR:
		put(t, "\"");
		put(t, tw_prefix_text(entry->cidr, cidr));
		put(t, "\"");
		if (style->nulls && !v6) {
			put(t, ",");
			wrap(t, style, style->spread, 5, !style->tight);
			put_key(t, style, "Ipv6CidrBlock");
			put(t, "null");
		}
		break;
	case EGRESS:
		put(t, entry->egress ? "true" : "false");
		break;
	case ICMP:
		if (has_icmp(entry))
			put_pair(t, style, "Code", entry->icmp_code, "Type", entry->icmp_type);
		else
			put(t, "null");
		break;
	case PORTS:
		if (has_ports(entry))
			put_pair(t, style, "From", entry->ports.lo, "To", entry->ports.hi);
		else
			put(t, "null");
		break;
	case PROTOCOL:
		put(t, style->numbers ? "" : "\"");
		put_int(t, entry->protocol);
		put(t, style->numbers ? "" : "\"");
		break;
	case ACTION:
		put(t, entry->allow ? "\"allow\"" : "\"deny\"");
		break;
	default:
		put_int(t, entry->number);
	}
}

static bool is_shown(const struct style *style, const struct tw_entry *entry, int member)
{
	if (style->nulls)
		return true;
	return member == ICMP ? has_icmp(entry) : member == PORTS ? has_ports(entry) : true;
}

static void put_rule(struct text *t, const struct style *style, const struct rule *rule)
{
	bool first = true;

	put(t, "{");
	wrap(t, style, style->spread, 5, style->padded);
	for (int i = 0; i < MEMBERS; i++) {
		if (!is_shown(style, &rule->entry, style->order[i]))
			continue;
		if (!first) {
			put(t, ",");
			wrap(t, style, style->spread, 5, !style->tight);
		}
		first = false;
		put_member(t, style, &rule->entry, style->order[i]);
	}
	if (rule->extra) {
		put(t, ",");
		wrap(t, style, style->spread, 5, !style->tight);
		put_key(t, style, "Note");
		put(t, "\"kept, {as} it \\\"is\\\" ]\"");
	}
	wrap(t, style, style->spread, 4, style->padded);
	put(t, "}");
}

static void put_acl(struct text *t, const struct style *style, const struct acl *acl)
{
	put(t, "{");
	wrap(t, style, true, 3, false);
	put_key(t, style, "Entries");
	put(t, "[");
	for (size_t i = 0; i < acl->n; i++) {
		if (i > 0)
			put(t, ",");
		wrap(t, style, true, 4, i > 0 && !style->tight);
		put_rule(t, style, &acl->rule[i]);
	}
	if (acl->n)
		wrap(t, style, true, 3, false);
	put(t, "],");
	wrap(t, style, true, 3, !style->tight);
	put_key(t, style, "NetworkAclId");
	put(t, "\"");
	put(t, acl->id);
	put(t, "\",");
	wrap(t, style, true, 3, !style->tight);
	put_key(t, style, "IsDefault");
	put(t, "false");
	wrap(t, style, true, 2, false);
	put(t, "}");
}

static void put_file(struct text *t, const struct style *style, const struct acl *acl, size_t n)
{
	t->n = 0;
	put(t, "{");
	wrap(t, style, true, 1, false);
	if (style->collector) {
		put_key(t, style, "collector_version");
		put(t, "\"1\",");
		wrap(t, style, true, 1, !style->tight);
		put_key(t, style, "provider");
		put(t, "\"aws\",");
		wrap(t, style, true, 1, !style->tight);
	}
	put_key(t, style, style->collector ? "network_acls" : "NetworkAcls");
	put(t, "[");
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			put(t, ",");
		wrap(t, style, true, 2, i > 0 && !style->tight);
		put_acl(t, style, &acl[i]);
	}
	wrap(t, style, true, 1, false);
	put(t, "]");
	wrap(t, style, true, 0, false);
	put(t, "}");
	put(t, style->last_newline ? style->newline : "");
}

/* ---- random files ---------------------------------------------------------------------------- */

static struct test_random rnd;

static unsigned below(unsigned n)
{
	return (unsigned)test_random_below(&rnd, n);
}

static struct style random_style(void)
{
	struct style style = {.newline = below(3) ? "\n" : "\r\n",
		.unit = 1 + below(4),
		.spread = below(2),
		.one_line = below(4) == 0,
		.tight = below(3) == 0,
		.padded = below(3) == 0,
		.numbers = below(4) == 0,
		.nulls = below(3) == 0,
		.collector = below(3) == 0,
		.last_newline = below(2),
		.order = {CIDR, EGRESS, ICMP, PORTS, PROTOCOL, ACTION, NUMBER}};

	style.inside = style.spread && below(2);
	for (int i = MEMBERS - 1; i > 0 && below(2); i--) {
		int k = (int)below((unsigned)i + 1), swap = style.order[i];
		style.order[i] = style.order[k];
		style.order[k] = swap;
	}
	return style;
}

static struct tw_entry random_entry(const char *id)
{
	static const int16_t protocols[] = {6, 6, 17, 1, 58, -1, 50};
	struct tw_entry entry = {.component = id,
		.egress = below(2),
		.allow = below(2),
		.number = (uint16_t)(1 + below(300)),
		.protocol = protocols[below(7)],
		.ports = {0, UINT16_MAX},
		.icmp_type = -1,
		.icmp_code = -1,
		.cidr = {.family = TW_IPV4, .len = 8, .addr = {0, (uint64_t)below(200) << 24}}};

	if (below(3) == 0)
		entry.cidr = (struct tw_prefix){.family = TW_IPV6,
			.len = 16,
			.addr = {(uint64_t)(0x2000 + below(4096)) << 48, 0}};
	/* What AWS does with it is not known. */
	if (entry.protocol == 1 && entry.cidr.family == TW_IPV6)
		entry.protocol = 58;
	if (has_ports(&entry)) {
		entry.ports.lo = (uint16_t)below(30000);
		entry.ports.hi = (uint16_t)(entry.ports.lo + below(30000));
	}
	if (has_icmp(&entry) && below(2)) {
		entry.icmp_type = (int16_t)below(256);
		entry.icmp_code = below(2) ? (int16_t)below(256) : (int16_t)-1;
	}
	return entry;
}

static size_t find(const struct acl *acl, bool egress, unsigned number)
{
	for (size_t i = 0; i < acl->n; i++)
		if (acl->rule[i].entry.egress == egress && acl->rule[i].entry.number == number)
			return i;
	return acl->n;
}

static void insert(struct acl *acl, size_t place, struct tw_entry entry)
{
	assert_true(acl->n < 64);
	memmove(&acl->rule[place + 1], &acl->rule[place], (acl->n - place) * sizeof(*acl->rule));
	acl->rule[place] = (struct rule){entry, false};
	acl->n++;
}

/* Where a list is sorted, before the first later rule; else at the end. */
static size_t place_of(const struct acl *acl, const struct tw_entry *entry)
{
	size_t place = acl->n, last = acl->n;
	unsigned before = 0;

	for (size_t i = 0; i < acl->n; i++) {
		const struct tw_entry *it = &acl->rule[i].entry;
		if (it->egress != entry->egress)
			continue;
		if (it->number < before)
			return acl->n;
		before = it->number;
		if (it->number > entry->number && place == acl->n)
			place = i;
		last = i;
	}
	return place == acl->n && last < acl->n ? last + 1 : place;
}

static void random_acl(struct acl *acl, unsigned number, bool sorted)
{
	struct tw_entry deny = {.component = acl->id,
		.number = 32767,
		.protocol = -1,
		.ports = {0, UINT16_MAX},
		.cidr = {.family = TW_IPV4},
		.icmp_type = -1,
		.icmp_code = -1};
	struct tw_entry ports = deny, icmp = deny;

	acl->n = 0;
	snprintf(acl->id, sizeof(acl->id), "acl-%u", number);
	for (int egress = 1; egress >= 0; egress--) {
		deny.egress = egress;
		insert(acl, acl->n, deny);
	}
	/* One of each kind that is never edited shows where ports and ICMP stand. */
	ports.number = icmp.number = 1000;
	ports.protocol = 6;
	ports.ports = (struct tw_ports){443, 443};
	icmp.protocol = 1;
	icmp.egress = true;
	insert(acl, place_of(acl, &ports), ports);
	insert(acl, place_of(acl, &icmp), icmp);
	for (unsigned i = below(8); i > 0; i--) {
		struct tw_entry entry = random_entry(acl->id);
		if (find(acl, entry.egress, entry.number) < acl->n)
			continue;
		size_t place = sorted ? place_of(acl, &entry) : below((unsigned)acl->n + 1);
		insert(acl, place, entry);
		acl->rule[place].extra = below(4) == 0;
	}
}

/* An edit that can be made, made in the model too. */
static struct tw_edit random_edit(struct acl *acl)
{
	for (;;) {
		struct tw_edit edit = {(enum tw_operation)below(3), random_entry(acl->id), {0}};
		size_t i = find(acl, edit.entry.egress, edit.entry.number);
		if (edit.operation == TW_ADD && i == acl->n) {
			insert(acl, place_of(acl, &edit.entry), edit.entry);
			return edit;
		}
		if (edit.operation == TW_ADD)
			continue;
		i = below((unsigned)acl->n);
		if (acl->rule[i].entry.number >= 1000)
			continue;
		if (edit.operation == TW_REPLACE) {
			edit.entry.egress = acl->rule[i].entry.egress;
			edit.entry.number = acl->rule[i].entry.number;
			acl->rule[i].entry = edit.entry;
			return edit;
		}
		edit.entry = acl->rule[i].entry;
		acl->n--;
		memmove(&acl->rule[i], &acl->rule[i + 1], (acl->n - i) * sizeof(*acl->rule));
		return edit;
	}
}

static void read_raw(struct fixture *f, const char *name, const struct text *text)
{
	tw_status status = tw_input_add_bytes(f->in, name, text->p, text->n, TW_INPUT_AUTO, true);

	if (status != TW_OK)
		print_error("%s\n%s\n", tw_diags_get(f->diags, 0)->message, text->p);
	assert_int_equal(status, TW_OK);
}

static struct text before, after;
static struct acl acls[3];

/* One file, and the edits in it. */
static void rewrite_one(
	struct fixture *f, const struct tw_edit *edit, size_t n, struct tw_rewritten **ret)
{
	size_t files = 0;
	tw_status status = tw_rewrite(f->mem, f->sources, edit, n, f->diags, ret, &files);

	if (status != TW_OK)
		print_error("%s\n%s\n",
			tw_diags_count(f->diags) ? tw_diags_get(f->diags, 0)->message : "",
			before.p);
	assert_int_equal(status, TW_OK);
	assert_int_equal(files, 1);
	assert_string_equal((*ret)->path, "acl.json");
}

static void assert_file(const struct tw_rewritten *file, const struct text *text)
{
	size_t same = 0;

	while (same < file->size && same < text->n && file->bytes[same] == text->p[same])
		same++;
	if (file->size != text->n || memcmp(file->bytes, text->p, text->n) != 0)
		fail_msg("from byte %zu on found:\n%.200s\nexpected:\n%.200s", same,
			file->bytes + (same > 80 ? same - 80 : 0),
			text->p + (same > 80 ? same - 80 : 0));
}

static void edits_keep_all_other_bytes(void **state)
{
	(void)state;
	test_random_init(&rnd, "edits_keep_all_other_bytes");
	for (unsigned round = 0; round < 4000; round++) {
		struct style style = random_style();
		struct tw_rewritten *file = NULL;
		struct tw_edit edit[6];
		size_t n = 1 + below(6), count = 1 + below(3);
		struct fixture f;

		for (unsigned i = 0; i < count; i++)
			random_acl(&acls[i], i, below(4) > 0);
		put_file(&before, &style, acls, count);
		for (size_t i = 0; i < n; i++)
			edit[i] = random_edit(&acls[below((unsigned)count)]);
		put_file(&after, &style, acls, count);
		fixture_open(&f);
		read_raw(&f, "acl.json", &before);
		rewrite_one(&f, edit, n, &file);
		assert_file(file, &after);
		tw_rewritten_free(f.mem, file, 1);
		fixture_close(&f);
		/* The printer is right, too: our reader takes what it makes. */
		fixture_open(&f);
		read_raw(&f, "acl.json", &after);
		fixture_close(&f);
	}
}

/* A list that is empty takes its looks from another one. */
static void first_entry_of_a_list(void **state)
{
	(void)state;
	test_random_init(&rnd, "first_entry_of_a_list");
	for (unsigned round = 0; round < 1000; round++) {
		struct style style = random_style();
		struct tw_rewritten *file = NULL;
		struct fixture f;

		random_acl(&acls[0], 0, true);
		random_acl(&acls[1], 1, true);
		acls[1].n = 0;
		put_file(&before, &style, acls, 2);
		struct tw_edit edit = {TW_ADD, random_entry(acls[1].id), {0, 0, 0}};
		insert(&acls[1], 0, edit.entry);
		put_file(&after, &style, acls, 2);
		fixture_open(&f);
		read_raw(&f, "acl.json", &before);
		rewrite_one(&f, &edit, 1, &file);
		assert_file(file, &after);
		tw_rewritten_free(f.mem, file, 1);
		fixture_close(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edits_keep_all_other_bytes),
		cmocka_unit_test(first_entry_of_a_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
