-- A list as it stood on given days, from when each pathway came on and went off.

CREATE FUNCTION snapshot_dates(first date, last date, step text DEFAULT 'week') RETURNS date[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_snapshot_dates';

COMMENT ON FUNCTION snapshot_dates(date, date, text) IS
'The dates from first to last: step day is every day, week every seventh from first on, month the last day of each month. Another word is error 22023, infinite dates 22008, more than 20,000 dates 54000. An empty list where first is after last. NULL gives NULL.';

CREATE TYPE list_snapshot AS (
	as_at date,
	waiting bigint,
	added bigint,
	removed bigint,
	treated bigint,
	declined bigint,
	discharged bigint,
	died bigint,
	transferred bigint,
	other bigint,
	over_days bigint[]
);

COMMENT ON TYPE list_snapshot IS 'A list as it stood at the end of a day, and what changed since the day before it in the series.';
COMMENT ON COLUMN list_snapshot.as_at IS 'The day.';
COMMENT ON COLUMN list_snapshot.waiting IS 'Pathways on the list at the end of the day: started on it or before, and not stopped yet.';
COMMENT ON COLUMN list_snapshot.added IS 'Started since the day before it in the series. NULL for the first day.';
COMMENT ON COLUMN list_snapshot.removed IS 'Stopped since the day before it in the series. NULL for the first day.';
COMMENT ON COLUMN list_snapshot.treated IS 'Of those removed, treated.';
COMMENT ON COLUMN list_snapshot.declined IS 'Of those removed, declined treatment.';
COMMENT ON COLUMN list_snapshot.discharged IS 'Of those removed, discharged without treatment.';
COMMENT ON COLUMN list_snapshot.died IS 'Of those removed, died.';
COMMENT ON COLUMN list_snapshot.transferred IS 'Of those removed, transferred to another provider.';
COMMENT ON COLUMN list_snapshot.other IS 'Of those removed, for another reason or one that is not known.';
COMMENT ON COLUMN list_snapshot.over_days IS 'Of those waiting, how many have waited longer than each of the limits asked for, in their order.';

CREATE FUNCTION list_snapshot_add(bytea, date, date, text, date[]) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_snapshot_sql_add';

COMMENT ON FUNCTION list_snapshot_add(bytea, date, date, text, date[]) IS
'For list_snapshots(): adds a pathway. A NULL start changes nothing.';

CREATE FUNCTION list_snapshot_add(bytea, date, date, text, date[], integer[]) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_snapshot_sql_add';

COMMENT ON FUNCTION list_snapshot_add(bytea, date, date, text, date[], integer[]) IS
'For list_snapshots(): adds a pathway. A NULL start changes nothing.';

CREATE FUNCTION list_snapshot_combine(bytea, bytea) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_snapshot_combine';

COMMENT ON FUNCTION list_snapshot_combine(bytea, bytea) IS
'For list_snapshots(): the state of both sets of pathways. States of different dates or limits are error 22023. NULL stands for no rows.';

CREATE FUNCTION list_snapshot_final(bytea) RETURNS list_snapshot[]
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_snapshot_final';

COMMENT ON FUNCTION list_snapshot_final(bytea) IS
'For list_snapshots(): the result. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE list_snapshots(starts_on date, stops_on date, reason text, dates date[]) (
	SFUNC = list_snapshot_add, STYPE = bytea, FINALFUNC = list_snapshot_final, COMBINEFUNC = list_snapshot_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE list_snapshots(date, date, text, date[]) IS
'A list as it stood on each of the dates (ascending, at most 20,000), worked out from its pathways in one pass: unnest() spreads the array. over_days is for waits of more than 126, 364, 455, 546 and 728 days (18, 52, 65, 78, 104 weeks). A pathway is on the list at the end of a day from its start until the day before its stop; waiting on a day is waiting on the one before it, plus added, less removed. stops_on NULL is still on the list; reason is one of treated, declined, discharged, died, transferred, other, and NULL counts as other. Rows with a NULL start are skipped; no rows give NULL. A stop before its start or an infinite date is error 22008 (wait_problem() names the rows), an unknown reason or dates that do not ascend 22023. The dates of the first row count for the group.';

CREATE AGGREGATE list_snapshots(starts_on date, stops_on date, reason text, dates date[], over_days integer[]) (
	SFUNC = list_snapshot_add, STYPE = bytea, FINALFUNC = list_snapshot_final, COMBINEFUNC = list_snapshot_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE list_snapshots(date, date, text, date[], integer[]) IS
'The same with limits of your own, at most 8, in days: over_days counts those who have waited longer than each. NULL rule and errors as for list_snapshots() with four arguments.';

CREATE FUNCTION removal_cause(reason text) RETURNS integer
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_removal_cause';

COMMENT ON FUNCTION removal_cause(text) IS
'The number of a removal reason, for cumulative_incidence(): treated 1, declined 2, discharged 3, died 4, transferred 5, other 6. NULL, a reason that is not known, is other. Another word is error 22023.';
