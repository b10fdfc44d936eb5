/*-------------------------------------------------------------------------
 *
 * linear.c
 *	  Small dense linear algebra: Cholesky and least squares by QR.
 *
 *-------------------------------------------------------------------------
 */
#include "numeric/linear.h"

#include <math.h>
#include <stddef.h>

#define WORK_BETWEEN_STOPS 10000000.0

bool
cg_cholesky(double *a, int n, bool (*stop) (void))
{
	double		work = 0;

	for (int i = 0; i < n; i++)
	{
		double	   *row = a + (size_t) i * n;

		for (int j = 0; j <= i; j++)
		{
			const double *other = a + (size_t) j * n;
			double		sum = row[j];

			for (int k = 0; k < j; k++)
				sum -= row[k] * other[k];
			if (j < i)
				row[j] = sum / other[j];
			else if (sum > 0 && isfinite(sum))
				row[j] = sqrt(sum);
			else
				return false;
		}
		work += 0.5 * i * i;
		if (work > WORK_BETWEEN_STOPS)
		{
			work = 0;
			if (stop != NULL && stop())
				return false;
		}
	}
	return true;
}

void
cg_cholesky_solve(const double *l, int n, double *b)
{
	for (int i = 0; i < n; i++)
	{
		const double *row = l + (size_t) i * n;

		for (int k = 0; k < i; k++)
			b[i] -= row[k] * b[k];
		b[i] /= row[i];
	}
	for (int i = n - 1; i >= 0; i--)
	{
		b[i] /= l[(size_t) i * n + i];
		for (int k = 0; k < i; k++)
			b[k] -= l[(size_t) i * n + k] * b[i];
	}
}

/* ---- QR with column pivoting ---- */

/* Length of column j from row first on. */
static double
column_length(const double *a, int m, int k, int j, int first)
{
	double		sum = 0;

	for (int i = first; i < m; i++)
		sum += a[(size_t) i * k + j] * a[(size_t) i * k + j];
	return sqrt(sum);
}

static void
swap_columns(double *a, int m, int k, int p, int q)
{
	for (int i = 0; i < m && p != q; i++)
	{
		double		value = a[(size_t) i * k + p];

		a[(size_t) i * k + p] = a[(size_t) i * k + q];
		a[(size_t) i * k + q] = value;
	}
}

/*
 * Householder's reflection that leaves of column p only its head, applied to
 * what stands right of it and to b.  The head is returned.
 */
static double
reflect(double *a, int m, int k, int p, double *b)
{
	double		length = column_length(a, m, k, p, p);
	double		head = a[(size_t) p * k + p] > 0 ? -length : length;
	double		half;

	a[(size_t) p * k + p] -= head;
	half = -head * a[(size_t) p * k + p];
	for (int j = p + 1; j <= k; j++)
	{
		double		product = 0;

		for (int i = p; i < m; i++)
			product += a[(size_t) i * k + p] * (j < k ? a[(size_t) i * k + j] : b[i]);
		product /= half;
		for (int i = p; i < m; i++)
		{
			if (j < k)
				a[(size_t) i * k + j] -= product * a[(size_t) i * k + p];
			else
				b[i] -= product * a[(size_t) i * k + p];
		}
	}
	return head;
}

/*
 * The diagonal of (R'R)^-1: the squared lengths of the rows of R^-1.  The
 * heads of R stand in head.
 */
static void
inverse_diagonal(const double *a, int k, int rank, const double *head,
				 double *column, const int *order, double *variance)
{
	for (int j = 0; j < rank; j++)
	{
		for (int i = j; i >= 0; i--)
		{
			double		sum = i == j;

			for (int l = i + 1; l <= j; l++)
				sum -= a[(size_t) i * k + l] * column[l];
			column[i] = sum / head[i];
			variance[order[i]] += column[i] * column[i];
		}
	}
}

int
cg_least_squares(double *a, int m, int k, double *b, double tolerance,
				 double *x, bool *used, double *variance, double *rest,
				 double *work, int *order)
{
	double	   *full = work;	/* lengths before anything is taken out */
	double	   *head = work + k;
	double	   *column = work + 2 * k;
	int			rank = 0;

	for (int j = 0; j < k; j++)
	{
		full[j] = column_length(a, m, k, j, 0);
		order[j] = j;
		x[j] = 0;
		used[j] = false;
		if (variance != NULL)
			variance[j] = 0;
	}
	while (rank < k)
	{
		double		best = tolerance;
		int			pick = -1;
		int			kept = order[rank];

		for (int j = rank; j < k; j++)
		{
			double		left = full[order[j]] > 0 ?
			column_length(a, m, k, j, rank) / full[order[j]] : 0;

			if (left > best)
			{
				best = left;
				pick = j;
			}
		}
		if (pick < 0)
			break;
		swap_columns(a, m, k, rank, pick);
		order[rank] = order[pick];
		order[pick] = kept;
		head[rank] = reflect(a, m, k, rank, b);
		used[order[rank]] = true;
		rank++;
	}
	for (int i = rank - 1; i >= 0; i--)
	{
		double		sum = b[i];

		for (int j = i + 1; j < rank; j++)
			sum -= a[(size_t) i * k + j] * x[order[j]];
		x[order[i]] = sum / head[i];
	}
	*rest = 0;
	for (int i = rank; i < m; i++)
		*rest += b[i] * b[i];
	if (variance != NULL)
		inverse_diagonal(a, k, rank, head, column, order, variance);
	return rank;
}
