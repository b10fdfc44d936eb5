/*-------------------------------------------------------------------------
 *
 * allocate_single_search_core.c
 *	  Whole demands to sites: shifts, swaps and ejections (Yagiura, Ibaraki
 *	  and Glover, INFORMS J Comput 2004;16:133-51, in a simple form), from
 *	  kicks with a fixed seed.
 *
 *-------------------------------------------------------------------------
 */
#include "geography/allocate_single_search.h"

#include <string.h>

/* ---- changes ---- */

static int64_t
missing_at(const CgSingleSearch *search, int32_t site, int64_t less)
{
	const CgSingle *problem = search->problem;
	int64_t		used = problem->capacity[site] - search->left[site] - less;

	return used < problem->minimum[site] ? problem->minimum[site] - used : 0;
}

/*
 * A site's room goes down by use (or up).
 */
static void
take_room(CgSingleSearch *search, int32_t site, int64_t use)
{
	if (search->problem->minimum != NULL)
		search->now.missing += missing_at(search, site, -use) - missing_at(search, site, 0);
	search->left[site] -= use;
}

static void
take_away(CgSingleSearch *search, int32_t demand)
{
	const CgSingle *problem = search->problem;
	int64_t		pair = search->choice[demand];

	if (pair < 0)
		return;
	take_room(search, problem->site[pair], -problem->use[pair]);
	search->now.cost += search->out_price[demand] - search->price[pair];
	search->now.unserved += problem->weight[demand];
	search->choice[demand] = -1;
}

static void
give(CgSingleSearch *search, int32_t demand, int64_t pair)
{
	const CgSingle *problem = search->problem;

	take_away(search, demand);
	if (pair < 0)
		return;
	take_room(search, problem->site[pair], problem->use[pair]);
	search->now.cost += search->price[pair] - search->out_price[demand];
	search->now.unserved -= problem->weight[demand];
	search->choice[demand] = pair;
}

static bool
fits(const CgSingleSearch *search, int64_t pair)
{
	return search->problem->use[pair] <= search->left[search->problem->site[pair]];
}

/* Below 0: a is better. */
static int
compare_keys(const CgSingleKey *a, const CgSingleKey *b)
{
	if (a->missing != b->missing)
		return a->missing < b->missing ? -1 : 1;
	if (a->unserved != b->unserved)
		return a->unserved < b->unserved ? -1 : 1;
	return (a->cost > b->cost) - (a->cost < b->cost);
}

/* The pair of a demand and a site, or -1. */
static int64_t
pair_of(const CgSingleSearch *search, int32_t demand, int32_t site)
{
	int64_t		low = search->problem->start[demand];
	int64_t		high = search->problem->start[demand + 1] - 1;

	while (low <= high)
	{
		int64_t		middle = low + (high - low) / 2;

		if (search->problem->site[middle] == site)
			return middle;
		if (search->problem->site[middle] < site)
			low = middle + 1;
		else
			high = middle - 1;
	}
	return -1;
}

void
cg_single_load(CgSingleSearch *search, const int64_t *choice)
{
	const CgSingle *problem = search->problem;

	memset(&search->now, 0, sizeof(CgSingleKey));
	memcpy(search->left, problem->capacity, sizeof(int64_t) * (size_t) problem->sites);
	for (int32_t site = 0; problem->minimum != NULL && site < problem->sites; site++)
		search->now.missing += problem->minimum[site];
	for (int32_t demand = 0; demand < problem->demands; demand++)
	{
		search->choice[demand] = -1;
		search->now.unserved += problem->weight[demand];
		search->now.cost += search->out_price[demand];
	}
	for (int32_t demand = 0; demand < problem->demands; demand++)
	{
		if (choice[demand] >= 0 && fits(search, choice[demand]))
			give(search, demand, choice[demand]);
	}
	cg_single_work(search->work, problem->demands);
}

static void
keep_if_best(CgSingleSearch *search)
{
	if (compare_keys(&search->now, &search->best_key) >= 0)
		return;
	search->best_key = search->now;
	memcpy(search->best, search->choice, sizeof(int64_t) * (size_t) search->problem->demands);
}

/* ---- moves ---- */

/*
 * The best site with room for a demand, if it is better than where it is.
 */
static bool
shift(CgSingleSearch *search, int32_t demand)
{
	const CgSingle *problem = search->problem;
	int64_t		now = search->choice[demand];
	int64_t		best = now;
	int64_t		best_missing = 0;
	int64_t		leaving = 0;

	/* Nobody: only a minimum could gain, and branch and bound sees to that. */
	if (now < 0 && problem->weight[demand] == 0)
		return false;
	if (problem->minimum != NULL && now >= 0)
		leaving = missing_at(search, problem->site[now], problem->use[now]) -
			missing_at(search, problem->site[now], 0);
	for (int64_t pair = problem->start[demand]; pair < problem->start[demand + 1]; pair++)
	{
		int32_t		site = problem->site[pair];
		int64_t		missing = 0;

		if (pair == now || !fits(search, pair))
			continue;
		if (problem->minimum != NULL)
			missing = leaving + missing_at(search, site, -problem->use[pair]) - missing_at(search, site, 0);
		if (best >= 0 && (missing > best_missing ||
						  (missing == best_missing && search->price[pair] >= search->price[best])))
			continue;
		best = pair;
		best_missing = missing;
	}
	cg_single_work(search->work, problem->start[demand + 1] - problem->start[demand]);
	if (best == now)
		return false;
	give(search, demand, best);
	return true;
}

/*
 * Exchange the sites of two demands.
 */
static bool
swap(CgSingleSearch *search, int32_t one, int32_t other)
{
	const CgSingle *problem = search->problem;
	int64_t		mine = search->choice[one];
	int64_t		theirs = search->choice[other];
	CgSingleKey before = search->now;
	int64_t		to;
	int64_t		back;

	if (mine < 0 || theirs < 0 || problem->site[mine] == problem->site[theirs])
		return false;
	to = pair_of(search, one, problem->site[theirs]);
	back = pair_of(search, other, problem->site[mine]);
	if (to < 0 || back < 0 ||
		(before.missing == 0 &&
		 search->price[to] + search->price[back] >= search->price[mine] + search->price[theirs]) ||
		problem->use[to] > search->left[problem->site[to]] + problem->use[theirs] ||
		problem->use[back] > search->left[problem->site[back]] + problem->use[mine])
		return false;
	take_away(search, one);
	give(search, other, back);
	give(search, one, to);
	if (compare_keys(&search->now, &before) < 0)
		return true;
	take_away(search, one);
	give(search, other, theirs);
	give(search, one, mine);
	return false;
}

/*
 * Where another demand could go to make room, or -1: for less than gain.
 */
static int64_t
way_out(CgSingleSearch *search, int32_t other, CgWide gain)
{
	const CgSingle *problem = search->problem;
	int64_t		theirs = search->choice[other];
	int64_t		best = -1;

	for (int64_t pair = problem->start[other]; pair < problem->start[other + 1]; pair++)
	{
		if (pair == theirs || search->price[pair] - search->price[theirs] >= gain || !fits(search, pair) ||
			(best >= 0 && search->price[pair] >= search->price[best]))
			continue;
		best = pair;
	}
	cg_single_work(search->work, problem->start[other + 1] - problem->start[other]);
	return best;
}

/*
 * Put a demand where another one makes room by going elsewhere; or, if the
 * first is unserved, by being unserved.
 */
static bool
eject(CgSingleSearch *search, int32_t demand, int32_t other)
{
	const CgSingle *problem = search->problem;
	int64_t		now = search->choice[demand];
	int64_t		theirs = search->choice[other];
	CgSingleKey before = search->now;
	CgWide		gain;
	int64_t		to;
	int64_t		out;

	if (theirs < 0 || other == demand || (now >= 0 && problem->site[now] == problem->site[theirs]))
		return false;
	to = pair_of(search, demand, problem->site[theirs]);
	if (to < 0 || problem->use[to] > search->left[problem->site[to]] + problem->use[theirs])
		return false;
	/* To serve what is unserved, or to reach a minimum, may cost anything. */
	gain = now < 0 || before.missing > 0 ? (CgWide) 1 << 120 : search->price[now] - search->price[to];
	if (gain <= 0 && search->price[theirs] <= 0)
		return false;
	out = way_out(search, other, gain);
	if (out < 0 && now >= 0)
		return false;
	give(search, other, out);
	if (fits(search, to))
	{
		give(search, demand, to);
		if (compare_keys(&search->now, &before) < 0)
			return true;
	}
	take_away(search, demand);
	give(search, other, theirs);
	give(search, demand, now);
	return false;
}

/*
 * Until nothing improves; with many demands each is tried against a sample.
 */
void
cg_single_improve(CgSingleSearch *search)
{
	int32_t		demands = search->problem->demands;
	int32_t		stride = demands / 400 + 1;
	bool		changed = true;

	while (changed && !search->work->is_stopped)
	{
		changed = false;
		for (int32_t demand = 0; demand < demands; demand++)
			changed |= shift(search, demand);
		for (int32_t one = 0; one < demands && !search->work->is_stopped; one++)
		{
			int32_t		from = stride == 1 ? 0 : (int32_t) (cg_random_bits(&search->random) % (uint64_t) stride);

			cg_single_work(search->work, 8 * (demands / stride));
			for (int32_t other = from; other < demands; other += stride)
			{
				if ((other > one && swap(search, one, other)) || eject(search, one, other))
					changed = stride == 1;
			}
		}
	}
	keep_if_best(search);
}

/*
 * Move some demands anywhere that has room, and take some others out.
 */
static void
kick(CgSingleSearch *search, int32_t strength)
{
	const CgSingle *problem = search->problem;

	for (int32_t i = 0; i < strength; i++)
	{
		int32_t		demand = (int32_t) (cg_random_bits(&search->random) % (uint64_t) problem->demands);
		int64_t		count = problem->start[demand + 1] - problem->start[demand];
		int64_t		pair;

		if (count == 0 || problem->weight[demand] == 0)
			continue;
		pair = problem->start[demand] + (int64_t) (cg_random_bits(&search->random) % (uint64_t) count);
		take_away(search, demand);
		if (fits(search, pair))
			give(search, demand, pair);
	}
}

int32_t
cg_single_kicks(CgSingleSearch *search, int32_t rounds, int64_t work)
{
	int64_t		end = search->work->all + work;
	int32_t		round;

	for (round = 0; round < rounds && search->work->all < end && !search->work->is_stopped; round++)
	{
		CgSingleKey before;

		/* From the best one, or after many failures from where it stands. */
		if (round % 10 == 0)
			cg_single_load(search, search->best);
		memcpy(search->kept, search->choice, sizeof(int64_t) * (size_t) search->problem->demands);
		before = search->now;
		before.cost += before.cost / 500;
		kick(search, 2 + (int32_t) (cg_random_bits(&search->random) % 8));
		cg_single_improve(search);
		if (compare_keys(&search->now, &before) > 0)
			cg_single_load(search, search->kept);
	}
	return round;
}
