/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_CLIENT_RANGES_H
#define TW_CLIENT_RANGES_H

/* Port ranges as text, and clients that are put together from them: for readers of a client of
 * one's own. */

#include "text.h"
#include "twoway/client.h"

/*
 * "40000-44999" or "4096", each end 0-65535 without leading zeros, the lower one first, no blanks.
 * Port 0 counts in sets, so it is for the caller to refuse it where a client would pick it.
 */
bool tw_ports_parse(struct tw_sv text, struct tw_ports *ret);

/*
 * Adds a range and keeps them sorted, disjoint and not adjacent; ranges may overlap, since together
 * they are one set. False if that would take more than TW_CLIENT_RANGES; the client is then
 * unchanged.
 */
bool tw_client_add(struct tw_client *client, struct tw_ports ports);

#endif
