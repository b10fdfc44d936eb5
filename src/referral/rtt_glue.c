/*-------------------------------------------------------------------------
 *
 * rtt_glue.c
 *	  What the SQL functions of clocks share.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"

#include "calendar/calendar_core.h"
#include "common/cg_compat.h"
#include "common/cg_rows.h"
#include "referral/rtt_glue.h"

PG_FUNCTION_INFO_V1(cg_rtt_rules);
PG_FUNCTION_INFO_V1(cg_rtt_findings);

CgRttOptions
cg_rtt_options(int32 as_at, CgLocalDays *days)
{
	CgRttOptions options;

	options.as_at = as_at != CG_RTT_NO_DAY ? as_at :
		cg_local_day(days, GetCurrentTransactionStartTimestamp());
	options.no_pauses_from = cg_day_number(2015, 10, 1);
	return options;
}

int32
cg_rtt_as_at(Datum date)
{
	if (DATE_NOT_FINITE(DatumGetDateADT(date)))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("the day as at cannot be infinite")));
	return DatumGetDateADT(date);
}

int32
cg_rtt_limit_days(int32 weeks)
{
	if (weeks < 1 || weeks > RTT_MOST_WEEKS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("limit_weeks is out of range"),
				 errdetail("It must be between 1 and %d.", RTT_MOST_WEEKS)));
	return weeks * 7;
}

static void
set_no_time(CgRttEvent *event)
{
	event->at = INT64_MAX;
	event->day = CG_RTT_NO_DAY;
}

void
cg_rtt_set_moment(CgRttEvent *event, TimestampTz at, bool isnull, CgLocalDays *days)
{
	if (isnull || TIMESTAMP_NOT_FINITE(at))
	{
		set_no_time(event);
		return;
	}
	event->at = at;
	event->day = cg_local_day(days, at);
}

void
cg_rtt_set_local(CgRttEvent *event, Timestamp local, bool isnull)
{
	if (isnull || TIMESTAMP_NOT_FINITE(local))
	{
		set_no_time(event);
		return;
	}
	event->at = local;
	event->day = cg_day_of_local(local);
}

/* Dates that no timestamp reaches are as impossible as infinity. */
void
cg_rtt_set_date(CgRttEvent *event, int32 date, bool isnull)
{
	if (isnull || DATE_NOT_FINITE(date) || date >= TIMESTAMP_END_JULIAN - POSTGRES_EPOCH_JDATE)
	{
		set_no_time(event);
		return;
	}
	event->at = (int64) date * USECS_PER_DAY;
	event->day = date;
}

/* Nearly every code is short and stands in its row: no call for those. */
static inline text *
plain_text(Datum value)
{
	text	   *plain = (text *) DatumGetPointer(value);

	return VARATT_IS_SHORT(plain) && !VARATT_IS_EXTERNAL(plain) ? plain : DatumGetTextPP(value);
}

uint8
cg_rtt_code_of(Datum value, bool isnull)
{
	text	   *code;

	if (isnull)
		return CG_RTT_NO_CODE;
	code = plain_text(value);
	return cg_rtt_code(VARDATA_ANY(code), VARSIZE_ANY_EXHDR(code));
}

uint8
cg_rtt_kind_of(Datum value, bool isnull)
{
	text	   *kind;

	if (isnull)
		return CG_RTT_NO_KIND;
	kind = plain_text(value);
	return cg_rtt_kind(VARDATA_ANY(kind), VARSIZE_ANY_EXHDR(kind));
}

void
cg_rtt_order(CgRttEvent *events, size_t n)
{
	CgRttEvent *work = NULL;

	if (n > CG_RTT_SORT_SMALL)
		work = palloc(n / 2 * sizeof(CgRttEvent));
	cg_rtt_sort(events, n, work);
	if (work != NULL)
		pfree(work);
}

void
cg_rtt_refuse_many(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("a pathway has too many events"),
			 errdetail("The most is %d.", RTT_MOST_EVENTS),
			 errhint("Is the pathway a column that tells pathways apart?")));
}

int32
cg_rtt_mask(uint32 findings)
{
	return (int32) findings;
}

/* ---- columns ---- */

void
cg_rtt_clock_columns(const CgRttClock *clock, uint32 number, int32 limit_days,
					 Datum *values, bool *nulls)
{
	bool		is_open = clock->state == CG_RTT_OPEN;
	bool		counts = clock->state != CG_RTT_NULLIFIED;

	memset(nulls, 0, sizeof(bool) * RTT_CLOCK_COLUMNS);
	nulls[2] = nulls[5] = nulls[20] = is_open;
	values[0] = Int32GetDatum((int32) number);
	values[1] = DateADTGetDatum(clock->started_on);
	values[2] = DateADTGetDatum(clock->stopped_on);
	values[3] = DateADTGetDatum(clock->started_on + limit_days + 1);
	values[4] = Int32GetDatum((int32) clock->start_event);
	values[5] = Int32GetDatum((int32) clock->stop_event);
	values[6] = Int32GetDatum(clock->days);
	values[7] = Int32GetDatum(clock->adjusted_days);
	values[8] = Int32GetDatum(cg_rtt_week_band(clock->days));
	values[9] = Float8GetDatum(clock->days / 7.0);
	values[10] = Int32GetDatum(cg_rtt_mask(clock->findings));
	values[11] = BoolGetDatum(counts && clock->days > limit_days);
	values[12] = BoolGetDatum(counts && clock->days > 52 * 7);
	values[13] = BoolGetDatum(counts && clock->days > 65 * 7);
	values[14] = BoolGetDatum(counts && clock->days > 78 * 7);
	values[15] = BoolGetDatum(counts && clock->days > 104 * 7);
	values[16] = BoolGetDatum(clock->is_interface);
	values[17] = BoolGetDatum(clock->is_transferred);
	values[18] = CStringGetTextDatum(cg_rtt_clock_state_name((CgRttClockState) clock->state));
	values[19] = CStringGetTextDatum(cg_rtt_rule_name((CgRttRule) clock->start));
	if (!is_open)
		values[20] = CStringGetTextDatum(cg_rtt_rule_name((CgRttRule) clock->stop));
}

void
cg_rtt_pathway_columns(const CgRttPathway *pathway, size_t events,
					   const CgRttClock *waiting, Datum *values, bool *nulls)
{
	memset(nulls, 0, sizeof(bool) * RTT_PATHWAY_COLUMNS);
	nulls[1] = pathway->since == CG_RTT_NO_DAY;
	nulls[2] = nulls[3] = waiting == NULL;
	values[0] = CStringGetTextDatum(cg_rtt_state_name(pathway->state));
	values[1] = DateADTGetDatum(pathway->since);
	if (waiting != NULL)
	{
		values[2] = DateADTGetDatum(waiting->started_on);
		values[3] = Int32GetDatum(waiting->days);
	}
	values[4] = Int32GetDatum((int32) events);
	values[5] = Int32GetDatum((int32) pathway->clocks);
	values[6] = Int32GetDatum((int32) pathway->nullified);
	values[7] = Int32GetDatum(cg_rtt_mask(pathway->findings));
	values[8] = Int32GetDatum((int32) pathway->finding_count);
}

/* ---- words ---- */

Datum
cg_rtt_rules(PG_FUNCTION_ARGS)
{
	CgRows		rows = cg_rows_begin(fcinfo);

	for (int rule = 0; rule < CG_RTT_RULES; rule++)
	{
		Datum		values[5];
		bool		nulls[5] = {false, false, false, false, false};
		const char *kind = rule < CG_RTT_STARTS ? "start" :
			rule < CG_RTT_AWAITS_RATIFICATION ? "stop" :
			rule < CG_RTT_FINDINGS ? "event" : "finding";

		nulls[2] = rule < CG_RTT_FINDINGS;
		values[0] = CStringGetTextDatum(cg_rtt_rule_name((CgRttRule) rule));
		values[1] = CStringGetTextDatum(kind);
		values[2] = Int32GetDatum(nulls[2] ? 0 : (int32) CG_RTT_FINDING_BIT(rule));
		values[3] = CStringGetTextDatum(cg_rtt_rule_source((CgRttRule) rule));
		values[4] = CStringGetTextDatum(cg_rtt_rule_words((CgRttRule) rule));
		cg_rows_add(&rows, values, nulls);
	}
	return (Datum) 0;
}

Datum
cg_rtt_findings(PG_FUNCTION_ARGS)
{
	uint32		mask = (uint32) PG_GETARG_INT32(0);
	Datum		names[CG_RTT_RULES];
	int			n = 0;

	for (int rule = CG_RTT_FINDINGS; rule < CG_RTT_RULES; rule++)
	{
		if ((mask & CG_RTT_FINDING_BIT(rule)) != 0)
			names[n++] = CStringGetTextDatum(cg_rtt_rule_name((CgRttRule) rule));
	}
	PG_RETURN_ARRAYTYPE_P(construct_array(names, n, TEXTOID, -1, false, TYPALIGN_INT));
}
