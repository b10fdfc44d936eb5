/*-------------------------------------------------------------------------
 *
 * referral_wait_test.c
 *	  Unit test of bands, percentiles, medians and snapshots, printing TAP.
 *
 *-------------------------------------------------------------------------
 */
#include "numeric/order.h"
#include "numeric/special.h"
#include "referral/snapshot_core.h"
#include "referral/wait_band_core.h"
#include "referral/wait_count_core.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int	tests = 0;
static int	failures = 0;
static uint64_t seed = 2024;

static void
ok(bool passed, const char *what)
{
	printf("%s %d - %s\n", passed ? "ok" : "not ok", ++tests, what);
	if (!passed)
		failures++;
}

static int
below(int limit)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (int) ((seed >> 33) % (uint64_t) limit);
}

static void
test_bands(void)
{
	bool		weeks = true;
	bool		community = true;

	for (int days = 0; days <= 3000; days++)
	{
		int			band = 1;

		while (band < CG_RTT_BANDS && days > 7 * band)
			band++;
		weeks &= cg_rtt_band(days) == band;
		band = 1;
		while (band < CG_COMMUNITY_BANDS && days > cg_community_upper[band - 1])
			band++;
		community &= cg_wait_band(days, cg_community_upper, CG_COMMUNITY_BANDS - 1) == band;
	}
	ok(weeks, "weekly bands of 3,001 days");
	ok(cg_rtt_band(7) == 1 && cg_rtt_band(126) == 18 && cg_rtt_band(728) == 104 && cg_rtt_band(729) == 105, "their edges");
	ok(community, "community bands of 3,001 days");
	ok(cg_rtt_band(INT32_MAX) == CG_RTT_BANDS, "the longest wait");
}

static void
test_band_percentiles(void)
{
	double		counts[CG_RTT_BANDS] = {0};
	double		work[CG_RTT_BANDS];
	CgBandPercentile at;
	CgBandPercentile lower;
	CgBandPercentile upper;
	bool		holds = true;

	ok(isnan(cg_band_percentile(counts, CG_RTT_BANDS, 0.5).weeks), "nobody: no percentile");
	counts[4] = 1;
	at = cg_band_percentile(counts, CG_RTT_BANDS, 0.5);
	ok(at.weeks == 4.5 && !at.is_open, "one in band 5: the middle of it");
	counts[104] = 3;
	at = cg_band_percentile(counts, CG_RTT_BANDS, 0.5);
	ok(at.weeks == 104 && at.is_open, "in the open band: 104 weeks and more");
	/* withheld counts: every way of filling them lies within the limits */
	for (int round = 0; round < 200; round++)
	{
		double		share = 0.05 + below(90) / 100.0;
		double		full[12];
		double		tried[12];
		int			hidden[3];

		for (int i = 0; i < 12; i++)
			full[i] = below(6);
		for (int i = 0; i < 3; i++)
		{
			hidden[i] = below(12);
			full[hidden[i]] = -1;
		}
		cg_band_percentile_limits(full, 12, share, 2, work, &lower, &upper);
		for (int way = 0; way < 27; way++)
		{
			int			part = way;

			memcpy(tried, full, sizeof(full));
			for (int i = 0; i < 3; i++, part /= 3)
				tried[hidden[i]] = part % 3;
			at = cg_band_percentile(tried, 12, share);
			holds &= isnan(at.weeks) || (at.weeks >= lower.weeks - 1e-12 &&
										 (at.weeks <= upper.weeks + 1e-12 || upper.is_open));
		}
	}
	ok(holds, "limits hold every way of filling withheld counts");
}

static int
ascending(const void *a, const void *b)
{
	return *(const int *) a - *(const int *) b;
}

static void
test_counts(void)
{
	bool		orders = true;
	bool		percentiles = true;
	bool		lists = true;
	bool		overs = true;

	for (int round = 0; round < 200; round++)
	{
		int			n = 1 + below(60);
		int			days[60] = {0};
		double		listed[60];
		int64_t		counts[100] = {0};

		for (int i = 0; i < n; i++)
		{
			days[i] = below(100);
			listed[i] = days[i];
			counts[days[i]]++;
		}
		lists &= cg_select_quantile(listed, n, round / 199.0) == cg_count_percentile(counts, 100, n, round / 199.0);
		qsort(days, (size_t) n, sizeof(int), ascending);
		for (int i = 0; i < n; i++)
			orders &= cg_count_order(counts, 100, i + 1) == days[i];
		for (int p = 0; p <= 20; p++)
		{
			double		place = p / 20.0 * (n - 1);
			int			low = (int) floor(place);
			double		wanted = days[low] + (place - low) * (low + 1 < n ? days[low + 1] - days[low] : 0);

			percentiles &= fabs(cg_count_percentile(counts, 100, n, p / 20.0) - wanted) < 1e-9;
		}
		for (int limit = 0; limit < 100; limit += 9)
		{
			int			more = 0;

			for (int i = 0; i < n; i++)
				more += days[i] > limit;
			overs &= cg_count_over(counts, 100, limit) == more;
		}
	}
	ok(orders, "order statistics");
	ok(percentiles, "percentiles");
	ok(lists, "percentiles of lists are those of counts, to the last bit");
	ok(overs, "longer than");
}

/*
 * Price and Bonett by hand: of 11 waits, c = round(6 - sqrt(11)) = 3, so that
 * the 3rd and the 9th stand around the median with 2 P(at most 2 of 11) =
 * 134 / 2048 outside.
 */
static void
test_median(void)
{
	int64_t		counts[40] = {0};
	int64_t		few[40] = {0};
	CgMedian	median;
	double		deviates = -cg_normal_quantile(67.0 / 2048);

	for (int i = 1; i <= 11; i++)
		counts[3 * i]++;
	median = cg_count_median(counts, 40, 11);
	ok(median.median == 18 && fabs(median.variance - pow((27 - 9) / (2 * deviates), 2)) < 1e-9, "variance of a median by hand");
	ok(fabs(median.log_variance - pow(log(3) / (2 * deviates), 2)) < 1e-9, "and of its logarithm");
	few[3] = 4;
	ok(isnan(cg_count_median(few, 40, 4).variance), "too few for a variance");
	few[0] = 30;
	ok(isnan(cg_count_median(few, 40, 34).log_variance) && cg_count_median(few, 40, 34).variance == 0, "waits of 0 have no logarithm");
}

/*
 * Against counting pathway by pathway, for days evenly spaced and not.
 */
static void
test_snapshots(void)
{
	enum { PATHWAYS = 300 };
	static const int32_t over[] = {0, 30, 200};
	bool		lists = true;
	bool		changes = true;
	bool		longs = true;
	bool		places = true;

	for (int round = 0; round < 60; round++)
	{
		int32_t		days[50];
		int			n = 1 + below(50);
		CgSnapshotShape shape = {days, n, over, 3};
		int			width = cg_snapshot_width(3);
		int64_t    *counts = calloc((size_t) (n + 1) * (size_t) width, sizeof(int64_t));
		int64_t		waiting[50];
		int			start[PATHWAYS];
		int			stop[PATHWAYS];	/* -1: none */
		int			reason[PATHWAYS];

		days[0] = below(300) - 100;
		for (int i = 1; i < n; i++)
			days[i] = days[i - 1] + (round % 2 == 0 ? 7 : 1 + (below(9) == 0 ? below(5000) : below(3)));
		for (int day = days[0] - 3; day <= days[n - 1] + 3; day++)
		{
			int			place = 0;

			while (place < n && days[place] < day)
				place++;
			places &= cg_snapshot_place(&shape, day) == place;
		}
		for (int i = 0; i < PATHWAYS; i++)
		{
			start[i] = below(600) - 150;
			stop[i] = below(3) == 0 ? -1000000 : start[i] + below(500);
			reason[i] = below(CG_REMOVAL_REASONS);
			cg_snapshot_add(&shape, counts, start[i], stop[i] != -1000000, stop[i], reason[i]);
		}
		cg_snapshot_add_up(&shape, counts, waiting);
		for (int d = 0; d < n; d++)
		{
			int64_t    *here = counts + (size_t) d * (size_t) width;
			int64_t		wanted[1 + CG_REMOVAL_REASONS + 3] = {0};
			int64_t		on_list = 0;
			int64_t		change = here[0];

			for (int i = 0; i < PATHWAYS; i++)
			{
				bool		ended = stop[i] != -1000000;
				bool		on = start[i] <= days[d] && (!ended || stop[i] > days[d]);

				on_list += on;
				wanted[0] += start[i] <= days[d] && (d == 0 || start[i] > days[d - 1]);
				if (ended && stop[i] <= days[d] && (d == 0 || stop[i] > days[d - 1]))
					wanted[1 + reason[i]]++;
				for (int k = 0; k < 3; k++)
					wanted[1 + CG_REMOVAL_REASONS + k] += on && days[d] - start[i] > over[k];
			}
			for (int r = 0; r < CG_REMOVAL_REASONS; r++)
				change -= here[1 + r];
			lists &= waiting[d] == on_list;
			changes &= memcmp(here, wanted, sizeof(int64_t) * (1 + CG_REMOVAL_REASONS)) == 0 &&
				(d == 0 || waiting[d] == waiting[d - 1] + change);
			longs &= memcmp(here + 1 + CG_REMOVAL_REASONS, wanted + 1 + CG_REMOVAL_REASONS, sizeof(int64_t) * 3) == 0;
		}
		free(counts);
	}
	ok(places, "places of days");
	ok(lists, "lists as counted pathway by pathway");
	ok(changes, "additions and removals, which make the next list");
	ok(longs, "long waiters");
}

int
main(void)
{
	test_bands();
	test_band_percentiles();
	test_counts();
	test_median();
	test_snapshots();
	printf("1..%d\n", tests);
	return failures == 0 ? 0 : 1;
}
