/*-------------------------------------------------------------------------
 *
 * event_core.c
 *	  Regression on known events beside a smooth trend and season.
 *
 *-------------------------------------------------------------------------
 */
#include "demand/event_core.h"

#include <math.h>
#include <string.h>

#include "demand/decompose_core.h"
#include "numeric/linear.h"

/* A column of which less is left when it has been smoothed is not used. */
#define LEAST_LEFT 0.02

/* Rows of the smoother's matrix that its trace is estimated from. */
#define TRACE_ROWS 30

/* The trend's span where there is no season. */
#define PLAIN_WINDOW 13

typedef struct Smoother
{
	int			n;
	int			period;			/* 0: no season */
	double	   *seasonal;
	double	   *trend;
	double	   *work;
	bool		(*stop) (void);
} Smoother;

size_t
cg_event_work_size(int n, int period, int count)
{
	size_t		rows = n;
	size_t		columns = count;

	return rows * (columns + 4) + cg_stl_work_size(n, period < 2 ? 2 : period);
}

/*
 * What trend and season leave of a column.
 */
static bool
leave(const Smoother *smoother, const double *column, double *rest)
{
	int			n = smoother->n;
	CgStlOptions options;

	if (smoother->period == 0)
	{
		if (!cg_loess(column, n, PLAIN_WINDOW, 1, 1, smoother->trend, smoother->work, smoother->stop))
			return false;
		for (int i = 0; i < n; i++)
			rest[i] = column[i] - smoother->trend[i];
		return true;
	}
	cg_stl_default_options(&options, n, smoother->period, 0, false);
	return cg_stl(column, n, &options, smoother->seasonal, smoother->trend, rest,
				  NULL, smoother->work, smoother->stop) != CG_DECOMPOSE_STOPPED;
}

/* Length about the mean. */
static double
length_of(const double *column, int n, bool centred)
{
	double		mean = 0;
	double		squares = 0;

	for (int i = 0; centred && i < n; i++)
		mean += column[i] / n;
	for (int i = 0; i < n; i++)
		squares += (column[i] - mean) * (column[i] - mean);
	return sqrt(squares);
}

/*
 * Degrees of freedom that the smoother takes: its matrix' trace, from evenly
 * spread rows of its diagonal.
 */
static double
trace_of(const Smoother *smoother, double *impulse, double *rest)
{
	int			rows = smoother->n < TRACE_ROWS ? smoother->n : TRACE_ROWS;
	double		sum = 0;

	for (int k = 0; k < rows; k++)
	{
		int			i = (int) (((double) k + 0.5) * smoother->n / rows);

		memset(impulse, 0, sizeof(double) * smoother->n);
		impulse[i] = 1;
		if (!leave(smoother, impulse, rest))
			return NAN;
		sum += 1 - rest[i];
	}
	return sum / rows * smoother->n;
}

void
cg_event_add(double *y, int n, const double *events, int count,
			 const CgEventEffect *effects, double sign)
{
	for (int j = 0; j < count; j++)
	{
		for (int i = 0; effects[j].effect != 0 && i < n; i++)
			y[i] += sign * effects[j].effect * events[(size_t) j * n + i];
	}
}

/*
 * Fill the matrix with what is left of each event; a column of which next to
 * nothing is left becomes 0.
 */
static bool
smooth_columns(const Smoother *smoother, const double *events, int count,
			   double *rest, double *matrix)
{
	for (int j = 0; j < count; j++)
	{
		const double *column = events + (size_t) j * smoother->n;
		double		least = LEAST_LEFT * length_of(column, smoother->n, true) +
		1e-9 * length_of(column, smoother->n, false);
		double		left;

		if (!leave(smoother, column, rest))
			return false;
		left = length_of(rest, smoother->n, false);
		for (int i = 0; i < smoother->n; i++)
			matrix[(size_t) i * count + j] = left > least ? rest[i] : 0;
	}
	return true;
}

CgEventStatus
cg_event_effects(const double *y, int n, int period, const double *events,
				 int count, bool with_errors, CgEventEffect *effects,
				 double *adjusted, double *work, bool (*stop) (void))
{
	double	   *rest = work;	/* of one column */
	double	   *spare = work + n;
	double	   *matrix = work + 4 * (size_t) n;	/* n rows of count */
	double		solution[CG_MOST_EVENTS];
	double		variance[CG_MOST_EVENTS];
	double		small[3 * CG_MOST_EVENTS];
	int			order[CG_MOST_EVENTS];
	bool		used[CG_MOST_EVENTS];
	Smoother	smoother = {.n = n, .stop = stop};
	double		squares;
	double		sigma = NAN;

	if (count > CG_MOST_EVENTS || count > n / 3)
		return CG_EVENT_TOO_MANY;
	smoother.period = period >= 2 && period < (n + 1) / 2 ? period : 0;
	smoother.seasonal = work + 2 * (size_t) n;
	smoother.trend = work + 3 * (size_t) n;
	smoother.work = matrix + (size_t) n * count;
	if (!smooth_columns(&smoother, events, count, rest, matrix) ||
		!leave(&smoother, y, rest))
		return CG_EVENT_STOPPED;
	cg_least_squares(matrix, n, count, rest, LEAST_LEFT, solution, used, variance,
					 &squares, small, order);
	if (with_errors && count > 0)
	{
		double		degrees = n - count - trace_of(&smoother, spare, rest);

		if (stop != NULL && stop())
			return CG_EVENT_STOPPED;
		sigma = degrees > 0 ? sqrt(squares / degrees) : NAN;
	}
	for (int j = 0; j < count; j++)
	{
		effects[j] = (CgEventEffect) {
			solution[j], used[j] ? sigma * sqrt(variance[j]) : NAN, used[j]
		};
		if (!isfinite(solution[j]))
			return CG_EVENT_OVERFLOW;
	}
	if (adjusted != NULL)
	{
		memmove(adjusted, y, sizeof(double) * n);
		cg_event_add(adjusted, n, events, count, effects, -1);
	}
	return CG_EVENT_OK;
}
