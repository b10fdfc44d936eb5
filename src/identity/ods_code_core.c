/*-------------------------------------------------------------------------
 *
 * ods_code_core.c
 *	  ODS codes: one parser, and what the form of a code says.
 *
 * "ODS codes consist of 1 to 9 alphanumeric characters" (NHS England,
 * Organisations and services).  Which kind of organisation a code names is
 * said by its form only in part: the register alone is sure.
 *
 *-------------------------------------------------------------------------
 */
#include "identity/ods_code_core.h"

#include <string.h>

#define LENGTH_OF(array) (sizeof(array) / sizeof((array)[0]))

static const char *const problem_words[] = {
	[CG_ODS_CODE_OK] = "ok",
	[CG_ODS_CODE_EMPTY] = "empty",
	[CG_ODS_CODE_CHARACTER] = "character",
	[CG_ODS_CODE_LENGTH] = "length",
	[CG_ODS_CODE_UNKNOWN_FORM] = "unknown_form",
	[CG_ODS_CODE_PSEUDO] = "pseudo"
};

static const char *const level_words[] = {
	[CG_ODS_CODE_FORMAT] = "format",
	[CG_ODS_CODE_KNOWN_FORM] = "known_form",
	[CG_ODS_CODE_ISSUED] = "issued"
};

/*
 * Default codes, which stand for no organisation or person.  Source: NHS Data
 * Dictionary, Default Codes and SITE CODE (OF TREATMENT); V81997 is younger and
 * stands in NHS England's data sets.
 */
static const struct
{
	const char *code;
	const char *meaning;
}			pseudo_codes[] =
{
	{"V81997", "practice_none"},
	{"V81998", "practice_not_applicable"},
	{"V81999", "practice_not_known"},
	{"Q99", "commissioner_not_known"},
	{"X98", "commissioner_not_applicable"},
	{"TDH00", "overseas_visitor_exempt"},
	{"VPP00", "private_or_chargeable_patient"},
	{"89997", "provider_outside_uk"},
	{"89999", "provider_outside_nhs"},
	{"R9998", "site_not_a_hospital"},
	{"X99998", "referrer_organisation_not_applicable"},
	{"X99999", "referrer_organisation_not_known"},
	{"X9999998", "referrer_not_applicable"},
	{"R9999981", "referrer_other"},
	{"G9999998", "gp_not_known"},
	{"G9999981", "gp_none"},
	{"C9999998", "consultant_not_known"},
	{"A9999998", "defence_doctor"},
	{"P9999981", "prison_doctor"},
	{"D9999998", "dentist_not_known"},
	{"D9999981", "dentist_not_applicable"},
	{"M9999998", "midwife"},
	{"N9999998", "nurse"},
	{"H9999998", "care_professional_other"}
};

/*
 * The forms, of which the first that fits is taken; short_code_core.h says
 * how to read them.  organisation is how many of the characters name the
 * organisation that a site or a branch belongs to.  Sources: NHS Data
 * Dictionary, Organisation Coding Frames, Organisation Site Coding Frames and
 * the NACS coding formats; ODS Reference Data Catalogue.
 *
 * A trust's own code is written with 00 behind it where five characters are
 * demanded.  Since 2020 codes are given without meaning, letter, digit,
 * letter, digit, letter; sites of trusts had such codes before.
 */
static const struct
{
	const char *form;
	const char *kind;
	int			organisation;
}			forms[] =
{
	{"Rxx", "trust", 3},
	{"Tdd", "special_health_authority", 3},
	{"Txx", "trust", 3},
	{"Qax", "icb", 3},
	{"Qdd", "health_geography", 3},
	{"dda", "sub_icb", 3},
	{"ddd", "local_authority", 3},
	{"7ax", "local_health_board", 3},
	{"0ax", "commissioning_support_unit", 3},
	{"5xx", "primary_care_trust", 3},
	{"Nxx", "independent_provider", 3},
	{"Xdd", "other_statutory_authority", 3},
	{"Xax", "government_department", 3},
	{"Ydd", "nhs_england_region", 3},

	{"Rxx00", "trust", 3},
	{"Rxxxx", "site", 3},
	{"Fxxxx", "pharmacy", 5},
	{"adada", "new_style", 5},
	{"Tdd00", "special_health_authority", 3},
	{"Txx00", "trust", 3},
	{"Qax00", "icb", 3},
	{"Qdd00", "health_geography", 3},
	{"dda00", "sub_icb", 3},
	{"7ax00", "local_health_board", 3},
	{"5xx00", "primary_care_trust", 3},
	{"Nxx00", "independent_provider", 3},
	{"Xdd00", "other_statutory_authority", 3},
	{"Xax00", "government_department", 3},
	{"8xxxx", "independent_provider", 5},
	{"Vaxxx", "social_care_site", 5},
	{"LSPdd", "service_provider", 5},
	{"YGMdd", "service_provider", 5},
	{"Txxxx", "site", 3},
	{"Qxxxx", "site", 3},
	{"ddaxx", "site", 3},
	{"dddaa", "site", 3},
	{"7axxx", "site", 3},
	{"5xxxx", "site", 3},
	{"Nxxxx", "site", 3},
	{"Xxxxx", "site", 3},

	{"Uddddd", "pcn", 6},
	{"Vddddd", "dental_practice", 6},
	{"ALDddd", "practice", 6},
	{"GUEddd", "practice", 6},
	{"JERddd", "practice", 6},

	{"LSPdddd", "site", 5},

	{"EEdddddd", "school", 8},
	{"Cddddddd", "consultant", 8}
};

/*
 * First letters of practices: prescribing cost centres in England, W in
 * Wales, S in Scotland, Z in Northern Ireland.
 */
static const char practice_letters[] = "ABCDEFGHJKLMNPQRSTWYZ";

typedef struct Form
{
	const char *kind;
	size_t		organisation;
} Form;

static Form
form_of(const char *text, size_t length)
{
	Form		form = {"other", length};

	for (size_t i = 0; i < LENGTH_OF(forms); i++)
	{
		if (cg_short_code_has_form(text, length, forms[i].form))
		{
			form.kind = forms[i].kind;
			form.organisation = (size_t) forms[i].organisation;
			return form;
		}
	}
	if (length > 0 && strchr(practice_letters, text[0]) != NULL)
	{
		if (cg_short_code_has_form(text, length, "addddd"))
			form.kind = "practice";
		if (cg_short_code_has_form(text, length, "adddddddd"))
		{
			form.kind = "branch_surgery";
			form.organisation = 6;
		}
	}
	/* A general medical practitioner's second character is no 6 and no 7. */
	if (cg_short_code_has_form(text, length, "Gddddddd") &&
		text[1] != '6' && text[1] != '7')
		form.kind = "gp";
	return form;
}

static const char *
pseudo_meaning(const char *text, size_t length)
{
	for (size_t i = 0; i < LENGTH_OF(pseudo_codes); i++)
		if (cg_short_code_has_form(text, length, pseudo_codes[i].code))
			return pseudo_codes[i].meaning;
	return NULL;
}

/*
 * Either every character is a letter or a digit, or one is not: that is the
 * gravest fault.
 */
CgOdsCodeProblem
cg_ods_code_parse(const char *text, size_t length, CgOdsCodeLevel level,
				  int64_t *value)
{
	char		code[CG_ODS_CODE_MAX];

	cg_short_code_trim(&text, &length);
	if (length == 0)
		return CG_ODS_CODE_EMPTY;
	for (size_t i = 0; i < length; i++)
	{
		char		c = cg_short_code_fold(text[i]);

		if (c == 0)
			return CG_ODS_CODE_CHARACTER;
		if (i < CG_ODS_CODE_MAX)
			code[i] = c;
	}
	if (length > CG_ODS_CODE_MAX)
		return CG_ODS_CODE_LENGTH;
	*value = cg_short_code_pack(code, length);

	if (level >= CG_ODS_CODE_KNOWN_FORM &&
		pseudo_meaning(code, length) == NULL &&
		strcmp(form_of(code, length).kind, "other") == 0)
		return CG_ODS_CODE_UNKNOWN_FORM;
	if (level >= CG_ODS_CODE_ISSUED && pseudo_meaning(code, length) != NULL)
		return CG_ODS_CODE_PSEUDO;
	return CG_ODS_CODE_OK;
}

size_t
cg_ods_code_write(int64_t value, char text[CG_SHORT_CODE_MAX])
{
	return cg_short_code_unpack(value, text);
}

const char *
cg_ods_code_kind(int64_t value)
{
	char		text[CG_SHORT_CODE_MAX];
	size_t		length = cg_short_code_unpack(value, text);

	if (pseudo_meaning(text, length) != NULL)
		return "pseudo";
	return form_of(text, length).kind;
}

const char *
cg_ods_code_pseudo(int64_t value)
{
	char		text[CG_SHORT_CODE_MAX];
	size_t		length = cg_short_code_unpack(value, text);

	return pseudo_meaning(text, length);
}

int64_t
cg_ods_code_organisation(int64_t value)
{
	char		text[CG_SHORT_CODE_MAX];
	size_t		length = cg_short_code_unpack(value, text);

	if (pseudo_meaning(text, length) != NULL)
		return value;
	return cg_short_code_pack(text, form_of(text, length).organisation);
}

const char *
cg_ods_code_problem_word(CgOdsCodeProblem problem)
{
	return problem_words[problem];
}

bool
cg_ods_code_level(const char *word, size_t length, CgOdsCodeLevel *level)
{
	int			place = cg_short_code_word(level_words, LENGTH_OF(level_words),
										   word, length);

	if (place < 0)
		return false;
	*level = (CgOdsCodeLevel) place;
	return true;
}
