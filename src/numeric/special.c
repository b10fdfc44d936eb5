/*-------------------------------------------------------------------------
 *
 * special.c
 *	  Special functions: gamma and beta functions and their distributions.
 *
 * Both incomplete functions are a leading term, which is the density of a
 * Poisson or binomial distribution, times a sum of moderate size.  The
 * leading term is computed as Loader does, from a deviance and the errors of
 * Stirling's formula, so that nothing large cancels.
 *
 * C. Loader, Fast and accurate computation of binomial probabilities, 2000.
 * A. R. DiDonato and A. H. Morris, Computation of the incomplete gamma
 *	  function ratios and their inverse, ACM Trans Math Softw 1986;12:377-93.
 * N. M. Temme, The asymptotic expansion of the incomplete gamma functions,
 *	  SIAM J Math Anal 1979;10:757-66; coefficients from NIST DLMF 8.12.
 * A. R. DiDonato and A. H. Morris, Algorithm 708, ACM Trans Math Softw
 *	  1992;18:360-73.
 * W. J. Lentz's continued fractions as modified by Thompson and Barnett,
 *	  J Comput Phys 1986;64:490-509.
 *
 *-------------------------------------------------------------------------
 */
#include "numeric/special.h"

#include <float.h>
#include <math.h>
#include <stddef.h>

#define LENGTH_OF(array) (sizeof(array) / sizeof((array)[0]))

#define LN_SQRT_TWO_PI 0.918938533204672741780329736406
#define SQRT_TWO_PI 2.50662827463100050241576528481
#define SQRT_PI 1.77245385090551602729816748334
#define ONE_LESS_EULER 0.42278433509846713939

/* Sums stop at a term that no longer matters. */
#define NEGLIGIBLE (DBL_EPSILON / 16)

/* The most terms that a sum or a continued fraction may take. */
#define MAX_TERMS 10000000

/* Parameters below this are outside the domain: nothing is left of them. */
#define MIN_PARAMETER 1e-100

/* Where Temme's expansion replaces series and continued fraction. */
#define TEMME_MIN_SHAPE 100.0
#define TEMME_MAX_ETA 0.5

double
cg_log_gamma(double x)
{
	if (!(x > 0))
		return NAN;
	return lgamma(x);
}

/*
 * Abramowitz and Stegun 6.1.33; the coefficients are zeta(k) - 1.
 */
double
cg_log_gamma_1p(double x)
{
	static const double zeta_less_1[] = {
		0.64493406684822643647, 0.2020569031595942854,
		0.082323233711138191516, 0.036927755143369926331,
		0.017343061984449139715, 0.0083492773819228268398,
		0.0040773561979443393787, 0.0020083928260822144179,
		0.00099457512781808533715, 0.0004941886041194645587,
		0.00024608655330804829864, 0.00012271334757848914675,
		6.1248135058704829259e-5, 3.0588236307020493552e-5,
		1.5282259408651871733e-5, 7.6371976378997622736e-6,
		3.8172932649998398565e-6, 1.9082127165539389257e-6,
		9.5396203387279611315e-7, 4.7693298678780646312e-7,
		2.3845050272773299e-7, 1.1921992596531107307e-7,
		5.9608189051259479612e-8, 2.9803503514652280186e-8,
		1.4901554828365041235e-8, 7.450711789835429492e-9
	};
	double		sum = 0;

	for (int i = (int) LENGTH_OF(zeta_less_1) - 1; i >= 0; i--)
	{
		int			k = i + 2;

		sum = sum * -x + zeta_less_1[i] / k;
	}
	return -log1p(x) + x * ONE_LESS_EULER + x * x * sum;
}

double
cg_stirling_error(double x)
{
	/* B(2k) / (2k (2k - 1)), Abramowitz and Stegun 6.1.41. */
	static const double series[] = {
		1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188,
		-691.0 / 360360, 1.0 / 156, -3617.0 / 122400
	};
	double		inverse_square;
	double		sum = 0;

	if (x < 15)
	{
		double		log_factorial = x <= 0.5 ? cg_log_gamma_1p(x) : lgamma(x + 1);

		return log_factorial - (x + 0.5) * log(x) + x - LN_SQRT_TWO_PI;
	}
	inverse_square = 1 / (x * x);
	for (int i = (int) LENGTH_OF(series) - 1; i >= 0; i--)
		sum = sum * inverse_square + series[i];
	return sum / x;
}

/*
 * Loader's bd0, with the difference x - m from where it is known best.
 */
static double
deviance_of(double x, double m, double difference)
{
	if (x == 0)
		return m;
	if (fabs(difference) < 0.1 * (x + m))
	{
		double		v = difference / (x + m);
		double		sum = difference * v;
		double		power = 2 * x * v;

		v *= v;
		for (int j = 1; j < 1000; j++)
		{
			double		previous = sum;

			power *= v;
			sum += power / (2 * j + 1);
			if (sum == previous)
				break;
		}
		return sum;
	}
	return x * log(x / m) - difference;
}

double
cg_deviance(double x, double m)
{
	return deviance_of(x, m, x - m);
}

/*
 * Upwards by recurrence to where the asymptotic series, Abramowitz and Stegun
 * 6.3.18 and 6.4.12, is exact.
 */
double
cg_digamma(double x)
{
	static const double series[] = {
		1.0 / 12, -1.0 / 120, 1.0 / 252, -1.0 / 240, 1.0 / 132,
		-691.0 / 32760, 1.0 / 12
	};
	double		sum = 0;
	double		shift = 0;
	double		inverse_square;

	if (!(x > 0))
		return NAN;
	for (; x < 15; x++)
		shift -= 1 / x;
	inverse_square = 1 / (x * x);
	for (int i = (int) LENGTH_OF(series) - 1; i >= 0; i--)
		sum = (sum + series[i]) * inverse_square;
	return shift + log(x) - 0.5 / x - sum;
}

double
cg_trigamma(double x)
{
	static const double series[] = {
		1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730,
		7.0 / 6
	};
	double		sum = 0;
	double		shift = 0;
	double		inverse_square;

	if (!(x > 0))
		return NAN;
	for (; x < 15; x++)
		shift += 1 / (x * x);
	inverse_square = 1 / (x * x);
	for (int i = (int) LENGTH_OF(series) - 1; i >= 0; i--)
		sum = (sum + series[i]) * inverse_square;
	return shift + (1 + 0.5 / x + sum) / x;
}

/*
 * For a large x by the continued fraction 7.1.14 of Abramowitz and Stegun,
 * from its tail; there the product of two functions would overflow.
 */
double
cg_scaled_erfc(double x)
{
	double		fraction = 0;

	if (x < 5)
		return exp(x * x) * erfc(x);
	for (int k = 40; k > 0; k--)
		fraction = 0.5 * k / (x + fraction);
	return 1 / ((x + fraction) * SQRT_PI);
}

double
cg_poisson_density(double x, double mean)
{
	if (!(x >= 0) || !(mean >= 0))
		return NAN;
	if (mean == 0)
		return x == 0 ? 1 : 0;
	if (x == 0)
		return exp(-mean);
	if (isinf(x) || isinf(mean))
		return 0;
	if (x < mean * DBL_MIN)
		return exp(-mean);
	if (x < 0.5)
		return exp(x * log(mean) - mean - cg_log_gamma_1p(x));
	return exp(-cg_stirling_error(x) - cg_deviance(x, mean)) /
		(SQRT_TWO_PI * sqrt(x));
}

/*
 * The binomial density of x successes and rest failures.  Both are given: of
 * their sum, rounding would take away the smaller.  For the same reason
 * x - n p is computed as x q - rest p.
 */
static double
split_density(double x, double rest, double p, double q)
{
	double		n = x + rest;
	double		difference = x * q - rest * p;
	double		log_density;

	if (p == 0)
		return x == 0 ? 1 : 0;
	if (q == 0)
		return rest == 0 ? 1 : 0;
	if (x == 0)
		return exp(n * (p < 0.5 ? log1p(-p) : log(q)));
	if (rest == 0)
		return exp(n * (q < 0.5 ? log1p(-q) : log(p)));
	log_density = cg_stirling_error(n) - cg_stirling_error(x) -
		cg_stirling_error(rest) - deviance_of(x, n * p, difference) -
		deviance_of(rest, n * q, -difference);
	return exp(log_density) * sqrt(n / x / rest) / SQRT_TWO_PI;
}

double
cg_binomial_density(double x, double n, double p, double q)
{
	if (!(x >= 0) || !(x <= n) || !(p >= 0) || !(q >= 0))
		return NAN;
	return split_density(x, n - x, p, q);
}

double
cg_beta_leading(double a, double b, double x, double y)
{
	return b / (a + b) * split_density(a, b, x, y);
}

/*
 * P(shape, x) over the leading term x^shape e^-x / Gamma(shape + 1).
 */
static double
gamma_series(double shape, double x)
{
	double		term = 1;
	double		sum = 1;

	for (int n = 1; n < MAX_TERMS; n++)
	{
		term *= x / (shape + n);
		sum += term;
		if (term < sum * NEGLIGIBLE)
			break;
	}
	return sum;
}

/*
 * Q(shape, x) over x^shape e^-x / Gamma(shape).
 */
static double
gamma_fraction(double shape, double x)
{
	double		b = x + 1 - shape;
	double		c = 1 / DBL_MIN;
	double		d = 1 / b;
	double		fraction = d;

	for (int n = 1; n < MAX_TERMS; n++)
	{
		double		a = n * (shape - n);
		double		factor;

		b += 2;
		d = a * d + b;
		if (fabs(d) < DBL_MIN)
			d = DBL_MIN;
		c = b + a / c;
		if (fabs(c) < DBL_MIN)
			c = DBL_MIN;
		d = 1 / d;
		factor = d * c;
		fraction *= factor;
		if (fabs(factor - 1) < DBL_EPSILON)
			break;
	}
	return fraction;
}

/*
 * The tails, one of which is known; rounding may have taken it past 1.
 */
static CgTails
from_lower(double lower)
{
	lower = fmin(lower, 1);
	return (CgTails) {lower, 1 - lower};
}

static CgTails
from_upper(double upper)
{
	upper = fmin(upper, 1);
	return (CgTails) {1 - upper, upper};
}

/*
 * The sum over n and k in Temme's expansion; coefficients d(k, n) of DLMF
 * 8.12.12, as many as matter within the limits above.
 */
static double
temme_sum(double shape, double eta)
{
	static const struct
	{
		int			length;
		double		d[19];
	}			rows[] =
	{
		{19, {-0.33333333333333333333, 0.083333333333333333333,
		-0.014814814814814814815, 0.0011574074074074074074,
		0.00035273368606701940035, -0.0001787551440329218107,
		3.9192631785224377817e-5, -2.1854485106799921615e-6,
		-1.8540622107151599607e-6, 8.296711340953086005e-7,
		-1.7665952736826079304e-7, 6.7078535434014985804e-9,
		1.0261809784240308043e-8, -4.3820360184533531866e-9,
		9.1476995822367902342e-10, -2.5514193994946249767e-11,
		-5.8307721325504250675e-11, 2.4361948020667416244e-11,
		-5.0276692801141755891e-12}},
		{17, {-0.0018518518518518518519, -0.0034722222222222222222,
		0.0026455026455026455026, -0.00099022633744855967078,
		0.00020576131687242798354, -4.0187757201646090535e-7,
		-1.8098550334489977837e-5, 7.6491609160811100846e-6,
		-1.6120900894563446004e-6, 4.6471278028074343423e-9,
		1.3786334469157209593e-7, -5.752545603517704964e-8,
		1.1951628599778147324e-8, -1.7543241719747647624e-11,
		-1.0091543710600412627e-9, 4.1627929918425826362e-10,
		-8.5639070264929806381e-11}},
		{15, {0.0041335978835978835979, -0.0026813271604938271605,
		0.00077160493827160493827, 2.0093878600823045267e-6,
		-0.00010736653226365160522, 5.2923448829120125416e-5,
		-1.2760635188618727713e-5, 3.4235787340961380742e-8,
		1.3721957309062933206e-6, -6.2989921383800550229e-7,
		1.4280614206064241792e-7, -2.0477098421990866015e-10,
		-1.4092529910867521053e-8, 6.2289740849220220336e-9,
		-1.3670488396617113499e-9}},
		{13, {0.00064943415637860082305, 0.00022947209362139917695,
		-0.00046918949439525571213, 0.00026772063206283885296,
		-7.5618016718839764107e-5, -2.3965051138672966519e-7,
		1.1082654115347302361e-5, -5.6749528269915965675e-6,
		1.4230900732435883915e-6, -2.7861080291528142241e-11,
		-1.695840409193027729e-7, 8.0994649053880823634e-8,
		-1.9111168485973654061e-8}},
		{11, {-0.0008618882909167116986, 0.00078403922172006662747,
		-0.00029907248030319017973, -1.4638452578843418178e-6,
		6.6414982154651221867e-5, -3.9683650471794346644e-5,
		1.1375726970678419098e-5, 2.5074972262375328017e-10,
		-1.6954149536558306015e-6, 8.9075075322053096888e-7,
		-2.2929348340008048706e-7}},
		{8, {-0.00033679855336635815031, -6.9728137583658577743e-5,
		0.00027727532449593920787, -0.000199325705161888477,
		6.7977804779372078388e-5, 1.4190629206439670148e-7,
		-1.3594048189768693278e-5, 8.0184702563342015397e-6}},
		{5, {0.00053130793646399222317, -0.00059216643735369388286,
		0.00027087820967180448277, 7.9023532326603278721e-7,
		-8.1539693675619687509e-5}},
		{1, {0.00034436760689237767125}}
	};
	double		sum = 0;

	for (int k = (int) LENGTH_OF(rows) - 1; k >= 0; k--)
	{
		double		row = 0;

		for (int n = rows[k].length - 1; n >= 0; n--)
			row = row * eta + rows[k].d[n];
		sum = sum / shape + row;
	}
	return sum;
}

/*
 * Uniformly in x: eta^2 / 2 = lambda - 1 - ln lambda with lambda = x / shape,
 * so that shape eta^2 / 2 is Loader's deviance.
 */
static CgTails
gamma_temme(double shape, double deviance, double eta)
{
	double		scaled = sqrt(deviance);
	double		leading = exp(-deviance);
	double		rest = temme_sum(shape, eta) / (SQRT_TWO_PI * sqrt(shape));

	if (eta >= 0)
		return from_upper(leading * (0.5 * cg_scaled_erfc(scaled) + rest));
	return from_lower(leading * (0.5 * cg_scaled_erfc(scaled) - rest));
}

/*
 * A small shape and a small x: P is near 1, and Q is what remains of
 * 1 - x^shape / Gamma(shape + 1) and of the alternating series of P.
 */
static CgTails
gamma_small(double shape, double x)
{
	double		log_leading = shape * log(x) -
		(shape <= 0.5 ? cg_log_gamma_1p(shape) : lgamma(shape + 1));
	double		leading = exp(log_leading);
	double		power = 1;
	double		sum = 0;
	CgTails		tails;

	for (int n = 1; n < 100; n++)
	{
		double		term;

		power *= -x / n;
		term = power / (shape + n);
		sum += term;
		if (fabs(term) < fabs(sum) * NEGLIGIBLE)
			break;
	}
	sum *= shape;
	tails.lower = leading * (1 + sum);
	tails.upper = -expm1(log_leading) - leading * sum;
	return tails;
}

CgTails
cg_gamma_tails(double shape, double x)
{
	CgTails		tails = {NAN, NAN};

	if (!(shape >= MIN_PARAMETER) || !(x >= 0) || isinf(shape))
		return tails;
	if (x == 0)
		return (CgTails) {0, 1};
	if (isinf(x))
		return (CgTails) {1, 0};

	if (shape >= TEMME_MIN_SHAPE && x > 0.5 * shape && x < 2 * shape)
	{
		double		deviance = cg_deviance(shape, x);
		double		eta = sqrt(2 * deviance / shape);

		if (eta <= TEMME_MAX_ETA)
			return gamma_temme(shape, deviance, x < shape ? -eta : eta);
	}
	if (shape < 1 && x < 1.1)
		return gamma_small(shape, x);
	if (x < shape + 1)
		return from_lower(cg_poisson_density(shape, x) * gamma_series(shape, x));
	return from_upper(cg_poisson_density(shape, x) * shape * gamma_fraction(shape, x));
}

/*
 * I_x(a, b) over x^a y^b / (a B(a, b)), for x below the mean a / (a + b): the
 * continued fraction of DiDonato and Morris (their BFRAC), which needs x only
 * next to a - (a + b) x; that is taken as a y - b x, so that nothing cancels.
 */
static double
beta_fraction(double a, double b, double x, double y)
{
	double		below = 1 + (a * y - b * x);
	double		first = 1 + 1 / a;
	double		share = 1;
	double		s = a + 1;
	double		fraction = first / below;
	double		c = 1 / DBL_MIN;
	double		d = first / below;

	for (int n = 1; n < MAX_TERMS; n++)
	{
		double		t = n / a;
		double		w = n * (b - n) * x;
		double		e = a / s;
		double		over = share * (share + b / a) * e * e * w * x;
		double		under = n + w / s +
			(1 + t) / (first + 2 * t) * (below + n * (1 + y));
		double		factor;

		d = under + over * d;
		if (fabs(d) < DBL_MIN)
			d = DBL_MIN;
		c = under + over / c;
		if (fabs(c) < DBL_MIN)
			c = DBL_MIN;
		d = 1 / d;
		factor = c * d;
		fraction *= factor;
		if (fabs(factor - 1) < DBL_EPSILON)
			break;
		share = 1 + t;
		s += 2;
	}
	return a * fraction;
}

CgTails
cg_beta_tails(double a, double b, double x, double y)
{
	CgTails		tails = {NAN, NAN};

	if (!(a >= MIN_PARAMETER) || !(b >= MIN_PARAMETER) || isinf(a) || isinf(b) ||
		!(x >= 0) || !(y >= 0))
		return tails;
	if (x == 0)
		return (CgTails) {0, 1};
	if (y == 0)
		return (CgTails) {1, 0};
	if (x * (a + b) <= a)
		return from_lower(cg_beta_leading(a, b, x, y) * beta_fraction(a, b, x, y));
	return from_upper(cg_beta_leading(b, a, y, x) * beta_fraction(b, a, y, x));
}
