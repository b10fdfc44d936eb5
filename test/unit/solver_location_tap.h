/*-------------------------------------------------------------------------
 *
 * solver_location_tap.h
 *	  TAP, counted memory and a clock between questions, for the tests of the
 *	  location and grouping solvers.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SOLVER_LOCATION_TAP_H
#define SOLVER_LOCATION_TAP_H

#include "numeric/random.h"
#include "solver/work.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int	tests = 0;
static int	failures = 0;

static void
ok(bool passed, const char *format,...)
{
	va_list		arguments;

	printf("%s %d - ", passed ? "ok" : "not ok", ++tests);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
	fflush(stdout);
	if (!passed)
		failures++;
}

/* What cannot be tested here, and why. */
static inline void
skip(const char *what, const char *why)
{
	printf("ok %d - %s # SKIP %s\n", ++tests, what, why);
	fflush(stdout);
}

/* Counts what is out, and can fail at the n-th request. */
typedef struct Counted
{
	long		out;
	long		requests;
	long		fail_at;		/* 0: never */
	long		questions;
	long		stop_at;		/* 0: never */
	double		last;
	double		longest;		/* CPU seconds between questions */
} Counted;

static inline double
cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec + 1e-9 * t.tv_nsec;
}

static void *
counted_allocate(void *context, size_t bytes)
{
	Counted    *counted = context;

	if (++counted->requests == counted->fail_at)
		return NULL;
	counted->out++;
	return malloc(bytes);
}

static void
counted_release(void *context, void *memory)
{
	Counted    *counted = context;

	counted->out--;
	free(memory);
}

static bool
counted_stop(void *context)
{
	Counted    *counted = context;
	double		now = cpu_seconds();

	if (counted->last > 0)
		counted->longest = fmax(counted->longest, now - counted->last);
	counted->last = now;
	return ++counted->questions == counted->stop_at;
}

static inline CgWork
counted_work(Counted *counted)
{
	CgWork		work = {counted_allocate, counted_release, counted_stop, counted};

	memset(counted, 0, sizeof(*counted));
	counted->last = cpu_seconds();
	return work;
}

static inline int
below(CgRandom *random, int limit)
{
	return (int) (cg_random_uniform(random) * limit);
}

/* The path of a shared file, or NULL where there are none. */
static inline const char *
shared_file(const char *folder, const char *name)
{
	static char path[1000];
	const char *shared = getenv("CAREGROUP_SHARED");

	if (shared == NULL)
		return NULL;
	snprintf(path, sizeof(path), "%s/data/allocation/%s/%s", shared, folder, name);
	return path;
}

static inline int
finish(void)
{
	printf("1..%d\n", tests);
	return failures > 0;
}

#endif							/* SOLVER_LOCATION_TAP_H */
