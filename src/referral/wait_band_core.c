/*-------------------------------------------------------------------------
 *
 * wait_band_core.c
 *	  The bands in which waits are published, and percentiles from counts in
 *	  bands.
 *
 *-------------------------------------------------------------------------
 */
#include "referral/wait_band_core.h"

#include <math.h>

const int32_t cg_community_upper[CG_COMMUNITY_BANDS - 1] = {
	7, 14, 28, 84, 126, 364
};

int32_t
cg_wait_band(int32_t days, const int32_t *upper, int32_t limits)
{
	int32_t		low = 0;
	int32_t		high = limits;

	while (low < high)
	{
		int32_t		middle = (low + high) / 2;

		if (days <= upper[middle])
			high = middle;
		else
			low = middle + 1;
	}
	return low + 1;
}

/*
 * NHS England, Consultant-led RTT waiting times statistics, "Statistical
 * methods": the wait of the patient at share of the list, who is taken to
 * stand in the band in proportion.
 */
CgBandPercentile
cg_band_percentile(const double *counts, int32_t bands, double share)
{
	CgBandPercentile result = {NAN, false};
	double		total = 0;
	double		before = 0;
	double		wanted;

	for (int32_t i = 0; i < bands; i++)
		total += counts[i];
	if (total <= 0)
		return result;
	wanted = share * total;
	for (int32_t i = 0; i < bands; i++)
	{
		if (counts[i] > 0 && before + counts[i] >= wanted)
		{
			result.is_open = i == bands - 1;
			result.weeks = i + (result.is_open ? 0 : (wanted - before) / counts[i]);
			return result;
		}
		before += counts[i];
	}
	/* rounding alone can bring us here: the last one who is counted */
	for (int32_t i = bands - 1; i >= 0; i--)
	{
		if (counts[i] > 0)
		{
			result.is_open = i == bands - 1;
			result.weeks = i + (result.is_open ? 0 : 1);
			break;
		}
	}
	return result;
}

static bool
is_less(CgBandPercentile a, CgBandPercentile b)
{
	return a.weeks < b.weeks || (a.weeks == b.weeks && !a.is_open && b.is_open);
}

/*
 * More patients in a band draw the percentile towards that band: the least is
 * reached with all withheld counts at their most up to some band and at their
 * least behind it, and the greatest the other way round.
 */
void
cg_band_percentile_limits(const double *counts, int32_t bands, double share,
						  double most, double *work,
						  CgBandPercentile *lower, CgBandPercentile *upper)
{
	bool		any = false;

	lower->weeks = upper->weeks = NAN;
	lower->is_open = upper->is_open = false;
	for (int32_t split = 0; split <= bands; split++)
	{
		for (int side = 0; side < 2; side++)
		{
			CgBandPercentile tried;

			for (int32_t i = 0; i < bands; i++)
				work[i] = counts[i] >= 0 ? counts[i] : ((i < split) == (side == 0) ? most : 0);
			tried = cg_band_percentile(work, bands, share);
			if (isnan(tried.weeks))
				continue;
			if (!any || is_less(tried, *lower))
				*lower = tried;
			if (!any || is_less(*upper, tried))
				*upper = tried;
			any = true;
		}
	}
}
