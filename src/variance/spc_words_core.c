/*-------------------------------------------------------------------------
 *
 * spc_words_core.c
 *	  The words of control charts, read and written.
 *
 *-------------------------------------------------------------------------
 */
#include "variance/spc_core.h"

#include <string.h>

static const char *const chart_words[] = {
	[CG_SPC_RUN] = "run",
	[CG_SPC_I] = "i",
	[CG_SPC_MR] = "mr",
	[CG_SPC_XMR] = "xmr",
	[CG_SPC_XBAR] = "xbar",
	[CG_SPC_S] = "s",
	[CG_SPC_P] = "p",
	[CG_SPC_P_PRIME] = "p_prime",
	[CG_SPC_U] = "u",
	[CG_SPC_U_PRIME] = "u_prime",
	[CG_SPC_I_PRIME] = "i_prime",
	[CG_SPC_C] = "c",
	[CG_SPC_G] = "g",
	[CG_SPC_T] = "t"
};

static const char *const rule_words[CG_SPC_RULE_BITS] = {
	"above_upper_limit",
	"below_lower_limit",
	"trend_up",
	"trend_down",
	"two_of_three_above",
	"two_of_three_below",
	"four_of_five_above",
	"four_of_five_below",
	"run_above",
	"run_below",
	"long_run",
	"few_crossings"
};

static const char *const assurance_words[] = {
	[CG_SPC_NO_ASSURANCE] = NULL,
	[CG_SPC_CONSISTENT_PASS] = "consistent_pass",
	[CG_SPC_INCONSISTENT] = "inconsistent",
	[CG_SPC_CONSISTENT_FAIL] = "consistent_fail"
};

static const char *const variation_words[] = {
	[CG_SPC_COMMON_CAUSE] = "common_cause",
	[CG_SPC_IMPROVEMENT] = "special_cause_improvement",
	[CG_SPC_CONCERN] = "special_cause_concern",
	[CG_SPC_NEUTRAL_HIGH] = "special_cause_neutral_high",
	[CG_SPC_NEUTRAL_LOW] = "special_cause_neutral_low",
	[CG_SPC_PATTERN] = "special_cause_pattern"
};

/* Shifted by one, because lower_better is -1. */
static const char *const direction_words[] = {
	"lower_better", "neutral", "higher_better"
};

static const char *const rule_set_words[] = {
	[CG_SPC_NHS] = "nhs",
	[CG_SPC_WESTERN_ELECTRIC] = "western_electric",
	[CG_SPC_ANHOEJ] = "anhoej",
	[CG_SPC_SHEWHART] = "shewhart"
};

static const char *const two_of_three_words[] = {
	[CG_SPC_BEYOND_TWO_SIGMA] = "beyond_two_sigma",
	[CG_SPC_NEAR_LIMIT] = "near_limit"
};

#define LENGTH_OF(array) (sizeof(array) / sizeof((array)[0]))

/*
 * The place of a word in a list, or -1.
 */
static int
find_word(const char *const *words, size_t count, const char *word,
		  size_t length)
{
	for (size_t i = 0; i < count; i++)
	{
		if (strlen(words[i]) == length && memcmp(words[i], word, length) == 0)
			return (int) i;
	}
	return -1;
}

const char *
cg_spc_chart_word(CgSpcChart chart)
{
	return chart_words[chart];
}

const char *
cg_spc_rule_word(int rule_bit)
{
	return rule_words[rule_bit];
}

const char *
cg_spc_assurance_word(CgSpcAssurance assurance)
{
	return assurance_words[assurance];
}

const char *
cg_spc_variation_word(CgSpcVariation variation)
{
	return variation_words[variation];
}

bool
cg_spc_chart_of_word(const char *word, size_t length, CgSpcChart *chart)
{
	int			place = find_word(chart_words, LENGTH_OF(chart_words),
								  word, length);

	if (place >= 0)
		*chart = (CgSpcChart) place;
	return place >= 0;
}

bool
cg_spc_direction_of_word(const char *word, size_t length,
						 CgSpcDirection *direction)
{
	int			place = find_word(direction_words, LENGTH_OF(direction_words),
								  word, length);

	if (place >= 0)
		*direction = (CgSpcDirection) (place - 1);
	return place >= 0;
}

bool
cg_spc_rule_set_of_word(const char *word, size_t length,
						CgSpcRuleSet *rule_set)
{
	int			place = find_word(rule_set_words, LENGTH_OF(rule_set_words),
								  word, length);

	if (place >= 0)
		*rule_set = (CgSpcRuleSet) place;
	return place >= 0;
}

bool
cg_spc_two_of_three_of_word(const char *word, size_t length,
							CgSpcTwoOfThree *two_of_three)
{
	int			place = find_word(two_of_three_words,
								  LENGTH_OF(two_of_three_words), word, length);

	if (place >= 0)
		*two_of_three = (CgSpcTwoOfThree) place;
	return place >= 0;
}
