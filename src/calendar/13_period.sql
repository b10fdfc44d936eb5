-- Financial years, ISO weeks and weeks ending.

CREATE FUNCTION financial_year_start(day date) RETURNS date
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
RETURN pg_catalog.make_date(extract(year FROM day - interval '3 months')::integer, 4, 1);

COMMENT ON FUNCTION financial_year_start(date) IS
'1 April with which the NHS financial year of the day began. NULL gives NULL.';

CREATE FUNCTION financial_year(day date) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
RETURN extract(year FROM day - interval '3 months')::integer::text || '/' ||
    pg_catalog.lpad(((extract(year FROM day - interval '3 months')::integer + 1) % 100)::text, 2, '0');

COMMENT ON FUNCTION financial_year(date) IS
'The NHS financial year of the day, from 1 April to 31 March, such as 2025/26. NULL gives NULL.';

CREATE FUNCTION financial_quarter(day date) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
RETURN extract(quarter FROM day - interval '3 months')::integer;

COMMENT ON FUNCTION financial_quarter(date) IS
'Quarter of the financial year: 1 from April to June, 4 from January to March. NULL gives NULL.';

CREATE FUNCTION financial_month(day date) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
RETURN (extract(month FROM day)::integer + 8) % 12 + 1;

COMMENT ON FUNCTION financial_month(date) IS
'Month of the financial year: 1 for April, 12 for March. NULL gives NULL.';

CREATE FUNCTION iso_week(day date) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
RETURN extract(isoyear FROM day)::integer::text || '-W' || pg_catalog.lpad(extract(week FROM day)::integer::text, 2, '0');

COMMENT ON FUNCTION iso_week(date) IS
'The week of ISO 8601 in which the day falls, such as 2026-W53; weeks begin on Monday. NULL gives NULL.';

CREATE FUNCTION iso_week_start(day date) RETURNS date
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
RETURN day - (extract(isodow FROM day)::integer - 1);

COMMENT ON FUNCTION iso_week_start(date) IS
'The Monday of the day''s week. NULL gives NULL.';

CREATE FUNCTION week_ending(day date, last_weekday integer DEFAULT 7) RETURNS date
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
RETURN day + ((last_weekday - extract(isodow FROM day)::integer) % 7 + 7) % 7;

COMMENT ON FUNCTION week_ending(date, integer) IS
'The last day of the day''s week, where weeks end on that weekday: 1 Monday to 7 Sunday. The day itself where it is that weekday. NULL gives NULL.';
