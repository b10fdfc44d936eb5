/*-------------------------------------------------------------------------
 *
 * calendar.c
 *	  Days off as functions get them.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/memutils.h"
#include "utils/multirangetypes.h"
#include "utils/rangetypes.h"
#include "utils/typcache.h"

#include "calendar/calendar.h"
#include "common/cg_compat.h"

#define MOST_DAYS 1000000

int32_t
cg_calendar_day(Datum day)
{
	DateADT		date = DatumGetDateADT(day);

	if (DATE_NOT_FINITE(date))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("a day of a calendar cannot be infinite")));
	return date;
}

void
cg_calendar_check(const CgCalendar *calendar, int32_t day)
{
	if (day < calendar->first_day || day > calendar->last_day)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("the calendar does not reach that day"),
				 errdetail("Named calendars are known from %d to %d.",
						   CG_CALENDAR_FROM, CG_CALENDAR_TO),
				 errhint("Hand over the holidays as an array of dates instead.")));
}

/*
 * A calendar made of the same bytes is used again.  Otherwise an empty one in
 * a memory context of its own, which goes when the next is made.
 */
static bool
is_same(const CgCalendar *calendar, const void *key, Size size)
{
	return calendar != NULL && calendar->key_size == size &&
		memcmp(calendar->key, key, size) == 0;
}

static CgCalendar *
new_calendar(CgCalendar **cache, MemoryContext parent, const void *key, Size size)
{
	MemoryContext context;
	CgCalendar *calendar;

	if (*cache != NULL)
	{
		context = (*cache)->context;
		*cache = NULL;
		MemoryContextDelete(context);
	}
	context = AllocSetContextCreate(parent, "working calendar", ALLOCSET_SMALL_SIZES);
	calendar = MemoryContextAllocZero(context, sizeof(CgCalendar));
	calendar->context = context;
	calendar->first_day = PG_INT32_MIN;
	calendar->last_day = PG_INT32_MAX;
	calendar->key = MemoryContextAlloc(context, size);
	memcpy(calendar->key, key, size);
	calendar->key_size = size;
	return calendar;
}

static void
set_days(CgCalendar *calendar, int32_t *days, size_t n)
{
	calendar->off.n = cg_days_off(days, n);
	calendar->off.day = days;
}

static void
refuse_many(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("a calendar has too many days off"),
			 errdetail("The most is %d.", MOST_DAYS)));
}

/* ---- an array ---- */

const CgCalendar *
cg_calendar_of_array(CgCalendar **cache, MemoryContext context, Datum days)
{
	ArrayType  *array = DatumGetArrayTypeP(days);
	CgCalendar *calendar;
	Datum	   *elements;
	bool	   *nulls;
	int			n;
	int32_t    *list;

	if (is_same(*cache, array, VARSIZE(array)))
		return *cache;
	deconstruct_array(array, DATEOID, sizeof(DateADT), true, TYPALIGN_INT,
					  &elements, &nulls, &n);
	if (n > MOST_DAYS)
		refuse_many();
	calendar = new_calendar(cache, context, array, VARSIZE(array));
	list = MemoryContextAlloc(calendar->context, Max(n, 1) * sizeof(int32_t));
	for (int i = 0; i < n; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("a holiday is NULL"),
					 errdetail("It is number %d of the array.", i + 1)));
		list[i] = cg_calendar_day(elements[i]);
	}
	set_days(calendar, list, n);
	*cache = calendar;
	return calendar;
}

/* ---- a multirange ---- */

/* First and last day of a range; discrete ranges come as [lower, upper). */
static bool
days_of_range(TypeCacheEntry *type, RangeType *range, int32_t *first, int32_t *last)
{
	RangeBound	lower;
	RangeBound	upper;
	bool		is_empty;

	range_deserialize(type, range, &lower, &upper, &is_empty);
	if (is_empty)
		return false;
	if (lower.infinite || upper.infinite)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a range of days off has no end"),
				 errhint("Give each range a first and a last day.")));
	*first = cg_calendar_day(lower.val);
	*last = cg_calendar_day(upper.val) - (upper.inclusive ? 0 : 1);
	if (!lower.inclusive)
		(*first)++;
	return *first <= *last;
}

const CgCalendar *
cg_calendar_of_multirange(CgCalendar **cache, MemoryContext context, Datum days)
{
	MultirangeType *multirange = DatumGetMultirangeTypeP(days);
	TypeCacheEntry *type;
	RangeType **ranges;
	int32		count;
	int64		total = 0;
	CgCalendar *calendar;
	int32_t    *list;
	size_t		n = 0;
	int32_t		first;
	int32_t		last;

	if (is_same(*cache, multirange, VARSIZE(multirange)))
		return *cache;
	type = lookup_type_cache(MultirangeTypeGetOid(multirange), TYPECACHE_MULTIRANGE_INFO)->rngtype;
	multirange_deserialize(type, multirange, &count, &ranges);
	for (int i = 0; i < count; i++)
	{
		if (days_of_range(type, ranges[i], &first, &last))
			total += (int64) last - first + 1;
		if (total > MOST_DAYS)
			refuse_many();
	}
	calendar = new_calendar(cache, context, multirange, VARSIZE(multirange));
	list = MemoryContextAlloc(calendar->context, Max(total, 1) * sizeof(int32_t));
	for (int i = 0; i < count; i++)
	{
		if (!days_of_range(type, ranges[i], &first, &last))
			continue;
		for (int32_t day = first; day <= last; day++)
			list[n++] = day;
	}
	set_days(calendar, list, n);
	*cache = calendar;
	return calendar;
}

/* ---- a name ---- */

static void
refuse_name(const char *name)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("there is no calendar \"%s\"", name),
			 errdetail("There are england, wales, scotland, northern_ireland and the others of the table caregroup.working_calendar."),
			 errhint("Add it: INSERT INTO caregroup.working_calendar (calendar, nation) VALUES (…).")));
}

/*
 * One statement gives the nation and the exceptions: the nation's own and
 * then those of the calendar, which count for more.  A row without a day
 * stands for a calendar without exceptions.
 */
static const char read_exceptions[] =
	"SELECT w.nation, e.day, e.is_working"
	" FROM caregroup.working_calendar AS w"
	" LEFT JOIN caregroup.calendar_exception AS e ON e.calendar = w.calendar OR e.calendar = w.nation"
	" WHERE w.calendar = $1"
	" ORDER BY e.day, (e.calendar = w.calendar) DESC";

typedef struct Exceptions
{
	CgNation	nation;
	size_t		n;
	int32_t    *day;
	bool	   *is_working;
} Exceptions;

static void
read_calendar(const char *name, Datum name_datum, MemoryContext context, Exceptions *found)
{
	Oid			types[1] = {TEXTOID};
	Datum		values[1] = {name_datum};
	bool		isnull;
	char	   *nation;

	if (SPI_connect() != SPI_OK_CONNECT)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not open a connection to read calendars")));
	if (SPI_execute_with_args(read_exceptions, 1, types, values, NULL, true, 0) != SPI_OK_SELECT)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("calendars could not be read"),
				 errhint("They are in the tables caregroup.working_calendar and caregroup.calendar_exception.")));
	if (SPI_processed == 0)
		refuse_name(name);
	nation = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	found->nation = nation == NULL ? CG_NATIONS : cg_nation(nation, strlen(nation));
	found->day = MemoryContextAlloc(context, SPI_processed * sizeof(int32_t));
	found->is_working = MemoryContextAlloc(context, SPI_processed * sizeof(bool));
	found->n = 0;
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		Datum		day = SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 2, &isnull);
		bool		is_working;

		if (isnull || DATE_NOT_FINITE(DatumGetDateADT(day)))
			continue;
		if (found->n > 0 && found->day[found->n - 1] == DatumGetDateADT(day))
			continue;
		is_working = DatumGetBool(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 3, &isnull));
		found->day[found->n] = DatumGetDateADT(day);
		found->is_working[found->n++] = is_working;
	}
	SPI_finish();
}

/* Is the day made a working day?  Exceptions are in the order of their days. */
static bool
is_made_working(const Exceptions *exceptions, int32_t day)
{
	size_t		low = 0;
	size_t		high = exceptions->n;

	while (low < high)
	{
		size_t		middle = (low + high) / 2;

		if (exceptions->day[middle] < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low < exceptions->n && exceptions->day[low] == day && exceptions->is_working[low];
}

static void
fill_calendar(CgCalendar *calendar, const Exceptions *exceptions)
{
	int			years = CG_CALENDAR_TO - CG_CALENDAR_FROM + 1;
	int32_t    *list = MemoryContextAlloc(calendar->context,
										  (years * CG_MOST_HOLIDAYS_IN_YEAR + exceptions->n) * sizeof(int32_t));
	size_t		n = 0;

	for (int32_t year = CG_CALENDAR_FROM; year <= CG_CALENDAR_TO && exceptions->nation < CG_NATIONS; year++)
	{
		CgHoliday	holidays[CG_MOST_HOLIDAYS_IN_YEAR];
		size_t		in_year = cg_bank_holidays(exceptions->nation, year, holidays);

		for (size_t i = 0; i < in_year; i++)
		{
			if (!is_made_working(exceptions, holidays[i].day))
				list[n++] = holidays[i].day;
		}
	}
	for (size_t i = 0; i < exceptions->n; i++)
	{
		if (!exceptions->is_working[i])
			list[n++] = exceptions->day[i];
	}
	set_days(calendar, list, n);
	calendar->first_day = cg_day_number(CG_CALENDAR_FROM, 1, 1);
	calendar->last_day = cg_day_number(CG_CALENDAR_TO, 12, 31);
}

const CgCalendar *
cg_calendar_of_name(CgCalendar **cache, MemoryContext context, Datum name)
{
	text	   *key = DatumGetTextPP(name);
	int64		statement = GetCurrentStatementStartTimestamp();
	uint32		command = GetCurrentCommandId(false);
	CgCalendar *calendar;
	Exceptions	exceptions;
	char	   *text_name;

	if (is_same(*cache, VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key)) &&
		(*cache)->statement == statement && (*cache)->command == command)
		return *cache;
	text_name = text_to_cstring(key);
	calendar = new_calendar(cache, context, VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key));
	read_calendar(text_name, name, calendar->context, &exceptions);
	fill_calendar(calendar, &exceptions);
	calendar->statement = statement;
	calendar->command = command;
	*cache = calendar;
	return calendar;
}
