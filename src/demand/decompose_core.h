/*-------------------------------------------------------------------------
 *
 * decompose_core.h
 *	  A series as trend, seasons and what remains: classical decomposition,
 *	  STL and MSTL.
 *
 * Plain C: nothing here knows PostgreSQL.  Arrays in, arrays out; memory is
 * the caller's, work included, so nothing has to be freed when a caller jumps
 * away.  Values are finite and without gaps; the caller sees to that.
 * Components add up to the series (multiply, for a multiplicative one) to
 * rounding.  NaN in a result stands for "there is none".
 *
 * Sources: Cleveland, Cleveland, McRae and Terpenning, J Off Stat
 * 1990;6:3-73 (STL, with the defaults of R's stl); Bandara, Hyndman and
 * Bergmeir, arXiv 2107.13462, 2021 (MSTL); Wang, Smith and Hyndman, Data Min
 * Knowl Discov 2006;13:335-64 (strengths).
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_DECOMPOSE_CORE_H
#define CG_DECOMPOSE_CORE_H

#include <stdbool.h>
#include <stddef.h>

typedef enum CgDecomposeStatus
{
	CG_DECOMPOSE_OK,
	CG_DECOMPOSE_STOPPED,
	CG_DECOMPOSE_PERIOD,		/* below 2 */
	CG_DECOMPOSE_TOO_SHORT,		/* not more than two periods of values */
	CG_DECOMPOSE_NOT_POSITIVE,	/* multiplicative, with a value not above 0 */
	CG_DECOMPOSE_OPTION,		/* a window, degree, jump or count out of range */
	CG_DECOMPOSE_OVERFLOW		/* a figure left the range of a double */
} CgDecomposeStatus;

/* How many periods a series may have at once. */
#define CG_MSTL_PERIODS 6

/* ---- classical ---- */

/*
 * Centred moving average of one period, each phase's mean of what is left,
 * those means centred on 0 (multiplicative: on 1).  n >= 2 * period.  figure
 * has room for the period; trend and remainder for n, NaN for half a period
 * at both ends.  The season of row i is figure[i % period].
 */
extern CgDecomposeStatus cg_decompose_classical(const double *y, int n,
												int period,
												bool multiplicative,
												double *figure, double *trend,
												double *remainder);

/* ---- STL ---- */

typedef struct CgStlOptions
{
	int			period;			/* 2 or more */
	bool		periodic;		/* the season is the same in every period */
	int			seasonal_window;	/* loess spans, in rows; made odd, 3 or more */
	int			trend_window;
	int			low_pass_window;
	int			seasonal_degree;	/* 0 or 1 */
	int			trend_degree;
	int			low_pass_degree;
	int			seasonal_jump;	/* loess at every so many rows, lines between */
	int			trend_jump;
	int			low_pass_jump;
	int			inner;			/* passes within one set of weights */
	int			outer;			/* times that robustness weights are renewed */
} CgStlOptions;

/*
 * The options that R's stl takes when only these are given; seasonal_window 0
 * is "periodic".
 */
extern void cg_stl_default_options(CgStlOptions *options, int n, int period,
								   int seasonal_window, bool robust);

/* Doubles of work space that cg_stl needs. */
extern size_t cg_stl_work_size(int n, int period);

/*
 * n > 2 * period.  Each result has room for n; weights, the robustness
 * weights from 0 (an outlier) to 1, may be NULL.
 */
extern CgDecomposeStatus cg_stl(const double *y, int n,
								const CgStlOptions *options,
								double *seasonal, double *trend,
								double *remainder, double *weights,
								double *work, bool (*stop) (void));

/*
 * Loess of n values: local lines (degree 1) or means (0) over window rows,
 * fitted at every jump-th row with lines between.  work has room for n.
 * False when stopped.
 */
extern bool cg_loess(const double *y, int n, int window, int degree, int jump,
					 double *fit, double *work, bool (*stop) (void));

/* ---- MSTL ---- */

/*
 * Those of the periods that a series of n rows can have, shortest first,
 * without doubles; returns how many.  A period needs more than two cycles.
 */
extern int	cg_mstl_periods(const int *periods, int count, int n, int *usable);

extern size_t cg_mstl_work_size(int n, const int *periods, int count);

/*
 * periods as cg_mstl_periods gives them.  windows: one seasonal window for
 * each, 0 for a season that is the same in every period; NULL for R's 11,
 * 15, 19 …  iterate: rounds over the periods, R has 2 (one, where there is
 * one period).  seasonal has room for count * n, one period after the other.
 */
extern CgDecomposeStatus cg_mstl(const double *y, int n, const int *periods,
								 int count, const int *windows, int iterate,
								 bool robust, double *seasonal, double *trend,
								 double *remainder, double *work,
								 bool (*stop) (void));

/* ---- strength of trend and season, 0 to 1 ---- */

/*
 * max(0, 1 - Var(remainder) / Var(component + remainder)); 0 where both do
 * not vary.  Rows with NaN do not count.
 */
extern double cg_component_strength(const double *component,
									const double *remainder, int n);

#endif							/* CG_DECOMPOSE_CORE_H */
