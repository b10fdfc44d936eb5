/*-------------------------------------------------------------------------
 *
 * bounded_squares.c
 *	  Non-linear least squares within bounds.
 *
 *-------------------------------------------------------------------------
 */
#include "numeric/bounded_squares.h"

#include <math.h>
#include <string.h>

#include "numeric/linear.h"

#define DAMPING_START 1e-3
#define DAMPING_LEAST 1e-9
#define DAMPING_MOST 1e9

typedef struct Step
{
	int			free_count;
	int		   *free;			/* the variables that may move */
	double	   *matrix;
	double	   *right;
} Step;

/*
 * Variables at a bound that the gradient presses against stay there.
 */
static void
find_free(Step *step, int n, const double *x, const double *gradient,
		  const double *matrix, const double *lower, const double *upper)
{
	step->free_count = 0;
	for (int i = 0; i < n; i++)
	{
		bool		held = (x[i] <= lower[i] && gradient[i] >= 0) ||
			(x[i] >= upper[i] && gradient[i] <= 0) ||
			!(matrix[(size_t) i * n + i] > 0);

		if (!held)
			step->free[step->free_count++] = i;
	}
}

static bool
solve_step(Step *step, int n, const double *gradient, const double *matrix,
		   double damping)
{
	int			count = step->free_count;

	for (int i = 0; i < count; i++)
	{
		int			row = step->free[i];

		step->right[i] = -gradient[row];
		for (int j = 0; j <= i; j++)
			step->matrix[(size_t) i * count + j] =
				matrix[(size_t) row * n + step->free[j]];
		step->matrix[(size_t) i * count + i] *= 1 + damping;
	}
	if (!cg_cholesky(step->matrix, count, NULL))
		return false;
	cg_cholesky_solve(step->matrix, count, step->right);
	return true;
}

/*
 * The point that the step leads to, inside the bounds; whether it moves.
 */
static bool
move(const Step *step, int n, const double *x, const double *lower,
	 const double *upper, double *to)
{
	bool		moves = false;

	memcpy(to, x, sizeof(double) * n);
	for (int i = 0; i < step->free_count; i++)
	{
		int			at = step->free[i];

		to[at] = fmin(upper[at], fmax(lower[at], x[at] + step->right[i]));
		if (!isfinite(to[at]))
			return false;
		moves |= to[at] != x[at];
	}
	return moves;
}

bool
cg_bounded_squares(CgSquares squares, void *data, int n, double *x,
				 const double *lower, const double *upper, double tolerance,
				 int iterations, double *sum, CgArena *arena)
{
	CgArenaMark mark = cg_arena_mark(arena);
	double	   *gradient = cg_arena_doubles(arena, n);
	double	   *matrix = cg_arena_doubles(arena, (size_t) n * n);
	double	   *to = cg_arena_doubles(arena, n);
	Step		step = {0};
	double		damping = DAMPING_START;
	bool		defined = true;
	int			small_steps = 0;

	step.free = cg_arena_take(arena, sizeof(int) * n);
	step.matrix = cg_arena_doubles(arena, (size_t) n * n);
	step.right = cg_arena_doubles(arena, n);
	for (int iteration = 0; iteration < iterations; iteration++)
	{
		double		there = 0;
		bool		better = false;

		cg_arena_check(arena);
		defined = squares(data, x, sum, gradient, matrix);
		if (!defined)
			break;
		find_free(&step, n, x, gradient, matrix, lower, upper);
		if (step.free_count == 0)
			break;
		while (!better && damping <= DAMPING_MOST)
		{
			better = solve_step(&step, n, gradient, matrix, damping) &&
				move(&step, n, x, lower, upper, to) &&
				squares(data, to, &there, NULL, NULL) && there < *sum;
			damping = better ? fmax(damping / 8, DAMPING_LEAST) : damping * 8;
		}
		if (!better)
			break;
		memcpy(x, to, sizeof(double) * n);
		small_steps = *sum - there <= tolerance * *sum ? small_steps + 1 : 0;
		*sum = there;
		if (small_steps >= 2)
			break;
	}
	cg_arena_reset(arena, mark);
	return defined;
}
