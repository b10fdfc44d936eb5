/*-------------------------------------------------------------------------
 *
 * theta_core.c
 *	  The Theta method and the dynamically optimised Theta model.
 *
 *-------------------------------------------------------------------------
 */
#include "demand/theta_core.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "demand/smoothing_core.h"
#include "numeric/bounded_squares.h"

#define DYNAMIC_VARIABLES 3

bool
cg_season_stands_out(const double *y, int n, int period, double z,
					 CgArena *arena)
{
	double		mean = 0;
	double		variance = 0;
	double		squares = 0;
	double		last = 0;

	if (period < 2 || n <= 2 * period)
		return false;
	for (int i = 0; i < n; i++)
		mean += y[i] / n;
	for (int i = 0; i < n; i++)
		variance += (y[i] - mean) * (y[i] - mean);
	if (!(variance > 0))
		return false;
	for (int lag = 1; lag <= period; lag++)
	{
		double		product = 0;

		cg_arena_check(arena);
		for (int i = lag; i < n; i++)
			product += (y[i] - mean) * (y[i - lag] - mean);
		last = product / variance;
		if (lag < period)
			squares += last * last;
	}
	return fabs(last) > z * sqrt((1 + 2 * squares) / n);
}

bool
cg_theta(const double *y, int n, int horizon, double *point, CgThetaFit *fit,
		 CgArena *arena)
{
	static const CgEtsModel simple = {'A', 'N', 'N', false, 1};
	CgEtsFit	smooth;
	double		centre = (n - 1) / 2.0;
	double		product = 0;
	double		drift;
	double		start;

	if (cg_ets_fit(y, n, &simple, CG_ETS_QUICK, &smooth, arena) != CG_ETS_OK)
		return false;
	for (int i = 0; i < n; i++)
		product += (i - centre) * y[i];
	fit->alpha = smooth.parameters.alpha;
	fit->theta = 2;
	fit->level = smooth.initial.level;
	fit->slope = product * 12 / ((double) n * ((double) n * n - 1));
	fit->sse = smooth.sse;
	drift = fit->slope / 2;
	start = (1 - pow(1 - fit->alpha, n)) / fit->alpha;
	for (int h = 0; h < horizon; h++)
		point[h] = smooth.last.level + drift * (h + start);
	return true;
}

/* ---- the dynamic model ---- */

typedef struct Dynamic
{
	const double *y;
	int			n;
	double		scale;			/* of the level, among the variables */
	double	   *error;
	double	   *shifted;		/* errors with one variable moved a little */
} Dynamic;

/* What runs through the recursion. */
typedef struct Line
{
	double		level;
	double		mean;
	double		slope;			/* B */
	double		intercept;		/* A */
	double		power;			/* (1 - alpha) to the t - 1 */
} Line;

/*
 * The forecast of period t (from 1): equation (13) of Fiorucci et al. 2016.
 */
static inline double
look(const Line *line, double alpha, double theta)
{
	return line->level + (1 - 1 / theta) *
		(line->power * line->intercept +
		 (1 - line->power * (1 - alpha)) / alpha * line->slope);
}

/*
 * Learn from y, the value of period t: equations (14) to (17).
 */
static inline void
learn(Line *line, double alpha, double t, double y)
{
	double		mean = ((t - 1) * line->mean + y) / t;

	line->level = alpha * y + (1 - alpha) * line->level;
	line->slope = ((t - 2) * line->slope + 6 / t * (y - line->mean)) / (t + 1);
	if (t == 1)
		line->slope = 0;
	line->mean = mean;
	line->intercept = mean - (t + 1) / 2 * line->slope;
	line->power *= 1 - alpha;
}

static double
run_dynamic(const Dynamic *dynamic, const double *x, double *error, Line *line)
{
	double		sum = 0;

	*line = (Line) {.level = x[0] * dynamic->scale, .power = 1};
	for (int t = 1; t <= dynamic->n; t++)
	{
		error[t - 1] = dynamic->y[t - 1] - look(line, x[1], x[2]);
		/* there is no line through the first two */
		if (t < 3)
			error[t - 1] = 0;
		sum += error[t - 1] * error[t - 1];
		learn(line, x[1], t, dynamic->y[t - 1]);
	}
	return sum;
}

static bool
squares(void *data, const double *x, double *sum, double *gradient, double *matrix)
{
	Dynamic    *dynamic = data;
	Line		line;

	*sum = run_dynamic(dynamic, x, dynamic->error, &line);
	if (gradient == NULL || !isfinite(*sum))
		return isfinite(*sum);
	for (int i = 0; i < DYNAMIC_VARIABLES; i++)
	{
		double		moved[DYNAMIC_VARIABLES];
		double		step = 1e-6 * fmax(1, fabs(x[i]));
		double	   *slope = dynamic->shifted + (size_t) i * dynamic->n;

		memcpy(moved, x, sizeof(moved));
		moved[i] += step;
		run_dynamic(dynamic, moved, slope, &line);
		gradient[i] = 0;
		for (int t = 0; t < dynamic->n; t++)
		{
			slope[t] = (slope[t] - dynamic->error[t]) / step;
			gradient[i] += slope[t] * dynamic->error[t];
		}
		for (int j = 0; j <= i; j++)
		{
			const double *other = dynamic->shifted + (size_t) j * dynamic->n;
			double		product = 0;

			for (int t = 0; t < dynamic->n; t++)
				product += slope[t] * other[t];
			matrix[i * DYNAMIC_VARIABLES + j] = product;
		}
	}
	return true;
}

bool
cg_theta_dynamic(const double *y, int n, int horizon, double *point,
				 CgThetaFit *fit, CgArena *arena)
{
	/* the bounds of the paper: alpha 0.1 to 0.99, theta 1 and more */
	static const double lower[DYNAMIC_VARIABLES] = {-DBL_MAX, 0.1, 1};
	static const double upper[DYNAMIC_VARIABLES] = {DBL_MAX, 0.99, 1e3};
	CgArenaMark mark = cg_arena_mark(arena);
	Dynamic		dynamic = {.y = y, .n = n};
	double		x[DYNAMIC_VARIABLES] = {0.5, 0.5, 2};
	Line		line;
	bool		fits;

	if (n < 3)
		return false;
	for (int i = 0; i < n; i++)
		dynamic.scale = fmax(dynamic.scale, fabs(y[i]));
	if (!(dynamic.scale > 0))
		dynamic.scale = 1;
	x[0] = y[0] / dynamic.scale / 2;
	dynamic.error = cg_arena_doubles(arena, n);
	dynamic.shifted = cg_arena_doubles(arena, (size_t) n * DYNAMIC_VARIABLES);
	fits = cg_bounded_squares(squares, &dynamic, DYNAMIC_VARIABLES, x, lower, upper,
							1e-5, 40, &fit->sse, arena);
	run_dynamic(&dynamic, x, dynamic.error, &line);
	fit->level = x[0] * dynamic.scale;
	fit->alpha = x[1];
	fit->theta = x[2];
	fit->slope = line.slope;
	for (int h = 0; h < horizon; h++)
	{
		point[h] = look(&line, fit->alpha, fit->theta);
		learn(&line, fit->alpha, n + h + 1, point[h]);
	}
	cg_arena_reset(arena, mark);
	return fits && (horizon == 0 || isfinite(point[horizon - 1]));
}
