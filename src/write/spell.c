/* SPDX-License-Identifier: Apache-2.0 */
/* The entrance to the spellings of rules: picks one, and hands over what it wrote in one piece. */

#include "spell.h"

bool tw_spelling_parse(const char *text, enum tw_spelling *ret)
{
	static const char *const names[] = {
		[TW_SPELL_AWS] = "aws",
		[TW_SPELL_TERRAFORM] = "terraform",
		[TW_SPELL_TERRAFORM_INLINE] = "terraform-inline",
		[TW_SPELL_CLOUDFORMATION] = "cloudformation",
		[TW_SPELL_DESCRIBE] = "json",
	};

	for (size_t i = 0; i < TW_COUNT(names); i++) {
		if (strcmp(text, names[i]) == 0) {
			*ret = (enum tw_spelling)i;
			return true;
		}
	}
	return false;
}

static void spell_init(struct tw_spell *s, struct tw_buf *buf, struct tw_arena *arena)
{
	tw_arena_init(arena, buf->mem);
	*s = (struct tw_spell){.buf = buf, .arena = arena};
	tw_map_init(&s->used, buf->mem);
}

static void spell_fini(struct tw_spell *s)
{
	tw_map_fini(&s->used);
	tw_arena_fini(s->arena);
}

tw_status tw_spell_edits(
	struct tw_buf *buf, const struct tw_edit *edit, size_t n, enum tw_spelling spelling)
{
	struct tw_arena arena;
	struct tw_spell s;

	if (spelling == TW_SPELL_DESCRIBE)
		return TW_EINVAL;
	if (n == 0)
		return tw_buf_status(buf);
	spell_init(&s, buf, &arena);
	switch (spelling) {
	case TW_SPELL_AWS:
		tw_spell_aws_edits(&s, edit, n);
		break;
	case TW_SPELL_TERRAFORM:
		tw_spell_terraform_edits(&s, edit, n);
		break;
	case TW_SPELL_TERRAFORM_INLINE:
		tw_spell_inline_edits(&s, edit, n);
		break;
	case TW_SPELL_CLOUDFORMATION:
		tw_spell_cloudformation_edits(&s, edit, n);
		break;
	case TW_SPELL_DESCRIBE:
		break;
	}
	spell_fini(&s);
	return tw_buf_status(buf);
}

tw_status tw_write_edits(struct tw_mem *mem, const struct tw_edit *edit, size_t n,
	enum tw_spelling spelling, struct tw_sink sink)
{
	struct tw_buf buf;

	tw_buf_init(&buf, mem);
	tw_status status = tw_spell_edits(&buf, edit, n, spelling);
	if (status == TW_OK)
		return tw_sink_flush(sink, &buf);
	tw_buf_fini(&buf);
	return status;
}

static void spell_sets(struct tw_spell *s, enum tw_spelling spelling)
{
	switch (spelling) {
	case TW_SPELL_AWS:
		tw_spell_aws_sets(s);
		break;
	case TW_SPELL_TERRAFORM:
		tw_spell_terraform_sets(s);
		break;
	case TW_SPELL_TERRAFORM_INLINE:
		tw_spell_inline_sets(s);
		break;
	case TW_SPELL_CLOUDFORMATION:
		tw_spell_cloudformation_sets(s);
		break;
	case TW_SPELL_DESCRIBE:
		tw_spell_describe_sets(s);
		break;
	}
}

tw_status tw_write_rule_sets(struct tw_mem *mem, const struct tw_rule_set *set, size_t n,
	enum tw_spelling spelling, struct tw_sink sink)
{
	struct tw_arena arena;
	struct tw_spell s;
	struct tw_buf buf;

	if (n == 0)
		return TW_OK;
	tw_buf_init(&buf, mem);
	spell_init(&s, &buf, &arena);
	s.set = set;
	s.sets = n;
	s.ident = TW_NEW_ARRAY(&arena, const char *, n);
	if (s.ident)
		spell_sets(&s, spelling);
	else
		buf.status = TW_ENOMEM;
	spell_fini(&s);
	return tw_sink_flush(sink, &buf);
}
