/*-------------------------------------------------------------------------
 *
 * order.c
 *	  Sorting, selecting and quantiles of arrays of doubles without NaN.
 *
 * C. A. R. Hoare's quickselect, with the median of three as pivot.  A bad
 * order of the input could still make that quadratic, so after too many
 * rounds the rest is sorted by heap.
 *
 *-------------------------------------------------------------------------
 */
#include "numeric/order.h"

#include <math.h>

#define FEW 16

static void
swap(double *a, double *b)
{
	double		kept = *a;

	*a = *b;
	*b = kept;
}

static void
insertion_sort(double *values, size_t count)
{
	for (size_t i = 1; i < count; i++)
	{
		double		value = values[i];
		size_t		j = i;

		for (; j > 0 && values[j - 1] > value; j--)
			values[j] = values[j - 1];
		values[j] = value;
	}
}

static void
sift_down(double *values, size_t count, size_t root)
{
	double		value = values[root];

	for (;;)
	{
		size_t		child = 2 * root + 1;

		if (child >= count)
			break;
		if (child + 1 < count && values[child + 1] > values[child])
			child++;
		if (values[child] <= value)
			break;
		values[root] = values[child];
		root = child;
	}
	values[root] = value;
}

static void
heap_sort(double *values, size_t count)
{
	for (size_t i = count / 2; i > 0; i--)
		sift_down(values, count, i - 1);
	for (size_t i = count; i > 1; i--)
	{
		swap(&values[0], &values[i - 1]);
		sift_down(values, i - 1, 0);
	}
}

/*
 * Split around a pivot: returns a place such that nothing up to it exceeds
 * the pivot and nothing behind it is below.
 */
static size_t
split(double *values, size_t count)
{
	size_t		middle = count / 2;
	double		pivot;
	ptrdiff_t	low = -1;
	ptrdiff_t	high = (ptrdiff_t) count;

	if (values[middle] < values[0])
		swap(&values[middle], &values[0]);
	if (values[count - 1] < values[middle])
	{
		swap(&values[count - 1], &values[middle]);
		if (values[middle] < values[0])
			swap(&values[middle], &values[0]);
	}
	pivot = values[middle];
	for (;;)
	{
		do
			low++;
		while (values[low] < pivot);
		do
			high--;
		while (values[high] > pivot);
		if (low >= high)
			return (size_t) high;
		swap(&values[low], &values[high]);
	}
}

static int
rounds_allowed(size_t count)
{
	int			rounds = 8;

	for (; count > 1; count /= 2)
		rounds += 2;
	return rounds;
}

static void
quick_sort(double *values, size_t count, int rounds)
{
	while (count > FEW)
	{
		size_t		left;

		if (rounds-- == 0)
		{
			heap_sort(values, count);
			return;
		}
		left = split(values, count) + 1;
		if (left < count - left)
		{
			quick_sort(values, left, rounds);
			values += left;
			count -= left;
		}
		else
		{
			quick_sort(values + left, count - left, rounds);
			count = left;
		}
	}
	insertion_sort(values, count);
}

void
cg_sort_doubles(double *values, size_t count)
{
	quick_sort(values, count, rounds_allowed(count));
}

double
cg_select_double(double *values, size_t count, size_t place)
{
	int			rounds = rounds_allowed(count);

	while (count > FEW)
	{
		size_t		left;

		if (rounds-- == 0)
		{
			heap_sort(values, count);
			return values[place];
		}
		left = split(values, count) + 1;
		if (place < left)
			count = left;
		else
		{
			values += left;
			count -= left;
			place -= left;
		}
	}
	insertion_sort(values, count);
	return values[place];
}

double
cg_sorted_quantile(const double *values, size_t count, double p)
{
	double		place = (double) (count - 1) * p;
	size_t		below = (size_t) place;

	if (below + 1 >= count || place == (double) below)
		return values[below];
	return values[below] + (place - (double) below) *
		(values[below + 1] - values[below]);
}

double
cg_select_quantile(double *values, size_t count, double p)
{
	double		place = (double) (count - 1) * p;
	size_t		below = (size_t) place;
	double		lower = cg_select_double(values, count, below);
	double		upper;

	if (below + 1 >= count || place == (double) below)
		return lower;
	upper = values[below + 1];
	for (size_t i = below + 2; i < count; i++)
		upper = fmin(upper, values[i]);
	return lower + (place - (double) below) * (upper - lower);
}
