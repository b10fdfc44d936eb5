/*-------------------------------------------------------------------------
 *
 * spc_chance_core.c
 *	  How likely chance alone makes a last point as striking as this one.
 *
 * A board that reads hundreds of charts needs more than a rule that fires:
 * it needs to rank signals and to know how many of them chance makes.  For
 * each of the four rules the chance is worked out that a process in common
 * cause shows as much or more at its last point:
 *
 *	 distance	 the last point as far from the centre: a t or normal tail,
 *				 both sides;
 *	 two of three  among the last three points two as far out on one side:
 *				 2 (3 q^2 - 2 q^3), q the tail beyond the nearer of the two;
 *	 run		 as many points on one side up to the last: 2^(1 - points);
 *	 trend		 as many points each higher, or each lower, up to the last:
 *				 2 / points!.
 *
 * The result is four times the smallest (Bonferroni), at most 1: it is on the
 * safe side for independent values, and on the unsafe one where neighbouring
 * values are alike (autocorrelation).  Sigma that comes from moving ranges
 * has 0.62 (n - 1) degrees of freedom (Sherman, in Bissell, Statistical
 * Methods for SPC and TQM, 1994).
 *
 *-------------------------------------------------------------------------
 */
#include "variance/spc_phase.h"

#include "numeric/special.h"

#define RULES_LOOKED_AT 4

/* Degrees of freedom of sigma for each moving range of the phase. */
#define RANGE_FREEDOM 0.62

static bool
sigma_is_of_ranges(CgSpcChart chart)
{
	return chart == CG_SPC_XMR || chart == CG_SPC_I ||
		chart == CG_SPC_I_PRIME || chart == CG_SPC_P_PRIME ||
		chart == CG_SPC_U_PRIME;
}

/*
 * Distance of a point from the centre in sigmas, with its side as sign; NaN
 * without limits.  A line may be cut off where the scale ends, so the wider
 * half counts.
 */
static double
sigmas_of(const CgSpcPoint *point)
{
	double		upper = (point->upper_two_sigma - point->centre) / 2;
	double		lower = (point->centre - point->lower_two_sigma) / 2;
	double		sigma = fmax(upper, lower);

	if (point->value == point->centre)
		return 0;
	return (point->value - point->centre) / sigma;
}

/* The tail beyond so many sigmas on one side. */
static double
tail_beyond(double sigmas, double freedom)
{
	if (isinf(sigmas))
		return 0;
	return freedom > 0 ? cg_t_tails(sigmas, freedom).upper :
		cg_normal_tails(sigmas).upper;
}

/*
 * The points up to the last that belong together: newest first, in one
 * phase, not across a gap, ghosts passed over.  At most `most` of them.
 */
static size_t
latest_points(const CgSpcSeries *series, const CgSpcPoint *points, size_t last,
			  size_t *rows, size_t most)
{
	size_t		found = 0;

	for (size_t i = last + 1; i-- > 0 && found < most;)
	{
		if (points[i].is_ghost)
			continue;
		if (isnan(points[i].value) || points[i].phase != points[last].phase)
			break;
		rows[found++] = i;
		if (cg_spc_has_mark(series, i, CG_SPC_MARK_BREAK))
			break;
	}
	return found;
}

static double
chance_of_run(const CgSpcPoint *points, const size_t *rows, size_t found)
{
	double		side = points[rows[0]].value - points[rows[0]].centre;
	int			length = 0;

	while (length < (int) found &&
		   side * (points[rows[length]].value - points[rows[length]].centre) > 0)
		length++;
	return length == 0 ? 1 : ldexp(1, 1 - length);
}

static double
chance_of_trend(const CgSpcPoint *points, const size_t *rows, size_t found)
{
	double		way = found < 2 ? 0 :
		points[rows[0]].value - points[rows[1]].value;
	double		chance = 2;
	size_t		length = 1;

	while (length < found &&
		   way * (points[rows[length - 1]].value - points[rows[length]].value) > 0)
		chance /= ++length;
	return fmin(chance, 1);
}

static double
chance_of_two_of_three(const CgSpcPoint *points, const size_t *rows,
					   size_t found, double freedom)
{
	double		last = sigmas_of(&points[rows[0]]);
	double		nearer = 0;
	double		tail;

	/* The last point is one of the two. */
	for (size_t i = 1; i < found && i < 3; i++)
	{
		double		other = sigmas_of(&points[rows[i]]);

		if (other * last > 0)
			nearer = fmax(nearer, fmin(fabs(other), fabs(last)));
	}
	if (!(nearer > 0))
		return 1;
	tail = tail_beyond(nearer, freedom);
	return 2 * (3 * tail * tail - 2 * tail * tail * tail);
}

/* Points of the phase that take part in calculations. */
static size_t
points_of_phase(const CgSpcSeries *series, const CgSpcPoint *points,
				int32_t phase)
{
	size_t		count = 0;

	for (size_t i = 0; i < series->n; i++)
		count += cg_spc_is_active(&points[i]) && points[i].phase == phase;
	return count;
}

#define LATEST_MOST 64

double
cg_spc_chance(const CgSpcOptions *options, const CgSpcSeries *series,
			  const CgSpcPoint *points, size_t last)
{
	size_t		rows[LATEST_MOST];
	size_t		found = latest_points(series, points, last, rows, LATEST_MOST);
	double		freedom = 0;
	double		chance = 1;
	double		sigmas;

	if (found == 0 || isnan(points[last].centre))
		return NAN;
	if (sigma_is_of_ranges(options->chart))
		freedom = RANGE_FREEDOM *
			(double) (points_of_phase(series, points, points[last].phase) - 1);
	sigmas = sigmas_of(&points[last]);
	if (!isnan(sigmas))
	{
		chance = fmin(chance, 2 * tail_beyond(fabs(sigmas), freedom));
		chance = fmin(chance, chance_of_two_of_three(points, rows, found, freedom));
	}
	chance = fmin(chance, chance_of_run(points, rows, found));
	chance = fmin(chance, chance_of_trend(points, rows, found));
	return fmin(RULES_LOOKED_AT * chance, 1);
}
