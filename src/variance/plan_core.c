/*-------------------------------------------------------------------------
 *
 * plan_core.c
 *	  Activity or cost against plan.
 *
 * A fixed percentage flags small contracts always and large ones never.
 * Here the months' ratios of actual to plan make an XmR chart (Wheeler,
 * Understanding Variation, 2000; NHS England, Making Data Count): a month is
 * special when it falls outside the natural process limits, or stands in a
 * run of seven on one side of the plan.
 *
 *-------------------------------------------------------------------------
 */
#include "variance/plan_core.h"

#include <math.h>

#include "numeric/special.h"

#define RUN 7
#define LIMIT_FACTOR 2.66
#define MIN_POINTS 3

/* Sums over the months with a ratio. */
typedef struct Ratios
{
	double		count;
	double		mean;
	double		square;
	double		moving_range;
} Ratios;

static Ratios
sum_ratios(const CgPlanMonth *months, size_t count)
{
	Ratios		ratios = {0, 0, 0, 0};
	double		previous = NAN;

	for (size_t i = 0; i < count; i++)
	{
		double		step = months[i].ratio - ratios.mean;

		if (isnan(months[i].ratio))
			continue;
		ratios.count++;
		ratios.mean += step / ratios.count;
		ratios.square += step * (months[i].ratio - ratios.mean);
		if (!isnan(previous))
			ratios.moving_range += fabs(months[i].ratio - previous);
		previous = months[i].ratio;
	}
	if (ratios.count > 1)
		ratios.moving_range /= ratios.count - 1;
	return ratios;
}

/*
 * Mark the months of one run, whose last month is known now.
 */
static void
mark_run(CgPlanMonth *months, size_t first, size_t last, int length, int side)
{
	if (length < RUN)
		return;
	for (size_t i = first; i <= last; i++)
	{
		if (!isnan(months[i].ratio) && months[i].ratio != 1)
			months[i].special |= side > 0 ? CG_PLAN_RUN_ABOVE : CG_PLAN_RUN_BELOW;
	}
}

/*
 * A month exactly on plan neither ends a run nor makes it longer.
 */
static void
find_runs(CgPlanMonth *months, size_t count)
{
	size_t		first = 0;
	size_t		last = 0;
	int			length = 0;
	int			side = 0;

	for (size_t i = 0; i < count; i++)
	{
		int			now = (months[i].ratio > 1) - (months[i].ratio < 1);

		if (isnan(months[i].ratio) || now == 0)
			continue;
		if (now != side)
		{
			mark_run(months, first, last, length, side);
			first = i;
			length = 0;
			side = now;
		}
		last = i;
		length++;
	}
	mark_run(months, first, last, length, side);
}

static void
forecast(const CgPlanMonth *months, size_t count, const Ratios *ratios,
		 double confidence, CgPlanOutturn *outturn)
{
	double		actual = 0;
	double		plan_then = 0;
	double		rest = 0;
	double		rest_squares = 0;
	double		half;

	for (size_t i = 0; i < count; i++)
	{
		outturn->plan += months[i].plan;
		if (isnan(months[i].actual))
		{
			rest += months[i].plan;
			rest_squares += months[i].plan * months[i].plan;
		}
		else
		{
			actual += months[i].actual;
			plan_then += months[i].plan;
		}
	}
	if (rest == 0)
	{
		outturn->forecast = outturn->forecast_lower = outturn->forecast_upper = actual;
		return;
	}
	if (plan_then == 0)
		return;
	outturn->forecast = actual + rest * actual / plan_then;
	if (ratios->count < 2)
		return;
	half = -cg_t_quantile((1 - confidence) / 2, ratios->count - 1) *
		sqrt(ratios->square / (ratios->count - 1) *
			 (rest_squares + rest * rest / ratios->count));
	outturn->forecast_lower = fmax(actual, outturn->forecast - half);
	outturn->forecast_upper = outturn->forecast + half;
}

CgPlanOutturn
cg_plan(CgPlanMonth *months, size_t count, double confidence)
{
	CgPlanOutturn outturn = {NAN, NAN, NAN, 0, NAN, NAN, NAN};
	double		actual = 0;
	double		plan = 0;
	Ratios		ratios;

	for (size_t i = 0; i < count; i++)
	{
		CgPlanMonth *month = &months[i];

		plan += month->plan;
		month->cumulative_plan = plan;
		if (!isnan(month->actual))
			actual += month->actual;
		month->cumulative_actual = isnan(month->actual) ? NAN : actual;
		month->ratio = month->plan > 0 ? month->actual / month->plan : NAN;
		month->special = 0;
	}
	ratios = sum_ratios(months, count);
	if (ratios.count > 0)
		outturn.centre = ratios.mean;
	if (ratios.count >= MIN_POINTS)
	{
		outturn.lower_limit = fmax(0, ratios.mean - LIMIT_FACTOR * ratios.moving_range);
		outturn.upper_limit = ratios.mean + LIMIT_FACTOR * ratios.moving_range;
		for (size_t i = 0; i < count; i++)
		{
			if (months[i].ratio > outturn.upper_limit)
				months[i].special |= CG_PLAN_ABOVE_LIMIT;
			if (months[i].ratio < outturn.lower_limit)
				months[i].special |= CG_PLAN_BELOW_LIMIT;
		}
	}
	find_runs(months, count);
	forecast(months, count, &ratios, confidence, &outturn);
	return outturn;
}
