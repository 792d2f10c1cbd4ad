/* SPDX-License-Identifier: Apache-2.0 */
/* The small world of cells.h: its cuts, and plain loops over them. */

#include "cells.h"

#include <string.h>

/* Last values of cells. Single values, the edges of domains, and word borders are all in. */
static const uint64_t protocol_last[CELLS_PROTOCOL] = {1, 5, 6, 57, 255};
static const uint64_t client_last[CELLS_CLIENT] = {0, 1023, 65535};
static const uint64_t service_last[CELLS_SERVICE] = {442, 443, 65535};
static const uint64_t v4_last[CELLS_ADDR] = {0x09ffffff, 0x0a000000, 0x7fffffff, 0xffffffff};
static const struct tw_addr v6_last[CELLS_ADDR] = {
	{0, 0xffffffff},
	{0, UINT64_MAX},
	{0x20010db8ffffffff, UINT64_MAX - 1},
	{UINT64_MAX, UINT64_MAX},
};

static const unsigned in[TW_FIELDS] = {
	CELLS_FAMILY, CELLS_PROTOCOL, CELLS_ADDR, CELLS_ADDR, CELLS_CLIENT, CELLS_SERVICE};

unsigned cells_in(unsigned field)
{
	return in[field];
}

struct cell cell_at(unsigned index)
{
	struct cell cell;

	for (unsigned field = TW_FIELDS; field-- > 0;) {
		cell.v[field] = index % in[field];
		index /= in[field];
	}
	return cell;
}

unsigned cell_index(struct cell cell)
{
	unsigned index = 0;

	for (unsigned field = 0; field < TW_FIELDS; field++)
		index = index * in[field] + cell.v[field];
	return index;
}

static struct tw_addr last_of(unsigned family, unsigned field, unsigned i)
{
	switch (field) {
	case TW_FIELD_FAMILY:
		return (struct tw_addr){0, i ? TW_IPV6 : TW_IPV4};
	case TW_FIELD_PROTOCOL:
		return (struct tw_addr){0, protocol_last[i]};
	case TW_FIELD_CLIENT:
		return (struct tw_addr){0, client_last[i]};
	case TW_FIELD_SERVICE:
		return (struct tw_addr){0, service_last[i]};
	default:
		return family == TW_IPV6 ? v6_last[i] : (struct tw_addr){0, v4_last[i]};
	}
}

struct tw_range cell_values(unsigned family, unsigned field, unsigned i)
{
	struct tw_range range = {{0, 0}, last_of(family, field, i), (uint8_t)family};

	if (field == TW_FIELD_FAMILY)
		range.first = range.last;
	else if (i > 0)
		range.first = tw_addr_next(last_of(family, field, i - 1));
	return range;
}

static unsigned family_of(struct cell cell)
{
	return cell.v[TW_FIELD_FAMILY] ? TW_IPV6 : TW_IPV4;
}

struct tw_box cell_box_values(const struct cell_box *box)
{
	unsigned family = family_of(box->lo);
	struct tw_range v[TW_FIELDS];

	for (unsigned field = 0; field < TW_FIELDS; field++) {
		v[field] = cell_values(family, field, box->lo.v[field]);
		v[field].last = cell_values(family, field, box->hi.v[field]).last;
	}
	return (struct tw_box){.family = (uint8_t)family,
		.protocol_lo = (uint8_t)v[TW_FIELD_PROTOCOL].first.lo,
		.protocol_hi = (uint8_t)v[TW_FIELD_PROTOCOL].last.lo,
		.from = v[TW_FIELD_FROM],
		.to = v[TW_FIELD_TO],
		.client = {(uint16_t)v[TW_FIELD_CLIENT].first.lo,
			(uint16_t)v[TW_FIELD_CLIENT].last.lo},
		.service = {(uint16_t)v[TW_FIELD_SERVICE].first.lo,
			(uint16_t)v[TW_FIELD_SERVICE].last.lo}};
}

struct tw_point cell_first(struct cell cell)
{
	struct tw_box box = cell_box_values(&(struct cell_box){cell, cell});

	return (struct tw_point){box.family, box.protocol_lo, box.from.first, box.to.first,
		box.client.lo, box.service.lo};
}

struct tw_point cell_last(struct cell cell)
{
	struct tw_box box = cell_box_values(&(struct cell_box){cell, cell});

	return (struct tw_point){box.family, box.protocol_hi, box.from.last, box.to.last,
		box.client.hi, box.service.hi};
}

struct cell_box cell_box_next(unsigned (*next)(void *ctx, unsigned n), void *ctx)
{
	struct cell_box box;

	box.lo.v[0] = box.hi.v[0] = next(ctx, CELLS_FAMILY);
	for (unsigned field = TW_FIELD_PROTOCOL; field < TW_FIELDS; field++) {
		unsigned n = in[field], kind = next(ctx, 3);

		/* Half of what rules say is "any" or one value: so are these. */
		box.lo.v[field] = kind == 0 ? 0 : next(ctx, n);
		box.hi.v[field] = box.lo.v[field];
		if (kind == 0)
			box.hi.v[field] = n - 1;
		else if (kind == 1)
			box.hi.v[field] += next(ctx, n - box.lo.v[field]);
	}
	return box;
}

/* Moves to the next cell of a box, in field order; false behind the last. */
static bool next_in_box(const struct cell_box *box, struct cell *cell)
{
	for (unsigned field = TW_FIELDS; field-- > 0;) {
		if (cell->v[field] < box->hi.v[field]) {
			cell->v[field]++;
			return true;
		}
		cell->v[field] = box->lo.v[field];
	}
	return false;
}

void cells_paint(struct cells *cells, const struct cell_box *box, uint16_t label)
{
	struct cell cell = box->lo;

	do
		cells->label[cell_index(cell)] = label;
	while (next_in_box(box, &cell));
}

void cells_forget(struct cells *cells, unsigned field)
{
	struct cells old = *cells;

	if (field == TW_FIELD_FAMILY)
		return;
	for (unsigned i = 0; i < CELLS; i++) {
		struct cell cell = cell_at(i);

		for (cell.v[field] = 0; cell.v[field] < in[field]; cell.v[field]++)
			cells->label[i] |= old.label[cell_index(cell)];
	}
}

void cells_mirror(struct cells *cells)
{
	struct cells old = *cells;

	for (unsigned i = 0; i < CELLS; i++) {
		struct cell cell = cell_at(i);
		unsigned from = cell.v[TW_FIELD_FROM];

		cell.v[TW_FIELD_FROM] = cell.v[TW_FIELD_TO];
		cell.v[TW_FIELD_TO] = from;
		cells->label[cell_index(cell)] = old.label[i];
	}
}

/* ---- counting ------------------------------------------------------------------------------- */

static struct tw_count width(struct tw_range range)
{
	struct tw_count count = {{0}}, one = {{1}};

	count.w[0] = range.last.lo - range.first.lo;
	count.w[1] = range.last.hi - range.first.hi - (range.last.lo < range.first.lo);
	tw_count_add(&count, &one);
	return count;
}

static bool has_ports(unsigned family, unsigned protocol)
{
	return protocol == 6 || protocol == 17 || protocol == (family == TW_IPV4 ? 1 : 58);
}

/* Pairs of port values of one protocol in the cells that agree with `cell` up to the ports. */
static uint64_t count_ports(const struct cells *cells, struct cell cell, bool ports)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < CELLS_CLIENT * CELLS_SERVICE; i++) {
		struct tw_range client, service;

		cell.v[TW_FIELD_CLIENT] = i / CELLS_SERVICE;
		cell.v[TW_FIELD_SERVICE] = i % CELLS_SERVICE;
		client = cell_values(4, TW_FIELD_CLIENT, cell.v[TW_FIELD_CLIENT]);
		service = cell_values(4, TW_FIELD_SERVICE, cell.v[TW_FIELD_SERVICE]);
		if (cells->label[cell_index(cell)])
			n += (client.last.lo - client.first.lo + 1) *
			     (service.last.lo - service.first.lo + 1);
	}
	return ports ? n : n > 0;
}

struct tw_count cells_count(const struct cells *cells)
{
	struct tw_count total = {{0}};

	for (unsigned i = 0; i < CELLS; i += CELLS_CLIENT * CELLS_SERVICE) {
		struct cell cell = cell_at(i);
		unsigned family = family_of(cell);
		struct tw_range protocols =
			cell_values(family, TW_FIELD_PROTOCOL, cell.v[TW_FIELD_PROTOCOL]);
		uint64_t of_kind[2] = {0, 0};
		struct tw_count from, to, n = {{0}};

		for (uint64_t p = protocols.first.lo; p <= protocols.last.lo; p++)
			of_kind[has_ports(family, (unsigned)p)]++;
		n.w[0] = of_kind[false] * count_ports(cells, cell, false) +
			 of_kind[true] * count_ports(cells, cell, true);
		from = width(cell_values(family, TW_FIELD_FROM, cell.v[TW_FIELD_FROM]));
		to = width(cell_values(family, TW_FIELD_TO, cell.v[TW_FIELD_TO]));
		tw_count_mul(&n, &from);
		tw_count_mul(&n, &to);
		tw_count_add(&total, &n);
	}
	return total;
}

/* ---- comparing ------------------------------------------------------------------------------ */

const char *cells_compare_labels(struct tw_space *space, tw_set set, const struct cells *cells)
{
	/* Worked out once: the fuzzer comes here all the time. */
	static struct tw_point first[CELLS], last[CELLS];

	for (unsigned i = 0; i < CELLS && last[CELLS - 1].family == 0; i++) {
		first[i] = cell_first(cell_at(i));
		last[i] = cell_last(cell_at(i));
	}
	for (unsigned i = 0; i < CELLS; i++) {
		if (tw_partition_label(space, set, &first[i]) != cells->label[i])
			return "the first point of a cell has another label";
		if (tw_partition_label(space, set, &last[i]) != cells->label[i])
			return "the last point of a cell has another label";
	}
	return NULL;
}

struct unmarked {
	struct cells cells;
};

static bool aligned(const struct tw_box *box, struct cell_box *ret)
{
	const struct tw_range v[] = {
		[TW_FIELD_PROTOCOL] = {{0, box->protocol_lo}, {0, box->protocol_hi}, 0},
		[TW_FIELD_FROM] = box->from,
		[TW_FIELD_TO] = box->to,
		[TW_FIELD_CLIENT] = {{0, box->client.lo}, {0, box->client.hi}, 0},
		[TW_FIELD_SERVICE] = {{0, box->service.lo}, {0, box->service.hi}, 0},
	};

	ret->lo.v[0] = ret->hi.v[0] = box->family == TW_IPV6;
	for (unsigned field = TW_FIELD_PROTOCOL; field < TW_FIELDS; field++) {
		int found = 0;

		for (unsigned i = 0; i < in[field]; i++) {
			struct tw_range cell = cell_values(box->family, field, i);

			if (tw_addr_cmp(cell.first, v[field].first) == 0) {
				ret->lo.v[field] = i;
				found |= 1;
			}
			if (tw_addr_cmp(cell.last, v[field].last) == 0) {
				ret->hi.v[field] = i;
				found |= 2;
			}
		}
		if (found != 3)
			return false;
	}
	return true;
}

static tw_status unmark(void *ctx, const struct tw_box *box)
{
	struct unmarked *left = ctx;
	struct cell_box b;
	struct cell cell;

	if (!aligned(box, &b))
		return TW_EBUG;
	cell = b.lo;
	do {
		if (!left->cells.label[cell_index(cell)])
			return TW_EBUG;
		left->cells.label[cell_index(cell)] = 0;
	} while (next_in_box(&b, &cell));
	return TW_OK;
}

static const char *compare_boxes(struct tw_space *space, tw_set set, const struct cells *cells)
{
	struct unmarked left = {.cells = *cells};

	if (tw_set_each_box(space, set, unmark, &left) != TW_OK)
		return "a box that is not in the set, or twice, or cut at another place";
	for (unsigned i = 0; i < CELLS; i++) {
		if (left.cells.label[i])
			return "a cell that no box holds";
	}
	return NULL;
}

/* The intervals that tw_set_project must give, out of the cells. */
static size_t project(const struct cells *cells, unsigned field, struct tw_range *out)
{
	bool addresses = field == TW_FIELD_FROM || field == TW_FIELD_TO;
	size_t n = 0;

	for (unsigned family = 0; family < 2; family++) {
		bool seen[8] = {false};

		for (unsigned i = 0; i < CELLS; i++) {
			struct cell cell = cell_at(i);

			if (cells->label[i] && (!addresses || cell.v[0] == family))
				seen[cell.v[field]] = true;
		}
		if (!addresses && family == 1)
			break;
		for (unsigned i = 0; i < in[field]; i++) {
			struct tw_range v = cell_values(family ? 6 : 4, field, i);

			if (!seen[i])
				continue;
			if (n > 0 && i > 0 && seen[i - 1] && field != TW_FIELD_FAMILY)
				out[n - 1].last = v.last;
			else
				out[n++] = v;
		}
	}
	return n;
}

static const char *compare_projection(struct tw_space *space, tw_set set, const struct cells *cells)
{
	for (unsigned field = 0; field < TW_FIELDS; field++) {
		struct tw_range want[16];
		struct tw_intervals got = {0};
		size_t n = project(cells, field, want);
		const char *wrong = NULL;

		if (tw_set_project(space, set, (enum tw_field)field, &got) != TW_OK)
			return "the projection failed";
		if (got.n != n)
			wrong = "a field has another number of intervals";
		for (size_t i = 0; i < n && !wrong; i++) {
			if (tw_addr_cmp(got.v[i].first, want[i].first) != 0 ||
				tw_addr_cmp(got.v[i].last, want[i].last) != 0)
				wrong = "a field has another interval";
		}
		tw_intervals_free(space, &got);
		if (wrong)
			return wrong;
	}
	return NULL;
}

static const char *compare_witness(struct tw_space *space, tw_set set, const struct cells *cells)
{
	struct tw_point got, want;
	unsigned i = 0;

	while (i < CELLS && !cells->label[i])
		i++;
	if (tw_set_witness(space, set, &got) != (i < CELLS))
		return "a witness where there is no point, or none where there is one";
	if (i == CELLS)
		return NULL;
	want = cell_first(cell_at(i));
	if (got.family != want.family || got.protocol != want.protocol ||
		tw_addr_cmp(got.from, want.from) != 0 || tw_addr_cmp(got.to, want.to) != 0 ||
		got.client != want.client || got.service != want.service)
		return "the witness is not the smallest point";
	return NULL;
}

static const char *compare_identity(struct tw_space *space, tw_set set, const struct cells *cells)
{
	static struct tw_box box[CELLS];
	size_t n = 0;

	for (unsigned i = 0; i < CELLS; i++) {
		struct cell cell = cell_at(i);

		if (cells->label[i])
			box[n++] = cell_box_values(&(struct cell_box){cell, cell});
	}
	return tw_set_boxes(space, box, n) == set ? NULL : "an equal set has another number";
}

const char *cells_compare_set(struct tw_space *space, tw_set set, const struct cells *cells)
{
	const char *wrong = cells_compare_labels(space, set, cells);
	struct tw_count got, want = cells_count(cells);

	if (!wrong)
		wrong = compare_boxes(space, set, cells);
	if (!wrong)
		wrong = compare_projection(space, set, cells);
	if (!wrong)
		wrong = compare_witness(space, set, cells);
	if (!wrong)
		wrong = compare_identity(space, set, cells);
	tw_set_count(space, set, &got);
	if (!wrong && tw_count_cmp(&got, &want) != 0)
		wrong = "another count";
	return wrong;
}
