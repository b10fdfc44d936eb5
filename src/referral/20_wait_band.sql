-- The bands in which waits are published.

CREATE FUNCTION wait_problem(starts_on date, stops_on date, as_of date DEFAULT NULL) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST @parse@
RETURN CASE WHEN starts_on IS NULL THEN 'no_start'
	WHEN NOT isfinite(starts_on) OR NOT isfinite(stops_on) THEN 'infinite'
	WHEN stops_on < starts_on THEN 'stop_before_start'
	WHEN starts_on > as_of THEN 'starts_in_future'
	WHEN stops_on > as_of THEN 'stops_in_future' END;

COMMENT ON FUNCTION wait_problem(date, date, date) IS
'What is wrong with a wait''s dates: no_start, infinite, stop_before_start, starts_in_future, stops_in_future (the last two against as_of, unless that is NULL); NULL when nothing is. The aggregates of this room skip rows without a start and refuse infinite dates and stops before starts: list such rows with this and leave them out in WHERE.';

CREATE FUNCTION rtt_band(days integer) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_wait_rtt_band';

COMMENT ON FUNCTION rtt_band(integer) IS
'The weekly band, 1 to 105, of a wait in days as the national RTT return has it: band 1 is 0 to 7 days, band 18 is 120 to 126 days (the last within 18 weeks), band 105 is 729 days and more (over 104 weeks). Days below 0 or above 100,000 are error 22003. NULL gives NULL. Source: NHS England, Recording and reporting RTT waiting times, PRN01045.';

CREATE FUNCTION community_band(days integer) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_wait_community_band';

COMMENT ON FUNCTION community_band(integer) IS
'The band, 1 to 7, of a wait in days as the community health services waiting list has it: 0-7, 8-14, 15-28, 29-84, 85-126, 127-364 days and over 52 weeks. The publication calls the last one "over 365 days" and so has no band for day 365: here it is over 52 weeks, which are 364 days. Days below 0 or above 100,000 are error 22003. NULL gives NULL. Source: NHS England, Community health services waiting lists.';

CREATE FUNCTION rtt_bands(OUT band integer, OUT band_name text, OUT return_name text, OUT from_days integer, OUT to_days integer, OUT is_within_18_weeks boolean)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST @statement@ ROWS 105
BEGIN ATOMIC
	SELECT b, CASE WHEN b = 1 THEN '0-1' WHEN b = 105 THEN '>104' ELSE '>' || (b - 1)::text || '-' || b::text END,
		CASE WHEN b = 105 THEN 'Gt 104 Weeks SUM 1'
			ELSE 'Gt ' || pg_catalog.to_char(b - 1, 'FM900') || ' To ' || pg_catalog.to_char(b, 'FM900') || ' Weeks SUM 1' END,
		CASE WHEN b = 1 THEN 0 ELSE 7 * (b - 1) + 1 END, CASE WHEN b < 105 THEN 7 * b END, b <= 18
	FROM pg_catalog.generate_series(1, 105) AS b;
END;

COMMENT ON FUNCTION rtt_bands() IS
'The 105 weekly bands of the national RTT return, in order: number, name, the column''s name in NHS England''s published extract, first and last day (NULL for the open one), and whether it is within 18 weeks. Source: NHS England, RTT waiting times statistics; PRN01045.';

CREATE FUNCTION community_bands(OUT band integer, OUT band_name text, OUT from_days integer, OUT to_days integer)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST @statement@ ROWS 7
BEGIN ATOMIC
	SELECT v.band, v.band_name, v.from_days, v.to_days
	FROM (VALUES (1, '0-1 weeks', 0, 7), (2, '1-2 weeks', 8, 14), (3, '2-4 weeks', 15, 28), (4, '4-12 weeks', 29, 84),
		(5, '12-18 weeks', 85, 126), (6, '18-52 weeks', 127, 364), (7, 'over 52 weeks', 365, NULL)) AS v (band, band_name, from_days, to_days);
END;

COMMENT ON FUNCTION community_bands() IS
'The 7 bands of the community health services waiting list, in order, with their first and last day (NULL for the open one). Source: NHS England, Community health services waiting lists.';

CREATE FUNCTION wait_count_combine(bigint[], bigint[]) RETURNS bigint[]
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_wait_count_combine';

COMMENT ON FUNCTION wait_count_combine(bigint[], bigint[]) IS
'For the aggregates that count into bands: the counts of both sets of rows. NULL stands for no rows.';

CREATE FUNCTION rtt_band_count_add(bigint[], integer) RETURNS bigint[]
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_wait_rtt_count';

COMMENT ON FUNCTION rtt_band_count_add(bigint[], integer) IS
'For rtt_band_counts(): counts a wait. NULL days change nothing.';

CREATE AGGREGATE rtt_band_counts(days integer) (
	SFUNC = rtt_band_count_add, STYPE = bigint[], COMBINEFUNC = wait_count_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE rtt_band_counts(integer) IS
'How many waits of so many days fall into each of the 105 weekly bands of the national RTT return, as an array from band 1 on. NULLs are skipped; no rows give NULL. Days below 0 or above 100,000 are error 22003. Source: NHS England, PRN01045.';

CREATE FUNCTION community_band_count_add(bigint[], integer) RETURNS bigint[]
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_wait_community_count';

COMMENT ON FUNCTION community_band_count_add(bigint[], integer) IS
'For community_band_counts(): counts a wait. NULL days change nothing.';

CREATE AGGREGATE community_band_counts(days integer) (
	SFUNC = community_band_count_add, STYPE = bigint[], COMBINEFUNC = wait_count_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE community_band_counts(integer) IS
'How many waits fall into each of the 7 bands of the community health services waiting list, as an array from band 1 on. NULL rule and errors as for rtt_band_counts(). Source: NHS England, Community health services waiting lists.';

CREATE FUNCTION wait_band_count_add(bigint[], integer, integer[]) RETURNS bigint[]
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_wait_band_count';

COMMENT ON FUNCTION wait_band_count_add(bigint[], integer, integer[]) IS
'For wait_band_counts(): counts a wait. NULL days change nothing.';

CREATE AGGREGATE wait_band_counts(days integer, upper_days integer[]) (
	SFUNC = wait_band_count_add, STYPE = bigint[], COMBINEFUNC = wait_count_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE wait_band_counts(integer, integer[]) IS
'How many waits fall into bands of your own: upper_days are the last days of the bands, ascending, at most 1,000; one more band behind them is open. NULL days are skipped; no rows give NULL. Days below 0 or above 100,000 are error 22003; limits that do not ascend 22023.';

CREATE FUNCTION wait_band_sum_add(bigint[], bigint[]) RETURNS bigint[]
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_wait_band_sum_add';

COMMENT ON FUNCTION wait_band_sum_add(bigint[], bigint[]) IS
'For wait_band_sum(): the sum of two lists of counts, NULL where either count is. A NULL list changes nothing.';

CREATE AGGREGATE wait_band_sum(counts bigint[]) (
	SFUNC = wait_band_sum_add, STYPE = bigint[], COMBINEFUNC = wait_band_sum_add, PARALLEL = SAFE
);

COMMENT ON AGGREGATE wait_band_sum(bigint[]) IS
'Counts in bands added up band by band, as of the providers of a system: a withheld count (NULL) makes the sum of its band NULL, for it is not zero. NULL lists are skipped; no rows give NULL. Lists of different lengths are error 22023.';

-- The national return

CREATE FUNCTION rtt_return_parts(OUT part text, OUT name text, OUT counts text, OUT wait text)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST @statement@ ROWS 5
BEGIN ATOMIC
	SELECT v.part, v.name, v.counts, v.wait
	FROM (VALUES
		('Part_1A', 'Completed pathways for admitted patients', 'clocks stopped in the month by an admission for first definitive treatment', 'from clock start to clock stop'),
		('Part_1B', 'Completed pathways for non-admitted patients', 'clocks stopped in the month in any other way', 'from clock start to clock stop'),
		('Part_2', 'Incomplete pathways', 'clocks still running at the end of the month', 'from clock start to the end of the month'),
		('Part_2A', 'Incomplete pathways with a decision to admit', 'those of Part_2 for which it has been decided to admit', 'from clock start to the end of the month'),
		('Part_3', 'New RTT periods', 'clocks started in the month, whether or not they have stopped', 'none')
	) AS v (part, name, counts, wait);
END;

COMMENT ON FUNCTION rtt_return_parts() IS
'The parts of the national RTT return: what each counts and how long its waits are. Source: NHS England, Recording and reporting RTT waiting times, PRN01045.';

CREATE FUNCTION rtt_return_rows(started_on date, stopped_on date, is_admission boolean, is_to_admit boolean, month date,
                                OUT part text, OUT days integer)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST @statement@ ROWS 2
BEGIN ATOMIC
	SELECT p.part, p.days
	FROM (SELECT pg_catalog.make_date(extract(year FROM rtt_return_rows.month)::integer, extract(month FROM rtt_return_rows.month)::integer, 1) AS first_day) AS m,
		LATERAL (SELECT (m.first_day + interval '1 month')::date - 1 AS last_day) AS e,
		LATERAL (VALUES
			('Part_1A', stopped_on - started_on, stopped_on BETWEEN m.first_day AND e.last_day AND is_admission),
			('Part_1B', stopped_on - started_on, stopped_on BETWEEN m.first_day AND e.last_day AND is_admission IS NOT TRUE),
			('Part_2', e.last_day - started_on, started_on <= e.last_day AND (stopped_on IS NULL OR stopped_on > e.last_day)),
			('Part_2A', e.last_day - started_on, started_on <= e.last_day AND (stopped_on IS NULL OR stopped_on > e.last_day) AND is_to_admit),
			('Part_3', NULL, started_on BETWEEN m.first_day AND e.last_day)) AS p (part, days, is_counted)
	WHERE p.is_counted;
END;

COMMENT ON FUNCTION rtt_return_rows(date, date, boolean, boolean, date) IS
'The parts of the national RTT return of a month (any day of it) in which a clock counts, and its wait in days there; one clock may count in several. GROUP BY part and rtt_band_counts(days) make the return. is_admission says that the stop was an admission, is_to_admit that it has been decided to admit. A NULL stop is a clock that runs; a NULL start or month gives no rows; is_admission NULL is a non-admitted stop. Source: NHS England, PRN01045.';
