/*-------------------------------------------------------------------------
 *
 * spc_rules_core.c
 *	  The rules that tell special causes from common ones.
 *
 * One pass over a phase finds all rules that fire at all points.  Patterns
 * (run, trend, two of three, four of five) are looked for within sequences:
 * a row without a value ends a sequence, so that no pattern bridges a gap,
 * and a ghost is passed over as if it were not there.  Every point of a
 * pattern is marked, also those that came before it was complete.
 *
 * Sources: NHS England, Making Data Count, with NHSRplotthedots 0.2.2 as the
 * reference (its issue 194 has the two versions of two of three); Western
 * Electric Company, Statistical Quality Control Handbook, 1956.
 *
 *-------------------------------------------------------------------------
 */
#include "variance/spc_phase.h"

/* The zone of a point: sigmas beyond which it lies, with its side as sign. */
typedef struct Zone
{
	size_t		row;
	int			side;			/* of the centre line */
	bool		beyond_two;		/* in the sense of the rule two of three */
	bool		beyond_one;
} Zone;

/* What is remembered along a sequence. */
typedef struct Sequence
{
	size_t		points;
	double		previous;
	size_t		previous_row;

	int			run_side;
	int			run_points;
	size_t		run_start;

	int			trend_way;
	int			trend_points;	/* without those that only tie */
	size_t		trend_start;	/* first row that is not yet marked */

	Zone		zones[5];		/* the latest points, by points % 5 */
} Sequence;

/*
 * Mark the active rows from start to end, both included.
 */
static void
mark_rows(const CgSpcPhase *phase, size_t start, size_t end, int32_t rule)
{
	for (size_t i = start; i <= end; i++)
	{
		if (!phase->points[i].is_ghost)
			phase->points[i].rules |= rule;
	}
}

static void
rule_limits(CgSpcPoint *point)
{
	if (point->value > point->upper)
		point->rules |= CG_SPC_ABOVE_LIMIT;
	else if (point->value < point->lower)
		point->rules |= CG_SPC_BELOW_LIMIT;
}

/*
 * A run of points on one side of the centre; one on it ends the run.
 */
static void
rule_run(const CgSpcPhase *phase, Sequence *sequence, size_t i, int side,
		 int length)
{
	int32_t		rule = side > 0 ? CG_SPC_RUN_ABOVE : CG_SPC_RUN_BELOW;

	if (side == 0 || side != sequence->run_side)
	{
		sequence->run_side = side;
		sequence->run_points = side == 0 ? 0 : 1;
		sequence->run_start = i;
		return;
	}
	sequence->run_points++;
	if (sequence->run_points == length)
		mark_rows(phase, sequence->run_start, i, rule);
	else if (sequence->run_points > length)
		phase->points[i].rules |= rule;
}

/*
 * A trend: each point higher, or each lower, than the one before it.  A tie
 * ends it, unless ties are to be passed over; then the points that tie
 * belong to the trend but do not lengthen it.
 */
static void
rule_trend(const CgSpcPhase *phase, Sequence *sequence, size_t i)
{
	double		value = phase->points[i].value;
	int			way = (value > sequence->previous) - (value < sequence->previous);
	int			length = phase->options->trend_length;

	if (sequence->points == 0)
	{
		sequence->trend_way = 0;
		sequence->trend_points = 1;
		sequence->trend_start = i;
		return;
	}
	if (way == 0 && phase->options->trend_ties)
		return;
	if (way == 0 || way != sequence->trend_way)
	{
		sequence->trend_way = way;
		sequence->trend_points = way == 0 ? 1 : 2;
		sequence->trend_start = way == 0 ? i : sequence->previous_row;
	}
	else
		sequence->trend_points++;
	if (way != 0 && sequence->trend_points >= length)
	{
		mark_rows(phase, sequence->trend_start, i,
				  way > 0 ? CG_SPC_TREND_UP : CG_SPC_TREND_DOWN);
		sequence->trend_start = i;
	}
}

/*
 * At least so many of the last few points lie beyond a zone's line on one
 * side: mark those that do.  Making Data Count also wants all the points of
 * the window on that side of the centre; Western Electric does not.
 */
static void
rule_zone(const CgSpcPhase *phase, const Sequence *sequence, size_t window,
		  int least, bool all_on_side, int32_t rule_above, int32_t rule_below)
{
	for (int side = 1; side >= -1; side -= 2)
	{
		int			beyond = 0;
		bool		together = true;

		for (size_t back = 0; back < window; back++)
		{
			const Zone *zone = &sequence->zones[(sequence->points - back) % 5];

			if (zone->side != side)
				together = false;
			else if (window == 5 ? zone->beyond_one : zone->beyond_two)
				beyond++;
		}
		if (beyond < least || (all_on_side && !together))
			continue;
		for (size_t back = 0; back < window; back++)
		{
			const Zone *zone = &sequence->zones[(sequence->points - back) % 5];

			if (zone->side == side &&
				(window == 5 ? zone->beyond_one : zone->beyond_two))
				phase->points[zone->row].rules |=
					side > 0 ? rule_above : rule_below;
		}
	}
}

/*
 * Does the point count for two of three?
 */
static bool
is_beyond_two(const CgSpcPhase *phase, const CgSpcPoint *point)
{
	if (!(point->value > point->upper_two_sigma ||
		  point->value < point->lower_two_sigma))
		return false;
	if (phase->options->rule_set == CG_SPC_NHS &&
		phase->options->two_of_three == CG_SPC_NEAR_LIMIT)
		return !(point->value > point->upper || point->value < point->lower);
	return true;
}

static void
rules_zones(const CgSpcPhase *phase, Sequence *sequence, size_t i, int side)
{
	const CgSpcPoint *point = &phase->points[i];
	bool		western = phase->options->rule_set == CG_SPC_WESTERN_ELECTRIC;
	Zone	   *zone = &sequence->zones[sequence->points % 5];
	const Zone *before = &sequence->zones[(sequence->points + 4) % 5];

	zone->row = i;
	zone->side = side;
	zone->beyond_two = is_beyond_two(phase, point);

	/* A window with enough points beyond has one of them in its last two. */
	if (sequence->points >= 2 && (zone->beyond_two || before->beyond_two))
		rule_zone(phase, sequence, 3, 2, !western,
				  CG_SPC_TWO_OF_THREE_ABOVE, CG_SPC_TWO_OF_THREE_BELOW);
	if (western)
	{
		double		lower;
		double		upper;

		cg_spc_lines(phase, i, 1, &lower, &upper);
		zone->beyond_one = point->value > upper || point->value < lower;
		if (sequence->points >= 4 && (zone->beyond_one || before->beyond_one))
			rule_zone(phase, sequence, 5, 4, false,
					  CG_SPC_FOUR_OF_FIVE_ABOVE, CG_SPC_FOUR_OF_FIVE_BELOW);
	}
}

/*
 * Patterns of points within sequences.
 */
static CgSpcStatus
rules_patterns(const CgSpcPhase *phase, bool trend)
{
	Sequence	sequence = {0};

	for (size_t i = phase->first; i < phase->end; i++)
	{
		CgSpcPoint *point = &phase->points[i];
		int			side;

		if (cg_spc_stopped(phase, i))
			return CG_SPC_STOPPED;
		if (point->is_ghost)
			continue;
		if (isnan(point->value))
		{
			sequence.points = 0;
			sequence.run_side = 0;
			continue;
		}
		if (cg_spc_has_mark(phase->series, i, CG_SPC_MARK_BREAK))
		{
			sequence.points = 0;
			sequence.run_side = 0;
		}
		rule_limits(point);
		side = (point->value > point->centre) - (point->value < point->centre);
		rule_run(phase, &sequence, i, side, phase->options->run_length);
		if (trend)
			rule_trend(phase, &sequence, i);
		rules_zones(phase, &sequence, i, side);
		sequence.previous = point->value;
		sequence.previous_row = i;
		sequence.points++;
	}
	return CG_SPC_OK;
}

/*
 * Anhoej's two tests speak of the whole phase, so all its points carry them.
 */
static void
rules_anhoej(const CgSpcPhase *phase)
{
	double	   *value = phase->work;
	size_t		count = 0;
	CgSpcRuns	runs;
	int32_t		rules = 0;

	for (size_t i = phase->first; i < phase->end; i++)
	{
		if (cg_spc_is_active(&phase->points[i]))
			value[count++] = phase->points[i].value;
	}
	runs = cg_spc_runs(value, count, phase->centre);
	if (runs.long_run)
		rules |= CG_SPC_LONG_RUN;
	if (runs.few_crossings)
		rules |= CG_SPC_FEW_CROSSINGS;
	if (rules == 0)
		return;
	for (size_t i = phase->first; i < phase->end; i++)
	{
		if (cg_spc_is_active(&phase->points[i]))
			phase->points[i].rules |= rules;
	}
}

CgSpcStatus
cg_spc_rules(const CgSpcPhase *phase)
{
	CgSpcRuleSet rule_set = phase->options->rule_set;

	/*
	 * Neighbouring moving ranges share a value, so they run and trend by
	 * themselves: only the limit is a rule for them.
	 */
	if (phase->options->chart == CG_SPC_MR)
		rule_set = CG_SPC_SHEWHART;

	if (rule_set == CG_SPC_NHS || rule_set == CG_SPC_WESTERN_ELECTRIC)
		return rules_patterns(phase, rule_set == CG_SPC_NHS);
	for (size_t i = phase->first; i < phase->end; i++)
	{
		if (cg_spc_is_active(&phase->points[i]))
			rule_limits(&phase->points[i]);
		if (cg_spc_stopped(phase, i))
			return CG_SPC_STOPPED;
	}
	if (rule_set == CG_SPC_ANHOEJ)
		rules_anhoej(phase);
	return CG_SPC_OK;
}

int
cg_spc_side(int32_t rules)
{
	const int32_t high = CG_SPC_ABOVE_LIMIT | CG_SPC_TREND_UP |
		CG_SPC_TWO_OF_THREE_ABOVE | CG_SPC_FOUR_OF_FIVE_ABOVE |
		CG_SPC_RUN_ABOVE;
	int32_t		first = rules & -rules;

	if (first == 0 || first >= CG_SPC_LONG_RUN)
		return 0;
	return (first & high) != 0 ? 1 : -1;
}
