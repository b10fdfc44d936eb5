/*-------------------------------------------------------------------------
 *
 * spc_core.h
 *	  Statistical process control: charts, rules, phases and what follows.
 *
 * Plain C: nothing here knows PostgreSQL.  Arrays in, arrays out; memory is
 * the caller's, so nothing has to be freed when a caller jumps away.  In
 * every double NaN stands for "there is none", and an infinite value never
 * comes in and never goes out.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_SPC_CORE_H
#define CG_SPC_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum CgSpcChart
{
	CG_SPC_RUN,					/* value against its median, no limits */
	CG_SPC_I,					/* single values; sigma = average range / 1.128 */
	CG_SPC_MR,					/* moving ranges of single values */
	CG_SPC_XMR,					/* single values; limits at 2.66 average ranges */
	CG_SPC_XBAR,				/* means of subgroups */
	CG_SPC_S,					/* standard deviations of subgroups */
	CG_SPC_P,					/* proportions, binomial */
	CG_SPC_P_PRIME,				/* proportions, Laney */
	CG_SPC_U,					/* rates, Poisson */
	CG_SPC_U_PRIME,				/* rates, Laney */
	CG_SPC_I_PRIME,				/* means with a denominator, Taylor */
	CG_SPC_C,					/* counts, Poisson */
	CG_SPC_G,					/* cases between events, geometric */
	CG_SPC_T,					/* time between events, Weibull */
	CG_SPC_CHARTS				/* how many there are */
} CgSpcChart;

typedef enum CgSpcDirection
{
	CG_SPC_LOWER_BETTER = -1,
	CG_SPC_NEUTRAL = 0,
	CG_SPC_HIGHER_BETTER = 1
} CgSpcDirection;

typedef enum CgSpcRuleSet
{
	CG_SPC_NHS,					/* limits, run, trend, two of three */
	CG_SPC_WESTERN_ELECTRIC,	/* limits, run of 8, two of three, four of five */
	CG_SPC_ANHOEJ,				/* limits, longest run, crossings */
	CG_SPC_SHEWHART				/* limits */
} CgSpcRuleSet;

typedef enum CgSpcTwoOfThree
{
	CG_SPC_BEYOND_TWO_SIGMA,	/* Making Data Count since 2023 */
	CG_SPC_NEAR_LIMIT			/* before: beyond two sigma, inside the limit */
} CgSpcTwoOfThree;

typedef enum CgSpcStatus
{
	CG_SPC_OK,
	CG_SPC_STOPPED,
	CG_SPC_OVERFLOW,			/* a figure left the range of a double */
	CG_SPC_NEGATIVE_VALUE,		/* of a count or a spread */
	CG_SPC_NOT_POSITIVE,		/* time between events */
	CG_SPC_NEGATIVE_DENOMINATOR,
	CG_SPC_ZERO_DENOMINATOR,	/* with a numerator that is not zero */
	CG_SPC_ABOVE_DENOMINATOR,	/* more than all */
	CG_SPC_SUBGROUP_SIZE,		/* not a whole number of 1 or more */
	CG_SPC_PROBABILITY,			/* not between 0 and 1 */
	CG_SPC_OUTCOME				/* not 0 or 1 */
} CgSpcStatus;

/*
 * The rules that fire at a point, in the order of priority: the label of a
 * point is its lowest bit.  In each pair the first speaks of high values.
 */
#define CG_SPC_ABOVE_LIMIT			(1 << 0)
#define CG_SPC_BELOW_LIMIT			(1 << 1)
#define CG_SPC_TREND_UP				(1 << 2)
#define CG_SPC_TREND_DOWN			(1 << 3)
#define CG_SPC_TWO_OF_THREE_ABOVE	(1 << 4)
#define CG_SPC_TWO_OF_THREE_BELOW	(1 << 5)
#define CG_SPC_FOUR_OF_FIVE_ABOVE	(1 << 6)
#define CG_SPC_FOUR_OF_FIVE_BELOW	(1 << 7)
#define CG_SPC_RUN_ABOVE			(1 << 8)
#define CG_SPC_RUN_BELOW			(1 << 9)
#define CG_SPC_LONG_RUN				(1 << 10)	/* of the whole phase */
#define CG_SPC_FEW_CROSSINGS		(1 << 11)	/* of the whole phase */
#define CG_SPC_RULE_BITS			12
#define CG_SPC_ALL_RULES			((1 << CG_SPC_RULE_BITS) - 1)

typedef enum CgSpcAssurance
{
	CG_SPC_NO_ASSURANCE,		/* no target, no direction or no limits */
	CG_SPC_CONSISTENT_PASS,
	CG_SPC_INCONSISTENT,
	CG_SPC_CONSISTENT_FAIL
} CgSpcAssurance;

typedef enum CgSpcVariation
{
	CG_SPC_COMMON_CAUSE,
	CG_SPC_IMPROVEMENT,
	CG_SPC_CONCERN,
	CG_SPC_NEUTRAL_HIGH,
	CG_SPC_NEUTRAL_LOW,
	CG_SPC_PATTERN				/* a rule of the whole phase, without a side */
} CgSpcVariation;

/* Marks of an input row. */
#define CG_SPC_MARK_REBASE	1	/* a phase starts here */
#define CG_SPC_MARK_GHOST	2	/* shown, but in no calculation */
#define CG_SPC_MARK_BREAK	4	/* a period is missing before this row */

/* A phase of fewer points has limits that are not yet firm. */
#define CG_SPC_SHORT_PHASE	13

typedef struct CgSpcOptions
{
	CgSpcChart	chart;
	CgSpcDirection direction;
	CgSpcRuleSet rule_set;
	CgSpcTwoOfThree two_of_three;
	bool		screen;			/* leave out moving ranges above their limit */
	bool		trend_ties;		/* equal neighbours do not end a trend */
	int			run_length;
	int			trend_length;
	double		sigma;			/* limits at this many sigma */
	double		per;			/* results are multiplied by this */
	double		target;			/* where series have no targets of their own */
	size_t		fix_after;		/* rows of a phase that set its limits; 0 = all */
} CgSpcOptions;

typedef struct CgSpcSeries
{
	size_t		n;
	const double *value;		/* or numerator, or mean of the subgroup */
	const double *denominator;	/* or size of the subgroup; may be NULL */
	const double *spread;		/* standard deviation of the subgroup; may be NULL */
	const double *target;		/* may be NULL: options.target */
	const uint8_t *marks;		/* may be NULL: none */
} CgSpcSeries;

/*
 * One point of a chart.  The layout is that of the SQL type spc_point, so
 * that a row can be copied as it stands: doubles, then integers, then flags.
 */
typedef struct CgSpcPoint
{
	double		value;
	double		centre;
	double		lower;
	double		upper;
	double		lower_two_sigma;
	double		upper_two_sigma;
	double		moving_range;
	int32_t		phase;
	int32_t		rules;
	int16_t		assurance;
	bool		is_special;
	bool		is_improvement;
	bool		is_concern;
	bool		is_high_range;
	bool		is_short_phase;
	bool		is_ghost;		/* not in the SQL type: the caller said so */
} CgSpcPoint;

/*
 * Asked at most every 50 ms of work; true ends it with CG_SPC_STOPPED.  May
 * also jump away.  NULL is never asked.
 */
typedef bool (*CgSpcStop) (void *argument);

/* ---- spc_core.c: options and charts ---- */

extern void cg_spc_default_options(CgSpcOptions *options, CgSpcChart chart);

/* The run length that a rule set has of its own. */
extern int	cg_spc_default_run_length(CgSpcRuleSet rule_set);

/* Doubles of work space that cg_spc_chart needs for n rows. */
extern size_t cg_spc_work_size(size_t n);

/*
 * Draw a chart: n points.  On an error that one row causes, *bad_row is its
 * index.
 */
extern CgSpcStatus cg_spc_chart(const CgSpcOptions *options,
								const CgSpcSeries *series, double *work,
								CgSpcPoint *points, size_t *bad_row,
								CgSpcStop stop, void *stop_argument);

/* ---- spc_words_core.c: words ---- */

extern const char *cg_spc_chart_word(CgSpcChart chart);
extern const char *cg_spc_rule_word(int rule_bit);
extern const char *cg_spc_assurance_word(CgSpcAssurance assurance);
extern const char *cg_spc_variation_word(CgSpcVariation variation);

/* The value that a word names; false when it names none. */
extern bool cg_spc_chart_of_word(const char *word, size_t length,
								 CgSpcChart *chart);
extern bool cg_spc_direction_of_word(const char *word, size_t length,
									 CgSpcDirection *direction);
extern bool cg_spc_rule_set_of_word(const char *word, size_t length,
									CgSpcRuleSet *rule_set);
extern bool cg_spc_two_of_three_of_word(const char *word, size_t length,
										CgSpcTwoOfThree *two_of_three);

/* ---- spc_rules_core.c: rules ---- */

/* 1 where the rule of highest priority speaks of high values, -1 low, 0. */
extern int	cg_spc_side(int32_t rules);

/* ---- spc_runs_core.c: runs analysis of Anhoej, autocorrelation ---- */

typedef struct CgSpcRuns
{
	int64_t		useful;			/* points that are not on the centre line */
	int64_t		longest_run;
	int64_t		longest_run_max;	/* a longer one is a signal */
	int64_t		crossings;
	int64_t		crossings_min;	/* fewer are a signal */
	bool		long_run;
	bool		few_crossings;
} CgSpcRuns;

/* The two limits for this many useful points, at least 1. */
extern void cg_spc_runs_limits(int64_t useful, int64_t *longest_run_max,
							   int64_t *crossings_min);

/* Values that are NaN are left out. */
extern CgSpcRuns cg_spc_runs(const double *value, size_t n, double centre);

/* The median of n >= 1 values, which are reordered; false when stopped. */
extern bool cg_spc_median(double *value, size_t n, double *median,
						  CgSpcStop stop, void *stop_argument);

/* Their mean, exact where all are equal; NaN where there is none. */
extern double cg_spc_mean(const double *value, size_t n);

/*
 * Correlation of each value with the next; pairs with a NaN are left out.
 * NaN where fewer than 3 values or all are equal.
 */
extern double cg_spc_autocorrelation(const double *value, size_t n);

/* ---- spc_summary_core.c: the icons of a chart ---- */

typedef struct CgSpcSummary
{
	int64_t		points;			/* without gaps and ghosts */
	int64_t		phases;
	int64_t		phase_points;	/* of the last point's phase */
	int64_t		special_points;
	CgSpcPoint	last;			/* all zero when there are no points */
	CgSpcVariation variation;
	double		target;			/* at the last point */
	double		capability;		/* distance to the target over that to the limit */
	double		target_chance;	/* that one value meets the target */
	double		autocorrelation;	/* of deviations from the centre */
	double		chance;			/* that chance alone makes such a last point */
} CgSpcSummary;

extern CgSpcSummary cg_spc_summary(const CgSpcOptions *options,
								   const CgSpcSeries *series,
								   const CgSpcPoint *points, double *work);

/* ---- spc_chance_core.c: how likely chance makes such a last point ---- */

/* From 0 to 1; NaN where row last has no value or no centre. */
extern double cg_spc_chance(const CgSpcOptions *options,
							const CgSpcSeries *series,
							const CgSpcPoint *points, size_t last);

/* ---- spc_change_core.c: candidate step changes ---- */

typedef struct CgSpcChange
{
	size_t		start;			/* first row of the new level */
	size_t		before_points;
	size_t		after_points;
	double		before_mean;
	double		after_mean;
	double		sigmas;			/* the step in sigmas of the moving range */
	double		statistic;		/* Pettitt's K of the stretch that was split */
	double		p_value;
} CgSpcChange;

/*
 * Candidates in the order of their place: at most `most` of them, each at
 * least min_points away from the next and from the ends, p_value at most
 * level.  work has room for 4 n doubles.
 */
extern CgSpcStatus cg_spc_changes(const double *value, size_t n,
								  size_t min_points, double level,
								  double *work, CgSpcChange *changes,
								  size_t most, size_t *found,
								  CgSpcStop stop, void *stop_argument);

/* ---- spc_cusum_core.c: VLAD and risk-adjusted CUSUM ---- */

typedef struct CgSpcVlad
{
	double		value;			/* sum of expected less observed */
	double		lower;
	double		upper;
} CgSpcVlad;

typedef enum CgSpcOutcome
{
	CG_SPC_BINARY,				/* 0 or 1 against a probability */
	CG_SPC_COUNT				/* a count against an expected count */
} CgSpcOutcome;

typedef struct CgSpcCusum
{
	double		up;				/* evidence that outcomes became more frequent */
	double		down;			/* that they became less frequent; not negative */
	bool		signal_up;
	bool		signal_down;
} CgSpcCusum;

extern CgSpcStatus cg_spc_vlad(const double *observed, const double *expected,
							   size_t n, CgSpcOutcome outcome, double sigma,
							   CgSpcVlad *points, size_t *bad_row,
							   CgSpcStop stop, void *stop_argument);
extern CgSpcStatus cg_spc_cusum(const double *observed, const double *expected,
								size_t n, CgSpcOutcome outcome,
								double ratio_up, double ratio_down,
								double limit, bool reset,
								CgSpcCusum *points, size_t *bad_row,
								CgSpcStop stop, void *stop_argument);

#endif							/* CG_SPC_CORE_H */
