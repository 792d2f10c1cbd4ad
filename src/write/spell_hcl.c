/* SPDX-License-Identifier: Apache-2.0 */
/* Terraform's language, and how its AWS provider wants protocols and ports. */

#include "spell_hcl.h"

const char *tw_hcl_string(struct tw_spell *s, const char *text)
{
	const char *clean = tw_spell_clean(s, text);
	struct tw_buf buf;

	tw_buf_init(&buf, s->buf->mem);
	tw_buf_putc(&buf, '"');
	for (; *clean; clean++) {
		if (*clean == '"' || *clean == '\\')
			tw_buf_putc(&buf, '\\');
		/* ${ and %{ begin a template: doubled, they are themselves. */
		if ((*clean == '$' || *clean == '%') && clean[1] == '{')
			tw_buf_putc(&buf, *clean);
		tw_buf_putc(&buf, *clean);
	}
	tw_buf_putc(&buf, '"');
	return tw_spell_keep(s, &buf);
}

void tw_hcl_raw(struct tw_hcl *h, const char *key, const char *value)
{
	if (h->n == TW_HCL_ATTRIBUTES) {
		h->s->buf->status = TW_EBUG;
		return;
	}
	h->attribute[h->n].key = key;
	h->attribute[h->n++].value = value;
}

void tw_hcl_text(struct tw_hcl *h, const char *key, const char *value)
{
	tw_hcl_raw(h, key, tw_hcl_string(h->s, value));
}

void tw_hcl_int(struct tw_hcl *h, const char *key, int value)
{
	tw_hcl_raw(h, key, tw_spell_kept(h->s, tw_arena_printf(h->s->arena, "%d", value)));
}

void tw_hcl_attributes(struct tw_hcl *h)
{
	struct tw_buf *buf = h->s->buf;
	size_t width = 0;

	for (size_t i = 0; i < h->n; i++) {
		size_t n = strlen(h->attribute[i].key);
		width = n > width ? n : width;
	}
	for (size_t i = 0; i < h->n; i++) {
		const char *key = h->attribute[i].key;
		tw_buf_fill(buf, " ", h->margin + 2);
		tw_buf_puts(buf, key);
		tw_buf_fill(buf, " ", width - strlen(key));
		tw_buf_puts(buf, " = ");
		tw_buf_puts(buf, h->attribute[i].value);
		tw_buf_putc(buf, '\n');
	}
	h->n = 0;
}

void tw_hcl_block(struct tw_hcl *h, const char *head)
{
	struct tw_buf *buf = h->s->buf;

	tw_buf_fill(buf, " ", h->margin);
	tw_buf_puts(buf, head);
	tw_buf_puts(buf, " {\n");
	tw_hcl_attributes(h);
	tw_buf_fill(buf, " ", h->margin);
	tw_buf_puts(buf, "}\n");
}

/* SPEC: tf-acl-protocol-names */
const char *tw_hcl_acl_protocol(struct tw_spell *s, int16_t protocol)
{
	if (protocol == TW_PROTOCOL_ICMPV6)
		return "ipv6-icmp";
	if (protocol == 57 || (protocol >= 143 && protocol <= 252))
		return NULL;
	return tw_spell_group_protocol(s, protocol);
}

/* All ports of protocols without ports are 0 to 0; of TCP that is port 0 alone, and of ICMP an
 * absent type is 0: so each is said. SPEC: tf-acl-port-zero, tf-acl-icmp-default-zero */
void tw_hcl_acl_service(struct tw_hcl *h, const struct tw_entry *entry)
{
	bool ports = tw_protocol_has_ports(entry->protocol);

	tw_hcl_int(h, "from_port", ports ? entry->ports.lo : 0);
	tw_hcl_int(h, "to_port", ports ? entry->ports.hi : 0);
	if (entry->protocol != TW_PROTOCOL_ICMP && entry->protocol != TW_PROTOCOL_ICMPV6)
		return;
	bool icmp = tw_entry_has_icmp(entry) && entry->icmp_type >= 0;
	tw_hcl_int(h, "icmp_type", icmp ? entry->icmp_type : -1);
	tw_hcl_int(h, "icmp_code", icmp ? entry->icmp_code : -1);
}

const char *tw_hcl_peer(struct tw_spell *s, const char *group)
{
	size_t set = tw_spell_peer_set(s, group);

	if (set == s->sets)
		return tw_hcl_string(s, group);
	return tw_spell_kept(
		s, tw_arena_printf(s->arena, "aws_security_group.%s.id", s->ident[set]));
}
