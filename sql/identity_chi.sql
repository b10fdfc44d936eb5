-- CHI numbers: birth date, sex, agreement with what is recorded.
SET search_path = public, caregroup;
SET datestyle = ISO;

SELECT number, chi_birth_date(try_nhs_number(number), '2025-11-22') AS born,
       chi_birth_date(try_nhs_number(number), '2025-11-22', 110) AS born_110,
       chi_birth_date(try_nhs_number(number), '2010-01-01') AS seen_in_2010,
       chi_sex(try_nhs_number(number)) AS sex, chi_problem(number) AS problem
FROM unnest('{0607230002,2902000014,0101336489,0101405073,3102000029,0013000020,4857773457,0607230003,x}'::text[]) WITH ORDINALITY AS t(number, n) ORDER BY n;

-- Agreement with what is recorded; the century is not compared
SELECT birth_date, sex, chi_problem('0607230002', birth_date, sex) AS problem
FROM (VALUES (NULL::date, NULL), ('1923-07-06', 'female'), ('2023-07-06', 'F'), ('2023-06-07', 'female'), ('2023-07-06', 'male'), ('2023-07-06', 'unknown')) AS t(birth_date, sex);
SELECT chi_problem(nhs_number '0607230002', sex => 'male');
SELECT chi_birth_date(NULL), chi_sex(NULL), chi_problem(NULL::text), chi_problem(NULL::nhs_number);
SELECT chi_birth_date('0607230002', 'infinity');
SELECT chi_birth_date('0607230002', '2025-11-22', 200);
