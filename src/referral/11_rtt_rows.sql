-- Clocks, states and explanations of many pathways from one query.

CREATE FUNCTION rtt_clock_rows(query text, as_at date DEFAULT NULL, limit_weeks integer DEFAULT 18, time_zone text DEFAULT 'Europe/London', presorted boolean DEFAULT false)
RETURNS TABLE (
	pathway text,
	clock integer,
	started_on date,
	stopped_on date,
	breach_on date,
	start_event integer,
	stop_event integer,
	days integer,
	adjusted_days integer,
	week_band integer,
	weeks double precision,
	findings integer,
	is_breach boolean,
	is_over_52_weeks boolean,
	is_over_65_weeks boolean,
	is_over_78_weeks boolean,
	is_over_104_weeks boolean,
	is_interface boolean,
	is_transferred boolean,
	state text,
	start_reason text,
	stop_reason text
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 100000
AS 'MODULE_PATHNAME', 'cg_rtt_clock_rows';

COMMENT ON FUNCTION rtt_clock_rows(text, date, integer, text, boolean) IS
'The clocks of every pathway of a query, one row each, in the order of pathways: the fields of rtt_clock, the same figures as rtt_clocks() gives, faster. limit_weeks is the limit that is breached after it (1 to 520, else error 22023). query is one SELECT with the columns pathway, event_at (timestamptz, timestamp or date) and status_code, in any order and with any others; kind, communicated, received_at (the receipt of the referral, which its rows repeat; a row with a receipt and nothing else is a referral without events) and sequence (the order in which events were recorded, from 1) are read if they are there. Without communicated every appointment is taken to have been communicated. Rows need no order: they are sorted by pathway and time, or read by an index that gives that order. presorted => true says that the rows come by pathway already; nothing is sorted, and a pathway out of order is error 22023. At one moment a receipt or decision comes before 10, 11 and 12, these before other codes, stops (30 to 36) after those, and 90 last; then sequence, then the order of the rows. as_at is the day to which open clocks are counted and after which events are in the future (NULL: today in the time zone). time_zone is where a day is a day. A missing column is error 42703, one of a wrong type 42804, a NULL pathway or query 22004, more than 100,000 events of a pathway 54000. It runs with the rights of the caller. pathway comes back as text; the form with pathway_type gives it as it is.';

CREATE FUNCTION rtt_clock_rows(query text, pathway_type anyelement, as_at date DEFAULT NULL, limit_weeks integer DEFAULT 18, time_zone text DEFAULT 'Europe/London', presorted boolean DEFAULT false)
RETURNS TABLE (
	pathway anyelement,
	clock integer,
	started_on date,
	stopped_on date,
	breach_on date,
	start_event integer,
	stop_event integer,
	days integer,
	adjusted_days integer,
	week_band integer,
	weeks double precision,
	findings integer,
	is_breach boolean,
	is_over_52_weeks boolean,
	is_over_65_weeks boolean,
	is_over_78_weeks boolean,
	is_over_104_weeks boolean,
	is_interface boolean,
	is_transferred boolean,
	state text,
	start_reason text,
	stop_reason text
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 100000
AS 'MODULE_PATHNAME', 'cg_rtt_clock_rows';

COMMENT ON FUNCTION rtt_clock_rows(text, anyelement, date, integer, text, boolean) IS
'The clocks of every pathway of a query, one row each, in the order of pathways: the fields of rtt_clock, the same figures as rtt_clocks() gives, faster. limit_weeks is the limit that is breached after it (1 to 520, else error 22023). query is one SELECT with the columns pathway, event_at (timestamptz, timestamp or date) and status_code, in any order and with any others; kind, communicated, received_at (the receipt of the referral, which its rows repeat; a row with a receipt and nothing else is a referral without events) and sequence (the order in which events were recorded, from 1) are read if they are there. Without communicated every appointment is taken to have been communicated. Rows need no order: they are sorted by pathway and time, or read by an index that gives that order. presorted => true says that the rows come by pathway already; nothing is sorted, and a pathway out of order is error 22023. At one moment a receipt or decision comes before 10, 11 and 12, these before other codes, stops (30 to 36) after those, and 90 last; then sequence, then the order of the rows. as_at is the day to which open clocks are counted and after which events are in the future (NULL: today in the time zone). time_zone is where a day is a day. A missing column is error 42703, one of a wrong type 42804, a NULL pathway or query 22004, more than 100,000 events of a pathway 54000. It runs with the rights of the caller. pathway comes back in the type of pathway_type, given as NULL::bigint, NULL::uuid and so on.';

CREATE FUNCTION rtt_pathway_rows(query text, as_at date DEFAULT NULL, time_zone text DEFAULT 'Europe/London', presorted boolean DEFAULT false)
RETURNS TABLE (
	pathway text,
	state text,
	since date,
	waiting_since date,
	waiting_days integer,
	events integer,
	clocks integer,
	nullified integer,
	findings integer,
	finding_count integer
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 100000
AS 'MODULE_PATHNAME', 'cg_rtt_pathway_rows';

COMMENT ON FUNCTION rtt_pathway_rows(text, date, text, boolean) IS
'Where every pathway of a query stands, one row each: the fields of rtt_pathway_state. query is one SELECT with the columns pathway, event_at (timestamptz, timestamp or date) and status_code, in any order and with any others; kind, communicated, received_at (the receipt of the referral, which its rows repeat; a row with a receipt and nothing else is a referral without events) and sequence (the order in which events were recorded, from 1) are read if they are there. Without communicated every appointment is taken to have been communicated. Rows need no order: they are sorted by pathway and time, or read by an index that gives that order. presorted => true says that the rows come by pathway already; nothing is sorted, and a pathway out of order is error 22023. At one moment a receipt or decision comes before 10, 11 and 12, these before other codes, stops (30 to 36) after those, and 90 last; then sequence, then the order of the rows. as_at is the day to which open clocks are counted and after which events are in the future (NULL: today in the time zone). time_zone is where a day is a day. A missing column is error 42703, one of a wrong type 42804, a NULL pathway or query 22004, more than 100,000 events of a pathway 54000. It runs with the rights of the caller. pathway comes back as text; the form with pathway_type gives it as it is.';

CREATE FUNCTION rtt_pathway_rows(query text, pathway_type anyelement, as_at date DEFAULT NULL, time_zone text DEFAULT 'Europe/London', presorted boolean DEFAULT false)
RETURNS TABLE (
	pathway anyelement,
	state text,
	since date,
	waiting_since date,
	waiting_days integer,
	events integer,
	clocks integer,
	nullified integer,
	findings integer,
	finding_count integer
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 100000
AS 'MODULE_PATHNAME', 'cg_rtt_pathway_rows';

COMMENT ON FUNCTION rtt_pathway_rows(text, anyelement, date, text, boolean) IS
'Where every pathway of a query stands, one row each: the fields of rtt_pathway_state. query is one SELECT with the columns pathway, event_at (timestamptz, timestamp or date) and status_code, in any order and with any others; kind, communicated, received_at (the receipt of the referral, which its rows repeat; a row with a receipt and nothing else is a referral without events) and sequence (the order in which events were recorded, from 1) are read if they are there. Without communicated every appointment is taken to have been communicated. Rows need no order: they are sorted by pathway and time, or read by an index that gives that order. presorted => true says that the rows come by pathway already; nothing is sorted, and a pathway out of order is error 22023. At one moment a receipt or decision comes before 10, 11 and 12, these before other codes, stops (30 to 36) after those, and 90 last; then sequence, then the order of the rows. as_at is the day to which open clocks are counted and after which events are in the future (NULL: today in the time zone). time_zone is where a day is a day. A missing column is error 42703, one of a wrong type 42804, a NULL pathway or query 22004, more than 100,000 events of a pathway 54000. It runs with the rights of the caller. pathway comes back in the type of pathway_type, given as NULL::bigint, NULL::uuid and so on.';
