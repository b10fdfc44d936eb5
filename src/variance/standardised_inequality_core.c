/*-------------------------------------------------------------------------
 *
 * standardised_inequality_core.c
 *	  The slope and relative indices of inequality.
 *
 * The indices are of the line, fitted by least squares weighted with
 * population, of the groups' values over their midpoints in the ranked
 * population: its rise from 0 to 1, and the ratio of its ends.
 *
 * The usual intervals come from simulation.  Here the same distribution is
 * worked out: on the scale of the errors the line's ends are normal, so a
 * limit of the relative index is a root in closed form (Fieller's) and one of
 * a transformed line is a one-dimensional integral; where the values are
 * transformed back before the fit, the sum's first four cumulants are known
 * and Cornish and Fisher's expansion gives its quantiles.
 *
 * A. Low and A. Low, Measuring the gap: quantifying and comparing local health
 *	  inequalities, J Public Health 2004;26:388-95.
 * E. C. Fieller, J R Stat Soc B 1954;16:175-85.
 * E. A. Cornish and R. A. Fisher, Rev Inst Int Stat 1938;5:307-20.
 *
 *-------------------------------------------------------------------------
 */
#include "variance/standardised_core.h"

#include <math.h>
#include <stdlib.h>

#include "numeric/special.h"

/*
 * Trapezoid rule over a normal density, which is exact to rounding for smooth
 * integrands; probabilities of a line's other end turn more sharply.
 */
#define NODES 161
#define SHARP_NODES 641
#define REACH 8.5

/* Bisections for a limit. */
#define HALVINGS 200

/* Where the groups' coefficients in a line's ends are kept. */
typedef struct Line
{
	double		mean_rank;
	double		spread;			/* weighted sum of squares of the ranks */
	double		total;
} Line;

/* The first four cumulants of a sum. */
typedef struct Cumulants
{
	double		mean;
	double		variance;
	double		third;
	double		fourth;
} Cumulants;

static double
forward(CgInequalityKind kind, double x)
{
	if (kind == CG_INEQUALITY_RATE)
		return log(x);
	if (kind == CG_INEQUALITY_PROPORTION)
		return log(x / (1 - x));
	return x;
}

static double
backward(CgInequalityKind kind, double x)
{
	if (kind == CG_INEQUALITY_RATE)
		return exp(x);
	if (kind == CG_INEQUALITY_PROPORTION)
		return 1 / (1 + exp(-x));
	return x;
}

double
cg_inequality_error(double lower, double upper, double confidence,
					CgInequalityKind kind)
{
	return (forward(kind, upper) - forward(kind, lower)) /
		(2 * cg_confidence_z(confidence));
}

static int
compare_ranks(const void *a, const void *b)
{
	double		left = ((const CgInequalityGroup *) a)->rank;
	double		right = ((const CgInequalityGroup *) b)->rank;

	return (left > right) - (left < right);
}

static Line
make_line(const CgInequalityGroup *groups, int count)
{
	Line		line = {0, 0, 0};
	double		before = 0;

	for (int i = 0; i < count; i++)
		line.total += groups[i].population;
	/* the midpoints' weighted mean is a half: that is what midpoints do */
	line.mean_rank = 0.5;
	for (int i = 0; i < count; i++)
	{
		double		share = groups[i].population / line.total;
		double		midpoint = before + 0.5 * share;

		line.spread += share * (midpoint - 0.5) * (midpoint - 0.5);
		before += share;
	}
	return line;
}

/*
 * What one group's value adds to the line's height at 0 and at 1; before is
 * the share of the population in the groups before it.
 */
static void
coefficients(const Line *line, const CgInequalityGroup *group, double *before,
			 double *at_0, double *at_1)
{
	double		share = group->population / line->total;
	double		slope = share * (*before + 0.5 * share - line->mean_rank) /
		line->spread;

	*at_0 = share - 0.5 * slope;
	*at_1 = share + 0.5 * slope;
	*before += share;
}

CgInequalityProblem
cg_inequality(CgInequalityGroup *groups, int count, CgInequalityKind kind,
			  bool transformed, CgInequality *result)
{
	double		before = 0;
	double		end_0 = 0;
	double		end_1 = 0;
	Line		line;

	if (count < 2)
		return CG_INEQUALITY_FEW_GROUPS;
	qsort(groups, (size_t) count, sizeof(CgInequalityGroup), compare_ranks);
	for (int i = 1; i < count; i++)
	{
		if (groups[i].rank == groups[i - 1].rank)
			return CG_INEQUALITY_REPEATED_RANK;
	}
	line = make_line(groups, count);
	for (int i = 0; i < count; i++)
	{
		double		value = transformed ? forward(kind, groups[i].value) : groups[i].value;
		double		at_0;
		double		at_1;

		coefficients(&line, &groups[i], &before, &at_0, &at_1);
		end_0 += at_0 * value;
		end_1 += at_1 * value;
	}
	if (transformed)
	{
		end_0 = backward(kind, end_0);
		end_1 = backward(kind, end_1);
	}
	result->sii = end_1 - end_0;
	result->rii = end_1 / end_0;
	result->intercept = end_0;
	return CG_INEQUALITY_OK;
}

/*
 * Cumulants of a group's value: normal, log-normal, or logit-normal by
 * quadrature.
 */
static Cumulants
value_cumulants(const CgInequalityGroup *group, CgInequalityKind kind)
{
	double		s2 = group->error * group->error;
	Cumulants	of = {group->value, s2, 0, 0};

	if (kind == CG_INEQUALITY_RATE)
	{
		double		w = exp(s2);
		double		less_1 = expm1(s2);

		of.mean = group->value * exp(0.5 * s2);
		of.variance = of.mean * of.mean * less_1;
		of.third = pow(of.mean, 3) * less_1 * less_1 * (w + 2);
		of.fourth = of.variance * of.variance *
			(pow(w, 4) + 2 * pow(w, 3) + 3 * w * w - 6);
	}
	else if (kind == CG_INEQUALITY_PROPORTION)
	{
		double		middle = forward(kind, group->value);
		double		weight = 0;
		double		power[5] = {0, 0, 0, 0, 0};

		for (int i = 0; i < NODES; i++)
		{
			double		z = REACH * (2.0 * i / (NODES - 1) - 1);
			double		density = exp(-0.5 * z * z);
			double		d = backward(kind, middle + z * group->error) - group->value;
			double		term = density;

			weight += density;
			for (int k = 1; k <= 4; k++)
			{
				term *= d;
				power[k] += term;
			}
		}
		for (int k = 1; k <= 4; k++)
			power[k] /= weight;
		of.mean = group->value + power[1];
		of.variance = power[2] - power[1] * power[1];
		of.third = power[3] - 3 * power[2] * power[1] + 2 * pow(power[1], 3);
		of.fourth = power[4] - 4 * power[3] * power[1] - 3 * power[2] * power[2] +
			12 * power[2] * power[1] * power[1] - 6 * pow(power[1], 4);
	}
	return of;
}

/*
 * Cornish and Fisher to the second order.
 */
static double
cumulant_quantile(const Cumulants *of, double p)
{
	double		z = cg_normal_quantile(p);
	double		deviation = sqrt(of->variance);
	double		skew;
	double		excess;

	if (deviation == 0)
		return of->mean;
	skew = of->third / (deviation * of->variance);
	excess = of->fourth / (of->variance * of->variance);
	return of->mean + deviation *
		(z + skew * (z * z - 1) / 6 + excess * z * (z * z - 3) / 24 -
		 skew * skew * z * (2 * z * z - 5) / 36);
}

/*
 * The p quantile of (height at 1) - ratio * (height at 0), fitted to values
 * that are transformed back.
 */
static double
plain_quantile(const CgInequalityGroup *groups, int count,
			   CgInequalityKind kind, double ratio, double p)
{
	Line		line = make_line(groups, count);
	Cumulants	sum = {0, 0, 0, 0};
	double		before = 0;

	for (int i = 0; i < count; i++)
	{
		Cumulants	of = value_cumulants(&groups[i], kind);
		double		at_0;
		double		at_1;
		double		c;

		coefficients(&line, &groups[i], &before, &at_0, &at_1);
		c = at_1 - ratio * at_0;
		sum.mean += c * of.mean;
		sum.variance += c * c * of.variance;
		sum.third += c * c * c * of.third;
		sum.fourth += c * c * c * c * of.fourth;
	}
	return cumulant_quantile(&sum, p);
}

/* The line's ends on the transformed scale: two correlated normals. */
typedef struct Ends
{
	double		mean_0;
	double		mean_1;
	double		deviation_0;
	double		slope;			/* of the mean at 1, given the height at 0 */
	double		rest;			/* deviation at 1, given the height at 0 */
} Ends;

static Ends
make_ends(const CgInequalityGroup *groups, int count, CgInequalityKind kind)
{
	Line		line = make_line(groups, count);
	Ends		ends = {0, 0, 0, 0, 0};
	double		before = 0;
	double		variance_0 = 0;
	double		variance_1 = 0;
	double		covariance = 0;

	for (int i = 0; i < count; i++)
	{
		double		value = forward(kind, groups[i].value);
		double		variance = groups[i].error * groups[i].error;
		double		at_0;
		double		at_1;

		coefficients(&line, &groups[i], &before, &at_0, &at_1);
		ends.mean_0 += at_0 * value;
		ends.mean_1 += at_1 * value;
		variance_0 += at_0 * at_0 * variance;
		variance_1 += at_1 * at_1 * variance;
		covariance += at_0 * at_1 * variance;
	}
	ends.deviation_0 = sqrt(variance_0);
	ends.slope = variance_0 > 0 ? covariance / variance_0 : 0;
	ends.rest = sqrt(fmax(0, variance_1 - ends.slope * covariance));
	return ends;
}

/*
 * The probability that the index of a transformed line is at most limit.
 */
static double
transformed_probability(const Ends *ends, CgInequalityKind kind, bool relative,
						double limit)
{
	double		weight = 0;
	double		sum = 0;

	for (int i = 0; i < SHARP_NODES; i++)
	{
		double		z = REACH * (2.0 * i / (SHARP_NODES - 1) - 1);
		double		density = exp(-0.5 * z * z);
		double		shift = z * ends->deviation_0;
		double		end_0 = backward(kind, ends->mean_0 + shift);
		double		end_1 = relative ? limit * end_0 : limit + end_0;
		double		mean_1 = ends->mean_1 + ends->slope * shift;
		double		below;

		if (kind != CG_INEQUALITY_VALUE && end_1 <= 0)
			below = 0;
		else if (kind == CG_INEQUALITY_PROPORTION && end_1 >= 1)
			below = 1;
		else
		{
			double		gap = forward(kind, end_1) - mean_1;

			if (ends->rest > 0)
				below = cg_normal_tails(gap / ends->rest).lower;
			else
				below = gap >= 0 ? 1 : 0;
		}
		weight += density;
		sum += density * below;
	}
	return sum / weight;
}

/* What a limit is sought of. */
typedef struct Search
{
	const CgInequalityGroup *groups;
	int			count;
	CgInequalityKind kind;
	bool		transformed;
	bool		relative;
	double		p;
	Ends		ends;			/* of a transformed line */
} Search;

/*
 * Above 0 when the limit lies above the p quantile.
 */
static double
excess(const Search *search, double limit)
{
	if (search->transformed)
		return transformed_probability(&search->ends, search->kind,
									   search->relative, limit) - search->p;
	return -plain_quantile(search->groups, search->count, search->kind, limit,
						   search->p);
}

/*
 * The index itself, to start from.
 */
static double
estimate(const Search *search)
{
	double		end_0 = 0;
	double		end_1 = 0;
	double		before = 0;
	Line		line = make_line(search->groups, search->count);

	if (search->transformed)
	{
		end_0 = backward(search->kind, search->ends.mean_0);
		end_1 = backward(search->kind, search->ends.mean_1);
		return search->relative ? end_1 / end_0 : end_1 - end_0;
	}
	for (int i = 0; i < search->count; i++)
	{
		double		at_0;
		double		at_1;

		coefficients(&line, &search->groups[i], &before, &at_0, &at_1);
		end_0 += at_0 * search->groups[i].value;
		end_1 += at_1 * search->groups[i].value;
	}
	return end_1 / end_0;
}

/*
 * From the estimate outwards, in growing steps, until the excess changes its
 * sign; false when it never does, as for a ratio whose end at 0 may be 0.
 */
static bool
find_bracket(const Search *search, double *low, double *high)
{
	double		from = estimate(search);
	double		step = 0.01 * fmax(fabs(from), 1e-6);
	bool		above = excess(search, from) > 0;
	double		to = from;

	for (int i = 0; i < 200 && isfinite(to); i++)
	{
		from = to;
		to += above ? -step : step;
		step *= 2;
		if ((excess(search, to) > 0) != above)
		{
			*low = fmin(from, to);
			*high = fmax(from, to);
			return isfinite(to);
		}
	}
	return false;
}

double
cg_inequality_quantile(const CgInequalityGroup *groups, int count,
					   CgInequalityKind kind, bool transformed, bool relative,
					   double p)
{
	Search		search = {groups, count, kind, transformed, relative, p, {0, 0, 0, 0, 0}};
	double		low;
	double		high;

	/* without a transformation the line is plain, and its limits exact */
	if (kind == CG_INEQUALITY_VALUE)
		search.transformed = false;
	if (!search.transformed && !relative)
		return plain_quantile(groups, count, kind, 1, p);
	if (search.transformed)
		search.ends = make_ends(groups, count, kind);
	if (!find_bracket(&search, &low, &high))
		return NAN;
	for (int i = 0; i < HALVINGS; i++)
	{
		double		middle = low + 0.5 * (high - low);

		if (middle == low || middle == high)
			break;
		if (excess(&search, middle) > 0)
			high = middle;
		else
			low = middle;
	}
	return low + 0.5 * (high - low);
}
