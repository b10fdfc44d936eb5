/*-------------------------------------------------------------------------
 *
 * spc_summary_core.c
 *	  The icons of a chart: what its last point says, and what to expect.
 *
 * Variation and assurance are those of NHS England, Making Data Count.
 *
 *-------------------------------------------------------------------------
 */
#include "variance/spc_phase.h"

#include "numeric/special.h"

static CgSpcVariation
variation_of(const CgSpcPoint *point, CgSpcDirection direction)
{
	int			side = cg_spc_side(point->rules);

	if (point->rules == 0)
		return CG_SPC_COMMON_CAUSE;
	if (side == 0)
		return CG_SPC_PATTERN;
	if (direction == CG_SPC_NEUTRAL)
		return side > 0 ? CG_SPC_NEUTRAL_HIGH : CG_SPC_NEUTRAL_LOW;
	return side == (int) direction ? CG_SPC_IMPROVEMENT : CG_SPC_CONCERN;
}

/*
 * Charts whose limits lie evenly about the centre and are never cut off.
 */
static bool
has_even_limits(CgSpcChart chart)
{
	return chart == CG_SPC_XMR || chart == CG_SPC_I ||
		chart == CG_SPC_XBAR || chart == CG_SPC_I_PRIME;
}

/*
 * Where the target lies in the process.  The chance takes the process as
 * normal about its centre and goes on as it is.
 */
static void
judge_target(const CgSpcOptions *options, CgSpcSummary *summary)
{
	double		half_width = summary->last.upper - summary->last.centre;
	double		distance = (summary->last.centre - summary->target) *
		(double) options->direction;

	summary->capability = NAN;
	summary->target_chance = NAN;
	if (options->direction == CG_SPC_NEUTRAL || isnan(distance) ||
		isnan(half_width) || !has_even_limits(options->chart))
		return;
	if (half_width > 0)
	{
		double		z = distance / half_width * options->sigma;

		if (isinf(z))
			return;
		summary->capability = distance / half_width;
		summary->target_chance = cg_normal_tails(z).lower;
	}
	else
		summary->target_chance = distance >= 0 ? 1 : 0;
}

/*
 * The deviations of a series from the centres of its phases; a phase starts
 * behind a NaN, so that no pair of neighbours reaches across.
 */
static double
residual_autocorrelation(const CgSpcSeries *series, const CgSpcPoint *points,
						 double *work)
{
	size_t		count = 0;

	for (size_t i = 0; i < series->n; i++)
	{
		if (points[i].is_ghost)
			continue;
		if (count > 0 && i > 0 &&
			(points[i].phase != points[i - 1].phase ||
			 cg_spc_has_mark(series, i, CG_SPC_MARK_BREAK)))
			work[count++] = NAN;
		work[count++] = points[i].value - points[i].centre;
	}
	return cg_spc_autocorrelation(work, count);
}

CgSpcSummary
cg_spc_summary(const CgSpcOptions *options, const CgSpcSeries *series,
			   const CgSpcPoint *points, double *work)
{
	CgSpcSummary summary = {0};
	size_t		last = 0;

	summary.target = NAN;
	summary.capability = NAN;
	summary.target_chance = NAN;
	summary.autocorrelation = NAN;
	summary.chance = NAN;
	for (size_t i = 0; i < series->n; i++)
	{
		if (!cg_spc_is_active(&points[i]))
			continue;
		summary.points++;
		summary.special_points += points[i].is_special;
		last = i;
	}
	if (summary.points == 0)
		return summary;

	summary.last = points[last];
	summary.phases = points[series->n - 1].phase;
	for (size_t i = 0; i < series->n; i++)
		summary.phase_points += cg_spc_is_active(&points[i]) &&
			points[i].phase == points[last].phase;
	summary.variation = variation_of(&summary.last, options->direction);
	summary.target = series->target == NULL ?
		options->target : series->target[last];
	judge_target(options, &summary);
	summary.autocorrelation = residual_autocorrelation(series, points, work);
	summary.chance = cg_spc_chance(options, series, points, last);
	return summary;
}
