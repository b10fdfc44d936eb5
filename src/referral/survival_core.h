/*-------------------------------------------------------------------------
 *
 * survival_core.h
 *	  Time to an event of which some have not come yet: Kaplan and Meier's
 *	  curve, its quantiles, and Aalen and Johansen's cumulative incidences.
 *
 * Plain C: nothing here knows PostgreSQL.  Times are whole numbers from 0;
 * counts[time * causes + cause] says how many ended at that time by that
 * cause, where cause 0 is that they were last seen then (censored).  At equal
 * times events come before censoring.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_SURVIVAL_CORE_H
#define CG_SURVIVAL_CORE_H

#include <stdint.h>

typedef enum CgSurvivalInterval
{
	CG_SURVIVAL_LOG_LOG,
	CG_SURVIVAL_LOG,
	CG_SURVIVAL_PLAIN
} CgSurvivalInterval;

/* NaN where a figure does not exist: at a survival of 0 there is no interval. */
typedef struct CgSurvivalPoint
{
	int32_t		time;
	int64_t		at_risk;
	int64_t		events;
	int64_t		censored;
	double		survival;
	double		standard_error;
	double		lower;
	double		upper;
} CgSurvivalPoint;

/*
 * One point for each time at which somebody ended, in order; there are never
 * more than times.  z is the normal deviate of the confidence.  Returns their
 * number.  Sources: Kaplan and Meier, J Am Stat Assoc 1958;53:457-81;
 * Greenwood 1926; Kalbfleisch and Prentice 1980, p. 15 (log-log).
 */
extern int32_t cg_survival_curve(const int64_t *counts, int32_t times, double z,
								 CgSurvivalInterval interval,
								 CgSurvivalPoint *points);

/*
 * The time by which share have had the event, with limits from the curve's
 * (Brookmeyer and Crowley, Biometrics 1982;38:29-41); NaN where the curve does
 * not come down so far.  Where it runs level at just that height, the middle of
 * the level part.
 */
typedef struct CgSurvivalQuantile
{
	double		value;
	double		lower;
	double		upper;
} CgSurvivalQuantile;

extern CgSurvivalQuantile cg_survival_quantile(const CgSurvivalPoint *points,
											   int32_t count, double share);

typedef struct CgIncidencePoint
{
	int32_t		time;
	int32_t		cause;
	int64_t		at_risk;
	int64_t		events;
	double		incidence;
	double		standard_error;
	double		lower;
	double		upper;
} CgIncidencePoint;

/*
 * For each time at which somebody had an event, a point for each cause that
 * occurs at all, from 1 to causes - 1.  points has room for times *
 * (causes - 1).  Sources: Aalen and Johansen, Scand J Stat 1978;5:141-50;
 * variance by the delta method, Marubini and Valsecchi, Analysing Survival
 * Data from Clinical Trials and Observational Studies, 1995, p. 341.
 */
extern int32_t cg_cumulative_incidence(const int64_t *counts, int32_t times,
									   int32_t causes, double z,
									   CgSurvivalInterval interval,
									   CgIncidencePoint *points);

#endif							/* CG_SURVIVAL_CORE_H */
