/*-------------------------------------------------------------------------
 *
 * grouping_verify_bound_core.c
 *	  What the prices of a grouping prove, worked out plainly: below every
 *	  answer whatever the prices are.  See grouping_bound_core.c, of which
 *	  nothing is used here.
 *
 *-------------------------------------------------------------------------
 */
#include "solver/grouping.h"

#include "numeric/order.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CELLS 1000				/* a limit of measure is cut into so many */
#define MOST_WORK 3e7			/* above it, fractions of units alone */

typedef struct Offer
{
	double		reduced;
	double		amount;
} Offer;

typedef struct Check
{
	const CgGroupingProblem *problem;
	int			blocks;
	int		   *block_of;		/* per unit; units that belong together are one */
	double	   *price;			/* per block */
	double	   *value;			/* blocks x centres; HUGE_VAL: impossible */
	double	   *amount;			/* blocks x measures */
	double	   *change;			/* blocks x (labels + 1), the first for none */
	Offer	   *offer;
	double	   *table;
	double	   *worth;
	double		lower;
	double		upper;
} Check;

static bool
has_changes(const CgGroupingProblem *problem)
{
	return problem->existing != NULL && problem->change_cost != NULL;
}

static int
labels_of(const CgGroupingProblem *problem)
{
	return has_changes(problem) ? problem->labels : 0;
}

/* ---- blocks ---- */

static void
find_blocks(Check *check)
{
	const CgGroupingProblem *problem = check->problem;

	for (int i = 0; i < problem->units; i++)
	{
		check->block_of[i] = -1;
		for (int k = 0; k < i && problem->together != NULL && problem->together[i] >= 0; k++)
		{
			if (problem->together[k] == problem->together[i])
			{
				check->block_of[i] = check->block_of[k];
				break;
			}
		}
		if (check->block_of[i] < 0)
			check->block_of[i] = check->blocks++;
	}
}

static void
sum_blocks(Check *check, const double *price)
{
	const CgGroupingProblem *problem = check->problem;
	size_t		centres = problem->centres;
	int			labels = labels_of(problem);

	for (int i = 0; i < problem->units; i++)
	{
		int			b = check->block_of[i];
		double	   *row = check->value + b * centres;
		size_t		before = problem->start[i];

		check->price[b] += price[i];
		for (int m = 0; m < problem->measures; m++)
			check->amount[b * problem->measures + m] += problem->amount[i * problem->measures + m];
		for (int l = -1; l < labels && has_changes(problem); l++)
		{
			if (problem->existing[i] >= 0 && problem->existing[i] != l)
				check->change[b * (labels + 1) + l + 1] += problem->change_cost[i];
		}

		/* Without a pair of each of its units a block cannot go there. */
		for (size_t c = 0; c < centres; c++)
			check->worth[c] = HUGE_VAL;
		for (size_t e = before; e < problem->start[i + 1]; e++)
			check->worth[problem->centre[e]] = problem->value[e];
		for (size_t c = 0; c < centres; c++)
			row[c] += check->worth[c];
	}
}

/* ---- one centre ---- */

static int
compare_offers(const void *a, const void *b)
{
	const Offer *left = a;
	const Offer *right = b;
	double		l = left->reduced * right->amount;
	double		r = right->reduced * left->amount;

	/* By reduced cost of one unit of the measure; without amount, by sign. */
	if (left->amount == 0 || right->amount == 0)
	{
		l = left->amount == 0 ? (left->reduced < 0 ? -HUGE_VAL : HUGE_VAL) : left->reduced / left->amount;
		r = right->amount == 0 ? (right->reduced < 0 ? -HUGE_VAL : HUGE_VAL) : right->reduced / right->amount;
	}
	return (l > r) - (l < r);
}

/*
 * With fractions of blocks, between both limits.
 */
static double
by_fractions(const Check *check, int count, double load)
{
	double		sum = 0;

	qsort(check->offer, count, sizeof(Offer), compare_offers);
	for (int k = 0; k < count; k++)
	{
		const Offer *offer = &check->offer[k];
		double		room = offer->reduced < 0 ? check->upper - load : check->lower - load;
		double		part;

		if (offer->amount == 0)
		{
			sum += fmin(0, offer->reduced);
			continue;
		}
		part = fmin(offer->amount, fmax(0, room));
		sum += part / offer->amount * offer->reduced;
		load += part;
	}
	return load < check->lower - 1e-9 * fabs(check->lower) ? HUGE_VAL : sum;
}

/*
 * With whole blocks, below the upper limit, amounts rounded down.
 */
static double
by_cells(const Check *check, int count, double load)
{
	double		unit = check->upper <= CELLS && check->upper == floor(check->upper) ? 1 : check->upper / CELLS;
	int			room = (int) floor(check->upper / unit + 1e-9) - (int) floor(load / unit);

	if (room < 0)
		return HUGE_VAL;
	for (int w = 0; w <= room; w++)
		check->table[w] = 0;
	for (int k = 0; k < count; k++)
	{
		int			weight = (int) floor(check->offer[k].amount / unit);

		for (int w = room; w >= weight && check->offer[k].reduced < 0; w--)
			check->table[w] = fmin(check->table[w], check->table[w - weight] + check->offer[k].reduced);
	}
	return check->table[room];
}

static double
worth_with_label(const Check *check, int centre, int measure, int label)
{
	const CgGroupingProblem *problem = check->problem;
	int			labels = labels_of(problem);
	int			own = problem->own_centre ? check->block_of[centre] : -1;
	double		sum = problem->opening == NULL ? 0 : problem->opening[centre];
	double		load = 0;
	double		best;
	int			count = 0;

	for (int b = 0; b < check->blocks; b++)
	{
		double		amount = measure < 0 ? 0 : check->amount[b * problem->measures + measure];
		double		reduced = check->value[(size_t) b * problem->centres + centre] +
			check->change[b * (labels + 1) + label + 1] - check->price[b];

		if (b == own)
		{
			sum += reduced;
			load += amount;
		}
		else if (isfinite(reduced) && amount <= check->upper)
			check->offer[count++] = (Offer) {reduced, amount};
	}
	if (isinf(sum) || load > check->upper * (1 + 1e-12))
		return HUGE_VAL;
	best = by_fractions(check, count, load);
	if (labels == 0 && check->table != NULL && check->upper > 0 && isfinite(check->upper))
		best = fmax(best, by_cells(check, count, load));
	return sum + best;
}

static double
bound_by(Check *check, int measure, const CgWork *work)
{
	const CgGroupingProblem *problem = check->problem;
	double		sum = 0;
	int			wanted = problem->groups;
	int			count = 0;

	for (int b = 0; b < check->blocks; b++)
		sum += check->price[b];
	for (int c = 0; c < problem->centres; c++)
	{
		int			fixed = problem->fixed == NULL ? CG_SITE_FREE : problem->fixed[c];
		double		worth = HUGE_VAL;

		if (fixed == CG_SITE_CLOSED)
			continue;
		if (work->stop != NULL && work->stop(work->context))
			return -HUGE_VAL;
		check->lower = measure < 0 || problem->lower == NULL ? 0 : problem->lower[c * problem->measures + measure];
		check->upper = measure < 0 || problem->upper == NULL ? HUGE_VAL : problem->upper[c * problem->measures + measure];
		for (int label = -1; label < labels_of(problem); label++)
			worth = fmin(worth, worth_with_label(check, c, measure, label));
		if (fixed == CG_SITE_OPEN)
		{
			sum += worth;
			wanted--;
		}
		else
			check->worth[count++] = worth;
	}
	cg_sort_doubles(check->worth, count);
	for (int k = 0; k < wanted && k < count; k++)
		sum += check->worth[k];
	return sum;
}

double
cg_grouping_bound_of_prices(const CgGroupingProblem *problem, const double *price,
							const CgWork *work)
{
	Check		check = {.problem = problem};
	CgStore		arena;
	size_t		units = problem->units;
	double		bound = -HUGE_VAL;

	cg_store_begin(&arena, work);
	check.block_of = cg_store_take(&arena, units, sizeof(int));
	check.price = cg_store_take(&arena, units, sizeof(double));
	check.value = cg_store_take(&arena, units * problem->centres, sizeof(double));
	check.amount = cg_store_take(&arena, units * problem->measures, sizeof(double));
	check.change = cg_store_take(&arena, units * (labels_of(problem) + 1), sizeof(double));
	check.offer = cg_store_take(&arena, units, sizeof(Offer));
	check.worth = cg_store_take(&arena, problem->centres, sizeof(double));
	if ((double) units * problem->centres * CELLS / 4 <= MOST_WORK)
		check.table = cg_store_take(&arena, CELLS + 2, sizeof(double));
	if (!arena.failed)
	{
		find_blocks(&check);
		sum_blocks(&check, price);
		if (problem->measures == 0)
			bound = bound_by(&check, -1, work);
		for (int m = 0; m < problem->measures; m++)
			bound = fmax(bound, bound_by(&check, m, work));
	}
	cg_store_end(&arena);
	return bound;
}
