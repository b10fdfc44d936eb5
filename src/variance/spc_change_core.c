/*-------------------------------------------------------------------------
 *
 * spc_change_core.c
 *	  Candidate step changes of a series, each with its evidence.
 *
 * A. N. Pettitt, A non-parametric approach to the change-point problem,
 * Applied Statistics 28, 1979: K is the largest absolute value of the
 * Mann-Whitney statistic over all places where the series might be cut, and
 * its probability under no change is nearly 2 exp(-6 K^2 / (n^3 + n^2)).  It
 * uses ranks, so one wild month makes no step.  Where a stretch of the
 * series shows a step, its two parts are searched in the same way.
 *
 *-------------------------------------------------------------------------
 */
#include "variance/spc_core.h"

#include <math.h>
#include <stdlib.h>

/* d2 of two values. */
#define D2 1.128

typedef struct Search
{
	double	   *value;			/* without gaps */
	double	   *row;			/* where each of them stood */
	double	   *sorted;			/* room to sort, two arrays */
	size_t		min_points;
	double		level;
	CgSpcChange *changes;
	size_t		most;
	size_t		found;
	CgSpcStop	stop;
	void	   *stop_argument;
} Search;

/*
 * Sort by merging, which can be stopped between its passes.
 */
static bool
merge_sort(double *value, double *room, size_t n, CgSpcStop stop,
		   void *stop_argument)
{
	double	   *from = value;
	double	   *to = room;

	for (size_t width = 1; width < n; width *= 2)
	{
		double	   *other = from;

		for (size_t start = 0; start < n; start += 2 * width)
		{
			size_t		half = start + width < n ? start + width : n;
			size_t		end = half + width < n ? half + width : n;
			size_t		left = start;
			size_t		right = half;

			for (size_t i = start; i < end; i++)
			{
				if (left < half && (right >= end || from[left] <= from[right]))
					to[i] = from[left++];
				else
					to[i] = from[right++];
			}
		}
		if (n > 10000 && stop != NULL && stop(stop_argument))
			return false;
		from = to;
		to = other;
	}
	if (from != value)
	{
		for (size_t i = 0; i < n; i++)
			value[i] = from[i];
	}
	return true;
}

/*
 * Twice the mid-rank of a value among n sorted ones: those below it, and
 * those not above it, and one.
 */
static double
twice_rank(const double *sorted, size_t n, double value)
{
	size_t		below = 0;
	size_t		not_above;
	size_t		end = n;

	while (below < end)
	{
		size_t		half = below + (end - below) / 2;

		if (sorted[half] < value)
			below = half + 1;
		else
			end = half;
	}
	not_above = below;
	end = n;
	while (not_above < end)
	{
		size_t		half = not_above + (end - not_above) / 2;

		if (sorted[half] <= value)
			not_above = half + 1;
		else
			end = half;
	}
	return (double) below + (double) not_above + 1;
}

/*
 * The best place to cut a stretch, at least min_points from either end.
 */
static CgSpcStatus
best_cut(Search *search, size_t first, size_t end, size_t *cut, double *best)
{
	size_t		n = end - first;
	double		sum = 0;

	for (size_t i = 0; i < n; i++)
		search->sorted[i] = search->value[first + i];
	if (!merge_sort(search->sorted, search->sorted + n, n,
					search->stop, search->stop_argument))
		return CG_SPC_STOPPED;

	*best = -1;
	for (size_t i = 0; i + 1 < n; i++)
	{
		sum += twice_rank(search->sorted, n, search->value[first + i]) -
			(double) (n + 1);
		if (i + 1 >= search->min_points && n - i - 1 >= search->min_points &&
			fabs(sum) > *best)
		{
			*best = fabs(sum);
			*cut = first + i + 1;
		}
		if ((i & 0x3FFF) == 0x3FFF && search->stop != NULL &&
			search->stop(search->stop_argument))
			return CG_SPC_STOPPED;
	}
	return CG_SPC_OK;
}

/*
 * Find the steps of a stretch: the best cut and, where it is good enough,
 * those of the two parts.  The larger part is searched in the loop, so the
 * recursion is no deeper than log2(n).
 */
static CgSpcStatus
search_stretch(Search *search, size_t first, size_t end)
{
	while (end - first >= 2 * search->min_points)
	{
		double		n = (double) (end - first);
		size_t		cut = 0;
		double		statistic;
		double		p_value;
		CgSpcStatus status = best_cut(search, first, end, &cut, &statistic);

		if (status != CG_SPC_OK)
			return status;
		p_value = fmin(1, 2 * exp(-6 * statistic * statistic /
								  (n * n * n + n * n)));
		if (statistic <= 0 || p_value > search->level ||
			search->found >= search->most)
			return CG_SPC_OK;
		search->changes[search->found].start = cut;
		search->changes[search->found].statistic = statistic;
		search->changes[search->found].p_value = p_value;
		search->found++;

		if (cut - first < end - cut)
		{
			status = search_stretch(search, first, cut);
			first = cut;
		}
		else
		{
			status = search_stretch(search, cut, end);
			end = cut;
		}
		if (status != CG_SPC_OK)
			return status;
	}
	return CG_SPC_OK;
}

static int
compare_changes(const void *a, const void *b)
{
	size_t		first = ((const CgSpcChange *) a)->start;
	size_t		second = ((const CgSpcChange *) b)->start;

	return (first > second) - (first < second);
}

/*
 * Average moving range within the levels between the changes.
 */
static double
average_range(const Search *search, size_t n)
{
	double		sum = 0;
	size_t		count = 0;
	size_t		next = 0;

	for (size_t i = 1; i < n; i++)
	{
		if (next < search->found && search->changes[next].start == i)
			next++;
		else
		{
			sum += fabs(search->value[i] - search->value[i - 1]);
			count++;
		}
	}
	return count == 0 ? NAN : sum / (double) count;
}

/*
 * Describe each change by the levels beside it.
 */
static CgSpcStatus
describe(Search *search, size_t n)
{
	double		sigma;
	size_t		first = 0;

	qsort(search->changes, search->found, sizeof(CgSpcChange),
		  compare_changes);
	sigma = average_range(search, n) / D2;
	for (size_t i = 0; i < search->found; i++)
	{
		CgSpcChange *change = &search->changes[i];
		size_t		cut = change->start;
		size_t		end = i + 1 < search->found ?
			search->changes[i + 1].start : n;
		double		step;

		change->before_points = cut - first;
		change->after_points = end - cut;
		change->before_mean = cg_spc_mean(search->value + first, cut - first);
		change->after_mean = cg_spc_mean(search->value + cut, end - cut);
		step = change->after_mean - change->before_mean;
		if (!isfinite(step) || isinf(sigma))
			return CG_SPC_OVERFLOW;
		change->sigmas = sigma > 0 ? step / sigma : NAN;
		if (isinf(change->sigmas))
			change->sigmas = NAN;
		first = cut;
	}

	/* Places so far are among the values; the caller counts rows. */
	for (size_t i = 0; i < search->found; i++)
		search->changes[i].start =
			(size_t) search->row[search->changes[i].start];
	return CG_SPC_OK;
}

CgSpcStatus
cg_spc_changes(const double *value, size_t n, size_t min_points, double level,
			   double *work, CgSpcChange *changes, size_t most, size_t *found,
			   CgSpcStop stop, void *stop_argument)
{
	Search		search = {0};
	size_t		count = 0;
	CgSpcStatus status;

	search.value = work;
	search.row = work + n;
	search.sorted = work + 2 * n;
	search.min_points = min_points < 1 ? 1 : min_points;
	search.level = level;
	search.changes = changes;
	search.most = most;
	search.stop = stop;
	search.stop_argument = stop_argument;
	for (size_t i = 0; i < n; i++)
	{
		if (isnan(value[i]))
			continue;
		search.value[count] = value[i];
		search.row[count++] = (double) i;
	}
	*found = 0;
	status = search_stretch(&search, 0, count);
	if (status == CG_SPC_OK)
		status = describe(&search, count);
	if (status == CG_SPC_OK)
		*found = search.found;
	return status;
}
