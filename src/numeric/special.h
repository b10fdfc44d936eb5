/*-------------------------------------------------------------------------
 *
 * special.h
 *	  Special functions: the distributions that statistics needs, with their
 *	  quantiles.
 *
 * Plain C: nothing here knows PostgreSQL.  Results are right to about 1e-13
 * relative, in both tails; a tail that would be lost by taking it from 1 is
 * always there by itself.  An argument outside the domain gives NaN, and so
 * does a parameter of gamma or beta below 1e-100; callers check before they
 * call.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_SPECIAL_H
#define CG_SPECIAL_H

#include <stdbool.h>

/* The probabilities of at most x and of more than x. */
typedef struct CgTails
{
	double		lower;
	double		upper;
} CgTails;

/* ln Gamma(x), x > 0. */
extern double cg_log_gamma(double x);

/* ln Gamma(1 + x), |x| <= 0.5, without loss near 0. */
extern double cg_log_gamma_1p(double x);

/* ln x! less Stirling's approximation of it, x > 0. */
extern double cg_stirling_error(double x);

/* x ln(x / m) + m - x without cancellation, x >= 0, m > 0. */
extern double cg_deviance(double x, double m);

/* psi(x) and psi'(x), x > 0. */
extern double cg_digamma(double x);
extern double cg_trigamma(double x);

/* exp(x^2) erfc(x). */
extern double cg_scaled_erfc(double x);

/*
 * Probability of x under Poisson of this mean and under the binomial of n
 * trials; p and q = 1 - p are both given, so that neither is lost.  x and n
 * may be fractions, as the incomplete gamma and beta functions need them.
 */
extern double cg_poisson_density(double x, double mean);
extern double cg_binomial_density(double x, double n, double p, double q);

/* x^a y^b / (a B(a, b)), y = 1 - x. */
extern double cg_beta_leading(double a, double b, double x, double y);

/*
 * Regularised incomplete gamma function P(shape, x) and Q(shape, x), and
 * beta function I_x(a, b) with y = 1 - x.
 */
extern CgTails cg_gamma_tails(double shape, double x);
extern CgTails cg_beta_tails(double a, double b, double x, double y);

extern CgTails cg_normal_tails(double z);
extern CgTails cg_t_tails(double t, double df);
extern CgTails cg_chi_square_tails(double x, double df);
extern CgTails cg_f_tails(double f, double df1, double df2);
extern CgTails cg_poisson_tails(double k, double mean);
extern CgTails cg_binomial_tails(double k, double n, double p);

/*
 * Quantiles: the x whose lower tail, or with upper whose upper tail, is p.
 * cg_beta_quantile gives 1 - x in *y when that is wanted.  The discrete ones
 * give the smallest count whose lower tail is at least p, as R's qpois and
 * qbinom do, or whose upper tail is at most p.
 */
extern double cg_normal_quantile(double p);
extern double cg_gamma_quantile(double shape, double p, bool upper);
extern double cg_beta_quantile(double a, double b, double p, bool upper,
							   double *y);
extern double cg_t_quantile(double p, double df);
extern double cg_chi_square_quantile(double p, double df, bool upper);
extern double cg_f_quantile(double p, double df1, double df2, bool upper);
extern double cg_poisson_quantile(double p, double mean, bool upper);
extern double cg_binomial_quantile(double p, double n, double prob,
								   bool upper);

#endif							/* CG_SPECIAL_H */
