/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fewest candidates that serve every cell.
 *
 * DOC: First what is certain: a cell with one candidate decides it; a cell whose candidates include
 * all of another's is served with that one; a candidate that serves no more cells than another is
 * never needed. These reductions keep the optimum. What they leave falls into parts that share
 * nothing, and each part is searched: a cell with the fewest candidates, each of them in turn, with
 * the number of cells that share no candidate as the least that is still needed. The greedy choice
 * is where the search begins and what is left if it takes too long.
 */
#include "cover.h"

#define STEPS_MAX     200000	     /* of a part with more than TW_COVER_EXACT candidates */
#define DOMINANCE_MAX ((size_t)3000) /* comparing all pairs pays up to here */

struct solver {
	const struct tw_cells *in;
	struct tw_arena arena;
	size_t words;	  /* of a set of cells */
	uint64_t *serves; /* candidates * words: the cells of each */
	uint64_t *open;	  /* cells that are not served and not implied */
	bool *dead;	  /* candidates that are out of the game */
	bool *chosen;
	bool exact;
};

static bool has(const uint64_t *set, size_t i)
{
	return (set[i / 64] >> (i % 64) & 1) != 0;
}

static void put(uint64_t *set, size_t i)
{
	set[i / 64] |= (uint64_t)1 << (i % 64);
}

static void drop(uint64_t *set, size_t i)
{
	set[i / 64] &= ~((uint64_t)1 << (i % 64));
}

static unsigned count_word(uint64_t word)
{
	unsigned n = 0;

	for (; word != 0; word &= word - 1)
		n++;
	return n;
}

static size_t count_both(const uint64_t *a, const uint64_t *b, size_t words)
{
	size_t n = 0;

	for (size_t w = 0; w < words; w++)
		n += count_word(a[w] & b[w]);
	return n;
}

static bool is_empty(const uint64_t *set, size_t words)
{
	for (size_t w = 0; w < words; w++)
		if (set[w] != 0)
			return false;
	return true;
}

static const uint64_t *cells_of(const struct solver *s, size_t candidate)
{
	return s->serves + candidate * s->words;
}

static const uint64_t *candidates_of(const struct solver *s, size_t cell)
{
	return s->in->bits + cell * s->in->words;
}

static void choose(struct solver *s, size_t candidate)
{
	const uint64_t *serves = cells_of(s, candidate);

	s->chosen[candidate] = s->dead[candidate] = true;
	for (size_t w = 0; w < s->words; w++)
		s->open[w] &= ~serves[w];
}

/* ---- reductions ------------------------------------------------------------------------------ */

/* Live candidates of a cell, and the last of them. */
static size_t live_candidates(const struct solver *s, size_t cell, size_t *ret_last)
{
	const uint64_t *bits = candidates_of(s, cell);
	size_t n = 0;

	for (size_t w = 0; w < s->in->words; w++) {
		for (uint64_t left = bits[w]; left != 0; left &= left - 1) {
			size_t i = w * 64 + count_word((left & (0 - left)) - 1);
			if (s->dead[i])
				continue;
			*ret_last = i;
			n++;
		}
	}
	return n;
}

static bool take_forced(struct solver *s)
{
	bool any = false;

	for (size_t cell = 0; cell < s->in->cells; cell++) {
		size_t last = 0;
		if (!has(s->open, cell) || live_candidates(s, cell, &last) != 1)
			continue;
		choose(s, last);
		any = true;
	}
	return any;
}

/* Every live candidate of `a` serves `b`, too: whoever serves `a` serves `b`. */
static bool cell_implies(const struct solver *s, size_t a, size_t b)
{
	const uint64_t *x = candidates_of(s, a), *y = candidates_of(s, b);

	for (size_t w = 0; w < s->in->words; w++) {
		for (uint64_t left = x[w] & ~y[w]; left != 0; left &= left - 1)
			if (!s->dead[w * 64 + count_word((left & (0 - left)) - 1)])
				return false;
	}
	return true;
}

static bool drop_implied_cells(struct solver *s)
{
	bool any = false;

	for (size_t a = 0; a < s->in->cells; a++) {
		for (size_t b = 0; has(s->open, a) && b < s->in->cells; b++) {
			if (a == b || !has(s->open, b) || !cell_implies(s, a, b))
				continue;
			drop(s->open, b);
			any = true;
		}
	}
	return any;
}

static bool serves_no_more(const struct solver *s, size_t a, size_t b)
{
	const uint64_t *x = cells_of(s, a), *y = cells_of(s, b);

	for (size_t w = 0; w < s->words; w++)
		if ((x[w] & s->open[w] & ~y[w]) != 0)
			return false;
	return true;
}

/* Of two that serve the same, the first stays. */
static bool drop_needless_candidates(struct solver *s)
{
	bool any = false;

	for (size_t a = s->in->candidates; a-- > 0;) {
		bool needless = !s->dead[a] && count_both(cells_of(s, a), s->open, s->words) == 0;
		for (size_t b = 0; !s->dead[a] && !needless && b < s->in->candidates; b++)
			needless = a != b && !s->dead[b] && serves_no_more(s, a, b);
		if (s->dead[a] || !needless)
			continue;
		s->dead[a] = true;
		any = true;
	}
	return any;
}

static void reduce(struct solver *s)
{
	bool pairs = s->in->cells <= DOMINANCE_MAX && s->in->candidates <= DOMINANCE_MAX;

	for (bool again = true; again;) {
		again = take_forced(s);
		if (pairs) {
			again |= drop_needless_candidates(s);
			again |= drop_implied_cells(s);
		}
	}
}

/* ---- greedy ---------------------------------------------------------------------------------- */

/* The candidate that serves most open cells; the first of equals. */
static size_t best_candidate(const struct solver *s, const uint64_t *open)
{
	size_t best = 0, most = 0;

	for (size_t i = 0; i < s->in->candidates; i++) {
		size_t n = s->dead[i] ? 0 : count_both(cells_of(s, i), open, s->words);
		if (n > most) {
			most = n;
			best = i;
		}
	}
	return best;
}

static void take_away(const struct solver *s, uint64_t *open, size_t candidate)
{
	for (size_t w = 0; w < s->words; w++)
		open[w] &= ~cells_of(s, candidate)[w];
}

/* True if the cells of `part` that candidate `skip` serves are served by the others of `list`. */
static bool is_spare(
	const struct solver *s, const uint64_t *part, const size_t *list, size_t n, size_t skip)
{
	for (size_t w = 0; w < s->words; w++) {
		uint64_t left = part[w];
		for (size_t i = 0; i < n; i++)
			if (i != skip)
				left &= ~cells_of(s, list[i])[w];
		if (left != 0)
			return false;
	}
	return true;
}

/* Choices for the cells of `part`, into `list`; returns their number. */
static size_t greedy(const struct solver *s, const uint64_t *part, uint64_t *scratch, size_t *list)
{
	size_t n = 0;

	memcpy(scratch, part, s->words * sizeof(*scratch));
	while (!is_empty(scratch, s->words)) {
		list[n] = best_candidate(s, scratch);
		take_away(s, scratch, list[n++]);
	}
	for (size_t i = n; i-- > 0;) {
		if (!is_spare(s, part, list, n, i))
			continue;
		memmove(&list[i], &list[i + 1], (n - i - 1) * sizeof(*list));
		n--;
	}
	return n;
}

/* ---- search ---------------------------------------------------------------------------------- */

struct search {
	struct solver *s;
	uint64_t *open;	   /* one set for each depth */
	uint64_t *scratch; /* a set of candidates */
	size_t *path, *best;
	size_t best_n;
	size_t steps, steps_max; /* 0: no end */
	bool cut;
};

/* Cells that share no live candidate need one each. */
static size_t least_needed(struct search *search, const uint64_t *open)
{
	const struct solver *s = search->s;
	size_t n = 0;

	memset(search->scratch, 0, s->in->words * sizeof(uint64_t));
	for (size_t cell = 0; cell < s->in->cells; cell++) {
		const uint64_t *bits = candidates_of(s, cell);
		if (!has(open, cell) || count_both(bits, search->scratch, s->in->words) != 0)
			continue;
		n++;
		for (size_t i = 0; i < s->in->candidates; i++)
			if (has(bits, i) && !s->dead[i])
				put(search->scratch, i);
	}
	return n;
}

static size_t hardest_cell(const struct solver *s, const uint64_t *open)
{
	size_t best = 0, fewest = SIZE_MAX, last;

	for (size_t cell = 0; cell < s->in->cells; cell++) {
		if (!has(open, cell))
			continue;
		size_t n = live_candidates(s, cell, &last);
		if (n < fewest) {
			fewest = n;
			best = cell;
		}
	}
	return best;
}

static void descend(struct search *search, size_t depth)
{
	struct solver *s = search->s;
	uint64_t *open = search->open + depth * s->words, *next = open + s->words;

	if (is_empty(open, s->words)) {
		memcpy(search->best, search->path, depth * sizeof(*search->path));
		search->best_n = depth;
		return;
	}
	if (search->steps_max != 0 && ++search->steps > search->steps_max) {
		search->cut = true;
		return;
	}
	if (depth + least_needed(search, open) >= search->best_n)
		return;
	const uint64_t *bits = candidates_of(s, hardest_cell(s, open));
	for (size_t i = 0; i < s->in->candidates && !search->cut; i++) {
		if (!has(bits, i) || s->dead[i])
			continue;
		memcpy(next, open, s->words * sizeof(*next));
		take_away(s, next, i);
		search->path[depth] = i;
		descend(search, depth + 1);
	}
}

/* One part of the rest, by itself; `candidates` live ones belong to it. */
static tw_status solve_part(struct solver *s, const uint64_t *part, size_t candidates)
{
	struct tw_arena_mark mark = tw_arena_save(&s->arena);
	struct search search = {.s = s, .steps_max = candidates > TW_COVER_EXACT ? STEPS_MAX : 0};
	uint64_t *scratch = TW_NEW_ARRAY(&s->arena, uint64_t, s->words + 1);

	search.best = TW_NEW_ARRAY(&s->arena, size_t, s->in->candidates + 1);
	search.path = TW_NEW_ARRAY(&s->arena, size_t, s->in->candidates + 1);
	search.scratch = TW_NEW_ARRAY(&s->arena, uint64_t, s->in->words + 1);
	if (!scratch || !search.best || !search.path || !search.scratch)
		return TW_ENOMEM;
	search.best_n = greedy(s, part, scratch, search.best);
	search.open = TW_NEW_ARRAY(&s->arena, uint64_t, (search.best_n + 2) * s->words);
	if (!search.open)
		return TW_ENOMEM;
	memcpy(search.open, part, s->words * sizeof(*part));
	descend(&search, 0);
	s->exact &= !search.cut;
	for (size_t i = 0; i < search.best_n; i++)
		choose(s, search.best[i]);
	tw_arena_restore(&s->arena, mark);
	return TW_OK;
}

/* Grows a part from its first cell until nothing joins; returns how many candidates it has. */
static size_t grow_part(const struct solver *s, uint64_t *part, bool *inside)
{
	size_t n = 0;

	for (bool again = true; again;) {
		again = false;
		for (size_t i = 0; i < s->in->candidates; i++) {
			if (inside[i] || s->dead[i] ||
				count_both(cells_of(s, i), part, s->words) == 0)
				continue;
			inside[i] = again = true;
			n++;
			for (size_t w = 0; w < s->words; w++)
				part[w] |= cells_of(s, i)[w] & s->open[w];
		}
	}
	return n;
}

static tw_status solve_rest(struct solver *s)
{
	uint64_t *part = TW_NEW_ARRAY(&s->arena, uint64_t, s->words + 1);
	bool *inside = TW_NEW_ARRAY(&s->arena, bool, s->in->candidates + 1);

	if (!part || !inside)
		return TW_ENOMEM;
	for (size_t cell = 0; cell < s->in->cells; cell++) {
		if (!has(s->open, cell))
			continue;
		memset(part, 0, s->words * sizeof(*part));
		memset(inside, 0, s->in->candidates * sizeof(*inside));
		put(part, cell);
		size_t n = grow_part(s, part, inside);
		TW_TRY(solve_part(s, part, n));
	}
	return TW_OK;
}

static tw_status solve(struct solver *s)
{
	const struct tw_cells *in = s->in;

	s->words = (in->cells + 63) / 64;
	s->serves = TW_NEW_ARRAY(&s->arena, uint64_t, in->candidates * s->words + 1);
	s->open = TW_NEW_ARRAY(&s->arena, uint64_t, s->words + 1);
	s->dead = TW_NEW_ARRAY(&s->arena, bool, in->candidates + 1);
	if (!s->serves || !s->open || !s->dead)
		return TW_ENOMEM;
	for (size_t cell = 0; cell < in->cells; cell++) {
		put(s->open, cell);
		for (size_t i = 0; i < in->candidates; i++)
			if (has(candidates_of(s, cell), i))
				put(s->serves + i * s->words, cell);
	}
	reduce(s);
	return solve_rest(s);
}

tw_status tw_set_cover(
	struct tw_mem *mem, const struct tw_cells *cells, bool *chosen, bool *ret_exact)
{
	struct solver s = {.in = cells, .chosen = chosen, .exact = true};

	memset(chosen, 0, cells->candidates * sizeof(*chosen));
	tw_arena_init(&s.arena, mem);
	tw_status status = solve(&s);
	tw_arena_fini(&s.arena);
	if (status == TW_OK)
		*ret_exact = s.exact;
	return status;
}
