/*-------------------------------------------------------------------------
 *
 * special_quantile.c
 *	  Distributions that are incomplete gamma or beta functions, and their
 *	  quantiles.
 *
 * A quantile of gamma or beta is found by Newton's method for the logarithm
 * of the smaller tail over ln x or ln (x / (1 - x)).  Over these both
 * densities are log-concave and so are their tails: Newton's steps then
 * approach from one side, and an error of the step is a relative error of
 * the quantile.  A bracket catches a step that leads out.
 *
 * M. J. Wichura, Algorithm AS 241, Appl Stat 1988;37:477-84.
 * E. B. Wilson and M. M. Hilferty, Proc Natl Acad Sci 1931;17:684-8.
 * M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions, 26.5.22.
 *
 *-------------------------------------------------------------------------
 */
#include "numeric/special.h"

#include <float.h>
#include <math.h>
#include <stddef.h>

#define MAX_STEPS 200

/* A distribution over the whole line, as the solver sees it. */
typedef struct Distribution
{
	double		a;
	double		b;
	/* tails at w, and in *density the derivative of the lower one */
	CgTails		(*tails) (const struct Distribution *self, double w,
						  double *density);
} Distribution;

CgTails
cg_normal_tails(double z)
{
	CgTails		tails = {0.5 * erfc(-z * M_SQRT1_2), 0.5 * erfc(z * M_SQRT1_2)};

	return tails;
}

CgTails
cg_chi_square_tails(double x, double df)
{
	return cg_gamma_tails(0.5 * df, 0.5 * x);
}

CgTails
cg_t_tails(double t, double df)
{
	CgTails		both;
	double		tail;

	if (isnan(t) || !(df > 0))
		return (CgTails) {NAN, NAN};
	if (isinf(df))
		return cg_normal_tails(t);
	if (isinf(t))
		return (CgTails) {t > 0 ? 1 : 0, t > 0 ? 0 : 1};
	both = cg_beta_tails(0.5 * df, 0.5, 1 / (1 + t / df * t),
						 t / (df / t + t));
	if (t == 0)
		both = (CgTails) {1, 0};
	tail = 0.5 * both.lower;
	if (t > 0)
		return (CgTails) {0.5 + 0.5 * both.upper, tail};
	return (CgTails) {tail, 0.5 + 0.5 * both.upper};
}

CgTails
cg_f_tails(double f, double df1, double df2)
{
	double		odds = df1 / df2 * f;

	if (!(f >= 0) || !(df1 > 0) || !(df2 > 0))
		return (CgTails) {NAN, NAN};
	if (isinf(odds))
		return (CgTails) {1, 0};
	return cg_beta_tails(0.5 * df1, 0.5 * df2, odds / (1 + odds), 1 / (1 + odds));
}

CgTails
cg_poisson_tails(double k, double mean)
{
	CgTails		gamma;

	if (!(mean >= 0) || isnan(k))
		return (CgTails) {NAN, NAN};
	if (k < 0)
		return (CgTails) {0, 1};
	gamma = cg_gamma_tails(floor(k) + 1, mean);
	return (CgTails) {gamma.upper, gamma.lower};
}

CgTails
cg_binomial_tails(double k, double n, double p)
{
	CgTails		beta;

	if (!(n >= 0) || !(p >= 0 && p <= 1) || isnan(k))
		return (CgTails) {NAN, NAN};
	if (k < 0)
		return (CgTails) {0, 1};
	if (k >= n)
		return (CgTails) {1, 0};
	beta = cg_beta_tails(floor(k) + 1, n - floor(k), p, 1 - p);
	return (CgTails) {beta.upper, beta.lower};
}

/*
 * AS 241, PPND16.
 */
static double
ratio_of_polynomials(const double *over, const double *under, double r)
{
	double		numerator = 0;
	double		denominator = 0;

	for (int i = 7; i >= 0; i--)
	{
		numerator = numerator * r + over[i];
		denominator = denominator * r + under[i];
	}
	return numerator / denominator;
}

double
cg_normal_quantile(double p)
{
	static const double a[] = {
		3.3871328727963666080e0, 1.3314166789178437745e+2,
		1.9715909503065514427e+3, 1.3731693765509461125e+4,
		4.5921953931549871457e+4, 6.7265770927008700853e+4,
		3.3430575583588128105e+4, 2.5090809287301226727e+3
	};
	static const double b[] = {
		1.0, 4.2313330701600911252e+1, 6.8718700749205790830e+2,
		5.3941960214247511077e+3, 2.1213794301586595867e+4,
		3.9307895800092710610e+4, 2.8729085735721942674e+4,
		5.2264952788528545610e+3
	};
	static const double c[] = {
		1.42343711074968357734e0, 4.63033784615654529590e0,
		5.76949722146069140550e0, 3.64784832476320460504e0,
		1.27045825245236838258e0, 2.41780725177450611770e-1,
		2.27238449892691845833e-2, 7.74545014278341407640e-4
	};
	static const double d[] = {
		1.0, 2.05319162663775882187e0, 1.67638483018380384940e0,
		6.89767334985100004550e-1, 1.48103976427480074590e-1,
		1.51986665636164571966e-2, 5.47593808499534494600e-4,
		1.05075007164441684324e-9
	};
	static const double e[] = {
		6.65790464350110377720e0, 5.46378491116411436990e0,
		1.78482653991729133580e0, 2.96560571828504891230e-1,
		2.65321895265761230930e-2, 1.24266094738807843860e-3,
		2.71155556874348757815e-5, 2.01033439929228813265e-7
	};
	static const double f[] = {
		1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1,
		1.48753612908506148525e-2, 7.86869131145613259100e-4,
		1.84631831751005468180e-5, 1.42151175831644588870e-7,
		2.04426310338993978564e-15
	};
	double		q = p - 0.5;
	double		r;

	if (!(p >= 0 && p <= 1))
		return NAN;
	if (p == 0)
		return -INFINITY;
	if (p == 1)
		return INFINITY;
	if (fabs(q) <= 0.425)
		return q * ratio_of_polynomials(a, b, 0.180625 - q * q);
	r = sqrt(-log(q < 0 ? p : 1 - p));
	if (r <= 5)
		r = ratio_of_polynomials(c, d, r - 1.6);
	else
		r = ratio_of_polynomials(e, f, r - 5);
	return q < 0 ? -r : r;
}

/*
 * Find w with the given tail, p <= 1/2, from a first guess.
 */
static double
solve_tail(const Distribution *distribution, double p, bool upper, double w)
{
	double		low = -INFINITY;
	double		high = INFINITY;
	double		log_p = log(p);

	for (int i = 0; i < MAX_STEPS; i++)
	{
		double		density;
		CgTails		tails = distribution->tails(distribution, w, &density);
		double		tail = upper ? tails.upper : tails.lower;
		double		excess = log(tail) - log_p;
		double		slope = (upper ? -density : density) / tail;
		double		next;

		if (excess == 0)
			return w;
		if ((excess > 0) == upper)
			low = w;
		else
			high = w;

		next = w - excess / slope;
		if (!(next > low && next < high))
		{
			/* lost: halve the bracket, or step out until there is one */
			if (isinf(low))
				next = high - 1 - fabs(high);
			else if (isinf(high))
				next = low + 1 + fabs(low);
			else
				next = 0.5 * (low + high);
			if (next == low || next == high)
				return w;
			w = next;
			continue;
		}
		/* the error that remains is about the square of the step */
		if ((next - w) * (next - w) * fabs(slope) < 1e-17 || next == w)
			return next;
		w = next;
	}
	return w;
}

static CgTails
log_gamma_tails(const Distribution *self, double w, double *density)
{
	double		x = exp(w);

	*density = self->a * cg_poisson_density(self->a, x);
	return cg_gamma_tails(self->a, x);
}

/*
 * First guess by Wilson and Hilferty, or where that fails by the first term
 * of the series.
 */
double
cg_gamma_quantile(double shape, double p, bool upper)
{
	Distribution distribution = {.a = shape, .tails = log_gamma_tails};
	double		root;
	double		w;

	if (!(shape > 0) || isinf(shape) || !(p >= 0 && p <= 1))
		return NAN;
	if (p == 0 || p == 1)
		return (p == 0) == upper ? INFINITY : 0;
	root = 1 - 1 / (9 * shape) +
		(upper ? -1 : 1) * cg_normal_quantile(p) / (3 * sqrt(shape));
	if (root > 0.3)
		w = log(shape) + 3 * log(root);
	else
		w = ((upper ? log1p(-p) : log(p)) + lgamma(shape + 1)) / shape;
	if (p > 0.5)
	{
		p = 1 - p;
		upper = !upper;
	}
	return exp(solve_tail(&distribution, p, upper, w));
}

static CgTails
logit_beta_tails(const Distribution *self, double w, double *density)
{
	double		x = 1 / (1 + exp(-w));
	double		y = 1 / (1 + exp(w));

	*density = self->a * cg_beta_leading(self->a, self->b, x, y);
	return cg_beta_tails(self->a, self->b, x, y);
}

/*
 * First guess by 26.5.22, which is made for parameters above 1; else by the
 * first term of the series at either end.
 */
static double
guess_logit(double a, double b, double p, bool upper)
{
	double		log_beta = lgamma(a) + lgamma(b) - lgamma(a + b);
	double		lower_tail = upper ? 1 - p : p;
	double		log_x;
	double		log_y;

	if (a > 1 && b > 1)
	{
		double		z = (upper ? 1 : -1) * cg_normal_quantile(p);
		double		lambda = (z * z - 3) / 6;
		double		inverse_a = 1 / (2 * a - 1);
		double		inverse_b = 1 / (2 * b - 1);
		double		h = 2 / (inverse_a + inverse_b);
		double		w = z * sqrt(h + lambda) / h -
			(inverse_b - inverse_a) * (lambda + 5.0 / 6 - 2 / (3 * h));

		if (h + lambda > 0)
			return log(a / b) - 2 * w;
	}
	log_x = ((upper ? log1p(-p) : log(p)) + log(a) + log_beta) / a;
	log_y = ((upper ? log(p) : log1p(-p)) + log(b) + log_beta) / b;
	if (lower_tail < a / (a + b) ? log_x > -0.1 : log_y < -0.1)
		return log_y < -0.1 ? log1p(-exp(log_y)) - log_y : log(a / b);
	return log_x < -0.1 ? log_x - log1p(-exp(log_x)) : log(a / b);
}

double
cg_beta_quantile(double a, double b, double p, bool upper, double *y)
{
	Distribution distribution = {.a = a, .b = b, .tails = logit_beta_tails};
	double		w;

	if (!(a > 0) || !(b > 0) || isinf(a) || isinf(b) || !(p >= 0 && p <= 1))
	{
		if (y != NULL)
			*y = NAN;
		return NAN;
	}
	if (p == 0 || p == 1)
		w = (p == 0) == upper ? INFINITY : -INFINITY;
	else
	{
		w = guess_logit(a, b, p, upper);
		if (p > 0.5)
		{
			p = 1 - p;
			upper = !upper;
		}
		w = solve_tail(&distribution, p, upper, w);
	}
	if (y != NULL)
		*y = 1 / (1 + exp(w));
	return 1 / (1 + exp(-w));
}

double
cg_chi_square_quantile(double p, double df, bool upper)
{
	return 2 * cg_gamma_quantile(0.5 * df, p, upper);
}

/*
 * t^2 / df = (1 - x) / x where x has the distribution beta(df / 2, 1 / 2) and
 * its lower tail is that of both sides of t.
 */
double
cg_t_quantile(double p, double df)
{
	double		tail = p < 0.5 ? p : 1 - p;
	double		size;
	double		x;
	double		y;

	if (!(p >= 0 && p <= 1) || !(df > 0))
		return NAN;
	if (p == 0.5)
		return 0;
	if (isinf(df))
		return cg_normal_quantile(p);
	if (tail == 0)
		return p == 0 ? -INFINITY : INFINITY;
	if (tail < 0.25)
		x = cg_beta_quantile(0.5 * df, 0.5, 2 * tail, false, &y);
	else
		x = cg_beta_quantile(0.5 * df, 0.5, 2 * fabs(p - 0.5), true, &y);
	size = sqrt(df) * sqrt(y) / sqrt(x);
	return p < 0.5 ? -size : size;
}

double
cg_f_quantile(double p, double df1, double df2, bool upper)
{
	double		y;
	double		x = cg_beta_quantile(0.5 * df1, 0.5 * df2, p, upper, &y);

	return df2 / df1 * x / y;
}

/*
 * The smallest count whose lower tail reaches p.  An equality that rounding
 * has spoilt still counts as one.
 */
typedef CgTails (*DiscreteTails) (double k, double a, double b);

static CgTails
poisson_tails_2(double k, double mean, double unused)
{
	(void) unused;
	return cg_poisson_tails(k, mean);
}

static bool
reached(CgTails tails, double p, bool upper)
{
	if (upper)
		return tails.upper <= p * (1 + 64 * DBL_EPSILON);
	return tails.lower >= p * (1 - 64 * DBL_EPSILON);
}

/*
 * From a guess outwards in doubling steps, then by halves.
 */
static double
search_count(DiscreteTails tails, double a, double b, double p, bool upper,
			 double guess, double most)
{
	double		low = -1;
	double		high = most;
	double		step = 1;

	guess = fmin(fmax(floor(guess), 0), most);
	if (reached(tails(guess, a, b), p, upper))
	{
		high = guess;
		while (high - step > low && reached(tails(high - step, a, b), p, upper))
		{
			high -= step;
			step *= 2;
		}
		low = fmax(low, high - step);
	}
	else
	{
		low = guess;
		while (low + step < high && !reached(tails(low + step, a, b), p, upper))
		{
			low += step;
			step *= 2;
		}
		high = fmin(high, low + step);
	}
	while (high - low > 1)
	{
		double		middle = floor(0.5 * (low + high));

		if (middle <= low || middle >= high)
			break;
		if (reached(tails(middle, a, b), p, upper))
			high = middle;
		else
			low = middle;
	}
	return high;
}

/*
 * Cornish and Fisher's guess.
 */
static double
guess_count(double mean, double variance, double skewness, double p, bool upper)
{
	double		z = (upper ? -1 : 1) * cg_normal_quantile(p);

	return mean + sqrt(variance) * (z + skewness * (z * z - 1) / 6);
}

double
cg_poisson_quantile(double p, double mean, bool upper)
{
	if (!(p >= 0 && p <= 1) || !(mean >= 0) || isinf(mean))
		return NAN;
	if (mean == 0 || (p == 0) != (upper && p == 0))
		return 0;
	if (p == 0 || (p == 1 && !upper))
		return INFINITY;
	if (p == 1)
		return 0;
	return search_count(poisson_tails_2, mean, 0, p, upper,
						guess_count(mean, mean, 1 / sqrt(mean), p, upper),
						DBL_MAX);
}

double
cg_binomial_quantile(double p, double n, double prob, bool upper)
{
	double		deviation = sqrt(n * prob * (1 - prob));

	if (!(p >= 0 && p <= 1) || !(n >= 0) || isinf(n) || n != floor(n) ||
		!(prob >= 0 && prob <= 1))
		return NAN;
	if (prob == 0 || n == 0 || p == (upper ? 1 : 0))
		return 0;
	if (prob == 1 || p == (upper ? 0 : 1))
		return n;
	return search_count(cg_binomial_tails, n, prob, p, upper,
						guess_count(n * prob, deviation * deviation,
									(1 - 2 * prob) / deviation, p, upper), n);
}
