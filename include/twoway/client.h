/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TWOWAY_CLIENT_H
#define TWOWAY_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#include "twoway/space.h"

/**
 * Clients: who picks the initiator's source port, from which ranges, and how.
 *
 * The built-in table follows spec/clients.md; each row names the fact that it rests on. Port 0 is
 * in no range: no client picks it.
 */

#ifdef __cplusplus
extern "C" {
#endif

#define TW_CLIENT_RANGES 16

/** How a client walks its range; it decides which sentence about a partial loss is true. */
enum tw_picks {
	/** In steps of 9 on average, per destination (SPEC: linux-run-length). */
	TW_PICKS_LINUX_CONNECT,
	/** Each port is equally likely. */
	TW_PICKS_EVEN,
	/** Nobody publishes it, or it is not known: say "of its ports". */
	TW_PICKS_UNPUBLISHED
};

struct tw_client {
	/** As asked for: an alias keeps its own name. */
	const char *id;
	/** "Linux", "AWS NAT gateway". */
	const char *title;
	/** Sorted, disjoint, not adjacent. */
	struct tw_ports range[TW_CLIENT_RANGES];
	size_t ranges;
	const char *alias_of; /**< id of the row that this is another name for, or NULL */
	enum tw_picks picks;
	/** Id of the fact, "command line" or the path of a twoway.yaml. */
	const char *source;
	/** One sentence for `twoway clients`, or "". */
	const char *note;
	/** The source behind the fact, for people; "" for one's own. */
	const char *reference;
};

/** The built-in table, in the order in which it is printed. */
const struct tw_client *tw_clients(size_t *ret_count);
/** By id or alias; NULL if unknown. Aliases are rows of the table too. */
const struct tw_client *tw_client_find(const char *id);
/** "even", "linux-connect", "unpublished". */
const char *tw_picks_name(enum tw_picks picks);
/** False if the text names no way of picking. */
bool tw_picks_parse(const char *text, enum tw_picks *ret);

/** How many ports a client has. */
uint32_t tw_client_total(const struct tw_client *client);
/** How many of them lie in `ports` (sorted, disjoint). */
uint32_t tw_client_passing(const struct tw_client *client, const struct tw_ports *ports, size_t n);

/**
 * Run lengths towards one destination, for a client that picks as Linux connect() does:
 * SPEC: linux-run-length. `passing` of `total` ports return in one interval of the range. Both
 * results are rounded down; mean step 9.
 */
void tw_client_runs(uint32_t passing, uint32_t total, uint32_t *ret_fail, uint32_t *ret_ok);

/**
 * Reads "40000-44999" or "1024-2047,4096" as a client of one's own, id = the text, picks
 * unpublished. The id is `text` itself, not a copy: it must live as long as the client. Ranges may
 * overlap. False, and *ret untouched, if it is not a list of ranges, or out of 1-65535, or empty,
 * or needs more than TW_CLIENT_RANGES disjoint ranges.
 */
bool tw_client_from_range(const char *text, struct tw_client *ret);

#ifdef __cplusplus
}
#endif
#endif
