/*-------------------------------------------------------------------------
 *
 * snapshot_core.c
 *	  A list as it stood on given days.
 *
 *-------------------------------------------------------------------------
 */
#include "referral/snapshot_core.h"

/* How far a guess may be off before a search is the better way. */
#define NEAR 4

/*
 * Days are mostly evenly spaced, weeks or months, so that their place can be
 * guessed.
 */
int32_t
cg_snapshot_place(const CgSnapshotShape *shape, int32_t day)
{
	const int32_t *days = shape->days;
	int32_t		count = shape->count;
	int32_t		low = 0;
	int32_t		high = count;
	int32_t		guess;

	if (day <= days[0])
		return 0;
	if (day > days[count - 1])
		return count;
	/* from here on days[0] < day <= days[count - 1] */
	guess = (int32_t) (((int64_t) day - days[0]) * (count - 1) /
					   ((int64_t) days[count - 1] - days[0]));
	for (int tries = 0; tries < NEAR; tries++)
	{
		if (days[guess] < day)
			guess++;
		else if (days[guess - 1] >= day)
			guess--;
		else
			return guess;
	}
	while (low < high)
	{
		int32_t		middle = (low + high) / 2;

		if (days[middle] < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void
cg_snapshot_add(const CgSnapshotShape *shape, int64_t *counts, int32_t start,
				bool stopped, int32_t stop, int32_t reason)
{
	int32_t		width = cg_snapshot_width(shape->overs);
	int32_t		from = cg_snapshot_place(shape, start);
	int32_t		to = shape->count;

	/* who comes after the last day is not seen */
	if (from == shape->count)
		return;
	counts[(int64_t) from * width]++;
	if (stopped)
	{
		to = cg_snapshot_place(shape, stop);
		counts[(int64_t) to * width + 1 + reason]++;
	}
	for (int32_t i = 0; i < shape->overs; i++)
	{
		int64_t		long_from = (int64_t) start + shape->over[i] + 1;
		int32_t		place;

		if ((stopped && long_from >= stop) || long_from > shape->days[shape->count - 1])
			continue;
		place = cg_snapshot_place(shape, (int32_t) long_from);
		counts[(int64_t) place * width + 1 + CG_REMOVAL_REASONS + i]++;
		counts[(int64_t) to * width + 1 + CG_REMOVAL_REASONS + i]--;
	}
}

void
cg_snapshot_add_up(const CgSnapshotShape *shape, int64_t *counts, int64_t *waiting)
{
	int32_t		width = cg_snapshot_width(shape->overs);
	int64_t		size = 0;

	for (int32_t day = 0; day < shape->count; day++)
	{
		int64_t    *here = counts + (int64_t) day * width;

		size += here[0];
		for (int32_t i = 1; i <= CG_REMOVAL_REASONS; i++)
			size -= here[i];
		waiting[day] = size;
		if (day == 0)
			continue;
		for (int32_t i = 1 + CG_REMOVAL_REASONS; i < width; i++)
			here[i] += here[i - width];
	}
}
