-- Any standard of waiting: from a start to a stop within a limit, as a hub's
-- service_standard says.

CREATE TYPE standard_clock AS (
	due_at timestamptz,
	due_on date,
	elapsed double precision,
	is_open boolean,
	is_breach boolean,
	is_met boolean,
	problem text
);

COMMENT ON TYPE standard_clock IS
'One wait against one limit.';
COMMENT ON COLUMN standard_clock.due_at IS 'Hours: the last moment that meets the limit. Other units: the midnight at the end of due_on, before which it is met. NULL without a start.';
COMMENT ON COLUMN standard_clock.due_on IS 'Last day that meets the limit; for hours the day of due_at. NULL without a start.';
COMMENT ON COLUMN standard_clock.elapsed IS 'Wait until the stop, or until as_at, in the unit of the limit; days count from the day of the start, which is day 0. NULL where problem leaves no wait.';
COMMENT ON COLUMN standard_clock.is_open IS 'Whether it had not stopped by as_at.';
COMMENT ON COLUMN standard_clock.is_breach IS 'Whether the wait is longer than the limit.';
COMMENT ON COLUMN standard_clock.is_met IS 'Whether it stopped within the limit; NULL while it may still go either way.';
COMMENT ON COLUMN standard_clock.problem IS 'no_start, future_start, impossible_stop (infinite) and stop_before_start leave no wait; future_stop leaves it open. NULL: none.';

CREATE FUNCTION standard_clock(started_at timestamptz, stopped_at timestamptz, limit_value double precision, limit_unit text,
                               as_at timestamptz DEFAULT NULL, calendar text DEFAULT 'england',
                               time_zone text DEFAULT 'Europe/London', holidays date[] DEFAULT NULL)
RETURNS standard_clock
LANGUAGE c STABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_standard_clock';

COMMENT ON FUNCTION standard_clock(timestamptz, timestamptz, double precision, text, timestamptz, text, text, date[]) IS
'A wait against a limit in hour, day, working_day or week (7 days). Hours are elapsed time; other units count days of the time zone from the day of the start, day 0, so the day of the limit still meets it. Working days are those after the day of the start that are not days off of the calendar, or, where given, not weekends and not the holidays. as_at is the moment by which open waits are counted (NULL: the start of the transaction). NULL started_at or stopped_at: no start, still open. A limit not above 0 or above 1,000,000 or an unknown unit, calendar or time zone is error 22023; a NULL limit, unit or time zone 22004; infinite as_at 22008.';

CREATE TABLE national_standard (
    standard_id  text PRIMARY KEY,
    name         text NOT NULL,
    service_id   text,
    service_kind text,
    clock_start  text NOT NULL,
    clock_stop   text NOT NULL,
    limit_value  numeric NOT NULL,
    limit_unit   text NOT NULL,
    threshold    numeric
);

COMMENT ON TABLE national_standard IS
'Standards of waiting as rows that a hub''s service_standard can be bound to as they are: SELECT * FROM caregroup.national_standard. Thresholds are those of the NHS Constitution handbook and NHS England''s planning guidance; a site''s own rows go in its warehouse.';
COMMENT ON COLUMN national_standard.standard_id IS 'Identifier.';
COMMENT ON COLUMN national_standard.name IS 'Name to print.';
COMMENT ON COLUMN national_standard.service_id IS 'The one service that it applies to; NULL here.';
COMMENT ON COLUMN national_standard.service_kind IS 'The kind of service that it applies to; NULL for all.';
COMMENT ON COLUMN national_standard.clock_start IS 'Where the wait begins: received, referred, first_consultation, decision, ready or arrival.';
COMMENT ON COLUMN national_standard.clock_stop IS 'Where it ends: first_contact, assessment, treatment, discharge or report.';
COMMENT ON COLUMN national_standard.limit_value IS 'The longest wait that meets the standard.';
COMMENT ON COLUMN national_standard.limit_unit IS 'Unit of the limit: hour, day, working_day or week.';
COMMENT ON COLUMN national_standard.threshold IS 'Share that must meet it, 0 to 1; NULL where none is set.';

INSERT INTO national_standard (standard_id, name, service_kind, clock_start, clock_stop, limit_value, limit_unit, threshold) VALUES
    ('rtt_18_weeks', 'Referral to treatment within 18 weeks', 'acute', 'received', 'treatment', 18, 'week', 0.92),
    ('diagnostic_6_weeks', 'Diagnostic test in less than 6 weeks (day 42 is late)', 'diagnostic', 'received', 'report', 41, 'day', 0.99),
    ('ucr_2_hours', 'Two-hour urgent community response', 'urgent_response', 'received', 'first_contact', 2, 'hour', 0.70),
    ('community_52_weeks', 'Community services within 52 weeks', 'community', 'received', 'first_contact', 52, 'week', NULL),
    ('cancer_28_days', 'Urgent suspected cancer: told the diagnosis within 28 days', 'acute', 'received', 'report', 28, 'day', 0.75),
    ('cancer_31_days', 'Cancer: treated within 31 days of the decision', 'acute', 'decision', 'treatment', 31, 'day', 0.96),
    ('cancer_62_days', 'Urgent suspected cancer: treated within 62 days of referral', 'acute', 'received', 'treatment', 62, 'day', 0.85),
    ('physiotherapy_10_working_days', 'Physiotherapy assessment within 10 working days of the first consultation', 'rehabilitation', 'first_consultation', 'assessment', 10, 'working_day', NULL),
    ('surgery_6_weeks', 'Surgery within six weeks of referral', 'acute', 'referred', 'treatment', 6, 'week', NULL);

GRANT SELECT ON national_standard TO PUBLIC;
