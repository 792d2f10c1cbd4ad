/* SPDX-License-Identifier: Apache-2.0 */
/* The machine of cells_run.h: four sets and two partitions, and every operation of the space. */

#include "cells_run.h"

#include <string.h>

enum { SETS = 4, PARTITIONS = 2, LABELS = 5, BOXES = 9 };

struct machine {
	struct tw_space *space;
	const struct cells_program *program;
	tw_set set[SETS], partition[PARTITIONS];
	struct cells set_cells[SETS], partition_cells[PARTITIONS];
	unsigned touched; /* sets, as bits */
};

static unsigned next(struct machine *m, unsigned n)
{
	return m->program->next(m->program->ctx, n);
}

static struct cell_box next_box(struct machine *m)
{
	return cell_box_next(m->program->next, m->program->ctx);
}

static void run_box(struct machine *m, unsigned to)
{
	struct cell_box box = next_box(m);
	struct tw_box values = cell_box_values(&box);

	m->set[to] = tw_set_box(m->space, &values);
	memset(&m->set_cells[to], 0, sizeof(m->set_cells[to]));
	cells_paint(&m->set_cells[to], &box, 1);
}

static void run_boxes(struct machine *m, unsigned to)
{
	struct tw_box values[BOXES];
	unsigned n = next(m, BOXES);

	memset(&m->set_cells[to], 0, sizeof(m->set_cells[to]));
	for (unsigned i = 0; i < n; i++) {
		struct cell_box box = next_box(m);

		values[i] = cell_box_values(&box);
		cells_paint(&m->set_cells[to], &box, 1);
	}
	m->set[to] = tw_set_boxes(m->space, values, n);
}

static void run_first_match(struct machine *m, unsigned to)
{
	struct tw_labelled_box list[BOXES];
	struct cell_box box[BOXES];
	unsigned n = next(m, BOXES);
	uint16_t otherwise = (uint16_t)next(m, LABELS);

	for (unsigned i = 0; i < n; i++) {
		box[i] = next_box(m);
		list[i].box = cell_box_values(&box[i]);
		list[i].label = (uint16_t)next(m, LABELS);
	}
	for (unsigned i = 0; i < CELLS; i++)
		m->partition_cells[to].label[i] = otherwise;
	/* The first box wins: paint it last. */
	for (unsigned i = n; i-- > 0;)
		cells_paint(&m->partition_cells[to], &box[i], list[i].label);
	m->partition[to] = tw_partition_first_match(m->space, list, n, otherwise);
}

static void run_binary(struct machine *m, unsigned op, unsigned to, unsigned with)
{
	uint16_t *a = m->set_cells[to].label;
	const uint16_t *b = m->set_cells[with].label;

	for (unsigned i = 0; i < CELLS; i++) {
		if (op == 0)
			a[i] |= b[i];
		else if (op == 1)
			a[i] &= b[i];
		else
			a[i] = a[i] && !b[i];
	}
	if (op == 0)
		m->set[to] = tw_set_union(m->space, m->set[to], m->set[with]);
	else if (op == 1)
		m->set[to] = tw_set_intersect(m->space, m->set[to], m->set[with]);
	else
		m->set[to] = tw_set_subtract(m->space, m->set[to], m->set[with]);
}

static void run_where(struct machine *m, unsigned to, unsigned from)
{
	uint16_t label = (uint16_t)next(m, LABELS);

	for (unsigned i = 0; i < CELLS; i++)
		m->set_cells[to].label[i] = m->partition_cells[from].label[i] == label;
	m->set[to] = tw_partition_where(m->space, m->partition[from], label);
}

static void run_relabel(struct machine *m, unsigned to)
{
	uint16_t table[LABELS];
	unsigned n = next(m, LABELS + 1);

	for (unsigned i = 0; i < n; i++)
		table[i] = (uint16_t)next(m, LABELS);
	for (unsigned i = 0; i < CELLS; i++) {
		uint16_t *label = &m->partition_cells[to].label[i];

		*label = *label < n ? table[*label] : 0;
	}
	m->partition[to] = tw_partition_relabel(m->space, m->partition[to], table, n);
}

static uint16_t mix(void *ctx, uint16_t a, uint16_t b)
{
	return (uint16_t)((a * 3u + b * *(const unsigned *)ctx) % LABELS);
}

static void run_combine(struct machine *m, unsigned to)
{
	unsigned factor = next(m, LABELS);

	for (unsigned i = 0; i < CELLS; i++) {
		uint16_t *label = &m->partition_cells[to].label[i];

		*label = mix(&factor, *label, m->partition_cells[1 - to].label[i]);
	}
	m->partition[to] = tw_partition_combine(
		m->space, m->partition[to], m->partition[1 - to], mix, &factor);
}

static void run_restrict(struct machine *m, unsigned to, unsigned with)
{
	for (unsigned i = 0; i < CELLS; i++) {
		if (!m->set_cells[with].label[i])
			m->partition_cells[to].label[i] = 0;
	}
	m->partition[to] = tw_partition_restrict(m->space, m->partition[to], m->set[with]);
}

static const char *compare_labels_in_use(struct machine *m, unsigned which)
{
	uint16_t got[LABELS + 1];
	bool seen[LABELS] = {false};
	size_t n = tw_partition_labels(m->space, m->partition[which], got, LABELS + 1), at = 0;

	for (unsigned i = 0; i < CELLS; i++)
		seen[m->partition_cells[which].label[i]] = true;
	for (unsigned label = 0; label < LABELS; label++) {
		if (seen[label] && (at >= n || got[at++] != label))
			return "a label is missing in the list of labels";
	}
	return at == n ? NULL : "a label too many in the list of labels";
}

static const char *step(struct machine *m)
{
	unsigned op = next(m, 13), a = next(m, SETS), b = next(m, SETS);
	unsigned p = next(m, PARTITIONS);
	unsigned field;

	if (op != 2 && op != 3 && (op < 8 || op > 10))
		m->touched |= 1u << a;
	switch (op) {
	case 0:
		run_box(m, a);
		break;
	case 1:
		run_boxes(m, a);
		break;
	case 2:
	case 3:
		run_first_match(m, p);
		break;
	case 4:
	case 5:
	case 6:
		run_binary(m, op - 4, a, b);
		break;
	case 7:
		run_where(m, a, p);
		break;
	case 8:
		run_relabel(m, p);
		break;
	case 9:
		run_combine(m, p);
		break;
	case 10:
		run_restrict(m, p, a);
		break;
	case 11:
		field = next(m, TW_FIELDS);
		cells_forget(&m->set_cells[a], field);
		m->set[a] = tw_set_forget(m->space, m->set[a], (enum tw_field)field);
		break;
	default:
		cells_mirror(&m->set_cells[a]);
		m->set[a] = tw_set_mirror(m->space, m->set[a]);
		break;
	}
	if (tw_space_status(m->space) != TW_OK)
		return NULL;
	if (op == 2 || op == 3 || (op >= 8 && op <= 10))
		return cells_compare_labels(m->space, m->partition[p], &m->partition_cells[p]);
	return cells_compare_labels(m->space, m->set[a], &m->set_cells[a]);
}

const char *cells_run(struct tw_space *space, const struct cells_program *program)
{
	struct machine m = {.space = space, .program = program};
	const char *wrong = NULL;

	for (unsigned i = 0; i < program->steps && !wrong && tw_space_status(space) == TW_OK; i++)
		wrong = step(&m);
	for (unsigned i = 0; i < SETS && !wrong && tw_space_status(space) == TW_OK; i++) {
		/* The full comparison is slow: not for sets that no step has touched. */
		if (m.touched & 1u << i)
			wrong = cells_compare_set(space, m.set[i], &m.set_cells[i]);
	}
	for (unsigned i = 0; i < PARTITIONS && !wrong && tw_space_status(space) == TW_OK; i++)
		wrong = compare_labels_in_use(&m, i);
	/* A comparison that was cut short by memory or limits says nothing. */
	return tw_space_status(space) == TW_OK ? wrong : NULL;
}
