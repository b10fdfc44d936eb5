/*-------------------------------------------------------------------------
 *
 * reconcile_core.c
 *	  Reconciliation of forecasts in time proportional to the nodes.
 *
 * The published form S (S'W^-1 S)^-1 S'W^-1 y needs dense matrices.  In a
 * tree with diagonal W the same answer comes from two passes: going up, each
 * node's forecast is combined with the sum of its children's by inverse
 * variance; coming down, the difference is handed on in proportion to what is
 * uncertain below.  MinT's W is diagonal plus a matrix whose rank is the
 * number of residuals, so it needs that many passes and one small system.
 *
 *-------------------------------------------------------------------------
 */
#include "demand/reconcile_core.h"

#include <math.h>
#include <string.h>

#include "numeric/linear.h"

/* Rounds of pivoting before negative leaves are merely set to 0. */
#define MOST_ROUNDS 500

/* Rounds without progress before leaves are exchanged one at a time. */
#define PATIENCE 10

/* Products, or nodes of a pass, between two looks at stop. */
#define WORK_BETWEEN_STOPS 2000000

typedef struct Solver
{
	const CgReconcileProblem *problem;
	int			n;
	int			rank;			/* of the part of W that is not diagonal */
	double	   *weight;			/* diagonal of W */
	double	   *sum;			/* of the children's combined forecasts */
	double	   *variance_below; /* of that sum */
	double	   *combined;		/* a node's forecast with that sum */
	double	   *variance_at;	/* of that */
	double	   *start;			/* base with the correlated part */
	double	   *gradient;
	double	   *factor;			/* n rows of rank: W = diagonal + factor factor' */
	double	   *left;			/* what projecting the factor leaves, weighted */
	double	   *system;			/* rank by rank */
	double	   *part;			/* rank */
	double	   *fixed;			/* 1 where a leaf is held at 0 */
	double	   *is_leaf;
	long		work;
	bool		stopped;
	bool		(*stop) (void);
} Solver;

/* False when the caller wants it to end. */
static bool
tick(Solver *solver, long work)
{
	solver->work += work;
	if (solver->work > WORK_BETWEEN_STOPS)
	{
		solver->work = 0;
		if (solver->stop != NULL && solver->stop())
			solver->stopped = true;
	}
	return !solver->stopped;
}

CgReconcileStatus
cg_hierarchy_order(const int *parent, int n, int *order, int *work,
				   int *bad_node)
{
	int			found = 0;

	memset(work, 0, sizeof(int) * n);
	for (int i = 0; i < n; i++)
	{
		if (parent[i] >= 0)
			work[parent[i]]++;
	}
	for (int i = 0; i < n; i++)
	{
		if (work[i] == 0)
			order[found++] = i;
	}
	for (int k = 0; k < found; k++)
	{
		int			above = parent[order[k]];

		if (above >= 0 && --work[above] == 0)
			order[found++] = above;
	}
	if (found == n)
		return CG_RECONCILE_OK;
	/* what is left lies on a circle or above one: walk up until it closes */
	for (int i = 0; i < n; i++)
	{
		if (work[i] > 0)
			*bad_node = i;
	}
	for (int i = 0; i < n; i++)
		*bad_node = parent[*bad_node];
	return CG_RECONCILE_CYCLE;
}

/* ---- sums and shares ---- */

/* Parents become the sums of their children. */
static void
add_up(const CgReconcileProblem *problem, const double *is_leaf, double *x)
{
	for (int i = 0; i < problem->n; i++)
	{
		if (!is_leaf[i])
			x[i] = 0;
	}
	for (int k = 0; k < problem->n; k++)
	{
		int			i = problem->order[k];

		if (problem->parent[i] >= 0)
			x[problem->parent[i]] += x[i];
	}
}

/*
 * Each node gets its share of its parent; shares below 0 count as 0 when no
 * node may be negative.
 */
static void
top_down(const Solver *solver, double *x)
{
	const CgReconcileProblem *problem = solver->problem;
	const double *share = problem->share != NULL ? problem->share : problem->base;
	double	   *total = solver->sum;
	double	   *children = solver->combined;

	memset(total, 0, sizeof(double) * problem->n);
	memset(children, 0, sizeof(double) * problem->n);
	for (int i = 0; i < problem->n; i++)
	{
		int			above = problem->parent[i];

		if (above < 0)
			continue;
		total[above] += problem->non_negative ? fmax(0, share[i]) : share[i];
		children[above]++;
	}
	for (int k = problem->n - 1; k >= 0; k--)
	{
		int			i = problem->order[k];
		int			above = problem->parent[i];
		double		own = problem->non_negative ? fmax(0, share[i]) : share[i];

		if (above < 0)
			x[i] = problem->non_negative ? fmax(0, problem->base[i]) : problem->base[i];
		else
			x[i] = x[above] * (total[above] != 0 ? own / total[above] : 1 / children[above]);
	}
}

/* ---- diagonal W ---- */

/*
 * Leaves below each node, for structural weights.
 */
static void
count_leaves(const Solver *solver, double *count)
{
	for (int i = 0; i < solver->n; i++)
		count[i] = solver->is_leaf[i];
	add_up(solver->problem, solver->is_leaf, count);
}

/*
 * A variance of 0 would make a forecast certain and two of them contradict
 * each other.
 */
static CgReconcileStatus
floor_weights(double *weight, int n)
{
	double		mean = 0;

	for (int i = 0; i < n; i++)
	{
		if (!(weight[i] >= 0))
			return CG_RECONCILE_VARIANCE;
		mean += weight[i] / n;
	}
	if (isinf(mean))
		return CG_RECONCILE_OVERFLOW;
	for (int i = 0; i < n; i++)
		weight[i] = mean > 0 ? fmax(weight[i], 1e-9 * mean) : 1;
	return CG_RECONCILE_OK;
}

/* The variance of a node as the passes see it: a leaf held at 0 is certain. */
static double
weight_of(const Solver *solver, int i)
{
	return solver->fixed[i] ? 0 : solver->weight[i];
}

/*
 * Variances in the passes; they do not depend on the forecasts.
 */
static void
combine_variances(Solver *solver)
{
	memset(solver->variance_below, 0, sizeof(double) * solver->n);
	for (int k = 0; k < solver->n; k++)
	{
		int			i = solver->problem->order[k];
		int			above = solver->problem->parent[i];
		double		own = weight_of(solver, i);
		double		below = solver->variance_below[i];

		solver->variance_at[i] = solver->is_leaf[i] ? own :
			below > 0 ? below * (own / (own + below)) : 0;
		if (above >= 0)
			solver->variance_below[above] += solver->variance_at[i];
	}
}

/*
 * The coherent x nearest to start, distances weighted.  A leaf held at 0
 * stays there.
 */
static void
project(Solver *solver, const double *start, double *x)
{
	const CgReconcileProblem *problem = solver->problem;
	double	   *sum = solver->sum;
	double	   *combined = solver->combined;

	memset(sum, 0, sizeof(double) * solver->n);
	for (int k = 0; k < solver->n; k++)
	{
		int			i = problem->order[k];
		double		own = weight_of(solver, i);
		double		below = solver->variance_below[i];

		if (solver->is_leaf[i])
			combined[i] = solver->fixed[i] ? 0 : start[i];
		else
			combined[i] = below > 0 ?
				sum[i] + (start[i] - sum[i]) * (below / (own + below)) : sum[i];
		if (problem->parent[i] >= 0)
			sum[problem->parent[i]] += combined[i];
	}
	for (int k = solver->n - 1; k >= 0; k--)
	{
		int			i = problem->order[k];
		int			above = problem->parent[i];

		x[i] = combined[i];
		if (above >= 0 && solver->variance_below[above] > 0)
			x[i] += (x[above] - sum[above]) *
				(solver->variance_at[i] / solver->variance_below[above]);
	}
}

/* ---- MinT ---- */

/*
 * Shrinkage of correlations towards none: the sum of their variances over the
 * sum of their squares, both without the diagonal.  Sums over pairs of nodes
 * are taken by way of the products of rows, which are few.
 */
static double
shrinkage(Solver *solver, const double *scaled, int n, int count, double *work)
{
	double		squares = 0;	/* of T times the correlations, all pairs */
	double		products = 0;	/* of squares, summed over pairs */
	double		own_products = 0;
	double		scaled_nodes = 0;
	double		variance;
	double		off_squares;

	for (int t = 0; t < count; t++)
	{
		for (int s = 0; s <= t; s++)
			work[s] = 0;
		for (int i = 0; i < n && tick(solver, t + 1); i++)
		{
			const double *row = scaled + (size_t) i * count;

			for (int s = 0; s <= t; s++)
				work[s] += row[s] * row[t];
		}
		for (int s = 0; s < t; s++)
			squares += 2 * work[s] * work[s];
		squares += work[t] * work[t];
		products += work[t] * work[t];
	}
	for (int i = 0; i < n; i++)
	{
		const double *row = scaled + (size_t) i * count;
		double		length = 0;

		for (int t = 0; t < count; t++)
		{
			double		square = row[t] * row[t];

			own_products += square * square;
			length += square;
		}
		scaled_nodes += length > 0;
	}
	off_squares = squares - scaled_nodes * count * count;
	variance = ((products - own_products) - off_squares / count) /
		((double) count * (count - 1));
	off_squares /= (double) count * count;
	if (!(off_squares > 1e-12 * scaled_nodes))
		return 1;
	return fmin(1, fmax(CG_RECONCILE_LEAST_SHRINKAGE, variance / off_squares));
}

/*
 * W = lambda diag(C) + (1 - lambda) C, where C is the residuals' mean product:
 * the weights and the factor.
 */
static CgReconcileStatus
shrunk_covariance(Solver *solver, double *lambda)
{
	const CgReconcileProblem *problem = solver->problem;
	int			count = problem->residual_count;

	if (count < 2)
		return CG_RECONCILE_RESIDUALS;
	for (int i = 0; i < solver->n && tick(solver, 4L * count); i++)
	{
		const double *row = problem->residuals + (size_t) i * count;
		double	   *factor = solver->factor + (size_t) i * count;
		double		sum = 0;

		for (int t = 0; t < count; t++)
			sum += row[t] * row[t] / count;
		solver->weight[i] = sum;
		for (int t = 0; t < count; t++)
			factor[t] = sum > 0 ? row[t] / sqrt(sum) : 0;
		if (isinf(sum))
			return CG_RECONCILE_OVERFLOW;
	}
	*lambda = shrinkage(solver, solver->factor, solver->n, count, solver->part);
	if (solver->stopped)
		return CG_RECONCILE_STOPPED;
	for (int i = 0; i < solver->n; i++)
	{
		double		scale = sqrt(solver->weight[i] * (1 - *lambda) / count);

		for (int t = 0; t < count; t++)
			solver->factor[(size_t) i * count + t] *= scale;
		solver->weight[i] *= *lambda;
	}
	solver->rank = *lambda < 1 ? count : 0;
	return floor_weights(solver->weight, solver->n);
}

/*
 * Column t of the factor, projected; left = weighted rest.
 */
static void
project_factor(Solver *solver, int t, double *column, double *x)
{
	for (int i = 0; i < solver->n; i++)
		column[i] = solver->factor[(size_t) i * solver->rank + t];
	project(solver, column, x);
	for (int i = 0; i < solver->n; i++)
		solver->left[(size_t) i * solver->rank + t] =
			(column[i] - x[i]) / solver->weight[i];
}

/*
 * The part of the errors that nodes share: z is what makes
 * |z|^2 + |base + factor z - coherent|^2, weighted, least, and start becomes
 * base + factor z.
 */
static bool
share_errors(Solver *solver, double *start, double *x)
{
	int			rank = solver->rank;

	for (int t = 0; t < rank; t++)
	{
		project_factor(solver, t, start, x);
		if (!tick(solver, 20L * solver->n))
			return false;
	}
	project(solver, solver->problem->base, x);
	memset(solver->system, 0, sizeof(double) * rank * rank);
	memset(solver->part, 0, sizeof(double) * rank);
	for (int i = 0; i < solver->n; i++)
	{
		const double *factor = solver->factor + (size_t) i * rank;
		const double *left = solver->left + (size_t) i * rank;

		for (int t = 0; t < rank; t++)
		{
			for (int s = 0; s <= t; s++)
				solver->system[(size_t) t * rank + s] += factor[t] * left[s];
			solver->part[t] -= factor[t] * (solver->problem->base[i] - x[i]) / solver->weight[i];
		}
		if (!tick(solver, (long) rank * rank / 2))
			return false;
	}
	for (int t = 0; t < rank; t++)
		solver->system[(size_t) t * rank + t] += 1;
	if (!cg_cholesky(solver->system, rank, solver->stop))
		return false;
	cg_cholesky_solve(solver->system, rank, solver->part);
	for (int i = 0; i < solver->n; i++)
	{
		start[i] = solver->problem->base[i];
		for (int t = 0; t < rank; t++)
			start[i] += solver->factor[(size_t) i * rank + t] * solver->part[t];
	}
	return true;
}

/* ---- least squares, without and with the rule of signs ---- */

static bool
solve(Solver *solver, double *x)
{
	memcpy(solver->start, solver->problem->base, sizeof(double) * solver->n);
	combine_variances(solver);
	if (solver->rank > 0 && !share_errors(solver, solver->start, x))
		return false;
	project(solver, solver->start, x);
	return true;
}

/*
 * How fast the sum of squares grows with each leaf: the sum of weighted
 * deviations from it up to the root.
 */
static void
leaf_gradients(const Solver *solver, const double *x)
{
	for (int k = solver->n - 1; k >= 0; k--)
	{
		int			i = solver->problem->order[k];
		int			above = solver->problem->parent[i];

		solver->gradient[i] = (x[i] - solver->start[i]) / solver->weight[i] +
			(above >= 0 ? solver->gradient[above] : 0);
	}
}

/* Is a leaf on the wrong side: free and negative, or held and wanting up? */
static bool
misplaced(const Solver *solver, const double *x, int i, double tolerance)
{
	if (!solver->is_leaf[i])
		return false;
	if (solver->fixed[i])
		return solver->gradient[i] * solver->weight[i] < -tolerance;
	return x[i] < -tolerance;
}

static bool
solve_non_negative(Solver *solver, double *x, CgReconcileResult *result)
{
	int			fewest = solver->n + 1;
	int			patience = PATIENCE;
	double		tolerance = 0;

	for (int i = 0; i < solver->n; i++)
		tolerance = fmax(tolerance, fabs(solver->problem->base[i]) * 1e-11);
	for (result->rounds = 1; result->rounds <= MOST_ROUNDS; result->rounds++)
	{
		int			count = 0;
		int			last = -1;

		if (!solve(solver, x) || !tick(solver, 20L * solver->n))
			return false;
		leaf_gradients(solver, x);
		for (int i = 0; i < solver->n; i++)
		{
			if (!misplaced(solver, x, i, tolerance))
				continue;
			count++;
			last = i;
		}
		if (count == 0)
			return true;
		if (count < fewest)
			patience = PATIENCE;
		else
			patience--;
		fewest = count < fewest ? count : fewest;
		for (int i = 0; i < solver->n; i++)
		{
			if ((patience > 0 || i == last) && misplaced(solver, x, i, tolerance))
				solver->fixed[i] = !solver->fixed[i];
		}
	}
	result->is_optimal = false;
	return true;
}

static CgReconcileStatus
set_weights(Solver *solver, CgReconcileResult *result)
{
	switch (solver->problem->method)
	{
		case CG_RECONCILE_WLS_STRUCTURAL:
			count_leaves(solver, solver->weight);
			return CG_RECONCILE_OK;
		case CG_RECONCILE_WLS_VARIANCE:
			memcpy(solver->weight, solver->problem->variance, sizeof(double) * solver->n);
			return floor_weights(solver->weight, solver->n);
		case CG_RECONCILE_MINT_SHRINK:
			return shrunk_covariance(solver, &result->shrinkage);
		default:
			for (int i = 0; i < solver->n; i++)
				solver->weight[i] = 1;
			return CG_RECONCILE_OK;
	}
}

static CgReconcileStatus
least_squares(Solver *solver, double *x, CgReconcileResult *result)
{
	CgReconcileStatus status = set_weights(solver, result);
	bool		solved;

	if (status != CG_RECONCILE_OK)
		return status;
	solved = solver->problem->non_negative ? solve_non_negative(solver, x, result) :
		solve(solver, x);
	if (solved)
		return CG_RECONCILE_OK;
	return solver->stopped || (solver->stop != NULL && solver->stop()) ?
		CG_RECONCILE_STOPPED : CG_RECONCILE_OVERFLOW;
}

size_t
cg_reconcile_work_size(int n, CgReconcileMethod method, int residual_count)
{
	size_t		rank = method == CG_RECONCILE_MINT_SHRINK ? residual_count : 0;

	return 9 * (size_t) n + 2 * rank * n + rank * rank + rank + 1;
}

static void
lay_out(Solver *solver, const CgReconcileProblem *problem, double *work)
{
	size_t		n = problem->n;
	size_t		rank = problem->method == CG_RECONCILE_MINT_SHRINK ?
		problem->residual_count : 0;

	solver->problem = problem;
	solver->n = problem->n;
	solver->weight = work;
	solver->sum = work + n;
	solver->variance_below = work + 2 * n;
	solver->combined = work + 3 * n;
	solver->variance_at = work + 4 * n;
	solver->start = work + 5 * n;
	solver->gradient = work + 6 * n;
	solver->fixed = work + 7 * n;
	solver->is_leaf = work + 8 * n;
	solver->factor = work + 9 * n;
	solver->left = solver->factor + n * rank;
	solver->system = solver->left + n * rank;
	solver->part = solver->system + rank * rank;
	for (size_t i = 0; i < n; i++)
	{
		solver->is_leaf[i] = 1;
		solver->fixed[i] = 0;
	}
	for (size_t i = 0; i < n; i++)
	{
		if (problem->parent[i] >= 0)
			solver->is_leaf[problem->parent[i]] = 0;
	}
}

CgReconcileStatus
cg_reconcile(const CgReconcileProblem *problem, double *reconciled,
			 CgReconcileResult *result, double *work, bool (*stop) (void))
{
	Solver		solver = {0};
	CgReconcileStatus status = CG_RECONCILE_OK;

	*result = (CgReconcileResult) {NAN, 1, true};
	lay_out(&solver, problem, work);
	solver.stop = stop;
	if (problem->method == CG_RECONCILE_BOTTOM_UP)
		memcpy(reconciled, problem->base, sizeof(double) * problem->n);
	else if (problem->method == CG_RECONCILE_TOP_DOWN)
		top_down(&solver, reconciled);
	else
		status = least_squares(&solver, reconciled, result);
	if (status != CG_RECONCILE_OK)
		return status;
	for (int i = 0; i < problem->n && problem->non_negative; i++)
		reconciled[i] = fmax(0, reconciled[i]);
	/* the passes leave rounding errors between a parent and its children */
	add_up(problem, solver.is_leaf, reconciled);
	for (int i = 0; i < problem->n; i++)
	{
		if (!isfinite(reconciled[i]))
			return CG_RECONCILE_OVERFLOW;
	}
	return CG_RECONCILE_OK;
}
