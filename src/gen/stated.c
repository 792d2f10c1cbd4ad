/* SPDX-License-Identifier: Apache-2.0 */
#include "plan.h"

tw_status tw_plan_intents(struct tw_plan *plan)
{
	(void)plan;
	return TW_EUNSUP;
}
