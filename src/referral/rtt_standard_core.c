/*-------------------------------------------------------------------------
 *
 * rtt_standard_core.c
 *	  Units of limits.
 *
 *-------------------------------------------------------------------------
 */
#include "referral/rtt_standard_core.h"

#include <string.h>

CgLimitUnit
cg_limit_unit(const char *name, size_t length)
{
	static const char *const names[CG_LIMIT_UNITS] = {"hour", "day", "working_day", "week"};
	int			unit = 0;

	while (unit < CG_LIMIT_UNITS &&
		   (strlen(names[unit]) != length || memcmp(names[unit], name, length) != 0))
		unit++;
	return (CgLimitUnit) unit;
}
