/*-------------------------------------------------------------------------
 *
 * clean_core.h
 *	  What stands in the way of a forecast: missing periods, outliers, level
 *	  shifts, and a known intervention such as that of COVID.
 *
 * Plain C: nothing here knows PostgreSQL; memory is the caller's.  NaN stands
 * for a missing value.  All figures move and scale with the series; counts
 * and the like are best given as square roots or logarithms.
 *
 * Season and level are medians, so that what is to be found does not hide
 * itself.  Sources: Tukey, Exploratory Data Analysis, 1977 (running medians);
 * Hirsch, Slack and Smith, Water Resour Res 1982;18:107-21 (slope between
 * seasons); Siegel, Biometrika 1982;69:242-4 (repeated medians, at the ends);
 * Chen and Liu, J Am Stat Assoc 1993;88:284-97 (outliers and level shifts as
 * regression effects with their t).
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_CLEAN_CORE_H
#define CG_CLEAN_CORE_H

#include <stdbool.h>
#include <stddef.h>

typedef enum CgCleanStatus
{
	CG_CLEAN_OK,
	CG_CLEAN_STOPPED,
	CG_CLEAN_MISSING,			/* a value, where the policy is to refuse */
	CG_CLEAN_EMPTY				/* no value at all */
} CgCleanStatus;

typedef enum CgMissingPolicy
{
	CG_MISSING_REFUSE,
	CG_MISSING_ZERO,
	CG_MISSING_INTERPOLATE,		/* a line between neighbours; level at the ends */
	CG_MISSING_SEASONAL			/* the same of the series without its season */
} CgMissingPolicy;

/* Doubles of work space for all functions below. */
extern size_t cg_clean_work_size(int n, int period);

/*
 * The season, as the medians of each phase about a running median of one
 * period, centred on 0: period values in figure.  All 0 where there are fewer
 * than two periods, or the period is below 2.  False when stopped.
 */
extern bool cg_median_season(const double *y, int n, int period,
							 double *figure, double *work,
							 bool (*stop) (void));

/*
 * filled: y with its NaNs replaced.  period matters to CG_MISSING_SEASONAL
 * alone.  On CG_CLEAN_MISSING *bad_row is the first that is missing.
 */
extern CgCleanStatus cg_fill_missing(const double *y, int n, int period,
									 CgMissingPolicy policy, double *filled,
									 int *bad_row, double *work,
									 bool (*stop) (void));

typedef enum CgOutlierPolicy
{
	CG_OUTLIERS_KEEP,
	CG_OUTLIERS_DAMPEN,			/* no further out than the threshold */
	CG_OUTLIERS_REPLACE			/* by what was expected */
} CgOutlierPolicy;

/* An intervention: what to do with it. */
typedef enum CgInterventionPolicy
{
	CG_INTERVENTION_MISSING,	/* as if its values were not there */
	CG_INTERVENTION_LEVEL,		/* its level is taken out */
	CG_INTERVENTION_KEEP
} CgInterventionPolicy;

typedef struct CgOutlier
{
	int			place;
	double		expected;		/* level and season at that place */
	double		z;				/* robust standard deviations above that */
	double		p_value;		/* that the most extreme of n normal values is so far */
} CgOutlier;

/* Deviations from the median that far are outliers unless the caller differs:
 * where Tukey's outer fences lie in normal data. */
#define CG_OUTLIER_THRESHOLD 4.72

/*
 * At most `most` outliers in the order of place; *spread is one robust
 * standard deviation.  Where more than half of the values equal their level
 * (sparse counts) there is no measure and none are found: spread is 0.
 */
extern CgCleanStatus cg_find_outliers(const double *y, int n, int period,
									  double threshold, CgOutlier *outliers,
									  int most, int *found, double *spread,
									  double *work, bool (*stop) (void));

typedef struct CgLevelShift
{
	int			place;			/* first row of the new level */
	double		step;			/* new less old level */
	double		t;				/* step over its standard error */
	double		p_value;		/* after allowing for all places looked at */
} CgLevelShift;

/*
 * Shifts with p_value at most level, in the order of place.  A shift is a
 * step beside a local straight line; its standard error allows for
 * neighbouring rows being alike.  Outliers must be out of y.
 */
extern CgCleanStatus cg_find_level_shifts(const double *y, int n, int period,
										  double level, CgLevelShift *shifts,
										  int most, int *found, double *work,
										  bool (*stop) (void));

typedef struct CgIntervention
{
	double		effect;			/* level within less the line round about */
	double		error;			/* its standard error; NaN where unknown */
} CgIntervention;

/*
 * The level of rows first … last, as a regression on it and on a straight
 * line over the surrounding rows.  NaN where either has fewer than 2 values.
 */
extern CgCleanStatus cg_intervention_effect(const double *y, int n, int period,
											int first, int last,
											CgIntervention *effect,
											double *work, bool (*stop) (void));

#endif							/* CG_CLEAN_CORE_H */
