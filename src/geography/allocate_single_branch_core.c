/*-------------------------------------------------------------------------
 *
 * allocate_single_branch_core.c
 *	  Branch and bound for the generalised assignment problem: depth first, by
 *	  a demand that the relaxed answer sends nowhere or to several sites.
 *
 *-------------------------------------------------------------------------
 */
#include "geography/allocate_single_search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROOT_ROUNDS 400
#define NODE_ROUNDS 12

/* Numbers that are kept for multipliers of the open nodes. */
#define MOST_SAVED 4000000

typedef struct Child
{
	int64_t		pair;
	double		reduced;
} Child;

typedef struct Level
{
	int32_t		next;			/* child */
	int32_t		count;
	int64_t		first;			/* of its children */
	int64_t		trail;
	double		bound;
	double		side[CG_SINGLE_SIDES];
} Level;

typedef struct Branching
{
	CgSingleTree *tree;
	CgRelaxation *r;
	Level	   *level;
	int32_t		depth;
	Child	   *child;			/* a demand's from its first pair on */
	double	   *saved;			/* multipliers by level */
	int32_t		levels_saved;
	double		best;
	double		node_bound;
	int64_t		end;			/* of the work */
} Branching;

/* ---- plans ---- */

/*
 * The value of the best plan; INFINITY if it breaks what is asked here.
 */
static double
value_of_best(const Branching *b)
{
	const CgRelaxation *r = b->r;
	const CgSingleSearch *search = b->tree->search;
	double		sum[CG_SINGLE_SIDES] = {0};
	double		value = r->outside_value;

	if (search->best_key.missing > 0)
		return INFINITY;
	for (int32_t demand = 0; demand < r->demands; demand++)
	{
		int64_t		choice = search->best[demand];
		int64_t		pair;

		if (r->start[demand] == r->start[demand + 1])
			continue;			/* nowhere in any plan: in outside_value */
		pair = choice < 0 ? r->start[demand + 1] - 1 : r->start[demand] + choice - r->problem->start[demand];
		value += r->value[pair];
		for (int s = 0; s < CG_SINGLE_SIDES; s++)
			sum[s] += r->side[s].amount[pair];
	}
	for (int s = 0; s < CG_SINGLE_SIDES; s++)
	{
		if (r->side[s].is_on && sum[s] > r->side[s].right + 0.5)
			return INFINITY;
	}
	return value;
}

/*
 * The relaxed answer as a plan, repaired and improved.
 */
static void
try_relaxed(Branching *b)
{
	const CgRelaxation *r = b->r;
	CgSingleSearch *search = b->tree->search;
	int64_t    *choice = search->kept;

	for (int32_t demand = 0; demand < r->demands; demand++)
		choice[demand] = r->relaxed[demand] < 0 ? -1 : r->origin[r->relaxed[demand]];
	cg_single_load(search, choice);
	cg_single_improve(search);
	b->best = value_of_best(b);
}

/* Values are whole: what is above the best less 1 is no better. */
static double
limit_of(const Branching *b)
{
	double		tolerance = cg_relaxation_tolerance(b->r);

	return isinf(b->best) ? INFINITY : tolerance < 0.5 ? b->best - 1 + tolerance : b->best - tolerance;
}

/* ---- a node ---- */

/*
 * Raise the bound at what is decided.  False: nothing better is there.
 */
static bool
work_on_node(Branching *b, int rounds, int64_t end)
{
	CgRelaxation *r = b->r;
	double		length = 1;
	double		best = -INFINITY;
	int			idle = 0;

	b->node_bound = -INFINITY;
	for (int round = 0; round < rounds; round++)
	{
		double		target;

		cg_relaxation_evaluate(r);
		b->tree->rounds++;
		if (r->work->is_stopped)
			return false;
		if (isinf(r->bound))
			return false;
		if (r->is_whole || (rounds == ROOT_ROUNDS && round % 4 == 0))
			try_relaxed(b);
		if (!cg_relaxation_reduce(r, limit_of(b)))
			return false;
		b->node_bound = fmax(b->node_bound, r->bound);
		if (b->node_bound >= limit_of(b))
			return false;
		idle++;
		if (isinf(best) || r->bound > best + 1e-7 * fabs(best))
		{
			best = r->bound;
			idle = 0;
		}
		if (idle >= 20)
		{
			length /= 2;
			idle = 0;
		}
		if (length < 1e-4 || r->work->all >= end)
			break;
		target = isinf(b->best) ? r->bound + fabs(r->bound) * 0.05 + 1 : b->best;
		if (round + 1 < rounds && !cg_relaxation_step(r, target, length))
			break;
	}
	return true;
}

static int
compare_children(const void *a, const void *b)
{
	const Child *one = a;
	const Child *other = b;

	if (one->reduced != other->reduced)
		return one->reduced < other->reduced ? -1 : 1;
	return (one->pair > other->pair) - (one->pair < other->pair);
}

/*
 * The demand to decide on: one that is not whole, the one that takes most.
 */
static int32_t
demand_to_decide(const CgRelaxation *r)
{
	int32_t		best = -1;
	bool		best_whole = true;
	int64_t		best_use = -1;

	for (int32_t demand = 0; demand < r->demands; demand++)
	{
		bool		is_whole = r->taken[demand] == 1;
		int64_t		use = 0;

		if (r->fixed[demand] >= 0 || r->choices[demand] == 0)
			continue;
		if (best >= 0 && is_whole && !best_whole)
			continue;
		for (int64_t pair = r->start[demand]; pair < r->start[demand + 1]; pair++)
		{
			if (!r->is_out[pair] && r->use[pair] > use)
				use = r->use[pair];
		}
		if (best >= 0 && is_whole == best_whole && use <= best_use)
			continue;
		best = demand;
		best_whole = is_whole;
		best_use = use;
	}
	return best;
}

/*
 * Open the node's children, if any demand is left to decide.
 */
static void
open_node(Branching *b)
{
	CgRelaxation *r = b->r;
	int32_t		demand = demand_to_decide(r);
	Level	   *level = &b->level[b->depth];

	if (demand < 0)
		return;
	level->first = r->start[demand];
	level->count = 0;
	level->next = 0;
	level->trail = r->trail_length;
	level->bound = b->depth > 0 ? fmax(b->node_bound, b->level[b->depth - 1].bound) : b->node_bound;
	for (int64_t pair = r->start[demand]; pair < r->start[demand + 1]; pair++)
	{
		Child	   *child = &b->child[level->first + level->count];

		if (r->is_out[pair])
			continue;
		child->pair = pair;
		child->reduced = cg_relaxation_reduced(r, pair);
		level->count++;
	}
	qsort(b->child + level->first, (size_t) level->count, sizeof(Child), compare_children);
	for (int s = 0; s < CG_SINGLE_SIDES; s++)
		level->side[s] = r->side[s].multiplier;
	if (b->depth < b->levels_saved)
		memcpy(b->saved + (int64_t) b->depth * r->demands, r->multiplier, sizeof(double) * (size_t) r->demands);
	b->depth++;
}

static void
restore(Branching *b, const Level *level)
{
	CgRelaxation *r = b->r;
	int32_t		depth = b->depth - 1;

	cg_relaxation_undo(r, level->trail);
	for (int s = 0; s < CG_SINGLE_SIDES; s++)
		r->side[s].multiplier = level->side[s];
	if (depth < b->levels_saved)
		memcpy(r->multiplier, b->saved + (int64_t) depth * r->demands, sizeof(double) * (size_t) r->demands);
	cg_single_work(r->work, r->demands / 4);
}

/* ---- the tree ---- */

static void
search_tree(Branching *b)
{
	CgRelaxation *r = b->r;

	while (b->depth > 0 && r->work->all < b->end && !r->work->is_stopped)
	{
		Level	   *level = &b->level[b->depth - 1];

		restore(b, level);
		if (level->next == level->count || level->bound >= limit_of(b))
		{
			b->depth--;
			continue;
		}
		b->tree->nodes++;
		if (cg_relaxation_fix(r, b->child[level->first + level->next++].pair) &&
			work_on_node(b, NODE_ROUNDS, b->end))
			open_node(b);
	}
}

/*
 * The least bound of what is still open.
 */
static double
open_bound(const Branching *b)
{
	double		bound = b->best;

	/* A level's last child may be what the work ended in. */
	for (int32_t depth = 0; depth < b->depth; depth++)
		bound = fmin(bound, b->level[depth].bound);
	return bound;
}

static bool
begin(Branching *b, CgSingleTree *tree)
{
	CgRelaxation *r = tree->relaxation;
	const CgFlowAllocator *allocator = &r->allocator;
	size_t		n = (size_t) r->demands + 1;
	size_t		pairs = (size_t) r->start[r->demands] + 1;
	size_t		levels = MOST_SAVED / n + 1;

	memset(b, 0, sizeof(*b));
	b->tree = tree;
	b->r = r;
	b->levels_saved = (int32_t) (levels < n ? levels : n);
	b->level = allocator->resize(allocator->context, NULL, n * sizeof(Level) + pairs * sizeof(Child) +
								 (size_t) b->levels_saved * n * sizeof(double));
	if (b->level == NULL)
		return false;
	b->child = (Child *) (b->level + n);
	b->saved = (double *) (b->child + pairs);
	return true;
}

CgFlowStatus
cg_single_tree(CgSingleTree *tree, int64_t root_work, int64_t most_work)
{
	CgRelaxation *r = tree->relaxation;
	CgFlowAllocator allocator = r->allocator;
	int64_t		begun = r->work->all;
	Branching	b;

	if (!begin(&b, tree))
		return CG_FLOW_NO_MEMORY;
	b.best = value_of_best(&b);
	b.end = begun + most_work;
	if (work_on_node(&b, ROOT_ROUNDS, begun + root_work))
		open_node(&b);
	search_tree(&b);
	b.best = value_of_best(&b);
	tree->is_proved = b.depth == 0 && !r->work->is_stopped;
	tree->bound = open_bound(&b);
	if (!isinf(tree->bound))
		tree->bound -= cg_relaxation_tolerance(r) < 0.5 && tree->is_proved ? 0 : cg_relaxation_tolerance(r);
	allocator.resize(allocator.context, b.level, 0);
	return r->work->is_stopped ? CG_FLOW_STOPPED : CG_FLOW_OPTIMAL;
}
