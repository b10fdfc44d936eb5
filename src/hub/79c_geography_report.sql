-- Reports of the geography room, and the history of its plans.

INSERT INTO hub_view (view_name, kind, step, description, query, columns) VALUES
('place_site_gone', 'plumbing', NULL, 'A site of the kinds that people are registered with that has closed.', $$
SELECT s.site_id, s.closed_on
FROM known_site AS s CROSS JOIN parameter AS p
WHERE s.kind = ANY (SELECT btrim(k) FROM regexp_split_to_table((SELECT t.value FROM setting AS t WHERE t.name = 'place_kinds'), ',') AS k)
    AND s.closed_on < p.as_at_date
$$, $$
    site_id           -- Site.
    closed_on         -- Its last day.
$$),
('newcomer_person', 'plumbing', NULL, 'A person who has no place on a list: on none ever, or on that of a site that has closed since.', $$
WITH gone AS (
    -- The last list, where it did not end before its site did.
    SELECT DISTINCT ON (g.person_id) g.person_id, CASE WHEN coalesce(g.valid_to >= c.closed_on, true) THEN c.site_id END AS site_id
    FROM registration AS g CROSS JOIN parameter AS p
        LEFT JOIN place_site_gone AS c ON c.site_id = g.site_id
    WHERE g.valid_from <= p.as_at_date AND EXISTS (SELECT FROM place_site_gone)
        AND (c.site_id IS NOT NULL OR g.site_id IN (SELECT s.site_id FROM place_site AS s))
    ORDER BY g.person_id, g.valid_from DESC, g.site_id
), today AS MATERIALIZED (
    -- Once, and not for each person.
    SELECT p.as_at_date AS day FROM parameter AS p
), listed AS (
    SELECT s.site_id FROM place_site AS s UNION ALL SELECT '(unassigned)'::text AS site_id
), unlisted AS MATERIALIZED (
    SELECT n.person_id, n.birth_date, n.death_date, n.area_id, n.site_id FROM person_group AS n
    WHERE NOT EXISTS (SELECT FROM listed AS l WHERE l.site_id = n.site_id)
), former AS MATERIALIZED (
    -- Of the few, so that not all registrations are hashed.
    SELECT DISTINCT g.person_id
    FROM registration AS g
        JOIN (SELECT n.person_id FROM person_group AS n WHERE NOT EXISTS (SELECT FROM listed AS l WHERE l.site_id = n.site_id) OFFSET 0) AS n ON n.person_id = g.person_id
)
SELECT n.person_id, CASE WHEN n.area_id IS NOT NULL THEN 'area' ELSE 'none' END AS place_kind, coalesce(n.area_id, '(unknown)') AS place_id, coalesce(o.site_id, '(none)') AS from_site_id
FROM unlisted AS n CROSS JOIN today AS t
    LEFT JOIN gone AS o ON o.person_id = n.person_id
    LEFT JOIN former AS f ON f.person_id = n.person_id
WHERE coalesce(n.death_date > t.day, true) AND coalesce(n.birth_date <= t.day, true)
    -- A hub that knows no lists knows nothing of who is on none.
    AND EXISTS (SELECT FROM registration)
    -- Who was on a list and is not has left.
    AND (o.site_id IS NOT NULL OR n.site_id IS NULL AND f.person_id IS NULL)
$$, $$
    person_id         -- Person.
    place_kind        -- area, or none where it is not known.
    place_id          -- Area where the person lives; '(unknown)'.
    from_site_id      -- Site that was theirs until it closed; '(none)' for who has never been on a list.
$$),
('allocation_new_run', 'plumbing', NULL, 'The run of recalculate() whose plan is not in the history yet; no row where the newest plan there is the same.', $$
SELECT (SELECT max(r.run) FROM recalculation AS r) AS run, k.run AS previous_run, g.fingerprint
FROM geography_problem AS g
    LEFT JOIN (SELECT k.run, k.fingerprint FROM allocation_plan AS k WHERE k.run < (SELECT max(r.run) FROM recalculation AS r) ORDER BY k.run DESC LIMIT 1) AS k ON true
WHERE g.problem = 'allocation' AND g.fingerprint IS DISTINCT FROM k.fingerprint
    AND EXISTS (SELECT FROM allocation_row AS a WHERE a.kind = 'summary' AND a.fingerprint = g.fingerprint)
$$, $$
    run               -- Run.
    previous_run      -- Newest run in the history; NULL where there is none.
    fingerprint       -- Fingerprint of its plan.
$$),
('allocation_plan_expired', 'plumbing', NULL, 'Plans that the history keeps no longer: not marked, and older than the newest of the setting keep_plans, the one that comes included.', $$
SELECT k.run
FROM (SELECT k.run, k.is_marked, row_number() OVER (ORDER BY k.run DESC) + (SELECT count(*) FROM allocation_new_run) AS place FROM allocation_plan AS k) AS k
WHERE NOT k.is_marked AND k.place > (SELECT greatest(max(s.value)::numeric, 1) FROM setting AS s WHERE s.name = 'keep_plans')
$$, $$
    run               -- Run that made the plan.
$$),
('allocation_run', 'shared', 'allocation_plan', 'The history of the plan of who could go where: what was asked, and how good the answer is. A plan is in it when it differs from the one before.', $$
SELECT k.run, k.previous_run, k.as_at, k.solved_at, lead(k.solved_at) OVER (ORDER BY k.run) AS superseded_at,
    EXISTS (SELECT FROM geography_problem AS g WHERE g.problem = 'allocation' AND g.fingerprint = k.fingerprint) AND k.run = max(k.run) OVER () AS is_current,
    k.version, k.parameters, k.fingerprint, k.demand_fingerprint, k.sites_fingerprint, k.pairs_fingerprint,
    k.places, k.sites, k.capacity, k.people, k.unserved, k.minutes_mean, k.objective, k.bound, k.gap, k.status, k.reason, k.seconds, k.is_marked, k.note,
    format('SELECT f.place_kind || '' '' || f.place_id AS id, sum(f.people)::bigint AS amount FROM allocation_plan_flow AS f WHERE f.run = %s GROUP BY 1', k.run) AS demand_sql,
    format('SELECT s.site_id AS id, s.capacity FROM allocation_plan_site AS s WHERE s.run = %s AND s.is_open', k.run) AS sites_sql,
    'SELECT j.place_kind || '' '' || j.place_id AS demand_id, j.site_id, j.minutes AS cost FROM journey AS j'::text AS pairs_sql
FROM allocation_plan AS k
$$, $$
    run               -- Run of recalculate() that made the plan.
    previous_run      -- The plan before; NULL for the first.
    as_at             -- Moment of the inputs.
    solved_at         -- When it was worked out.
    superseded_at     -- When the next plan was; NULL for the newest.
    is_current        -- Whether it is the plan of today's results.
    version           -- Version of caregroup.
    parameters        -- Settings that decide what is read.
    fingerprint       -- Fingerprint of demand, sites, pairs, parameters and version: the same input has the same.
    demand_fingerprint -- Fingerprint of the people of each place.
    sites_fingerprint -- Fingerprint of the capacities.
    pairs_fingerprint -- Fingerprint of the journeys.
    places            -- Places with people.
    sites             -- Sites.
    capacity          -- Capacity of all sites; NULL where one is not known.
    people            -- People with a place.
    unserved          -- People without one.
    minutes_mean      -- Minutes that each travels, on average.
    objective         -- Person-minutes of the plan.
    bound             -- No plan has fewer.
    gap               -- Their difference as a share of the objective.
    status            -- optimal, unserved, feasible or infeasible.
    reason            -- The same in words.
    seconds           -- Seconds that it took.
    is_marked         -- Whether it stays beyond the setting keep_plans (mark_allocation_run()).
    note              -- Why it was marked.
    demand_sql        -- First argument of allocate(), with the hub's schema on the search path: the people of that time.
    sites_sql         -- Its second argument: the capacities of that time.
    pairs_sql         -- Its third argument: the journeys of today, which are those of the plan where the fingerprint is the same.
$$),
('allocation_flow', 'shared', 'allocation_row', 'The plan of who could go where: people of a place at a site.', $$
SELECT a.place_kind, a.place_id, a.site_id, a.people, a.minutes, a.person_minutes, a.reason
FROM allocation_row AS a WHERE a.kind IN ('flow', 'unserved')
$$, $$
    place_kind        -- area, or site for people whose area is not known.
    place_id          -- Area or site where they live.
    site_id           -- Site; NULL where they have no place.
    people            -- People.
    minutes           -- Minutes that each travels.
    person_minutes    -- Minutes of all.
    reason            -- Why they have no place.
$$),
('report_allocation', 'report', 'allocation_row', 'People and capacity of each site as they are, and as they would be if the least were travelled and nobody were over capacity, rolled up.', $$
WITH planned AS (
    SELECT a.site_id, a.people, a.one_more_serves, a.one_more_saves FROM allocation_row AS a WHERE a.kind = 'site'
), whole AS (
    SELECT max(a.status) AS status, max(a.gap) AS gap, count(*) > 0 AS is_planned FROM allocation_row AS a WHERE a.kind = 'summary'
), unit AS (
    SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, h.site_id
    FROM chain AS h JOIN place_site AS s ON s.site_id = h.site_id
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
), rolled AS (
    SELECT u.hierarchy, u.organisation_id, u.organisation_name, u.organisation_kind, u.organisation_level, count(*) AS sites,
        sum(s.people) AS people, sum(s.capacity_people) AS capacity_people,
        sum(s.people) FILTER (WHERE s.capacity_people IS NOT NULL) / nullif(sum(s.capacity_people) FILTER (WHERE s.people IS NOT NULL), 0) AS used,
        CASE WHEN count(s.people) > 0 THEN coalesce(sum(s.people - s.capacity_people) FILTER (WHERE s.people > s.capacity_people), 0) END AS over,
        CASE WHEN count(s.people) > 0 THEN coalesce(sum(s.capacity_people - s.people) FILTER (WHERE s.people < s.capacity_people), 0) END AS room,
        sum(n.people) AS planned, CASE WHEN count(n.people) > 0 THEN coalesce(sum(n.people - s.capacity_people) FILTER (WHERE n.people > s.capacity_people), 0) END AS planned_over,
        CASE WHEN u.organisation_kind = 'site' THEN sum(n.one_more_serves) END AS one_more_serves,
        CASE WHEN u.organisation_kind = 'site' THEN sum(n.one_more_saves) END AS one_more_saves
    FROM unit AS u JOIN place_site AS s ON s.site_id = u.site_id
        LEFT JOIN planned AS n ON n.site_id = u.site_id
    GROUP BY 1, 2, 3, 4, 5
), travelled AS (
    SELECT u.organisation_kind, u.organisation_id, a.basis, a.minutes, sum(a.people) AS people, sum(a.person_minutes) AS person_minutes
    FROM unit AS u JOIN allocation_travel AS a ON a.site_id = u.site_id GROUP BY 1, 2, 3, 4
), share AS (
    SELECT t.*, sum(t.people) OVER (PARTITION BY t.organisation_kind, t.organisation_id, t.basis ORDER BY t.minutes)
        / nullif(sum(t.people) OVER (PARTITION BY t.organisation_kind, t.organisation_id, t.basis), 0) AS up_to
    FROM travelled AS t
), minutes AS (
    SELECT t.organisation_kind, t.organisation_id,
        sum(t.person_minutes) FILTER (WHERE t.basis = 'now') / nullif(sum(t.people) FILTER (WHERE t.basis = 'now'), 0) AS mean_now,
        min(t.minutes) FILTER (WHERE t.basis = 'now' AND t.up_to >= 0.95 - 1e-9) AS most_now,
        sum(t.person_minutes) FILTER (WHERE t.basis = 'planned') / nullif(sum(t.people) FILTER (WHERE t.basis = 'planned'), 0) AS mean_planned,
        min(t.minutes) FILTER (WHERE t.basis = 'planned' AND t.up_to >= 0.95 - 1e-9) AS most_planned
    FROM share AS t GROUP BY 1, 2
)
SELECT r.hierarchy, r.organisation_id, r.organisation_name, r.organisation_kind, r.organisation_level, r.sites,
    r.people, r.capacity_people, r.used::double precision AS capacity_used_share, r.over AS over_capacity, r.room,
    m.mean_now AS minutes_mean, m.most_now AS minutes_95th,
    r.planned AS planned_people, r.planned_over AS planned_over_capacity, m.mean_planned AS planned_minutes_mean, m.most_planned AS planned_minutes_95th,
    r.one_more_serves, r.one_more_saves AS one_more_saves_minutes, w.status AS plan_status, w.gap AS plan_gap, t.as_at, t.recalculated_at
FROM rolled AS r CROSS JOIN whole AS w
    LEFT JOIN minutes AS m ON m.organisation_kind = r.organisation_kind AND m.organisation_id = r.organisation_id
    LEFT JOIN result_state AS t ON t.step = 'allocation_row'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site.
    organisation_level -- 0 at the top of the hierarchy.
    sites             -- Sites that people are registered with or could be (the setting place_kinds).
    people            -- People registered or counted there; NULL where nothing is known of it.
    capacity_people   -- How many people the sites can have; sites of unknown capacity are left out.
    capacity_used_share -- People over capacity, of the sites where both are known.
    over_capacity     -- People above the capacity of their site; NULL where nothing is known of people.
    room              -- Places left at sites below their capacity; likewise.
    minutes_mean      -- Minutes that the people of the sites travel to them, on average.
    minutes_95th      -- Whole minutes that 95 % of them stay within.
    planned_people    -- People that would go there if the least were travelled and nobody were over capacity; NULL without a plan. A site of unknown capacity takes any number.
    planned_over_capacity -- People above capacity in the plan: 0.
    planned_minutes_mean -- Minutes on average in the plan.
    planned_minutes_95th -- Whole minutes that 95 % stay within in the plan.
    one_more_serves   -- People that one more place at the site would serve in addition; sites only.
    one_more_saves_minutes -- Minutes that one more place at the site would save all people together; sites only.
    plan_status       -- optimal; unserved where capacity or journeys leave people without a place; NULL without a plan.
    plan_gap          -- How far the plan may be from the best, as a share of its person-minutes.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out, or found unchanged.
$$),
('report_allocation_change', 'report', 'allocation_plan', 'Each plan of the history against the one before: people, places and minutes of each site, rolled up.', $$
WITH unit AS (
    SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, h.site_id
    FROM chain AS h WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
), site AS (
    -- A site that is known no longer still counts.
    SELECT s.*, CASE WHEN EXISTS (SELECT FROM unit AS u WHERE u.site_id = s.site_id) THEN s.site_id ELSE '(unassigned)' END AS unit_id FROM allocation_plan_site AS s
)
SELECT u.hierarchy, u.organisation_id, u.organisation_name, u.organisation_kind, u.organisation_level,
    k.run, k.previous_run, k.solved_at AS made_at, count(*) FILTER (WHERE s.is_open) AS sites,
    CASE WHEN bool_and(s.capacity_is_known OR NOT s.is_open) THEN sum(s.capacity)::bigint END AS capacity_people,
    sum(s.people)::bigint AS people, CASE WHEN k.previous_run IS NOT NULL THEN sum(s.people_before)::bigint END AS people_before,
    CASE WHEN k.previous_run IS NOT NULL THEN sum(s.coming)::bigint END AS people_coming, CASE WHEN k.previous_run IS NOT NULL THEN sum(s.going)::bigint END AS people_going,
    sum(s.person_minutes ORDER BY s.person_minutes) / nullif(sum(s.people), 0)::double precision AS minutes_mean,
    sum(s.person_minutes_before ORDER BY s.person_minutes_before) / nullif(sum(s.people_before), 0)::double precision AS minutes_mean_before,
    k.status AS plan_status, k.gap AS plan_gap, k.is_marked, k.as_at, t.recalculated_at
FROM allocation_plan AS k JOIN site AS s ON s.run = k.run
    JOIN unit AS u ON u.site_id = s.unit_id
    LEFT JOIN result_state AS t ON t.step = 'allocation_plan'
GROUP BY u.hierarchy, u.organisation_id, u.organisation_name, u.organisation_kind, u.organisation_level, k.run, t.recalculated_at
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site; '(unassigned)' for people without a place and sites that are known no longer.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site.
    organisation_level -- 0 at the top of the hierarchy.
    run               -- Run of recalculate() that made the plan.
    previous_run      -- The plan before; NULL for the first.
    made_at           -- When the plan was worked out.
    sites             -- Sites of the plan.
    capacity_people   -- Their places; NULL where the capacity of one is not known.
    people            -- People planned.
    people_before     -- People in the plan before; NULL for the first.
    people_coming     -- People whom the plan before sent to another site or did not have, place by place; also from another site of the organisation.
    people_going      -- People whom the plan before sent to a site here and this one does not.
    minutes_mean      -- Minutes that each travels, on average.
    minutes_mean_before -- The same in the plan before.
    plan_status       -- optimal, unserved, feasible or infeasible.
    plan_gap          -- How far the plan may be from the best, as a share of its person-minutes.
    is_marked         -- Whether the plan stays beyond the setting keep_plans.
    as_at             -- Moment of the plan's inputs.
    recalculated_at   -- When the history was last brought up to date.
$$),
('report_joiners', 'report', 'allocation_move', 'Where those who have no place on a list would find one in the room that is left, rolled up.', $$
WITH unit AS (
    SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, h.site_id
    FROM chain AS h WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
), joining AS (
    SELECT coalesce(m.site_id, '(unassigned)') AS site_id, m.reason, m.people, m.minutes_then FROM allocation_move AS m WHERE m.problem = 'joiners' AND m.kind <> 'summary'
), room AS (
    SELECT s.site_id, greatest(s.capacity_people - coalesce(s.people, 0), 0) AS room, coalesce(j.people, 0) AS people
    FROM place_site AS s LEFT JOIN (SELECT j.site_id, sum(j.people) AS people FROM joining AS j GROUP BY j.site_id) AS j ON j.site_id = s.site_id
), room_of AS (
    SELECT u.organisation_kind, u.organisation_id, sum(r.room) AS room, sum(greatest(r.room - r.people, 0)) AS room_then
    FROM unit AS u JOIN room AS r ON r.site_id = u.site_id GROUP BY 1, 2
), rolled AS (
    SELECT u.hierarchy, u.organisation_id, u.organisation_name, u.organisation_kind, u.organisation_level, j.reason, sum(j.people)::bigint AS people,
        sum(j.people * j.minutes_then ORDER BY j.people, j.minutes_then) / nullif(sum(j.people) FILTER (WHERE j.minutes_then IS NOT NULL), 0)::double precision AS minutes_mean, max(j.minutes_then) AS minutes_worst
    FROM unit AS u JOIN joining AS j ON j.site_id = u.site_id GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT r.hierarchy, r.organisation_id, r.organisation_name, r.organisation_kind, r.organisation_level, r.reason, r.people, r.minutes_mean, r.minutes_worst,
    o.room, o.room_then, w.status AS plan_status, w.gap AS plan_gap, t.as_at, t.recalculated_at
FROM rolled AS r
    LEFT JOIN room_of AS o ON o.organisation_kind = r.organisation_kind AND o.organisation_id = r.organisation_id
    LEFT JOIN allocation_move AS w ON w.problem = 'joiners' AND w.kind = 'summary'
    LEFT JOIN result_state AS t ON t.step = 'allocation_move'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site; '(unassigned)' for who finds no place.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site.
    organisation_level -- 0 at the top of the hierarchy.
    reason            -- new: on no list ever; site is gone: on the list of a site that has closed; of who finds no place, no room or no journey.
    people            -- People.
    minutes_mean      -- Minutes that they would travel, on average.
    minutes_worst     -- The longest journey of them.
    room              -- Places left at sites below their capacity, before.
    room_then         -- Places left when all that join are there.
    plan_status       -- optimal; unserved where some find no place.
    plan_gap          -- How far the plan may be from the best, as a share of its person-minutes.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out, or found unchanged.
$$),
('report_reallocation', 'report', 'allocation_move', 'Who would move so that no site is over capacity and nobody moves who need not, by site and reason, rolled up.', $$
WITH unit AS (
    SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, h.site_id
    FROM chain AS h WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
), way AS (
    SELECT m.from_site_id AS site_id, m.reason, CASE m.kind WHEN 'move' THEN m.people ELSE 0 END AS leaving, CASE m.kind WHEN 'unserved' THEN m.people ELSE 0 END AS unserved, 0::bigint AS coming,
        CASE m.kind WHEN 'move' THEN m.minutes_now END AS now, m.minutes_then
    FROM allocation_move AS m WHERE m.problem = 'reallocation' AND m.kind <> 'summary'
    UNION ALL
    SELECT m.site_id, m.reason, 0::bigint AS leaving, 0::bigint AS unserved, m.people AS coming, NULL::double precision AS now, NULL::double precision AS minutes_then
    FROM allocation_move AS m WHERE m.problem = 'reallocation' AND m.kind = 'move'
)
SELECT u.hierarchy, u.organisation_id, u.organisation_name, u.organisation_kind, u.organisation_level, w.reason,
    sum(w.leaving)::bigint AS people_leaving, sum(w.coming)::bigint AS people_coming, sum(w.unserved)::bigint AS people_without_place,
    coalesce(sum(w.leaving) FILTER (WHERE w.minutes_then < w.now), 0)::bigint AS leaving_nearer,
    sum(w.leaving * w.now ORDER BY w.leaving, w.now) / nullif(sum(w.leaving) FILTER (WHERE w.now IS NOT NULL), 0)::double precision AS minutes_now,
    sum(w.leaving * w.minutes_then ORDER BY w.leaving, w.minutes_then) / nullif(sum(w.leaving), 0)::double precision AS minutes_then,
    coalesce(sum(w.leaving * (w.now - w.minutes_then) ORDER BY w.leaving, w.now, w.minutes_then), 0) AS minutes_saved,
    s.status AS plan_status, s.gap AS plan_gap, t.as_at, t.recalculated_at
FROM way AS w JOIN unit AS u ON u.site_id = w.site_id
    LEFT JOIN allocation_move AS s ON s.problem = 'reallocation' AND s.kind = 'summary'
    LEFT JOIN result_state AS t ON t.step = 'allocation_move'
GROUP BY u.hierarchy, u.organisation_id, u.organisation_name, u.organisation_kind, u.organisation_level, w.reason, s.status, s.gap, t.as_at, t.recalculated_at
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site.
    organisation_level -- 0 at the top of the hierarchy.
    reason            -- over capacity: their site has more people than places; makes room: of a site that has not, so that others find one; no room or no journey: of who is too many and finds no other place.
    people_leaving    -- People who would leave the site, or sites of the organisation.
    people_coming     -- People who would come, also from another site of the organisation.
    people_without_place -- People of sites over capacity for whom there is no room elsewhere.
    leaving_nearer    -- Of those who would leave, how many would have a shorter way.
    minutes_now       -- Minutes that those who would leave travel now, on average, where the journey is known.
    minutes_then      -- Minutes that they would travel, on average.
    minutes_saved     -- Minutes that they would save together, where the journey of now is known; below 0 if they would travel longer.
    plan_status       -- optimal; unserved where capacity does not suffice.
    plan_gap          -- How far the plan may be from the best, as a share of its person-minutes.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out, or found unchanged.
$$),
('allocation_person', 'plumbing', 'allocation_move', 'A person who would join or move, for those who may see people: of those of one place and site, who came last moves first.', $$
WITH reached AS (
    SELECT DISTINCT j.place_id FROM journey AS j WHERE j.place_kind = 'area'
), member AS (
    SELECT 'joiners'::text AS problem, n.person_id, n.place_kind, n.place_id, n.from_site_id, NULL::date AS since FROM newcomer_person AS n
    UNION ALL
    SELECT 'reallocation'::text AS problem, n.person_id, CASE WHEN r.place_id IS NOT NULL THEN 'area' ELSE 'site' END, coalesce(r.place_id, n.site_id), n.site_id,
        (SELECT max(g.valid_from) FROM registration AS g WHERE g.person_id = n.person_id AND g.site_id = n.site_id AND g.valid_from <= p.as_at_date)
    FROM person_group AS n CROSS JOIN parameter AS p
        LEFT JOIN reached AS r ON r.place_id = n.area_id
    WHERE coalesce(n.death_date > p.as_at_date, true)
        AND n.site_id IN (SELECT m.from_site_id FROM allocation_move AS m WHERE m.problem = 'reallocation')
), ranked AS (
    SELECT m.*, row_number() OVER (PARTITION BY m.problem, m.place_kind, m.place_id, m.from_site_id ORDER BY m.since DESC NULLS LAST, m.person_id) AS place FROM member AS m
), moving AS (
    SELECT m.*, sum(m.people) OVER (PARTITION BY m.problem, m.place_kind, m.place_id, m.from_site_id ORDER BY m.row_number) AS up_to FROM allocation_move AS m WHERE m.kind <> 'summary'
)
SELECT m.problem, r.person_id, m.place_kind, m.place_id, m.from_site_id, m.site_id, m.minutes_now, m.minutes_then, m.reason
FROM moving AS m JOIN ranked AS r ON r.problem = m.problem AND r.place_kind = m.place_kind AND r.place_id = m.place_id AND r.from_site_id = coalesce(m.from_site_id, '(none)')
WHERE r.place <= m.up_to AND r.place > m.up_to - m.people
$$, $$
    problem           -- joiners or reallocation.
    person_id         -- Person.
    place_kind        -- area, or site or none for people whose area is not known.
    place_id          -- Place where the person lives.
    from_site_id      -- Site where the person is, or was until it closed; NULL for who was on no list.
    site_id           -- Site where the person would be; NULL where there is no room.
    minutes_now       -- Minutes that the person travels now.
    minutes_then      -- Minutes that the person would travel.
    reason            -- Why, as in allocation_move.
$$),
('report_access', 'report', 'access_group', 'Minutes to the nearest site of each service and places within reach, by group of people, with the slope over deprivation, rolled up.', $$
WITH unit AS (
    SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, 'site'::text AS unit_kind, h.site_id AS unit_id
    FROM chain AS h WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
    UNION ALL
    SELECT o.hierarchy, o.organisation_id, o.organisation_name, o.organisation_kind, o.organisation_level, 'organisation'::text AS unit_kind, o.member_id
    FROM organisation_chain AS o WHERE o.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
), rolled AS (
    SELECT u.hierarchy, u.organisation_id, u.organisation_name, u.organisation_kind, u.organisation_level, a.service_id, a.dimension, a.group_name,
        sum(a.people) AS people, sum(a.reached) AS reached, sum(a.far) AS far, sum(a.cells) AS cells, sum(a.minutes) AS minutes,
        sum(a.weight2) AS w2, sum(a.weight2_minutes) AS w2x, sum(a.weight2_minutes2) AS w2xx, sum(a.scored) AS scored, sum(a.score) AS score
    FROM unit AS u JOIN access_group AS a ON a.unit_kind = u.unit_kind AND a.unit_id = u.unit_id
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
), estimated AS (
    -- The mean weighted by people; its standard error between the places.
    SELECT r.*, m.mean, sqrt(greatest(r.w2xx - 2 * m.mean * r.w2x + m.mean ^ 2 * r.w2, 0) * r.cells / nullif(r.cells - 1, 0)) / nullif(r.reached, 0) AS error
    FROM rolled AS r CROSS JOIN LATERAL (SELECT r.minutes / nullif(r.reached, 0) AS mean) AS m
), slope AS (
    SELECT e.hierarchy, e.organisation_kind, e.organisation_id, e.service_id,
        caregroup.sii(substr(e.group_name, 7)::double precision, e.reached, e.mean, e.mean - 1.959963984540054 * e.error, e.mean + 1.959963984540054 * e.error,
            'value', false, 1, '{0.95}') AS index
    FROM estimated AS e
    WHERE e.dimension = 'deprivation' AND e.group_name <> 'unknown' AND e.reached > 0 AND e.error > 0
    GROUP BY 1, 2, 3, 4
    HAVING count(*) >= 3
)
SELECT e.hierarchy, e.organisation_id, e.organisation_name, e.organisation_kind, e.organisation_level,
    e.service_id, CASE WHEN e.service_id = '(practice)' THEN 'Practice or medical centre' ELSE v.service_name END AS service_name, e.dimension, e.group_name, e.people,
    e.mean AS minutes_mean, e.mean - 1.959963984540054 * e.error AS minutes_lower, e.mean + 1.959963984540054 * e.error AS minutes_upper,
    e.far AS people_far, e.far / nullif(e.people, 0) AS far_share, e.score / nullif(e.scored, 0) AS score_mean,
    (s.index).sii AS slope_minutes, (s.index).sii_lower AS slope_lower, (s.index).sii_upper AS slope_upper, t.as_at, t.recalculated_at
FROM estimated AS e
    LEFT JOIN slope AS s ON s.hierarchy = e.hierarchy AND s.organisation_kind = e.organisation_kind AND s.organisation_id = e.organisation_id AND s.service_id = e.service_id
    LEFT JOIN service_name AS v ON v.service_id = e.service_id
    LEFT JOIN result_state AS t ON t.step = 'access_group'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site: where people are registered, or the organisation that answers for their area.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for areas that no known organisation answers for.
    organisation_level -- 0 at the top of the hierarchy.
    service_id        -- Service; '(practice)' for the sites that people are registered with.
    service_name      -- Name to print.
    dimension         -- all, deprivation or population_group.
    group_name        -- Group of people; of deprivation, fifth 1 is the most deprived.
    people            -- People.
    minutes_mean      -- Minutes to the nearest site of the service, mean over the people from whose places any is reached.
    minutes_lower     -- Lower limit of its 95 % interval, between the places where they live.
    minutes_upper     -- Upper limit of its 95 % interval.
    people_far        -- People beyond the setting far_minutes, or from where no site is reached.
    far_share         -- Their share.
    score_mean        -- Places for each person within reach, mean over people (enhanced two-step floating catchment areas, Gaussian, up to far_minutes); of (practice) only.
    slope_minutes     -- Slope index of inequality over the fifths of deprivation: by how many minutes the least deprived end of the line is farther from the service than the most deprived end; below 0, the most deprived are farther. The same for all groups of the organisation and service.
    slope_lower       -- Lower limit of its 95 % interval.
    slope_upper       -- Upper limit of its 95 % interval.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_care_groups', 'report', 'care_group_row', 'Care groups as they are, and as they would be with about as many people each and short ways within.', $$
WITH whole AS (
    SELECT max(r.status) FILTER (WHERE r.kind = 'summary') AS status, max(r.gap) AS gap, max(r.explanation) AS explanation,
        sum(r.people * r.minutes) FILTER (WHERE r.kind = 'group') AS person_minutes, sum(r.people) FILTER (WHERE r.kind = 'group') AS people
    FROM care_group_row AS r
), current AS (
    SELECT sum(n.people) / nullif(count(*), 0) AS even, sum(n.people) AS people, CASE WHEN count(n.minutes) = count(*) THEN sum(n.people * n.minutes) END AS person_minutes FROM care_group_now AS n
), named AS (
    SELECT DISTINCT c.organisation_id, c.organisation_name, c.organisation_level FROM organisation_chain AS c
    WHERE c.organisation_kind = 'care_group' AND c.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
), unit AS (
    SELECT u.group_number, count(*) AS sites, count(*) FILTER (WHERE u.is_changed) AS joining, max(u.minutes) AS worst,
        string_agg(coalesce(n.organisation_name, u.site_id), ', ' ORDER BY n.organisation_name, u.site_id) AS site_names
    FROM care_group_row AS u LEFT JOIN chain AS n ON n.organisation_kind = 'site' AND n.organisation_id = u.site_id AND n.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
    WHERE u.kind = 'unit' GROUP BY u.group_number
), proposed AS (
    SELECT coalesce(g.organisation_id, '(new ' || g.group_number || ')') AS organisation_id, g.organisation_id IS NULL AS is_new, g.group_number, g.people, g.minutes, u.sites, u.joining, u.worst, u.site_names
    FROM care_group_row AS g LEFT JOIN unit AS u ON u.group_number = g.group_number WHERE g.kind = 'group'
)
SELECT (SELECT p.hierarchy FROM parameter AS p) AS hierarchy, k.organisation_id, coalesce(c.organisation_name, 'New care group ' || k.group_number, k.organisation_id) AS organisation_name,
    'care_group'::text AS organisation_kind, coalesce(c.organisation_level, 0) AS organisation_level,
    k.now_people AS people, k.now_sites AS sites, k.now_people / nullif(x.even, 0) AS even_share_ratio, k.now_minutes AS minutes_mean, k.now_worst AS minutes_worst,
    k.people AS proposed_people, k.sites AS proposed_sites, k.people / nullif(x.even, 0) AS proposed_even_share_ratio, k.minutes AS proposed_minutes_mean, k.worst AS proposed_minutes_worst,
    k.joining AS proposed_sites_joining, k.site_names AS proposed_site_names,
    x.person_minutes / nullif(x.people, 0) AS all_minutes_mean, w.person_minutes / nullif(w.people, 0) AS all_proposed_minutes_mean,
    w.status AS proposal_status, w.gap AS proposal_gap, w.explanation AS proposal_explanation, t.as_at, t.recalculated_at
FROM (SELECT coalesce(n.organisation_id, p.organisation_id) AS organisation_id, p.group_number, n.people AS now_people, n.sites AS now_sites, n.minutes AS now_minutes, n.worst_minutes AS now_worst,
          p.people, p.sites, p.minutes, p.worst, p.joining, p.site_names
      FROM (SELECT * FROM care_group_now AS n WHERE n.organisation_id IS NOT NULL) AS n FULL JOIN proposed AS p ON p.organisation_id = n.organisation_id) AS k
    CROSS JOIN current AS x CROSS JOIN whole AS w
    LEFT JOIN named AS c ON c.organisation_id = k.organisation_id
    LEFT JOIN result_state AS t ON t.step = 'care_group_row'
$$, $$
    hierarchy         -- Hierarchy in which the care groups stand: the hub's setting.
    organisation_id   -- Care group; '(new n)' for a proposed one that continues none.
    organisation_name -- Name to print.
    organisation_kind -- care_group.
    organisation_level -- 0 at the top of the hierarchy.
    people            -- People registered or counted at its sites.
    sites             -- Its sites with people.
    even_share_ratio  -- Its people over the mean of all care groups.
    minutes_mean      -- Minutes from its sites to the one in its middle, mean over people.
    minutes_worst     -- The longest of these ways.
    proposed_people   -- People of the proposed group that continues it.
    proposed_sites    -- Its sites.
    proposed_even_share_ratio -- Its people over the mean of all care groups: within the setting group_tolerance of 1, unless it is one large site.
    proposed_minutes_mean -- Minutes from its sites to its middle, mean over people.
    proposed_minutes_worst -- The longest of these ways.
    proposed_sites_joining -- Sites of the proposed group that are in another care group today.
    proposed_site_names -- Names of its sites.
    all_minutes_mean  -- Minutes to the middle of today's care groups, mean over the people of all.
    all_proposed_minutes_mean -- The same of the proposed groups.
    proposal_status   -- optimal: proved the best; feasible: within proposal_gap of it; infeasible or not found: no proposal.
    proposal_gap      -- How far the proposal may be from the best, as a share.
    proposal_explanation -- Why there is no proposal.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out, or found unchanged.
$$),
('report_consolidation', 'report', 'consolidation_row', 'A service on fewer sites: minutes, and who would travel longer, for every number of sites.', $$
WITH top AS (
    SELECT DISTINCT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, o.service_id
    FROM chain AS h JOIN service_place AS o ON o.site_id = h.site_id
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p) AND h.organisation_level = 0 AND h.organisation_kind NOT IN ('site', 'unassigned')
), summary AS (
    SELECT r.service_id, r.sites, r.objective, r.gap, r.status, r.explanation, r.fingerprint, r.solved_at,
        (SELECT string_agg(coalesce(n.organisation_name, s.site_id), ', ' ORDER BY n.organisation_name, s.site_id) FROM unnest(r.open_sites) AS s (site_id)
             LEFT JOIN (SELECT DISTINCT c.organisation_id, c.organisation_name FROM chain AS c WHERE c.organisation_kind = 'site' AND c.hierarchy = (SELECT p.hierarchy FROM parameter AS p)) AS n ON n.organisation_id = s.site_id) AS site_names
    FROM consolidation_row AS r WHERE r.dimension IS NULL
)
SELECT o.hierarchy, o.organisation_id, o.organisation_name, o.organisation_kind, o.organisation_level,
    r.service_id, v.service_name, r.sites, coalesce(r.dimension, 'all') AS dimension, coalesce(r.group_name, 'all') AS group_name, r.people,
    r.minutes_now AS minutes_mean, r.minutes_then AS proposed_minutes_mean, r.worst_now AS minutes_worst, r.worst_then AS proposed_minutes_worst,
    r.people_losing, r.people_losing / nullif(r.people, 0) AS losing_share, r.mean_loss AS minutes_lost_mean,
    s.objective AS person_minutes, s.gap, s.status, s.explanation, s.site_names, t.as_at, t.recalculated_at
FROM top AS o JOIN consolidation_row AS r ON r.service_id = o.service_id
    JOIN summary AS s ON s.service_id = r.service_id AND s.sites = r.sites
    LEFT JOIN service_name AS v ON v.service_id = r.service_id
    LEFT JOIN result_state AS t ON t.step = 'consolidation_row'
$$, $$
    hierarchy         -- Hierarchy whose top is shown: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation at the top of the hierarchy that has sites of the service.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation.
    organisation_level -- 0.
    service_id        -- Service.
    service_name      -- Name to print.
    sites             -- On how many sites the service would be; the most is as today.
    dimension         -- all, deprivation (fifths of areas) or no_car (thirds of areas by households without a car).
    group_name        -- Group of people; of deprivation, fifth 1 is the most deprived; of no_car, most, middle or fewest without a car.
    people            -- People.
    minutes_mean      -- Mean minutes to the nearest site of today.
    proposed_minutes_mean -- Mean minutes to the nearest of the sites that would stay.
    minutes_worst     -- The longest journey today.
    proposed_minutes_worst -- The longest journey then.
    people_losing     -- People who would travel longer.
    losing_share      -- Their share.
    minutes_lost_mean -- By how many minutes, on average.
    person_minutes    -- Minutes of all people together: the least that so many sites allow.
    gap               -- How far that may be from the least, as a share: 0 is proved.
    status            -- optimal, feasible, infeasible or not found.
    explanation       -- Why there is no answer.
    site_names        -- The sites that would stay.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out, or found unchanged.
$$),
('report_lots', 'report', 'lot_row', 'Small services in lots that go well together, each with the money and the contacts that make it viable.', $$
WITH top AS (
    SELECT DISTINCT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level
    FROM chain AS h JOIN service_place AS o ON o.site_id = h.site_id JOIN small_service AS v ON v.service_id = o.service_id
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p) AND h.organisation_level = 0 AND h.organisation_kind NOT IN ('site', 'unassigned')
), whole AS (
    SELECT g.groups, g.lower_people AS least_value, g.lower_contacts AS least_contacts, r.status, r.gap, r.explanation
    FROM geography_problem AS g JOIN lot_row AS r ON r.fingerprint = g.fingerprint AND r.kind = 'summary' WHERE g.problem = 'lots'
)
SELECT o.hierarchy, o.organisation_id, o.organisation_name, o.organisation_kind, o.organisation_level,
    u.lot_number, v.service_id, n.service_name, v.value, v.contacts, v.value >= w.least_value AND v.contacts >= w.least_contacts AS is_viable_alone,
    u.unlikeness, c.service_name AS centre_name, g.value AS lot_value, g.contacts AS lot_contacts, w.groups AS lots, w.least_value, w.least_contacts,
    w.status AS proposal_status, w.gap AS proposal_gap, w.explanation AS proposal_explanation, t.as_at, t.recalculated_at
FROM top AS o CROSS JOIN whole AS w CROSS JOIN small_service AS v
    LEFT JOIN lot_row AS u ON u.kind = 'unit' AND u.service_id = v.service_id
    LEFT JOIN lot_row AS g ON g.kind = 'group' AND g.lot_number = u.lot_number
    LEFT JOIN service_name AS n ON n.service_id = v.service_id
    LEFT JOIN service_name AS c ON c.service_id = u.centre_id
    LEFT JOIN result_state AS t ON t.step = 'lot_row'
$$, $$
    hierarchy         -- Hierarchy whose top is shown: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation at the top of the hierarchy that has sites of the services.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation.
    organisation_level -- 0.
    lot_number        -- Number of the lot; NULL where there is no proposal.
    service_id        -- Small service.
    service_name      -- Name to print.
    value             -- Value of its contracts in GBP a year.
    contacts          -- Contacts attended in the last twelve whole months.
    is_viable_alone   -- Whether it has the money and contacts of a lot by itself.
    unlikeness        -- How badly it goes with the service in the middle of its lot: 20 for another age group, 5 for another kind of care, 1 for each 5 km.
    centre_name       -- The service in the middle of the lot.
    lot_value         -- Value of the lot in GBP a year.
    lot_contacts      -- Contacts of the lot.
    lots              -- How many lots there are to be: the setting lots.
    least_value       -- The least that a lot is worth (setting lot_value_share).
    least_contacts    -- The least contacts of a lot (setting lot_contacts_share).
    proposal_status   -- optimal: proved the best; feasible: within proposal_gap of it; infeasible or not found: no proposal.
    proposal_gap      -- How far the lots may be from the best, as a share.
    proposal_explanation -- Why there is no proposal.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out, or found unchanged.
$$);

CREATE FUNCTION mark_allocation_run(hub text, run bigint, note text DEFAULT NULL, keep boolean DEFAULT true) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found bigint;
BEGIN
    PERFORM caregroup.require_hub(hub);
    EXECUTE format('UPDATE %I.allocation_plan AS k SET is_marked = coalesce($2, true), note = CASE WHEN coalesce($2, true) THEN $3 END WHERE k.run = $1 RETURNING k.run', hub)
    INTO found USING run, keep, note;
    IF found IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('there is no plan of run %s in the history of %I', coalesce(run::text, 'NULL'), hub),
            HINT = format('SELECT run, as_at, solved_at FROM %I.allocation_run lists the plans.', hub);
    END IF;
    RETURN format('%I: the plan of run %s %s', hub, run, CASE WHEN coalesce(keep, true) THEN 'stays in the history' ELSE 'goes when its time comes' END);
END
$$;

COMMENT ON FUNCTION mark_allocation_run(text, bigint, text, boolean) IS
'Marks a plan of who could go where so that the hub''s history keeps it whatever the setting keep_plans says, with a note why; keep => false takes the mark away. For owners and loaders of the hub. Errors: invalid_schema_name, invalid_parameter_value (no such plan), insufficient_privilege.';

CREATE FUNCTION compare_allocation_runs(hub text, run_before bigint DEFAULT NULL, run_after bigint DEFAULT NULL,
    OUT place_kind text, OUT place_id text, OUT change text, OUT from_site_id text, OUT site_id text, OUT people bigint,
    OUT from_minutes double precision, OUT minutes double precision, OUT more_minutes double precision)
RETURNS SETOF record
LANGUAGE plpgsql STABLE PARALLEL UNSAFE COST @statement@ ROWS 500
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    missing bigint;
BEGIN
    PERFORM caregroup.require_hub(hub);
    IF run_after IS NULL THEN
        EXECUTE format('SELECT max(k.run) FROM %I.allocation_plan AS k', hub) INTO run_after;
    END IF;
    IF run_before IS NULL THEN
        EXECUTE format('SELECT max(k.run) FROM %I.allocation_plan AS k WHERE k.run < $1', hub) INTO run_before USING run_after;
    END IF;
    IF run_after IS NULL OR run_before IS NULL THEN
        RETURN;
    END IF;
    EXECUTE format('SELECT min(r) FROM unnest(ARRAY[$1, $2]) AS r WHERE r NOT IN (SELECT k.run FROM %I.allocation_plan AS k)', hub)
    INTO missing USING run_before, run_after;
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('there is no plan of run %s in the history of %I', missing, hub),
            HINT = format('SELECT run, as_at, solved_at FROM %I.allocation_run lists the plans.', hub);
    END IF;
    -- Of a place, whom a site loses and whom a site gains are laid along one
    -- line each, sites in order; where the lines lie over each other people
    -- move, and where one is longer the place has lost or gained people.
    RETURN QUERY EXECUTE format('
        WITH flow AS (
            SELECT coalesce(a.place_kind, b.place_kind) AS place_kind, coalesce(a.place_id, b.place_id) AS place_id, coalesce(a.site_id, b.site_id) AS site_id,
                coalesce(b.people, 0) - coalesce(a.people, 0) AS loses, a.minutes, b.minutes AS from_minutes
            FROM (SELECT f.* FROM %1$I.allocation_plan_flow AS f WHERE f.run = $2) AS a
                FULL JOIN (SELECT f.* FROM %1$I.allocation_plan_flow AS f WHERE f.run = $1) AS b
                    ON b.place_kind = a.place_kind AND b.place_id = a.place_id AND b.site_id = a.site_id
        ), loses AS (
            SELECT f.*, sum(f.loses) OVER (PARTITION BY f.place_kind, f.place_id ORDER BY f.site_id = ''(none)'', f.site_id) AS up_to FROM flow AS f WHERE f.loses > 0
        ), gains AS (
            SELECT f.*, -f.loses AS gains, sum(-f.loses) OVER (PARTITION BY f.place_kind, f.place_id ORDER BY f.site_id = ''(none)'', f.site_id) AS up_to FROM flow AS f WHERE f.loses < 0
        ), lost AS (
            SELECT l.place_kind, l.place_id, sum(l.loses) AS people FROM loses AS l GROUP BY 1, 2
        ), gained AS (
            SELECT g.place_kind, g.place_id, sum(g.gains) AS people FROM gains AS g GROUP BY 1, 2
        ), changed AS (
            SELECT l.place_kind, l.place_id, CASE WHEN l.site_id = ''(none)'' THEN ''gains a place'' WHEN g.site_id = ''(none)'' THEN ''loses the place'' ELSE ''moves'' END AS change,
                l.site_id AS from_site_id, g.site_id, least(l.up_to, g.up_to) - greatest(l.up_to - l.loses, g.up_to - g.gains) AS people, l.from_minutes, g.minutes
            FROM loses AS l JOIN gains AS g ON g.place_kind = l.place_kind AND g.place_id = l.place_id
            WHERE l.up_to - l.loses < g.up_to AND g.up_to - g.gains < l.up_to
            UNION ALL
            SELECT l.place_kind, l.place_id, ''is gone'', l.site_id, NULL, l.up_to - greatest(l.up_to - l.loses, coalesce(g.people, 0)), l.from_minutes, NULL
            FROM loses AS l LEFT JOIN gained AS g ON g.place_kind = l.place_kind AND g.place_id = l.place_id
            WHERE l.up_to > coalesce(g.people, 0)
            UNION ALL
            SELECT g.place_kind, g.place_id, ''is new'', NULL, g.site_id, g.up_to - greatest(g.up_to - g.gains, coalesce(l.people, 0)), NULL, g.minutes
            FROM gains AS g LEFT JOIN lost AS l ON l.place_kind = g.place_kind AND l.place_id = g.place_id
            WHERE g.up_to > coalesce(l.people, 0)
        )
        SELECT c.place_kind, c.place_id, c.change, nullif(c.from_site_id, ''(none)''), nullif(c.site_id, ''(none)''), c.people::bigint, c.from_minutes, c.minutes, c.people::double precision * (c.minutes - c.from_minutes)
        FROM changed AS c
        ORDER BY c.place_kind, c.place_id, c.change, c.from_site_id, c.site_id', hub) USING run_before, run_after;
END
$$;

COMMENT ON FUNCTION compare_allocation_runs(text, bigint, bigint) IS
'Who would be elsewhere by one plan than by another, place by place: change is moves, gains a place, loses the place, is new (the place has more people) or is gone (it has fewer); people, minutes of each before and after, and how many minutes they travel more together. Plans count people and do not name them: as many as can be stay where they were, and among those who do not, lower sites go to lower sites. run_after is the newest plan of the hub''s history unless given, run_before the one before it; where there is none, no rows. Errors: invalid_schema_name, invalid_parameter_value (no such plan).';

CREATE FUNCTION verify_allocation_run(hub text, run bigint DEFAULT NULL,
    OUT plan_run bigint, OUT same_demand boolean, OUT same_sites boolean, OUT same_pairs boolean, OUT same_version boolean, OUT is_intact boolean,
    OUT objective double precision, OUT objective_again double precision, OUT is_reproduced boolean, OUT is_feasible boolean, OUT is_optimal boolean, OUT problem text)
RETURNS SETOF record
LANGUAGE plpgsql STABLE PARALLEL UNSAFE COST @solve@ ROWS 1
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kept        record;
    demand_sql  text;
    sites_sql   text;
    pairs_sql   text;
    answer_sql  text;
    flows       bigint;
    differences bigint;
BEGIN
    PERFORM caregroup.require_hub(hub);
    EXECUTE format('SELECT k.* FROM %1$I.allocation_plan AS k WHERE k.run = coalesce($1, (SELECT max(n.run) FROM %1$I.allocation_plan AS n))', hub)
    INTO kept USING run;
    IF kept.run IS NULL THEN
        IF run IS NULL THEN
            RETURN;
        END IF;
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('there is no plan of run %s in the history of %I', run, hub),
            HINT = format('SELECT run, as_at, solved_at FROM %I.allocation_run lists the plans.', hub);
    END IF;
    demand_sql := format('SELECT f.place_kind || '' '' || f.place_id AS id, sum(f.people)::bigint AS amount FROM %I.allocation_plan_flow AS f WHERE f.run = %s GROUP BY 1', hub, kept.run);
    sites_sql := format('SELECT s.site_id AS id, s.capacity FROM %I.allocation_plan_site AS s WHERE s.run = %s AND s.is_open', hub, kept.run);
    pairs_sql := format('SELECT j.place_kind || '' '' || j.place_id AS demand_id, j.site_id, j.minutes AS cost FROM %I.journey AS j', hub);
    plan_run := kept.run;
    objective := kept.objective;
    same_version := kept.version = caregroup.caregroup_version();

    -- Today's input, and what is kept of the plan's, under the same
    -- fingerprints as geography_problem has them.
    EXECUTE format('SELECT coalesce(g.demand_fingerprint IS NOT DISTINCT FROM $1, false), coalesce(g.sites_fingerprint IS NOT DISTINCT FROM $2, false),
                        -- Journeys of the places and sites of the plan, whatever they are today.
                        $3 IS NOT DISTINCT FROM (SELECT caregroup.input_fingerprint(ROW(j.place_kind, j.place_id, j.site_id, j.minutes::numeric)::text) FROM %1$I.journey AS j
                            WHERE EXISTS (SELECT FROM %1$I.allocation_plan_site AS s WHERE s.run = $4 AND s.is_open AND s.site_id = j.site_id)
                                AND EXISTS (SELECT FROM %1$I.allocation_plan_flow AS f WHERE f.run = $4 AND f.place_kind = j.place_kind AND f.place_id = j.place_id)),
                        $1 IS NOT DISTINCT FROM (SELECT caregroup.input_fingerprint(ROW(d.place_kind, d.place_id, d.people)::text)
                            FROM (SELECT f.place_kind, f.place_id, sum(f.people)::bigint AS people FROM %1$I.allocation_plan_flow AS f WHERE f.run = $4 GROUP BY 1, 2) AS d)
                        AND $2 IS NOT DISTINCT FROM (SELECT caregroup.input_fingerprint(ROW(s.site_id, s.capacity)::text) FROM %1$I.allocation_plan_site AS s WHERE s.run = $4 AND s.is_open)
                    FROM (VALUES (1)) AS v LEFT JOIN %1$I.geography_problem AS g ON g.problem = ''allocation''', hub)
    INTO same_demand, same_sites, same_pairs, is_intact USING kept.demand_fingerprint, kept.sites_fingerprint, kept.pairs_fingerprint, kept.run;

    IF same_pairs THEN
        answer_sql := format('SELECT a.kind, split_part(a.demand_id, '' '', 1) AS place_kind, substr(a.demand_id, strpos(a.demand_id, '' '') + 1) AS place_id, coalesce(a.site_id, ''(none)'') AS site_id, a.amount, a.objective
                              FROM caregroup.allocate(%L, %L, %L, place_values => false) AS a', demand_sql, sites_sql, pairs_sql);
        EXECUTE format('WITH answer AS MATERIALIZED (%2$s), again AS (
                            SELECT a.place_kind, a.place_id, a.site_id, a.amount FROM answer AS a WHERE a.kind IN (''flow'', ''unserved'')
                        ), plan AS (
                            SELECT f.place_kind, f.place_id, f.site_id, f.people FROM %1$I.allocation_plan_flow AS f WHERE f.run = $1
                        )
                        SELECT (SELECT max(a.objective) FROM answer AS a WHERE a.kind = ''summary''),
                            (SELECT count(*) FROM (TABLE plan EXCEPT TABLE again) AS x) + (SELECT count(*) FROM (TABLE again EXCEPT TABLE plan) AS x)', hub, answer_sql)
        INTO objective_again, differences USING kept.run;
        is_reproduced := differences = 0 AND objective_again IS NOT DISTINCT FROM objective;
        EXECUTE 'SELECT v.is_feasible, v.is_optimal, v.problem FROM caregroup.verify_allocation($1, $2, $3, $4) AS v'
        INTO is_feasible, is_optimal, problem
        USING demand_sql, sites_sql, pairs_sql,
            format('SELECT f.place_kind || '' '' || f.place_id AS demand_id, f.site_id, f.people AS amount FROM %I.allocation_plan_flow AS f WHERE f.run = %s AND f.site_id <> ''(none)''', hub, kept.run);
        IF NOT is_intact THEN
            problem := coalesce(problem, 'what is kept of the plan is not what it was made from');
        ELSIF NOT is_reproduced THEN
            problem := coalesce(problem, CASE WHEN same_version THEN 'the same input gives another plan' ELSE 'another version of caregroup made it' END);
        END IF;
    ELSE
        -- The journeys of then are not kept; capacities and minutes are.
        EXECUTE format('SELECT count(*) FROM %1$I.allocation_plan_site AS s
                            JOIN (SELECT f.site_id, sum(f.people) AS people FROM %1$I.allocation_plan_flow AS f WHERE f.run = $1 GROUP BY 1) AS f ON f.site_id = s.site_id
                        WHERE s.run = $1 AND s.is_open AND f.people > s.capacity', hub) INTO flows USING kept.run;
        is_feasible := flows = 0;
        problem := CASE WHEN NOT is_feasible THEN 'over capacity' WHEN NOT is_intact THEN 'what is kept of the plan is not what it was made from'
            ELSE 'the journeys have changed since: whether no plan is better cannot be said' END;
    END IF;
    RETURN NEXT;
END
$$;

COMMENT ON FUNCTION verify_allocation_run(text, bigint) IS
'Works a plan of the hub''s history out again and checks it: one row for the run, the newest unless given (none where the history is empty). same_demand and same_sites: whether people and capacities are today as they were; same_pairs: whether the journeys between the plan''s places and sites are, without which it cannot be worked out again (objective_again, is_reproduced and is_optimal are NULL then); same_version of caregroup. is_intact: what is kept has the fingerprints of what was asked. is_reproduced: the same people go from the same places to the same sites, at the same objective. is_feasible and is_optimal come from verify_allocation(), another way than that by which plans are found; without the journeys is_feasible says only that no site is over capacity. problem: what is wrong, NULL if nothing. Errors: invalid_schema_name, invalid_parameter_value (no such plan).';
