/*-------------------------------------------------------------------------
 *
 * grouping_branch_core.c
 *	  Branch and bound for balanced groups and sites with capacities.
 *
 * A node has centres that are open, closed or free, pairs of block and centre
 * that are forbidden, and blocks that have a home.  The relaxation of
 * grouping_bound_core.c bounds it; what would take the bound above the best
 * answer is decided by its reduced cost; rooms, borders of limits and who must
 * be apart decide more.  Branching is on the centre, and then on the block and
 * centre, of which the relaxation is least sure.  Where every block has a home
 * all rules are looked at, also those that the relaxation leaves out.
 *
 * A. Ceselli and G. Righini, A branch-and-price algorithm for the capacitated
 *	  p-median problem, Networks 2005;45:125-42 (bound and branching).
 * H. Kuhn, The Hungarian method for the assignment problem, Nav Res Logist Q
 *	  1955;2:83-97 (which group continues which of today's).
 *
 *-------------------------------------------------------------------------
 */
#include "solver/grouping_bound.h"
#include "solver/subgradient.h"

#include <math.h>
#include <string.h>

#define NODE_ROUNDS 150
#define SLACK 1e-9
#define SURE 0.08

typedef enum TrailKind
{
	TRAIL_VALUE, TRAIL_STATE, TRAIL_HOME
} TrailKind;

typedef struct Trail
{
	TrailKind	kind;
	size_t		place;
	double		value;			/* that it had */
} Trail;

typedef struct Branch
{
	CgGroupingBound *bound;
	CgGroupingSearch *search;
	const CgGroupingModel *model;
	CgStore    *arena;
	double		end;			/* of the steps */
	double		most;			/* no answer costs more */
	double		open_bound;		/* of nodes that were given up */
	Trail	   *trail;
	size_t		trailed;
	double	  **price;			/* by depth */
	int			depths;
	double	   *load;			/* centres x measures: of what has its home there */
	double	   *within;			/* the same: of all that may come */
	double	   *gain;			/* for the labels of groups */
	int		   *match;
	int			labels;			/* columns of gain */
} Branch;

/* ---- what is decided ---- */

static void
note(Branch *branch, TrailKind kind, size_t place, double value)
{
	branch->trail[branch->trailed++] = (Trail) {kind, place, value};
}

static size_t
cell(const Branch *branch, int block, int centre)
{
	return (size_t) centre * branch->model->blocks + block;
}

static bool
is_allowed(const Branch *branch, int block, int centre)
{
	return branch->bound->state[centre] != CG_SITE_CLOSED &&
		branch->bound->value[cell(branch, block, centre)] < branch->model->far;
}

static void
forbid(Branch *branch, int block, int centre)
{
	size_t		place = cell(branch, block, centre);

	if (branch->bound->value[place] >= branch->model->far)
		return;
	note(branch, TRAIL_VALUE, place, branch->bound->value[place]);
	branch->bound->value[place] = branch->model->far;
}

static void
decide(Branch *branch, int centre, int state)
{
	if (branch->bound->state[centre] == state)
		return;
	note(branch, TRAIL_STATE, centre, branch->bound->state[centre]);
	branch->bound->state[centre] = state;
}

/*
 * The block goes to the centre.  false: it cannot.
 */
static bool
settle_block(Branch *branch, int block, int centre)
{
	CgGroupingBound *bound = branch->bound;
	const CgGroupingModel *model = branch->model;

	if (bound->home[block] >= 0)
		return bound->home[block] == centre;
	if (!is_allowed(branch, block, centre))
		return false;
	note(branch, TRAIL_HOME, block, -1);
	bound->home[block] = centre;
	bound->homes[centre]++;
	decide(branch, centre, CG_SITE_OPEN);
	for (int c = 0; c < model->centres; c++)
	{
		if (c != centre)
			forbid(branch, block, c);
	}
	for (size_t e = model->conflict == NULL ? 1 : model->conflict_start[block];
		 model->conflict != NULL && e < model->conflict_start[block + 1]; e++)
	{
		if (bound->home[model->conflict[e]] == centre)
			return false;
		forbid(branch, model->conflict[e], centre);
	}
	return true;
}

static void
undo(Branch *branch, size_t to)
{
	CgGroupingBound *bound = branch->bound;

	while (branch->trailed > to)
	{
		const Trail *trail = &branch->trail[--branch->trailed];

		if (trail->kind == TRAIL_VALUE)
			bound->value[trail->place] = trail->value;
		else if (trail->kind == TRAIL_STATE)
			bound->state[trail->place] = (signed char) trail->value;
		else
		{
			bound->homes[bound->home[trail->place]]--;
			bound->home[trail->place] = -1;
		}
	}
}

/* ---- what follows from it ---- */

/*
 * Enough centres, not too many, and their own blocks.
 */
static bool
settle_centres(Branch *branch)
{
	CgGroupingBound *bound = branch->bound;
	const CgGroupingModel *model = branch->model;
	int			open = 0;
	int			free_centres = 0;

	for (int c = 0; c < model->centres; c++)
	{
		open += bound->state[c] == CG_SITE_OPEN;
		free_centres += bound->state[c] == CG_SITE_FREE;
	}
	if (open > model->groups || open + free_centres < model->groups)
		return false;
	for (int c = 0; c < model->centres && free_centres > 0; c++)
	{
		if (bound->state[c] != CG_SITE_FREE)
			continue;
		if (open == model->groups)
			decide(branch, c, CG_SITE_CLOSED);
		else if (open + free_centres == model->groups)
			decide(branch, c, CG_SITE_OPEN);
	}
	for (int c = 0; c < model->centres && model->own_centre; c++)
	{
		if (bound->state[c] == CG_SITE_OPEN && !settle_block(branch, model->block_of[c], c))
			return false;
		if (bound->state[c] == CG_SITE_FREE &&
			(!is_allowed(branch, model->block_of[c], c) || bound->home[model->block_of[c]] >= 0))
			decide(branch, c, CG_SITE_CLOSED);
	}
	return true;
}

/*
 * What comes to each centre at least, and at most: within its limits.
 */
static bool
sum_loads(Branch *branch)
{
	CgGroupingBound *bound = branch->bound;
	const CgGroupingModel *model = branch->model;
	int			measures = model->measures;

	memset(branch->load, 0, sizeof(double) * model->centres * measures);
	memset(branch->within, 0, sizeof(double) * model->centres * measures);
	for (int c = 0; c < model->centres; c++)
	{
		if (bound->state[c] == CG_SITE_CLOSED)
			continue;
		for (int b = 0; b < model->blocks; b++)
		{
			if (!is_allowed(branch, b, c))
				continue;
			for (int m = 0; m < measures; m++)
			{
				double		amount = model->amount[b * measures + m];

				branch->within[c * measures + m] += amount;
				if (bound->home[b] == c)
					branch->load[c * measures + m] += amount;
			}
		}
		for (int m = 0; m < measures; m++)
		{
			double		slack = SLACK * model->scale[m];

			if (branch->load[c * measures + m] <= cg_upper_limit(model, c, m) + slack &&
				branch->within[c * measures + m] >= cg_lower_limit(model, c, m) - slack)
				continue;
			if (bound->state[c] == CG_SITE_OPEN)
				return false;
			decide(branch, c, CG_SITE_CLOSED);
		}
	}
	cg_pace(&branch->search->pace, 3.0 * model->blocks * model->centres);
	return true;
}

static bool
fits(const Branch *branch, int block, int centre)
{
	const CgGroupingModel *model = branch->model;
	int			measures = model->measures;

	for (int m = 0; m < measures; m++)
	{
		if (branch->load[centre * measures + m] + model->amount[block * measures + m] >
			cg_upper_limit(model, centre, m) + SLACK * model->scale[m])
			return false;
	}
	return true;
}

/*
 * Everything that follows from what is decided; false: there is no answer.
 */
static bool
settle(Branch *branch)
{
	CgGroupingBound *bound = branch->bound;
	const CgGroupingModel *model = branch->model;
	size_t		before;

	do
	{
		before = branch->trailed;
		if (!settle_centres(branch) || !sum_loads(branch))
			return false;
		for (int b = 0; b < model->blocks; b++)
		{
			int			choices = 0;
			int			last = -1;

			if (bound->home[b] >= 0)
				continue;
			for (int c = 0; c < model->centres; c++)
			{
				if (!is_allowed(branch, b, c))
					continue;
				if (!fits(branch, b, c))
				{
					forbid(branch, b, c);
					continue;
				}
				choices++;
				last = c;
			}
			if (choices == 0 || (choices == 1 && !settle_block(branch, b, last)))
				return false;
		}
	} while (branch->trailed > before);
	return true;
}

/* ---- bounds ---- */

static bool
is_hopeless(const Branch *branch, double value)
{
	const CgGroups *best = &branch->search->best;

	if (best->violation != 0)
		return value > branch->most * (1 + 1e-9) + 1e-9;
	if (branch->bound->integral)
		return ceil(value - 1e-6) >= best->value;
	return value >= best->value - 1e-9 * fabs(best->value);
}

static bool
must_end(const Branch *branch)
{
	return branch->search->pace.stopped || branch->search->pace.steps > branch->end ||
		branch->arena->failed;
}

/*
 * Forbid pairs with which the relaxation is above the best answer.
 */
static void
fix_pairs(Branch *branch, double value, int centre)
{
	CgGroupingBound *bound = branch->bound;
	const CgGroupingModel *model = branch->model;
	const CgSiteChoice *relaxed = &bound->relaxed;
	double		others = value - (relaxed->selected[centre] ? relaxed->reduced[centre] : relaxed->last_in);
	CgGroupingTable table;
	bool		has_table = cg_grouping_table(bound, centre, &table);

	for (int b = 0; b < model->blocks; b++)
	{
		double		reduced;
		double		with;

		if (bound->home[b] >= 0 || !is_allowed(branch, b, centre) ||
			(model->own_centre && model->block_of[centre] == b))
			continue;
		reduced = bound->value[cell(branch, b, centre)] - bound->price[b];
		with = has_table ? cg_grouping_table_with(bound, &table, centre, b) :
			!bound->has_lower && model->labels == 0 && reduced > 0 ? relaxed->reduced[centre] + reduced : -HUGE_VAL;
		if (is_hopeless(branch, others + with))
			forbid(branch, b, centre);
	}
}

/*
 * Close and open centres, and forbid pairs, by reduced costs.
 */
static void
fix(Branch *branch, double value)
{
	CgGroupingBound *bound = branch->bound;
	const CgSiteChoice *relaxed = &bound->relaxed;

	if (branch->search->best.violation != 0)
		return;
	for (int c = 0; c < branch->model->centres && !branch->search->pace.stopped; c++)
	{
		if (bound->state[c] == CG_SITE_CLOSED)
			continue;
		if (bound->state[c] == CG_SITE_FREE && !relaxed->selected[c] &&
			(relaxed->last_in == -HUGE_VAL || is_hopeless(branch, value + relaxed->reduced[c] - relaxed->last_in)))
			decide(branch, c, CG_SITE_CLOSED);
		else if (bound->state[c] == CG_SITE_FREE && relaxed->selected[c] &&
				 is_hopeless(branch, value + relaxed->first_out - relaxed->reduced[c]))
			decide(branch, c, CG_SITE_OPEN);
		if (bound->state[c] != CG_SITE_CLOSED)
			fix_pairs(branch, value, c);
	}
}

/* ---- answers ---- */

/*
 * Which of today's groups each group continues, so that most may stay: an
 * assignment of least cost, row by row.
 */
static void
match_labels(Branch *branch)
{
	const CgGroupingModel *model = branch->model;
	CgGroups   *now = &branch->search->now;
	int			rows = model->groups;
	int			columns = branch->labels;
	double	   *row_dual = branch->gain + (size_t) rows * columns;
	double	   *column_dual = row_dual + rows + 1;
	double	   *least = column_dual + columns + 1;
	int		   *row_of = branch->match;
	int		   *way = row_of + columns + 1;
	int		   *done = way + columns + 1;

	memset(branch->gain, 0, sizeof(double) * ((size_t) rows * columns + rows + 2 * columns + 3));
	memset(branch->match, 0, sizeof(int) * 3 * (columns + 1));
	for (int b = 0; b < model->blocks; b++)
	{
		for (int l = 0; l < model->labels; l++)
			branch->gain[now->group[b] * columns + l] -= model->leaving[b * model->labels + l];
	}
	for (int r = 1; r <= rows; r++)
	{
		int			column = 0;

		row_of[0] = r;
		for (int c = 0; c <= columns; c++)
		{
			least[c] = HUGE_VAL;
			done[c] = 0;
		}
		do
		{
			int			row = row_of[column];
			int			next = 0;
			double		step = HUGE_VAL;

			done[column] = 1;
			for (int c = 1; c <= columns; c++)
			{
				double		reduced;

				if (done[c])
					continue;
				reduced = branch->gain[(row - 1) * columns + c - 1] - row_dual[row] - column_dual[c];
				if (reduced < least[c])
				{
					least[c] = reduced;
					way[c] = column;
				}
				if (least[c] < step)
				{
					step = least[c];
					next = c;
				}
			}
			for (int c = 0; c <= columns; c++)
			{
				if (done[c])
				{
					row_dual[row_of[c]] += step;
					column_dual[c] -= step;
				}
				else
					least[c] -= step;
			}
			column = next;
		} while (row_of[column] != 0);
		for (; column != 0; column = way[column])
			row_of[column] = row_of[way[column]];
	}
	for (int c = 1; c <= columns; c++)
	{
		if (row_of[c] > 0)
			now->label[row_of[c] - 1] = c <= model->labels ? c - 1 : -1;
	}
	cg_pace(&branch->search->pace, 4.0 * rows * rows * columns);
}

/*
 * An answer, if it keeps every rule: each block with the centre given.
 */
static void
try_answer(Branch *branch, const int *centre_of, const bool *is_centre)
{
	const CgGroupingModel *model = branch->model;
	CgGroups   *now = &branch->search->now;
	int			count = 0;

	for (int c = 0; c < model->centres; c++)
	{
		if (!is_centre[c])
			continue;
		if (count == model->groups)
			return;
		now->centre[count] = c;
		now->label[count++] = -1;
	}
	if (count < model->groups)
		return;
	for (int b = 0; b < model->blocks; b++)
	{
		for (int g = 0; g < model->groups; g++)
		{
			if (now->centre[g] == centre_of[b])
				now->group[b] = g;
		}
	}
	if (model->labels > 0)
		match_labels(branch);
	cg_grouping_keep_best(branch->search);
}

/*
 * Has every block a home?  Then that is the only answer here.
 */
static bool
is_leaf(Branch *branch)
{
	CgGroupingBound *bound = branch->bound;

	for (int b = 0; b < branch->model->blocks; b++)
	{
		if (bound->home[b] < 0)
			return false;
	}
	for (int c = 0; c < branch->model->centres; c++)
	{
		if (bound->state[c] == CG_SITE_FREE)
			return false;
		bound->relaxed.selected[c] = bound->state[c] == CG_SITE_OPEN;
	}
	try_answer(branch, bound->home, bound->relaxed.selected);
	return true;
}

/*
 * Where the relaxation takes every block once, it is an answer, but for the
 * rules that it leaves out.
 */
static void
try_relaxed(Branch *branch)
{
	CgGroupingBound *bound = branch->bound;

	for (int b = 0; b < branch->model->blocks; b++)
	{
		if (fabs(bound->served[b] - 1) > 1e-9)
			return;
	}
	try_answer(branch, bound->taker, bound->relaxed.selected);
}

/* ---- nodes ---- */

/*
 * Raise the bound of a node from these prices, deciding what follows.
 * HUGE_VAL: there is no better answer in it.
 */
static double
raise_node(Branch *branch, double *best_price, double parent, int rounds)
{
	CgGroupingBound *bound = branch->bound;
	const CgGroupingModel *model = branch->model;
	double		best = parent;
	double		reached = -HUGE_VAL;
	double		agility = 0.7;
	int			since = 0;

	memcpy(bound->price, best_price, sizeof(double) * model->blocks);
	memset(bound->direction, 0, sizeof(double) * model->blocks);
	memset(bound->claim, 0, sizeof(float) * model->blocks * model->centres);
	cg_forget_selected(&bound->relaxed);
	for (int round = 0; round < rounds && !must_end(branch); round++)
	{
		double		value = cg_grouping_relax(bound);
		double		goal;

		branch->search->rounds++;
		if (branch->search->pace.stopped)
			break;
		if (value == HUGE_VAL)
			return HUGE_VAL;
		try_relaxed(branch);
		goal = cg_grouping_goal(branch->search, best, value);
		since = value - reached > 1e-3 * (goal - reached) ? 0 : since + 1;
		if (value > reached)
		{
			reached = value;
			memcpy(best_price, bound->price, sizeof(double) * model->blocks);
		}
		best = fmax(best, value);
		if (is_hopeless(branch, best))
			return HUGE_VAL;
		cg_note_selected(&bound->relaxed);
		if (round % 10 == 9 || since == 0)
		{
			size_t		before = branch->trailed;

			fix(branch, value);
			if (branch->trailed > before && !settle(branch))
				return HUGE_VAL;
		}
		if (since >= 10)
		{
			agility /= 2;
			since = 0;
			if (agility < 0.05)
				break;
			memcpy(bound->price, best_price, sizeof(double) * model->blocks);
			memset(bound->direction, 0, sizeof(double) * model->blocks);
			continue;
		}
		if (!cg_grouping_step(bound, agility * cg_rise_to(goal, value)))
			break;
	}
	return best;
}

/*
 * The block of which the relaxation is least sure, and the centre that claims
 * it most; false: there is none.
 */
static bool
unsure_pair(const Branch *branch, int *block, int *centre)
{
	const CgGroupingBound *bound = branch->bound;
	double		most_doubt = -1;

	for (int b = 0; b < branch->model->blocks; b++)
	{
		double		sum = 0;
		double		most = -1;
		int			chosen = -1;

		if (bound->home[b] >= 0)
			continue;
		for (int c = 0; c < branch->model->centres; c++)
		{
			double		claim = bound->claim[cell(branch, b, c)];

			if (!is_allowed(branch, b, c))
				continue;
			sum += claim;
			if (claim > most)
			{
				most = claim;
				chosen = c;
			}
		}
		if (chosen >= 0 && (sum > 0 ? 1 - most / sum : 0) > most_doubt)
		{
			most_doubt = sum > 0 ? 1 - most / sum : 0;
			*block = b;
			*centre = chosen;
		}
	}
	return most_doubt >= 0;
}

static void
give_up(Branch *branch, double bound)
{
	branch->open_bound = fmin(branch->open_bound, bound);
}

/*
 * Everything below a node at this depth, which is settled and whose prices
 * are branch->price[depth].
 */
static void
explore(Branch *branch, int depth, double bound)
{
	const CgSiteChoice *relaxed = &branch->bound->relaxed;
	const signed char *state = branch->bound->state;
	size_t		mark;
	int			centre;
	int			block = -1;
	int			first;

	branch->search->nodes++;
	if (is_leaf(branch))
		return;
	if (must_end(branch))
	{
		give_up(branch, bound);
		return;
	}
	bound = raise_node(branch, branch->price[depth], bound, depth == 0 ? 4 * NODE_ROUNDS : NODE_ROUNDS);
	if (is_hopeless(branch, bound) || is_leaf(branch))
		return;
	centre = cg_site_to_branch(relaxed, state, 0.5 - SURE);
	if (centre < 0 && !unsure_pair(branch, &block, &centre))
		centre = cg_site_to_branch(relaxed, state, HUGE_VAL);
	if (must_end(branch) || centre < 0 || depth + 1 >= branch->depths)
	{
		give_up(branch, bound);
		return;
	}
	if (branch->price[depth + 1] == NULL)
		branch->price[depth + 1] = cg_store_take(branch->arena, branch->model->blocks, sizeof(double));
	if (branch->arena->failed)
		return;
	first = block >= 0 || relaxed->often[centre] >= 0.5;
	mark = branch->trailed;
	for (int side = 0; side < 2; side++)
	{
		bool		in = side == 0 ? first : !first;
		bool		possible = true;

		if (block >= 0 && in)
			possible = settle_block(branch, block, centre);
		else if (block >= 0)
			forbid(branch, block, centre);
		else
			decide(branch, centre, in ? CG_SITE_OPEN : CG_SITE_CLOSED);
		if (possible && settle(branch))
		{
			memcpy(branch->price[depth + 1], branch->price[depth], sizeof(double) * branch->model->blocks);
			explore(branch, depth + 1, bound);
		}
		undo(branch, mark);
	}
}

/* ---- the whole ---- */

static bool
begin(Branch *branch)
{
	CgGroupingBound *bound = branch->bound;
	const CgGroupingModel *model = branch->model;
	CgStore    *arena = branch->arena;
	size_t		cells = (size_t) model->blocks * model->centres;
	size_t		limits = (size_t) model->centres * model->measures;

	branch->depths = model->blocks + model->centres + 2;
	branch->labels = model->labels + model->groups;
	branch->trail = cg_store_take(arena, cells + model->centres + model->blocks + 8, sizeof(Trail));
	branch->price = cg_store_take(arena, branch->depths, sizeof(double *));
	branch->load = cg_store_take(arena, limits, sizeof(double));
	branch->within = cg_store_take(arena, limits, sizeof(double));
	if (model->labels > 0)
	{
		branch->gain = cg_store_take(arena, (size_t) model->groups * branch->labels + model->groups +
									 2 * branch->labels + 3, sizeof(double));
		branch->match = cg_store_take(arena, 3 * ((size_t) branch->labels + 1), sizeof(int));
	}
	bound->claim = cg_store_take(arena, cells, sizeof(float));
	bound->taker = cg_store_take(arena, model->blocks, sizeof(int));
	if (arena->failed)
		return false;
	branch->price[0] = cg_store_take(arena, model->blocks, sizeof(double));
	for (int c = 0; c < model->centres; c++)
		branch->most += model->opening[c];
	for (int b = 0; b < model->blocks; b++)
	{
		double		dearest = 0;

		for (int c = 0; c < model->centres; c++)
		{
			double		value = bound->value[cell(branch, b, c)];

			dearest = value < model->far ? fmax(dearest, value) : dearest;
		}
		branch->most += dearest + (model->labels > 0 ? model->leaving_all[b] : 0);
	}
	for (int c = 0; c < model->centres && bound->root_measure >= 0; c++)
		bound->has_lower = bound->has_lower || cg_lower_limit(model, c, bound->root_measure) > 0;
	return !arena->failed;
}

double
cg_grouping_branch(CgGroupingBound *bound, double root, double steps)
{
	CgGroupingSearch *search = bound->search;
	Branch		branch = {
		.bound = bound, .search = search, .model = bound->model, .arena = &search->arena,
		.end = search->pace.steps + steps, .open_bound = HUGE_VAL
	};
	double		found;

	if (!begin(&branch))
		return root;
	bound->measure = bound->root_measure >= 0 || bound->model->measures == 0 ? bound->root_measure : 0;
	memcpy(branch.price[0], bound->root_price, sizeof(double) * bound->model->blocks);
	if (settle(&branch))
		explore(&branch, 0, root);
	undo(&branch, 0);
	found = branch.open_bound;
	if (bound->integral && isfinite(found))
		found = ceil(found - 1e-6);
	if (search->best.violation == 0)
		found = fmin(found, search->best.value);
	return fmax(found, root);
}
