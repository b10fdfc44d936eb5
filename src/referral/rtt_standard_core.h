/*-------------------------------------------------------------------------
 *
 * rtt_standard_core.h
 *	  A wait against a limit in hours, days, working days or weeks.
 *
 * Hours are elapsed time: a stop at the very moment still meets them.  Other
 * units count days of the place with the day of the start as day 0, so a stop
 * on the last day meets them whatever its time.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_STANDARD_CORE_H
#define CG_STANDARD_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum CgLimitUnit
{
	CG_LIMIT_HOUR,
	CG_LIMIT_DAY,
	CG_LIMIT_WORKING_DAY,
	CG_LIMIT_WEEK,
	CG_LIMIT_UNITS
} CgLimitUnit;

/* The unit of a name such as working_day, or CG_LIMIT_UNITS. */
extern CgLimitUnit cg_limit_unit(const char *name, size_t length);

/*
 * Band of the community health services waiting list: 0 to 7, 8 to 14, 15 to
 * 28, 29 to 84, 85 to 126, 127 to 364 days, and over 52 weeks, which begins
 * with day 365 (52 weeks are 364 days).  1 to 7.
 */
#define CG_COMMUNITY_BANDS 7
extern int	cg_community_band(int32_t days);
extern const char *cg_community_band_name(int band);

#endif							/* CG_STANDARD_CORE_H */
