-- A hub's own tables, and the steps that fill its results.
--
-- Results are kept at the grain of the site; reports roll them up along the
-- chain of command.  What cannot be given to a known site goes to the site
-- '(unassigned)', so that the parts always add up to the whole.

INSERT INTO hub_table (table_name, kind, key_columns, description, columns) VALUES
('setting', 'state', 'name', 'A setting of the hub; change it with caregroup.configure_hub().', $$
    name    text                    -- Name of the setting.
    value   text                    -- Its value.
    meaning text NOT NULL           -- What it does.
    version caregroup.hub_version   -- Version of caregroup that wrote the row.
$$),
('binding', 'state', 'entity', 'What an input view is bound to.', $$
    entity      text                         -- Entity of the contract.
    query       text NOT NULL                -- The query that was bound.
    search_path text NOT NULL                -- Schemas on which its names were looked up.
    security    text NOT NULL                -- owner or invoker: with whose rights the sources are read.
    bound_by    text NOT NULL                -- Who bound it.
    bound_at    timestamptz NOT NULL         -- When.
    suspended   boolean NOT NULL             -- Whether the input is empty until resume_hub().
$$),
('binding_column', 'state', 'entity, column_name', 'Where a bound column comes from.', $$
    entity        text                 -- Entity of the contract.
    column_name   text                 -- Its column.
    source_type   text NOT NULL        -- Type in the bound query.
    origin_table  text                 -- Table or view, where the column is one of it as it stands.
    origin_column text                 -- Column of that table.
    breaks_index  boolean NOT NULL     -- Whether a conversion keeps an index on it from being used.
$$),
('view_made', 'state', 'view_name', 'What a view of the hub was made from.', $$
    view_name text              -- View.
    made_from text NOT NULL     -- Fingerprint of its definition and of the contract.
$$),
('granted', 'state', 'role_name', 'A role that grant_hub() granted a template.', $$
    role_name text              -- Role.
    template  text NOT NULL     -- reader or loader.
$$),
('recalculation', 'state', 'run', 'A run of recalculate().', $$
    run           bigint GENERATED ALWAYS AS IDENTITY   -- Number of the run.
    started       timestamptz NOT NULL                  -- Start.
    finished      timestamptz                           -- End, good or bad.
    state         text NOT NULL                         -- running, finished, failed or interrupted.
    as_at         timestamptz NOT NULL                  -- Moment for which results are worked out.
    error         text                                  -- What went wrong.
    pid           integer                               -- Process that ran it.
    backend_start timestamptz                           -- Start of that process, which tells it from a later one of the same number.
    called_at     timestamptz                           -- Start of its CALL, which tells it from a later one of the same session.
    run_by        text NOT NULL                         -- Who ran it.
$$),
('recalculation_step', 'state', 'run, step', 'A step of a run of recalculate().', $$
    run       bigint                    -- Number of the run.
    step      text                      -- Step.
    state     text NOT NULL             -- running, finished, failed or interrupted.
    started   timestamptz NOT NULL      -- Start.
    finished  timestamptz               -- End.
    rows      bigint                    -- Rows written.
    seconds   double precision          -- Time taken.
    watermark timestamptz               -- Latest input that the step knows of, where it works in increments.
    error     text                      -- What went wrong.
$$),
('result_state', 'state', 'step', 'The last good run of a step: how fresh its result is.', $$
    step            text                   -- Step.
    as_at           timestamptz NOT NULL   -- Moment that the result is for.
    recalculated_at timestamptz NOT NULL   -- When it was worked out.
    rows            bigint NOT NULL        -- Rows written.
    seconds         double precision       -- Time taken.
$$),
('check_result', 'state', 'check_run, result', 'A figure of a run of check_hub().', $$
    check_run   bigint                    -- Number of the run of check_hub().
    result      bigint                    -- Number of the figure in its run.
    checked_at  timestamptz NOT NULL      -- When it was counted.
    entity      text NOT NULL             -- Entity.
    check_name  text NOT NULL             -- What was checked.
    column_name text                      -- Column.
    provider_id text                      -- Organisation that runs the site of the rows; NULL for all rows.
    detail      text                      -- The rule, the reason code or the advice.
    rows        numeric                   -- Rows concerned.
    out_of      numeric                   -- Rows looked at.
$$),
('organisation_chain', 'result', 'hierarchy, organisation_kind, organisation_id, member_id',
 'An organisation under another of a hierarchy, at any depth; every organisation is under itself.', $$
    hierarchy          text               -- Hierarchy.
    organisation_id    text               -- Organisation.
    organisation_name  text NOT NULL      -- Name to print.
    organisation_kind  text               -- Kind of organisation.
    organisation_level integer NOT NULL   -- 0 at the top.
    member_id          text               -- Organisation under it.
$$),
('chain', 'result', 'hierarchy, organisation_kind, organisation_id, site_id',
 'A site under an organisation of a hierarchy, at any depth; every site is also an organisation of kind site.', $$
    hierarchy          text               -- Hierarchy.
    organisation_id    text               -- Organisation, or the site itself.
    organisation_name  text NOT NULL      -- Name to print.
    organisation_kind  text               -- Kind of organisation, or site.
    organisation_level integer NOT NULL   -- 0 at the top.
    site_id            text               -- Site under it.
$$),
('service_name', 'result', 'service_id', 'A service''s name, for reports.', $$
    service_id   text            -- Service.
    service_name text NOT NULL   -- Name to print.
    kind         text            -- Kind of service.
$$),
('standard_name', 'result', 'standard_id', 'A standard''s name and threshold, for reports.', $$
    standard_id   text            -- Standard.
    standard_name text NOT NULL   -- Name to print.
    threshold     numeric         -- Share that must meet the standard; NULL where none is set.
$$),
('standard_target', 'result', 'organisation_id, standard_id, month', 'The share that an organisation is to reach in a month.', $$
    organisation_id text               -- Organisation.
    standard_id     text               -- Standard.
    month           date               -- First day of the month.
    value           numeric NOT NULL   -- Share to reach; the highest where the input gives several.
$$),
('working_day', 'result', 'calendar_id, day', 'A day of a calendar.', $$
    calendar_id text               -- Calendar.
    day         date               -- Day.
    is_working  boolean NOT NULL   -- Whether it is a working day.
    ordinal     integer NOT NULL   -- Working days of the calendar up to and including it; the difference of two days' ordinals is the working days between them.
$$),
('person_group', 'record', 'person_id', 'A person and the groups that results are broken down by.', $$
    person_id          $record_id         -- Person.
    birth_date         date               -- Day of birth.
    death_date         date               -- Day of death.
    age_years          integer            -- Age in whole years; NULL where the day of birth is unknown.
    age_band           text NOT NULL      -- Five-year age band, or unknown.
    sex                text NOT NULL      -- Sex, or unknown.
    population_group   text NOT NULL      -- Group of people.
    ethnicity          text NOT NULL      -- Ethnicity, or unknown.
    area_id            text               -- Area where the person lives.
    deprivation_decile integer            -- Decile of deprivation, 1 the most deprived.
    site_id            text               -- Site where the person counts as registered, '(unassigned)' where that is unknown; NULL for who is on no list.
    deprivation_group  text NOT NULL DEFAULT 'unknown' -- Fifth of deprivation, from fifth 1 (the most deprived) to fifth 5, or unknown.
    age_group          text NOT NULL DEFAULT 'unknown' -- 00-17, 18-39, 40-64, 65-79, 80+ or unknown.
    profile            bigint             -- Who is alike in deprivation, age group, sex and ethnicity has the same number: a hash of the four. That two differ and have the same would stop the step profile, which keeps each once.
$$),
('profile', 'record', 'profile, dimension', 'The groups that people of one profile belong to: who is alike in all of them is counted together, and then once in each.', $$
    profile    bigint           -- Profile, as in person_group; 0 for people who are not bound.
    dimension  text             -- deprivation (fifths of areas), age, sex or ethnicity.
    group_name text NOT NULL    -- Group of people, or unknown.
$$),
('referral_summary', 'record', 'referral_id', 'A referral with the moments that standards count from and to.', $$
    referral_id            $record_id              -- Referral.
    person_id              $record_id              -- Person.
    site_id                text NOT NULL           -- Site that holds it, '(unassigned)' where unknown.
    service_id             text NOT NULL           -- Service, '(unknown)' where unknown.
    referrer_site_id       text NOT NULL           -- Site that referred, '(unassigned)' where unknown.
    status                 text                    -- State.
    priority               text NOT NULL           -- Priority; routine where none is stated.
    referred_at            timestamptz             -- When the referrer decided to refer.
    received_at            timestamptz NOT NULL    -- When it was received.
    first_consultation_at  timestamptz             -- First consultation.
    decision_at            timestamptz             -- First event of kind decision.
    ready_at               timestamptz             -- First event of kind ready.
    arrival_at             timestamptz             -- First event of kind arrival.
    first_contact_at       timestamptz             -- First attended contact; a diagnostic counts in a diagnostic service only, triage and advice nowhere.
    first_contact_modality text                    -- Modality of that contact.
    assessment_at          timestamptz             -- First attended assessment or first appointment.
    treatment_at           timestamptz             -- First attended procedure, day case, inpatient stay, group or follow-up.
    procedure_at           timestamptz             -- First attended procedure, day case or inpatient stay.
    report_at              timestamptz             -- First event of kind report, or else the first attended diagnostic.
    closed_at              timestamptz             -- When it was closed.
    attended               numeric NOT NULL        -- Attended activities.
    did_not_attend         numeric NOT NULL        -- Activities not attended.
$$),
('waiting', 'result', 'site_id, service_id, weeks_waited', 'Referrals that wait for first contact, by whole weeks waited.', $$
    site_id      text               -- Site.
    service_id   text               -- Service.
    weeks_waited integer            -- Whole weeks since the referral was received.
    referrals    bigint NOT NULL    -- Referrals that wait.
$$),
('referral_flow', 'result', 'site_id, service_id, month', 'Referrals received, seen and closed in a month.', $$
    site_id    text               -- Site.
    service_id text               -- Service.
    month      date               -- First day of the month.
    received   bigint NOT NULL    -- Referrals received.
    seen       bigint NOT NULL    -- Referrals with their first contact.
    closed     bigint NOT NULL    -- Referrals closed.
$$),
('demand', 'result', 'site_id, service_id, month, source, modality', 'Requests for care in a month.', $$
    site_id           text               -- Site asked.
    service_id        text               -- Service asked for.
    month             date               -- First day of the month.
    source            text               -- referral or contact_request.
    modality          text               -- How the person was first seen or made the request.
    requests          numeric NOT NULL   -- Requests.
    unmet             numeric NOT NULL   -- Requests that were not met or were abandoned.
    minutes_requested numeric            -- Minutes of first appointments asked for; NULL where the service has no usual length.
$$),
('activity_month', 'result', 'site_id, service_id, month, kind, setting, modality', 'Activity of a month.', $$
    site_id               text               -- Site.
    service_id            text               -- Service.
    month                 date               -- First day of the month.
    kind                  text               -- Kind of activity.
    setting               text               -- Setting of care.
    modality              text               -- How people were seen.
    attended              numeric NOT NULL   -- Activities attended.
    did_not_attend        numeric NOT NULL   -- Activities not attended.
    cancelled_by_person   numeric NOT NULL   -- Activities cancelled by the person.
    cancelled_by_provider numeric NOT NULL   -- Activities cancelled by the provider.
    booked                numeric NOT NULL   -- Activities booked and not yet due.
    minutes_attended      numeric            -- Minutes of attended activities.
    cost_gbp              numeric            -- Cost of attended activities, or their price where the cost is not known.
$$),
('session_month', 'result', 'site_id, service_id, month, weekday', 'Sessions held in a month on a day of the week.', $$
    site_id         text               -- Site.
    service_id      text               -- Service.
    month           date               -- First day of the month.
    weekday         integer            -- 1 Monday to 7 Sunday.
    sessions        bigint NOT NULL    -- Sessions not cancelled.
    cancelled       bigint NOT NULL    -- Sessions cancelled.
    slots_offered   numeric            -- Slots of the sessions not cancelled.
    slots_booked    numeric NOT NULL   -- Slots booked and not cancelled, of sessions whose slots are known.
    slots_attended  numeric NOT NULL   -- Slots attended, of the same sessions.
    minutes_offered numeric            -- Minutes of the sessions not cancelled.
$$),
('population_count', 'result', 'basis, unit_id, age_band, sex, population_group', 'People of a site or an area.', $$
    basis            text               -- registered (each person once, on a medical or practice list first), also_registered (on a further list), counted (a site's given count) or resident (an area's given count).
    unit_id          text               -- Site, or area for residents.
    unit_name        text               -- Name of the area; NULL for a site.
    age_band         text               -- Five-year age band.
    sex              text               -- Sex.
    population_group text               -- Group of people.
    people           numeric NOT NULL   -- How many.
    weighted         numeric            -- Weighted count, where given.
$$),
('standard_wait', 'record', 'referral_id, standard_id', 'A wait that ended, against a standard.', $$
    standard_id text              -- Standard.
    referral_id $record_id        -- Referral.
    profile     bigint NOT NULL   -- Profile of its person.
    site_id     text NOT NULL     -- Site.
    service_id  text NOT NULL     -- Service.
    stopped_on  date NOT NULL     -- Day on which the wait ended.
    is_within   boolean NOT NULL  -- Whether it was within the standard's limit.
$$),
('standard_month', 'result', 'standard_id, site_id, service_id, month', 'Waits that ended in a month, against a standard.', $$
    standard_id text              -- Standard.
    site_id     text              -- Site.
    service_id  text              -- Service.
    month       date              -- First day of the month in which the wait ended.
    numerator   bigint NOT NULL   -- Waits within the limit.
    denominator bigint NOT NULL   -- Waits.
$$),
('referral_rate', 'result', 'service_id, age_band, sex', 'Referrals of the last twelve whole months for each person registered, of all referring sites together.', $$
    service_id text               -- Service referred to.
    age_band   text               -- Five-year age band, or unknown.
    sex        text               -- Sex, or unknown.
    rate       numeric NOT NULL   -- Referrals from sites with registered people over the people registered.
$$),
('referrer_year', 'result', 'site_id, service_id', 'A referring site''s referrals to a service over the last twelve whole months.', $$
    site_id        text               -- Site that referred.
    service_id     text               -- Service referred to.
    referrals      numeric NOT NULL   -- Referrals.
    expected       numeric            -- Referrals expected if each age band and sex referred at the rate of all sites together; NULL where the site has no registered people.
    returned       numeric NOT NULL   -- Referrals returned.
    attended       numeric NOT NULL   -- Activities of these referrals attended.
    did_not_attend numeric NOT NULL   -- Activities of these referrals not attended.
    people         numeric            -- People registered at the site.
    redirected     numeric NOT NULL DEFAULT 0 -- Referrals redirected to another service.
    seen           numeric NOT NULL DEFAULT 0 -- Referrals with a first contact.
    discharged_at_first numeric NOT NULL DEFAULT 0 -- Of those, seen once, without a procedure, and closed.
    weighted_people numeric           -- Weighted list of the site, of the latest day for which it is given; NULL where it is not.
$$);
