-- NHS numbers with a right check digit that can belong to nobody: the range
-- 999 000 0000 to 999 999 9999 is kept for tests. Two neighbours 2k and 2k+1
-- differ by 2 in the weighted sum, so at most one of them has the impossible
-- check digit 10; taking the other gives every person a number of their own
-- without a search. The range is used up after 500,000 persons (scale 1.6);
-- larger worlds go on downwards from 998, which is not issued either.

-- the check digit of nine digits; 10 means that no number has them
CREATE FUNCTION demo.nhs_check_digit(nine bigint) RETURNS integer
  IMMUTABLE PARALLEL SAFE
  RETURN ((11 - ( 10 * (nine / 100000000 % 10) + 9 * (nine / 10000000 % 10)
                + 8 * (nine / 1000000 % 10)    + 7 * (nine / 100000 % 10)
                + 6 * (nine / 10000 % 10)      + 5 * (nine / 1000 % 10)
                + 4 * (nine / 100 % 10)        + 3 * (nine / 10 % 10)
                + 2 * (nine % 10)) % 11) % 11)::integer;

-- the even one of person k's two neighbours (0, 1, 2 …, spread over the range)
CREATE FUNCTION demo.nhs_even(k bigint) RETURNS bigint
  IMMUTABLE PARALLEL SAFE
  RETURN 999000000 - 1000000 * (k / 500000) + 2 * ((k * 314159 + 271) % 500000);

CREATE FUNCTION demo.nhs_number(k bigint) RETURNS text
  IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN demo.nhs_check_digit(demo.nhs_even(k)) = 10
              THEN (demo.nhs_even(k) + 1)::text || demo.nhs_check_digit(demo.nhs_even(k) + 1)::text
              ELSE demo.nhs_even(k)::text || demo.nhs_check_digit(demo.nhs_even(k))::text END;

-- the same number as a careless clerk or interface would leave it
CREATE FUNCTION demo.nhs_number_spoilt(number text, u double precision) RETURNS text
  IMMUTABLE PARALLEL SAFE
  RETURN CASE floor(u * 6)
    WHEN 0 THEN left(number, 9) || ((right(number, 1)::integer + 1 + floor(u * 600)::integer % 8) % 10)::text
    WHEN 1 THEN left(number, 9)                                         -- too short
    WHEN 2 THEN left(number, 2) || ' ' || substr(number, 3, 5) || '  ' || right(number, 3)
    WHEN 3 THEN left(number, 5) || 'O' || right(number, 4)              -- letter O for nought
    WHEN 4 THEN '0000000000'                                            -- placeholder
    ELSE NULL END;                                                      -- missing
