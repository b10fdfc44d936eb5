-- Reports of the geography room, and views for maps.

INSERT INTO hub_view (view_name, kind, step, description, query, columns) VALUES
('allocation_run', 'shared', 'allocation_row', 'The plan of who could go where: what was asked, and how good the answer is.', $$
SELECT g.fingerprint, a.solved_at, g.version, g.demand_sql, g.sites_sql, g.pairs_sql, a.people, a.minutes AS minutes_mean, a.objective, a.bound, a.gap, a.status, a.reason, a.seconds
FROM geography_problem AS g JOIN allocation_row AS a ON a.fingerprint = g.fingerprint AND a.kind = 'summary'
WHERE g.problem = 'allocation'
$$, $$
    fingerprint       -- Fingerprint of all that was read, of the queries and of the version: the same input has the same.
    solved_at         -- When it was worked out.
    version           -- Version of caregroup.
    demand_sql        -- First argument of allocate(), with the hub's schema on the search path.
    sites_sql         -- Its second argument.
    pairs_sql         -- Its third argument.
    people            -- People placed.
    minutes_mean      -- Minutes that each travels, on average.
    objective         -- Person-minutes of the plan.
    bound             -- No plan has fewer.
    gap               -- Their difference as a share of the objective.
    status            -- optimal, unserved, feasible or infeasible.
    reason            -- The same in words.
    seconds           -- Seconds that it took.
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
('map_sites', 'shared', 'allocation_row', 'Sites that people are registered with, for maps.', $$
SELECT s.site_id, s.longitude, s.latitude,
    CASE WHEN abs(s.longitude) <= 180 AND abs(s.latitude) <= 90
         THEN json_build_object('type', 'Point', 'coordinates', json_build_array(s.longitude, s.latitude))::text END AS geojson,
    r.organisation_name AS site_name, r.people, r.capacity_people, r.capacity_used_share, r.over_capacity, r.room, r.minutes_mean, r.planned_people, r.planned_minutes_mean,
    g.organisation_id AS care_group_id, r.as_at, r.recalculated_at
FROM place_site AS s
    JOIN report_allocation AS r ON r.organisation_kind = 'site' AND r.organisation_id = s.site_id
    LEFT JOIN care_group_site AS g ON g.site_id = s.site_id
$$, $$
    site_id           -- Site.
    longitude         -- Longitude, WGS 84.
    latitude          -- Latitude, WGS 84.
    geojson           -- The same as a GeoJSON point; NULL where it is not on the globe.
    site_name         -- Name to print.
    people            -- People registered or counted there.
    capacity_people   -- How many it can have.
    capacity_used_share -- The one over the other.
    over_capacity     -- People above capacity.
    room              -- Places left.
    minutes_mean      -- Minutes that its people travel, on average.
    planned_people    -- People that would go there if the least were travelled and nobody were over capacity.
    planned_minutes_mean -- Minutes on average in that plan.
    care_group_id     -- Care group that it is in.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('map_care_groups', 'shared', 'care_group_row', 'Care groups as the points of their sites, today and as proposed, for maps.', $$
WITH member AS (
    SELECT 'now'::text AS basis, s.organisation_id AS group_id, s.site_id, s.people FROM care_group_site AS s WHERE s.organisation_id IS NOT NULL
    UNION ALL
    SELECT 'proposed'::text AS basis, coalesce(g.organisation_id, '(new ' || g.group_number || ')'), u.site_id, u.people
    FROM care_group_row AS u JOIN care_group_row AS g ON g.kind = 'group' AND g.group_number = u.group_number WHERE u.kind = 'unit'
)
SELECT m.basis, m.group_id, coalesce(min(n.organisation_name), m.group_id) AS group_name, count(*) AS sites, sum(m.people) AS people,
    json_build_object('type', 'MultiPoint', 'coordinates', coalesce(json_agg(json_build_array(s.longitude, s.latitude) ORDER BY m.site_id)
        FILTER (WHERE abs(s.longitude) <= 180 AND abs(s.latitude) <= 90), '[]'::json))::text AS geojson,
    min(t.as_at) AS as_at, min(t.recalculated_at) AS recalculated_at
FROM member AS m JOIN place_site AS s ON s.site_id = m.site_id
    LEFT JOIN (SELECT DISTINCT c.organisation_id, c.organisation_name FROM organisation_chain AS c WHERE c.organisation_kind = 'care_group') AS n ON n.organisation_id = m.group_id
    LEFT JOIN result_state AS t ON t.step = 'care_group_row'
GROUP BY m.basis, m.group_id
$$, $$
    basis             -- now, or proposed.
    group_id          -- Care group; '(new n)' for a proposed one that continues none.
    group_name        -- Name to print.
    sites             -- Its sites with people.
    people            -- Their people.
    geojson           -- Its sites as a GeoJSON multipoint.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('map_access', 'shared', 'access_place', 'Places by their minutes to the nearest site of a service, for maps.', $$
SELECT g.place_kind, g.place_id, coalesce(a.name, g.place_id) AS place_name, v.service_id, CASE WHEN v.service_id = '(practice)' THEN 'Practice or medical centre' ELSE n.service_name END AS service_name,
    g.longitude, g.latitude,
    coalesce(a.boundary, CASE WHEN abs(g.longitude) <= 180 AND abs(g.latitude) <= 90
        THEN json_build_object('type', 'Point', 'coordinates', json_build_array(g.longitude, g.latitude))::text END) AS geojson,
    g.people, g.fifth AS deprivation_fifth, v.site_id AS nearest_site_id, v.minutes, coalesce(v.minutes > f.minutes, true) AS is_far, v.sites_within, v.score, t.as_at, t.recalculated_at
FROM access_place AS v JOIN place_group AS g ON g.place_kind = v.place_kind AND g.place_id = v.place_id
    CROSS JOIN (SELECT max(s.value)::double precision AS minutes FROM setting AS s WHERE s.name = 'far_minutes') AS f
    LEFT JOIN (SELECT a.area_id, min(a.name) AS name, min(a.boundary) AS boundary FROM area AS a GROUP BY a.area_id) AS a ON g.place_kind = 'area' AND a.area_id = g.place_id
    LEFT JOIN service_name AS n ON n.service_id = v.service_id
    LEFT JOIN result_state AS t ON t.step = 'access_place'
$$, $$
    place_kind        -- area, or site for people whose area is not known.
    place_id          -- Area or site.
    place_name        -- Name to print.
    service_id        -- Service; '(practice)' for the sites that people are registered with.
    service_name      -- Name to print.
    longitude         -- Longitude of the place, WGS 84.
    latitude          -- Latitude of the place, WGS 84.
    geojson           -- Its boundary, or else its point, as GeoJSON.
    people            -- People.
    deprivation_fifth -- Fifth of deprivation, 1 the most deprived.
    nearest_site_id   -- The nearest site.
    minutes           -- Minutes to it; NULL where none is reached.
    is_far            -- Whether that is more than the setting far_minutes, or none is reached.
    sites_within      -- Sites within far_minutes.
    score             -- Places for each person within reach; of (practice) only.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$);

CREATE FUNCTION create_map_geometry(hub text, schema text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    maps    text := coalesce(schema, hub || '_maps');
    postgis text := (SELECT n.nspname FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'postgis');
    made    record;
BEGIN
    PERFORM caregroup.require_hub(hub);
    IF postgis IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'feature_not_supported', MESSAGE = 'geometry needs PostGIS',
            HINT = format('CREATE EXTENSION postgis, or use the GeoJSON of %I.map_sites, map_care_groups and map_access.', hub);
    END IF;
    IF to_regnamespace(quote_ident(maps)) IS NULL THEN
        EXECUTE format('CREATE SCHEMA %I', maps);
    END IF;
    FOR made IN
        SELECT v.view_name,
            CASE v.view_name WHEN 'map_care_groups' THEN format('%1$I.st_convexhull(%1$I.st_geomfromgeojson(m.geojson))', postgis)
                 ELSE format('%I.st_geomfromgeojson(m.geojson)', postgis) END AS shape
        FROM unnest('{map_sites,map_care_groups,map_access}'::text[]) AS v (view_name)
    LOOP
        EXECUTE format('CREATE OR REPLACE VIEW %1$I.%2$I AS
            SELECT m.*, %5$s::%4$I.geometry(Geometry, 4326) AS geometry_4326, %4$I.st_transform(%5$s, 3857)::%4$I.geometry(Geometry, 3857) AS geometry_3857
            FROM %3$I.%2$I AS m', maps, made.view_name, hub, postgis, format('%I.st_setsrid(%s, 4326)', postgis, made.shape));
        EXECUTE format('COMMENT ON VIEW %I.%I IS %L', maps, made.view_name,
            format('%I.%I with PostGIS geometry in WGS 84 (4326) and web Mercator (3857). Made by caregroup.create_map_geometry().', hub, made.view_name));
    END LOOP;
    RETURN maps;
END
$$;

COMMENT ON FUNCTION create_map_geometry(text, text) IS
'Makes the views map_sites, map_care_groups (the convex hulls of their sites) and map_access of a hub with columns geometry_4326 and geometry_3857, for QGIS and tile servers, in a schema of their own (the hub''s name with _maps, unless schema says otherwise). They are the caller''s and depend on PostGIS; DROP SCHEMA … CASCADE takes them away, which must come before drop_hub() and before an upgrade that changes the columns of the maps. Returns the schema. Errors: invalid_schema_name, feature_not_supported without PostGIS.';
