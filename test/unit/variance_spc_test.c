/*-------------------------------------------------------------------------
 *
 * variance_spc_test.c
 *	  Unit test of the control chart core, printing TAP.
 *
 *-------------------------------------------------------------------------
 */
#include "variance/spc_core.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH_OF(array) (sizeof(array) / sizeof((array)[0]))
#define GAP NAN

static int	tests = 0;
static int	failures = 0;

static void
ok(bool passed, const char *what)
{
	printf("%s %d - %s\n", passed ? "ok" : "not ok", ++tests, what);
	if (!passed)
		failures++;
}

static bool
near(double got, double wanted)
{
	return fabs(got - wanted) <= 1e-12 * fmax(fabs(wanted), 1);
}

/* The latest chart. */
static CgSpcPoint points[200];
static size_t bad_row;

/*
 * Draw a chart from arrays of exactly its size, so that a sanitizer sees a
 * read or a write beyond them.
 */
static CgSpcStatus
draw(const CgSpcOptions *options, size_t n, const double *value,
	 const double *denominator, const double *spread, const uint8_t *marks)
{
	CgSpcSeries series = {0};
	CgSpcPoint *exact = malloc(n * sizeof(CgSpcPoint) + 1);
	double	   *work = malloc(cg_spc_work_size(n) * sizeof(double) + 1);
	CgSpcStatus status;

	series.n = n;
	series.value = value;
	series.denominator = denominator;
	series.spread = spread;
	series.marks = marks;
	status = cg_spc_chart(options, &series, work, exact, &bad_row, NULL, NULL);
	if (status == CG_SPC_OK && n > 0)
		memcpy(points, exact, n * sizeof(CgSpcPoint));
	free(exact);
	free(work);
	return status;
}

static CgSpcOptions
defaults(CgSpcChart chart)
{
	CgSpcOptions options;

	cg_spc_default_options(&options, chart);
	return options;
}

static CgSpcStatus
draw_values(CgSpcChart chart, size_t n, const double *value)
{
	CgSpcOptions options = defaults(chart);

	return draw(&options, n, value, NULL, NULL, NULL);
}

static void
test_limits(void)
{
	static const double value[] = {10, 12, 11, 13, 12, 40, 11, 12};
	CgSpcOptions options = defaults(CG_SPC_XMR);
	double		mean = 121.0 / 8;

	/* Ranges 2 1 2 1 28 29 1: 28 and 29 are within 3.267 times their mean. */
	ok(draw(&options, 8, value, NULL, NULL, NULL) == CG_SPC_OK, "a chart is drawn");
	ok(near(points[0].centre, mean), "the centre is the mean");
	ok(near(points[7].upper, mean + 2.66 * 64 / 7), "2.66 average ranges above");
	ok(near(points[7].lower, mean - 2.66 * 64 / 7), "and below");
	ok(near(points[7].upper_two_sigma, mean + 2.66 * 2 / 3 * 64 / 7), "two sigma");
	ok(isnan(points[0].moving_range) && near(points[5].moving_range, 28), "moving ranges");
	options.sigma = 2;
	draw(&options, 8, value, NULL, NULL, NULL);
	ok(near(points[0].upper, points[0].upper_two_sigma), "limits at two sigma");
	ok(draw_values(CG_SPC_I, 8, value) == CG_SPC_OK &&
	   near(points[0].upper, mean + 3 * 64.0 / 7 / 1.128), "I chart");
}

static void
test_screening(void)
{
	double		value[40];
	CgSpcOptions options = defaults(CG_SPC_XMR);

	for (int i = 0; i < 40; i++)
		value[i] = i % 2;
	value[20] = 50;
	draw(&options, 40, value, NULL, NULL, NULL);
	ok(near(points[0].upper - points[0].centre, 2.66), "two wild ranges are left out");
	ok(points[20].is_high_range && points[21].is_high_range && !points[22].is_high_range,
	   "and flagged");
	options.screen = false;
	draw(&options, 40, value, NULL, NULL, NULL);
	ok(near(points[0].upper - points[0].centre, 2.66 * (37 + 49 + 49) / 39), "unless told otherwise");
	ok(points[20].is_high_range, "the flag stays");
}

static void
test_flat_and_short(void)
{
	double		flat[30];
	static const double none[] = {GAP, GAP};
	static const double one[] = {7};
	static const double apart[] = {7, GAP, 9, GAP, 11};

	for (int i = 0; i < 30; i++)
		flat[i] = 0.1;
	ok(draw_values(CG_SPC_XMR, 30, flat) == CG_SPC_OK && points[29].centre == 0.1 &&
	   points[29].upper == 0.1 && points[29].rules == 0, "a flat series: limits on the centre, no rule");
	ok(draw_values(CG_SPC_XMR, 0, flat) == CG_SPC_OK, "no rows");
	ok(draw_values(CG_SPC_XMR, 2, none) == CG_SPC_OK && isnan(points[0].centre) &&
	   isnan(points[0].upper) && points[0].phase == 1, "only gaps");
	ok(draw_values(CG_SPC_XMR, 1, one) == CG_SPC_OK && points[0].centre == 7 &&
	   isnan(points[0].upper) && points[0].is_short_phase, "one value has no limits");
	ok(draw_values(CG_SPC_XMR, 5, apart) == CG_SPC_OK && points[0].centre == 9 &&
	   isnan(points[0].upper) && isnan(points[2].moving_range), "no range across gaps");
	for (int chart = 0; chart < CG_SPC_CHARTS; chart++)
	{
		CgSpcOptions options = defaults((CgSpcChart) chart);

		ok(draw(&options, 2, none, none, none, NULL) == CG_SPC_OK &&
		   isnan(points[1].value) && isnan(points[1].centre) && isnan(points[1].lower),
		   "a chart of gaps is empty");
	}
}

/*
 * A flat series with a pattern in it, fixed limits from the first 20 rows.
 */
static void
pattern(CgSpcOptions *options, const double *tail, size_t n)
{
	double		value[60];

	for (int i = 0; i < 20; i++)
		value[i] = i % 2 == 0 ? 1 : -1;
	memcpy(value + 20, tail, n * sizeof(double));
	options->fix_after = 20;
	if (draw(options, 20 + n, value, NULL, NULL, NULL) != CG_SPC_OK)
		ok(false, "a pattern is drawn");
}

static int
count_rule(size_t n, int32_t rule)
{
	int			count = 0;

	for (size_t i = 20; i < 20 + n; i++)
		count += (points[i].rules & rule) != 0;
	return count;
}

/* Centre 0, limits at 5.32, two sigma at 3.5467, one sigma at 1.7733. */
static void
test_rules(void)
{
	CgSpcOptions options = defaults(CG_SPC_XMR);
	static const double run[] = {-1, 1, 1, 1, 1, 1, 1, 1, -1};
	static const double broken_run[] = {-1, 1, 1, 1, 0, 1, 1, 1, 1, -1};
	static const double gap_run[] = {-1, 1, 1, 1, GAP, 1, 1, 1, 1, -1};
	static const double trend[] = {1, -3, -2, -1, 0, 1, 2, 3, -1};
	static const double tied[] = {1, -3, -2, -1, -1, 0, 1, 2, 3, -1};
	static const double two[] = {-1, 4, 1, 4, -1};
	static const double opposite[] = {-1, 4, -1, 4, -1};
	static const double with_limit[] = {-1, 6, 4, 1, -1};
	static const double four[] = {-1, 2, 2, -1, 2, 2, -1};

	pattern(&options, run, 9);
	ok(count_rule(9, CG_SPC_RUN_ABOVE) == 7, "a run of seven marks seven");
	options.run_length = 8;
	pattern(&options, run, 9);
	ok(count_rule(9, CG_SPC_RUN_ABOVE) == 0, "seven are no run of eight");
	options.run_length = 7;
	pattern(&options, broken_run, 10);
	ok(count_rule(10, CG_SPC_RUN_ABOVE) == 0, "a point on the centre ends a run");
	pattern(&options, gap_run, 10);
	ok(count_rule(10, CG_SPC_RUN_ABOVE) == 0, "a gap ends a run");
	pattern(&options, trend, 9);
	ok(count_rule(9, CG_SPC_TREND_UP) == 7, "a trend of seven marks seven");
	pattern(&options, tied, 10);
	ok(count_rule(10, CG_SPC_TREND_UP) == 0, "a tie ends a trend");
	options.trend_ties = true;
	pattern(&options, tied, 10);
	ok(count_rule(10, CG_SPC_TREND_UP) == 8, "or is passed over");
	options.trend_ties = false;
	pattern(&options, two, 5);
	ok(count_rule(5, CG_SPC_TWO_OF_THREE_ABOVE) == 2 && points[22].rules == 0,
	   "two of three marks the two");
	pattern(&options, opposite, 5);
	ok(count_rule(5, CG_SPC_TWO_OF_THREE_ABOVE) == 0, "all three must be on one side");
	pattern(&options, with_limit, 5);
	ok(count_rule(5, CG_SPC_TWO_OF_THREE_ABOVE) == 2, "a point beyond the limit counts since 2023");
	options.two_of_three = CG_SPC_NEAR_LIMIT;
	pattern(&options, with_limit, 5);
	ok(count_rule(5, CG_SPC_TWO_OF_THREE_ABOVE) == 0, "and did not before");
	options.rule_set = CG_SPC_WESTERN_ELECTRIC;
	pattern(&options, opposite, 5);
	ok(count_rule(5, CG_SPC_TWO_OF_THREE_ABOVE) == 2, "Western Electric: the third may be anywhere");
	pattern(&options, four, 7);
	ok(count_rule(7, CG_SPC_FOUR_OF_FIVE_ABOVE) == 4, "four of five");
	pattern(&options, trend, 9);
	ok(count_rule(9, CG_SPC_TREND_UP) == 0, "Western Electric knows no trend");
	options.rule_set = CG_SPC_SHEWHART;
	pattern(&options, with_limit, 5);
	ok(points[21].rules == CG_SPC_ABOVE_LIMIT && points[22].rules == 0, "Shewhart knows only limits");
}

static void
test_phases(void)
{
	double		value[40];
	uint8_t		marks[40] = {0};
	CgSpcOptions options = defaults(CG_SPC_XMR);

	for (int i = 0; i < 40; i++)
		value[i] = (i < 20 ? 10 : 50) + i % 2;
	marks[0] = CG_SPC_MARK_REBASE;
	marks[20] = CG_SPC_MARK_REBASE;
	draw(&options, 40, value, NULL, NULL, marks);
	ok(points[0].phase == 1 && points[20].phase == 2, "a phase starts where it is told to");
	ok(points[0].centre == 10.5 && points[39].centre == 50.5 && isnan(points[20].moving_range),
	   "with a centre and ranges of its own");
	ok(!points[0].is_special && !points[39].is_special, "and no signal at the step");
	options.fix_after = 6;
	value[39] = 80;
	draw(&options, 40, value, NULL, NULL, marks);
	ok(points[39].centre == 50.5 && points[39].rules == CG_SPC_ABOVE_LIMIT,
	   "each phase has its own fixed rows");
	marks[39] = CG_SPC_MARK_GHOST;
	options.fix_after = 0;
	draw(&options, 40, value, NULL, NULL, marks);
	ok(near(points[39].centre, (50.5 * 20 - 51) / 19) && points[39].rules == 0 && points[39].is_ghost,
	   "a ghost is in no calculation and no rule");
	marks[39] = 0;
	marks[10] = CG_SPC_MARK_BREAK;
	draw(&options, 40, value, NULL, NULL, marks);
	ok(isnan(points[10].moving_range) && points[11].moving_range == 1, "a missing period ends a sequence");
}

static void
test_refusals(void)
{
	static const double value[] = {1, 2, 3};
	static const double negative[] = {1, 2, -3};
	static const double zero[] = {1, 2, 0};
	static const double small[] = {1, 2, 2};
	static const double large[] = {1e308, -1e308, 1e308};
	static const double huge[] = {1.7e308, 1.7e308, 1.7e308};
	static const double fraction[] = {2, 2, 2.5};
	static const double zeros[] = {0, 0, 0};
	CgSpcOptions options = defaults(CG_SPC_P);

	ok(draw(&options, 3, value, negative, NULL, NULL) == CG_SPC_NEGATIVE_DENOMINATOR && bad_row == 2,
	   "negative denominator");
	ok(draw(&options, 3, value, zero, NULL, NULL) == CG_SPC_ZERO_DENOMINATOR, "three of none");
	ok(draw(&options, 3, value, small, NULL, NULL) == CG_SPC_ABOVE_DENOMINATOR, "three of two");
	ok(draw(&options, 3, negative, value, NULL, NULL) == CG_SPC_NEGATIVE_VALUE, "negative numerator");
	ok(draw(&options, 3, zeros, zeros, NULL, NULL) == CG_SPC_OK && isnan(points[0].centre), "none of none is a gap");
	ok(draw(&options, 3, zeros, value, NULL, NULL) == CG_SPC_OK && points[2].upper == 0 && points[2].rules == 0,
	   "none of some");
	options = defaults(CG_SPC_P_PRIME);
	ok(draw(&options, 3, zeros, value, NULL, NULL) == CG_SPC_OK && points[2].upper == 0, "and by Laney");
	ok(draw(&options, 3, value, value, NULL, NULL) == CG_SPC_OK && points[2].lower == 1, "all of all");
	ok(draw_values(CG_SPC_T, 3, zero) == CG_SPC_NOT_POSITIVE, "no time between events");
	ok(draw_values(CG_SPC_C, 3, negative) == CG_SPC_NEGATIVE_VALUE, "negative count");
	ok(draw_values(CG_SPC_G, 3, negative) == CG_SPC_NEGATIVE_VALUE, "negative number of cases");
	ok(draw_values(CG_SPC_XMR, 3, large) == CG_SPC_OVERFLOW, "a range too large");
	ok(draw_values(CG_SPC_XMR, 3, huge) == CG_SPC_OVERFLOW, "a sum too large");
	ok(draw_values(CG_SPC_RUN, 3, huge) == CG_SPC_OK && points[0].centre == 1.7e308, "but a median is never");
	options = defaults(CG_SPC_XBAR);
	ok(draw(&options, 3, value, fraction, value, NULL) == CG_SPC_SUBGROUP_SIZE, "half a patient");
	ok(draw(&options, 3, value, value, negative, NULL) == CG_SPC_NEGATIVE_VALUE, "negative spread");
}

static bool
stop_at_once(void *argument)
{
	(*(int *) argument)++;
	return true;
}

static void
test_stopping(void)
{
	size_t		n = 100000;
	double	   *value = malloc(n * sizeof(double));
	double	   *work = malloc(4 * n * sizeof(double));
	CgSpcPoint *many = malloc(n * sizeof(CgSpcPoint));
	CgSpcChange *changes = malloc(n * sizeof(CgSpcChange));
	CgSpcSeries series = {0};
	CgSpcOptions options = defaults(CG_SPC_XMR);
	size_t		found;
	int			asked = 0;

	for (size_t i = 0; i < n; i++)
		value[i] = (double) (i * 7919 % 1000);
	series.n = n;
	series.value = value;
	ok(cg_spc_chart(&options, &series, work, many, &bad_row, stop_at_once, &asked) == CG_SPC_STOPPED &&
	   asked == 1, "a chart stops when told to");
	ok(cg_spc_changes(value, n, 6, 0.05, work, changes, n, &found, stop_at_once, &asked) == CG_SPC_STOPPED,
	   "and so does the search for steps");
	free(value);
	free(work);
	free(many);
	free(changes);
}

static int
compare_doubles(const void *a, const void *b)
{
	double		x = *(const double *) a;
	double		y = *(const double *) b;

	return (x > y) - (x < y);
}

static void
test_median(void)
{
	bool		right = true;
	unsigned	seed = 1;

	for (size_t n = 1; n < 200; n++)
	{
		double		value[200];
		double		sorted[200];
		double		median;

		for (size_t i = 0; i < n; i++)
		{
			seed = seed * 1103515245 + 12345;
			value[i] = seed / 65536 % (n < 100 ? 1000 : 7);
		}
		memcpy(sorted, value, sizeof(value));
		qsort(sorted, n, sizeof(double), compare_doubles);
		cg_spc_median(value, n, &median, NULL, NULL);
		right &= median == (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
	}
	ok(right, "medians of up to 199 values");
}

static void
test_runs(void)
{
	static const double value[] = {1, 2, 2, 3, 1, 1, GAP, 1, 3};
	CgSpcRuns	runs = cg_spc_runs(value, LENGTH_OF(value), 2);
	double		line[30];
	int64_t		longest;
	int64_t		crossings;

	ok(runs.useful == 6 && runs.crossings == 3 && runs.longest_run == 3, "runs pass over the centre and gaps");
	cg_spc_runs_limits(24, &longest, &crossings);
	ok(longest == 8 && crossings == 8, "24 points: at most 8 in a run, at least 8 crossings");
	for (int i = 0; i < 30; i++)
		line[i] = i;
	runs = cg_spc_runs(line, 30, 14.5);
	ok(runs.long_run && runs.few_crossings, "a line is a signal of both");
	ok(near(cg_spc_autocorrelation(line, 30), 0.9), "autocorrelation of a line");
	ok(isnan(cg_spc_autocorrelation(line, 2)), "two values have none");
}

static void
test_words(void)
{
	CgSpcChart	chart = CG_SPC_RUN;
	CgSpcDirection direction = CG_SPC_NEUTRAL;
	CgSpcRuleSet rule_set = CG_SPC_NHS;
	CgSpcTwoOfThree two = CG_SPC_BEYOND_TWO_SIGMA;

	ok(cg_spc_chart_of_word("p_prime", 7, &chart) && chart == CG_SPC_P_PRIME, "a chart by its word");
	ok(!cg_spc_chart_of_word("p_prim", 6, &chart) && !cg_spc_chart_of_word("", 0, &chart), "and no other");
	ok(cg_spc_direction_of_word("lower_better", 12, &direction) && direction == CG_SPC_LOWER_BETTER, "a direction");
	ok(cg_spc_rule_set_of_word("anhoej", 6, &rule_set) && rule_set == CG_SPC_ANHOEJ, "a rule set");
	ok(cg_spc_two_of_three_of_word("near_limit", 10, &two) && two == CG_SPC_NEAR_LIMIT, "a version of two of three");
	ok(cg_spc_side(CG_SPC_BELOW_LIMIT | CG_SPC_TREND_UP) == -1 && cg_spc_side(CG_SPC_TREND_UP | CG_SPC_RUN_BELOW) == 1 &&
	   cg_spc_side(CG_SPC_LONG_RUN) == 0 && cg_spc_side(0) == 0, "sides by priority");
}

static void
test_changes(void)
{
	double		value[60];
	double		work[240];
	CgSpcChange changes[10];
	size_t		found;

	for (int i = 0; i < 60; i++)
		value[i] = (i < 20 ? 10 : i < 40 ? 20 : 15) + i * 7 % 5;
	value[30] = GAP;
	ok(cg_spc_changes(value, 60, 6, 0.05, work, changes, 10, &found, NULL, NULL) == CG_SPC_OK &&
	   found == 2 && changes[0].start == 20 && changes[1].start == 40, "two steps are found where they are");
	ok(changes[0].before_points == 20 && changes[0].after_points == 19 && near(changes[0].before_mean, 12),
	   "and described");
	ok(cg_spc_changes(value, 60, 6, 0.05, work, changes, 1, &found, NULL, NULL) == CG_SPC_OK && found == 1,
	   "no more than there is room for");
	for (int i = 0; i < 60; i++)
		value[i] = 3;
	ok(cg_spc_changes(value, 60, 6, 0.999, work, changes, 10, &found, NULL, NULL) == CG_SPC_OK && found == 0,
	   "none in a flat series");
	ok(cg_spc_changes(value, 0, 6, 0.05, work, changes, 10, &found, NULL, NULL) == CG_SPC_OK && found == 0,
	   "none in none");
}

static void
test_cusum(void)
{
	static const double died[] = {0, 1, 1, GAP, 0};
	static const double risk[] = {0.1, 0.2, 0.5, 0.5, 0.9};
	static const double counts[] = {3, 5, 1, 2, 4};
	static const double odd[] = {0, 1, 1, 1, 2};
	CgSpcVlad	vlad[5];
	CgSpcCusum	cusum[5];

	ok(cg_spc_vlad(died, risk, 5, CG_SPC_BINARY, 3, vlad, &bad_row, NULL, NULL) == CG_SPC_OK &&
	   near(vlad[4].value, 0.1 + 0.2 + 0.5 + 0.9 - 2) && vlad[3].value == vlad[2].value, "VLAD sums up");
	ok(near(vlad[1].upper, 3 * sqrt(0.09 + 0.16)), "and has limits");
	ok(cg_spc_cusum(died, risk, 5, CG_SPC_BINARY, 2, 0.5, 1.2, false, cusum, &bad_row, NULL, NULL) == CG_SPC_OK,
	   "CUSUM");
	/* Steiner: log((1 - p + R0 p) R1 / (1 - p + R1 p)) at a death, less log R1 at none. */
	ok(near(cusum[0].up, 0) && near(cusum[1].up, log(2 / 1.2)) && near(cusum[2].up, log(2 / 1.2) + log(2 / 1.5)),
	   "weights of Steiner");
	ok(near(cusum[0].down, -log(0.95)) && !cusum[2].signal_up, "the other side");
	ok(cg_spc_cusum(counts, counts, 5, CG_SPC_COUNT, 2, 0.5, 4, true, cusum, &bad_row, NULL, NULL) == CG_SPC_OK &&
	   near(cusum[1].up, 0), "counts as expected are no evidence");
	ok(cg_spc_vlad(odd, risk, 5, CG_SPC_BINARY, 3, vlad, &bad_row, NULL, NULL) == CG_SPC_OUTCOME && bad_row == 4,
	   "an outcome is 0 or 1");
	ok(cg_spc_vlad(died, counts, 5, CG_SPC_BINARY, 3, vlad, &bad_row, NULL, NULL) == CG_SPC_PROBABILITY && bad_row == 0,
	   "a probability is at most 1");
}

int
main(void)
{
	test_limits();
	test_screening();
	test_flat_and_short();
	test_rules();
	test_phases();
	test_refusals();
	test_stopping();
	test_median();
	test_runs();
	test_words();
	test_changes();
	test_cusum();
	printf("1..%d\n", tests);
	return failures != 0;
}
