/*-------------------------------------------------------------------------
 *
 * survival_core.c
 *	  Kaplan and Meier's curve, its quantiles, and cumulative incidences.
 *
 *-------------------------------------------------------------------------
 */
#include "referral/survival_core.h"

#include <math.h>
#include <stdbool.h>

/* Levels that differ by rounding only are the same level. */
#define SAME_LEVEL 1e-10

/*
 * Limits of a share, of which error is the standard error.  At 0 and 1 the
 * logarithms say nothing; at 1 nobody has had the event and the limits are 1.
 */
static void
set_limits(double share, double error, double z, CgSurvivalInterval interval,
		   double *lower, double *upper)
{
	double		step;

	if (share <= 0 || isnan(error))
	{
		*lower = *upper = NAN;
		return;
	}
	if (share >= 1)
	{
		*lower = *upper = 1;
		return;
	}
	switch (interval)
	{
		case CG_SURVIVAL_LOG_LOG:
			step = z * error / (share * log(share));
			*lower = pow(share, exp(-step));
			*upper = pow(share, exp(step));
			break;
		case CG_SURVIVAL_LOG:
			step = z * error / share;
			*lower = share * exp(-step);
			*upper = fmin(1, share * exp(step));
			break;
		default:
			*lower = fmax(0, share - z * error);
			*upper = fmin(1, share + z * error);
			break;
	}
}

int32_t
cg_survival_curve(const int64_t *counts, int32_t times, double z,
				  CgSurvivalInterval interval, CgSurvivalPoint *points)
{
	int64_t		at_risk = 0;
	int32_t		count = 0;
	double		survival = 1;
	double		greenwood = 0;

	for (int32_t time = 0; time < times; time++)
		at_risk += counts[2 * time] + counts[2 * time + 1];
	for (int32_t time = 0; time < times; time++)
	{
		int64_t		censored = counts[2 * time];
		int64_t		events = counts[2 * time + 1];
		CgSurvivalPoint *point = &points[count];

		if (censored + events == 0)
			continue;
		if (events > 0)
		{
			survival *= (double) (at_risk - events) / (double) at_risk;
			greenwood += (double) events / ((double) at_risk * (double) (at_risk - events));
		}
		point->time = time;
		point->at_risk = at_risk;
		point->events = events;
		point->censored = censored;
		point->survival = survival;
		point->standard_error = survival > 0 ? survival * sqrt(greenwood) : NAN;
		set_limits(survival, point->standard_error, z, interval,
				   &point->lower, &point->upper);
		at_risk -= censored + events;
		count++;
	}
	return count;
}

static double
height_of(const CgSurvivalPoint *point, int which)
{
	if (which == 0)
		return point->survival;
	return which == 1 ? point->lower : point->upper;
}

static double
time_below(const CgSurvivalPoint *points, int32_t count, double level, int which)
{
	for (int32_t i = 0; i < count; i++)
	{
		double		height = height_of(&points[i], which);

		if (isnan(height) || height > level + SAME_LEVEL)
			continue;
		if (height < level - SAME_LEVEL)
			return points[i].time;
		for (int32_t j = i + 1; j < count; j++)
		{
			height = height_of(&points[j], which);
			if (!isnan(height) && height < level - SAME_LEVEL)
				return (points[i].time + points[j].time) / 2.0;
		}
		return points[i].time;
	}
	return NAN;
}

CgSurvivalQuantile
cg_survival_quantile(const CgSurvivalPoint *points, int32_t count, double share)
{
	CgSurvivalQuantile quantile;

	quantile.value = time_below(points, count, 1 - share, 0);
	quantile.lower = time_below(points, count, 1 - share, 1);
	quantile.upper = time_below(points, count, 1 - share, 2);
	return quantile;
}

/* The sums of one cause that the variance needs. */
typedef struct CauseSums
{
	bool		occurs;
	double		incidence;
	double		first;			/* of hazard variances */
	double		first_f;		/* … times incidence */
	double		first_ff;		/* … times its square */
	double		second;
	double		third;
	double		third_f;
} CauseSums;

static double
variance_of(const CauseSums *sums)
{
	double		f = sums->incidence;
	double		variance = f * f * sums->first - 2 * f * sums->first_f + sums->first_ff +
		sums->second - 2 * (f * sums->third - sums->third_f);

	return fmax(0, variance);
}

static void
add_events(CauseSums *sums, double events, double all, double at_risk, double survival)
{
	double		third = survival * events / (at_risk * at_risk);

	sums->incidence += survival * events / at_risk;
	/* when nobody is left, the incidence rises no more: the term is 0 */
	if (all < at_risk)
	{
		double		first = all / (at_risk * (at_risk - all));

		sums->first += first;
		sums->first_f += first * sums->incidence;
		sums->first_ff += first * sums->incidence * sums->incidence;
	}
	sums->second += survival * survival * events * (at_risk - events) /
		(at_risk * at_risk * at_risk);
	sums->third += third;
	sums->third_f += third * sums->incidence;
}

#define MOST_CAUSES 16

int32_t
cg_cumulative_incidence(const int64_t *counts, int32_t times, int32_t causes,
						double z, CgSurvivalInterval interval,
						CgIncidencePoint *points)
{
	CauseSums	sums[MOST_CAUSES] = {{0}};
	int64_t		at_risk = 0;
	double		survival = 1;
	int32_t		count = 0;

	for (int32_t time = 0; time < times; time++)
	{
		for (int32_t cause = 0; cause < causes; cause++)
		{
			at_risk += counts[time * causes + cause];
			sums[cause].occurs |= counts[time * causes + cause] > 0;
		}
	}
	for (int32_t time = 0; time < times; time++)
	{
		const int64_t *here = counts + (int64_t) time * causes;
		int64_t		all = 0;

		for (int32_t cause = 1; cause < causes; cause++)
			all += here[cause];
		for (int32_t cause = 1; all > 0 && cause < causes; cause++)
		{
			CgIncidencePoint *point = &points[count];

			if (!sums[cause].occurs)
				continue;
			add_events(&sums[cause], (double) here[cause], (double) all,
					   (double) at_risk, survival);
			point->time = time;
			point->cause = cause;
			point->at_risk = at_risk;
			point->events = here[cause];
			point->incidence = sums[cause].incidence;
			point->standard_error = sqrt(variance_of(&sums[cause]));
			set_limits(point->incidence, point->standard_error, z, interval,
					   &point->lower, &point->upper);
			count++;
		}
		if (all > 0)
			survival *= (double) (at_risk - all) / (double) at_risk;
		at_risk -= all + here[0];
	}
	return count;
}
