/*-------------------------------------------------------------------------
 *
 * postcode_core.c
 *	  Postcodes: one parser, their parts and what they stand for.
 *
 * Six forms (BS 7666; Government Data Standards Catalogue, Postcode), of which
 * each place allows certain letters only; besides them GIR 0AA, the codes of
 * British overseas territories, BFPO numbers, and the ZZ99 pseudo postcodes
 * of the NHS, which break the rule of the second letter on purpose.
 *
 *-------------------------------------------------------------------------
 */
#include "identity/postcode_core.h"

#include <string.h>

#define LENGTH_OF(array) (sizeof(array) / sizeof((array)[0]))

static const char *const problem_words[] = {
	[CG_POSTCODE_OK] = "ok",
	[CG_POSTCODE_EMPTY] = "empty",
	[CG_POSTCODE_CHARACTER] = "character",
	[CG_POSTCODE_BAD_FORMAT] = "format",
	[CG_POSTCODE_SPACING] = "spacing",
	[CG_POSTCODE_OUTWARD_LETTER] = "outward",
	[CG_POSTCODE_INWARD_LETTER] = "inward",
	[CG_POSTCODE_UNKNOWN_AREA] = "unknown_area",
	[CG_POSTCODE_NO_PLACE] = "no_place"
};

static const char *const level_words[] = {
	[CG_POSTCODE_FORMAT] = "format",
	[CG_POSTCODE_AREA] = "area",
	[CG_POSTCODE_PLACE] = "place"
};

/* The letters that each place allows, by the form of the outward code. */
static const char first_letters[] = "ABCDEFGHIJKLMNOPRSTUWYZ";
static const char second_letters[] = "ABCDEFGHKLMNOPQRSTUVWXY";
static const char third_letters[] = "ABCDEFGHJKPSTUW";	/* of A9A */
static const char fourth_letters[] = "ABEHMNPRVWXY";	/* of AA9A */
static const char inward_letters[] = "ABDEFGHJLNPQRSTUWXYZ";

/*
 * Royal Mail's postcode areas, with those of the Crown dependencies (GY, IM,
 * JE), of the forces (BF) and of companies (BX), which are no places.
 */
static const char areas[] =
" AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD"
" DE DG DH DL DN DT DY E EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX"
" IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP"
" NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST"
" SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE ";

/*
 * The codes of British overseas territories, each one for all addresses;
 * Gibraltar's has the form of any other.
 */
static const char *const territories[] = {
	"ASCN 1ZZ", "BBND 1ZZ", "BIQQ 1ZZ", "FIQQ 1ZZ", "GX11 1AA", "PCRN 1ZZ",
	"SIQQ 1ZZ", "STHL 1ZZ", "TDCU 1ZZ", "TKCA 1ZZ"
};

/*
 * The pseudo postcodes that do not stand for a country abroad.  Source: HES
 * Data Dictionary, Postcode of patient; NHS Data Dictionary, POSTCODE OF USUAL
 * ADDRESS.  ZZ99 9ZZ is used where there is no postcode.
 */
static const struct
{
	const char *code;
	const char *kind;
}			pseudo_codes[] =
{
	{"ZZ99 3VZ", "pseudo_no_fixed_abode"},
	{"ZZ99 3WZ", "pseudo_not_known"},
	{"ZZ99 9ZZ", "pseudo_not_known"},
	{"ZZ99 3CZ", "pseudo_england_or_uk"},
	{"ZZ99 1WZ", "pseudo_scotland"},
	{"ZZ99 3GZ", "pseudo_wales"},
	{"ZZ99 2WZ", "pseudo_northern_ireland"}
};

static bool
is_among(char c, const char *characters)
{
	return strchr(characters, c) != NULL;
}

static bool
is_text(const char *text, size_t length, const char *expected)
{
	return strlen(expected) == length && memcmp(text, expected, length) == 0;
}

static bool
begins_with(const char *text, size_t length, const char *beginning)
{
	return length >= strlen(beginning) &&
		memcmp(text, beginning, strlen(beginning)) == 0;
}

static bool
is_territory(const char *text, size_t length)
{
	for (size_t i = 0; i < LENGTH_OF(territories); i++)
		if (is_text(text, length, territories[i]))
			return true;
	return false;
}

static size_t
area_length(const char *text, size_t length)
{
	size_t		letters = 0;

	while (letters < length && text[letters] >= 'A' && text[letters] <= 'Z')
		letters++;
	return letters;
}

static bool
is_known_area(const char *text, size_t length)
{
	char		wanted[5] = " ";
	size_t		letters = area_length(text, length);

	if (letters > 2)			/* GIR, BFPO and the territories */
		return true;
	memcpy(wanted + 1, text, letters);
	wanted[letters + 1] = ' ';
	return strstr(areas, wanted) != NULL;
}

static const char *
kind_of(const char *text, size_t length)
{
	if (begins_with(text, length, "ZZ99 "))
	{
		for (size_t i = 0; i < LENGTH_OF(pseudo_codes); i++)
			if (is_text(text, length, pseudo_codes[i].code))
				return pseudo_codes[i].kind;
		return "pseudo_country";
	}
	if (begins_with(text, length, "BFPO ") || begins_with(text, length, "BF1 "))
		return "bfpo";
	if (begins_with(text, length, "GIR "))
		return "girobank";
	if (is_territory(text, length))
		return "overseas_territory";
	if (area_length(text, length) == 2 &&
		(begins_with(text, length, "GY") || begins_with(text, length, "IM") ||
		 begins_with(text, length, "JE")))
		return "crown_dependency";
	if (begins_with(text, length, "BX"))
		return "non_geographic";
	return "geographic";
}

/*
 * Check the letters of a code of one of the six forms.
 */
static CgPostcodeProblem
check_letters(const char *outward, size_t length, const char *inward)
{
	if (is_text(outward, length, "ZZ99") && inward[2] == 'Z')
		return CG_POSTCODE_OK;
	if (!is_among(outward[0], first_letters))
		return CG_POSTCODE_OUTWARD_LETTER;
	if (area_length(outward, length) == 2 &&
		!is_among(outward[1], second_letters))
		return CG_POSTCODE_OUTWARD_LETTER;
	if (cg_short_code_has_form(outward, length, "ada") &&
		!is_among(outward[2], third_letters))
		return CG_POSTCODE_OUTWARD_LETTER;
	if (cg_short_code_has_form(outward, length, "aada") &&
		!is_among(outward[3], fourth_letters))
		return CG_POSTCODE_OUTWARD_LETTER;
	if (!is_among(inward[1], inward_letters) ||
		!is_among(inward[2], inward_letters))
		return CG_POSTCODE_INWARD_LETTER;
	return CG_POSTCODE_OK;
}

static bool
has_usual_form(const char *outward, size_t length, const char *inward)
{
	static const char *const forms[] = {"ad", "add", "aad", "aadd", "ada", "aada"};

	if (!cg_short_code_has_form(inward, 3, "daa"))
		return false;
	for (size_t i = 0; i < LENGTH_OF(forms); i++)
		if (cg_short_code_has_form(outward, length, forms[i]))
			return true;
	return false;
}

/*
 * BFPO and one to four digits, the first no zero: where the outward part
 * ends, or 0.
 */
static size_t
bfpo_split(const char *code, size_t length)
{
	if (length < 5 || length > 8 || !begins_with(code, length, "BFPO") ||
		code[4] == '0')
		return 0;
	for (size_t i = 4; i < length; i++)
		if (code[i] < '0' || code[i] > '9')
			return 0;
	return 4;
}

/*
 * Check a code without blanks, and write it with one.  blank is where a blank
 * stood, 0 for nowhere.
 */
static CgPostcodeProblem
canonical(const char *code, size_t length, size_t blank,
		  char text[CG_POSTCODE_MAX])
{
	size_t		split = bfpo_split(code, length);
	bool		is_bfpo = split > 0;
	bool		is_usual = false;

	if (!is_bfpo)
	{
		if (length < 5 || length > 7)
			return CG_POSTCODE_BAD_FORMAT;
		split = length - 3;
		is_usual = has_usual_form(code, split, code + split);
	}
	memcpy(text, code, split);
	text[split] = ' ';
	memcpy(text + split + 1, code + split, length - split);

	if (!is_bfpo && !is_usual && !is_text(text, length + 1, "GIR 0AA") &&
		!is_territory(text, length + 1))
		return CG_POSTCODE_BAD_FORMAT;
	if (blank != 0 && blank != split)
		return CG_POSTCODE_SPACING;
	if (is_usual)
		return check_letters(code, split, code + split);
	return CG_POSTCODE_OK;
}

static CgPostcodeProblem
check_beyond(const char *text, size_t length, CgPostcodeLevel level)
{
	const char *kind = kind_of(text, length);

	if (level >= CG_POSTCODE_AREA && strncmp(kind, "pseudo", 6) != 0 &&
		strcmp(kind, "overseas_territory") != 0 &&
		!is_known_area(text, length))
		return CG_POSTCODE_UNKNOWN_AREA;
	if (level >= CG_POSTCODE_PLACE && strcmp(kind, "geographic") != 0 &&
		strcmp(kind, "crown_dependency") != 0)
		return CG_POSTCODE_NO_PLACE;
	return CG_POSTCODE_OK;
}

/*
 * The blanks between the two parts may be none or any number, as in files of
 * fixed width; elsewhere there are none.  The gravest fault is named: a
 * foreign character, else a form that does not exist, else a blank in the
 * wrong place, else a letter that its place does not allow.
 */
CgPostcodeProblem
cg_postcode_parse(const char *text, size_t length, CgPostcodeLevel level,
				  int64_t *value)
{
	char		code[CG_POSTCODE_MAX];
	char		written[CG_POSTCODE_MAX];
	size_t		count = 0;
	size_t		blank = 0;
	bool		is_split_twice = false;
	CgPostcodeProblem problem;

	cg_short_code_trim(&text, &length);
	if (length == 0)
		return CG_POSTCODE_EMPTY;
	for (size_t i = 0; i < length; i++)
	{
		char		c = cg_short_code_fold(text[i]);

		if (c != 0)
		{
			if (count < CG_POSTCODE_MAX)
				code[count] = c;
			count++;
		}
		else if (text[i] != ' ')
			return CG_POSTCODE_CHARACTER;
		else if (blank == 0)
			blank = count;
		else if (blank != count)
			is_split_twice = true;
	}
	if (count >= CG_POSTCODE_MAX)
		return CG_POSTCODE_BAD_FORMAT;
	problem = canonical(code, count, is_split_twice ? CG_POSTCODE_MAX : blank,
						written);
	if (problem != CG_POSTCODE_OK)
		return problem;
	*value = cg_short_code_pack(written, count + 1);
	if (level == CG_POSTCODE_FORMAT)
		return CG_POSTCODE_OK;
	return check_beyond(written, count + 1, level);
}

size_t
cg_postcode_write(int64_t value, char text[CG_SHORT_CODE_MAX])
{
	return cg_short_code_unpack(value, text);
}

size_t
cg_postcode_part(int64_t value, CgPostcodePart part,
				 char text[CG_SHORT_CODE_MAX])
{
	size_t		length = cg_short_code_unpack(value, text);
	size_t		split = (size_t) ((const char *) memchr(text, ' ', length) - text);

	switch (part)
	{
		case CG_POSTCODE_OUTWARD:
			return split;
		case CG_POSTCODE_INWARD:
			memmove(text, text + split + 1, length - split - 1);
			return length - split - 1;
		case CG_POSTCODE_AREA_LETTERS:
			return area_length(text, split);
		case CG_POSTCODE_SECTOR:
			return begins_with(text, length, "BFPO ") ? 0 : split + 2;
	}
	return 0;
}

const char *
cg_postcode_kind(int64_t value)
{
	char		text[CG_SHORT_CODE_MAX];
	size_t		length = cg_short_code_unpack(value, text);

	return kind_of(text, length);
}

const char *
cg_postcode_problem_word(CgPostcodeProblem problem)
{
	return problem_words[problem];
}

bool
cg_postcode_level(const char *word, size_t length, CgPostcodeLevel *level)
{
	int			place = cg_short_code_word(level_words, LENGTH_OF(level_words),
										   word, length);

	if (place < 0)
		return false;
	*level = (CgPostcodeLevel) place;
	return true;
}
