/*-------------------------------------------------------------------------
 *
 * spc_core.c
 *	  Control charts: from a series to its points, phase by phase.
 *
 *-------------------------------------------------------------------------
 */
#include "variance/spc_core.h"

#include "variance/spc_phase.h"

int
cg_spc_default_run_length(CgSpcRuleSet rule_set)
{
	return rule_set == CG_SPC_WESTERN_ELECTRIC ? 8 : 7;
}

void
cg_spc_default_options(CgSpcOptions *options, CgSpcChart chart)
{
	options->chart = chart;
	options->direction = CG_SPC_NEUTRAL;
	options->rule_set = CG_SPC_NHS;
	options->two_of_three = CG_SPC_BEYOND_TWO_SIGMA;
	options->screen = true;
	options->trend_ties = false;
	options->run_length = cg_spc_default_run_length(CG_SPC_NHS);
	options->trend_length = 7;
	options->sigma = 3;
	options->per = 1;
	options->target = NAN;
	options->fix_after = 0;
}

size_t
cg_spc_work_size(size_t n)
{
	return 2 * n;
}

/*
 * The value that is plotted for row i: NaN where there is none.
 */
static CgSpcStatus
plotted_value(const CgSpcOptions *options, const CgSpcSeries *series,
			  size_t i, double *plotted)
{
	double		value = series->value[i];
	double		denominator;

	*plotted = NAN;
	switch (options->chart)
	{
		case CG_SPC_C:
		case CG_SPC_G:
			if (value < 0)
				return CG_SPC_NEGATIVE_VALUE;
			*plotted = value;
			return CG_SPC_OK;
		case CG_SPC_T:
			if (value <= 0)
				return CG_SPC_NOT_POSITIVE;
			*plotted = value;
			return CG_SPC_OK;
		case CG_SPC_XBAR:
		case CG_SPC_S:
			denominator = series->denominator[i];
			if (denominator < 0)
				return CG_SPC_NEGATIVE_DENOMINATOR;
			if (denominator != rint(denominator) && !isnan(denominator))
				return CG_SPC_SUBGROUP_SIZE;
			if (series->spread[i] < 0)
				return CG_SPC_NEGATIVE_VALUE;
			if (!(denominator >= 1))
				return CG_SPC_OK;
			if (options->chart == CG_SPC_XBAR)
				*plotted = value;
			else if (denominator >= 2)
				*plotted = series->spread[i];
			return CG_SPC_OK;
		case CG_SPC_P:
		case CG_SPC_P_PRIME:
		case CG_SPC_U:
		case CG_SPC_U_PRIME:
			if (value < 0)
				return CG_SPC_NEGATIVE_VALUE;
			break;
		case CG_SPC_I_PRIME:
			break;
		default:
			*plotted = value;
			return CG_SPC_OK;
	}

	denominator = series->denominator[i];
	if (denominator < 0)
		return CG_SPC_NEGATIVE_DENOMINATOR;
	if (isnan(value) || isnan(denominator))
		return CG_SPC_OK;
	if (denominator == 0)
		return value == 0 ? CG_SPC_OK : CG_SPC_ZERO_DENOMINATOR;
	if ((options->chart == CG_SPC_P || options->chart == CG_SPC_P_PRIME) &&
		value > denominator)
		return CG_SPC_ABOVE_DENOMINATOR;
	*plotted = value / denominator;
	return isinf(*plotted) ? CG_SPC_OVERFLOW : CG_SPC_OK;
}

/*
 * First pass: values, moving ranges, phases.  A moving range is that to the
 * last point of the phase that is no ghost, unless a gap lies between.
 */
static CgSpcStatus
start_points(const CgSpcOptions *options, const CgSpcSeries *series,
			 CgSpcPoint *points, size_t *bad_row, CgSpcStop stop,
			 void *stop_argument)
{
	double		previous = NAN;
	int32_t		phase = 1;

	for (size_t i = 0; i < series->n; i++)
	{
		CgSpcPoint *point = &points[i];
		uint8_t		marks = series->marks == NULL ? 0 : series->marks[i];
		double		value;
		CgSpcStatus status;

		*bad_row = i;
		status = plotted_value(options, series, i, &value);
		if (status != CG_SPC_OK)
			return status;
		if ((marks & CG_SPC_MARK_REBASE) != 0 && i > 0)
		{
			phase++;
			previous = NAN;
		}
		if ((marks & CG_SPC_MARK_BREAK) != 0)
			previous = NAN;

		point->value = value;
		point->moving_range = NAN;
		point->phase = phase;
		point->rules = 0;
		point->assurance = CG_SPC_NO_ASSURANCE;
		point->is_special = false;
		point->is_improvement = false;
		point->is_concern = false;
		point->is_ghost = (marks & CG_SPC_MARK_GHOST) != 0;
		point->is_high_range = false;
		point->is_short_phase = false;
		if (!point->is_ghost)
		{
			point->moving_range = fabs(value - previous);
			previous = value;
			if (isinf(point->moving_range))
				return CG_SPC_OVERFLOW;
		}
		if (options->chart == CG_SPC_MR)
		{
			point->value = point->moving_range;
			point->moving_range = NAN;
		}
		if ((i & CG_SPC_STOP_ROWS) == CG_SPC_STOP_ROWS &&
			stop != NULL && stop(stop_argument))
			return CG_SPC_STOPPED;
	}
	return CG_SPC_OK;
}

/*
 * Can the process be relied on to meet the target, as its limits are?
 */
static CgSpcAssurance
assurance_of(const CgSpcPoint *point, double target, CgSpcDirection direction)
{
	if (direction == CG_SPC_NEUTRAL || isnan(target) ||
		isnan(point->lower) || isnan(point->upper))
		return CG_SPC_NO_ASSURANCE;
	if (target > point->upper)
		return direction > 0 ? CG_SPC_CONSISTENT_FAIL : CG_SPC_CONSISTENT_PASS;
	if (target < point->lower)
		return direction > 0 ? CG_SPC_CONSISTENT_PASS : CG_SPC_CONSISTENT_FAIL;
	return CG_SPC_INCONSISTENT;
}

/*
 * Results in the unit that is wanted.
 */
static CgSpcStatus
scale_point(CgSpcPoint *point, double per)
{
	point->value *= per;
	point->centre *= per;
	point->lower *= per;
	point->upper *= per;
	point->lower_two_sigma *= per;
	point->upper_two_sigma *= per;
	point->moving_range *= per;
	if (isinf(point->value) || isinf(point->centre) || isinf(point->lower) ||
		isinf(point->upper) || isinf(point->lower_two_sigma) ||
		isinf(point->upper_two_sigma) || isinf(point->moving_range))
		return CG_SPC_OVERFLOW;
	return CG_SPC_OK;
}

/*
 * Last pass over a phase: what follows from lines and rules.
 */
static CgSpcStatus
finish_points(const CgSpcPhase *phase)
{
	const CgSpcOptions *options = phase->options;
	size_t		active = 0;
	bool		is_short;

	for (size_t i = phase->first; i < phase->end; i++)
		active += cg_spc_is_active(&phase->points[i]);
	is_short = active < CG_SPC_SHORT_PHASE;

	for (size_t i = phase->first; i < phase->end; i++)
	{
		CgSpcPoint *point = &phase->points[i];
		int			side = cg_spc_side(point->rules) * (int) options->direction;
		double		target = phase->series->target == NULL ?
			options->target : phase->series->target[i];

		point->is_special = point->rules != 0;
		point->is_improvement = side > 0;
		point->is_concern = side < 0;
		point->is_high_range = point->moving_range >= phase->range_limit;
		point->is_short_phase = is_short;
		if (options->per != 1 && scale_point(point, options->per) != CG_SPC_OK)
			return CG_SPC_OVERFLOW;
		point->assurance = (int16_t) assurance_of(point, target,
												  options->direction);
		if (cg_spc_stopped(phase, i))
			return CG_SPC_STOPPED;
	}
	return CG_SPC_OK;
}

CgSpcStatus
cg_spc_chart(const CgSpcOptions *options, const CgSpcSeries *series,
			 double *work, CgSpcPoint *points, size_t *bad_row,
			 CgSpcStop stop, void *stop_argument)
{
	CgSpcPhase	phase = {0};
	CgSpcStatus status;

	status = start_points(options, series, points, bad_row,
						  stop, stop_argument);
	if (status != CG_SPC_OK)
		return status;

	phase.options = options;
	phase.series = series;
	phase.points = points;
	phase.work = work;
	phase.n = series->n;
	phase.stop = stop;
	phase.stop_argument = stop_argument;
	for (phase.first = 0; phase.first < series->n; phase.first = phase.end)
	{
		*bad_row = phase.first;
		phase.end = phase.first + 1;
		while (phase.end < series->n &&
			   points[phase.end].phase == points[phase.first].phase)
			phase.end++;
		phase.base_end = phase.end;
		if (options->fix_after > 0 &&
			options->fix_after < phase.end - phase.first)
			phase.base_end = phase.first + options->fix_after;

		status = cg_spc_limits(&phase);
		if (status == CG_SPC_OK)
			status = cg_spc_rules(&phase);
		if (status == CG_SPC_OK)
			status = finish_points(&phase);
		if (status != CG_SPC_OK)
			return status;
	}
	return CG_SPC_OK;
}
