/*-------------------------------------------------------------------------
 *
 * spc_limits_core.c
 *	  Centre lines and limits of control charts.
 *
 * Sources: D. C. Montgomery, Introduction to Statistical Quality Control
 * (Xbar, S, I, MR, p, u, c, g); W. A. Shewhart's constants; NHS England,
 * Making Data Count (XmR with 2.66); L. S. Nelson, Control charts for
 * individual measurements, J. Quality Technology 14, 1982 (screening of
 * moving ranges); D. B. Laney, Improved control charts for attributes,
 * Quality Engineering 14, 2002 (p' and u'); J. B. Taylor, 2017 (I' with
 * denominators); J. C. Benneyan, 2001 (g); L. S. Nelson, A control chart for
 * parts-per-million nonconforming items, 1994 (t, by the power 1/3.6).
 *
 *-------------------------------------------------------------------------
 */
#include "variance/spc_phase.h"

#include "numeric/special.h"

/* d2 and D4 of two values, as printed in every table and in the tools. */
#define D2			1.128
#define D4			3.267
#define D4_I_PRIME	3.2665

/* 3 / d2 as Making Data Count rounds it. */
#define XMR_FACTOR	2.66

/* Time between events becomes nearly normal under this root. */
#define T_POWER		3.6

/*
 * c4: what the expected standard deviation of a normal subgroup of n values
 * is to sigma; NaN for one value.
 */
static double
c4(double n)
{
	if (n < 2)
		return NAN;
	return sqrt(2 / (n - 1)) *
		exp(cg_log_gamma(n / 2) - cg_log_gamma((n - 1) / 2));
}

/*
 * Average of the moving ranges, at first of all and then, when screened, of
 * those below the limit that the first average gives.  Ranges that are all
 * zero are never screened, or a flat series would have no limits.
 */
static double
average_range(const CgSpcPhase *phase, const double *range, size_t count,
			  double limit_factor, double *range_limit)
{
	double		sum = 0;
	double		kept_sum = 0;
	size_t		kept = 0;
	double		limit;

	*range_limit = NAN;
	if (count == 0)
		return NAN;
	for (size_t i = 0; i < count; i++)
		sum += range[i];
	limit = limit_factor * (sum / (double) count);
	if (limit > 0)
		*range_limit = limit;
	if (!phase->options->screen || !(limit > 0))
		return sum / (double) count;
	for (size_t i = 0; i < count; i++)
	{
		if (range[i] < limit)
		{
			kept_sum += range[i];
			kept++;
		}
	}
	return kept_sum / (double) kept;
}

/*
 * Gather the values and the moving ranges of the rows that set the limits.
 */
static size_t
gather(const CgSpcPhase *phase, size_t *ranges)
{
	double	   *value = phase->work;
	double	   *range = phase->work + phase->n;
	size_t		count = 0;
	size_t		range_count = 0;

	for (size_t i = phase->first; i < phase->base_end; i++)
	{
		const CgSpcPoint *point = &phase->points[i];

		if (!cg_spc_is_active(point))
			continue;
		value[count++] = point->value;
		if (!isnan(point->moving_range))
			range[range_count++] = point->moving_range;
	}
	*ranges = range_count;
	return count;
}

/*
 * Charts of single values: the centre is their mean, sigma comes from their
 * moving ranges.
 */
static void
limits_single_values(CgSpcPhase *phase, double range_factor)
{
	size_t		ranges;
	size_t		count = gather(phase, &ranges);

	phase->centre = cg_spc_mean(phase->work, count);
	phase->location = phase->centre;
	phase->scale = range_factor *
		average_range(phase, phase->work + phase->n, ranges, D4,
					  &phase->range_limit);
}

/*
 * The same under the root that makes times between events nearly normal.
 */
static void
limits_t(CgSpcPhase *phase)
{
	double	   *value = phase->work;
	double	   *range = phase->work + phase->n;
	double		previous = NAN;
	size_t		count = 0;
	size_t		ranges = 0;
	double		ignored;

	for (size_t i = phase->first; i < phase->base_end; i++)
	{
		const CgSpcPoint *point = &phase->points[i];
		double		root;

		if (point->is_ghost)
			continue;
		root = pow(point->value, 1 / T_POWER);
		if (cg_spc_has_mark(phase->series, i, CG_SPC_MARK_BREAK))
			previous = NAN;
		if (!isnan(root))
			value[count++] = root;
		if (!isnan(root - previous))
			range[ranges++] = fabs(root - previous);
		previous = root;
	}
	phase->location = cg_spc_mean(value, count);
	phase->centre = pow(phase->location, T_POWER);
	phase->scale = average_range(phase, range, ranges, D4, &ignored) / D2;
}

static CgSpcStatus
limits_run(CgSpcPhase *phase)
{
	size_t		ranges;
	size_t		count = gather(phase, &ranges);

	if (count > 0 &&
		!cg_spc_median(phase->work, count, &phase->centre,
					   phase->stop, phase->stop_argument))
		return CG_SPC_STOPPED;
	phase->location = phase->centre;
	return CG_SPC_OK;
}

static void
limits_mr(CgSpcPhase *phase)
{
	size_t		ranges;
	size_t		count = gather(phase, &ranges);

	/* Lines are thirds of D4 times the average from 0, as qicharts2 has them. */
	phase->centre = cg_spc_mean(phase->work, count);
	phase->location = isnan(phase->centre) ? NAN : 0;
	phase->scale = phase->centre * D4 / 3;
}

static void
limits_c(CgSpcPhase *phase)
{
	size_t		ranges;
	size_t		count = gather(phase, &ranges);

	phase->centre = cg_spc_mean(phase->work, count);
	phase->location = phase->centre;
	phase->scale = sqrt(phase->centre);
}

/*
 * The limits lie about the mean, as the geometric distribution has it; the
 * centre line is the median, because the distribution is so skewed that runs
 * about its mean would mean nothing.
 */
static CgSpcStatus
limits_g(CgSpcPhase *phase)
{
	size_t		ranges;
	size_t		count = gather(phase, &ranges);

	phase->location = cg_spc_mean(phase->work, count);
	phase->scale = sqrt(phase->location * (phase->location + 1));
	if (count > 0 &&
		!cg_spc_median(phase->work, count, &phase->centre,
					   phase->stop, phase->stop_argument))
		return CG_SPC_STOPPED;
	return CG_SPC_OK;
}

/*
 * Sum of numerators over sum of denominators.
 */
static double
pooled_rate(const CgSpcPhase *phase)
{
	double		numerators = 0;
	double		denominators = 0;

	for (size_t i = phase->first; i < phase->base_end; i++)
	{
		if (cg_spc_is_active(&phase->points[i]))
		{
			numerators += phase->series->value[i];
			denominators += phase->series->denominator[i];
		}
	}
	return numerators / denominators;
}

/*
 * Laney's sigma z: the average moving range of the standardised values over
 * d2.  Where the rate has no spread of its own nothing can be standardised,
 * and 1 leaves the limits on the centre.
 */
static double
laney_factor(const CgSpcPhase *phase)
{
	double	   *range = phase->work;
	double		previous = NAN;
	size_t		ranges = 0;
	double		ignored;

	if (!(phase->scale > 0))
		return 1;
	for (size_t i = phase->first; i < phase->base_end; i++)
	{
		const CgSpcPoint *point = &phase->points[i];
		double		z;

		if (point->is_ghost)
			continue;
		z = (point->value - phase->centre) /
			(phase->scale / sqrt(phase->series->denominator[i]));
		if (cg_spc_has_mark(phase->series, i, CG_SPC_MARK_BREAK))
			previous = NAN;
		if (!isnan(z - previous))
			range[ranges++] = fabs(z - previous);
		previous = z;
	}
	return average_range(phase, range, ranges, D4, &ignored) / D2;
}

static void
limits_rate(CgSpcPhase *phase)
{
	CgSpcChart	chart = phase->options->chart;
	double		rate = pooled_rate(phase);

	phase->centre = rate;
	phase->location = rate;
	if (chart == CG_SPC_P || chart == CG_SPC_P_PRIME)
		phase->scale = sqrt(fmax(rate * (1 - rate), 0));
	else
		phase->scale = sqrt(rate);
	if (chart == CG_SPC_P_PRIME || chart == CG_SPC_U_PRIME)
		phase->scale *= laney_factor(phase);
}

/*
 * I': the moving ranges are made comparable by the denominators of the two
 * values, then sigma is their average by the root of pi / 2.
 */
static void
limits_i_prime(CgSpcPhase *phase)
{
	double	   *range = phase->work;
	double		previous = NAN;
	double		previous_weight = NAN;
	size_t		ranges = 0;
	double		ignored;

	for (size_t i = phase->first; i < phase->base_end; i++)
	{
		const CgSpcPoint *point = &phase->points[i];
		double		weight = 1 / phase->series->denominator[i];

		if (point->is_ghost)
			continue;
		if (cg_spc_has_mark(phase->series, i, CG_SPC_MARK_BREAK))
			previous = NAN;
		if (!isnan(point->value - previous))
			range[ranges++] = sqrt(M_PI / 2) *
				fabs(point->value - previous) / sqrt(weight + previous_weight);
		previous = point->value;
		previous_weight = weight;
	}
	phase->centre = pooled_rate(phase);
	phase->location = phase->centre;
	phase->scale = average_range(phase, range, ranges, D4_I_PRIME, &ignored);
}

/*
 * The common standard deviation within subgroups: their mean where all are
 * of one size, pooled by degrees of freedom otherwise.
 */
static double
common_spread(const CgSpcPhase *phase)
{
	const double *size = phase->series->denominator;
	const double *spread = phase->series->spread;
	double		first_size = NAN;
	bool		equal_sizes = true;
	double		spreads = 0;
	double		count = 0;
	double		squares = 0;
	double		freedom = 0;

	for (size_t i = phase->first; i < phase->end; i++)
	{
		if (isnan(phase->points[i].value))
			continue;
		if (!isnan(first_size) && size[i] != first_size)
			equal_sizes = false;
		first_size = size[i];
		if (i >= phase->base_end || phase->points[i].is_ghost ||
			isnan(spread[i]) || size[i] < 2)
			continue;
		spreads += spread[i];
		count++;
		squares += (size[i] - 1) * spread[i] * spread[i];
		freedom += size[i] - 1;
	}
	if (count == 0)
		return NAN;
	return equal_sizes ? spreads / count : sqrt(squares / freedom);
}

static void
limits_subgroups(CgSpcPhase *phase)
{
	double		sum = 0;
	double		sizes = 0;

	phase->scale = common_spread(phase);
	if (phase->options->chart == CG_SPC_S)
	{
		phase->centre = phase->scale;
		phase->location = phase->scale;
		return;
	}
	for (size_t i = phase->first; i < phase->base_end; i++)
	{
		double		size = phase->series->denominator[i];

		if (cg_spc_is_active(&phase->points[i]))
		{
			sum += size * phase->points[i].value;
			sizes += size;
		}
	}
	phase->centre = sum / sizes;
	phase->location = phase->centre;
}

/*
 * The sigma of row i.
 */
static double
sigma_of(const CgSpcPhase *phase, size_t i)
{
	double		n;
	double		c;

	switch (phase->options->chart)
	{
		case CG_SPC_P:
		case CG_SPC_P_PRIME:
		case CG_SPC_U:
		case CG_SPC_U_PRIME:
		case CG_SPC_I_PRIME:
			return phase->scale / sqrt(phase->series->denominator[i]);
		case CG_SPC_XBAR:
			n = phase->series->denominator[i];
			return phase->scale / (c4(n) * sqrt(n));
		case CG_SPC_S:
			c = c4(phase->series->denominator[i]);
			return phase->scale * sqrt(1 - c * c) / c;
		default:
			return phase->scale;
	}
}

void
cg_spc_lines(const CgSpcPhase *phase, size_t i, double sigmas,
			 double *lower, double *upper)
{
	double		distance = sigmas * sigma_of(phase, i);

	*lower = phase->location - distance;
	*upper = phase->location + distance;
	switch (phase->options->chart)
	{
		case CG_SPC_P:
		case CG_SPC_P_PRIME:
			if (*upper > 1)
				*upper = 1;
			if (*lower < 0)
				*lower = 0;
			break;
		case CG_SPC_U:
		case CG_SPC_U_PRIME:
		case CG_SPC_C:
		case CG_SPC_G:
		case CG_SPC_S:
			if (*lower < 0)
				*lower = 0;
			break;
		case CG_SPC_MR:
			/* D3 of two values is 0: a moving range is never too small. */
			if (*lower <= *upper)
				*lower = 0;
			break;
		case CG_SPC_T:
			if (*lower < 0)
				*lower = 0;
			*lower = pow(*lower, T_POWER);
			*upper = pow(*upper, T_POWER);
			break;
		default:
			break;
	}
}

static bool
lines_are_level(CgSpcChart chart)
{
	switch (chart)
	{
		case CG_SPC_XBAR:
		case CG_SPC_S:
		case CG_SPC_P:
		case CG_SPC_P_PRIME:
		case CG_SPC_U:
		case CG_SPC_U_PRIME:
		case CG_SPC_I_PRIME:
			return false;
		default:
			return true;
	}
}

/*
 * Write centre and lines into the points.  Where lines depend on a
 * denominator, a row without one has none.  A line is infinite only when
 * something overflowed.
 */
static CgSpcStatus
fill_lines(const CgSpcPhase *phase)
{
	bool		level = lines_are_level(phase->options->chart);
	double		lower = NAN;
	double		upper = NAN;
	double		lower_two = NAN;
	double		upper_two = NAN;

	for (size_t i = phase->first; i < phase->end; i++)
	{
		CgSpcPoint *point = &phase->points[i];

		if (!level && isnan(point->value))
			lower = upper = lower_two = upper_two = NAN;
		else if (!level || i == phase->first)
		{
			cg_spc_lines(phase, i, phase->options->sigma, &lower, &upper);
			cg_spc_lines(phase, i, 2, &lower_two, &upper_two);
			if (isinf(lower) || isinf(upper) ||
				isinf(lower_two) || isinf(upper_two))
				return CG_SPC_OVERFLOW;
		}
		point->centre = phase->centre;
		point->lower = lower;
		point->upper = upper;
		point->lower_two_sigma = lower_two;
		point->upper_two_sigma = upper_two;
		if (cg_spc_stopped(phase, i))
			return CG_SPC_STOPPED;
	}
	return CG_SPC_OK;
}

/*
 * Did a figure overflow on the way?  Not a number is the answer to too few
 * rows, but also what overflowed figures leave.
 */
static bool
has_overflowed(const CgSpcPhase *phase)
{
	bool		has_rows = false;

	if (isinf(phase->centre) || isinf(phase->location) || isinf(phase->scale))
		return true;
	if (!isnan(phase->centre))
		return false;
	for (size_t i = phase->first; i < phase->base_end && !has_rows; i++)
		has_rows = cg_spc_is_active(&phase->points[i]);

	/* The spread of single values has no centre, and that is all right. */
	return has_rows && phase->options->chart != CG_SPC_S;
}

CgSpcStatus
cg_spc_limits(CgSpcPhase *phase)
{
	CgSpcStatus status = CG_SPC_OK;

	phase->centre = NAN;
	phase->location = NAN;
	phase->scale = NAN;
	phase->range_limit = NAN;
	switch (phase->options->chart)
	{
		case CG_SPC_RUN:
			status = limits_run(phase);
			break;
		case CG_SPC_XMR:
			limits_single_values(phase, XMR_FACTOR / 3);
			break;
		case CG_SPC_I:
			limits_single_values(phase, 1 / D2);
			break;
		case CG_SPC_MR:
			limits_mr(phase);
			break;
		case CG_SPC_C:
			limits_c(phase);
			break;
		case CG_SPC_G:
			status = limits_g(phase);
			break;
		case CG_SPC_T:
			limits_t(phase);
			break;
		case CG_SPC_P:
		case CG_SPC_P_PRIME:
		case CG_SPC_U:
		case CG_SPC_U_PRIME:
			limits_rate(phase);
			break;
		case CG_SPC_I_PRIME:
			limits_i_prime(phase);
			break;
		case CG_SPC_XBAR:
		case CG_SPC_S:
			limits_subgroups(phase);
			break;
		default:
			break;
	}
	if (status != CG_SPC_OK)
		return status;
	if (has_overflowed(phase))
		return CG_SPC_OVERFLOW;
	return fill_lines(phase);
}
