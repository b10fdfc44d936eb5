/*-------------------------------------------------------------------------
 *
 * numeric_special_test.c
 *	  Unit test of the special functions, printing TAP.
 *
 * The tables were computed with mpmath 1.3.0 (F. Johansson) to 60 digits from
 * the defining series, quantiles by bisection, and are given to 20; a few rows
 * are those of Abramowitz and Stegun's tables 6.1, 26.1 and 26.10, to the
 * digits printed there.
 *
 *-------------------------------------------------------------------------
 */
#include "numeric/special.h"

#include <math.h>
#include <stdio.h>

#define LENGTH_OF(array) (sizeof(array) / sizeof((array)[0]))
#define TOLERANCE 1e-12

static int	tests = 0;
static int	failures = 0;

static void
ok(bool passed, const char *what)
{
	printf("%s %d - %s\n", passed ? "ok" : "not ok", ++tests, what);
	if (!passed)
		failures++;
}

/* The largest relative error of a table, to be asked for once. */
static double worst = 0;

static void
compare(double got, double wanted)
{
	double		error = wanted == 0 ? fabs(got) : fabs(got / wanted - 1);

	if (!(error <= worst))
		worst = isnan(error) ? INFINITY : error;
}

static void
finish(const char *what)
{
	printf("# %s: largest relative error %.2g\n", what, worst);
	ok(worst <= TOLERANCE, what);
	worst = 0;
}

static const struct
{
	double shape, x, lower, upper;
}			gammas[] =
{
	{0.5, 0.25, 0.52049987781304653768, 0.47950012218695346232},
	{0.5, 2, 0.9544997361036415856, 0.045500263896358414401},
	{0.001, 0.5, 0.99943993334352925011, 0.00056006665647074988868},
	{0.01, 1, 0.99778376537677200966, 0.0022162346232279903431},
	{1, 1e-10, 9.9999999995000003643e-11, 0.9999999999},
	{1, 700, 1.0, 9.8596765437597708567e-305},
	{2.5, 10, 0.99875026943696862459, 0.0012497305630313754119},
	{5, 5, 0.55950671493478758856, 0.44049328506521241144},
	{10, 10, 0.54207028552814779169, 0.45792971447185220831},
	{10, 40, 0.99999999607406777371, 3.9259322262861881947e-9},
	{50, 20, 1.2458926079719379235e-8, 0.99999998754107392028},
	{99, 101, 0.59216708701467572034, 0.40783291298532427966},
	{150, 150, 0.51085822974935968487, 0.48914177025064031513},
	{150, 120, 0.0045634413041512429748, 0.99543655869584875703},
	{150, 200, 0.99990321378005066423, 0.00009678621994933577085},
	{1000, 900, 0.00054990226571178292301, 0.99945009773428821708},
	{1000, 1100, 0.99894067674607002265, 0.0010593232539299773489},
	{5000, 5200, 0.99741518650464619135, 0.0025848134953538086508},
	{0.1, 1e-300, 1.0511370061117737819e-30, 1.0},
};
static const struct
{
	double a, b, x, y, lower, upper;
}			betas[] =
{
	{0.5, 0.5, 0.25, 0.75, 0.33333333333333333333, 0.66666666666666666667},
	{2, 3, 0.25, 0.75, 0.26171875, 0.73828125},
	{1, 1, 0.125, 0.875, 0.125, 0.875},
	{0.5, 10, 0.0625, 0.9375, 0.73817612917920999438, 0.26182387082079000562},
	{10, 0.5, 0.9375, 0.0625, 0.26182387082079000562, 0.73817612917920999438},
	{100, 200, 0.25, 0.75, 0.0006588924984657823371, 0.99934110750153421766},
	{1000, 500, 0.625, 0.375, 0.00038112751654018403582, 0.99961887248345981596},
	{20000, 0.25, 0.96875, 0.03125, 3.7801879449172471384e-279, 1.0},
	{30, 30, 0.5, 0.5, 0.5, 0.5},
	{3, 2000, 0.0009765625, 0.9990234375, 0.31116066178055801081, 0.68883933821944198919},
};
static const struct
{
	double z, lower;
}			normals[] =
{
	{-37, 5.7255712225245768227e-300},
	{-20, 2.7536241186062336951e-89},
	{-8, 6.2209605742717841235e-16},
	{-3, 0.0013498980316300945267},
	{-1.96, 0.024997895148220436213},
	{-1, 0.15865525393145705141},
	{-0.001, 0.49960105778608893741},
	{0, 0.5},
	{0.5, 0.69146246127401310364},
	{1, 0.84134474606854294859},
	{2.5, 0.99379033467422386483},
	{8, 0.9999999999999993779},
};
static const struct
{
	double p, z;
}			normal_quantiles[] =
{
	{1e-300, -37.047096299361199237},
	{1e-100, -21.273453560965324294},
	{1e-20, -9.2623400897984075796},
	{1e-09, -5.9978070150076868614},
	{0.001, -3.0902323061678135354},
	{0.025, -1.9599639845400542118},
	{0.05, -1.644853626951472688},
	{0.1, -1.2815515655446004353},
	{0.25, -0.6744897501960817432},
	{0.4, -0.25334710313579974132},
	{0.499, -0.0025066308995717662317},
};
static const struct
{
	double tail, df, t;
}			t_quantiles[] =
{
	{0.025, 1, 12.706204736174703938},
	{0.025, 2, 4.3026527297494637234},
	{0.025, 5, 2.570581835636315469},
	{0.025, 10, 2.2281388519862747157},
	{0.025, 30, 2.0422724563012382836},
	{0.025, 120, 1.9799304050824408224},
	{0.001, 3, 10.214531852407386477},
	{0.001, 50, 3.2614090557983182},
	{0.0005, 7.5, 5.2077256558005456948},
	{0.25, 4, 0.74069708411268263298},
	{0.4, 9, 0.26095533647391095206},
};
static const struct
{
	double shape, p, x;
}			gamma_quantiles[] =
{
	{0.5, 0.025, 0.0004910345585876280107},
	{0.5, 0.95, 1.9207294103470622346},
	{1, 0.001, 0.001000500333583533521},
	{3, 0.975, 7.224687667723959647},
	{10, 0.025, 4.7953886961324336811},
	{10, 0.999, 22.657373309062929325},
	{60, 0.001, 38.877570212654556176},
	{300, 0.5, 299.66673259043924254},
	{300, 0.975, 334.88457610820556755},
	{0.05, 0.3, 2.0378971887326643863e-11},
};
static const struct
{
	double a, b, p, x, y;
}			beta_quantiles[] =
{
	{2, 3, 0.025, 0.067585986488542957081, 0.93241401351145704292},
	{10, 20, 0.975, 0.50832335380999008372, 0.49167664619000991628},
	{0.5, 0.5, 0.1, 0.024471741852423216636, 0.97552825814757678336},
	{11, 1, 0.001, 0.53366992312063096683, 0.46633007687936903317},
	{500, 700, 0.025, 0.38892100163929498859, 0.61107899836070501141},
	{1, 50, 0.999, 0.12903641004391934702, 0.87096358995608065298},
};
static const struct
{
	double x, log_gamma, digamma, trigamma;
}			psis[] =
{
	{0.001, 6.9071788853838536617, -1000.5755719318102797, 1000001.6425331958273},
	{0.1, 2.252712651734205902, -10.423754940411076232, 101.4332991507927477},
	{0.5, 0.57236494292470008707, -1.9635100260214234794, 4.9348022005446793094},
	{1.25, -0.098271836421813161464, -0.22745353337626540809, 1.1973291545071107393},
	{1.5, -0.12078223763524522235, 0.036489973978576520559, 0.93480220054467930942},
	{2.5, 0.28468287047291915963, 0.70315664064524318723, 0.49035775610023486497},
	{10, 12.801827480081469611, 2.2517525890667211076, 0.10516633568168574612},
	{14.9, 24.9241320022172783, 2.6674289762160423386, 0.06941658320709578737},
	{100, 359.13420536957539878, 4.6001618527380874002, 0.010050166663333571395},
	{1000000.0, 12815504.56914761166, 13.815510057964190771, 1.0000005000001666667e-6},
};

static void
test_tables(void)
{
	for (size_t i = 0; i < LENGTH_OF(gammas); i++)
	{
		CgTails		tails = cg_gamma_tails(gammas[i].shape, gammas[i].x);

		compare(tails.lower, gammas[i].lower);
		compare(tails.upper, gammas[i].upper);
		tails = cg_chi_square_tails(2 * gammas[i].x, 2 * gammas[i].shape);
		compare(tails.upper, gammas[i].upper);
	}
	finish("incomplete gamma function");
	for (size_t i = 0; i < LENGTH_OF(betas); i++)
	{
		CgTails		tails = cg_beta_tails(betas[i].a, betas[i].b, betas[i].x, betas[i].y);

		compare(tails.lower, betas[i].lower);
		compare(tails.upper, betas[i].upper);
	}
	finish("incomplete beta function");
	for (size_t i = 0; i < LENGTH_OF(normals); i++)
	{
		compare(cg_normal_tails(normals[i].z).lower, normals[i].lower);
		compare(cg_normal_tails(-normals[i].z).upper, normals[i].lower);
	}
	finish("normal distribution");
	for (size_t i = 0; i < LENGTH_OF(normal_quantiles); i++)
		compare(cg_normal_quantile(normal_quantiles[i].p), normal_quantiles[i].z);
	finish("normal quantiles");
	for (size_t i = 0; i < LENGTH_OF(t_quantiles); i++)
	{
		compare(-cg_t_quantile(t_quantiles[i].tail, t_quantiles[i].df), t_quantiles[i].t);
		compare(cg_t_tails(t_quantiles[i].t, t_quantiles[i].df).upper, t_quantiles[i].tail);
		compare(cg_f_tails(t_quantiles[i].t * t_quantiles[i].t, 1, t_quantiles[i].df).upper,
				2 * t_quantiles[i].tail);
	}
	finish("t and F distributions and t quantiles");
	for (size_t i = 0; i < LENGTH_OF(gamma_quantiles); i++)
	{
		double		p = gamma_quantiles[i].p;

		compare(cg_gamma_quantile(gamma_quantiles[i].shape, p, false), gamma_quantiles[i].x);
		compare(cg_chi_square_quantile(p, 2 * gamma_quantiles[i].shape, false),
				2 * gamma_quantiles[i].x);
	}
	finish("gamma and chi-square quantiles");
	for (size_t i = 0; i < LENGTH_OF(beta_quantiles); i++)
	{
		double		y;

		compare(cg_beta_quantile(beta_quantiles[i].a, beta_quantiles[i].b,
								 beta_quantiles[i].p, false, &y), beta_quantiles[i].x);
		compare(y, beta_quantiles[i].y);
		compare(cg_beta_quantile(beta_quantiles[i].b, beta_quantiles[i].a,
								 beta_quantiles[i].p, true, &y), beta_quantiles[i].y);
	}
	finish("beta quantiles");
	for (size_t i = 0; i < LENGTH_OF(psis); i++)
	{
		compare(cg_log_gamma(psis[i].x), psis[i].log_gamma);
		compare(cg_digamma(psis[i].x), psis[i].digamma);
		compare(cg_trigamma(psis[i].x), psis[i].trigamma);
	}
	finish("log gamma, digamma, trigamma");
}

/*
 * Abramowitz and Stegun print fewer digits than a double has.
 */
static void
test_printed_tables(void)
{
	/* table 6.1: ln Gamma(1.5), Gamma(1.25) */
	ok(fabs(cg_log_gamma(1.5) + 0.1207822376) < 5e-11, "ln Gamma(1.5), table 6.1");
	ok(fabs(exp(cg_log_gamma(1.25)) - 0.9064024771) < 5e-11, "Gamma(1.25), table 6.1");
	/* table 26.1: P(1.96), P(3) */
	ok(fabs(cg_normal_tails(1.96).lower - 0.975002104851780) < 5e-16, "P(1.96), table 26.1");
	ok(fabs(cg_normal_tails(3).lower - 0.998650101968370) < 5e-16, "P(3), table 26.1");
	/* table 26.8, chi-square at Q = 0.05 for 1, 5 and 30 degrees */
	ok(fabs(cg_chi_square_quantile(0.05, 1, true) - 3.84146) < 5e-6, "chi-square of 1, table 26.8");
	ok(fabs(cg_chi_square_quantile(0.05, 5, true) - 11.0705) < 5e-5, "chi-square of 5, table 26.8");
	ok(fabs(cg_chi_square_quantile(0.05, 30, true) - 43.7729) < 2e-4, "chi-square of 30, table 26.8");
	/* table 26.10: t at 0.95 and 0.99 of both sides */
	ok(fabs(cg_t_quantile(0.975, 4) - 2.776) < 5e-4, "t of 4, table 26.10");
	ok(fabs(cg_t_quantile(0.995, 10) - 3.169) < 5e-4, "t of 10, table 26.10");
	/* table 26.9: F at 0.05 of 5 and 10 degrees */
	ok(fabs(cg_f_quantile(0.05, 5, 10, true) - 3.33) < 5e-3, "F of 5 and 10, table 26.9");
}

/*
 * Poisson and binomial distributions against sums of their terms.
 */
static void
test_sums(void)
{
	double		mean = 7.25;
	double		sum = 0;
	double		term = exp(-mean);

	for (int k = 0; k < 40; k++)
	{
		sum += term;
		compare(cg_poisson_tails(k, mean).lower, sum);
		compare(cg_poisson_density(k, mean), term);
		term *= mean / (k + 1);
	}
	finish("Poisson distribution is the sum of its terms");
	sum = 0;
	term = pow(0.75, 30);
	for (int k = 0; k < 30; k++)
	{
		sum += term;
		compare(cg_binomial_tails(k, 30, 0.25).lower, sum);
		compare(cg_binomial_density(k, 30, 0.25, 0.75), term);
		term *= (30.0 - k) / (k + 1) / 3;
	}
	finish("binomial distribution is the sum of its terms");
}

/*
 * Quantiles take distributions back, and discrete ones are the smallest count.
 */
static void
test_round_trips(void)
{
	static const double ps[] = {1e-12, 1e-6, 0.001, 0.025, 0.3, 0.5, 0.8, 0.975, 0.999, 1 - 1e-9};
	static const double shapes[] = {0.02, 0.5, 1, 2.75, 12, 150, 5000, 2e6};
	bool		smallest = true;

	for (size_t i = 0; i < LENGTH_OF(ps); i++)
	{
		for (size_t j = 0; j < LENGTH_OF(shapes); j++)
		{
			double		x = cg_gamma_quantile(shapes[j], ps[i], false);
			double		y;

			if (x > 1e-290)
				compare(cg_gamma_tails(shapes[j], x).lower, ps[i]);
			x = cg_gamma_quantile(shapes[j], ps[i], true);
			if (x > 1e-290)
				compare(cg_gamma_tails(shapes[j], x).upper, ps[i]);
			for (size_t k = 0; k < LENGTH_OF(shapes); k++)
			{
				x = cg_beta_quantile(shapes[j], shapes[k], ps[i], false, &y);
				if (x > 1e-290 && y > 1e-290)
					compare(cg_beta_tails(shapes[j], shapes[k], x, y).lower, ps[i]);
			}
			compare(cg_t_tails(cg_t_quantile(ps[i], shapes[j] + 0.5), shapes[j] + 0.5).lower, ps[i]);
		}
		compare(cg_normal_tails(cg_normal_quantile(ps[i])).lower, ps[i]);
		for (double mean = 0.1; mean < 3000; mean *= 3)
		{
			double		k = cg_poisson_quantile(ps[i], mean, false);
			double		n = floor(mean) + 2;

			smallest &= cg_poisson_tails(k, mean).lower >= ps[i] * (1 - 1e-13) &&
				cg_poisson_tails(k - 1, mean).lower < ps[i];
			k = cg_binomial_quantile(ps[i], n, 0.3, false);
			smallest &= cg_binomial_tails(k, n, 0.3).lower >= ps[i] * (1 - 1e-13) &&
				cg_binomial_tails(k - 1, n, 0.3).lower < ps[i];
		}
	}
	/* a quantile in a long tail magnifies the error of its argument */
	ok(worst < 1e-10, "quantiles take distributions back");
	printf("# round trips: largest relative error %.2g\n", worst);
	worst = 0;
	ok(smallest, "Poisson and binomial quantiles are the smallest counts");
	ok(cg_binomial_quantile(0.5, 1, 0.5, false) == 0 && cg_binomial_quantile(0.75, 2, 0.5, false) == 1,
	   "an equality counts");
}

static void
test_identities(void)
{
	for (double x = 0.05; x < 60; x *= 1.3)
	{
		compare(cg_log_gamma(x + 1), cg_log_gamma(x) + log(x));
		compare(cg_digamma(x + 1), cg_digamma(x) + 1 / x);
		compare(cg_trigamma(x), cg_trigamma(x + 1) + 1 / (x * x));
		compare(cg_gamma_tails(1, x).upper, exp(-x));
		compare(cg_gamma_tails(0.5, x * x).upper, erfc(x));
		compare(cg_t_tails(x, 1).upper, atan2(1, x) / 3.14159265358979323846);
		compare(cg_t_tails(x, 2).upper, 1 / (sqrt(2 + x * x) * (sqrt(2 + x * x) + x)));
		compare(cg_scaled_erfc(x), cg_scaled_erfc(x) > 0 && x < 20 ? exp(x * x) * erfc(x) : cg_scaled_erfc(x));
	}
	/* next to 0 of a difference the relative error means nothing */
	ok(worst < 1e-10, "recurrences and closed forms");
	worst = 0;
	for (double a = 0.3; a < 3000; a *= 4)
	{
		for (double b = 0.3; b < 3000; b *= 5)
		{
			CgTails		tails = cg_beta_tails(a, b, 0.25, 0.75);
			CgTails		turned = cg_beta_tails(b, a, 0.75, 0.25);

			compare(tails.lower, turned.upper);
			compare(tails.lower + tails.upper, 1);
		}
	}
	finish("I_x(a, b) = 1 - I_(1-x)(b, a)");
}

static void
test_limits(void)
{
	ok(cg_gamma_tails(3, 0).lower == 0 && cg_gamma_tails(3, INFINITY).upper == 0, "gamma at its ends");
	ok(cg_beta_tails(2, 3, 0, 1).lower == 0 && cg_beta_tails(2, 3, 1, 0).upper == 0, "beta at its ends");
	ok(cg_normal_quantile(0) == -INFINITY && cg_normal_quantile(1) == INFINITY, "normal at its ends");
	ok(cg_gamma_quantile(2, 0, false) == 0 && isinf(cg_gamma_quantile(2, 0, true)), "gamma quantile at its ends");
	ok(cg_t_quantile(0.5, 3) == 0 && isinf(cg_t_quantile(1, 3)), "t quantile at its ends");
	ok(cg_binomial_quantile(0, 10, 0.5, false) == 0 && cg_binomial_quantile(1, 10, 0.5, false) == 10 &&
	   cg_binomial_quantile(0.5, 0, 0.5, false) == 0 && cg_binomial_quantile(0.5, 7, 1, false) == 7,
	   "binomial quantile at its ends");
	ok(cg_poisson_quantile(0, 3, false) == 0 && cg_poisson_quantile(0.9, 0, false) == 0 &&
	   isinf(cg_poisson_quantile(1, 3, false)), "Poisson quantile at its ends");
	ok(isnan(cg_log_gamma(-1)) && isnan(cg_gamma_tails(-1, 1).lower) && isnan(cg_beta_tails(0, 1, 0.5, 0.5).lower) &&
	   isnan(cg_normal_quantile(1.5)) && isnan(cg_gamma_quantile(1, -0.1, false)) &&
	   isnan(cg_t_quantile(0.5, 0)) && isnan(cg_binomial_quantile(0.5, 2.5, 0.5, false)) &&
	   isnan(cg_poisson_tails(1, -1).lower) && isnan(cg_digamma(0)) && isnan(cg_f_tails(-1, 1, 1).lower),
	   "outside the domain is NaN");
	ok(cg_t_quantile(0.975, INFINITY) == cg_normal_quantile(0.975), "t of infinite degrees is normal");
}

int
main(void)
{
	test_tables();
	test_printed_tables();
	test_sums();
	test_round_trips();
	test_identities();
	test_limits();
	printf("1..%d\n", tests);
	return failures != 0;
}
