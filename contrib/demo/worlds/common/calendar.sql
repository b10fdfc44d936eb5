-- Working days of England: weekends and bank holidays (as proclaimed, with the
-- single days of 2022 and 2023). demo.day covers the run-up year, the three years of
-- history and the booked weeks after it.

CREATE TABLE demo.bank_holiday (day date PRIMARY KEY, name text NOT NULL);
INSERT INTO demo.bank_holiday VALUES
  ('2022-04-15', 'Good Friday'), ('2022-04-18', 'Easter Monday'), ('2022-05-02', 'Early May bank holiday'),
  ('2022-06-02', 'Spring bank holiday'), ('2022-06-03', 'Platinum Jubilee'), ('2022-08-29', 'Summer bank holiday'),
  ('2022-09-19', 'State Funeral of Queen Elizabeth II'), ('2022-12-26', 'Boxing Day'), ('2022-12-27', 'Christmas Day (substitute)'),
  ('2023-01-02', 'New Year''s Day (substitute)'), ('2023-04-07', 'Good Friday'),
  ('2023-04-10', 'Easter Monday'), ('2023-05-01', 'Early May bank holiday'),
  ('2023-05-08', 'Coronation of King Charles III'), ('2023-05-29', 'Spring bank holiday'),
  ('2023-08-28', 'Summer bank holiday'), ('2023-12-25', 'Christmas Day'), ('2023-12-26', 'Boxing Day'),
  ('2024-01-01', 'New Year''s Day'), ('2024-03-29', 'Good Friday'), ('2024-04-01', 'Easter Monday'),
  ('2024-05-06', 'Early May bank holiday'), ('2024-05-27', 'Spring bank holiday'),
  ('2024-08-26', 'Summer bank holiday'), ('2024-12-25', 'Christmas Day'), ('2024-12-26', 'Boxing Day'),
  ('2025-01-01', 'New Year''s Day'), ('2025-04-18', 'Good Friday'), ('2025-04-21', 'Easter Monday'),
  ('2025-05-05', 'Early May bank holiday'), ('2025-05-26', 'Spring bank holiday'),
  ('2025-08-25', 'Summer bank holiday'), ('2025-12-25', 'Christmas Day'), ('2025-12-26', 'Boxing Day'),
  ('2026-01-01', 'New Year''s Day'), ('2026-04-03', 'Good Friday'), ('2026-04-06', 'Easter Monday'),
  ('2026-05-04', 'Early May bank holiday'), ('2026-05-25', 'Spring bank holiday'),
  ('2026-08-31', 'Summer bank holiday'), ('2026-12-25', 'Christmas Day'), ('2026-12-28', 'Boxing Day (substitute)'),
  ('2027-01-01', 'New Year''s Day'), ('2027-03-26', 'Good Friday'), ('2027-03-29', 'Easter Monday'),
  ('2027-05-03', 'Early May bank holiday'), ('2027-05-31', 'Spring bank holiday'),
  ('2027-08-30', 'Summer bank holiday'), ('2027-12-27', 'Christmas Day (substitute)'),
  ('2027-12-28', 'Boxing Day (substitute)');

CREATE TABLE demo.day AS
SELECT d.day, extract(isodow FROM d.day)::integer AS weekday,
       extract(isodow FROM d.day) < 6 AND b.day IS NULL AS working,
       b.day IS NOT NULL AS bank_holiday,
       (d.day - date '2001-01-01') / 7 AS week_no,
       extract(month FROM d.day)::integer AS month_no
FROM (SELECT (:'run_up_from'::date + g) AS day
      FROM generate_series(0, :'history_to'::date + 420 - :'run_up_from'::date) g) d
LEFT JOIN demo.bank_holiday b USING (day);
ALTER TABLE demo.day ADD PRIMARY KEY (day);

-- How referrals and emergencies fall on days. The growth is per year; referrals
-- pile up after weekends and holidays, dip in August and December and rise in
-- January; emergencies come every day and a little more in winter and summer.
INSERT INTO demo.weight (list_no, item, weight, slots)
SELECT 20, d.day - date '2000-01-01',
       (1 + :growth) ^ ((d.day - :'history_from'::date) / 365.25)
       * CASE WHEN d.bank_holiday THEN 0.04
              ELSE (ARRAY[1.16, 1.08, 1.0, 0.97, 0.86, 0.05, 0.03])[d.weekday] END
       * (ARRAY[1.08, 1.04, 1.05, 1.0, 1.0, 1.02, 0.98, 0.88, 1.02, 1.06, 1.05, 0.83])[d.month_no],
       65536
FROM demo.day d WHERE d.day < :'history_to'::date
UNION ALL
SELECT 21, d.day - date '2000-01-01',
       (1 + :growth) ^ ((d.day - :'history_from'::date) / 365.25)
       * (ARRAY[1.10, 1.0, 0.98, 0.97, 0.98, 1.0, 1.04])[d.weekday]
       * (ARRAY[1.06, 1.02, 1.0, 0.98, 1.02, 1.04, 1.04, 0.97, 0.98, 0.98, 0.98, 1.05])[d.month_no],
       65536
FROM demo.day d WHERE d.day < :'history_to'::date;
