/*-------------------------------------------------------------------------
 *
 * spc_chart.c
 *	  libFuzzer: control charts against the rules taken at their word.
 *
 * The slow version looks at every window of every sequence; the chart may be
 * of any kind, with gaps, ghosts, phases and any options.
 *
 * clang -g -O1 -fsanitize=address,undefined,fuzzer -Isrc
 *		test/fuzz/spc_chart.c src/variance/spc_*_core.c src/variance/spc_core.c
 *		src/numeric/special*.c
 *
 *-------------------------------------------------------------------------
 */
#include "variance/spc_core.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST 160

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static CgSpcOptions options;
static double value[MOST];
static double denominator[MOST];
static double spread[MOST];
static uint8_t marks[MOST];
static CgSpcPoint points[MOST];
static int32_t rules[MOST];

/* A sequence: active rows of one phase without a gap between them. */
static size_t row[MOST];
static size_t rows;

static void
demand(int held)
{
	if (!held)
		abort();
}

static int
side_of(size_t i)
{
	const CgSpcPoint *point = &points[row[i]];

	return (point->value > point->centre) - (point->value < point->centre);
}

static int
way_of(size_t i)
{
	double		now = points[row[i]].value;
	double		before = points[row[i - 1]].value;

	return (now > before) - (now < before);
}

static void
mark(size_t first, size_t last, int32_t rule)
{
	for (size_t i = first; i <= last; i++)
		rules[row[i]] |= rule;
}

static void
slow_runs(void)
{
	size_t		length = (size_t) options.run_length;

	for (size_t first = 0; first + length <= rows; first++)
	{
		size_t		same = 0;

		for (size_t i = first; i < first + length; i++)
			same += side_of(i) != 0 && side_of(i) == side_of(first);
		if (same == length)
			mark(first, first + length - 1,
				 side_of(first) > 0 ? CG_SPC_RUN_ABOVE : CG_SPC_RUN_BELOW);
	}
}

/*
 * A trend begins and ends with a strict step; between them ties are passed
 * over, if they are, and enough steps are strict.
 */
static void
slow_trends(void)
{
	for (size_t first = 0; first + 1 < rows; first++)
	{
		int			way = way_of(first + 1);
		int			strict = 0;

		if (way == 0)
			continue;
		for (size_t last = first + 1; last < rows; last++)
		{
			if (way_of(last) == 0 && options.trend_ties)
				continue;
			if (way_of(last) != way)
				break;
			if (++strict >= options.trend_length - 1)
				mark(first, last, way > 0 ? CG_SPC_TREND_UP : CG_SPC_TREND_DOWN);
		}
	}
}

static int
is_beyond(size_t i, size_t window)
{
	const CgSpcPoint *point = &points[row[i]];
	double		upper = point->upper_two_sigma;
	double		lower = point->lower_two_sigma;

	if (window == 5)
	{
		/* Only level, uncut lines are checked: see slow_rules. */
		upper = point->centre + (upper - point->centre) / 2;
		lower = point->centre - (point->centre - lower) / 2;
	}
	if (!(point->value > upper || point->value < lower))
		return 0;
	if (window == 3 && options.rule_set == CG_SPC_NHS &&
		options.two_of_three == CG_SPC_NEAR_LIMIT)
		return !(point->value > point->upper || point->value < point->lower);
	return 1;
}

static void
slow_zones(size_t window, size_t least, int together, int32_t above,
		   int32_t below)
{
	for (int side = -1; side <= 1; side += 2)
	{
		for (size_t first = 0; first + window <= rows; first++)
		{
			size_t		beyond = 0;
			size_t		on_side = 0;

			for (size_t i = first; i < first + window; i++)
			{
				on_side += side_of(i) == side;
				beyond += side_of(i) == side && is_beyond(i, window);
			}
			if (beyond < least || (together && on_side < window))
				continue;
			for (size_t i = first; i < first + window; i++)
			{
				if (side_of(i) == side && is_beyond(i, window))
					rules[row[i]] |= side > 0 ? above : below;
			}
		}
	}
}

/*
 * Does a value lie so near to a one-sigma line that rounding decides?
 */
static int
has_close_call(size_t n)
{
	for (size_t i = 0; i < n; i++)
	{
		const CgSpcPoint *point = &points[i];
		double		distance = (point->upper_two_sigma - point->centre) / 2;

		if (fabs(fabs(point->value - point->centre) - distance) <=
			1e-9 * (fabs(point->value) + fabs(point->centre)))
			return 1;
	}
	return 0;
}

static void
slow_sequence(void)
{
	slow_runs();
	if (options.rule_set == CG_SPC_NHS)
	{
		slow_trends();
		slow_zones(3, 2, 1, CG_SPC_TWO_OF_THREE_ABOVE, CG_SPC_TWO_OF_THREE_BELOW);
	}
	else
	{
		slow_zones(3, 2, 0, CG_SPC_TWO_OF_THREE_ABOVE, CG_SPC_TWO_OF_THREE_BELOW);
		slow_zones(5, 4, 0, CG_SPC_FOUR_OF_FIVE_ABOVE, CG_SPC_FOUR_OF_FIVE_BELOW);
	}
	rows = 0;
}

static void
slow_rules(size_t n)
{
	int32_t		looked_at = CG_SPC_ALL_RULES;

	memset(rules, 0, sizeof(rules));
	rows = 0;
	for (size_t i = 0; i < n; i++)
	{
		const CgSpcPoint *point = &points[i];

		if (options.chart == CG_SPC_MR || options.rule_set == CG_SPC_SHEWHART ||
			options.rule_set == CG_SPC_ANHOEJ)
			looked_at = 3;
		if (i > 0 && points[i].phase != points[i - 1].phase && rows > 0)
			slow_sequence();
		if (point->is_ghost)
			continue;
		if ((isnan(point->value) || (marks[i] & CG_SPC_MARK_BREAK)) && rows > 0)
			slow_sequence();
		if (isnan(point->value))
			continue;
		if (point->value > point->upper)
			rules[i] |= CG_SPC_ABOVE_LIMIT;
		if (point->value < point->lower)
			rules[i] |= CG_SPC_BELOW_LIMIT;
		row[rows++] = i;
	}
	if (rows > 0)
		slow_sequence();
	/* Cut or bent lines have no half-way line that is known here. */
	if ((options.chart != CG_SPC_XMR && options.chart != CG_SPC_I) ||
		has_close_call(n))
		looked_at &= ~(CG_SPC_FOUR_OF_FIVE_ABOVE | CG_SPC_FOUR_OF_FIVE_BELOW);
	for (size_t i = 0; i < n; i++)
		demand((rules[i] & looked_at) == (points[i].rules & looked_at));
}

static int
usable(double figure)
{
	return !isinf(figure);
}

/*
 * What holds for every point of every chart.
 */
static void
check_points(size_t n)
{
	for (size_t i = 0; i < n; i++)
	{
		const CgSpcPoint *point = &points[i];

		demand(usable(point->value) && usable(point->centre) &&
			   usable(point->lower) && usable(point->upper) &&
			   usable(point->lower_two_sigma) &&
			   usable(point->upper_two_sigma) && usable(point->moving_range));
		demand(isnan(point->lower) == isnan(point->upper));
		demand(isnan(point->lower) || point->lower <= point->upper);
		demand((point->rules & ~CG_SPC_ALL_RULES) == 0);
		if (isnan(point->value) || point->is_ghost)
			demand(point->rules == 0);
		demand(point->is_special == (point->rules != 0));
		demand(!(point->is_improvement && point->is_concern));
		demand(point->phase >= 1 && point->phase <= (int32_t) i + 1);
		demand(point->assurance >= 0 && point->assurance <= 3);
	}
}

static size_t
read_rows(const uint8_t *data, size_t size)
{
	size_t		n = size / 3;

	if (n > MOST)
		n = MOST;
	for (size_t i = 0; i < n; i++)
	{
		const uint8_t *bytes = data + 3 * i;

		value[i] = (double) (int8_t) bytes[0] / 4;
		if ((bytes[1] & 0x0F) == 15)
			value[i] = NAN;
		if ((bytes[1] & 0x0F) == 14)
			value[i] *= 1e306;
		if ((bytes[1] & 0x0F) == 13)
			value[i] = fabs(value[i]);
		denominator[i] = bytes[2] & 0x3F;
		spread[i] = (bytes[2] >> 6) == 3 ? NAN : (bytes[2] >> 4);
		marks[i] = (bytes[1] & 0xF0) == 0xF0 ? bytes[2] & 7 : 0;
	}
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CgSpcSeries series = {0};
	double		work[2 * MOST];
	size_t		bad_row = 0;
	size_t		n;
	CgSpcStatus status;
	CgSpcSummary summary;

	if (size < 8)
		return 0;
	cg_spc_default_options(&options, (CgSpcChart) (data[0] % CG_SPC_CHARTS));
	options.rule_set = (CgSpcRuleSet) (data[1] % 4);
	options.two_of_three = (CgSpcTwoOfThree) (data[1] >> 7);
	options.screen = (data[2] & 1) != 0;
	options.trend_ties = (data[2] & 2) != 0;
	options.direction = (CgSpcDirection) ((data[2] >> 2) % 3 - 1);
	options.run_length = 5 + data[3] % 8;
	options.trend_length = 5 + (data[3] >> 4) % 8;
	options.sigma = 1 + data[4] / 64.0;
	options.fix_after = data[5] % 4 == 0 ? 2 + data[5] / 8 : 0;
	options.target = (double) (int8_t) data[6];
	n = read_rows(data + 8, size - 8);
	if (data[7] & 1)
	{
		for (size_t i = 0; i < n; i++)
			value[i] = fabs(value[i]);
	}
	series.n = n;
	series.value = value;
	series.denominator = denominator;
	series.spread = spread;
	series.marks = marks;

	status = cg_spc_chart(&options, &series, work, points, &bad_row, NULL, NULL);
	if (status != CG_SPC_OK)
	{
		demand(bad_row < n);
		return 0;
	}
	check_points(n);
	slow_rules(n);
	summary = cg_spc_summary(&options, &series, points, work);
	demand(summary.points <= (int64_t) n && usable(summary.autocorrelation));
	demand(isnan(summary.target_chance) ||
		   (summary.target_chance >= 0 && summary.target_chance <= 1));
	return 0;
}

#ifdef SPC_RANDOM
/*
 * Where there is no libFuzzer: SPC_RANDOM inputs from a fixed seed.
 */
int
main(void)
{
	static uint8_t data[8 + 3 * MOST];
	uint64_t	state = 88172645463325252u;

	for (long round = 0; round < SPC_RANDOM; round++)
	{
		size_t		size;

		for (size_t i = 0; i < sizeof(data); i++)
		{
			state ^= state << 13;
			state ^= state >> 7;
			state ^= state << 17;
			data[i] = (uint8_t) (state >> 32);
			/* Small values and few marks, so that patterns come about. */
			if (i >= 8 && (i - 8) % 3 == 0)
				data[i] = (uint8_t) (data[i] % (2 + round % 40));
			if (i >= 8 && (i - 8) % 3 == 1 && data[i] % 16 >= 13 && round % 3 != 0)
				data[i] = 0;
		}
		size = 8 + 3 * (size_t) (state % (MOST + 1));
		LLVMFuzzerTestOneInput(data, size);
	}
	return 0;
}
#endif
