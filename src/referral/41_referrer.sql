-- Referrers: who refers more or less than expected, and what came back.

CREATE FUNCTION referral_outcome_number(outcome text) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_flow_outcome';

COMMENT ON FUNCTION referral_outcome_number(text) IS
'The number of what became of a referral: accepted 1, returned 2, redirected 3, discharged_at_first 4 (seen once and discharged). Another word is error 22023, which lists the choices. NULL gives NULL.';

CREATE FUNCTION referrer_variation(query text, referrer_type anyelement, confidence double precision DEFAULT 0.95,
                                   OUT referrer anyelement, OUT list double precision, OUT weighted_list double precision, OUT referrals double precision,
                                   OUT rate_per_1000 double precision, OUT rate_lower double precision, OUT rate_upper double precision,
                                   OUT expected double precision, OUT ratio double precision, OUT ratio_lower double precision, OUT ratio_upper double precision,
                                   OUT ratio_lower_outer double precision, OUT ratio_upper_outer double precision, OUT level integer,
                                   OUT returned double precision, OUT returned_share double precision, OUT returned_lower double precision, OUT returned_upper double precision,
                                   OUT redirected double precision, OUT redirected_share double precision, OUT redirected_lower double precision, OUT redirected_upper double precision,
                                   OUT discharged_at_first double precision, OUT discharged_share double precision, OUT discharged_lower double precision, OUT discharged_upper double precision)
RETURNS SETOF record
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 100
AS 'MODULE_PATHNAME', 'cg_flow_referrer_variation';

COMMENT ON FUNCTION referrer_variation(text, anyelement, double precision) IS
'Each referrer''s referrals against those expected of its list. The query is one SELECT with a row for each referrer and band of age and sex: referrer (of the type of referrer_type), list (people), referrals and, if wanted, band (text), weighted_list, returned, redirected, first_visits, discharged_at_first (counts). rate_per_1000 is of the weighted list, with Byar''s limits; expected is what the list would bring at the rates of all referrers together in each band (indirect standardisation) and ratio referrals over it, with limits at confidence and at 99.8 % (outer); level is its place in the funnel of all (square-root scale, adjusted for overdispersion; funnel_category() has the words). Ratios have each their own standard: compare them with 1, not with each other. Shares returned and redirected are of referrals, and apart, because it need not mean a poor referral, discharged at the first visit, of first_visits (referrals, where that is missing); Wilson''s limits. Rows without list or referrals are skipped; one without referrer is error 22004, a band where nobody lives but referrals come from 22003, a missing column 42703. Sources: Breslow and Day 1987, pp. 65-72; Spiegelhalter, Qual Saf Health Care 2005;14:347-51; Wilson, J Am Stat Assoc 1927;22:209-12.';

CREATE FUNCTION referrer_variation(query text,
                                   OUT referrer text, OUT list double precision, OUT weighted_list double precision, OUT referrals double precision,
                                   OUT rate_per_1000 double precision, OUT rate_lower double precision, OUT rate_upper double precision,
                                   OUT expected double precision, OUT ratio double precision, OUT ratio_lower double precision, OUT ratio_upper double precision,
                                   OUT ratio_lower_outer double precision, OUT ratio_upper_outer double precision, OUT level integer,
                                   OUT returned double precision, OUT returned_share double precision, OUT returned_lower double precision, OUT returned_upper double precision,
                                   OUT redirected double precision, OUT redirected_share double precision, OUT redirected_lower double precision, OUT redirected_upper double precision,
                                   OUT discharged_at_first double precision, OUT discharged_share double precision, OUT discharged_lower double precision, OUT discharged_upper double precision)
RETURNS SETOF record
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 100
AS 'MODULE_PATHNAME', 'cg_flow_referrer_variation';

COMMENT ON FUNCTION referrer_variation(text) IS
'The same with referrers as text and limits at 95 %. Rows without list or referrals are skipped; one without referrer is error 22004. Sources as for referrer_variation() with a type.';

CREATE FUNCTION referrer_feedback(query text, referrer_type anyelement,
                                  OUT referrer anyelement, OUT referrals bigint, OUT returned bigint, OUT returned_share double precision, OUT returned_share_all double precision,
                                  OUT redirected bigint, OUT redirected_share double precision, OUT redirected_share_all double precision,
                                  OUT discharged_at_first bigint, OUT message text)
RETURNS SETOF record
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 100
AS 'MODULE_PATHNAME', 'cg_flow_referrer_feedback';

COMMENT ON FUNCTION referrer_feedback(text, anyelement) IS
'A list for each referrer, ready to send: how many of its referrals were returned or redirected, beside the share of all referrers, and in message a text that names each of them by date, number, outcome, service and reason, and apart those discharged at the first visit, which need not mean a poor referral. The query is one SELECT with the columns referrer (of the type of referrer_type), referral_id, referred_on, outcome (accepted, returned, redirected, discharged_at_first) and, if wanted, service and reason. Rows without outcome are not decided yet and are skipped; one without referrer is error 22004, an unknown outcome 22023, a missing column 42703. The message holds what the query gives: give it referral numbers and no names.';

CREATE FUNCTION referrer_feedback(query text,
                                  OUT referrer text, OUT referrals bigint, OUT returned bigint, OUT returned_share double precision, OUT returned_share_all double precision,
                                  OUT redirected bigint, OUT redirected_share double precision, OUT redirected_share_all double precision,
                                  OUT discharged_at_first bigint, OUT message text)
RETURNS SETOF record
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 100
AS 'MODULE_PATHNAME', 'cg_flow_referrer_feedback';

COMMENT ON FUNCTION referrer_feedback(text) IS
'The same with referrers as text. Rows without outcome are skipped; one without referrer is error 22004, an unknown outcome 22023.';
