-- The referral room's reports in dms, where nothing is under the 18-week rules
-- and recalls are a list of their own.

BEGIN;
SELECT plan(17);
SET LOCAL search_path = dms, public;

SELECT is_empty('SELECT * FROM rtt_clock', 'no service is under the rules, so there is no clock');
SELECT is_empty('SELECT * FROM report_rtt', 'and no return, rather than one of zeros');
SELECT is((SELECT sum(waiting) FROM report_waiting_summary WHERE organisation_level = 0 AND list = 'first_contact' AND service_id <> '(all)'),
    (SELECT sum(referrals) FROM report_waiting_list WHERE organisation_level = 0), 'the list of first contacts is the waiting list');
SELECT results_eq($$SELECT organisation_id, service_id, sum(waiting) FROM report_waiting_summary WHERE organisation_kind = 'site' AND list = 'recall' AND service_id <> '(all)' GROUP BY 1, 2 HAVING sum(waiting) > 0 ORDER BY 1, 2$$,
    $$SELECT organisation_id, service_id, sum(past_due) FROM report_recall WHERE organisation_kind = 'site' GROUP BY 1, 2 HAVING sum(past_due) > 0 ORDER BY 1, 2$$, 'recalls past due, site by site, as report_recall counts them');
SELECT is_empty($$SELECT * FROM report_standard WHERE numerator > denominator OR open_over_limit < 0$$, 'open waits beyond the limit of every standard');
SELECT cmp_ok((SELECT sum(open_over_limit) FROM report_standard_open WHERE organisation_level = 0), '>', 0::numeric, 'of which there are some');
-- Whoever waits beyond twenty working days now, worked out day by day.
SELECT results_eq($$SELECT organisation_id, sum(open_over_limit) FROM report_standard_open WHERE organisation_kind = 'site' AND standard_id = 'DCMH20WD' AND period_start = date_trunc('month', (SELECT as_at FROM parameter) AT TIME ZONE 'Europe/London')::date GROUP BY 1 HAVING sum(open_over_limit) > 0 ORDER BY 1$$,
    $$SELECT r.site_id, count(*)::numeric FROM referral_summary AS r, parameter AS p, known_standard AS d
    WHERE d.standard_id = 'DCMH20WD' AND (d.service_id IS NULL OR d.service_id = r.service_id) AND (d.service_kind IS NULL OR d.service_kind = (SELECT v.kind FROM service_name AS v WHERE v.service_id = r.service_id))
        AND CASE d.clock_stop WHEN 'assessment' THEN r.assessment_at ELSE r.first_contact_at END IS NULL AND CASE WHEN r.closed_at IS NULL THEN coalesce(r.status, 'open') = 'open' ELSE r.closed_at > p.as_at END
        AND (SELECT count(*) FROM generate_series((r.received_at AT TIME ZONE p.time_zone)::date + 1, (p.as_at AT TIME ZONE p.time_zone - interval '1 microsecond')::date, interval '1 day') AS g (day)
             WHERE extract(isodow FROM g.day) < 6 AND NOT EXISTS (SELECT FROM calendar_day AS c WHERE c.day = g.day::date AND c.calendar_id = coalesce((SELECT s.calendar_id FROM site AS s WHERE s.site_id = r.site_id LIMIT 1), p.calendar_id))) > d.limit_value
    GROUP BY 1 ORDER BY 1$$, 'beyond twenty working days now, counted day by day');

-- redirected_requests: where does demand without a referral go?
CREATE TEMP VIEW asked AS
SELECT organisation_id, service_id, sum(requests) AS requests, sum(redirected) / nullif(sum(requests - not_stated), 0) AS redirected, sum(unmet) / nullif(sum(requests - not_stated), 0) AS unmet
FROM report_contact_demand WHERE organisation_kind = 'site' AND service_id = 'GPMO' AND channel = '(all)' GROUP BY 1, 2 HAVING sum(requests) >= 200;
SELECT is((SELECT organisation_id FROM asked ORDER BY redirected DESC LIMIT 1), (SELECT site_id FROM warehouse.planted_finding WHERE finding_id = 'redirected_requests'), 'the medical centre that sends most requests elsewhere is the planted one');
SELECT cmp_ok((SELECT max(redirected) FROM asked), '>', 2 * (SELECT redirected FROM asked ORDER BY redirected DESC OFFSET 1 LIMIT 1), 'more than twice as often as any other');
SELECT cmp_ok((SELECT unmet FROM asked ORDER BY redirected DESC LIMIT 1), '<', 0.1, 'though it leaves no more of them unmet');
SELECT matches((SELECT string_agg(sentence, E'\n') FROM caregroup.monday('dms', most_of_a_kind => NULL) WHERE check_name = 'contact_demand'),
    '^\d+ of \d+ requests for General practice to Heskdene Lines Medical Centre in the last twelve months were sent elsewhere [^\n]*$', 'the Monday page says so, of that place alone');
SELECT results_eq($$SELECT sum(met), sum(redirected), sum(unmet), sum(abandoned), sum(requests) FROM report_contact_demand WHERE organisation_level = 0 AND channel = '(all)'$$,
    $$SELECT sum(q) FILTER (WHERE outcome = 'booked'), sum(q) FILTER (WHERE outcome = 'redirected'), sum(q) FILTER (WHERE outcome = 'unmet'), sum(q) FILTER (WHERE outcome = 'abandoned'), sum(q)
    FROM (SELECT outcome, coalesce(quantity, 1) AS q FROM contact_request WHERE at <= (SELECT as_at FROM parameter)) AS c$$, 'all weekly counts, by what became of them');
SELECT is((SELECT sum(redirected + unmet + abandoned) FROM report_contact_demand WHERE organisation_level = 0 AND channel = '(all)'),
    (SELECT sum(unmet) FROM report_demand WHERE organisation_level = 0 AND source = 'contact_request'), 'report_demand''s unmet are the three together');

\set deepest_level 2
\ir ../lib/referral_group_sums.sql

SELECT * FROM finish();
ROLLBACK;
