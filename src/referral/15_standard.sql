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
'Standards of waiting as rows that a hub''s service_standard can be bound to as they are: SELECT * FROM caregroup.national_standard. Thresholds are the standards themselves; what the planning guidance asks for meanwhile, and the source of each, is in national_target. A site''s own rows go in its warehouse.';
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
    ('rtt_52_weeks', 'Referral to treatment within 52 weeks', 'acute', 'received', 'treatment', 52, 'week', NULL),
    ('rtt_65_weeks', 'Referral to treatment within 65 weeks', 'acute', 'received', 'treatment', 65, 'week', NULL),
    ('diagnostic_6_weeks', 'Diagnostic test in less than 6 weeks (day 42 is late)', 'diagnostic', 'received', 'report', 41, 'day', 0.99),
    ('ucr_2_hours', 'Two-hour urgent community response', 'urgent_response', 'received', 'first_contact', 2, 'hour', 0.70),
    ('emergency_4_hours', 'Emergency department: admitted, transferred or discharged within four hours of arrival', 'acute', 'arrival', 'discharge', 4, 'hour', 0.95),
    ('community_18_weeks', 'Community services within 18 weeks', 'community', 'received', 'first_contact', 18, 'week', NULL),
    ('community_52_weeks', 'Community services within 52 weeks', 'community', 'received', 'first_contact', 52, 'week', NULL),
    ('cancer_28_days', 'Urgent suspected cancer: told the diagnosis within 28 days', 'acute', 'received', 'report', 28, 'day', 0.75),
    ('cancer_31_days', 'Cancer: treated within 31 days of the decision', 'acute', 'decision', 'treatment', 31, 'day', 0.96),
    ('cancer_62_days', 'Urgent suspected cancer: treated within 62 days of referral', 'acute', 'received', 'treatment', 62, 'day', 0.85),
    ('physiotherapy_10_working_days', 'Physiotherapy assessment within 10 working days of the first consultation', 'rehabilitation', 'first_consultation', 'assessment', 10, 'working_day', NULL),
    ('surgery_6_weeks', 'Surgery within six weeks of referral', 'acute', 'referred', 'treatment', 6, 'week', NULL);

GRANT SELECT ON national_standard TO PUBLIC;

CREATE TABLE national_target (
    standard_id  text NOT NULL REFERENCES national_standard,
    reach_by     date,
    value        numeric NOT NULL,
    basis        text NOT NULL,
    source       text NOT NULL,
    published_on date NOT NULL,
    UNIQUE (standard_id, reach_by)
);

COMMENT ON TABLE national_target IS
'What share of waits must meet each national standard, by when and who said so: the standards themselves and the milestones of the planning guidance on the way to them. A hub''s target can be bound to a choice of these rows.';
COMMENT ON COLUMN national_target.standard_id IS 'Standard, as in national_standard.';
COMMENT ON COLUMN national_target.reach_by IS 'Last day of the month in which it is to be reached; NULL for the standard itself, which stands until it is changed.';
COMMENT ON COLUMN national_target.value IS 'Share that must meet it, 0 to 1.';
COMMENT ON COLUMN national_target.basis IS 'ended: of waits that ended in the month; going_on: of waits that go on at its end.';
COMMENT ON COLUMN national_target.source IS 'Document that sets it.';
COMMENT ON COLUMN national_target.published_on IS 'Day on which that was published, or came into force.';

INSERT INTO national_target (standard_id, reach_by, value, basis, source, published_on) VALUES
    -- SI 2012/2996, part 9; www.legislation.gov.uk/uksi/2012/2996/part/9
    ('rtt_18_weeks', NULL, 0.92, 'going_on', 'NHS Commissioning Board and Clinical Commissioning Groups (Responsibilities and Standing Rules) Regulations 2012, part 9', '2013-04-01'),
    -- www.england.nhs.uk/long-read/2025-26-priorities-and-operational-planning-guidance
    ('rtt_18_weeks', '2026-03-31', 0.65, 'going_on', 'NHS England, 2025/26 priorities and operational planning guidance', '2025-01-30'),
    ('rtt_18_weeks', '2027-03-31', 0.70, 'going_on', 'NHS England and DHSC, Medium Term Planning Framework 2026/27 to 2028/29', '2025-10-24'),
    ('rtt_18_weeks', '2029-03-31', 0.92, 'going_on', 'NHS England and DHSC, Medium Term Planning Framework 2026/27 to 2028/29', '2025-10-24'),
    -- "less than 1 % of the total waiting list"
    ('rtt_52_weeks', '2026-03-31', 0.99, 'going_on', 'NHS England, 2025/26 priorities and operational planning guidance', '2025-01-30'),
    -- but for who chooses to wait longer, and in some specialties
    ('rtt_65_weeks', '2024-09-30', 1.00, 'going_on', 'NHS England, 2024/25 priorities and operational planning guidance', '2024-03-27'),
    ('diagnostic_6_weeks', NULL, 0.99, 'going_on', 'Department of Health and Social Care, Handbook to the NHS Constitution for England', '2013-03-26'),
    ('diagnostic_6_weeks', '2025-03-31', 0.95, 'going_on', 'NHS England, 2024/25 priorities and operational planning guidance', '2024-03-27'),
    -- www.england.nhs.uk/statistics/statistical-work-areas/2-hour-urgent-community-response
    ('ucr_2_hours', '2022-12-31', 0.70, 'ended', 'NHS England, 2022/23 priorities and operational planning guidance', '2021-12-24'),
    -- www.england.nhs.uk/clinically-led-review-nhs-access-standards/cancer
    ('cancer_28_days', NULL, 0.75, 'ended', 'NHS England, clinically-led review of NHS cancer standards', '2023-10-01'),
    ('cancer_28_days', '2025-03-31', 0.77, 'ended', 'NHS England, 2024/25 priorities and operational planning guidance', '2024-03-27'),
    ('cancer_28_days', '2026-03-31', 0.80, 'ended', 'NHS England, 2025/26 priorities and operational planning guidance', '2025-01-30'),
    ('cancer_31_days', NULL, 0.96, 'ended', 'NHS England, clinically-led review of NHS cancer standards', '2023-10-01'),
    ('cancer_62_days', NULL, 0.85, 'ended', 'NHS England, clinically-led review of NHS cancer standards', '2023-10-01'),
    ('cancer_62_days', '2025-03-31', 0.70, 'ended', 'NHS England, 2024/25 priorities and operational planning guidance', '2024-03-27'),
    ('cancer_62_days', '2026-03-31', 0.75, 'ended', 'NHS England, 2025/26 priorities and operational planning guidance', '2025-01-30'),
    ('cancer_62_days', '2029-03-31', 0.85, 'ended', 'NHS England and DHSC, Medium Term Planning Framework 2026/27 to 2028/29', '2025-10-24'),
    ('emergency_4_hours', NULL, 0.95, 'ended', 'Department of Health and Social Care, Handbook to the NHS Constitution for England', '2013-03-26'),
    ('emergency_4_hours', '2025-03-31', 0.78, 'ended', 'NHS England, 2024/25 priorities and operational planning guidance', '2024-03-27'),
    ('emergency_4_hours', '2026-03-31', 0.78, 'ended', 'NHS England, 2025/26 priorities and operational planning guidance', '2025-01-30'),
    ('community_18_weeks', '2029-03-31', 0.80, 'ended', 'NHS England and DHSC, Medium Term Planning Framework 2026/27 to 2028/29', '2025-10-24');

GRANT SELECT ON national_target TO PUBLIC;
