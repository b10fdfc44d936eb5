-- Control charts as window functions.
--
-- Each computes its partition once, at the first row.  They are never
-- VOLATILE, so that PostgreSQL evaluates (spc_xmr(value) OVER w).* once a row.

CREATE FUNCTION spc_xmr(value double precision, direction text DEFAULT 'neutral',
						target double precision DEFAULT NULL, rebase boolean DEFAULT false,
						ghost boolean DEFAULT false, fix_after integer DEFAULT NULL, screen boolean DEFAULT true,
						rule_set text DEFAULT 'nhs', two_of_three text DEFAULT 'beyond_two_sigma',
						run_length integer DEFAULT NULL, trend_length integer DEFAULT 7,
						trend_ties boolean DEFAULT false, sigma double precision DEFAULT 3,
						period timestamp DEFAULT NULL, every interval DEFAULT NULL, refuse_gaps boolean DEFAULT false)
RETURNS spc_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_spc_window_xmr';

COMMENT ON FUNCTION spc_xmr(double precision, text, double precision, boolean, boolean, integer, boolean, text, text, integer, integer, boolean, double precision, timestamp, interval, boolean) IS
'XmR chart in the form of NHS England, Making Data Count: centre the mean, limits at 2.66 average moving ranges from it. Moving ranges of 3.267 times their average or more are first left out of the average (Nelson, 1982) unless screen is false. direction: higher_better, lower_better or neutral. target may differ by row. rebase true starts a new phase, with centre, limits and patterns of its own. ghost true shows a point but leaves it out of every calculation and every pattern, which close over it. fix_after: the first so many rows of each phase, at least 2, set its centre and limits; later rows are judged by them. rule_set: nhs (beyond a limit; run of run_length, 7, on one side of the centre; trend of trend_length, 7; two of three consecutive points on one side beyond two sigma), western_electric (beyond a limit; run of 8; two of three beyond two sigma; four of five beyond one sigma), anhoej (beyond a limit; longest run and crossings of the phase), shewhart (beyond a limit). two_of_three: beyond_two_sigma (Making Data Count since 2023) or near_limit (before, and NHSRplotthedots up to 0.2.2: points beyond a limit do not count). run_length and trend_length from 5 to 12. trend_ties true: equal neighbours neither end nor lengthen a trend. sigma: where the limits lie, in sigmas, at most 10; the two-sigma lines stay. every, such as ''1 month'', with period: a period that is missing is a gap like a NULL, or error 22023 with refuse_gaps. Options but target, rebase and ghost are those of the first row of the partition. NULL values are gaps: such a row has lines but no value and no rules, counts for nothing, and no moving range, run, trend or zone pattern reaches across it, so a gap never makes a signal. Fewer than 2 neighbouring values: limits NULL; all values equal: limits on the centre, no rule fires. NaN is error 22023, infinity 22003. Sources: Making Data Count; NHSRplotthedots 0.2.2, whose figures and labels it gives with two_of_three => ''near_limit''.';

CREATE FUNCTION spc_run(value double precision, direction text DEFAULT 'neutral',
						rebase boolean DEFAULT false, ghost boolean DEFAULT false, fix_after integer DEFAULT NULL,
						rule_set text DEFAULT 'nhs', run_length integer DEFAULT NULL, trend_length integer DEFAULT 7,
						trend_ties boolean DEFAULT false, period timestamp DEFAULT NULL, every interval DEFAULT NULL,
						refuse_gaps boolean DEFAULT false)
RETURNS spc_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_spc_window_run';

COMMENT ON FUNCTION spc_run(double precision, text, boolean, boolean, integer, text, integer, integer, boolean, timestamp, interval, boolean) IS
'Run chart: centre the median of the phase, no limits, so that the rules that remain are runs, trends or, with rule_set anhoej, the longest run and crossings. Options and the rule for NULL are those of spc_xmr. Source: Perla, Provost and Murray, The run chart, 2011; Anhøj and Olesen, 2014.';

CREATE FUNCTION spc_i(value double precision, direction text DEFAULT 'neutral',
						target double precision DEFAULT NULL, rebase boolean DEFAULT false,
						ghost boolean DEFAULT false, fix_after integer DEFAULT NULL, screen boolean DEFAULT true,
						rule_set text DEFAULT 'nhs', two_of_three text DEFAULT 'beyond_two_sigma',
						run_length integer DEFAULT NULL, trend_length integer DEFAULT 7,
						trend_ties boolean DEFAULT false, sigma double precision DEFAULT 3,
						period timestamp DEFAULT NULL, every interval DEFAULT NULL, refuse_gaps boolean DEFAULT false)
RETURNS spc_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_spc_window_i';

COMMENT ON FUNCTION spc_i(double precision, text, double precision, boolean, boolean, integer, boolean, text, text, integer, integer, boolean, double precision, timestamp, interval, boolean) IS
'I chart of single values: centre the mean, sigma the average moving range over 1.128. Moving ranges of 3.267 times their average or more are left out of it unless screen is false. Options and the rule for NULL are those of spc_xmr. Source: Montgomery, Introduction to Statistical Quality Control; the same figures as qicharts2.';

CREATE FUNCTION spc_mr(value double precision, direction text DEFAULT 'neutral',
						target double precision DEFAULT NULL, rebase boolean DEFAULT false,
						ghost boolean DEFAULT false, fix_after integer DEFAULT NULL,
						sigma double precision DEFAULT 3, period timestamp DEFAULT NULL, every interval DEFAULT NULL,
						refuse_gaps boolean DEFAULT false)
RETURNS spc_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_spc_window_mr';

COMMENT ON FUNCTION spc_mr(double precision, text, double precision, boolean, boolean, integer, double precision, timestamp, interval, boolean) IS
'MR chart: the moving ranges of single values, centre their average, upper limit 3.267 times it, lower 0, the upper two-sigma line at two thirds of the limit. The first value of a phase has no moving range. Neighbouring moving ranges share a value, so only the limit is a rule. Options and the rule for NULL are those of spc_xmr. Source: Montgomery; the same figures as qicharts2.';

CREATE FUNCTION spc_xbar(mean double precision, sd double precision, size double precision,
						direction text DEFAULT 'neutral', target double precision DEFAULT NULL,
						rebase boolean DEFAULT false, ghost boolean DEFAULT false, fix_after integer DEFAULT NULL,
						rule_set text DEFAULT 'nhs', two_of_three text DEFAULT 'beyond_two_sigma',
						run_length integer DEFAULT NULL, trend_length integer DEFAULT 7,
						trend_ties boolean DEFAULT false, sigma double precision DEFAULT 3,
						period timestamp DEFAULT NULL, every interval DEFAULT NULL, refuse_gaps boolean DEFAULT false)
RETURNS spc_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_spc_window_xbar';

COMMENT ON FUNCTION spc_xbar(double precision, double precision, double precision, text, double precision, boolean, boolean, integer, text, text, integer, integer, boolean, double precision, timestamp, interval, boolean) IS
'Xbar chart of the means of subgroups, from the mean, standard deviation and size of each: centre the mean of all, limits by the common standard deviation within subgroups (its mean where all are of one size, else pooled by degrees of freedom) and c4. A subgroup of one has no limits and adds nothing to the standard deviation; size 0 is a gap; a size that is no whole number or a negative figure is error 22023. Options and the rule for NULL are those of spc_xmr. Source: Montgomery; the same figures as qicharts2.';

CREATE FUNCTION spc_s(sd double precision, size double precision, direction text DEFAULT 'neutral',
						target double precision DEFAULT NULL, rebase boolean DEFAULT false,
						ghost boolean DEFAULT false, fix_after integer DEFAULT NULL, rule_set text DEFAULT 'nhs',
						two_of_three text DEFAULT 'beyond_two_sigma', run_length integer DEFAULT NULL,
						trend_length integer DEFAULT 7, trend_ties boolean DEFAULT false,
						sigma double precision DEFAULT 3, period timestamp DEFAULT NULL, every interval DEFAULT NULL,
						refuse_gaps boolean DEFAULT false)
RETURNS spc_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_spc_window_s';

COMMENT ON FUNCTION spc_s(double precision, double precision, text, double precision, boolean, boolean, integer, text, text, integer, integer, boolean, double precision, timestamp, interval, boolean) IS
'S chart of the standard deviations of subgroups, from the standard deviation and size of each: centre the common standard deviation (mean where all subgroups are of one size, else pooled), limits by c4. Subgroups of fewer than 2 are gaps. A size that is no whole number or a negative figure is error 22023. Options and the rule for NULL are those of spc_xmr. Source: Montgomery; the same figures as qicharts2.';

CREATE FUNCTION spc_p(numerator double precision, denominator double precision,
						direction text DEFAULT 'neutral', target double precision DEFAULT NULL,
						rebase boolean DEFAULT false, ghost boolean DEFAULT false, fix_after integer DEFAULT NULL,
						rule_set text DEFAULT 'nhs', two_of_three text DEFAULT 'beyond_two_sigma',
						run_length integer DEFAULT NULL, trend_length integer DEFAULT 7,
						trend_ties boolean DEFAULT false, sigma double precision DEFAULT 3,
						per double precision DEFAULT 1, period timestamp DEFAULT NULL, every interval DEFAULT NULL,
						refuse_gaps boolean DEFAULT false)
RETURNS spc_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_spc_window_p';

COMMENT ON FUNCTION spc_p(double precision, double precision, text, double precision, boolean, boolean, integer, text, text, integer, integer, boolean, double precision, double precision, timestamp, interval, boolean) IS
'p chart of proportions: centre the sum of numerators over the sum of denominators, limits binomial by the denominator of each row, cut off at 0 and 1. Results are multiplied by per, 100 for per cent. 0 of 0 is a gap; a numerator of 0 denominators, one above its denominator or a negative figure is error 22023. With denominators in the thousands the limits are too narrow: see spc_p_prime. Options and the rule for NULL are those of spc_xmr. Source: Montgomery; the same figures as qicharts2.';

CREATE FUNCTION spc_p_prime(numerator double precision, denominator double precision,
						direction text DEFAULT 'neutral', target double precision DEFAULT NULL,
						rebase boolean DEFAULT false, ghost boolean DEFAULT false, fix_after integer DEFAULT NULL,
						screen boolean DEFAULT true, rule_set text DEFAULT 'nhs',
						two_of_three text DEFAULT 'beyond_two_sigma', run_length integer DEFAULT NULL,
						trend_length integer DEFAULT 7, trend_ties boolean DEFAULT false,
						sigma double precision DEFAULT 3, per double precision DEFAULT 1,
						period timestamp DEFAULT NULL, every interval DEFAULT NULL, refuse_gaps boolean DEFAULT false)
RETURNS spc_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_spc_window_p_prime';

COMMENT ON FUNCTION spc_p_prime(double precision, double precision, text, double precision, boolean, boolean, integer, boolean, text, text, integer, integer, boolean, double precision, double precision, timestamp, interval, boolean) IS
'p′ chart of proportions: a p chart whose limits are widened, or narrowed, by the variation between rows, Laney''s sigma z. Moving ranges of 3.267 times their average or more are left out of it unless screen is false. Figures are refused as by spc_p. Options and the rule for NULL are those of spc_xmr. Source: Laney, Improved control charts for attributes, 2002; the same figures as qicharts2.';

CREATE FUNCTION spc_u(numerator double precision, denominator double precision,
						direction text DEFAULT 'neutral', target double precision DEFAULT NULL,
						rebase boolean DEFAULT false, ghost boolean DEFAULT false, fix_after integer DEFAULT NULL,
						rule_set text DEFAULT 'nhs', two_of_three text DEFAULT 'beyond_two_sigma',
						run_length integer DEFAULT NULL, trend_length integer DEFAULT 7,
						trend_ties boolean DEFAULT false, sigma double precision DEFAULT 3,
						per double precision DEFAULT 1, period timestamp DEFAULT NULL, every interval DEFAULT NULL,
						refuse_gaps boolean DEFAULT false)
RETURNS spc_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_spc_window_u';

COMMENT ON FUNCTION spc_u(double precision, double precision, text, double precision, boolean, boolean, integer, text, text, integer, integer, boolean, double precision, double precision, timestamp, interval, boolean) IS
'u chart of rates: centre the sum of numerators over the sum of denominators, limits Poisson by the denominator of each row, cut off at 0. Results are multiplied by per, such as 1000. 0 of 0 is a gap; a numerator of 0 denominators or a negative figure is error 22023. Options and the rule for NULL are those of spc_xmr. Source: Montgomery; the same figures as qicharts2.';

CREATE FUNCTION spc_u_prime(numerator double precision, denominator double precision,
						direction text DEFAULT 'neutral', target double precision DEFAULT NULL,
						rebase boolean DEFAULT false, ghost boolean DEFAULT false, fix_after integer DEFAULT NULL,
						screen boolean DEFAULT true, rule_set text DEFAULT 'nhs',
						two_of_three text DEFAULT 'beyond_two_sigma', run_length integer DEFAULT NULL,
						trend_length integer DEFAULT 7, trend_ties boolean DEFAULT false,
						sigma double precision DEFAULT 3, per double precision DEFAULT 1,
						period timestamp DEFAULT NULL, every interval DEFAULT NULL, refuse_gaps boolean DEFAULT false)
RETURNS spc_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_spc_window_u_prime';

COMMENT ON FUNCTION spc_u_prime(double precision, double precision, text, double precision, boolean, boolean, integer, boolean, text, text, integer, integer, boolean, double precision, double precision, timestamp, interval, boolean) IS
'u′ chart of rates: a u chart whose limits are widened, or narrowed, by the variation between rows, Laney''s sigma z. Moving ranges of 3.267 times their average or more are left out of it unless screen is false. Figures are refused as by spc_u. Options and the rule for NULL are those of spc_xmr. Source: Laney, 2002; the same figures as qicharts2.';

CREATE FUNCTION spc_i_prime(numerator double precision, denominator double precision,
						direction text DEFAULT 'neutral', target double precision DEFAULT NULL,
						rebase boolean DEFAULT false, ghost boolean DEFAULT false, fix_after integer DEFAULT NULL,
						screen boolean DEFAULT true, rule_set text DEFAULT 'nhs',
						two_of_three text DEFAULT 'beyond_two_sigma', run_length integer DEFAULT NULL,
						trend_length integer DEFAULT 7, trend_ties boolean DEFAULT false,
						sigma double precision DEFAULT 3, per double precision DEFAULT 1,
						period timestamp DEFAULT NULL, every interval DEFAULT NULL, refuse_gaps boolean DEFAULT false)
RETURNS spc_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_spc_window_i_prime';

COMMENT ON FUNCTION spc_i_prime(double precision, double precision, text, double precision, boolean, boolean, integer, boolean, text, text, integer, integer, boolean, double precision, double precision, timestamp, interval, boolean) IS
'I′ chart of means with denominators: centre the sum of numerators over the sum of denominators, sigma from moving ranges made comparable by their denominators. Moving ranges of 3.2665 times their average or more are left out of it unless screen is false. 0 of 0 is a gap; a numerator of 0 denominators or a negative denominator is error 22023. Options and the rule for NULL are those of spc_xmr. Source: Taylor, Normalized I charts, 2017; the same figures as qicharts2.';

CREATE FUNCTION spc_c(events double precision, direction text DEFAULT 'neutral',
						target double precision DEFAULT NULL, rebase boolean DEFAULT false,
						ghost boolean DEFAULT false, fix_after integer DEFAULT NULL, rule_set text DEFAULT 'nhs',
						two_of_three text DEFAULT 'beyond_two_sigma', run_length integer DEFAULT NULL,
						trend_length integer DEFAULT 7, trend_ties boolean DEFAULT false,
						sigma double precision DEFAULT 3, period timestamp DEFAULT NULL, every interval DEFAULT NULL,
						refuse_gaps boolean DEFAULT false)
RETURNS spc_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_spc_window_c';

COMMENT ON FUNCTION spc_c(double precision, text, double precision, boolean, boolean, integer, text, text, integer, integer, boolean, double precision, timestamp, interval, boolean) IS
'c chart of counts from equal opportunity: centre the mean, limits Poisson, cut off at 0. A mean below about 5 makes limits poor: count the cases between events with spc_g, or the time with spc_t. A negative count is error 22023. Options and the rule for NULL are those of spc_xmr. Source: Montgomery; the same figures as qicharts2.';

CREATE FUNCTION spc_g(value double precision, direction text DEFAULT 'neutral',
						target double precision DEFAULT NULL, rebase boolean DEFAULT false,
						ghost boolean DEFAULT false, fix_after integer DEFAULT NULL, rule_set text DEFAULT 'nhs',
						two_of_three text DEFAULT 'beyond_two_sigma', run_length integer DEFAULT NULL,
						trend_length integer DEFAULT 7, trend_ties boolean DEFAULT false,
						sigma double precision DEFAULT 3, period timestamp DEFAULT NULL, every interval DEFAULT NULL,
						refuse_gaps boolean DEFAULT false)
RETURNS spc_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_spc_window_g';

COMMENT ON FUNCTION spc_g(double precision, text, double precision, boolean, boolean, integer, text, text, integer, integer, boolean, double precision, timestamp, interval, boolean) IS
'g chart of cases between events: centre the median, limits geometric about the mean, cut off at 0. A negative number is error 22023. Options and the rule for NULL are those of spc_xmr. Source: Benneyan, 2001; Montgomery; the same figures as qicharts2.';

CREATE FUNCTION spc_t(value double precision, direction text DEFAULT 'neutral',
						target double precision DEFAULT NULL, rebase boolean DEFAULT false,
						ghost boolean DEFAULT false, fix_after integer DEFAULT NULL, screen boolean DEFAULT true,
						rule_set text DEFAULT 'nhs', two_of_three text DEFAULT 'beyond_two_sigma',
						run_length integer DEFAULT NULL, trend_length integer DEFAULT 7,
						trend_ties boolean DEFAULT false, sigma double precision DEFAULT 3,
						period timestamp DEFAULT NULL, every interval DEFAULT NULL, refuse_gaps boolean DEFAULT false)
RETURNS spc_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_spc_window_t';

COMMENT ON FUNCTION spc_t(double precision, text, double precision, boolean, boolean, integer, boolean, text, text, integer, integer, boolean, double precision, timestamp, interval, boolean) IS
't chart of time between events: an I chart of the times raised to 1/3.6, carried back. Moving ranges of 3.267 times their average or more are left out of it unless screen is false. A time of 0 or less is error 22023. Options and the rule for NULL are those of spc_xmr. Source: Nelson, A control chart for parts-per-million nonconforming items, 1994; the same figures as qicharts2.';

CREATE FUNCTION spc_chart(chart text, value double precision,
						denominator double precision DEFAULT NULL, direction text DEFAULT 'neutral',
						target double precision DEFAULT NULL, rebase boolean DEFAULT false,
						ghost boolean DEFAULT false, fix_after integer DEFAULT NULL, screen boolean DEFAULT true,
						rule_set text DEFAULT 'nhs', two_of_three text DEFAULT 'beyond_two_sigma',
						run_length integer DEFAULT NULL, trend_length integer DEFAULT 7,
						trend_ties boolean DEFAULT false, sigma double precision DEFAULT 3,
						per double precision DEFAULT 1, period timestamp DEFAULT NULL, every interval DEFAULT NULL,
						refuse_gaps boolean DEFAULT false)
RETURNS spc_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_spc_window_any';

COMMENT ON FUNCTION spc_chart(text, double precision, double precision, text, double precision, boolean, boolean, integer, boolean, text, text, integer, integer, boolean, double precision, double precision, timestamp, interval, boolean) IS
'A chart whose kind is data: run, i, mr, xmr, p, p_prime, u, u_prime, i_prime, c, g or t, as the function of that name draws it from value (the numerator where the chart has one) and denominator. The kinds xbar and s need spc_xbar and spc_s. Another kind, or a missing denominator column, is error 22023. Options and the rule for NULL are those of spc_xmr.';
