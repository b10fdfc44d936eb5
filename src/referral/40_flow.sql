-- Flow: clearance, growth, pressure; conversion and attendance; the waits of groups compared.

CREATE FUNCTION clearance_weeks(waiting double precision, removed double precision, days double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
RETURN CASE WHEN removed > 0 AND days > 0 THEN waiting / removed * days / 7 END;

COMMENT ON FUNCTION clearance_weeks(double precision, double precision, double precision) IS
'The weeks that it would take to clear the list if nobody joined it, when so many were removed in so many days. NULL where nobody was removed. NULL gives NULL. Source: NHS England, RTT waiting times, clearance time.';

CREATE FUNCTION list_growth(waiting_before double precision, waiting_after double precision, days double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
RETURN CASE WHEN days > 0 THEN (waiting_after - waiting_before) / days * 7 END;

COMMENT ON FUNCTION list_growth(double precision, double precision, double precision) IS
'By how many patients a week the list grew between two snapshots that lie so many days apart; negative when it shrank. NULL gives NULL.';

CREATE FUNCTION list_load(demand double precision, capacity double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
RETURN demand / NULLIF(capacity, 0);

COMMENT ON FUNCTION list_load(double precision, double precision) IS
'Demand over capacity, both in patients a week: from 1 on the list grows without end. NULL without capacity; NULL gives NULL. Source: Fong and others, Simple rules for waiting lists, 2022 (medRxiv 2022.08.23.22279117).';

CREATE FUNCTION list_target_size(demand double precision, target_weeks double precision, factor double precision DEFAULT 4) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
RETURN demand * target_weeks / factor;

COMMENT ON FUNCTION list_target_size(double precision, double precision, double precision) IS
'The size of list at which nearly everybody is treated within target_weeks: demand in patients a week times a mean wait of target_weeks over factor (4 leaves about 2 % waiting longer, 6 about 0.25 %). NULL gives NULL. Source: Fong and others, Simple rules for waiting lists, 2022.';

CREATE FUNCTION list_relief_capacity(demand double precision, waiting double precision, target_size double precision, weeks double precision DEFAULT 26,
                                     referrals double precision DEFAULT NULL, cv_demand double precision DEFAULT NULL) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST @trivial@
RETURN demand / CASE WHEN referrals > 0 AND cv_demand > 0 THEN CASE WHEN 2 * cv_demand < sqrt(referrals) THEN 1 - 2 * cv_demand / sqrt(referrals) END ELSE 1 END
	+ (waiting - target_size) / NULLIF(weeks, 0);

COMMENT ON FUNCTION list_relief_capacity(double precision, double precision, double precision, double precision, double precision, double precision) IS
'The patients to be treated a week so that the list comes down to its target size in so many weeks. With the number of referrals that demand was measured on and the coefficient of variation of the time between them, demand is taken two standard errors higher, 1 / (m (1 - 2 cv / sqrt(n))) for a mean time m between referrals; NULL where so few referrals set no limit. NULL demand, waiting, target or weeks give NULL. Source: Fong and others, Simple rules for waiting lists, 2022. NHSRwaitinglist''s calc_relief_capacity leaves out m in the standard error, which is right at one referral a week only; its figures come with cv_demand times demand.';

CREATE FUNCTION list_target_capacity(demand double precision, target_weeks double precision, factor double precision DEFAULT 4,
                                     cv_demand double precision DEFAULT 1, cv_capacity double precision DEFAULT 1) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
RETURN demand + (cv_demand ^ 2 + cv_capacity ^ 2) * factor / (2 * target_weeks);

COMMENT ON FUNCTION list_target_capacity(double precision, double precision, double precision, double precision, double precision) IS
'The patients to be treated a week so that a list at its target size stays there: demand and what its and capacity''s variation takes (coefficients of variation of the times between referrals and between treatments). NULL gives NULL. Source: Fong and others, Simple rules for waiting lists, 2022; figures as NHSRwaitinglist''s calc_target_capacity.';

CREATE FUNCTION list_pressure(mean_wait_weeks double precision, target_weeks double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
RETURN 2 * mean_wait_weeks / NULLIF(target_weeks, 0);

COMMENT ON FUNCTION list_pressure(double precision, double precision) IS
'The pressure of a list, to compare lists of different targets: twice the mean wait over the target, both in weeks; above 1 the target is missed. NULL gives NULL. Source: NHSRwaitinglist, calc_waiting_list_pressure.';

-- From referral to treatment

CREATE FUNCTION happened_within(begun_on date, happened_on date, within_days integer, as_of date) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST @trivial@
RETURN CASE WHEN begun_on + within_days <= as_of THEN COALESCE(happened_on <= begun_on + within_days, false) END;

COMMENT ON FUNCTION happened_within(date, date, integer, date) IS
'Whether something happened at most within_days after the beginning. NULL while that cannot be known yet, because fewer days have gone by on as_of, also where it has happened already: else the quick ones alone would count. happened_on NULL is that it has not happened; NULL elsewhere gives NULL. proportion(happened_within(…)::integer, 1) skips the NULLs.';

CREATE FUNCTION referral_conversion(query text, as_of date, within_days integer DEFAULT 126, confidence double precision DEFAULT 0.95,
                                    OUT category text, OUT step text, OUT begun bigint, OUT observed bigint, OUT reached bigint, OUT share double precision,
                                    OUT lower double precision, OUT upper double precision, OUT median_days double precision,
                                    OUT median_lower double precision, OUT median_upper double precision)
RETURNS SETOF record
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 30
AS 'MODULE_PATHNAME', 'cg_flow_conversion';

COMMENT ON FUNCTION referral_conversion(text, date, integer, double precision) IS
'How many referrals go on: for each category three steps (referral to first contact, first contact to treatment, referral to treatment). The query is one SELECT with the columns referred_on, first_contact_on, treated_on (dates) and, if wanted, category (text) and ended_on (date: left otherwise). begun is how many began the step by as_of, observed those of them who began it at least within_days before as_of, reached those of these who came to its end within within_days, share reached over observed with Wilson''s limits; median_days is the median with those still waiting counted as such (survival_median(), limits log-log), where ended_on ends the watch. Rows without the date that begins a step are not in that step. A row without category is error 22004, an end before its beginning 22003, a missing column 42703. Sources: Wilson, J Am Stat Assoc 1927;22:209-12; Kaplan and Meier, J Am Stat Assoc 1958;53:457-81.';

CREATE FUNCTION attendance_outcome(code text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_flow_attendance_outcome';

COMMENT ON FUNCTION attendance_outcome(text) IS
'What a national attendance code means: 5 and 6 attended, 3 and 7 did_not_attend (7 came too late to be seen), 2 cancelled_by_patient, 4 cancelled_by_provider, 0 future. Words are taken too: these, and cancelled_by_person and booked (future). Another code is error 22023. NULL gives NULL. Source: NHS Data Dictionary, ATTENDED OR DID NOT ATTEND CODE.';

CREATE FUNCTION cancellation_notice(cancelled_at timestamptz, due_at timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST @parse@
RETURN CASE WHEN cancelled_at >= due_at THEN 'after'
	WHEN extract(epoch FROM due_at) - extract(epoch FROM cancelled_at) < 86400 THEN 'under_24_hours'
	WHEN extract(epoch FROM due_at) - extract(epoch FROM cancelled_at) < 3 * 86400 THEN '1_to_2_days'
	WHEN extract(epoch FROM due_at) - extract(epoch FROM cancelled_at) <= 7 * 86400 THEN '3_to_7_days'
	ELSE 'over_7_days' END;

COMMENT ON FUNCTION cancellation_notice(timestamptz, timestamptz) IS
'How long before an appointment it was cancelled: after (when it was due or later), under_24_hours, 1_to_2_days (less than three full days), 3_to_7_days, over_7_days; in hours that went by, so that clocks put forward or back do not matter. NULL gives NULL.';

CREATE FUNCTION attendance_summary(query text, confidence double precision DEFAULT 0.95,
                                   OUT category text, OUT due bigint, OUT attended bigint, OUT did_not_attend bigint, OUT did_not_attend_share double precision,
                                   OUT did_not_attend_lower double precision, OUT did_not_attend_upper double precision, OUT cancelled_by_patient bigint,
                                   OUT cancelled_by_provider bigint, OUT cancelled_share double precision, OUT cancelled_lower double precision,
                                   OUT cancelled_upper double precision, OUT notice_under_24_hours bigint, OUT notice_1_to_2_days bigint,
                                   OUT notice_3_to_7_days bigint, OUT notice_over_7_days bigint, OUT notice_unknown bigint, OUT first_visits bigint,
                                   OUT follow_ups bigint, OUT follow_ups_per_first double precision, OUT ratio_lower double precision, OUT ratio_upper double precision)
RETURNS SETOF record
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 10
AS 'MODULE_PATHNAME', 'cg_flow_attendance';

COMMENT ON FUNCTION attendance_summary(text, double precision) IS
'Appointments by category: due (with an outcome), attended, not attended (share of attended and missed, as the national rate has it, with Wilson''s limits), cancelled (share of due) by whom and at what notice (an appointment cancelled after it was due counts as under 24 hours), and follow-ups per first visit with the exact limits of a ratio of two counts. The query is one SELECT with the column code (ATTENDED OR DID NOT ATTEND CODE, or a word of attendance_outcome()) and, if wanted, category, is_first (boolean), due_at and cancelled_at (timestamptz). Rows with a NULL code, or one of the future, are not due. A row without category is error 22004, an unknown code 22023, a missing column 42703. Sources: NHS Data Dictionary; Wilson, J Am Stat Assoc 1927;22:209-12; Breslow and Day 1987, pp. 93-95.';

CREATE FUNCTION wait_comparison(query text, reference text, within_days integer DEFAULT 126, confidence double precision DEFAULT 0.95,
                                OUT category text, OUT is_reference boolean, OUT patients bigint, OUT median_days double precision,
                                OUT median_ratio double precision, OUT median_ratio_lower double precision, OUT median_ratio_upper double precision,
                                OUT median_difference double precision, OUT median_difference_lower double precision, OUT median_difference_upper double precision,
                                OUT median_p_value double precision,
                                OUT share_within double precision, OUT share_lower double precision, OUT share_upper double precision,
                                OUT share_ratio double precision, OUT share_ratio_lower double precision, OUT share_ratio_upper double precision,
                                OUT share_difference double precision, OUT share_difference_lower double precision, OUT share_difference_upper double precision,
                                OUT share_p_value double precision)
RETURNS SETOF record
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 10
AS 'MODULE_PATHNAME', 'cg_flow_wait_comparison';

COMMENT ON FUNCTION wait_comparison(text, text, integer, double precision) IS
'The waits of groups of people, such as fifths of deprivation or ethnic groups, compared with one of them, the reference: median wait in days with its ratio and difference to the reference''s, and the share that waits at most within_days with its ratio and difference, all with limits. The query is one SELECT with the columns category (text) and days (integer). Rows without days are skipped; one without category is error 22004, days below 0 are 22003, a reference that does not occur is 22023, a missing column 42703. The intervals are for each comparison by itself. Sources: Price and Bonett, Psychol Methods 2002;7:370-83 and J Educ Behav Stat 2020;45:750-70; Katz and others, Biometrics 1978;34:469-74; Newcombe, Stat Med 1998;17:873-90.';
