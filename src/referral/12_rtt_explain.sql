-- Every step of a pathway in words, with the rule that it follows.

CREATE FUNCTION rtt_explain(event_at timestamptz[], status_code text[], kind text[] DEFAULT NULL,
                            communicated boolean[] DEFAULT NULL, as_at date DEFAULT NULL,
                            time_zone text DEFAULT 'Europe/London')
RETURNS TABLE (
	step integer,
	event integer,
	event_on date,
	status_code text,
	kind text,
	clock integer,
	rule text,
	source text,
	is_finding boolean,
	explanation text
)
LANGUAGE c STABLE PARALLEL SAFE COST @series@ ROWS 20
AS 'MODULE_PATHNAME', 'cg_rtt_explain';

COMMENT ON FUNCTION rtt_explain(timestamptz[], text[], text[], boolean[], date, text) IS
'Every step of one pathway in words: the number of the step, the event''s ordinal in the order of time, its day, code and kind, the number of the clock by then, the rule followed or the finding, where the rule stands, and a sentence. The arrays have an element for each event, in the order in which events were recorded; a NULL element is not known, a NULL array is a column that is not there (appointments are then taken to have been communicated). Arrays of different lengths are error 2202E. NULL event_at or an empty array gives no rows. Other arguments as for rtt_clocks().';

CREATE FUNCTION rtt_explain_rows(query text, findings_only boolean DEFAULT false, as_at date DEFAULT NULL, time_zone text DEFAULT 'Europe/London', presorted boolean DEFAULT false)
RETURNS TABLE (
	pathway text,
	step integer,
	event integer,
	event_on date,
	status_code text,
	kind text,
	clock integer,
	rule text,
	source text,
	is_finding boolean,
	explanation text
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 100000
AS 'MODULE_PATHNAME', 'cg_rtt_explain_rows';

COMMENT ON FUNCTION rtt_explain_rows(text, boolean, date, text, boolean) IS
'Every step of every pathway of a query in words, as rtt_explain() gives them; with findings_only the data-quality findings alone, by pathway, event ordinal and rule. query is one SELECT with the columns pathway, event_at (timestamptz, timestamp or date) and status_code, in any order and with any others; kind, communicated, received_at (the receipt of the referral, which its rows repeat; a row with a receipt and nothing else is a referral without events) and sequence (the order in which events were recorded, from 1) are read if they are there. Without communicated every appointment is taken to have been communicated. Rows need no order: they are sorted by pathway and time, or read by an index that gives that order. presorted => true says that the rows come by pathway already; nothing is sorted, and a pathway out of order is error 22023. At one moment a receipt or decision comes before 10, 11 and 12, these before other codes, stops (30 to 36) after those, and 90 last; then sequence, then the order of the rows. as_at is the day to which open clocks are counted and after which events are in the future (NULL: today in the time zone). time_zone is where a day is a day. A missing column is error 42703, one of a wrong type 42804, a NULL pathway or query 22004, more than 100,000 events of a pathway 54000. It runs with the rights of the caller. pathway comes back as text; the form with pathway_type gives it as it is.';

CREATE FUNCTION rtt_explain_rows(query text, pathway_type anyelement, findings_only boolean DEFAULT false, as_at date DEFAULT NULL, time_zone text DEFAULT 'Europe/London', presorted boolean DEFAULT false)
RETURNS TABLE (
	pathway anyelement,
	step integer,
	event integer,
	event_on date,
	status_code text,
	kind text,
	clock integer,
	rule text,
	source text,
	is_finding boolean,
	explanation text
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 100000
AS 'MODULE_PATHNAME', 'cg_rtt_explain_rows';

COMMENT ON FUNCTION rtt_explain_rows(text, anyelement, boolean, date, text, boolean) IS
'Every step of every pathway of a query in words, as rtt_explain() gives them; with findings_only the data-quality findings alone, by pathway, event ordinal and rule. query is one SELECT with the columns pathway, event_at (timestamptz, timestamp or date) and status_code, in any order and with any others; kind, communicated, received_at (the receipt of the referral, which its rows repeat; a row with a receipt and nothing else is a referral without events) and sequence (the order in which events were recorded, from 1) are read if they are there. Without communicated every appointment is taken to have been communicated. Rows need no order: they are sorted by pathway and time, or read by an index that gives that order. presorted => true says that the rows come by pathway already; nothing is sorted, and a pathway out of order is error 22023. At one moment a receipt or decision comes before 10, 11 and 12, these before other codes, stops (30 to 36) after those, and 90 last; then sequence, then the order of the rows. as_at is the day to which open clocks are counted and after which events are in the future (NULL: today in the time zone). time_zone is where a day is a day. A missing column is error 42703, one of a wrong type 42804, a NULL pathway or query 22004, more than 100,000 events of a pathway 54000. It runs with the rights of the caller. pathway comes back in the type of pathway_type, given as NULL::bigint, NULL::uuid and so on.';
