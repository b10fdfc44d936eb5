-- Directly standardised rates of 10,000 areas by 19 age bands.
-- rows 190000

-- setup
SET search_path = public, caregroup;
CREATE UNLOGGED TABLE bench_dsr AS
	SELECT area, band, floor(random() * 20)::double precision AS events,
		floor(500 + random() * 5000)::double precision AS people,
		(ARRAY[5000, 5500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000, 7000, 6500, 6000, 5500, 5000, 4000, 2500, 1500, 1000])[band]::double precision AS standard
	FROM generate_series(1, 10000) AS area, generate_series(1, 19) AS band;
VACUUM ANALYZE bench_dsr;
ALTER TABLE bench_dsr SET (parallel_workers = 0);

-- ours
SET search_path = public, caregroup;
SELECT area, dsr(events, people, standard) FROM bench_dsr GROUP BY area;

-- baseline plain sum
-- bar <= 2
SELECT area, sum(events), sum(people), sum(events * standard / people) FROM bench_dsr GROUP BY area;

-- baseline one sum
SELECT area, sum(events) FROM bench_dsr GROUP BY area;

-- baseline SQL of the same figures
SELECT area, events, people, value,
	value + scale * (events * power(1 - 1 / (9 * events) - 1.959963984540054 / (3 * sqrt(events)), 3) - events) AS lower95,
	value + scale * ((events + 1) * power(1 - 1 / (9 * (events + 1)) + 1.959963984540054 / (3 * sqrt(events + 1)), 3) - events) AS upper95,
	value + scale * (events * power(1 - 1 / (9 * events) - 3.090232306167813 / (3 * sqrt(events)), 3) - events) AS lower998,
	value + scale * ((events + 1) * power(1 - 1 / (9 * (events + 1)) + 3.090232306167813 / (3 * sqrt(events + 1)), 3) - events) AS upper998
FROM (SELECT area, sum(events) AS events, sum(people) AS people,
		100000 * sum(events * standard / people) / sum(standard) AS value,
		100000 * sqrt(sum(events * power(standard / people, 2)) / sum(events)) / sum(standard) AS scale
	FROM bench_dsr GROUP BY area) AS sums;
