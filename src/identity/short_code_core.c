/*-------------------------------------------------------------------------
 *
 * short_code_core.c
 *	  Short codes of letters, digits and blanks as one 64-bit number.
 *
 * A code is a number of twelve places to the base 37, left-aligned: a blank
 * and whatever follows the end are 0, digits are 1 to 10 and letters 11 to
 * 36, which is their order in ASCII.
 *
 *-------------------------------------------------------------------------
 */
#include "identity/short_code_core.h"

#include <string.h>

#define BASE 37

static const char symbols[] = " 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return c >= 'A' && c <= 'Z';
}

void
cg_short_code_trim(const char **text, size_t *length)
{
	while (*length > 0 && is_blank((*text)[0]))
	{
		(*text)++;
		(*length)--;
	}
	while (*length > 0 && is_blank((*text)[*length - 1]))
		(*length)--;
}

char
cg_short_code_fold(char c)
{
	if (c >= 'a' && c <= 'z')
		c = (char) (c - 'a' + 'A');
	return is_digit(c) || is_letter(c) ? c : 0;
}

int64_t
cg_short_code_pack(const char *text, size_t length)
{
	int64_t		value = 0;

	for (size_t i = 0; i < CG_SHORT_CODE_MAX; i++)
	{
		int			place = 0;

		if (i < length && is_digit(text[i]))
			place = text[i] - '0' + 1;
		else if (i < length && is_letter(text[i]))
			place = text[i] - 'A' + 11;
		value = value * BASE + place;
	}
	return value;
}

size_t
cg_short_code_unpack(int64_t value, char text[CG_SHORT_CODE_MAX])
{
	size_t		length = CG_SHORT_CODE_MAX;

	for (int i = CG_SHORT_CODE_MAX - 1; i >= 0; i--)
	{
		text[i] = symbols[value % BASE];
		value /= BASE;
	}
	while (length > 0 && text[length - 1] == ' ')
		length--;
	return length;
}

bool
cg_short_code_has_form(const char *text, size_t length, const char *form)
{
	for (size_t i = 0; i < length; i++)
	{
		bool		fits;

		switch (form[i])
		{
			case '\0':
				return false;
			case 'd':
				fits = is_digit(text[i]);
				break;
			case 'a':
				fits = is_letter(text[i]);
				break;
			case 'x':
				fits = is_digit(text[i]) || is_letter(text[i]);
				break;
			default:
				fits = text[i] == form[i];
		}
		if (!fits)
			return false;
	}
	return form[length] == '\0';
}

int
cg_short_code_word(const char *const *words, int count,
				   const char *text, size_t length)
{
	for (int i = 0; i < count; i++)
		if (strlen(words[i]) == length && memcmp(words[i], text, length) == 0)
			return i;
	return -1;
}
