/*-------------------------------------------------------------------------
 *
 * tiers_core.c
 *	  Costs of several ranks packed into one number.
 *
 *-------------------------------------------------------------------------
 */
#include "solver/tiers.h"

/* Every path's sum, and a sum of two of them, stays below these. */
#define NARROW_MOST (((CgWide) 1) << 61)
#define WIDE_MOST (((CgWide) 1) << 125)

bool
cg_tiers_weigh(CgTiers *tiers, int count, const int64_t *limit,
			   int64_t nodes, int64_t longest_cycle)
{
	CgWide		heaviest = 0;	/* arc of the tiers that are weighed so far */
	CgWide		weight = 1;

	if (count < 1 || count > CG_TIERS_MOST || longest_cycle < 1)
		return false;
	tiers->count = count;
	for (int i = count - 1; i >= -1; i--)
	{
		if (i < count - 1)
			weight = 2 * longest_cycle * heaviest + 1;
		if (i < 0)
			break;
		if (limit[i] < 0 || (limit[i] > 0 && weight > WIDE_MOST / limit[i]))
			return false;
		tiers->limit[i] = limit[i];
		tiers->weight[i] = weight;
		heaviest += weight * limit[i];
		if (heaviest > WIDE_MOST / (2 * longest_cycle + 1))
			return false;
	}
	tiers->unmet = weight;
	if (weight > WIDE_MOST / (nodes + 1))
		return false;
	tiers->is_narrow = weight <= NARROW_MOST / (nodes + 1);
	return true;
}

/*
 * What is left of packed when the nearest multiple of weight is taken out.
 */
static CgWide
take_out(CgWide *packed, CgWide weight)
{
	CgWide		half = weight / 2;
	CgWide		times = (*packed >= 0 ? *packed + half : *packed - half) / weight;

	*packed -= times * weight;
	return times;
}

int64_t
cg_tiers_split(const CgTiers *tiers, CgWide packed, int64_t *sums)
{
	int64_t		unmet = (int64_t) take_out(&packed, tiers->unmet);

	for (int i = 0; i < tiers->count; i++)
		sums[i] = (int64_t) take_out(&packed, tiers->weight[i]);
	return unmet;
}
