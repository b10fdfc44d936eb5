/*-------------------------------------------------------------------------
 *
 * referral_survival_test.c
 *	  Unit test of survival curves and cumulative incidences, printing TAP.
 *
 *-------------------------------------------------------------------------
 */
#include "referral/survival_core.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int	tests = 0;
static int	failures = 0;

static void
ok(bool passed, const char *what)
{
	printf("%s %d - %s\n", passed ? "ok" : "not ok", ++tests, what);
	if (!passed)
		failures++;
}

#define Z95 1.959963984540054
#define TIMES 40

/*
 * Freireich and others, Blood 1963;21:699-716: weeks in remission on 6-MP, below
 * 0 where they go on; figures as R's survfit prints them.
 */
static void
test_published(void)
{
	static const int weeks[] = {6, 6, 6, -6, 7, -9, 10, -10, -11, 13, 16, -17, -19, -20, 22, 23, -25, -32, -32, -34, -35};
	static const double survival[] = {0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448};
	static const double error[] = {0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346};
	static const double lower[] = {0.720, 0.653, 0.586, 0.510, 0.439, 0.337, 0.249};
	int64_t		counts[2 * TIMES] = {0};
	CgSurvivalPoint points[TIMES];
	CgSurvivalQuantile quantile;
	int32_t		count;
	int			step = 0;
	bool		same = true;

	for (int i = 0; i < (int) (sizeof(weeks) / sizeof(weeks[0])); i++)
		counts[2 * abs(weeks[i]) + (weeks[i] > 0)]++;
	count = cg_survival_curve(counts, TIMES, Z95, CG_SURVIVAL_LOG, points);
	ok(count == 16, "a step for each time");
	for (int i = 0; i < count; i++)
	{
		if (points[i].events == 0)
			continue;
		same &= fabs(points[i].survival - survival[step]) < 5e-4 &&
			fabs(points[i].standard_error - error[step]) < 5e-5 &&
			fabs(points[i].lower - lower[step]) < 5e-4;
		step++;
	}
	ok(step == 7 && same, "the published curve");
	quantile = cg_survival_quantile(points, count, 0.5);
	ok(quantile.value == 23 && quantile.lower == 16 && isnan(quantile.upper), "its median");
	ok(isnan(cg_survival_quantile(points, count, 0.9).value), "nine in ten are not reached");
}

/*
 * Edges: nobody, one, all at once.
 */
static void
test_edges(void)
{
	int64_t		nobody[6] = {0};
	int64_t		one[6] = {0, 0, 0, 1, 0, 0};
	int64_t		watched[6] = {0, 0, 3, 0, 0, 0};
	CgSurvivalPoint points[3];
	CgIncidencePoint incidence[3];

	ok(cg_survival_curve(nobody, 3, Z95, CG_SURVIVAL_PLAIN, points) == 0, "nobody: no steps");
	ok(isnan(cg_survival_quantile(points, 0, 0.5).value), "and no median");
	ok(cg_survival_curve(one, 3, Z95, CG_SURVIVAL_LOG_LOG, points) == 1 && points[0].survival == 0 &&
	   isnan(points[0].standard_error) && isnan(points[0].lower), "one with the event: no interval");
	ok(cg_survival_curve(watched, 3, Z95, CG_SURVIVAL_LOG_LOG, points) == 1 && points[0].survival == 1 &&
	   points[0].lower == 1 && points[0].standard_error == 0, "nobody with the event: survival 1");
	ok(cg_cumulative_incidence(watched, 3, 2, Z95, CG_SURVIVAL_PLAIN, incidence) == 0, "and no incidence");
	ok(cg_cumulative_incidence(one, 3, 2, Z95, CG_SURVIVAL_PLAIN, incidence) == 1 &&
	   incidence[0].incidence == 1 && incidence[0].standard_error == 0, "one: incidence 1");
}

/*
 * The variance as the book has it, with a sum for every time, against ours with
 * running sums; and what must hold of any curves.
 */
static void
test_random(void)
{
	enum { CAUSES = 4 };
	uint64_t	seed = 12345;
	bool		adds_up = true;
	bool		variances = true;
	bool		one_cause = true;

	for (int round = 0; round < 300; round++)
	{
		int64_t		counts[TIMES * CAUSES];
		int64_t		merged[TIMES * 2] = {0};
		CgIncidencePoint points[TIMES * CAUSES];
		CgSurvivalPoint curve[TIMES];
		CgIncidencePoint alone[TIMES];
		int32_t		steps;
		int32_t		count;

		for (int i = 0; i < TIMES * CAUSES; i++)
		{
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			counts[i] = (seed >> 60) < 6 ? (int64_t) (seed >> 58) % 5 : 0;
			merged[i / CAUSES * 2 + (i % CAUSES > 0)] += counts[i];
		}
		count = cg_cumulative_incidence(counts, TIMES, CAUSES, Z95, CG_SURVIVAL_LOG_LOG, points);
		steps = cg_survival_curve(merged, TIMES, Z95, CG_SURVIVAL_PLAIN, curve);
		for (int i = 0; i < count; i++)
		{
			double		sum = 0;
			double		variance = 0;
			const CgSurvivalPoint *here = NULL;
			double		before = 1;

			for (int j = 0; j < count; j++)
			{
				if (points[j].time == points[i].time)
					sum += points[j].incidence;
			}
			for (int k = 0; k < steps; k++)
			{
				const CgSurvivalPoint *step = &curve[k];

				if (step->time == points[i].time)
					here = step;
				if (step->time > points[i].time)
					break;
				for (int j = 0; j < count; j++)
				{
					double		n = (double) step->at_risk;
					double		d = (double) points[j].events;
					double		rise = points[i].incidence - points[j].incidence;

					if (points[j].time != step->time || points[j].cause != points[i].cause)
						continue;
					if (step->events < step->at_risk)
						variance += rise * rise * (double) step->events / (n * (n - (double) step->events));
					variance += before * before * d * (n - d) / (n * n * n) - 2 * rise * before * d / (n * n);
				}
				before = step->survival;
			}
			adds_up &= here != NULL && fabs(sum + here->survival - 1) < 1e-12;
			variances &= fabs(points[i].standard_error - sqrt(fmax(0, variance))) < 1e-7;
		}
		count = cg_cumulative_incidence(merged, TIMES, 2, Z95, CG_SURVIVAL_PLAIN, alone);
		for (int i = 0, k = 0; i < count; i++)
		{
			while (curve[k].time < alone[i].time)
				k++;
			one_cause &= fabs(alone[i].incidence + curve[k].survival - 1) < 1e-12 &&
				(isnan(curve[k].standard_error) || fabs(alone[i].standard_error - curve[k].standard_error) < 1e-7);
		}
	}
	ok(adds_up, "incidences and survival add up to 1");
	ok(variances, "variances are the book's");
	ok(one_cause, "one cause: one less the curve, with Greenwood's error");
}

int
main(void)
{
	test_published();
	test_edges();
	test_random();
	printf("1..%d\n", tests);
	return failures == 0 ? 0 : 1;
}
