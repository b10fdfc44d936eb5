/*-------------------------------------------------------------------------
 *
 * prepare_core.c
 *	  A forecast of a series as it comes.
 *
 *-------------------------------------------------------------------------
 */
#include "demand/prepare_core.h"

#include <math.h>
#include <string.h>

#include "demand/intermittent_core.h"
#include "numeric/special.h"

/* So many level shifts are looked for in one series. */
#define MOST_SHIFTS 50

/* The evidence that a level shift needs (series_level_shifts' default). */
#define SHIFT_P_VALUE 0.001

/* Series shorter than this have no events measured. */
#define LEAST_FOR_EVENTS 8

/* An event whose effect is less than so many standard errors is left out. */
#define LEAST_T 2.0

typedef struct Work
{
	int			n;
	int			period;			/* for cleaning: the shortest usable, or 1 */
	const CgPrepareOptions *prepare;
	CgPrepared *prepared;
	bool		non_negative;
	bool		stopped;
	double	   *y;				/* filled, outliers treated, with events */
	double	   *calm;			/* without events too */
	double	   *actual;			/* NaN where it was not there */
	double	   *seen;			/* calm where it was there, else NaN */
	double	   *columns;		/* of events, n values each */
	double	   *scratch;
	CgOutlier  *outliers;
	bool		(*stop) (void);
} Work;

bool
cg_prepare_is_plain(const CgPrepareOptions *prepare)
{
	return prepare->outliers == CG_OUTLIERS_KEEP && !prepare->adjust_shifts &&
		prepare->event_count == 0 &&
		(prepare->intervention == CG_INTERVENTION_KEEP ||
		 prepare->intervention_end <= prepare->intervention_first);
}

static bool
in_intervention(const CgPrepareOptions *prepare, int i)
{
	return prepare->intervention != CG_INTERVENTION_KEEP &&
		i >= prepare->intervention_first && i < prepare->intervention_end;
}

void
cg_prepare_actual(const double *y, int n, const CgPrepareOptions *prepare,
				  double *actual)
{
	for (int i = 0; i < n; i++)
	{
		actual[i] = in_intervention(prepare, i) ? NAN : y[i];
		if (isnan(y[i]) && prepare->missing == CG_MISSING_ZERO && !in_intervention(prepare, i))
			actual[i] = 0;
	}
}

/* ---- missing, intervention ---- */

static CgForecastStatus
fill(Work *work, const double *y)
{
	const CgPrepareOptions *prepare = work->prepare;
	CgPrepared *prepared = work->prepared;
	CgIntervention effect = {NAN, NAN};
	int			n = work->n;
	int			known = 0;
	int			bad_row;

	cg_prepare_actual(y, n, prepare, work->actual);
	for (int i = 0; i < n; i++)
	{
		bool		inside = in_intervention(prepare, i);

		prepared->intervention += inside;
		work->calm[i] = isnan(y[i]) ? work->actual[i] : y[i];
		if (isnan(y[i]) && !inside)
		{
			prepared->filled++;
			if (prepare->missing == CG_MISSING_REFUSE)
			{
				prepared->bad_row = i;
				return CG_FORECAST_MISSING;
			}
		}
	}
	if (prepared->intervention > 0 && prepare->intervention == CG_INTERVENTION_LEVEL &&
		cg_intervention_effect(work->calm, n, work->period, prepare->intervention_first,
							   prepare->intervention_end - 1, &effect, work->scratch,
							   work->stop) == CG_CLEAN_STOPPED)
		return CG_FORECAST_STOPPED;
	for (int i = 0; i < n; i++)
	{
		/* a level that could not be measured is not known to be right */
		if (in_intervention(prepare, i))
			work->calm[i] = isnan(effect.effect) ? NAN : work->calm[i] - effect.effect;
		known += !isnan(work->calm[i]);
	}
	if (known == 0)
		return CG_FORECAST_ALL_MISSING;
	/* the intervention was not nothing, and it was named: it is no refusal */
	if (cg_fill_missing(work->calm, n, work->period,
						prepare->missing == CG_MISSING_INTERPOLATE ? CG_MISSING_INTERPOLATE :
						CG_MISSING_SEASONAL, work->y, &bad_row, work->scratch,
						work->stop) == CG_CLEAN_STOPPED)
		return CG_FORECAST_STOPPED;
	for (int i = 0; i < n && work->non_negative; i++)
		work->y[i] = fmax(0, work->y[i]);
	return CG_FORECAST_OK;
}

/* ---- events ---- */

/*
 * calm becomes y without its events.  False when stopped.
 */
static bool
take_events_out(Work *work, bool with_errors)
{
	const CgPrepareOptions *prepare = work->prepare;
	CgEventEffect *effects = work->prepared->effects;
	int			count = prepare->event_count;
	int			n = work->n;
	CgEventStatus status = CG_EVENT_TOO_MANY;

	memcpy(work->calm, work->y, sizeof(double) * n);
	work->prepared->events_used = 0;
	for (int j = 0; j < count; j++)
		effects[j] = (CgEventEffect) {0, NAN, false};
	if (count == 0 || n < LEAST_FOR_EVENTS || cg_is_sparse(work->y, n))
		return true;
	status = cg_event_effects(work->y, n, work->period, work->columns, count, with_errors,
							  effects, NULL, work->scratch, work->stop);
	if (status == CG_EVENT_STOPPED)
		return false;
	for (int j = 0; j < count; j++)
	{
		bool		tells = status == CG_EVENT_OK && effects[j].is_used &&
			(!with_errors || fabs(effects[j].effect) >= LEAST_T * effects[j].error);

		if (!tells)
			effects[j] = (CgEventEffect) {0, NAN, false};
		work->prepared->events_used += tells;
	}
	cg_event_add(work->calm, n, work->columns, count, effects, -1);
	return true;
}

/* ---- outliers, shifts ---- */

/*
 * Among the values that were there: what was filled lies where it is expected
 * and would make the rest look far out.
 */
static bool
find_outliers(Work *work, int *found, double *spread)
{
	for (int i = 0; i < work->n; i++)
		work->seen[i] = isnan(work->actual[i]) ? NAN : work->calm[i];
	return cg_find_outliers(work->seen, work->n, work->period, CG_OUTLIER_THRESHOLD, work->outliers,
							work->n, found, spread, work->scratch,
							work->stop) == CG_CLEAN_OK;
}

static bool
treat_outliers(Work *work)
{
	CgOutlierPolicy policy = work->prepare->outliers;
	int			found;
	double		spread;

	if (!find_outliers(work, &found, &spread))
		return false;
	work->prepared->outliers = found;
	for (int k = 0; k < found; k++)
	{
		const CgOutlier *outlier = &work->outliers[k];
		double		better = outlier->expected;

		if (policy == CG_OUTLIERS_DAMPEN)
			better += copysign(CG_OUTLIER_THRESHOLD * spread, outlier->z);
		work->y[outlier->place] += better - work->calm[outlier->place];
		if (work->non_negative)
			work->y[outlier->place] = fmax(0, work->y[outlier->place]);
		if (policy == CG_OUTLIERS_REPLACE)
			work->actual[outlier->place] = NAN;
	}
	return true;
}

/*
 * What came before a shift moves to the level of today.
 */
static bool
level_shifts(Work *work)
{
	double	   *quiet = work->scratch;
	CgLevelShift shifts[MOST_SHIFTS];
	int			found;
	double		spread;

	/* outliers, kept or not, would hide shifts */
	if (!find_outliers(work, &found, &spread))
		return false;
	memcpy(quiet, work->calm, sizeof(double) * work->n);
	for (int k = 0; k < found; k++)
		quiet[work->outliers[k].place] = work->outliers[k].expected;
	if (cg_find_level_shifts(quiet, work->n, work->period, SHIFT_P_VALUE, shifts, MOST_SHIFTS,
							 &found, work->scratch + work->n, work->stop) != CG_CLEAN_OK)
		return false;
	work->prepared->shifts = found;
	for (int k = 0; k < found; k++)
	{
		for (int i = 0; i < shifts[k].place; i++)
			work->calm[i] += shifts[k].step;
	}
	return true;
}

/* ---- all of it ---- */

static CgForecastStatus
prepare_series(Work *work, const double *y)
{
	CgForecastStatus status = fill(work, y);
	bool		treats = work->prepare->outliers != CG_OUTLIERS_KEEP;

	if (status != CG_FORECAST_OK)
		return status;
	/* outliers are outliers beside the events, and events are not outliers */
	if (treats && (!take_events_out(work, false) || !treat_outliers(work)))
		return CG_FORECAST_STOPPED;
	if (!take_events_out(work, true))
		return CG_FORECAST_STOPPED;
	if (work->prepare->adjust_shifts && !level_shifts(work))
		return CG_FORECAST_STOPPED;
	for (int i = 0; i < work->n; i++)
	{
		if (work->non_negative)
			work->calm[i] = fmax(0, work->calm[i]);
		if (!isnan(work->actual[i]))
			work->actual[i] = work->calm[i];
	}
	return CG_FORECAST_OK;
}

/*
 * The events of the steps ahead come in, and how little is known of them.
 */
static void
put_events_back(const Work *work, const CgForecastOptions *options,
				CgForecastResult *result)
{
	const CgPrepareOptions *prepare = work->prepare;

	for (int h = 0; h < options->horizon; h++)
	{
		double		effect = 0;
		double		variance = 0;

		for (int j = 0; j < prepare->event_count; j++)
		{
			const CgEventEffect *event = &work->prepared->effects[j];
			double		x = prepare->events[(size_t) j * prepare->event_length + work->n + h];

			if (!event->is_used)
				continue;
			effect += x * event->effect;
			variance += isnan(event->error) ? 0 : x * x * event->error * event->error;
		}
		for (int level = 0; level < options->level_count; level++)
		{
			double		z = cg_normal_quantile(0.5 + options->levels[level] / 2);
			double	   *lower = &result->lower[level * options->horizon + h];
			double	   *upper = &result->upper[level * options->horizon + h];
			double		point = result->point[h];

			*lower = point + effect - sqrt((point - *lower) * (point - *lower) + z * z * variance);
			*upper = point + effect + sqrt((*upper - point) * (*upper - point) + z * z * variance);
			if (options->non_negative && !isnan(*lower))
			{
				*lower = fmax(0, *lower);
				*upper = fmax(0, *upper);
			}
		}
		result->point[h] += effect;
		if (options->non_negative)
			result->point[h] = fmax(0, result->point[h]);
	}
}

static void
take_memory(Work *work, CgArena *arena)
{
	const CgPrepareOptions *prepare = work->prepare;
	int			n = work->n;
	int			count = prepare->event_count;
	size_t		cleaning = cg_clean_work_size(n, work->period) + n;
	size_t		events = count > 0 ? cg_event_work_size(n, work->period, count) : 0;

	work->y = cg_arena_doubles(arena, n);
	work->calm = cg_arena_doubles(arena, n);
	work->actual = cg_arena_doubles(arena, n);
	work->seen = cg_arena_doubles(arena, n);
	work->scratch = cg_arena_doubles(arena, cleaning > events ? cleaning : events);
	work->outliers = cg_arena_take(arena, sizeof(CgOutlier) * n);
	if (count == 0)
		return;
	/* columns as long as the history, which may end before theirs */
	work->columns = cg_arena_doubles(arena, (size_t) n * count);
	for (int j = 0; j < count; j++)
		memcpy(work->columns + (size_t) j * n,
			   prepare->events + (size_t) j * prepare->event_length, sizeof(double) * n);
}

CgForecastStatus
cg_forecast_prepared(const double *y, int n, const CgForecastOptions *options,
					 const CgPrepareOptions *prepare, CgForecastResult *result,
					 CgPrepared *prepared, void *(*allocate) (size_t),
					 void (*release) (void *), bool (*stop) (void))
{
	CgForecastOptions inner = *options;
	CgForecastStatus status;
	CgArena		arena;
	Work		work = {.n = n, .period = 1, .prepare = prepare, .prepared = prepared,
	.non_negative = options->non_negative, .stop = stop};
	int			periods[CG_MSTL_PERIODS];
	bool		missing = false;

	memset(prepared, 0, sizeof(CgPrepared));
	for (int i = 0; i < n; i++)
		missing |= isnan(y[i]);
	if (n < 1 || (!missing && cg_prepare_is_plain(prepare)))
		return cg_forecast(y, n, options, result, allocate, release, stop);
	if (cg_mstl_periods(options->periods, options->period_count, n, periods) > 0)
		work.period = periods[0];
	cg_arena_begin(&arena, allocate, release, stop);
	if (setjmp(arena.escape) != 0)
	{
		cg_arena_end(&arena);
		return arena.stopped ? CG_FORECAST_STOPPED : CG_FORECAST_NO_MEMORY;
	}
	take_memory(&work, &arena);
	status = prepare_series(&work, y);
	if (status == CG_FORECAST_OK)
	{
		inner.actual = work.actual;
		/* below 0 is only told when the events are back */
		if (prepared->events_used > 0)
			inner.non_negative = false;
		status = cg_forecast(work.calm, n, &inner, result, allocate, release, stop);
	}
	if (status == CG_FORECAST_OK && prepared->events_used > 0)
		put_events_back(&work, options, result);
	cg_arena_end(&arena);
	return status;
}
