-- What a CHI number (Scotland) says of its person.

CREATE FUNCTION chi_birth_date(chi nhs_number, as_at date DEFAULT current_date,
                               oldest integer DEFAULT 99)
RETURNS date
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_chi_birth_date_at';

COMMENT ON FUNCTION chi_birth_date(nhs_number, date, integer) IS
'The birth date in a CHI number. It has day, month and the year without its century; the century is the one that makes the person 0 to oldest years old on as_at, a day on which the person lived (today by default). By default oldest is 99, so that there is never more than one: a person of 100 seems new-born then. With a greater age NULL where two centuries are possible. NULL where the number is no CHI number, where no century is possible (29 February 00 before 2000), and for NULL. An infinite as_at, and oldest outside 0 to 150, are error 22023. Source: NHS Data Dictionary, COMMUNITY HEALTH INDEX NUMBER; for oldest, Public Health Scotland''s phsmethods, dob_from_chi.';

CREATE FUNCTION chi_sex(chi nhs_number) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @parse@
AS 'MODULE_PATHNAME', 'cg_chi_sex_text';

COMMENT ON FUNCTION chi_sex(nhs_number) IS
'The sex in a CHI number: female where the ninth digit is even, male where it is odd. NULL where the number is no CHI number, and for NULL. Source: NHS Data Dictionary, COMMUNITY HEALTH INDEX NUMBER.';

CREATE FUNCTION chi_problem(chi nhs_number, birth_date date DEFAULT NULL,
                            sex text DEFAULT NULL)
RETURNS text
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_chi_problem_nhs_number';

COMMENT ON FUNCTION chi_problem(nhs_number, date, text) IS
'Why a number is no CHI number, or how it disagrees with what is recorded, as one word; NULL where nothing is wrong: range (not one of Scotland''s, 010100… to 311299…), birth_date (no date DDMMYY in any century), birth_date_differs (from birth_date; the century is not compared), sex_differs (from sex: female, F or 2, male, M or 1, in either case; any other word is not compared). A NULL birth_date or sex is not compared; a NULL number gives NULL. Source: NHS Data Dictionary, COMMUNITY HEALTH INDEX NUMBER.';

CREATE FUNCTION chi_problem(value text, birth_date date DEFAULT NULL,
                            sex text DEFAULT NULL)
RETURNS text
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_chi_problem_text';

COMMENT ON FUNCTION chi_problem(text, date, text) IS
'The same for a text, which may not be a number at all: empty, character, length, grouping or check_digit as in nhs_number_problem(), else what chi_problem says of the number. A NULL birth_date or sex is not compared; a NULL text gives NULL. Source: NHS Data Dictionary, COMMUNITY HEALTH INDEX NUMBER.';
