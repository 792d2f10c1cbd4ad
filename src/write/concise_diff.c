/* SPDX-License-Identifier: Apache-2.0 */
/* One line a change: `path:line:column: kind sentence`, at the rule that decides now. */

#include "report_out.h"
#include "say.h"

void tw_concise_diff(struct tw_doc *doc)
{
	struct tw_paint *paint = &doc->paint;

	paint->color = false;
	for (size_t i = 0; i < doc->difference->changes; i++) {
		const struct tw_change *change = &doc->difference->change[i];
		const struct tw_client_result *worst =
			tw_worst_client(change->after.client, change->clients_n);
		struct tw_span span =
			change->after.span.file != 0 ? change->after.span : change->before.span;

		tw_concise_place(doc, span);
		tw_paint_str(paint, tw_change_name(change->kind));
		tw_paint_str(paint, " ");
		tw_paint_str(paint, change->sentence);
		if (worst != NULL && worst->total > 0 && change->after.verdict != TW_BLOCKED) {
			tw_paint_str(paint, ": ");
			tw_paint_str(paint, tw_say_share(paint, worst->passing, worst->total));
			tw_paint_str(paint, " replies return for ");
			tw_paint_str(paint, worst->client->id);
		}
		tw_paint_newline(paint);
	}
}
