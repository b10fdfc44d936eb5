/*-------------------------------------------------------------------------
 *
 * demand_reconcile_test.c
 *	  Unit test of reconciliation and of the linear algebra it needs, printing
 *	  TAP.  Every method is compared with the dense textbook form on random
 *	  trees.
 *
 *-------------------------------------------------------------------------
 */
#include "demand/reconcile_core.h"
#include "numeric/linear.h"
#include "numeric/random.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST 40
#define RESIDUALS 30

static int	tests = 0;
static int	failures = 0;

static void
ok(bool passed, const char *what)
{
	printf("%s %d - %s\n", passed ? "ok" : "not ok", ++tests, what);
	if (!passed)
		failures++;
}

static double
largest_difference(const double *a, const double *b, int n)
{
	double		largest = 0;

	for (int i = 0; i < n; i++)
		largest = fmax(largest, fabs(a[i] - b[i]));
	return largest;
}

/* ---- a random tree or forest with all that the methods need ---- */

typedef struct Case
{
	int			n;
	int			parent[MOST];
	int			order[MOST];
	bool		leaf[MOST];
	double		base[MOST];
	double		variance[MOST];
	double		residuals[MOST * RESIDUALS];
} Case;

static int
below(CgRandom *random, int limit)
{
	return (int) (cg_random_uniform(random) * limit);
}

static void
set_order(Case *c)
{
	int			work[MOST];
	int			bad;

	if (cg_hierarchy_order(c->parent, c->n, c->order, work, &bad) != CG_RECONCILE_OK)
		abort();
	for (int i = 0; i < c->n; i++)
		c->leaf[i] = true;
	for (int i = 0; i < c->n; i++)
	{
		if (c->parent[i] >= 0)
			c->leaf[c->parent[i]] = false;
	}
}

static Case
random_case(CgRandom *random, int n, double level)
{
	Case		c = {.n = n};
	double		shared[RESIDUALS];

	for (int t = 0; t < RESIDUALS; t++)
		shared[t] = cg_random_normal(random);
	for (int i = 0; i < n; i++)
	{
		c.parent[i] = i == 0 || cg_random_uniform(random) < 0.05 ? -1 : below(random, i);
		c.base[i] = level + 20 * cg_random_normal(random);
		c.variance[i] = 0.1 + 5 * cg_random_uniform(random);
		for (int t = 0; t < RESIDUALS; t++)
			c.residuals[i * RESIDUALS + t] = sqrt(c.variance[i]) *
				(cg_random_normal(random) + 0.8 * shared[t]);
	}
	set_order(&c);
	return c;
}

static CgReconcileStatus
reconcile(const Case *c, CgReconcileMethod method, bool non_negative,
		  double *x, CgReconcileResult *result)
{
	CgReconcileProblem problem = {c->n, c->parent, c->order, c->base,
		c->variance, NULL, c->residuals, RESIDUALS, method, non_negative};
	double	   *work = malloc(sizeof(double) * cg_reconcile_work_size(c->n, method, RESIDUALS));
	CgReconcileStatus status = cg_reconcile(&problem, x, result, work, NULL);

	free(work);
	return status;
}

/* ---- the slow version ---- */

/* The published shrinkage intensity, pair by pair. */
static double
slow_shrinkage(const Case *c)
{
	double		up = 0;
	double		down = 0;

	for (int i = 0; i < c->n; i++)
	{
		for (int j = 0; j < c->n; j++)
		{
			double		si = 0;
			double		sj = 0;
			double		mean = 0;
			double		spread = 0;

			if (i == j)
				continue;
			for (int t = 0; t < RESIDUALS; t++)
			{
				si += pow(c->residuals[i * RESIDUALS + t], 2) / RESIDUALS;
				sj += pow(c->residuals[j * RESIDUALS + t], 2) / RESIDUALS;
			}
			for (int t = 0; t < RESIDUALS; t++)
				mean += c->residuals[i * RESIDUALS + t] * c->residuals[j * RESIDUALS + t] / sqrt(si * sj) / RESIDUALS;
			for (int t = 0; t < RESIDUALS; t++)
				spread += pow(c->residuals[i * RESIDUALS + t] * c->residuals[j * RESIDUALS + t] / sqrt(si * sj) - mean, 2);
			up += spread / RESIDUALS / (RESIDUALS - 1);
			down += mean * mean;
		}
	}
	return fmin(1, fmax(0, up / down));
}

static void
dense_weights(const Case *c, CgReconcileMethod method, double *w)
{
	int			n = c->n;
	double		lambda = method == CG_RECONCILE_MINT_SHRINK ? slow_shrinkage(c) : 1;

	memset(w, 0, sizeof(double) * n * n);
	for (int i = 0; i < n; i++)
	{
		w[i * n + i] = method == CG_RECONCILE_WLS_VARIANCE ? c->variance[i] : method == CG_RECONCILE_OLS ? 1 : 0;
		if (method == CG_RECONCILE_WLS_STRUCTURAL)
		{
			for (int l = 0; l < n; l++)
			{
				int			at = l;

				while (c->leaf[l] && at >= 0 && at != i)
					at = c->parent[at];
				w[i * n + i] += c->leaf[l] && at == i;
			}
		}
		for (int j = 0; method == CG_RECONCILE_MINT_SHRINK && j < n; j++)
		{
			for (int t = 0; t < RESIDUALS; t++)
				w[i * n + j] += c->residuals[i * RESIDUALS + t] * c->residuals[j * RESIDUALS + t] / RESIDUALS;
			w[i * n + j] *= i == j ? 1 : 1 - lambda;
		}
	}
}

/*
 * x = y - W C'(C W C')^-1 C y, C the rows "parent less its children" and
 * "this leaf is 0" for those that are held.
 */
static double
dense_solution(const Case *c, const double *w, const bool *held, double *x)
{
	static double constraint[2 * MOST][MOST];
	static double product[2 * MOST][MOST];
	static double system[4 * MOST * MOST];
	static double inverse[MOST * MOST];
	double		right[2 * MOST];
	double		error[MOST];
	int			n = c->n;
	int			rows = 0;
	double		objective = 0;

	memset(constraint, 0, sizeof(constraint));
	for (int i = 0; i < n; i++)
	{
		if (c->leaf[i] && !held[i])
			continue;
		constraint[rows][i] = 1;
		for (int j = 0; j < n && !c->leaf[i]; j++)
			constraint[rows][j] -= c->parent[j] == i;
		rows++;
	}
	for (int r = 0; r < rows; r++)
	{
		right[r] = 0;
		for (int j = 0; j < n; j++)
		{
			product[r][j] = 0;
			for (int i = 0; i < n; i++)
				product[r][j] += constraint[r][i] * w[i * n + j];
			right[r] += constraint[r][j] * c->base[j];
		}
	}
	for (int r = 0; r < rows; r++)
	{
		for (int s = 0; s < rows; s++)
		{
			system[r * rows + s] = 0;
			for (int j = 0; j < n; j++)
				system[r * rows + s] += product[r][j] * constraint[s][j];
		}
	}
	if (rows > 0)
	{
		if (!cg_cholesky(system, rows, NULL))
			abort();
		cg_cholesky_solve(system, rows, right);
	}
	for (int j = 0; j < n; j++)
	{
		x[j] = c->base[j];
		for (int r = 0; r < rows; r++)
			x[j] -= product[r][j] * right[r];
		error[j] = x[j] - c->base[j];
	}
	memcpy(inverse, w, sizeof(double) * n * n);
	if (!cg_cholesky(inverse, n, NULL))
		abort();
	{
		double		solved[MOST];

		memcpy(solved, error, sizeof(double) * n);
		cg_cholesky_solve(inverse, n, solved);
		for (int j = 0; j < n; j++)
			objective += error[j] * solved[j];
	}
	return objective;
}

/* The best of all ways to hold leaves at 0 that leave none negative. */
static void
dense_non_negative(const Case *c, const double *w, double *best)
{
	int			leaves[MOST];
	int			count = 0;
	double		least = INFINITY;

	for (int i = 0; i < c->n; i++)
	{
		if (c->leaf[i])
			leaves[count++] = i;
	}
	for (int subset = 0; subset < 1 << count; subset++)
	{
		bool		held[MOST] = {false};
		bool		feasible = true;
		double		x[MOST];
		double		objective;

		for (int l = 0; l < count; l++)
			held[leaves[l]] = subset >> l & 1;
		objective = dense_solution(c, w, held, x);
		for (int l = 0; l < count; l++)
			feasible &= x[leaves[l]] > -1e-9;
		if (!feasible || objective >= least)
			continue;
		least = objective;
		memcpy(best, x, sizeof(double) * c->n);
	}
}

/* ---- tests ---- */

static const char *const names[] = {"bottom-up", "top-down", "OLS", "WLS structural", "WLS variance", "MinT"};

static void
test_against_dense(CgRandom *random)
{
	static double w[MOST * MOST];
	bool		held[MOST] = {false};
	CgReconcileResult result;
	char		line[100];

	for (CgReconcileMethod method = CG_RECONCILE_OLS; method < CG_RECONCILE_METHODS; method++)
	{
		double		worst = 0;
		double		worst_lambda = 0;

		for (int round = 0; round < 40; round++)
		{
			Case		c = random_case(random, 1 + below(random, MOST), 50);
			double		fast[MOST];
			double		slow[MOST];

			if (reconcile(&c, method, false, fast, &result) != CG_RECONCILE_OK)
				abort();
			dense_weights(&c, method, w);
			dense_solution(&c, w, held, slow);
			worst = fmax(worst, largest_difference(fast, slow, c.n));
			if (method == CG_RECONCILE_MINT_SHRINK && c.n > 1)
				worst_lambda = fmax(worst_lambda, fabs(result.shrinkage - slow_shrinkage(&c)));
		}
		snprintf(line, sizeof(line), "%s is the dense solution to 1e-8 (%.1e)", names[method], worst);
		ok(worst < 1e-8, line);
		if (method == CG_RECONCILE_MINT_SHRINK)
			ok(worst_lambda < 1e-12, "its shrinkage is that of all pairs");
	}
}

static void
test_non_negative(CgRandom *random)
{
	static double w[MOST * MOST];
	CgReconcileResult result;
	char		line[100];

	for (CgReconcileMethod method = CG_RECONCILE_OLS; method < CG_RECONCILE_METHODS; method++)
	{
		double		worst = 0;
		int			held = 0;
		bool		optimal = true;

		for (int round = 0; round < 25; round++)
		{
			Case		c = random_case(random, 2 + below(random, 10), 5);
			double		fast[MOST];
			double		slow[MOST];

			if (reconcile(&c, method, true, fast, &result) != CG_RECONCILE_OK)
				abort();
			optimal &= result.is_optimal;
			dense_weights(&c, method, w);
			dense_non_negative(&c, w, slow);
			worst = fmax(worst, largest_difference(fast, slow, c.n));
			for (int i = 0; i < c.n; i++)
				held += c.leaf[i] && fast[i] == 0;
		}
		snprintf(line, sizeof(line), "%s, non-negative: the best of all subsets (%.1e, %d held)", names[method], worst, held);
		ok(worst < 1e-7 && optimal && held > 5, line);
	}
}

/* What must hold of any method, on larger trees. */
static void
test_properties(CgRandom *random)
{
	for (CgReconcileMethod method = 0; method < CG_RECONCILE_METHODS; method++)
	{
		double		incoherent = 0;
		double		again = 0;
		double		scaled = 0;
		double		permuted = 0;
		double		negative = 0;
		char		line[100];

		for (int round = 0; round < 30; round++)
		{
			Case		c = random_case(random, MOST, 30);
			Case		other = c;
			int			place[MOST];
			double		x[MOST];
			double		y[MOST];
			double		sum[MOST] = {0};
			CgReconcileResult result;

			if (reconcile(&c, method, false, x, &result) != CG_RECONCILE_OK)
				abort();
			for (int i = 0; i < c.n; i++)
			{
				if (c.parent[i] >= 0)
					sum[c.parent[i]] += x[i];
			}
			for (int i = 0; i < c.n; i++)
				incoherent = fmax(incoherent, c.leaf[i] ? 0 : fabs(sum[i] - x[i]));

			memcpy(other.base, x, sizeof(x));
			reconcile(&other, method, false, y, &result);
			again = fmax(again, largest_difference(x, y, c.n));

			for (int i = 0; i < c.n; i++)
				other.base[i] = -1000 * c.base[i];
			reconcile(&other, method, false, y, &result);
			for (int i = 0; i < c.n; i++)
				scaled = fmax(scaled, fabs(y[i] / -1000 - x[i]));

			/* the same nodes in another order */
			for (int i = 0; i < c.n; i++)
				place[i] = (i * 7 + 3) % c.n;
			for (int i = 0; i < c.n; i++)
			{
				other.parent[place[i]] = c.parent[i] < 0 ? -1 : place[c.parent[i]];
				other.base[place[i]] = c.base[i];
				other.variance[place[i]] = c.variance[i];
				memcpy(other.residuals + place[i] * RESIDUALS, c.residuals + i * RESIDUALS, sizeof(double) * RESIDUALS);
			}
			set_order(&other);
			reconcile(&other, method, false, y, &result);
			for (int i = 0; i < c.n; i++)
				permuted = fmax(permuted, fabs(y[place[i]] - x[i]));

			reconcile(&c, method, true, y, &result);
			for (int i = 0; i < c.n; i++)
				negative = fmin(negative, y[i]);
		}
		snprintf(line, sizeof(line), "%s: adds up, again the same, scales, any order, non-negative", names[method]);
		ok(incoherent < 1e-11 && again < 1e-9 && scaled < 1e-9 && permuted < 1e-8 && negative == 0, line);
	}
}

static void
test_plain_cases(void)
{
	static const int parent[] = {-1, 0, 0, 1, 1};
	double		base[] = {100, 50, 30, 10, 20};
	double		share[] = {0, 0, 0, 0, 0};
	double		zeros[5] = {0};
	double		constant[5 * 2];
	double		x[5];
	double		work[200];
	int			order[5];
	int			room[5];
	int			bad = -1;
	int			circle[] = {1, 2, 0, 0, -1};
	CgReconcileResult result;
	CgReconcileProblem p = {5, parent, order, base, zeros, NULL, constant, 2, CG_RECONCILE_BOTTOM_UP, false};

	ok(cg_hierarchy_order(parent, 5, order, room, &bad) == CG_RECONCILE_OK, "a tree has an order");
	ok(cg_hierarchy_order(circle, 5, order, room, &bad) == CG_RECONCILE_CYCLE && bad >= 0 && bad <= 2, "a circle is found, and a node on it");
	cg_hierarchy_order(parent, 5, order, room, &bad);
	cg_reconcile(&p, x, &result, work, NULL);
	ok(x[0] == 60 && x[1] == 30 && x[2] == 30 && x[3] == 10 && x[4] == 20, "bottom-up is exact");
	p.method = CG_RECONCILE_TOP_DOWN;
	cg_reconcile(&p, x, &result, work, NULL);
	ok(fabs(x[0] - 100) < 1e-12 && fabs(x[1] - 62.5) < 1e-12 && fabs(x[3] - 62.5 / 3) < 1e-12, "top-down by forecast proportions");
	p.share = share;
	cg_reconcile(&p, x, &result, work, NULL);
	ok(fabs(x[1] - 50) < 1e-12 && fabs(x[4] - 25) < 1e-12, "shares of 0 are equal shares");
	p.method = CG_RECONCILE_WLS_VARIANCE;
	cg_reconcile(&p, x, &result, work, NULL);
	p.method = CG_RECONCILE_OLS;
	{
		double		y[5];

		cg_reconcile(&p, y, &result, work, NULL);
		ok(largest_difference(x, y, 5) < 1e-12, "variances that are all 0 are all equal");
	}
	for (int i = 0; i < 10; i++)
		constant[i] = 0;
	p.method = CG_RECONCILE_MINT_SHRINK;
	ok(cg_reconcile(&p, x, &result, work, NULL) == CG_RECONCILE_OK && result.shrinkage == 1 &&
	   fabs(x[0] - x[1] - x[2]) < 1e-12, "residuals that are all 0");
	p.residual_count = 1;
	ok(cg_reconcile(&p, x, &result, work, NULL) == CG_RECONCILE_RESIDUALS, "one residual is too few");
	zeros[2] = -1;
	p.method = CG_RECONCILE_WLS_VARIANCE;
	ok(cg_reconcile(&p, x, &result, work, NULL) == CG_RECONCILE_VARIANCE, "a negative variance is refused");
	base[3] = 1e308;
	base[4] = 1e308;
	p.method = CG_RECONCILE_BOTTOM_UP;
	ok(cg_reconcile(&p, x, &result, work, NULL) == CG_RECONCILE_OVERFLOW, "overflow is told");
	p.n = 0;
	ok(cg_reconcile(&p, x, &result, work, NULL) == CG_RECONCILE_OK, "no nodes");
}

/*
 * What it is for: where errors go together, reconciled forecasts lie nearer to
 * the truth than those given, and knowing the errors helps.
 */
static void
test_benefit(CgRandom *random)
{
	double		squares[CG_RECONCILE_METHODS] = {0};
	double		given = 0;
	char		line[200];

	for (int round = 0; round < 400; round++)
	{
		Case		c = random_case(random, MOST, 0);
		double		truth[MOST];
		double		shared = cg_random_normal(random);

		for (int i = 0; i < c.n; i++)
			truth[i] = c.leaf[i] ? 20 + 10 * cg_random_normal(random) : 0;
		for (int k = 0; k < c.n; k++)
		{
			if (c.parent[c.order[k]] >= 0)
				truth[c.parent[c.order[k]]] += truth[c.order[k]];
		}
		/* errors as those of random_case's residuals */
		for (int i = 0; i < c.n; i++)
		{
			c.base[i] = truth[i] + sqrt(c.variance[i]) * (cg_random_normal(random) + 0.8 * shared);
			given += pow(c.base[i] - truth[i], 2);
		}
		for (CgReconcileMethod method = 0; method < CG_RECONCILE_METHODS; method++)
		{
			double		x[MOST];
			CgReconcileResult result;

			reconcile(&c, method, false, x, &result);
			for (int i = 0; i < c.n; i++)
				squares[method] += pow(x[i] - truth[i], 2);
		}
	}
	snprintf(line, sizeof(line), "squared errors, of those given: OLS %.2f, WLS %.2f, MinT %.2f",
			 squares[CG_RECONCILE_OLS] / given, squares[CG_RECONCILE_WLS_VARIANCE] / given, squares[CG_RECONCILE_MINT_SHRINK] / given);
	ok(squares[CG_RECONCILE_OLS] < given && squares[CG_RECONCILE_WLS_VARIANCE] < squares[CG_RECONCILE_OLS] &&
	   squares[CG_RECONCILE_MINT_SHRINK] < squares[CG_RECONCILE_WLS_VARIANCE], line);
}

static bool
stop_at_once(void)
{
	return true;
}

/* Each long part gives up when told. */
static void
test_stop(CgRandom *random)
{
	int			n = 30000;
	int			count = 100;
	int		   *parent = malloc(sizeof(int) * n);
	int		   *order = malloc(sizeof(int) * n);
	int		   *room = malloc(sizeof(int) * n);
	double	   *base = malloc(sizeof(double) * n);
	double	   *x = malloc(sizeof(double) * n);
	double	   *residuals = malloc(sizeof(double) * n * count);
	double	   *work = malloc(sizeof(double) * cg_reconcile_work_size(n, CG_RECONCILE_MINT_SHRINK, count));
	CgReconcileProblem p = {n, parent, order, base, NULL, NULL, residuals, count, CG_RECONCILE_MINT_SHRINK, false};
	CgReconcileResult result;
	int			bad;

	for (int i = 0; i < n; i++)
	{
		parent[i] = (i + 9) / 10 - 1;
		base[i] = cg_random_normal(random);
		for (int t = 0; t < count; t++)
			residuals[(size_t) i * count + t] = cg_random_normal(random);
	}
	ok(cg_hierarchy_order(parent, n, order, room, &bad) == CG_RECONCILE_OK &&
	   cg_reconcile(&p, x, &result, work, stop_at_once) == CG_RECONCILE_STOPPED, "MinT stops when told");
	ok(cg_reconcile(&p, x, &result, work, NULL) == CG_RECONCILE_OK, "and is done with 30,000 nodes when not");
	free(parent);
	free(order);
	free(room);
	free(base);
	free(x);
	free(residuals);
	free(work);
}

static void
test_linear(CgRandom *random)
{
	double		a[20 * 4];
	double		used_up[20 * 4];
	double		b[20];
	double		rest_b[20];
	double		x[4];
	double		variance[4];
	double		work[12];
	double		rest;
	double		gradient = 0;
	int			order[4];
	bool		used[4];

	for (int i = 0; i < 20; i++)
	{
		b[i] = cg_random_normal(random);
		for (int j = 0; j < 4; j++)
			a[i * 4 + j] = cg_random_normal(random);
	}
	memcpy(used_up, a, sizeof(a));
	memcpy(rest_b, b, sizeof(b));
	ok(cg_least_squares(used_up, 20, 4, rest_b, 1e-9, x, used, variance, &rest, work, order) == 4, "least squares: full rank");
	for (int j = 0; j < 4; j++)
	{
		double		product = 0;

		for (int i = 0; i < 20; i++)
		{
			double		error = b[i];

			for (int k = 0; k < 4; k++)
				error -= a[i * 4 + k] * x[k];
			product += a[i * 4 + j] * error;
			if (j == 0)
				rest -= error * error;
		}
		gradient = fmax(gradient, fabs(product));
	}
	ok(gradient < 1e-12 && fabs(rest) < 1e-12, "what is left is orthogonal to the columns, and its size is right");
	{
		/* (a'a)^-1 by Cholesky */
		double		gram[16];
		double		worst = 0;

		for (int j = 0; j < 4; j++)
		{
			for (int k = 0; k < 4; k++)
			{
				gram[j * 4 + k] = 0;
				for (int i = 0; i < 20; i++)
					gram[j * 4 + k] += a[i * 4 + j] * a[i * 4 + k];
			}
		}
		cg_cholesky(gram, 4, NULL);
		for (int j = 0; j < 4; j++)
		{
			double		unit[4] = {0};

			unit[j] = 1;
			cg_cholesky_solve(gram, 4, unit);
			worst = fmax(worst, fabs(unit[j] - variance[j]));
		}
		ok(worst < 1e-13, "variances are those of Cholesky");
	}
	for (int i = 0; i < 20; i++)
		a[i * 4 + 2] = a[i * 4] - 2 * a[i * 4 + 3];
	memcpy(used_up, a, sizeof(a));
	memcpy(rest_b, b, sizeof(b));
	ok(cg_least_squares(used_up, 20, 4, rest_b, 1e-9, x, used, NULL, &rest, work, order) == 3 &&
	   used[0] + used[1] + used[2] + used[3] == 3 && used[1], "a column that others make up is left out");
	{
		double		indefinite[] = {1, 0, 2, 1};

		ok(!cg_cholesky(indefinite, 2, NULL), "a matrix that is not positive definite has no factor");
	}
	{
		static double large[400 * 400];

		for (int i = 0; i < 400; i++)
			large[i * 400 + i] = 1;
		ok(!cg_cholesky(large, 400, stop_at_once), "Cholesky stops when told");
	}
}

int
main(void)
{
	CgRandom	random;

	cg_random_seed(&random, 20261122);
	test_linear(&random);
	test_plain_cases();
	test_against_dense(&random);
	test_non_negative(&random);
	test_properties(&random);
	test_benefit(&random);
	test_stop(&random);
	printf("1..%d\n", tests);
	return failures > 0;
}
