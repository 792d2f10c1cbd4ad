/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Spellings of rules, to the letter for a few, and read back by our own reader for many. What
 * others make of them, and hostile texts: check_spell.py.
 */

#include "test_alloc.h"

#include "random_rules.h"

#include "net.h"
#include "sample.h"
#include "twoway/read.h"

#include <stdio.h>
#include <stdlib.h>

static struct sample_sink sink;

static const struct tw_entry replies = {.component = "acl-0f5c",
	.allow = true,
	.number = 120,
	.protocol = TW_PROTOCOL_TCP,
	.cidr = {.family = TW_IPV4},
	.ports = {32768, 60999},
	.icmp_type = -1,
	.icmp_code = -1,
	.comment = "replies to our calls"};

static struct tw_mem *mem;
static struct test_alloc hooks;

static int begin(void **state)
{
	(void)state;
	test_alloc_init(&hooks);
	mem = test_mem_new(&hooks);
	return 0;
}

static int end(void **state)
{
	(void)state;
	test_mem_free(&hooks, mem);
	return 0;
}

static const char *spelled(
	enum tw_operation operation, struct tw_entry entry, enum tw_spelling spelling)
{
	struct tw_edit edit = {operation, entry, {0, 0, 0}};

	sample_sink_init(&sink);
	assert_int_equal(tw_write_edits(mem, &edit, 1, spelling, sink.sink), TW_OK);
	assert_int_equal(sink.calls, 1);
	return sink.text;
}

static void names_of_spellings(void **state)
{
	static const char *const names[] = {
		"aws", "terraform", "terraform-inline", "cloudformation", "json"};
	enum tw_spelling spelling = TW_SPELL_DESCRIBE;

	(void)state;
	for (size_t i = 0; i < TW_COUNT(names); i++) {
		assert_true(tw_spelling_parse(names[i], &spelling));
		assert_int_equal(spelling, i);
	}
	assert_false(tw_spelling_parse("cdk", &spelling));
	assert_int_equal(spelling, TW_SPELL_DESCRIBE);
}

static void commands_of_the_aws_cli(void **state)
{
	struct tw_entry entry = replies;

	(void)state;
	assert_string_equal(spelled(TW_ADD, entry, TW_SPELL_AWS),
		"# replies to our calls\n"
		"aws ec2 create-network-acl-entry --network-acl-id acl-0f5c --ingress \\\n"
		"  --rule-number 120 --protocol tcp --port-range From=32768,To=60999 \\\n"
		"  --cidr-block 0.0.0.0/0 --rule-action allow\n");
	entry.comment = NULL;
	entry.egress = true;
	assert_string_equal(spelled(TW_REMOVE, entry, TW_SPELL_AWS),
		"aws ec2 delete-network-acl-entry --network-acl-id acl-0f5c --egress \\\n"
		"  --rule-number 120\n");
	entry.protocol = TW_PROTOCOL_ICMPV6;
	entry.cidr.family = TW_IPV6;
	entry.icmp_type = 128;
	entry.allow = false;
	assert_string_equal(spelled(TW_REPLACE, entry, TW_SPELL_AWS),
		"aws ec2 replace-network-acl-entry --network-acl-id acl-0f5c --egress \\\n"
		"  --rule-number 120 --protocol 58 --icmp-type-code Type=128,Code=-1 \\\n"
		"  --ipv6-cidr-block ::/0 --rule-action deny\n");
	entry = replies;
	entry.comment = "two\nlines; $(here)";
	entry.component = "sg-1'; reboot; '";
	entry.group = true;
	entry.peer_group = "sg-2";
	assert_string_equal(spelled(TW_ADD, entry, TW_SPELL_AWS),
		"# two\\nlines; $(here)\n"
		"aws ec2 authorize-security-group-ingress"
		" --group-id 'sg-1'\\''; reboot; '\\''' \\\n"
		"  --ip-permissions "
		"'[{\"IpProtocol\":\"tcp\",\"FromPort\":32768,\"ToPort\":60999,"
		"\"UserIdGroupPairs\":[{\"GroupId\":\"sg-2\"}]}]'\n");
}

static void resources_of_terraform(void **state)
{
	struct tw_entry entry = replies;

	(void)state;
	assert_string_equal(spelled(TW_ADD, entry, TW_SPELL_TERRAFORM),
		"# replies to our calls\n"
		"resource \"aws_network_acl_rule\" \"acl_0f5c_ingress_120\" {\n"
		"  network_acl_id = \"acl-0f5c\"\n"
		"  rule_number    = 120\n"
		"  egress         = false\n"
		"  protocol       = \"tcp\"\n"
		"  rule_action    = \"allow\"\n"
		"  cidr_block     = \"0.0.0.0/0\"\n"
		"  from_port      = 32768\n"
		"  to_port        = 60999\n"
		"}\n");
	entry.protocol = TW_PROTOCOL_ICMPV6;
	entry.cidr = (struct tw_prefix){{0x20010db800000000, 0}, TW_IPV6, 32};
	entry.comment = NULL;
	assert_string_equal(spelled(TW_REPLACE, entry, TW_SPELL_TERRAFORM_INLINE),
		"# Into the aws_network_acl whose id is acl-0f5c, in place of its ingress block\n"
		"# with rule_no = 120:\n"
		"ingress {\n"
		"  rule_no         = 120\n"
		"  action          = \"allow\"\n"
		"  protocol        = \"ipv6-icmp\"\n"
		"  ipv6_cidr_block = \"2001:db8::/32\"\n"
		"  from_port       = 0\n"
		"  to_port         = 0\n"
		"  icmp_type       = -1\n"
		"  icmp_code       = -1\n"
		"}\n");
	assert_string_equal(spelled(TW_REPLACE, entry, TW_SPELL_TERRAFORM),
		"# Replaces ingress rule 120 of acl-0f5c: keep that one's name.\n"
		"resource \"aws_network_acl_rule\" \"acl_0f5c_ingress_120\" {\n"
		"  network_acl_id  = \"acl-0f5c\"\n"
		"  rule_number     = 120\n"
		"  egress          = false\n"
		"  protocol        = \"ipv6-icmp\"\n"
		"  rule_action     = \"allow\"\n"
		"  ipv6_cidr_block = \"2001:db8::/32\"\n"
		"  from_port       = 0\n"
		"  to_port         = 0\n"
		"  icmp_type       = -1\n"
		"  icmp_code       = -1\n"
		"}\n");
	entry.protocol = 57;
	entry.component = "${acl}\"";
	assert_string_equal(spelled(TW_ADD, entry, TW_SPELL_TERRAFORM),
		"# Not written: the AWS provider takes no protocol 57. It is ingress rule 120 of\n"
		"# ${acl}\" (allow protocol 57 from 2001:db8::/32).\n");
	entry.protocol = -1;
	assert_string_equal(spelled(TW_ADD, entry, TW_SPELL_TERRAFORM),
		"resource \"aws_network_acl_rule\" \"x__acl___ingress_120\" {\n"
		"  network_acl_id  = \"$${acl}\\\"\"\n"
		"  rule_number     = 120\n"
		"  egress          = false\n"
		"  protocol        = \"-1\"\n"
		"  rule_action     = \"allow\"\n"
		"  ipv6_cidr_block = \"2001:db8::/32\"\n"
		"  from_port       = 0\n"
		"  to_port         = 0\n"
		"}\n");
}

static void resources_of_cloudformation(void **state)
{
	struct tw_entry entry = replies;

	(void)state;
	assert_string_equal(spelled(TW_ADD, entry, TW_SPELL_CLOUDFORMATION),
		"Resources:\n"
		"  # replies to our calls\n"
		"  Acl0f5cIngress120:\n"
		"    Type: AWS::EC2::NetworkAclEntry\n"
		"    Properties:\n"
		"      NetworkAclId: acl-0f5c\n"
		"      RuleNumber: 120\n"
		"      Protocol: 6\n"
		"      RuleAction: allow\n"
		"      Egress: false\n"
		"      CidrBlock: 0.0.0.0/0\n"
		"      PortRange:\n"
		"        From: 32768\n"
		"        To: 60999\n");
	assert_string_equal(spelled(TW_REMOVE, entry, TW_SPELL_CLOUDFORMATION),
		"# replies to our calls\n"
		"# Drop the resource that makes ingress rule 120 of acl-0f5c (allow TCP\n"
		"# 32768-60999 from 0.0.0.0/0).\n");
}

/* A group without egress would let everything out in CloudFormation. */
static void a_group_that_lets_nothing_out(void **state)
{
	struct tw_entry entry = replies;
	struct tw_rule_set set = {.name = "db",
		.about = "the database",
		.group = true,
		.entry = &entry,
		.entries = 1,
		.vpc_id = "vpc-1"};

	(void)state;
	entry.group = true;
	entry.comment = NULL;
	entry.ports = (struct tw_ports){5432, 5432};
	sample_sink_init(&sink);
	assert_int_equal(
		tw_write_rule_sets(mem, &set, 1, TW_SPELL_CLOUDFORMATION, sink.sink), TW_OK);
	assert_string_equal(sink.text,
		"AWSTemplateFormatVersion: \"2010-09-09\"\n"
		"Resources:\n"
		"  # the database\n"
		"  DbGroup:\n"
		"    Type: AWS::EC2::SecurityGroup\n"
		"    Properties:\n"
		"      GroupDescription: \"the database\"\n"
		"      VpcId: vpc-1\n"
		"      SecurityGroupIngress:\n"
		"        - IpProtocol: \"tcp\"\n"
		"          FromPort: 5432\n"
		"          ToPort: 5432\n"
		"          CidrIp: 0.0.0.0/0\n"
		"      # Without any egress here AWS would let everything out. This lets nothing\n"
		"      # out: no packet for this address leaves a machine.\n"
		"      SecurityGroupEgress:\n"
		"        - IpProtocol: \"-1\"\n"
		"          CidrIp: 127.0.0.1/32\n"
		"      Tags:\n"
		"        - Key: Name\n"
		"          Value: \"db\"\n");
}

static void nothing_is_written_for_nothing(void **state)
{
	struct tw_edit edit = {TW_ADD, replies, {0, 0, 0}};

	(void)state;
	sample_sink_init(&sink);
	for (int spelling = TW_SPELL_AWS; spelling < TW_SPELL_DESCRIBE; spelling++) {
		assert_int_equal(
			tw_write_edits(mem, NULL, 0, (enum tw_spelling)spelling, sink.sink), TW_OK);
		assert_int_equal(
			tw_write_rule_sets(mem, NULL, 0, (enum tw_spelling)spelling, sink.sink),
			TW_OK);
	}
	assert_int_equal(tw_write_edits(mem, &edit, 1, TW_SPELL_DESCRIBE, sink.sink), TW_EINVAL);
	assert_int_equal(sink.calls, 0);
	sink.broken = true;
	assert_int_equal(tw_write_edits(mem, &edit, 1, TW_SPELL_AWS, sink.sink), TW_EIO);
}

/* ---- read back ------------------------------------------------------------------------------- */

/* What the reader makes of an entry, by the specification of the fields. */
static struct tw_ports expected_ports(const struct tw_entry *entry)
{
	bool v6 = entry->group || entry->cidr.family == TW_IPV6;

	if (entry->protocol == TW_PROTOCOL_TCP || entry->protocol == TW_PROTOCOL_UDP)
		return entry->ports;
	if ((entry->protocol == TW_PROTOCOL_ICMP ||
		    (entry->protocol == TW_PROTOCOL_ICMPV6 && v6)) &&
		entry->icmp_type >= 0) {
		int code = entry->icmp_code;
		return (struct tw_ports){TW_ICMP(entry->icmp_type, code < 0 ? 0 : code),
			TW_ICMP(entry->icmp_type, code < 0 ? 255 : code)};
	}
	return (struct tw_ports){0, UINT16_MAX};
}

static void assert_same(const struct tw_rule *rule, const struct tw_entry *entry)
{
	struct tw_ports ports = expected_ports(entry);

	assert_int_equal(rule->protocol, entry->protocol);
	assert_int_equal(rule->ports.lo, ports.lo);
	assert_int_equal(rule->ports.hi, ports.hi);
	assert_int_equal(rule->action == TW_ALLOW, entry->allow);
	if (entry->peer_group) {
		assert_non_null(rule->peer_group);
		return;
	}
	assert_int_equal(rule->peer.family, entry->cidr.family);
	assert_int_equal(rule->peer.len, entry->cidr.len);
	assert_true(tw_addr_cmp(rule->peer.addr, entry->cidr.addr) == 0);
}

/* Entries of one direction against a list; a rule that was split into two counts once. */
static void assert_list(
	const struct tw_rule_set *set, enum tw_list list, const struct tw_rules *rules)
{
	size_t k = 0;

	for (size_t i = 0; i < set->entries; i++) {
		const struct tw_entry *entry = &set->entry[i];
		if (entry->egress != (list == TW_EGRESS))
			continue;
		while (k > 0 && k < rules->n && rules->rule[k].id == rules->rule[k - 1].id)
			k++;
		assert_true(k < rules->n);
		assert_same(&rules->rule[k], entry);
		if (!set->group)
			assert_int_equal(rules->rule[k].number, entry->number);
		k++;
	}
	for (; k < rules->n; k++)
		assert_true(rules->rule[k].implicit ||
			    (k > 0 && rules->rule[k].id == rules->rule[k - 1].id));
}

static const struct tw_acl *acl_named(const struct tw_net *net, const char *name)
{
	for (size_t i = 0; i < net->acls; i++)
		if (strcmp(net->acl[i].object.name, name) == 0)
			return &net->acl[i];
	fail_msg("no ACL %s", name);
	return net->acl;
}

static const struct tw_group *group_named(const struct tw_net *net, const char *name)
{
	for (size_t i = 0; i < net->groups; i++)
		if (strcmp(net->group[i].object.name, name) == 0)
			return &net->group[i];
	fail_msg("no group %s", name);
	return net->group;
}

static void assert_read_back(const struct tw_rule_set *set, size_t n)
{
	struct tw_sources *sources;
	struct tw_diags *diags;
	struct tw_input *in;

	sample_sink_init(&sink);
	assert_int_equal(tw_write_rule_sets(mem, set, n, TW_SPELL_DESCRIBE, sink.sink), TW_OK);
	/* SPEC: nacl-implicit-deny-v4, nacl-implicit-deny-v6; the reader would put up with less. */
	for (size_t i = 0; i < n; i++)
		if (!set[i].group)
			assert_non_null(strstr(sink.text, "\"RuleNumber\": 32767}"));
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < set[i].entries && !set[i].group; k++)
			if (set[i].entry[k].cidr.family == TW_IPV6)
				assert_non_null(strstr(sink.text, "\"RuleNumber\": 32768}"));
	assert_int_equal(tw_sources_new(mem, &sources), TW_OK);
	assert_int_equal(tw_diags_new(mem, &diags), TW_OK);
	assert_int_equal(tw_input_new(mem, sources, diags, &in), TW_OK);
	tw_status status =
		tw_input_add_bytes(in, "made.json", sink.text, sink.n, TW_INPUT_AWS_CLI, true);
	if (status == TW_OK)
		status = tw_input_finish(in);
	if (status != TW_OK)
		fail_msg("%s\n%s", tw_diags_get(diags, 0)->message, sink.text);
	for (size_t i = 0; i < tw_diags_count(diags); i++)
		assert_int_not_equal(tw_diags_get(diags, i)->code, 901);
	const struct tw_net *net = tw_input_net(in);
	size_t groups = 0;
	for (size_t i = 0; i < n; i++) {
		const struct tw_rules *list = set[i].group ? group_named(net, set[i].name)->list
							   : acl_named(net, set[i].name)->list;
		groups += set[i].group;
		assert_list(&set[i], TW_INGRESS, &list[TW_INGRESS]);
		assert_list(&set[i], TW_EGRESS, &list[TW_EGRESS]);
	}
	assert_int_equal(net->acls, n - groups);
	tw_input_free(in);
	tw_diags_free(diags);
	tw_sources_free(sources);
}

static void answers_are_read_back(void **state)
{
	struct test_random random;

	(void)state;
	test_random_init(&random, "answers_are_read_back");
	for (unsigned round = 0; round < 1000; round++) {
		struct tw_arena arena;
		size_t n;
		tw_arena_init(&arena, mem);
		const struct tw_rule_set *set = random_sets(&random, &arena, false, &n);
		assert_read_back(set, n);
		tw_arena_fini(&arena);
	}
}

/* ---- out of memory --------------------------------------------------------------------------- */

struct job {
	const struct tw_rule_set *set;
	const struct tw_edit *edit;
	size_t sets, edits;
};

static tw_status write_all(struct tw_mem *account, void *ctx)
{
	const struct job *job = ctx;

	for (int spelling = TW_SPELL_AWS; spelling <= TW_SPELL_DESCRIBE; spelling++) {
		sample_sink_init(&sink);
		tw_status status = tw_write_rule_sets(
			account, job->set, job->sets, (enum tw_spelling)spelling, sink.sink);
		if (status == TW_OK && spelling != TW_SPELL_DESCRIBE)
			status = tw_write_edits(account, job->edit, job->edits,
				(enum tw_spelling)spelling, sink.sink);
		/* Nothing half-written. */
		if (status != TW_OK)
			assert_true(sink.n == 0 || sink.text[sink.n - 1] == '\n');
		if (status != TW_OK)
			return status;
	}
	return TW_OK;
}

static void out_of_memory(void **state)
{
	struct test_random random = {4};
	struct tw_arena arena;
	struct job job;

	(void)state;
	tw_arena_init(&arena, mem);
	job.set = random_sets(&random, &arena, true, &job.sets);
	job.edit = random_edits(&random, &arena, true, &job.edits);
	assert_int_equal(tw_oom_sweep(write_all, &job), TW_OK);
	tw_arena_fini(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(names_of_spellings, begin, end),
		cmocka_unit_test_setup_teardown(commands_of_the_aws_cli, begin, end),
		cmocka_unit_test_setup_teardown(resources_of_terraform, begin, end),
		cmocka_unit_test_setup_teardown(resources_of_cloudformation, begin, end),
		cmocka_unit_test_setup_teardown(a_group_that_lets_nothing_out, begin, end),
		cmocka_unit_test_setup_teardown(nothing_is_written_for_nothing, begin, end),
		cmocka_unit_test_setup_teardown(answers_are_read_back, begin, end),
		cmocka_unit_test_setup_teardown(out_of_memory, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
