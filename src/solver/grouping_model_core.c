/*-------------------------------------------------------------------------
 *
 * grouping_model_core.c
 *	  A grouping problem in blocks, and what excludes an answer at sight.
 *
 *-------------------------------------------------------------------------
 */
#include "solver/grouping_model.h"

#include "numeric/order.h"

#include <math.h>
#include <string.h>

/* ---- blocks ---- */

static void
make_blocks(CgGroupingModel *model, CgStore *arena)
{
	const CgGroupingProblem *problem = model->problem;
	int			units = problem->units;
	int			most = -1;
	int		   *block_of_key;
	int		   *next;

	for (int i = 0; problem->together != NULL && i < units; i++)
		most = problem->together[i] > most ? problem->together[i] : most;
	block_of_key = cg_store_take(arena, most + 1, sizeof(int));
	model->block_of = cg_store_take(arena, units, sizeof(int));
	model->member_start = cg_store_take(arena, units + 2, sizeof(int));
	model->member = cg_store_take(arena, units, sizeof(int));
	if (arena->failed)
		return;
	for (int k = 0; k <= most; k++)
		block_of_key[k] = -1;
	for (int i = 0; i < units; i++)
	{
		int			key = problem->together == NULL ? -1 : problem->together[i];

		if (key >= 0 && block_of_key[key] >= 0)
		{
			model->block_of[i] = block_of_key[key];
			continue;
		}
		if (key >= 0)
			block_of_key[key] = model->blocks;
		model->block_of[i] = model->blocks++;
	}
	next = model->member_start;
	for (int i = 0; i < units; i++)
		next[model->block_of[i] + 2]++;
	for (int b = 0; b < model->blocks; b++)
		next[b + 2] += next[b + 1];
	for (int i = 0; i < units; i++)
		model->member[next[model->block_of[i] + 1]++] = i;
}

/*
 * The value of a block to a centre is that of its units, if all have a pair.
 */
static void
make_values(CgGroupingModel *model, CgStore *arena, CgPace *pace)
{
	const CgGroupingProblem *problem = model->problem;
	size_t		centres = model->centres;
	int		   *found;
	double		largest = 0;

	model->value = cg_store_take(arena, model->blocks * centres, sizeof(double));
	found = cg_store_take(arena, centres, sizeof(int));
	if (arena->failed)
		return;
	for (int b = 0; b < model->blocks; b++)
	{
		double	   *row = model->value + b * centres;
		int			size = model->member_start[b + 1] - model->member_start[b];

		memset(found, 0, sizeof(int) * centres);
		for (int k = model->member_start[b]; k < model->member_start[b + 1]; k++)
		{
			int			i = model->member[k];

			for (size_t e = problem->start[i]; e < problem->start[i + 1]; e++)
			{
				row[problem->centre[e]] += problem->value[e];
				found[problem->centre[e]]++;
			}
		}
		for (size_t c = 0; c < centres; c++)
		{
			if (found[c] < size)
				row[c] = HUGE_VAL;
			else
				largest = fmax(largest, row[c]);
		}
		cg_pace(pace, 8.0 * centres);
	}
	model->far = 2 * largest + 1;
	for (size_t e = 0; e < model->blocks * centres; e++)
	{
		if (isinf(model->value[e]))
			model->value[e] = model->far;
	}
}

static void
make_amounts(CgGroupingModel *model, CgStore *arena)
{
	const CgGroupingProblem *problem = model->problem;
	int			measures = model->measures;

	model->amount = cg_store_take(arena, (size_t) model->blocks * measures, sizeof(double));
	model->scale = cg_store_take(arena, measures, sizeof(double));
	model->opening = cg_store_take(arena, model->centres, sizeof(double));
	if (arena->failed)
		return;
	for (int c = 0; c < model->centres; c++)
		model->opening[c] = problem->opening == NULL ? 0 : problem->opening[c];
	for (int i = 0; i < problem->units; i++)
	{
		for (int m = 0; m < measures; m++)
		{
			double		amount = problem->amount[i * measures + m];

			model->amount[model->block_of[i] * measures + m] += amount;
			model->scale[m] += amount / model->groups;
		}
	}
	for (int m = 0; m < measures; m++)
		model->scale[m] = model->scale[m] > 0 ? model->scale[m] : 1;
}

static int
apart_key(const CgGroupingProblem *problem, int unit)
{
	return problem->apart == NULL ? -1 : problem->apart[unit];
}

static bool
are_apart(const CgGroupingModel *model, int b, int c)
{
	for (int k = model->member_start[b]; k < model->member_start[b + 1]; k++)
	{
		int			key = apart_key(model->problem, model->member[k]);

		if (key < 0)
			continue;
		for (int l = model->member_start[c]; l < model->member_start[c + 1]; l++)
		{
			if (apart_key(model->problem, model->member[l]) == key)
				return true;
		}
	}
	return false;
}

/*
 * Two passes: count, then write.
 */
static void
make_conflicts(CgGroupingModel *model, CgStore *arena, CgPace *pace)
{
	size_t		count = 0;

	model->conflict_start = cg_store_take(arena, model->blocks + 1, sizeof(size_t));
	if (arena->failed || model->problem->apart == NULL)
		return;
	for (int pass = 0; pass < 2; pass++)
	{
		count = 0;
		for (int b = 0; b < model->blocks; b++)
		{
			model->conflict_start[b] = count;
			cg_pace(pace, 10.0 * model->blocks);
			for (int c = 0; c < model->blocks; c++)
			{
				if (b == c || !are_apart(model, b, c))
					continue;
				if (pass == 1)
					model->conflict[count] = c;
				count++;
			}
		}
		model->conflict_start[model->blocks] = count;
		if (pass == 0)
			model->conflict = cg_store_take(arena, count, sizeof(int));
		if (arena->failed)
			return;
	}
}

static void
make_neighbours(CgGroupingModel *model, CgStore *arena)
{
	const CgGroupingProblem *problem = model->problem;
	size_t		count = 0;
	int		   *last;

	if (problem->neighbour_start == NULL)
		return;
	model->neighbour_start = cg_store_take(arena, model->blocks + 1, sizeof(size_t));
	model->neighbour = cg_store_take(arena, problem->neighbour_start[problem->units], sizeof(int));
	last = cg_store_take(arena, model->blocks, sizeof(int));
	if (arena->failed)
		return;
	for (int b = 0; b < model->blocks; b++)
		last[b] = -1;
	for (int b = 0; b < model->blocks; b++)
	{
		model->neighbour_start[b] = count;
		last[b] = b;
		for (int k = model->member_start[b]; k < model->member_start[b + 1]; k++)
		{
			int			i = model->member[k];

			for (size_t e = problem->neighbour_start[i]; e < problem->neighbour_start[i + 1]; e++)
			{
				int			other = model->block_of[problem->neighbour[e]];

				if (last[other] == b)
					continue;
				last[other] = b;
				model->neighbour[count++] = other;
			}
		}
	}
	model->neighbour_start[model->blocks] = count;
}

static void
make_changes(CgGroupingModel *model, CgStore *arena)
{
	const CgGroupingProblem *problem = model->problem;

	if (problem->existing == NULL || problem->change_cost == NULL ||
		problem->labels == 0)
		return;
	model->labels = problem->labels;
	model->leaving = cg_store_take(arena, (size_t) model->blocks * model->labels, sizeof(double));
	model->leaving_all = cg_store_take(arena, model->blocks, sizeof(double));
	if (arena->failed)
		return;
	for (int i = 0; i < problem->units; i++)
	{
		int			b = model->block_of[i];

		if (problem->existing[i] < 0)
			continue;
		model->leaving[b * model->labels + problem->existing[i]] += problem->change_cost[i];
		model->leaving_all[b] += problem->change_cost[i];
	}
}

void
cg_grouping_model(CgGroupingModel *model, const CgGroupingProblem *problem,
				  CgStore *arena, CgPace *pace)
{
	model->problem = problem;
	model->centres = problem->centres;
	model->measures = problem->measures;
	model->groups = problem->groups;
	model->own_centre = problem->own_centre;
	model->fixed = problem->fixed;
	make_blocks(model, arena);
	if (arena->failed)
		return;
	make_values(model, arena, pace);
	make_amounts(model, arena);
	make_conflicts(model, arena, pace);
	make_neighbours(model, arena);
	make_changes(model, arena);
}

/* ---- what excludes an answer ---- */

static bool
refuse(CgGroupingAnswer *answer, CgGroupingTrouble trouble, int unit, int measure)
{
	answer->solved = CG_SOLVED_INFEASIBLE;
	answer->trouble = trouble;
	answer->unit = unit;
	answer->measure = measure;
	return false;
}

static bool
may_be_centre(const CgGroupingModel *model, int centre)
{
	return model->fixed == NULL || model->fixed[centre] != CG_SITE_CLOSED;
}

static bool
counts_possible(const CgGroupingModel *model, CgGroupingAnswer *answer,
				int *in_block)
{
	int			centres = 0;
	int			fixed = 0;
	int			blocks = 0;

	for (int c = 0; c < model->centres; c++)
	{
		bool		is_open = model->fixed != NULL && model->fixed[c] == CG_SITE_OPEN;

		centres += may_be_centre(model, c);
		fixed += is_open;
		if (!model->own_centre || !may_be_centre(model, c))
			continue;
		blocks += in_block[model->block_of[c]] == 0;
		if (is_open && in_block[model->block_of[c]] == 2)
			return refuse(answer, CG_TROUBLE_FIXED, -1, -1);
		if (is_open || in_block[model->block_of[c]] == 0)
			in_block[model->block_of[c]] = is_open ? 2 : 1;
	}
	if (centres < model->groups)
		return refuse(answer, CG_TROUBLE_FEW_CENTRES, -1, -1);
	if (fixed > model->groups)
		return refuse(answer, CG_TROUBLE_FIXED, -1, -1);
	if (model->own_centre && blocks < model->groups)
		return refuse(answer, CG_TROUBLE_FEW_BLOCKS, -1, -1);
	return true;
}

/*
 * Do the limits of the k least demanding (most roomy) centres allow it?
 */
static bool
totals_possible(const CgGroupingModel *model, CgGroupingAnswer *answer,
				double *limit)
{
	for (int m = 0; m < model->measures; m++)
	{
		double		total = 0;
		double		low = 0;
		double		high = 0;
		int			count = 0;

		for (int b = 0; b < model->blocks; b++)
			total += model->amount[b * model->measures + m];
		for (int c = 0; c < model->centres; c++)
		{
			if (may_be_centre(model, c))
				limit[count++] = cg_lower_limit(model, c, m);
		}
		cg_sort_doubles(limit, count);
		for (int g = 0; g < model->groups; g++)
			low += limit[g];
		count = 0;
		for (int c = 0; c < model->centres; c++)
		{
			if (may_be_centre(model, c))
				limit[count++] = cg_upper_limit(model, c, m);
		}
		cg_sort_doubles(limit, count);
		for (int g = 0; g < model->groups; g++)
			high += limit[count - 1 - g];
		if (low > total + 1e-9 * fabs(total))
			return refuse(answer, CG_TROUBLE_TOTAL_LOW, -1, m);
		if (high < total - 1e-9 * fabs(total))
			return refuse(answer, CG_TROUBLE_TOTAL_HIGH, -1, m);
	}
	return true;
}

static bool
blocks_possible(const CgGroupingModel *model, CgGroupingAnswer *answer)
{
	for (int b = 0; b < model->blocks; b++)
	{
		int			unit = model->member[model->member_start[b]];
		bool		reached = false;

		for (int c = 0; c < model->centres; c++)
			reached = reached || (may_be_centre(model, c) &&
								  model->value[(size_t) b * model->centres + c] < model->far);
		if (!reached)
			return refuse(answer, CG_TROUBLE_UNREACHED, unit, -1);
		for (int m = 0; m < model->measures; m++)
		{
			bool		fits = false;

			for (int c = 0; c < model->centres; c++)
				fits = fits || model->amount[b * model->measures + m] <=
					cg_upper_limit(model, c, m);
			if (!fits)
				return refuse(answer, CG_TROUBLE_TOO_LARGE, unit, m);
		}
	}
	return true;
}

/*
 * More units of one key than groups, or two of them in one block.
 */
static bool
apart_possible(const CgGroupingModel *model, CgGroupingAnswer *answer,
			   int *count)
{
	const CgGroupingProblem *problem = model->problem;

	if (problem->apart == NULL)
		return true;
	for (int b = 0; b < model->blocks; b++)
	{
		for (int k = model->member_start[b]; k < model->member_start[b + 1]; k++)
		{
			int			i = model->member[k];
			int			key = problem->apart[i];

			if (key < 0)
				continue;
			if (count[key] == b + 1)
				return refuse(answer, CG_TROUBLE_APART, i, -1);
			count[key] = b + 1;
		}
	}
	memset(count, 0, sizeof(int) * problem->units);
	for (int i = 0; i < problem->units; i++)
	{
		if (problem->apart[i] >= 0 && ++count[problem->apart[i]] > model->groups)
			return refuse(answer, CG_TROUBLE_APART, i, -1);
	}
	return true;
}

void
cg_mark_piece(const CgGroupingModel *model, const int *group, int g, int block,
			  int *mark, int stamp, int *queue)
{
	int			length = 0;

	mark[block] = stamp;
	queue[length++] = block;
	while (length > 0)
	{
		int			at = queue[--length];

		for (size_t e = model->neighbour_start[at]; e < model->neighbour_start[at + 1]; e++)
		{
			int			other = model->neighbour[e];

			if (mark[other] != stamp && (group == NULL || group[other] == g))
			{
				mark[other] = stamp;
				queue[length++] = other;
			}
		}
	}
}

static bool
pieces_possible(const CgGroupingModel *model, CgGroupingAnswer *answer,
				int *queue, int *seen)
{
	int			pieces = 0;

	if (model->neighbour_start == NULL)
		return true;
	memset(seen, 0, sizeof(int) * model->problem->units);
	for (int b = 0; b < model->blocks; b++)
	{
		if (seen[b])
			continue;
		if (++pieces > model->groups)
			return refuse(answer, CG_TROUBLE_PIECES,
						  model->member[model->member_start[b]], -1);
		cg_mark_piece(model, NULL, 0, b, seen, 1, queue);
	}
	return true;
}

bool
cg_grouping_possible(const CgGroupingModel *model, CgGroupingAnswer *answer,
					 CgStore *arena)
{
	double	   *limit = cg_store_take(arena, model->centres, sizeof(double));
	int		   *queue = cg_store_take(arena, model->problem->units, sizeof(int));
	int		   *count = cg_store_take(arena, model->problem->units, sizeof(int));

	if (arena->failed)
		return false;
	if (!counts_possible(model, answer, count))
		return false;
	memset(count, 0, sizeof(int) * model->problem->units);
	return blocks_possible(model, answer) &&
		totals_possible(model, answer, limit) &&
		apart_possible(model, answer, count) &&
		pieces_possible(model, answer, queue, count);
}
