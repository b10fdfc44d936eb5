/*-------------------------------------------------------------------------
 *
 * demand_clean_test.c
 *	  Unit test of missing periods, outliers, level shifts and interventions,
 *	  printing TAP.  How often what is not there is found, and what is there
 *	  is missed, is measured on random series.
 *
 *-------------------------------------------------------------------------
 */
#include "demand/clean_core.h"
#include "numeric/random.h"

#include <math.h>
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

#define MOST 400

static CgRandom random_state;

static double
noise(void)
{
	return cg_random_normal(&random_state);
}

/* ---- a short way to call ---- */

static int
outliers(const double *y, int n, int period, CgOutlier *found)
{
	double	   *work = malloc(sizeof(double) * cg_clean_work_size(n, period));
	double		spread;
	int			count;

	if (cg_find_outliers(y, n, period, CG_OUTLIER_THRESHOLD, found, n, &count, &spread, work, NULL) != CG_CLEAN_OK)
		abort();
	free(work);
	return count;
}

static int
shifts(const double *y, int n, int period, double level, CgLevelShift *found)
{
	double	   *work = malloc(sizeof(double) * cg_clean_work_size(n, period));
	int			count;

	if (cg_find_level_shifts(y, n, period, level, found, 20, &count, work, NULL) != CG_CLEAN_OK)
		abort();
	free(work);
	return count;
}

static CgCleanStatus
fill(const double *y, int n, int period, CgMissingPolicy policy, double *filled, int *bad)
{
	double	   *work = malloc(sizeof(double) * cg_clean_work_size(n, period));
	CgCleanStatus status = cg_fill_missing(y, n, period, policy, filled, bad, work, NULL);

	free(work);
	return status;
}

/* Noise, or with alike each value like the last, about a season and a line. */
static void
make(double *y, int n, int period, double alike, double slope)
{
	double		last = noise() / sqrt(1 - alike * alike);

	for (int i = 0; i < n; i++)
	{
		y[i] = 50 + last + slope * i + (period > 1 ? 10 * sin(2 * M_PI * i / period) : 0);
		last = alike * last + noise();
	}
}

/* ---- tests ---- */

static void
test_missing(void)
{
	double		y[] = {NAN, 2, NAN, NAN, 8, NAN};
	double		filled[60];
	double		worst = 0;
	double		season[60];
	int			bad = -1;

	ok(fill(y, 6, 1, CG_MISSING_REFUSE, filled, &bad) == CG_CLEAN_MISSING && bad == 0, "refused, and which is said");
	ok(fill(y, 6, 1, CG_MISSING_ZERO, filled, &bad) == CG_CLEAN_OK && filled[0] == 0 && filled[1] == 2 && filled[5] == 0, "zero");
	ok(fill(y, 6, 1, CG_MISSING_INTERPOLATE, filled, &bad) == CG_CLEAN_OK && filled[0] == 2 && filled[2] == 4 && filled[3] == 6 && filled[5] == 8, "a line between, the level at the ends");
	for (int i = 0; i < 60; i++)
		season[i] = 30 + 10 * sin(2 * M_PI * i / 12);
	memcpy(filled, season, sizeof(season));
	for (int i = 14; i < 20; i++)
		season[i] = NAN;
	{
		double		result[60];

		fill(season, 60, 12, CG_MISSING_SEASONAL, result, &bad);
		for (int i = 0; i < 60; i++)
			worst = fmax(worst, fabs(result[i] - filled[i]));
		ok(worst < 1e-9, "seasonal: half a year missing of a pure season comes back");
		fill(season, 60, 12, CG_MISSING_INTERPOLATE, result, &bad);
		ok(fabs(result[15] - filled[15]) > 1, "interpolate does not do that");
		fill(result, 60, 12, CG_MISSING_REFUSE, filled, &bad);
		ok(memcmp(result, filled, sizeof(result)) == 0, "what is complete stays");
	}
	for (int i = 0; i < 6; i++)
		y[i] = NAN;
	ok(fill(y, 6, 1, CG_MISSING_INTERPOLATE, filled, &bad) == CG_CLEAN_EMPTY, "nothing to go by");
	ok(fill(y, 6, 1, CG_MISSING_ZERO, filled, &bad) == CG_CLEAN_OK && filled[3] == 0, "but zeros");
}

static void
test_outliers(void)
{
	static const int lengths[] = {36, 60, 120, 156, 60, 400};
	static const int periods[] = {12, 12, 12, 52, 1, 7};
	double		y[MOST];
	double		z[MOST];
	CgOutlier	found[MOST];
	CgOutlier	other[MOST];
	char		line[120];

	for (int k = 0; k < 6; k++)
	{
		int			n = lengths[k];
		int			false_alarms = 0;
		int			hits = 0;

		for (int round = 0; round < 200; round++)
		{
			int			place = (int) (cg_random_uniform(&random_state) * n);
			int			count;

			make(y, n, periods[k], 0.5 * (round % 2), 0.3);
			false_alarms += outliers(y, n, periods[k], found) > 0;
			y[place] += round % 4 < 2 ? 15 : -15;
			count = outliers(y, n, periods[k], found);
			for (int j = 0; j < count; j++)
				hits += found[j].place == place && (found[j].z > 0) == (round % 4 < 2) && found[j].p_value < 0.01;
		}
		snprintf(line, sizeof(line), "%d values, period %d: false alarm in %.1f %%, 15 sigma found in %.1f %% of 200 series", n, periods[k], false_alarms / 2.0, hits / 2.0);
		ok(false_alarms <= 10 && hits >= 190, line);
	}
	make(y, 120, 12, 0, 0.1);
	y[77] += 30;
	for (int i = 0; i < 120; i++)
		z[i] = 7 - 3 * y[i];
	ok(outliers(y, 120, 12, found) == 1 && outliers(z, 120, 12, other) == 1 && fabs(found[0].z + other[0].z) < 1e-6 && fabs(other[0].expected - 7 + 3 * found[0].expected) < 1e-6, "shift and scale go through");
	for (int i = 0; i < 100; i++)
		y[i] = i % 5 == 0 ? 10 : 0;
	ok(outliers(y, 100, 1, found) == 0, "demands of sparse counts are no outliers");
	for (int i = 0; i < 100; i++)
		y[i] = 3 + 0.1 * i;
	ok(outliers(y, 100, 1, found) == 0, "a straight line has none");
	make(y, 100, 1, 0, 0);
	for (int i = 50; i < 100; i++)
		y[i] += 40;
	ok(outliers(y, 100, 1, found) == 0, "the edges of a step are none");
	ok(outliers(y, 0, 1, found) == 0 && outliers(y, 3, 12, found) == 0, "too few values have none");
}

static void
test_shifts(void)
{
	double		y[MOST];
	CgLevelShift found[20];
	char		line[120];
	static const double likes[] = {0, 0.5};

	for (int k = 0; k < 2; k++)
	{
		int			false_alarms = 0;
		int			hits = 0;

		for (int round = 0; round < 200; round++)
		{
			int			place = 30 + (int) (cg_random_uniform(&random_state) * 60);
			int			count;

			make(y, 120, 12, likes[k], 0.1);
			false_alarms += shifts(y, 120, 12, 0.001, found) > 0;
			for (int i = place; i < 120; i++)
				y[i] += 8;
			count = shifts(y, 120, 12, 0.001, found);
			for (int j = 0; j < count; j++)
				hits += abs(found[j].place - place) <= 1 && fabs(found[j].step - 8) < 4;
		}
		snprintf(line, sizeof(line), "neighbours alike by %.1f: false alarm in %.1f %%, a step of 8 sigma found in %.1f %% of 200 series", likes[k], false_alarms / 2.0, hits / 2.0);
		ok(false_alarms <= (k == 0 ? 4 : 10) && hits >= (k == 0 ? 190 : 120), line);
	}
	make(y, 200, 12, 0, 0);
	for (int i = 60; i < 200; i++)
		y[i] += i < 130 ? 20 : -15;
	ok(shifts(y, 200, 12, 0.001, found) == 2 && found[0].place == 60 && found[1].place == 130 &&
	   fabs(found[0].step - 20) < 3 && fabs(found[1].step + 35) < 3, "two shifts, in order, with their steps");
	for (int i = 0; i < 200; i++)
		y[i] = i;
	ok(shifts(y, 200, 1, 0.001, found) == 0, "a line has none");
	for (int i = 0; i < 200; i++)
		y[i] = i < 100 ? 5 : 9;
	ok(shifts(y, 200, 1, 0.001, found) == 1 && found[0].place == 100 && fabs(found[0].step - 4) < 1e-9, "a bare step is found where it is");
	ok(shifts(y, 4, 1, 0.001, found) == 0, "too few values have none");
}

static void
test_intervention(void)
{
	double		y[120];
	double		work[2000];
	double		worst = 0;
	int			covered = 0;
	CgIntervention effect;

	for (int round = 0; round < 200; round++)
	{
		make(y, 120, 12, 0, 0.2);
		for (int i = 50; i < 63; i++)
			y[i] -= 25;
		cg_intervention_effect(y, 120, 12, 50, 62, &effect, work, NULL);
		worst = fmax(worst, fabs(effect.effect + 25));
		covered += fabs(effect.effect + 25) < 1.96 * effect.error;
	}
	ok(worst < 3, "the level of an intervention is found");
	ok(covered >= 180, "and its error covers the truth 95 times of 100, or nearly");
	cg_intervention_effect(y, 120, 12, 50, 50, &effect, work, NULL);
	ok(isnan(effect.effect), "one value has no level");
	cg_intervention_effect(y, 120, 12, 0, 119, &effect, work, NULL);
	ok(isnan(effect.effect), "nor has all of the series");
}

static bool
stop_at_once(void)
{
	return true;
}

static void
test_stop(void)
{
	int			n = 20000;
	double	   *y = malloc(sizeof(double) * n);
	double	   *work = malloc(sizeof(double) * cg_clean_work_size(n, 365));
	CgOutlier  *found = malloc(sizeof(CgOutlier) * n);
	double		spread;
	int			count;

	make(y, n, 365, 0, 0);
	ok(cg_find_outliers(y, n, 365, 5, found, n, &count, &spread, work, stop_at_once) == CG_CLEAN_STOPPED, "stops when told");
	free(y);
	free(work);
	free(found);
}

int
main(void)
{
	cg_random_seed(&random_state, 3);
	test_missing();
	test_outliers();
	test_shifts();
	test_intervention();
	test_stop();
	printf("1..%d\n", tests);
	return failures > 0;
}
