-- The referral room's reports in harrow: what is planted for them, and that
-- they agree with the warehouse.

BEGIN;
SELECT plan(23);
SET LOCAL search_path = harrow, public;

-- unstopped_clocks: which pathways do not make sense?
CREATE TEMP VIEW unstopped AS
SELECT q.organisation_id, q.service_id, q.pathways_share, q.lower, q.upper
FROM report_data_quality_rtt AS q
WHERE q.organisation_kind = 'site' AND q.rule = 'open_after_closing';
SELECT is((SELECT organisation_id || ' ' || service_id FROM unstopped ORDER BY pathways_share DESC LIMIT 1),
    (SELECT site_id || ' ' || service_id FROM warehouse.planted_finding WHERE finding_id = 'unstopped_clocks'),
    'the site and service whose clocks run on after closing are the planted ones');
SELECT cmp_ok((SELECT pathways_share FROM unstopped ORDER BY pathways_share DESC LIMIT 1)::numeric, '>', 0.04, 'more than 4 % of its pathways');
SELECT ok((SELECT bool_and(upper < (SELECT max(lower) FROM unstopped)) FROM unstopped
           WHERE (organisation_id, service_id) <> (SELECT site_id, service_id FROM warehouse.planted_finding WHERE finding_id = 'unstopped_clocks')),
    'clearly more than any other');
SELECT cmp_ok((SELECT sum(over_52_weeks) FILTER (WHERE waits_for = 'validation') / sum(over_52_weeks) FROM report_long_waiters
               WHERE organisation_id = 'H1' AND organisation_kind = 'site' AND list = 'rtt' AND service_id = 'ORTHO'), '>', 0.7,
    'most of the year-long waits there are waits for validation');
SELECT matches((SELECT string_agg(sentence, E'\n') FROM caregroup.monday('harrow') WHERE check_name = 'rtt_data'),
    '^\d+ of \d+ pathways of Orthopaedics at South Hospital [^\n]*clock runs on', 'the Monday page says so, of that place alone');
SELECT is((SELECT count(*) FROM caregroup.monday('harrow', most_of_a_kind => NULL) WHERE check_name IN ('rtt_data', 'list_growing', 'discharged_at_first')), 1::bigint,
    'and raises no false alarm about data, growing lists or first visits');

-- The clocks against the events themselves, in SQL of its own: of pathways with
-- a single referral and neither a missed appointment nor anything after a stop,
-- the clock runs from receipt to the first code that stops it.
CREATE TEMP TABLE simple AS
SELECT r.pathway_no, min(r.received_ts AT TIME ZONE 'Europe/London')::date AS started_on,
    (min(e.event_ts) FILTER (WHERE e.rtt_status IN ('30', '32', '34', '35')) AT TIME ZONE 'Europe/London')::date AS stopped_on
FROM warehouse.msk_referral AS r LEFT JOIN warehouse.rtt_event AS e ON e.referral_id = r.referral_id
WHERE r.service_code IN ('ORTHO', 'RHEUM', 'MSKORT', 'MSKRHE')
GROUP BY r.pathway_no
HAVING count(DISTINCT r.referral_id) = 1 AND count(*) FILTER (WHERE e.rtt_status = '33' OR e.event_ts >= '2026-10-01' OR e.event_ts < r.received_ts) = 0;
SELECT cmp_ok((SELECT count(*) FROM simple), '>', 1000::bigint, 'most pathways are simple');
SELECT is_empty($$SELECT s.* FROM simple AS s JOIN referral AS r ON r.pathway_id = s.pathway_no
    LEFT JOIN rtt_clock AS c ON c.referral_id = r.referral_id AND c.clock = 1
    WHERE r.service_id IN ('ORTHO', 'RHEUM', 'MSKORT', 'MSKRHE')
        AND (c.started_on IS DISTINCT FROM s.started_on OR c.stopped_on IS DISTINCT FROM s.stopped_on)$$, 'and their clocks are what their events say');
SELECT is((SELECT sum(waiting) FROM report_waiting_summary WHERE organisation_level = 0 AND list = 'rtt' AND service_id <> '(all)'),
    (SELECT count(*)::numeric FROM rtt_clock WHERE state = 'open'), 'every running clock is on the list');
SELECT is((SELECT sum(waiting) FROM report_waiting_summary WHERE organisation_level = 0 AND list = 'first_contact' AND service_id <> '(all)'),
    (SELECT sum(referrals) FROM report_waiting_list WHERE organisation_level = 0), 'the list of first contacts is the waiting list');
SELECT is((SELECT sum(past_due) FROM report_recall WHERE organisation_level = 0),
    (SELECT sum(waiting) FROM report_waiting_summary WHERE organisation_level = 0 AND list = 'recall' AND service_id <> '(all)'), 'recalls past due are a list of their own');
SELECT ok((SELECT count(*) FILTER (WHERE state = 'nullified') > 20 AND count(*) FILTER (WHERE stop_reason = 'active_monitoring_clinician') > 10
        AND count(*) FILTER (WHERE is_interface AND service_id IN ('ORTHO', 'RHEUM')) > 100 AND count(*) FILTER (WHERE is_admitted) > 50 FROM rtt_clock),
    'missed first appointments, active monitoring, interface referrals and admissions are there');

-- returned_referrals and over_referring, told to those who can do something.
SELECT ok((SELECT avg(f.returned_share) FILTER (WHERE s.organisation_id = 'N4') > 2 * avg(f.returned_share) FILTER (WHERE s.organisation_id <> 'N4')
    FROM report_referrer_feedback AS f JOIN (SELECT c.organisation_id, c.site_id FROM chain AS c WHERE c.hierarchy = 'command' AND c.organisation_kind = 'care_group') AS s ON s.site_id = f.organisation_id),
    'the practices of the North East network hear of twice as many returned referrals');

-- slower_imaging: the curve of those referred since is the lower one.
SELECT cmp_ok((SELECT max(share) FILTER (WHERE organisation_id = 'H2') FROM report_wait_curve WHERE list = 'first_contact' AND service_id = 'IMG' AND organisation_kind = 'site' AND period_start = '2026-01-01' AND week <= 4)::numeric, '<',
    (SELECT max(share) FILTER (WHERE organisation_id = 'H1') FROM report_wait_curve WHERE list = 'first_contact' AND service_id = 'IMG' AND organisation_kind = 'site' AND period_start = '2026-01-01' AND week <= 4)::numeric - 0.2,
    'within four weeks far fewer are examined at North Hospital');

-- Conversion, discharge and gaps against the warehouse and each other.
SELECT is((SELECT sum(begun) FROM report_referral_conversion WHERE organisation_level = 0 AND step = 'procedure_of_treated' AND service_id = 'ORTHO'),
    (SELECT count(*)::numeric FROM referral_summary AS s
        LEFT JOIN (SELECT f.referral_id, min(e.event_ts) AS treated FROM warehouse.rtt_event AS e JOIN warehouse.msk_referral AS f USING (referral_id)
                   WHERE e.rtt_status = '30' AND e.event_ts >= f.received_ts AND e.event_ts <= '2026-10-01 00:00 Europe/London' GROUP BY 1) AS t ON t.referral_id = s.referral_id
     WHERE s.service_id = 'ORTHO' AND least(t.treated, s.procedure_at) >= '2023-10-01 00:00 Europe/London'), 'treated: code 30 of the warehouse, or a procedure');
SELECT is_empty($$SELECT * FROM (SELECT organisation_id, organisation_kind, service_id, period_start, closed FROM report_discharge) AS d
    FULL JOIN (SELECT organisation_id, organisation_kind, service_id, period_start, closed AS flow FROM report_referral_flow WHERE closed > 0 AND period_start >= '2023-10-01') AS f USING (organisation_id, organisation_kind, service_id, period_start)
    WHERE d.closed IS DISTINCT FROM f.flow$$, 'how referrals were closed is all that were closed');
SELECT is_empty($$SELECT g.organisation_id FROM (SELECT organisation_id, organisation_kind, list, dimension, group_name, sum(waiting) FILTER (WHERE service_id = '(all)') AS whole, sum(waiting) FILTER (WHERE service_id <> '(all)') AS parts
    FROM report_waiting_gap GROUP BY 1, 2, 3, 4, 5) AS g WHERE whole IS DISTINCT FROM parts$$, 'groups over all services are the services'' sums');
SELECT is_empty($$SELECT * FROM report_waiting_gap WHERE ratio NOT BETWEEN lower AND upper OR share_ratio NOT BETWEEN share_ratio_lower AND share_ratio_upper$$, 'with ratios within their limits');
SELECT is((SELECT sum(redirected + unmet + abandoned) FROM report_contact_demand WHERE organisation_level = 0 AND channel = '(all)'),
    (SELECT sum(unmet) FROM report_demand WHERE organisation_level = 0 AND source = 'contact_request'), 'requests redirected, unmet and given up are report_demand''s unmet');

\set deepest_level 9
\ir ../lib/referral_group_sums.sql

SELECT * FROM finish();
ROLLBACK;
