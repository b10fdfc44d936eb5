-- Checks of the Monday page about where people are registered and how far
-- they are from care.

INSERT INTO monday_check (check_name, weight, needs_now, question, query) VALUES
('site_over_capacity', 4, true, 'Which site has too many people while a near one has room?', $$
WITH near AS (
    -- Room within a quarter of an hour, the nearest first.
    SELECT s.site_id, n.site_id AS near_site_id, n.capacity_people - n.people AS room, j.minutes,
        row_number() OVER (PARTITION BY s.site_id ORDER BY j.minutes, n.site_id) AS place,
        sum(n.capacity_people - n.people) OVER (PARTITION BY s.site_id) AS all_room
    FROM place_site AS s
        JOIN journey AS j ON j.place_kind = 'site' AND j.place_id = s.site_id AND j.minutes <= 15
        JOIN place_site AS n ON n.site_id = j.site_id AND n.site_id <> s.site_id
    WHERE s.people > 1.1 * s.capacity_people AND s.people - s.capacity_people >= 20
        -- Worth a sentence where it could take a quarter of those who are too many.
        AND n.capacity_people - n.people >= 0.25 * (s.people - s.capacity_people) AND n.people < 0.9 * n.capacity_people
)
SELECT s.site_id, NULL, s.people - s.capacity_people, s.people, s.capacity_people,
    format('%s has %s people for %s places, %s too many; %s, %s minutes away, has room for %s.', a.site_name, s.people, floor(s.capacity_people),
        s.people - floor(s.capacity_people), b.site_name, round(n.minutes), floor(n.room)),
    format('SELECT organisation_name, people, capacity_people, over_capacity, room, planned_people, minutes_mean, planned_minutes_mean FROM report_allocation WHERE organisation_kind = ''site'' AND organisation_id IN (%L, %L)', s.site_id, n.near_site_id)
FROM near AS n JOIN place_site AS s ON s.site_id = n.site_id
    JOIN site_name AS a ON a.site_id = s.site_id
    JOIN site_name AS b ON b.site_id = n.near_site_id
WHERE n.place = 1 AND s.site_id = ANY ($1)
$$),
('on_no_list', 3, true, 'Who has no place on a list, and where is room?', $$
WITH joining AS (
    SELECT coalesce(m.site_id, '(unassigned)') AS site_id, sum(m.people) AS people, coalesce(sum(m.people) FILTER (WHERE m.from_site_id IS NOT NULL), 0) AS gone
    FROM allocation_move AS m
    WHERE m.problem = 'joiners' AND m.kind <> 'summary' AND coalesce(m.site_id, '(unassigned)') = ANY ($1)
    GROUP BY 1
)
SELECT NULL, NULL, sum(j.people), sum(j.people) FILTER (WHERE j.site_id <> '(unassigned)'), NULL,
    format('%s people are on no list%s: %s.', sum(j.people), CASE WHEN sum(j.gone) > 0 THEN format(', %s of them since their practice or medical centre closed', sum(j.gone)) END,
        concat_ws('; ', CASE count(*) FILTER (WHERE j.site_id <> '(unassigned)') WHEN 0 THEN NULL
                WHEN 1 THEN format('%s has room for %s', min(n.site_name), sum(j.people) FILTER (WHERE j.site_id <> '(unassigned)'))
                ELSE format('%s sites near them have room for %s, %s for %s', count(*) FILTER (WHERE j.site_id <> '(unassigned)'), sum(j.people) FILTER (WHERE j.site_id <> '(unassigned)'),
                    (array_agg(n.site_name ORDER BY j.people DESC, j.site_id) FILTER (WHERE j.site_id <> '(unassigned)'))[1], max(j.people) FILTER (WHERE j.site_id <> '(unassigned)')) END,
            'there is no room within reach for ' || (sum(j.people) FILTER (WHERE j.site_id = '(unassigned)'))::text)),
    'SELECT organisation_name, reason, people, minutes_mean, room, room_then FROM report_joiners WHERE organisation_kind IN (''site'', ''unassigned'') ORDER BY people DESC'
FROM joining AS j LEFT JOIN site_name AS n ON n.site_id = j.site_id
HAVING sum(j.people) >= 20
$$),
('far_from_service', 2, true, 'Who is far from the nearest site of a service?', $$
WITH far AS (
    SELECT max(s.value)::double precision AS minutes FROM setting AS s WHERE s.name = 'far_minutes'
), unit AS (
    SELECT a.unit_kind, a.unit_id, a.service_id, a.people, a.far FROM access_group AS a
    WHERE a.dimension = 'all' AND CASE a.unit_kind WHEN 'site' THEN a.unit_id = ANY ($1) ELSE a.unit_id = ANY ($3) END
), service AS (
    SELECT u.service_id, sum(u.people) AS people, sum(u.far) AS far,
        (array_agg(u.unit_id ORDER BY u.far DESC, u.unit_id))[1] AS most_id, max(u.far) AS most
    FROM unit AS u GROUP BY u.service_id
)
SELECT NULL, CASE WHEN count(*) = 1 THEN nullif(min(s.service_id), '(practice)') END, s.far, s.far / s.people, f.minutes,
    format('%s of %s people live more than %s minutes from the nearest site of %s%s; most of them (%s) belong to %s.', round(s.far), round(s.people), round(f.minutes),
        min(CASE WHEN s.service_id = '(practice)' THEN 'a practice or medical centre' ELSE coalesce(v.service_name, s.service_id) END),
        CASE count(*) WHEN 1 THEN '' WHEN 2 THEN ' and another service' ELSE format(' and %s other services', count(*) - 1) END, round(s.most),
        coalesce(n.site_name, o.name, s.most_id)),
    format('SELECT place_name, people, minutes, nearest_site_id FROM map_access WHERE service_id = %L AND is_far ORDER BY people DESC', min(s.service_id))
FROM service AS s CROSS JOIN far AS f
    LEFT JOIN service_name AS v ON v.service_id = s.service_id
    LEFT JOIN site_name AS n ON n.site_id = s.most_id
    LEFT JOIN known_organisation AS o ON o.organisation_id = s.most_id
-- A service that nearly all people live near, and some do not: one of a kind
-- is meant to be far from many.
WHERE s.far >= 20 AND s.far / s.people BETWEEN 0.01 AND 0.1
-- Services at the same sites are far from the same people.
GROUP BY s.far, s.people, s.most, s.most_id, n.site_name, o.name, f.minutes
$$);
