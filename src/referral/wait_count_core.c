/*-------------------------------------------------------------------------
 *
 * wait_count_core.c
 *	  Figures of waits in whole days from how many waited how long.
 *
 *-------------------------------------------------------------------------
 */
#include "referral/wait_count_core.h"

#include <math.h>

#include "numeric/special.h"

int32_t
cg_count_order(const int64_t *counts, int32_t length, int64_t place)
{
	int64_t		seen = 0;

	for (int32_t day = 0; day < length; day++)
	{
		seen += counts[day];
		if (seen >= place)
			return day;
	}
	return length - 1;
}

double
cg_count_percentile(const int64_t *counts, int32_t length, int64_t total, double share)
{
	double		place = share * (double) (total - 1);
	int64_t		below = (int64_t) floor(place);
	double		part = place - (double) below;
	int32_t		low = cg_count_order(counts, length, below + 1);
	int32_t		high = part > 0 ? cg_count_order(counts, length, below + 2) : low;

	return low + part * (high - low);
}

int64_t
cg_count_over(const int64_t *counts, int32_t length, int32_t days)
{
	int64_t		over = 0;

	for (int32_t day = days + 1; day < length; day++)
		over += counts[day];
	return over;
}

/*
 * The interval from the c-th shortest to the c-th longest wait covers the
 * median with a probability that the binomial distribution gives; as many
 * standard deviations are laid into it as a normal one of that coverage has.
 */
CgMedian
cg_count_median(const int64_t *counts, int32_t length, int64_t total)
{
	CgMedian	result = {NAN, NAN, NAN};
	double		n = (double) total;
	double		c = floor((n + 1) / 2 - sqrt(n) + 0.5);
	double		outside;
	double		deviates;
	int32_t		low;
	int32_t		high;

	result.median = cg_count_percentile(counts, length, total, 0.5);
	if (total < 5)
		return result;
	if (c < 1)
		c = 1;
	outside = 2 * cg_binomial_tails(c - 1, n, 0.5).lower;
	deviates = -cg_normal_quantile(outside / 2);
	low = cg_count_order(counts, length, (int64_t) c);
	high = cg_count_order(counts, length, total - (int64_t) c + 1);
	result.variance = pow((high - low) / (2 * deviates), 2);
	if (low > 0)
		result.log_variance = pow(log((double) high / low) / (2 * deviates), 2);
	return result;
}
