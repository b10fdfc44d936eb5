-- Geography: who lives where, how long they travel, who could go where within
-- capacity and how that plan changed, who joins and who would move, care groups
-- against what they could be, services on fewer sites, and small services in
-- lots.
--
-- The optimisers read the hub's own results through inner SQL, and the queries
-- that they were given are kept with the answer (geography_problem), so that a
-- plan can be worked out again.  They run only where there is something to
-- work out, and again only when the fingerprint of what they read has changed.

INSERT INTO hub_setting (name, initial, accepts, meaning) VALUES
    ('place_kinds', 'practice, medical', 'text', 'Kinds of sites that people are registered with and are allocated to, divided by commas.'),
    ('travel_mode', 'car', 'text', 'Means of travel of the input travel that journeys are taken from.'),
    ('travel_detour', '1.3', 'number', 'How many times as long as the straight line a journey is, where the input travel knows nothing of its origin.'),
    ('travel_kmh', '40', 'number', 'Kilometres an hour of such a journey.'),
    ('far_minutes', '30', 'number', 'Minutes beyond which the nearest site is far; also the limit of the catchment areas behind the access score.'),
    ('group_tolerance', '0.25', 'number', 'How far the people of a proposed care group may be from an even share, as a fraction of it; a site larger than that may be a group.'),
    ('group_change_minutes', '1', 'number', 'How many minutes of way for each of its people it must be worth that a site comes into another care group.'),
    ('consolidate_sites', '12', 'number', 'Services at up to so many sites get scenarios of fewer sites.'),
    ('keep_plans', '30', 'number', 'Plans of who could go where that the history keeps, the newest, besides those marked by mark_allocation_run().'),
    ('lots', '4', 'number', 'How many lots small services would be bought in.'),
    ('lot_service_share', '0.01', 'number', 'A service is small if its contracts are worth at most this share of all contracts.'),
    ('lot_value_share', '0.8', 'number', 'The least that the contracts of a lot are worth, as a fraction of an even share of the small services'' money.'),
    ('lot_contacts_share', '0.4', 'number', 'The least contacts of a lot in twelve months, as a fraction of an even share of the small services'' contacts.');

CREATE FUNCTION journey_minutes(longitude_from double precision, latitude_from double precision,
                                longitude_to double precision, latitude_to double precision,
                                detour double precision DEFAULT 1.3, kmh double precision DEFAULT 40) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST @parse@
RETURN CASE WHEN longitude_from BETWEEN -180 AND 180 AND longitude_to BETWEEN -180 AND 180
                 AND latitude_from BETWEEN -90 AND 90 AND latitude_to BETWEEN -90 AND 90
                 AND detour > 0 AND detour < 1000 AND kmh > 0 AND kmh < 100000 THEN
    -- Rounding may take the sine beyond 1.
    2 * 6371.0088 * asin(least(1, sqrt(sind((latitude_to - latitude_from) / 2) ^ 2
        + cosd(latitude_from) * cosd(latitude_to) * sind((longitude_to - longitude_from) / 2) ^ 2)))
    * detour / kmh * 60 END;

COMMENT ON FUNCTION journey_minutes(double precision, double precision, double precision, double precision, double precision, double precision) IS
'Minutes of a journey whose length is detour times the straight line between two places (degrees, WGS 84, on a sphere of 6,371.0088 km), at kmh kilometres an hour. NULL, a place off the globe, or a detour or speed that is not above 0 gives NULL. The haversine formula: Sinnott, Sky and Telescope 1984;68:159.';

INSERT INTO hub_table (table_name, kind, key_columns, description, columns) VALUES
('place_site', 'result', 'site_id', 'A site that people are registered with or could be.', $$
    site_id         text               -- Site, open at the moment of the results.
    longitude       double precision   -- Longitude, WGS 84.
    latitude        double precision   -- Latitude, WGS 84.
    capacity_people numeric            -- How many people it can have; NULL where it is not known.
    people          numeric            -- People registered or counted there; NULL where nothing is known of it.
$$),
('journey', 'result', 'place_kind, place_id, site_id', 'Minutes from a place to a site.', $$
    place_kind   text                        -- area, or site for people whose area is not known.
    place_id     text                        -- Area or site where the journey starts.
    site_id      text                        -- Site where it ends.
    minutes      double precision NOT NULL   -- Minutes.
    is_estimated boolean NOT NULL            -- Whether it is worked out from a straight line.
$$),
('place_people', 'result', 'place_kind, place_id, site_id, population_group', 'How many people of a place are registered where.', $$
    place_kind       text               -- area or site.
    place_id         text               -- Area where they live, or the site where they are registered if the area has no journeys.
    site_id          text               -- Site where they are registered; '(none)' where only residents are counted.
    population_group text               -- Group of people.
    people           numeric NOT NULL   -- How many.
$$),
('place_group', 'result', 'place_kind, place_id', 'A place and the groups that results are broken down by.', $$
    place_kind  text               -- area or site.
    place_id    text               -- Area or site.
    longitude   double precision   -- Longitude, WGS 84.
    latitude    double precision   -- Latitude, WGS 84.
    people      numeric NOT NULL   -- People.
    fifth       integer            -- Fifth of deprivation, 1 the most deprived; NULL where unknown.
    no_car      text NOT NULL      -- most, middle or fewest: third of the places by their share of households without a car; unknown.
    organisation_id text           -- Organisation that answers for the area.
$$),
('service_place', 'result', 'service_id, site_id', 'A site that people come to for a service at the moment of the results.', $$
    service_id text   -- Service; '(practice)' for the sites that people are registered with.
    site_id    text   -- Site.
$$),
('access_place', 'result', 'place_kind, place_id, service_id', 'How far a place is from the nearest site of a service.', $$
    place_kind   text               -- area or site.
    place_id     text               -- Place.
    service_id   text               -- Service; '(practice)' for the sites that people are registered with.
    site_id      text               -- The nearest site; NULL where there is none within the journeys known.
    minutes      double precision   -- Minutes to it.
    sites_within bigint NOT NULL    -- Sites within the setting far_minutes.
    score        double precision   -- Places for each person within reach (enhanced two-step floating catchment areas, Gaussian, up to far_minutes); of '(practice)' only, and where a capacity is known.
$$),
('access_group', 'result', 'unit_kind, unit_id, service_id, dimension, group_name', 'How far people are from a service, by group of people; sums that add up.', $$
    unit_kind      text                        -- site where people are registered, or organisation that answers for their area.
    unit_id        text                        -- Site or organisation.
    service_id     text                        -- Service; '(practice)' for the sites that people are registered with.
    dimension      text                        -- all, deprivation (fifths of areas) or population_group.
    group_name     text                        -- Group of people.
    people         double precision NOT NULL   -- People.
    reached        double precision NOT NULL   -- People of places from which any site is reached.
    far            double precision NOT NULL   -- People beyond far_minutes, or from where no site is reached.
    cells          bigint NOT NULL             -- Parts of places that these people are counted in.
    minutes        double precision NOT NULL   -- People times minutes, together.
    weight2        double precision NOT NULL   -- Sum of the squares of the people reached of each part.
    weight2_minutes double precision NOT NULL  -- The same times minutes.
    weight2_minutes2 double precision NOT NULL -- The same times the square of minutes.
    scored         double precision NOT NULL   -- People of places with a score.
    score          double precision NOT NULL   -- People times score, together.
$$),
('newcomer', 'result', 'place_kind, place_id, from_site_id', 'People of a place who have no place on a list.', $$
    place_kind   text             -- area, or none where it is not known.
    place_id     text             -- Area where they live; '(unknown)'.
    from_site_id text             -- Site that was theirs until it closed; '(none)' for who has never been on a list.
    people       bigint NOT NULL  -- How many.
$$),
('small_service', 'result', 'service_id', 'A service with a small contract.', $$
    service_id text                        -- Service.
    value      double precision NOT NULL   -- Value of its contracts in GBP a year.
    contacts   double precision NOT NULL   -- Contacts attended in the last twelve whole months.
    age_group  text                        -- Whom it is for.
    kind       text                        -- Kind of service.
    longitude  double precision            -- Middle of its sites, WGS 84.
    latitude   double precision            -- Latitude of it.
$$),
('geography_problem', 'result', 'problem, service_id', 'What an optimiser is asked: enough to ask it again.', $$
    problem     text               -- allocation, joiners, reallocation, care_groups, lots or consolidation.
    service_id  text               -- Service of a consolidation; '(practice)' for the others.
    demand_sql  text NOT NULL      -- Its first query, with the hub's schema on the search path.
    sites_sql   text NOT NULL      -- Its second query; of care_groups and lots the pairs.
    pairs_sql   text               -- Its third query.
    groups      integer            -- How many groups.
    lower_people double precision  -- The least people of a group: an even share less the setting group_tolerance; of lots their least money.
    upper_people double precision  -- The most: an even share and that much more, or the largest site.
    change_minutes double precision -- What a change of group must be worth.
    version     text NOT NULL      -- Version of caregroup.
    fingerprint text NOT NULL      -- Fingerprint of all that it reads, of its options and of the version.
    parameters  text               -- Of an allocation, the settings that decide what it reads.
    demand_fingerprint text        -- Of an allocation, fingerprint of the people of each place.
    sites_fingerprint text         -- Of an allocation, fingerprint of the capacities.
    pairs_fingerprint text         -- Of an allocation, fingerprint of the journeys.
    lower_contacts double precision -- Of lots, their least contacts.
$$),
('allocation_row', 'result', 'row_number', 'A row of the answer of allocate().', $$
    row_number       bigint             -- Number of the row.
    fingerprint      text NOT NULL      -- Fingerprint of what was asked.
    solved_at        timestamptz NOT NULL -- When it was worked out.
    kind             text NOT NULL      -- flow, unserved, site or summary.
    place_kind       text               -- area or site.
    place_id         text               -- Place of the people.
    site_id          text               -- Site.
    people           bigint             -- People.
    minutes          double precision   -- Minutes of each; of a site and in the summary their mean.
    person_minutes   double precision   -- Minutes of all.
    capacity_people  bigint             -- Capacity of the site.
    one_more_serves  bigint             -- People that one more place at the site would serve in addition.
    one_more_saves   double precision   -- Minutes that one more place at the site would save.
    reason           text               -- Why.
    objective        double precision   -- Person-minutes of the plan.
    bound            double precision   -- No plan has fewer.
    gap              double precision   -- Their difference as a share of the objective.
    status           text               -- optimal, unserved, feasible or infeasible.
    seconds          double precision   -- Seconds that it took.
$$),
('allocation_move', 'result', 'problem, row_number', 'A row of the answers of allocate_new() and reallocate(): who would come to which site.', $$
    problem          text                 -- joiners: who has no place; reallocation: who would move so that no site is over capacity.
    row_number       bigint               -- Number of the row.
    fingerprint      text NOT NULL        -- Fingerprint of what was asked.
    solved_at        timestamptz NOT NULL -- When it was worked out.
    kind             text NOT NULL        -- move, unserved or summary.
    place_kind       text                 -- area, or site or none for people whose area is not known.
    place_id         text                 -- Place of the people.
    from_site_id     text                 -- Site where they are, or were until it closed; NULL for who was on no list.
    site_id          text                 -- Site where they would be; NULL where there is no room.
    people           bigint               -- People.
    minutes_now      double precision     -- Minutes that each travels now; NULL where no journey is known.
    minutes_then     double precision     -- Minutes that each would travel.
    reason           text                 -- new, site is gone, over capacity, or makes room (for people of a site over capacity); of who stays without a place, no journey or no room.
    objective        double precision     -- Person-minutes of those who are asked about: who joins, or the people of sites over capacity, with others only where these may have to make room.
    bound            double precision     -- No plan has fewer.
    gap              double precision     -- Their difference as a share of the objective.
    status           text                 -- optimal, unserved, feasible or infeasible.
    seconds          double precision     -- Seconds that it took.
$$),
('allocation_plan_flow', 'history', 'run, place_kind, place_id, site_id', 'A kept plan of who could go where: people of a place at a site.', $$
    run        bigint              -- Run of recalculate() that made the plan.
    place_kind text                -- area, or site for people whose area is not known.
    place_id   text                -- Area or site where they live.
    site_id    text                -- Site; '(none)' where they have no place.
    people     bigint NOT NULL     -- People.
    minutes    double precision    -- Minutes that each travels.
$$),
('allocation_plan_site', 'history', 'run, site_id', 'A kept plan of who could go where: a site, and what changed there since the plan before.', $$
    run              bigint                     -- Run of recalculate() that made the plan.
    site_id          text                       -- Site, also one that only the plan before had.
    is_open          boolean NOT NULL           -- Whether the plan has it.
    capacity         bigint                     -- Places that the plan had for it.
    capacity_is_known boolean NOT NULL          -- Whether that is its capacity; if not, it is all people.
    people           bigint NOT NULL            -- People planned.
    person_minutes   double precision NOT NULL  -- Minutes of all.
    people_before    bigint NOT NULL            -- People in the plan before; 0 without one.
    person_minutes_before double precision NOT NULL -- Their minutes, together.
    coming           bigint NOT NULL            -- People whom the plan before sent elsewhere or did not have, place by place; 0 without one.
    going            bigint NOT NULL            -- People whom only the plan before sent here.
$$),
('allocation_plan', 'history', 'run', 'The history of the plan of who could go where, one row for each that differed from the one before. Emptied, it begins again.', $$
    run              bigint                -- Run of recalculate() that made it.
    previous_run     bigint                -- The plan before, with which it is compared; NULL for the first.
    as_at            timestamptz NOT NULL  -- Moment of the inputs.
    solved_at        timestamptz NOT NULL  -- When it was worked out.
    version          text NOT NULL         -- Version of caregroup.
    parameters       text                  -- Settings that decide what is read.
    fingerprint      text NOT NULL         -- Fingerprint of demand, sites, pairs, parameters and version.
    demand_fingerprint text                -- Fingerprint of the people of each place.
    sites_fingerprint text                 -- Fingerprint of the capacities.
    pairs_fingerprint text                 -- Fingerprint of the journeys.
    places           bigint NOT NULL       -- Places with people.
    sites            bigint NOT NULL       -- Sites.
    capacity         bigint                -- Capacity of all sites; NULL where one is not known.
    people           bigint NOT NULL       -- People with a place.
    unserved         bigint NOT NULL       -- People without one.
    minutes_mean     double precision      -- Minutes that each travels, on average.
    objective        double precision      -- Person-minutes of the plan.
    bound            double precision      -- No plan has fewer.
    gap              double precision      -- Their difference as a share of the objective.
    status           text                  -- optimal, unserved, feasible or infeasible.
    reason           text                  -- The same in words.
    seconds          double precision      -- Seconds that it took.
    is_marked        boolean NOT NULL      -- Whether it stays beyond the setting keep_plans.
    note             text                  -- Why it was marked.
$$),
('allocation_travel', 'result', 'basis, site_id, minutes', 'People of a site by the minutes that they travel to it, now and as planned.', $$
    basis           text                        -- now, or planned.
    site_id         text                        -- Site.
    minutes         integer                     -- Whole minutes, rounded.
    people          double precision NOT NULL   -- People.
    person_minutes  double precision NOT NULL   -- Their minutes, together.
$$),
('care_group_site', 'result', 'site_id', 'A site, its care group and its people.', $$
    site_id         text                        -- Site.
    organisation_id text                        -- The care group that it is in, in the hierarchy of the setting; NULL for none.
    people          double precision NOT NULL   -- People registered or counted there.
$$),
('care_group_row', 'result', 'row_number', 'A row of the answer of form_groups(): care groups as they could be.', $$
    row_number      bigint             -- Number of the row.
    fingerprint     text NOT NULL      -- Fingerprint of what was asked.
    solved_at       timestamptz NOT NULL -- When it was worked out.
    kind            text NOT NULL      -- summary, group or unit.
    site_id         text               -- Site, of a unit.
    centre_id       text               -- Site in the middle of the group.
    group_number    integer            -- Number of the group.
    organisation_id text               -- The care group of today that the proposed one continues, or that the site is in.
    is_changed      boolean            -- Whether the site would come into another group.
    people          double precision   -- People.
    minutes         double precision   -- Minutes to the centre, of a group their mean over people.
    objective       double precision   -- Person-minutes to the centres, and what the changes must be worth.
    bound           double precision   -- No grouping has fewer.
    gap             double precision   -- Their relative difference.
    status          text               -- optimal, feasible, infeasible or not found.
    explanation     text               -- Why there is no answer.
    seconds         double precision   -- Seconds that it took.
$$),
('care_group_now', 'result', 'organisation_id', 'A care group of today, as form_groups() would measure it.', $$
    organisation_id text                        -- Care group.
    centre_id       text                        -- The site of it to which its people's sites are nearest.
    sites           bigint NOT NULL             -- Sites with people.
    people          double precision NOT NULL   -- People.
    minutes         double precision            -- Minutes from the sites to the centre, mean over people.
    worst_minutes   double precision            -- The longest of them.
$$),
('lot_row', 'result', 'row_number', 'A row of the answer of form_groups(): small services in lots, each of which is viable.', $$
    row_number     bigint             -- Number of the row.
    fingerprint    text NOT NULL      -- Fingerprint of what was asked.
    solved_at      timestamptz NOT NULL -- When it was worked out.
    kind           text NOT NULL      -- summary, group or unit.
    service_id     text               -- Service, of a unit.
    centre_id      text               -- Service in the middle of the lot.
    lot_number     integer            -- Number of the lot.
    value          double precision   -- Value of the contracts in GBP a year.
    contacts       double precision   -- Contacts of twelve months.
    unlikeness     double precision   -- How badly a service goes with the one in the middle; of a lot their mean.
    objective      double precision   -- Their sum.
    bound          double precision   -- No lots have less.
    gap            double precision   -- Their relative difference.
    status         text               -- optimal, feasible, infeasible or not found.
    explanation    text               -- Why there is no answer.
    seconds        double precision   -- Seconds that it took.
$$),
('consolidation_row', 'result', 'service_id, row_number', 'A row of the answer of consolidate(): a service on fewer sites.', $$
    service_id     text               -- Service.
    row_number     bigint             -- Number of the row.
    fingerprint    text NOT NULL      -- Fingerprint of what was asked.
    solved_at      timestamptz NOT NULL -- When it was worked out.
    sites          integer            -- How many sites.
    dimension      text               -- deprivation or no_car; NULL for the row of all people.
    group_name     text               -- Group of people.
    people         double precision   -- People.
    minutes_now    double precision   -- Mean minutes to the nearest site of today.
    minutes_then   double precision   -- Mean minutes to the nearest of these sites.
    worst_now      double precision   -- The longest today.
    worst_then     double precision   -- The longest then.
    people_losing  double precision   -- People who would travel longer.
    mean_loss      double precision   -- By how many minutes on average.
    open_sites     text[]             -- The sites.
    objective      double precision   -- Person-minutes.
    bound          double precision   -- No choice of so many sites has fewer.
    gap            double precision   -- Their relative difference.
    status         text               -- optimal, feasible, infeasible or not found.
    explanation    text               -- Why there is no answer.
    seconds        double precision   -- Seconds that it took.
$$);

INSERT INTO hub_step (step, result, description, query) VALUES
('place_site', 'place_site', 'The sites that people are registered with or could be.', $$
SELECT s.site_id, s.longitude, s.latitude, CASE WHEN s.capacity_people >= 0 AND s.capacity_people < 1e9 THEN s.capacity_people END, c.people
FROM known_site AS s CROSS JOIN parameter AS p
    LEFT JOIN (SELECT c.unit_id, sum(c.people) FILTER (WHERE c.people < 1e12) AS people FROM population_count AS c WHERE c.basis IN ('registered', 'counted') GROUP BY c.unit_id) AS c ON c.unit_id = s.site_id
WHERE s.kind = ANY (SELECT btrim(k) FROM regexp_split_to_table((SELECT t.value FROM setting AS t WHERE t.name = 'place_kinds'), ',') AS k)
    AND coalesce(s.opened_on <= p.as_at_date, true) AND coalesce(s.closed_on >= p.as_at_date, true)
    -- That is what no site is called.
    AND s.site_id <> '(none)'
$$),
('journey', 'journey', 'Minutes from areas and registering sites to sites, by the input travel or by straight lines.', $$
WITH option AS (
    SELECT max(s.value) FILTER (WHERE s.name = 'travel_mode') AS mode, max(s.value) FILTER (WHERE s.name = 'travel_detour')::double precision AS detour,
        max(s.value) FILTER (WHERE s.name = 'travel_kmh')::double precision AS kmh
    FROM setting AS s
), open_site AS MATERIALIZED (
    SELECT s.site_id, s.longitude, s.latitude FROM known_site AS s CROSS JOIN parameter AS p
    WHERE coalesce(s.opened_on <= p.as_at_date, true) AND coalesce(s.closed_on >= p.as_at_date, true)
), origin AS MATERIALIZED (
    SELECT 'area' AS place_kind, a.area_id AS place_id, min(a.longitude) AS longitude, min(a.latitude) AS latitude
    FROM area AS a WHERE a.area_id IS NOT NULL GROUP BY a.area_id
    UNION ALL
    SELECT 'site', s.site_id, s.longitude, s.latitude FROM place_site AS s
), given AS MATERIALIZED (
    SELECT o.place_kind, o.place_id, t.site_id, min(t.minutes)::double precision AS minutes
    FROM travel AS t CROSS JOIN option AS x
        JOIN origin AS o ON o.place_id = t.origin_id
        JOIN open_site AS s ON s.site_id = t.site_id
    -- Minutes that are no number are above any.
    WHERE t.mode = x.mode AND t.minutes BETWEEN 0 AND 1e6
    GROUP BY 1, 2, 3
)
SELECT g.place_kind, g.place_id, g.site_id, g.minutes, false FROM given AS g
UNION ALL
SELECT 'site', s.site_id, s.site_id, 0, true FROM place_site AS s
WHERE NOT EXISTS (SELECT FROM given AS g WHERE g.place_kind = 'site' AND g.place_id = s.site_id AND g.site_id = s.site_id)
UNION ALL
-- A table that knows an origin says all that is within its reach.
SELECT o.place_kind, o.place_id, s.site_id, m.minutes, true
FROM (SELECT o.* FROM origin AS o WHERE NOT EXISTS (SELECT FROM given AS g WHERE g.place_kind = o.place_kind AND g.place_id = o.place_id)) AS o
    CROSS JOIN option AS x CROSS JOIN open_site AS s
    CROSS JOIN LATERAL (SELECT caregroup.journey_minutes(o.longitude, o.latitude, s.longitude, s.latitude, x.detour, x.kmh) AS minutes) AS m
WHERE m.minutes <= 180 AND NOT (o.place_kind = 'site' AND o.place_id = s.site_id)
    -- A hub of a whole country binds a table of what is near.
    AND (SELECT count(*) FROM origin) * (SELECT count(*) FROM open_site) <= 5000000
$$),
('place_people', 'place_people', 'How many people of each place are registered where.', $$
WITH reached AS (
    SELECT DISTINCT j.place_id FROM journey AS j WHERE j.place_kind = 'area'
), registered AS (
    SELECT CASE WHEN r.place_id IS NOT NULL THEN 'area' ELSE 'site' END AS place_kind, coalesce(r.place_id, n.site_id) AS place_id,
        n.site_id, n.population_group, count(*)::numeric AS people
    FROM person_group AS n CROSS JOIN parameter AS p
        JOIN place_site AS s ON s.site_id = n.site_id
        LEFT JOIN reached AS r ON r.place_id = n.area_id
    WHERE coalesce(n.death_date > p.as_at_date, true)
    GROUP BY 1, 2, 3, 4
), resident AS (
    SELECT 'area' AS place_kind, c.unit_id AS place_id, '(none)' AS site_id, c.population_group, sum(c.people) AS people
    FROM population_count AS c WHERE c.basis = 'resident' AND c.people BETWEEN 0 AND 1e12 GROUP BY 2, 4
), counted AS (
    SELECT 'site' AS place_kind, c.unit_id AS place_id, c.unit_id AS site_id, c.population_group, sum(c.people) AS people
    FROM population_count AS c JOIN place_site AS s ON s.site_id = c.unit_id WHERE c.basis = 'counted' AND c.people BETWEEN 0 AND 1e12 GROUP BY 2, 4
)
SELECT r.* FROM registered AS r
UNION ALL
SELECT r.* FROM resident AS r WHERE NOT EXISTS (SELECT FROM registered)
UNION ALL
SELECT c.* FROM counted AS c WHERE NOT EXISTS (SELECT FROM registered) AND NOT EXISTS (SELECT FROM resident)
$$),
('place_group', 'place_group', 'Places, their people, deprivation and cars.', $$
WITH lived AS (
    SELECT n.place_kind, n.place_id, sum(n.people) AS people FROM place_people AS n GROUP BY 1, 2
), described AS (
    SELECT a.area_id, min(a.longitude) AS longitude, min(a.latitude) AS latitude, min(a.deprivation_decile) AS decile,
        min(a.no_car_share) FILTER (WHERE a.no_car_share BETWEEN 0 AND 1) AS no_car_share, min(a.organisation_id) AS organisation_id
    FROM area AS a WHERE a.area_id IS NOT NULL GROUP BY a.area_id
), known AS (
    SELECT n.place_kind, n.place_id, coalesce(d.longitude, s.longitude) AS longitude, coalesce(d.latitude, s.latitude) AS latitude, n.people,
        CASE WHEN d.decile BETWEEN 1 AND 10 THEN (d.decile + 1) / 2 END AS fifth, d.no_car_share, k.organisation_id
    FROM lived AS n
        LEFT JOIN described AS d ON n.place_kind = 'area' AND d.area_id = n.place_id
        LEFT JOIN known_organisation AS k ON k.organisation_id = d.organisation_id
        LEFT JOIN place_site AS s ON n.place_kind = 'site' AND s.site_id = n.place_id
)
SELECT n.place_kind, n.place_id, n.longitude, n.latitude, n.people, n.fifth,
    CASE WHEN n.no_car_share IS NULL THEN 'unknown'
         ELSE (ARRAY['most', 'middle', 'fewest'])[ntile(3) OVER (PARTITION BY n.no_car_share IS NULL ORDER BY n.no_car_share DESC, n.place_kind, n.place_id)] END,
    n.organisation_id
FROM known AS n
$$),
('service_place', 'service_place', 'Which sites offer which service.', $$
SELECT DISTINCT o.service_id, o.site_id
FROM site_service AS o CROSS JOIN parameter AS p
    JOIN known_site AS s ON s.site_id = o.site_id
    JOIN known_service AS v ON v.service_id = o.service_id
WHERE coalesce(o.valid_from <= p.as_at_date, true) AND coalesce(o.valid_to >= p.as_at_date, true)
    AND coalesce(s.opened_on <= p.as_at_date, true) AND coalesce(s.closed_on >= p.as_at_date, true)
    -- Nobody travels to these.
    AND coalesce(o.modality NOT IN ('telephone', 'video', 'home_visit'), true)
UNION ALL
SELECT '(practice)', s.site_id FROM place_site AS s
$$),
('access_place', 'access_place', 'The nearest site of every service, and what is within reach.', $$
WITH far AS (
    SELECT max(s.value)::double precision AS minutes FROM setting AS s WHERE s.name = 'far_minutes'
), ranked AS MATERIALIZED (
    -- The nearest, among equals the lower id.
    SELECT j.place_kind, j.place_id, j.site_id, j.minutes, row_number() OVER (PARTITION BY j.place_kind, j.place_id ORDER BY j.minutes, j.site_id) AS rank
    FROM journey AS j JOIN place_group AS g ON g.place_kind = j.place_kind AND g.place_id = j.place_id
), near AS (
    SELECT r.place_kind, r.place_id, o.service_id, min(r.rank) AS rank, count(*) FILTER (WHERE r.minutes <= f.minutes) AS sites_within
    FROM ranked AS r CROSS JOIN far AS f
        JOIN service_place AS o ON o.site_id = r.site_id
    GROUP BY 1, 2, 3
), score AS (
    SELECT a.demand_id, a.access
    FROM (SELECT 1 FROM place_site AS s HAVING bool_or(s.capacity_people IS NOT NULL)) AS known CROSS JOIN far AS f
        CROSS JOIN LATERAL caregroup.access_e2sfca(
            'SELECT g.place_kind || '' '' || g.place_id AS id, g.people AS amount FROM place_group AS g',
            'SELECT s.site_id AS id, coalesce(s.capacity_people, s.people, 0) AS capacity FROM place_site AS s',
            'SELECT j.place_kind || '' '' || j.place_id AS demand_id, j.site_id, j.minutes AS cost FROM journey AS j', f.minutes) AS a
    WHERE a.kind = 'demand'
)
SELECT g.place_kind, g.place_id, v.service_id, r.site_id, r.minutes, coalesce(n.sites_within, 0), c.access
FROM place_group AS g CROSS JOIN (SELECT DISTINCT o.service_id FROM service_place AS o) AS v
    LEFT JOIN near AS n ON n.place_kind = g.place_kind AND n.place_id = g.place_id AND n.service_id = v.service_id
    LEFT JOIN ranked AS r ON r.place_kind = n.place_kind AND r.place_id = n.place_id AND r.rank = n.rank
    LEFT JOIN score AS c ON v.service_id = '(practice)' AND c.demand_id = g.place_kind || ' ' || g.place_id
$$),
('access_group', 'access_group', 'How far people are from each service, by group of people.', $$
WITH far AS (
    SELECT max(s.value)::double precision AS minutes FROM setting AS s WHERE s.name = 'far_minutes'
), part AS MATERIALIZED (
    -- A part is the people of a group in a place who belong to one unit.
    SELECT CASE WHEN n.site_id = '(none)' THEN 'organisation' ELSE 'site' END AS unit_kind,
        CASE WHEN n.site_id = '(none)' THEN coalesce(g.organisation_id, '(unassigned)') ELSE n.site_id END AS unit_id,
        n.place_kind, n.place_id, d.dimension, d.group_name, sum(n.people)::double precision AS people
    FROM place_people AS n JOIN place_group AS g ON g.place_kind = n.place_kind AND g.place_id = n.place_id
        CROSS JOIN LATERAL (VALUES ('all', 'all'), ('deprivation', coalesce('fifth ' || g.fifth, 'unknown')), ('population_group', n.population_group)) AS d (dimension, group_name)
    GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT q.unit_kind, q.unit_id, a.service_id, q.dimension, q.group_name, sum(q.people), coalesce(sum(q.people) FILTER (WHERE a.minutes IS NOT NULL), 0),
    coalesce(sum(q.people) FILTER (WHERE coalesce(a.minutes > f.minutes, true)), 0), count(a.minutes),
    coalesce(sum(q.people * a.minutes), 0), coalesce(sum(q.people ^ 2) FILTER (WHERE a.minutes IS NOT NULL), 0),
    coalesce(sum(q.people ^ 2 * a.minutes), 0), coalesce(sum(q.people ^ 2 * a.minutes ^ 2), 0),
    coalesce(sum(q.people) FILTER (WHERE a.score IS NOT NULL), 0), coalesce(sum(q.people * a.score), 0)
FROM part AS q CROSS JOIN far AS f
    JOIN access_place AS a ON a.place_kind = q.place_kind AND a.place_id = q.place_id
GROUP BY 1, 2, 3, 4, 5
$$),
('small_service', 'small_service', 'Services with a small contract.', $$
WITH in_force AS (
    SELECT c.service_id, sum(c.value) AS value
    FROM (SELECT DISTINCT ON (c.contract_id) c.* FROM contract AS c CROSS JOIN parameter AS p
          WHERE c.contract_id IS NOT NULL AND c.starts_on <= p.as_at_date AND coalesce(c.ends_on >= p.as_at_date, true) AND c.value > 0 AND c.value < 1e12
          ORDER BY c.contract_id, c.starts_on DESC, c.provider_id, c.service_id, c.value) AS c
    GROUP BY c.service_id
), attended AS (
    SELECT m.service_id, sum(m.attended) AS contacts
    FROM activity_month AS m CROSS JOIN parameter AS p
    WHERE m.month < date_trunc('month', p.as_at_date::timestamp)::date AND m.month >= date_trunc('month', p.as_at_date::timestamp)::date - interval '1 year'
    GROUP BY m.service_id
), located AS (
    SELECT o.service_id, round(avg(s.longitude::numeric), 6) AS longitude, round(avg(s.latitude::numeric), 6) AS latitude
    FROM service_place AS o JOIN known_site AS s ON s.site_id = o.site_id
    WHERE s.longitude BETWEEN -180 AND 180 AND s.latitude BETWEEN -90 AND 90
    GROUP BY o.service_id
)
SELECT v.service_id, f.value::double precision, coalesce(a.contacts, 0)::double precision, v.age_group, v.kind, l.longitude::double precision, l.latitude::double precision
FROM in_force AS f JOIN known_service AS v ON v.service_id = f.service_id
    LEFT JOIN attended AS a ON a.service_id = f.service_id
    LEFT JOIN located AS l ON l.service_id = f.service_id
WHERE f.value <= (SELECT sum(i.value) FROM in_force AS i) * (SELECT max(s.value)::numeric FROM setting AS s WHERE s.name = 'lot_service_share')
$$),
('newcomer', 'newcomer', 'People without a place on a list, by where they live.', $$
SELECT n.place_kind, n.place_id, n.from_site_id, count(*) FROM newcomer_person AS n GROUP BY 1, 2, 3
$$),
('care_group_site', 'care_group_site', 'Sites, their care groups and their people.', $$
SELECT s.site_id, h.organisation_id, s.people::double precision
FROM place_site AS s
    LEFT JOIN (SELECT DISTINCT ON (c.site_id) c.site_id, c.organisation_id
               FROM chain AS c WHERE c.organisation_kind = 'care_group' AND c.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
               ORDER BY c.site_id, c.organisation_level DESC, c.organisation_id) AS h ON h.site_id = s.site_id
WHERE s.people > 0
$$),
('geography_problem', 'geography_problem', 'What the optimisers are asked.', $$
WITH option AS (
    SELECT max(s.value) FILTER (WHERE s.name = 'group_tolerance')::double precision AS tolerance,
        max(s.value) FILTER (WHERE s.name = 'group_change_minutes')::double precision AS change_minutes,
        max(s.value) FILTER (WHERE s.name = 'consolidate_sites')::double precision AS consolidate_sites,
        max(s.value) FILTER (WHERE s.name = 'far_minutes')::double precision AS far_minutes,
        floor(max(s.value) FILTER (WHERE s.name = 'lots')::numeric) AS lots,
        max(s.value) FILTER (WHERE s.name = 'lot_value_share')::double precision AS value_share,
        max(s.value) FILTER (WHERE s.name = 'lot_contacts_share')::double precision AS contacts_share,
        string_agg(format('%s = %s', s.name, s.value), ', ' ORDER BY s.name) FILTER (WHERE s.name IN ('place_kinds', 'travel_mode', 'travel_detour', 'travel_kmh')) AS parameters,
        max(s.value) FILTER (WHERE s.name = 'travel_detour')::double precision AS detour,
        max(s.value) FILTER (WHERE s.name = 'travel_kmh')::double precision AS kmh
    FROM setting AS s
), room AS MATERIALIZED (
    SELECT s.site_id, s.people > s.capacity_people AS is_over,
        CASE WHEN s.people > s.capacity_people THEN ceil(s.people) - floor(s.capacity_people) ELSE 0 END AS over,
        CASE WHEN s.capacity_people IS NULL THEN 1e15 WHEN s.people > s.capacity_people THEN 0 ELSE greatest(floor(s.capacity_people) - ceil(coalesce(s.people, 0)), 0) END AS room
    FROM place_site AS s
), reach AS MATERIALIZED (
    -- Whether each place of a site over capacity reaches room for all who are
    -- too many anywhere: then any of them may go first.
    SELECT coalesce(bool_and(p.room >= (SELECT sum(r.over) FROM room AS r)), false) AS is_direct
    FROM (SELECT n.place_kind, n.place_id, coalesce(sum(r.room), 0) AS room
          FROM (SELECT DISTINCT n.place_kind, n.place_id FROM place_people AS n JOIN room AS o ON o.site_id = n.site_id AND o.is_over) AS n
              LEFT JOIN journey AS j ON j.place_kind = n.place_kind AND j.place_id = n.place_id
              LEFT JOIN room AS r ON r.site_id = j.site_id
          GROUP BY 1, 2) AS p
), asked AS (
    -- Who goes to which site.
    SELECT 'allocation' AS problem, '(practice)' AS service_id,
        'SELECT g.place_kind || '' '' || g.place_id AS id, round(g.people)::bigint AS amount FROM place_group AS g' AS demand_sql,
        'SELECT s.site_id AS id, floor(coalesce(s.capacity_people, (SELECT sum(g.people) FROM place_group AS g)))::bigint AS capacity FROM place_site AS s' AS sites_sql,
        'SELECT j.place_kind || '' '' || j.place_id AS demand_id, j.site_id, j.minutes AS cost FROM journey AS j WHERE j.site_id IN (SELECT s.site_id FROM place_site AS s)' AS pairs_sql,
        NULL::integer AS groups, NULL::double precision AS lower_people, NULL::double precision AS upper_people, NULL::double precision AS change_minutes, NULL::double precision AS lower_contacts
    WHERE EXISTS (SELECT FROM place_site AS s WHERE s.capacity_people IS NOT NULL) AND EXISTS (SELECT FROM place_group)
        AND (SELECT count(*) FROM journey) <= 5000000
    UNION ALL
    -- Where those who have no place find one in the room that is left.
    SELECT 'joiners', '(practice)',
        'SELECT ROW(n.place_kind, n.place_id, n.from_site_id)::text AS id, n.people AS amount, nullif(n.from_site_id, ''(none)'') AS site_id FROM newcomer AS n UNION ALL SELECT ''site '' || s.site_id, ceil(s.people)::bigint, s.site_id FROM place_site AS s WHERE s.people > 0',
        'SELECT s.site_id AS id, greatest(floor(coalesce(s.capacity_people, coalesce(s.people, 0) + (SELECT sum(n.people) FROM newcomer AS n) + 1)), ceil(coalesce(s.people, 0)))::bigint AS capacity FROM place_site AS s',
        'SELECT ROW(n.place_kind, n.place_id, n.from_site_id)::text AS demand_id, j.site_id, j.minutes AS cost FROM newcomer AS n JOIN journey AS j ON j.place_kind = n.place_kind AND j.place_id = n.place_id WHERE j.site_id IN (SELECT s.site_id FROM place_site AS s)',
        NULL, NULL, NULL, NULL, NULL
    WHERE EXISTS (SELECT FROM newcomer) AND EXISTS (SELECT FROM place_site AS s WHERE s.capacity_people IS NOT NULL)
    UNION ALL
    -- Who would move so that no site is over capacity.  All can stay where
    -- they are, also who is registered beyond the reach of the journeys.  Where
    -- each place of a site over capacity reaches room for all who are too many,
    -- nobody of another site moves, and only its people are asked about.
    SELECT 'reallocation', '(practice)',
        'SELECT ROW(n.place_kind, n.place_id, n.site_id)::text AS id, round(sum(n.people))::bigint AS amount, n.site_id FROM place_people AS n ' || m.which || 'GROUP BY n.place_kind, n.place_id, n.site_id',
        CASE WHEN r.is_direct THEN 'SELECT s.site_id AS id, CASE WHEN s.people > s.capacity_people THEN floor(s.capacity_people)
    ELSE greatest(floor(coalesce(s.capacity_people, coalesce(s.people, 0) + (SELECT sum(n.people) FROM place_people AS n) + 1)) - ceil(coalesce(s.people, 0)), 0) END::bigint AS capacity FROM place_site AS s'
            ELSE 'SELECT s.site_id AS id, floor(coalesce(s.capacity_people, (SELECT sum(n.people) FROM place_people AS n) + 1))::bigint AS capacity FROM place_site AS s' END,
        format('SELECT ROW(n.place_kind, n.place_id, n.site_id)::text AS demand_id, j.site_id, j.minutes AS cost FROM (SELECT DISTINCT n.place_kind, n.place_id, n.site_id FROM place_people AS n %1$s) AS n JOIN journey AS j ON j.place_kind = n.place_kind AND j.place_id = n.place_id WHERE j.site_id IN (SELECT s.site_id FROM place_site AS s)
UNION ALL
SELECT ROW(n.place_kind, n.place_id, n.site_id)::text, n.site_id, %2$s FROM (SELECT DISTINCT n.place_kind, n.place_id, n.site_id FROM place_people AS n %1$s) AS n
WHERE NOT EXISTS (SELECT FROM journey AS j WHERE j.place_kind = n.place_kind AND j.place_id = n.place_id AND j.site_id = n.site_id)', m.which, x.far_minutes),
        NULL, NULL, NULL, NULL, NULL
    FROM option AS x CROSS JOIN reach AS r
        CROSS JOIN LATERAL (SELECT CASE WHEN r.is_direct THEN 'WHERE n.site_id IN (SELECT s.site_id FROM place_site AS s WHERE s.people > s.capacity_people) ' ELSE '' END AS which) AS m
    WHERE EXISTS (SELECT FROM place_site AS s WHERE s.people > s.capacity_people) AND EXISTS (SELECT FROM place_people AS n WHERE n.site_id <> '(none)')
        AND (SELECT count(*) FROM journey) <= 5000000
    UNION ALL
    -- Care groups of about as many people each.
    SELECT 'care_groups', '(practice)',
        'SELECT s.site_id AS id, s.people AS amount, s.organisation_id AS existing_group FROM care_group_site AS s',
        format('SELECT a.site_id AS from_id, b.site_id AS to_id, coalesce(least(j.minutes, k.minutes), caregroup.journey_minutes(a.longitude, a.latitude, b.longitude, b.latitude, %s, %s)) AS cost
FROM place_site AS a JOIN place_site AS b ON a.site_id < b.site_id
    LEFT JOIN journey AS j ON j.place_kind = ''site'' AND j.place_id = a.site_id AND j.site_id = b.site_id
    LEFT JOIN journey AS k ON k.place_kind = ''site'' AND k.place_id = b.site_id AND k.site_id = a.site_id
WHERE coalesce(j.minutes, k.minutes, caregroup.journey_minutes(a.longitude, a.latitude, b.longitude, b.latitude, %1$s, %2$s)) IS NOT NULL', x.detour, x.kmh),
        NULL, c.groups, c.people / c.groups * greatest(1 - x.tolerance, 0), greatest(c.people / c.groups * (1 + x.tolerance), c.largest), x.change_minutes, NULL
    FROM option AS x CROSS JOIN (SELECT count(DISTINCT s.organisation_id)::integer AS groups, count(*) AS sites, sum(s.people) AS people, max(s.people) AS largest FROM care_group_site AS s) AS c
    WHERE c.groups >= 2 AND c.sites > c.groups AND c.sites <= 500
    UNION ALL
    -- Small services in lots: what goes badly together is children with adults
    -- (20), another kind of care (5), and each 5 km between the middles of
    -- their sites (1).
    SELECT 'lots', '(practice)',
        'SELECT s.service_id AS id, s.value, s.contacts, 1 AS weight FROM small_service AS s',
        'SELECT a.service_id AS from_id, b.service_id AS to_id, 20 * (a.age_group IS DISTINCT FROM b.age_group)::integer + 5 * (a.kind IS DISTINCT FROM b.kind)::integer
    + coalesce(caregroup.journey_minutes(a.longitude, a.latitude, b.longitude, b.latitude, 1, 60), 0) / 5 AS cost
FROM small_service AS a JOIN small_service AS b ON a.service_id < b.service_id',
        NULL, x.lots::integer, c.value / x.lots::double precision * x.value_share, NULL, NULL, c.contacts / x.lots::double precision * x.contacts_share
    FROM option AS x CROSS JOIN (SELECT count(*) AS services, sum(s.value ORDER BY s.value) AS value, sum(s.contacts ORDER BY s.contacts) AS contacts FROM small_service AS s) AS c
    WHERE x.lots >= 2 AND c.services > x.lots AND c.services <= 300
    UNION ALL
    -- A service on fewer sites; places beyond the reach of the journeys come
    -- by straight lines, so that one site can serve all.
    SELECT 'consolidation', o.service_id,
        'SELECT g.place_kind || '' '' || g.place_id AS id, g.people AS amount, coalesce(''fifth '' || g.fifth, ''unknown'') AS deprivation, g.no_car FROM place_group AS g WHERE g.longitude IS NOT NULL AND g.latitude IS NOT NULL OR EXISTS (SELECT FROM journey AS j WHERE j.place_kind = g.place_kind AND j.place_id = g.place_id)',
        format('SELECT o.site_id AS id FROM service_place AS o WHERE o.service_id = %L', o.service_id),
        format('SELECT g.place_kind || '' '' || g.place_id AS demand_id, o.site_id, coalesce(j.minutes, caregroup.journey_minutes(g.longitude, g.latitude, s.longitude, s.latitude, %s, %s)) AS cost
FROM place_group AS g JOIN service_place AS o ON o.service_id = %L JOIN known_site AS s ON s.site_id = o.site_id
    LEFT JOIN journey AS j ON j.place_kind = g.place_kind AND j.place_id = g.place_id AND j.site_id = o.site_id
WHERE coalesce(j.minutes, caregroup.journey_minutes(g.longitude, g.latitude, s.longitude, s.latitude, %1$s, %2$s)) IS NOT NULL', x.detour, x.kmh, o.service_id),
        NULL, NULL, NULL, NULL, NULL
    FROM option AS x CROSS JOIN (SELECT o.service_id, count(*) AS sites FROM service_place AS o WHERE o.service_id <> '(practice)' GROUP BY o.service_id) AS o
    WHERE o.sites BETWEEN 2 AND x.consolidate_sites AND (SELECT count(*) FROM place_group) BETWEEN 1 AND 5000
), read AS MATERIALIZED (
    -- As numeric, so that no session's extra_float_digits shows.
    SELECT (SELECT caregroup.input_fingerprint(ROW(j.place_kind, j.place_id, j.site_id, j.minutes::numeric)::text) FROM journey AS j) AS journeys,
        (SELECT caregroup.input_fingerprint(ROW(g.place_kind, g.place_id, g.longitude::numeric, g.latitude::numeric, g.people, g.fifth, g.no_car)::text) FROM place_group AS g) AS places,
        (SELECT caregroup.input_fingerprint(ROW(s.site_id, s.capacity_people, s.people)::text) FROM place_site AS s) AS sites,
        (SELECT caregroup.input_fingerprint(ROW(s.site_id, s.organisation_id, s.people::numeric)::text) FROM care_group_site AS s) AS grouped,
        (SELECT caregroup.input_fingerprint(ROW(s.site_id, s.longitude::numeric, s.latitude::numeric)::text) FROM known_site AS s) AS coordinates,
        (SELECT caregroup.input_fingerprint(ROW(n.place_kind, n.place_id, n.from_site_id, n.people)::text) FROM newcomer AS n) AS newcomers,
        (SELECT caregroup.input_fingerprint(ROW(v.service_id, v.value::numeric, v.contacts::numeric, v.age_group, v.kind, v.longitude::numeric, v.latitude::numeric)::text) FROM small_service AS v) AS services,
        (SELECT caregroup.input_fingerprint(ROW(n.place_kind, n.place_id, n.site_id, n.people)::text)
         FROM (SELECT n.place_kind, n.place_id, n.site_id, sum(n.people) AS people FROM place_people AS n GROUP BY 1, 2, 3) AS n) AS registered,
        -- What allocate() reads, no more: the kept plans have the same.
        (SELECT caregroup.input_fingerprint(ROW(g.place_kind, g.place_id, round(g.people)::bigint)::text) FROM place_group AS g WHERE round(g.people) > 0) AS demand,
        (SELECT caregroup.input_fingerprint(ROW(s.site_id, floor(coalesce(s.capacity_people, (SELECT sum(g.people) FROM place_group AS g)))::bigint)::text) FROM place_site AS s) AS capacities,
        (SELECT caregroup.input_fingerprint(ROW(j.place_kind, j.place_id, j.site_id, j.minutes::numeric)::text) FROM journey AS j
         WHERE EXISTS (SELECT FROM place_site AS s WHERE s.site_id = j.site_id) AND EXISTS (SELECT FROM place_group AS g WHERE g.place_kind = j.place_kind AND g.place_id = j.place_id AND round(g.people) > 0)) AS pairs
), offered AS (
    SELECT o.service_id, caregroup.input_fingerprint(o) AS offers FROM service_place AS o GROUP BY o.service_id
)
SELECT a.problem, a.service_id, a.demand_sql, a.sites_sql, a.pairs_sql, a.groups, a.lower_people, a.upper_people, a.change_minutes, caregroup.caregroup_version(),
    md5(concat_ws('|', a.demand_sql, a.sites_sql, a.pairs_sql, a.groups, a.lower_people::numeric, a.upper_people::numeric, a.change_minutes::numeric, a.lower_contacts::numeric, caregroup.caregroup_version(),
        CASE a.problem WHEN 'allocation' THEN concat_ws('|', x.parameters, r.demand, r.capacities, r.pairs)
            WHEN 'joiners' THEN concat_ws('|', r.newcomers, r.sites, r.journeys)
            WHEN 'reallocation' THEN concat_ws('|', r.registered, r.sites, r.journeys)
            WHEN 'lots' THEN r.services
            WHEN 'care_groups' THEN concat_ws('|', r.journeys, r.places, r.coordinates, r.grouped)
            ELSE concat_ws('|', r.journeys, r.places, r.coordinates, o.offers) END)),
    CASE a.problem WHEN 'allocation' THEN x.parameters END, CASE a.problem WHEN 'allocation' THEN r.demand END,
    CASE a.problem WHEN 'allocation' THEN r.capacities END, CASE a.problem WHEN 'allocation' THEN r.pairs END, a.lower_contacts
FROM asked AS a CROSS JOIN read AS r CROSS JOIN option AS x LEFT JOIN offered AS o ON o.service_id = a.service_id
$$);

INSERT INTO hub_step (step, result, description, query, stale) VALUES
('allocation_row', 'allocation_row', 'Who could go where within capacity, so that the least is travelled.', $$
SELECT row_number() OVER (), g.fingerprint, clock_timestamp(), a.kind, split_part(a.demand_id, ' ', 1), substr(a.demand_id, strpos(a.demand_id, ' ') + 1),
    a.site_id, a.amount, a.cost, a.total_cost, a.capacity, a.one_more_serves, a.one_more_saves, a.reason, a.objective, a.bound, a.gap, a.status, a.seconds
FROM geography_problem AS g
    CROSS JOIN LATERAL caregroup.allocate(g.demand_sql, g.sites_sql, g.pairs_sql) AS a
WHERE g.problem = 'allocation' AND NOT EXISTS (SELECT FROM allocation_row)
$$, $$t.fingerprint NOT IN (SELECT g.fingerprint FROM geography_problem AS g WHERE g.problem = 'allocation')$$),
('care_group_row', 'care_group_row', 'Care groups as they could be.', $$
SELECT row_number() OVER (), g.fingerprint, clock_timestamp(), f.kind, f.unit_id, f.centre_id, f.group_number, f.existing_group, f.is_changed, f.amounts[1], f.cost,
    f.objective, f.bound, f.gap, f.status, f.explanation, f.seconds
FROM geography_problem AS g
    CROSS JOIN LATERAL caregroup.form_groups(g.demand_sql, g.sites_sql, g.groups, lower => ARRAY[g.lower_people], upper => ARRAY[g.upper_people],
        -- What is not proved after a second or two is within the gap that it says.
        change_penalty => g.change_minutes, effort => 0.2) AS f
WHERE g.problem = 'care_groups' AND NOT EXISTS (SELECT FROM care_group_row)
$$, $$t.fingerprint NOT IN (SELECT g.fingerprint FROM geography_problem AS g WHERE g.problem = 'care_groups')$$),
('lot_row', 'lot_row', 'Small services in lots, each of which is viable.', $$
SELECT row_number() OVER (), g.fingerprint, clock_timestamp(), f.kind, f.unit_id, f.centre_id, f.group_number, f.amounts[1], f.amounts[2], f.cost,
    f.objective, f.bound, f.gap, f.status, f.explanation, f.seconds
FROM geography_problem AS g
    CROSS JOIN LATERAL caregroup.form_groups(g.demand_sql, g.sites_sql, g.groups, '{value,contacts}', lower => ARRAY[g.lower_people, g.lower_contacts], effort => 0.2) AS f
WHERE g.problem = 'lots' AND NOT EXISTS (SELECT FROM lot_row)
$$, $$t.fingerprint NOT IN (SELECT g.fingerprint FROM geography_problem AS g WHERE g.problem = 'lots')$$),
('consolidation_row', 'consolidation_row', 'Services on fewer sites: who would gain and who would lose.', $$
SELECT g.service_id, row_number() OVER (PARTITION BY g.service_id), g.fingerprint, clock_timestamp(), c.p, c.by_column, c.by_value, c.amount, c.cost_now, c.cost_then,
    c.worst_now, c.worst_then, c.amount_losing, c.mean_loss, c.open_sites, c.objective, c.bound, c.gap, c.status, c.explanation, c.seconds
FROM geography_problem AS g
    CROSS JOIN LATERAL caregroup.consolidate(g.demand_sql, g.sites_sql, g.pairs_sql, by => '{deprivation,no_car}') AS c
WHERE g.problem = 'consolidation' AND NOT EXISTS (SELECT FROM consolidation_row AS r WHERE r.service_id = g.service_id)
$$, $$t.fingerprint NOT IN (SELECT g.fingerprint FROM geography_problem AS g WHERE g.problem = 'consolidation')$$);

INSERT INTO hub_step (step, result, description, query, stale) VALUES
('allocation_move', 'allocation_move', 'Where those without a place could go, and who would move so that no site is over capacity.', $$
WITH answer AS (
    SELECT g.problem, g.fingerprint, a.kind, a.demand_id, a.site_id, a.from_site_id, a.amount, a.cost, a.reason, a.objective, a.bound, a.gap, a.status, a.seconds
    FROM geography_problem AS g CROSS JOIN LATERAL caregroup.allocate_new(g.demand_sql, g.sites_sql, g.pairs_sql, place_values => false) AS a
    WHERE g.problem = 'joiners' AND NOT EXISTS (SELECT FROM allocation_move AS m WHERE m.problem = 'joiners')
    UNION ALL
    SELECT g.problem, g.fingerprint, a.kind, a.demand_id, a.site_id, a.from_site_id, a.amount, a.cost, a.reason, a.objective, a.bound, a.gap, a.status, a.seconds
    FROM geography_problem AS g CROSS JOIN LATERAL caregroup.reallocate(g.demand_sql, g.sites_sql, g.pairs_sql, place_values => false) AS a
    WHERE g.problem = 'reallocation' AND NOT EXISTS (SELECT FROM allocation_move AS m WHERE m.problem = 'reallocation')
), place AS (
    SELECT 'joiners' AS problem, ROW(n.place_kind, n.place_id, n.from_site_id)::text AS demand_id, n.place_kind, n.place_id, nullif(n.from_site_id, '(none)') AS site_id FROM newcomer AS n
    UNION ALL
    SELECT DISTINCT 'reallocation', ROW(n.place_kind, n.place_id, n.site_id)::text, n.place_kind, n.place_id, n.site_id FROM place_people AS n
), moved AS (
    SELECT a.problem, a.fingerprint, CASE a.kind WHEN 'unserved' THEN 'unserved' ELSE 'move' END AS kind, p.place_kind, p.place_id, p.site_id AS from_site_id, a.site_id, a.amount, a.cost, a.reason
    FROM answer AS a JOIN place AS p ON p.problem = a.problem AND p.demand_id = a.demand_id
    WHERE a.kind IN ('flow', 'move', 'unserved')
)
SELECT m.problem, row_number() OVER (PARTITION BY m.problem ORDER BY m.place_kind, m.place_id, m.from_site_id, m.site_id), m.fingerprint, clock_timestamp(), m.kind, m.place_kind, m.place_id,
    m.from_site_id, m.site_id, m.amount, CASE m.problem WHEN 'reallocation' THEN j.minutes END, m.cost,
    CASE WHEN m.kind = 'unserved' THEN CASE m.reason WHEN 'no pair' THEN 'no journey' ELSE m.reason END
         WHEN m.problem = 'joiners' THEN CASE WHEN m.from_site_id IS NULL THEN 'new' ELSE 'site is gone' END
         WHEN s.people > s.capacity_people THEN 'over capacity' ELSE 'makes room' END,
    NULL::double precision, NULL::double precision, NULL::double precision, NULL, NULL::double precision
FROM moved AS m
    LEFT JOIN journey AS j ON j.place_kind = m.place_kind AND j.place_id = m.place_id AND j.site_id = m.from_site_id
    LEFT JOIN place_site AS s ON s.site_id = m.from_site_id
UNION ALL
SELECT a.problem, 0, a.fingerprint, clock_timestamp(), 'summary', NULL, NULL, NULL, NULL,
    (SELECT coalesce(sum(m.amount), 0) FROM moved AS m WHERE m.problem = a.problem AND m.kind = 'move'), NULL, NULL, NULL, a.objective, a.bound, CASE WHEN a.gap < 1e-12 THEN 0 ELSE a.gap END, a.status, a.seconds
FROM answer AS a WHERE a.kind = 'summary'
$$, $$t.fingerprint NOT IN (SELECT g.fingerprint FROM geography_problem AS g WHERE g.problem = t.problem)$$),
-- A plan is in the history when the last of these three steps is done; until
-- then what the first two wrote is nobody's and goes with the next run.
('allocation_plan_flow', 'allocation_plan_flow', 'The plan of who could go where kept, where it is another than the one before.', $$
SELECT n.run, a.place_kind, a.place_id, coalesce(a.site_id, '(none)'), sum(a.people)::bigint, min(a.minutes)
FROM allocation_new_run AS n JOIN allocation_row AS a ON a.fingerprint = n.fingerprint
WHERE a.kind IN ('flow', 'unserved')
GROUP BY 1, 2, 3, 4
$$, $$t.run NOT IN (SELECT k.run FROM allocation_plan AS k) OR t.run IN (SELECT n.run FROM allocation_new_run AS n) OR t.run IN (SELECT e.run FROM allocation_plan_expired AS e)$$),
('allocation_plan_site', 'allocation_plan_site', 'Its sites, and what changed there.', $$
WITH flow AS (
    SELECT coalesce(f.site_id, b.site_id) AS site_id, coalesce(f.people, 0) AS people, coalesce(f.people * f.minutes, 0) AS person_minutes,
        coalesce(b.people, 0) AS before, coalesce(b.people * b.minutes, 0) AS minutes_before
    FROM (SELECT f.* FROM allocation_plan_flow AS f JOIN allocation_new_run AS n ON n.run = f.run) AS f
        FULL JOIN (SELECT b.* FROM allocation_plan_flow AS b JOIN allocation_new_run AS n ON n.previous_run = b.run) AS b
            ON b.place_kind = f.place_kind AND b.place_id = f.place_id AND b.site_id = f.site_id
), site AS (
    SELECT f.site_id, sum(f.people)::bigint AS people, sum(f.person_minutes ORDER BY f.person_minutes) AS person_minutes, sum(f.before)::bigint AS before, sum(f.minutes_before ORDER BY f.minutes_before) AS minutes_before,
        sum(greatest(f.people - f.before, 0))::bigint AS coming, sum(greatest(f.before - f.people, 0))::bigint AS going
    FROM flow AS f GROUP BY 1
), planned AS (
    SELECT a.site_id, a.capacity_people AS capacity, s.capacity_people IS NOT NULL AS is_known
    FROM allocation_row AS a JOIN allocation_new_run AS n ON n.fingerprint = a.fingerprint
        LEFT JOIN place_site AS s ON s.site_id = a.site_id
    WHERE a.kind = 'site'
), known AS (
    SELECT p.site_id FROM planned AS p UNION SELECT f.site_id FROM site AS f
)
SELECT n.run, k.site_id, p.site_id IS NOT NULL, p.capacity, coalesce(p.is_known, false), coalesce(f.people, 0), coalesce(f.person_minutes, 0), coalesce(f.before, 0), coalesce(f.minutes_before, 0),
    CASE WHEN n.previous_run IS NULL THEN 0 ELSE coalesce(f.coming, 0) END, coalesce(f.going, 0)
FROM allocation_new_run AS n CROSS JOIN known AS k
    LEFT JOIN planned AS p ON p.site_id = k.site_id
    LEFT JOIN site AS f ON f.site_id = k.site_id
$$, $$t.run NOT IN (SELECT k.run FROM allocation_plan AS k) OR t.run IN (SELECT n.run FROM allocation_new_run AS n) OR t.run IN (SELECT e.run FROM allocation_plan_expired AS e)$$),
('allocation_plan', 'allocation_plan', 'The plan entered in the history.', $$
SELECT n.run, n.previous_run, p.as_at, a.solved_at, g.version, g.parameters, g.fingerprint, g.demand_fingerprint, g.sites_fingerprint, g.pairs_fingerprint,
    f.places, s.sites, s.capacity, coalesce(a.people, 0), f.unserved, a.minutes, a.objective, a.bound, a.gap, a.status, a.reason, a.seconds, false, NULL
FROM allocation_new_run AS n
    JOIN geography_problem AS g ON g.problem = 'allocation'
    JOIN allocation_row AS a ON a.kind = 'summary'
    CROSS JOIN parameter AS p
    CROSS JOIN LATERAL (SELECT count(DISTINCT (f.place_kind, f.place_id)) AS places, coalesce(sum(f.people) FILTER (WHERE f.site_id = '(none)'), 0)::bigint AS unserved
                        FROM allocation_plan_flow AS f WHERE f.run = n.run) AS f
    CROSS JOIN LATERAL (SELECT count(*) AS sites, CASE WHEN bool_and(s.capacity_is_known) THEN sum(s.capacity)::bigint END AS capacity
                        FROM allocation_plan_site AS s WHERE s.run = n.run AND s.is_open) AS s
$$, $$t.run IN (SELECT n.run FROM allocation_new_run AS n) OR t.run IN (SELECT e.run FROM allocation_plan_expired AS e)$$);

INSERT INTO hub_step (step, result, description, query) VALUES
('allocation_travel', 'allocation_travel', 'How long people travel to where they are registered, and would travel by the plan.', $$
SELECT 'now', n.site_id, round(j.minutes)::integer, sum(n.people)::double precision, sum(n.people::double precision * j.minutes)
FROM place_people AS n JOIN journey AS j ON j.place_kind = n.place_kind AND j.place_id = n.place_id AND j.site_id = n.site_id
GROUP BY 2, 3
UNION ALL
SELECT 'planned', a.site_id, round(a.minutes)::integer, sum(a.people)::double precision, sum(a.person_minutes)
FROM allocation_row AS a WHERE a.kind = 'flow'
GROUP BY 2, 3
$$),
('care_group_now', 'care_group_now', 'Care groups of today, as the proposal would measure them.', $$
WITH pair AS (
    SELECT a.organisation_id, b.site_id AS centre_id, a.site_id, a.people, m.minutes
    FROM care_group_site AS a JOIN care_group_site AS b ON b.organisation_id = a.organisation_id
        JOIN place_site AS p ON p.site_id = a.site_id JOIN place_site AS q ON q.site_id = b.site_id
        LEFT JOIN journey AS j ON j.place_kind = 'site' AND j.place_id = a.site_id AND j.site_id = b.site_id
        LEFT JOIN journey AS k ON k.place_kind = 'site' AND k.place_id = b.site_id AND k.site_id = a.site_id
        CROSS JOIN (SELECT max(s.value) FILTER (WHERE s.name = 'travel_detour')::double precision AS detour,
                        max(s.value) FILTER (WHERE s.name = 'travel_kmh')::double precision AS kmh FROM setting AS s) AS x
        CROSS JOIN LATERAL (SELECT CASE WHEN a.site_id = b.site_id THEN 0
            ELSE coalesce(least(j.minutes, k.minutes), caregroup.journey_minutes(p.longitude, p.latitude, q.longitude, q.latitude, x.detour, x.kmh)) END AS minutes) AS m
), around AS (
    SELECT c.organisation_id, c.centre_id, count(*) AS sites, sum(c.people) AS people, max(c.minutes) AS worst,
        CASE WHEN count(c.minutes) = count(*) THEN sum(c.people * c.minutes) END AS person_minutes
    FROM pair AS c GROUP BY 1, 2
)
SELECT DISTINCT ON (c.organisation_id) c.organisation_id, c.centre_id, c.sites, c.people, c.person_minutes / nullif(c.people, 0), CASE WHEN c.person_minutes IS NOT NULL THEN c.worst END
FROM around AS c
ORDER BY c.organisation_id, c.person_minutes, c.centre_id
$$);
