/*
 * Solves the published p-median and capacitated p-median problems, the latter
 * also with demand that may be split, and prints a line for the benchmark.
 * Arguments: pmed, pmedcap or split, files.
 */
#include "solver/grouping.h"
#include "solver/p_median_split.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + 1e-9 * t.tv_nsec;
}

static void
all_pairs(int n, int *site, size_t *start)
{
	for (int i = 0; i <= n; i++)
		start[i] = (size_t) i * n;
	for (int e = 0; e < n * n; e++)
		site[e] = e % n;
}

static double
solve_median(FILE *in, int *proved, double *gap)
{
	int			n;
	int			edges;
	int			p;
	double		begin;

	if (fscanf(in, "%d %d %d", &n, &edges, &p) != 3)
		exit(1);

	double	   *d = malloc(sizeof(double) * n * n);
	int		   *site = malloc(sizeof(int) * n * n);
	int		   *served = malloc(sizeof(int) * n);
	bool	   *open = malloc(n);
	size_t	   *start = malloc(sizeof(size_t) * (n + 1));

	for (int e = 0; e < n * n; e++)
		d[e] = e / n == e % n ? 0 : 1e9;
	for (int k = 0; k < edges; k++)
	{
		int			i;
		int			j;
		double		c;

		if (fscanf(in, "%d %d %lf", &i, &j, &c) != 3)
			exit(1);
		d[(i - 1) * n + j - 1] = d[(j - 1) * n + i - 1] = c;
	}
	for (int k = 0; k < n; k++)
		for (int i = 0; i < n; i++)
			for (int j = 0; j < n; j++)
				d[i * n + j] = fmin(d[i * n + j], d[i * n + k] + d[k * n + j]);
	all_pairs(n, site, start);

	CgMedianProblem problem = {.demands = n, .sites = n, .start = start, .site = site, .value = d, .min_open = p, .max_open = p};
	CgMedianOptions options = {.restarts = -1, .seed = 1};

	begin = now();

	CgMedianAnswer answer = cg_p_median(&problem, &options, &cg_work_malloc, open, served, NULL);
	double		seconds = now() - begin;

	*proved += answer.solved == CG_SOLVED_OPTIMAL;
	*gap = fmax(*gap, 1 - answer.bound / answer.objective);
	free(d);
	free(site);
	free(served);
	free(open);
	free(start);
	return seconds;
}

/*
 * Above the best known: with each demand whole the relative excess; split,
 * which cannot be dearer, what is above it or not proved.
 */
static double
solve_capacitated(FILE *in, bool split, int *proved, double *gap)
{
	double		known;
	double		capacity;
	int			n;
	int			p;

	if (fscanf(in, "%*d %lf %d %d %lf", &known, &n, &p, &capacity) != 4)
		exit(1);

	double	   *x = malloc(sizeof(double) * n * 4);
	double	   *y = x + n;
	double	   *amount = y + n;
	double	   *upper = amount + n;
	double	   *value = malloc(sizeof(double) * n * n);
	int		   *site = malloc(sizeof(int) * n * n);
	int		   *served = malloc(sizeof(int) * n * 2);
	size_t	   *start = malloc(sizeof(size_t) * (n + 1));

	for (int i = 0; i < n; i++)
	{
		if (fscanf(in, "%*d %lf %lf %lf", &x[i], &y[i], &amount[i]) != 3)
			exit(1);
		upper[i] = capacity;
	}
	for (int e = 0; e < n * n; e++)
		value[e] = floor(hypot(x[e / n] - x[e % n], y[e / n] - y[e % n]));
	all_pairs(n, site, start);

	CgGroupingProblem problem = {.units = n, .centres = n, .start = start, .centre = site, .value = value, .measures = 1, .amount = amount, .upper = upper, .groups = p};
	CgGroupingOptions options = {.seed = 1};
	double		begin = now();

	if (split)
	{
		CgSplitProblem parted = {.demands = n, .sites = n, .start = start, .site = site, .cost = value, .amount = amount, .capacity = upper, .min_open = p, .max_open = p};
		CgSplitOptions how = {.seed = 1};
		bool	   *open = malloc(n);
		double	   *flow = malloc(sizeof(double) * n * n);
		double		total = 0;

		/* The cost of one unit, so that whole demands cost what they do there. */
		for (int e = 0; e < n * n; e++)
			value[e] /= amount[e / n];

		CgSplitAnswer found = cg_p_median_split(&parted, &how, &cg_work_malloc, open, flow, NULL, NULL);

		total = now() - begin;
		*proved += found.solved == CG_SOLVED_OPTIMAL;
		*gap = fmax(*gap, fmax(found.objective / known - 1, 1 - found.bound / found.objective));
		free(open);
		free(flow);
		free(x);
		free(value);
		free(site);
		free(served);
		free(start);
		return total;
	}

	CgGroupingAnswer answer = cg_grouping(&problem, &options, &cg_work_malloc, served, served + n, NULL);
	double		seconds = now() - begin;

	*proved += answer.solved == CG_SOLVED_OPTIMAL;
	*gap = fmax(*gap, answer.objective / known - 1);
	free(x);
	free(value);
	free(site);
	free(served);
	free(start);
	return seconds;
}

int
main(int argc, char **argv)
{
	bool		split = argc > 1 && strcmp(argv[1], "split") == 0;
	bool		capacitated = split || (argc > 1 && strcmp(argv[1], "pmedcap") == 0);
	double		total = 0;
	double		longest = 0;
	double		gap = 0;
	int			proved = 0;
	bool		met;

	for (int a = 2; a < argc; a++)
	{
		FILE	   *in = fopen(argv[a], "r");
		double		seconds;

		if (in == NULL)
			return 1;
		seconds = capacitated ? solve_capacitated(in, split, &proved, &gap) : solve_median(in, &proved, &gap);
		fclose(in);
		total += seconds;
		longest = fmax(longest, seconds);
	}
	met = capacitated ? gap <= 0.01 && longest <= 30 :
		total <= 60 && proved >= 0.8 * (argc - 2) && gap <= 0.01;
	printf("%-34s %10d %12.0f %12s %8s  %s: %d proved, %s at most %.2f %%, longest %.1f s\n",
		   split ? "the same with split demand" : capacitated ? "published capacitated p-median" : "published p-median", argc - 2, 1000 * total, "-", "-",
		   met ? "met" : "MISSED", proved, split ? "gap" : capacitated ? "above best known" : "gap", 100 * gap, longest);
	return !met;
}
