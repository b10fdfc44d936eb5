/*-------------------------------------------------------------------------
 *
 * rtt_standard_core.c
 *	  Units of limits and bands of waits.
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

int
cg_community_band(int32_t days)
{
	static const int32_t last[CG_COMMUNITY_BANDS - 1] = {7, 14, 28, 84, 126, 364};
	int			band = 0;

	while (band < CG_COMMUNITY_BANDS - 1 && days > last[band])
		band++;
	return band + 1;
}

const char *
cg_community_band_name(int band)
{
	static const char *const names[CG_COMMUNITY_BANDS] = {
		"0-7 days", "8-14 days", "15-28 days", "29-84 days", "85-126 days",
		"127-364 days", "over 52 weeks"
	};

	return names[band - 1];
}
