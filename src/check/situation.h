/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_CHECK_SITUATION_H
#define TW_CHECK_SITUATION_H

/*
 * Situations: interfaces in different subnets that filters and routes treat alike are decided once.
 *
 * A joined site stands for its parts, which differ in their subnet only (and in groups that compile
 * to the same sets, unless hops are to name the groups). Its own subnet is TW_MISSING unless all
 * parts have the same: what names one names all that its packets touch (subnets.c). Pairs inside
 * one subnet meet no list, so they are cut out and get paths of their own.
 */

#include "results.h"

/* The sites joined; `starts`: they are initiators, so the platform and egress groups matter. */
TW_NODISCARD tw_status tw_situations_of(struct tw_results *results, const struct tw_sites *sites,
	bool starts, struct tw_sites *ret);
/* tw_paths_between for sites that may be joined. */
TW_NODISCARD tw_status tw_situation_paths(struct tw_results *results, const struct tw_site *from,
	const struct tw_site *to, struct tw_paths *ret);

#endif
