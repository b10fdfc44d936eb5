/*-------------------------------------------------------------------------
 *
 * cover_core.c
 *	  Sites so that people are within a limit of time or distance.
 *
 * Maximal cover is the p-median problem with values of 0 within the limit and
 * the demand's weight as the cost of staying unserved.  The fewest sites, and
 * the least limit, are found by bisection over "is there a choice that leaves
 * at most so much uncovered?".
 *
 *-------------------------------------------------------------------------
 */
#include "solver/cover.h"
#include "solver/cover_cost.h"

#include "numeric/order.h"

#include <math.h>
#include <string.h>

/* Elementary steps: about a minute. */
#define STEPS 4e10

typedef struct Cover
{
	const CgCoverProblem *problem;
	const CgWork *work;
	CgStore		arena;
	uint64_t	seed;
	double		steps;			/* left */
	int64_t		rounds;			/* done */
	int			solves;
	bool		stopped;
	size_t	   *start;
	int		   *site;
	double	   *value;
	double	   *weight;			/* 1 each where every demand counts */
	double		may_miss;		/* weight that may stay uncovered */
	bool	   *is_open;		/* of the last question */
	int		   *served_by;
	bool	   *best_open;
	double	   *price;			/* of the last question */
	double	   *proof;			/* of the last that was answered no */
	CgMedianAnswer answer;		/* to the last question */
} Cover;

typedef enum Reply
{
	YES,
	NO,
	DONT_KNOW
} Reply;

const char *
cg_cover_problem(const CgCoverProblem *problem)
{
	CgMedianProblem median = {
		.demands = problem->demands, .sites = problem->sites,
		.start = problem->start, .site = problem->site,
		.value = problem->cost, .unserved = problem->weight,
		.opening = problem->goal == CG_COVER_FEWEST ? problem->opening : NULL,
		.fixed = problem->fixed, .max_open = problem->sites
	};

	if (problem->goal != CG_COVER_FEWEST)
		median.min_open = median.max_open = problem->p;
	if (problem->goal != CG_COVER_CENTRE &&
		!(isfinite(problem->limit) && problem->limit >= 0))
		return "the limit is negative or not finite";
	if (problem->goal != CG_COVER_MOST &&
		!(problem->share > 0 && problem->share <= 1))
		return "the share is not above 0 and at most 1";
	return cg_p_median_problem(&median);
}

/*
 * Sites within the limit, by demand.
 */
static void
keep_within(Cover *cover, double limit)
{
	const CgCoverProblem *problem = cover->problem;
	size_t		kept = 0;

	for (int i = 0; i < problem->demands; i++)
	{
		cover->start[i] = kept;
		for (size_t e = problem->start[i]; e < problem->start[i + 1]; e++)
		{
			if (problem->cost[e] <= limit)
				cover->site[kept++] = problem->site[e];
		}
	}
	cover->start[problem->demands] = kept;
}

/*
 * How much can p sites cover within the limit?  With a target, only: can
 * they leave at most so much?
 */
static void
most_cover(Cover *cover, double limit, int p, bool has_target)
{
	const CgCoverProblem *problem = cover->problem;
	CgMedianProblem median = {
		.demands = problem->demands, .sites = problem->sites,
		.start = cover->start, .site = cover->site, .value = cover->value,
		.unserved = cover->weight, .fixed = problem->fixed,
		.min_open = p, .max_open = p
	};
	CgMedianOptions options = {
		.steps = cover->steps > 1 ? cover->steps : 1, .restarts = 8,
		.seed = cover->seed, .has_target = has_target, .target = cover->may_miss
	};

	keep_within(cover, limit);
	cover->answer = cg_p_median(&median, &options, cover->work, cover->is_open,
								cover->served_by, cover->price);
	cover->steps -= cover->answer.steps;
	cover->rounds += cover->answer.rounds;
	cover->solves++;
	cover->stopped = cover->stopped ||
		cover->answer.solved == CG_SOLVED_STOPPED;
	if (cover->answer.solved == CG_SOLVED_NO_MEMORY)
		cover->arena.failed = true;
}

static Reply
is_covered(Cover *cover, double limit, int p)
{
	if (cover->stopped || cover->arena.failed)
		return DONT_KNOW;
	most_cover(cover, limit, p, true);
	if (cover->arena.failed)
		return DONT_KNOW;
	if (cover->answer.objective <= cover->may_miss)
	{
		memcpy(cover->best_open, cover->is_open,
			   sizeof(bool) * cover->problem->sites);
		return YES;
	}
	if (cover->answer.solved != CG_SOLVED_OPTIMAL)
		return DONT_KNOW;
	memcpy(cover->proof, cover->price, sizeof(double) * cover->problem->demands);
	return NO;
}

/*
 * Least place in low .. high for which the question is answered yes.  It is
 * taken to be yes at high + 1.  *proved: below that and from here on it is
 * no.
 */
static int
bisect(Cover *cover, int low, int high, const double *limits, int p, int *proved)
{
	int			found = high + 1;

	*proved = low;
	while (low <= high)
	{
		int			middle = low + (high - low) / 2;
		Reply		reply = limits == NULL ?
			is_covered(cover, cover->problem->limit, middle) :
			is_covered(cover, limits[middle], p);

		if (reply == YES)
		{
			found = middle;
			high = middle - 1;
			continue;
		}
		if (reply == NO)
			*proved = middle + 1;
		low = middle + 1;
	}
	return found;
}

static void
solve_fewest(Cover *cover, CgCoverAnswer *answer)
{
	const CgCoverProblem *problem = cover->problem;
	int			most = problem->sites;
	int			least = 0;
	int			proved;
	int			found;

	for (int j = 0; problem->fixed != NULL && j < problem->sites; j++)
	{
		least += problem->fixed[j] == CG_SITE_OPEN;
		most -= problem->fixed[j] == CG_SITE_CLOSED;
	}
	if (is_covered(cover, problem->limit, most) != YES)
	{
		/* All sites together do not: the answer opens them all. */
		memcpy(cover->best_open, cover->is_open, sizeof(bool) * problem->sites);
		answer->solved = cover->answer.solved == CG_SOLVED_OPTIMAL ?
			CG_SOLVED_INFEASIBLE : CG_SOLVED_UNKNOWN;
		answer->objective = answer->bound = most;
		return;
	}
	found = bisect(cover, least, most - 1, NULL, 0, &proved);
	answer->objective = found;
	answer->bound = proved;
	answer->solved = proved >= found ? CG_SOLVED_OPTIMAL : CG_SOLVED_FEASIBLE;
}

/*
 * The cheapest sites by opening costs.
 */
static void
solve_cheapest(Cover *cover, CgCoverAnswer *answer)
{
	const CgCoverProblem *problem = cover->problem;
	CgCoverCostProblem cheapest = {
		.demands = problem->demands, .sites = problem->sites,
		.start = cover->start, .site = cover->site, .weight = problem->weight,
		.may_miss = cover->may_miss, .everyone = problem->share == 1,
		.opening = problem->opening, .fixed = problem->fixed
	};
	CgCoverCostAnswer found;

	keep_within(cover, problem->limit);
	found = cg_cover_cost(&cheapest, cover->steps, cover->work, cover->best_open, cover->proof);
	if (found.solved == CG_SOLVED_NO_MEMORY)
		cover->arena.failed = true;
	cover->rounds += found.rounds;
	cover->steps -= found.steps;
	cover->solves++;
	cover->stopped = found.solved == CG_SOLVED_STOPPED;
	answer->solved = found.solved;
	answer->objective = found.objective;
	answer->bound = found.bound;
}

static void
solve_most(Cover *cover, CgCoverAnswer *answer)
{
	double		total = 0;

	for (int i = 0; i < cover->problem->demands; i++)
		total += cover->weight[i];
	most_cover(cover, cover->problem->limit, cover->problem->p, false);
	memcpy(cover->best_open, cover->is_open,
		   sizeof(bool) * cover->problem->sites);
	memcpy(cover->proof, cover->price, sizeof(double) * cover->problem->demands);
	answer->solved = cover->answer.solved;
	answer->objective = total - cover->answer.objective;
	answer->bound = fmin(total, total - cover->answer.bound);
}

/*
 * The costs that occur, each once, from the least.
 */
static int
distinct_costs(const CgCoverProblem *problem, double *costs)
{
	size_t		pairs = problem->start[problem->demands];
	int			count = 0;

	if (pairs == 0)
		return 0;
	memcpy(costs, problem->cost, sizeof(double) * pairs);
	cg_sort_doubles(costs, pairs);
	for (size_t e = 0; e < pairs; e++)
	{
		if (count == 0 || costs[e] > costs[count - 1])
			costs[count++] = costs[e];
	}
	return count;
}

static void
solve_centre(Cover *cover, CgCoverAnswer *answer)
{
	const CgCoverProblem *problem = cover->problem;
	double	   *costs = cg_store_take(&cover->arena,
									  problem->start[problem->demands], sizeof(double));
	int			count;
	int			proved;
	int			found;

	if (cover->arena.failed)
		return;
	count = distinct_costs(problem, costs);
	if (count == 0 || is_covered(cover, costs[count - 1], problem->p) != YES)
	{
		if (count > 0)
			memcpy(cover->best_open, cover->is_open, sizeof(bool) * problem->sites);
		answer->solved = count == 0 || cover->answer.solved == CG_SOLVED_OPTIMAL ?
			CG_SOLVED_INFEASIBLE : CG_SOLVED_UNKNOWN;
		answer->limit = count == 0 ? 0 : costs[count - 1];
		answer->objective = answer->bound = answer->limit;
		return;
	}
	found = bisect(cover, 0, count - 2, costs, problem->p, &proved);
	answer->limit = answer->objective = costs[found];
	answer->bound = costs[proved];
	answer->solved = proved >= found ? CG_SOLVED_OPTIMAL : CG_SOLVED_FEASIBLE;
}

/*
 * Everyone goes to the open site of least cost.
 */
static void
hand_over(const Cover *cover, CgCoverAnswer *answer, bool *is_open,
		  int *served_by)
{
	const CgCoverProblem *problem = cover->problem;

	memcpy(is_open, cover->best_open, sizeof(bool) * problem->sites);
	for (int j = 0; j < problem->sites; j++)
		answer->open_count += is_open[j];
	for (int i = 0; i < problem->demands; i++)
	{
		double		least = HUGE_VAL;

		served_by[i] = cg_cheapest_open_site(problem->site + problem->start[i],
											 problem->cost + problem->start[i],
											 problem->start[i + 1] - problem->start[i],
											 is_open, &least);
		answer->total += problem->weight[i];
		if (least <= answer->limit)
			answer->covered += problem->weight[i];
		else
			answer->uncovered_count++;
	}
}

static bool
begin(Cover *cover)
{
	const CgCoverProblem *problem = cover->problem;
	size_t		pairs = problem->start[problem->demands];
	bool		everyone = problem->goal != CG_COVER_MOST && problem->share == 1;
	double		total = 0;

	cover->start = cg_store_take(&cover->arena, problem->demands + 1, sizeof(size_t));
	cover->site = cg_store_take(&cover->arena, pairs, sizeof(int));
	cover->value = cg_store_take(&cover->arena, pairs, sizeof(double));
	cover->weight = cg_store_take(&cover->arena, problem->demands, sizeof(double));
	cover->is_open = cg_store_take(&cover->arena, problem->sites, sizeof(bool));
	cover->served_by = cg_store_take(&cover->arena, problem->demands, sizeof(int));
	cover->best_open = cg_store_take(&cover->arena, problem->sites, sizeof(bool));
	cover->price = cg_store_take(&cover->arena, problem->demands, sizeof(double));
	cover->proof = cg_store_take(&cover->arena, problem->demands, sizeof(double));
	if (cover->arena.failed)
		return false;
	for (int i = 0; i < problem->demands; i++)
	{
		cover->weight[i] = everyone ? 1 : problem->weight[i];
		total += cover->weight[i];
	}
	if (!everyone && problem->goal != CG_COVER_MOST)
		cover->may_miss = fmax(0, total - problem->share * total) + 1e-12 * total;
	return true;
}

CgCoverAnswer
cg_cover(const CgCoverProblem *problem, double steps, uint64_t seed,
		 const CgWork *work, bool *is_open, int *served_by, double *price)
{
	CgCoverAnswer answer = {.solved = CG_SOLVED_BAD_INPUT};
	Cover		cover = {.problem = problem, .work = work, .seed = seed};

	if (cg_cover_problem(problem) != NULL)
		return answer;
	cover.steps = steps > 0 ? steps : STEPS;
	cg_store_begin(&cover.arena, work);
	answer.limit = problem->limit;
	if (begin(&cover))
	{
		switch (problem->goal)
		{
			case CG_COVER_FEWEST:
				if (problem->opening != NULL)
					solve_cheapest(&cover, &answer);
				else
					solve_fewest(&cover, &answer);
				break;
			case CG_COVER_MOST:
				solve_most(&cover, &answer);
				break;
			case CG_COVER_CENTRE:
				solve_centre(&cover, &answer);
				break;
		}
	}
	if (cover.arena.failed)
		answer.solved = CG_SOLVED_NO_MEMORY;
	else
	{
		hand_over(&cover, &answer, is_open, served_by);
		if (price != NULL)
			memcpy(price, cover.proof, sizeof(double) * problem->demands);
		if (answer.solved == CG_SOLVED_FEASIBLE && cover.stopped)
			answer.solved = CG_SOLVED_STOPPED;
	}
	answer.rounds = cover.rounds;
	answer.solves = cover.solves;
	cg_store_end(&cover.arena);
	return answer;
}
