/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The nearest spelling by edit distance: insert, delete, replace, or exchange two neighbours, each
 * at the price of one. A candidate is near if at most a third of its letters are wrong, at least
 * one and at most three; anything farther would be a guess, and a wrong guess is worse than none.
 */

#include "nearest.h"

enum { LONGEST = 40, MOST_ERRORS = 3 };

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Both texts are at most LONGEST bytes. */
static unsigned distance(struct tw_sv a, struct tw_sv b)
{
	unsigned row[3][LONGEST + 1]; /* two rows ago, the last one, this one */

	for (size_t k = 0; k <= b.n; k++)
		row[1][k] = (unsigned)k;
	for (size_t i = 1; i <= a.n; i++) {
		row[2][0] = (unsigned)i;
		for (size_t k = 1; k <= b.n; k++) {
			unsigned wrong = a.p[i - 1] != b.p[k - 1];
			unsigned d = least(row[1][k] + 1, row[2][k - 1] + 1);

			d = least(d, row[1][k - 1] + wrong);
			if (i > 1 && k > 1 && a.p[i - 1] == b.p[k - 2] && a.p[i - 2] == b.p[k - 1])
				d = least(d, row[0][k - 2] + 1);
			row[2][k] = d;
		}
		memcpy(row[0], row[1], sizeof(row[0]));
		memcpy(row[1], row[2], sizeof(row[1]));
	}
	return row[1][b.n];
}

void tw_nearest_init(struct tw_nearest *nearest, struct tw_sv text)
{
	*nearest = (struct tw_nearest){.text = text, .best = NULL, .distance = MOST_ERRORS + 1};
}

void tw_nearest_try(struct tw_nearest *nearest, const char *candidate)
{
	struct tw_sv other = tw_sv_of(candidate);
	unsigned allowed, d;

	if (nearest->text.n == 0 || nearest->text.n > LONGEST || other.n > LONGEST)
		return;
	allowed = other.n < 6 ? 1 : least((unsigned)(other.n / 3), MOST_ERRORS);
	if (nearest->text.n + allowed < other.n || other.n + allowed < nearest->text.n)
		return;
	d = distance(nearest->text, other);
	if (d <= allowed && d < nearest->distance) {
		nearest->best = candidate;
		nearest->distance = d;
	}
}
