/*-------------------------------------------------------------------------
 *
 * demand_event_test.c
 *	  Unit test of regression on known events, printing TAP.
 *
 *-------------------------------------------------------------------------
 */
#include "demand/event_core.h"
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

#define N 156

static CgRandom random_state;

static double
noise(void)
{
	return cg_random_normal(&random_state);
}

static CgEventStatus
effects_of(const double *y, int n, int period, const double *events, int count, CgEventEffect *effects, double *adjusted)
{
	double	   *work = malloc(sizeof(double) * cg_event_work_size(n, period, count));
	CgEventStatus status = cg_event_effects(y, n, period, events, count, true, effects, adjusted, work, NULL);

	free(work);
	return status;
}

static bool
stop_at_once(void)
{
	return true;
}

int
main(void)
{
	double		y[N];
	double		z[N];
	double		adjusted[N];
	double		events[3 * N];
	CgEventEffect effects[3];
	CgEventEffect other[3];
	double		worst = 0;
	int			covered = 0;
	int			rounds = 200;
	char		line[100];

	cg_random_seed(&random_state, 5);
	for (int round = 0; round < rounds; round++)
	{
		memset(events, 0, sizeof(events));
		for (int k = 0; k < 8; k++)
			events[(int) (cg_random_uniform(&random_state) * N)] = 1;
		for (int i = 0; i < N; i++)
			events[N + i] = (int) (cg_random_uniform(&random_state) * 3);
		for (int i = 0; i < N; i++)
			y[i] = 100 + 0.2 * i + 15 * sin(2 * M_PI * i / 12) + noise() - 12 * events[i] + 3 * events[N + i];
		if (effects_of(y, N, 12, events, 2, effects, NULL) != CG_EVENT_OK)
			abort();
		for (int j = 0; j < 2; j++)
		{
			double		error = fabs(effects[j].effect - (j == 0 ? -12 : 3));

			worst = fmax(worst, error);
			covered += error < 1.96 * effects[j].error;
		}
	}
	snprintf(line, sizeof(line), "two effects are found (worst %.2f), errors cover them in %.1f %%", worst, covered / 2.0 / rounds * 100);
	ok(worst < 2 && covered >= 0.91 * 2 * rounds && covered <= 0.985 * 2 * rounds, line);

	effects_of(y, N, 12, events, 2, effects, adjusted);
	cg_event_add(adjusted, N, events, 2, effects, 1);
	worst = 0;
	for (int i = 0; i < N; i++)
		worst = fmax(worst, fabs(adjusted[i] - y[i]));
	ok(worst < 1e-10, "taken out and put back is as before");

	for (int i = 0; i < N; i++)
		z[i] = 5 - 2 * y[i];
	effects_of(z, N, 12, events, 2, other, NULL);
	ok(fabs(other[0].effect + 2 * effects[0].effect) < 1e-9 && fabs(other[0].error - 2 * effects[0].error) < 1e-9, "shift and scale go through");
	for (int i = 0; i < N; i++)
	{
		z[i] = y[i];
		events[2 * N + i] = i % 12 == 3;
	}
	effects_of(z, N, 12, events, 3, other, NULL);
	ok(!other[2].is_used && other[2].effect == 0 && other[0].is_used, "an event of every year belongs to the season");
	for (int i = 0; i < N; i++)
		events[2 * N + i] = 2 * events[i];
	effects_of(z, N, 12, events, 3, other, NULL);
	ok(other[0].is_used + other[2].is_used == 1, "of two events that are one, one is used");
	for (int i = 0; i < N; i++)
		events[2 * N + i] = 1;
	effects_of(z, N, 12, events, 3, other, NULL);
	ok(!other[2].is_used, "an event that is always there is no event");
	ok(effects_of(z, 20, 12, events, 1, other, NULL) == CG_EVENT_OK, "a series too short for its season goes without");
	ok(effects_of(z, 5, 12, events, 2, other, NULL) == CG_EVENT_TOO_MANY, "too many events for the values");
	ok(effects_of(z, N, 12, events, 0, other, adjusted) == CG_EVENT_OK && memcmp(adjusted, z, sizeof(z)) == 0, "no events change nothing");
	{
		double	   *work = malloc(sizeof(double) * cg_event_work_size(N, 12, 1));

		ok(cg_event_effects(y, N, 12, events, 1, false, other, NULL, work, stop_at_once) == CG_EVENT_STOPPED, "stops when told");
		ok(cg_event_effects(y, N, 12, events, 1, false, other, NULL, work, NULL) == CG_EVENT_OK && isnan(other[0].error), "without errors when they are not asked for");
		free(work);
	}
	printf("1..%d\n", tests);
	return failures > 0;
}
