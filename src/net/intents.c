/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Intents: where they are kept. One arena holds everything, so one call frees it. The reader of
 * twoway.yaml fills it (read/intents.c), and the judgement looks at it through a view.
 */

#include "intents_build.h"

tw_status tw_intents_new(struct tw_mem *mem, struct tw_intents **ret)
{
	struct tw_intents *intents = tw_mem_alloc(mem, sizeof(*intents));

	if (intents == NULL)
		return TW_ENOMEM;
	*intents = (struct tw_intents){.mem = mem, .view = {.infer = true}};
	tw_arena_init(&intents->arena, mem);
	*ret = intents;
	return TW_OK;
}

struct tw_intents_view tw_intents_view(const struct tw_intents *intents)
{
	return intents->view;
}

void tw_intents_free(struct tw_intents *intents)
{
	if (intents == NULL)
		return;
	tw_arena_fini(&intents->arena);
	tw_mem_release(intents->mem, intents, sizeof(*intents));
}
