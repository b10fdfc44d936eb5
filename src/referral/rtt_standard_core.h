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

#endif							/* CG_STANDARD_CORE_H */
