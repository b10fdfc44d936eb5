#!/usr/bin/env bash
# Speed of forecasts: one automatic ETS fit, one Theta forecast, and 10,000
# monthly series in one statement with one process and with two.  Every figure
# is printed before a bar that was missed ends the case; what is measured by the
# clock is worse where the machine has other work, so that is printed too.
set -euo pipefail
series=${CAREGROUP_BENCH_SERIES:-10000}
sql() { psql -X -q -t -A -d bench -v ON_ERROR_STOP=1 "$@"; }
# The median of five runs of a statement, in ms.
median() {
  for _ in 1 2 3 4 5; do
    printf '%s\n' '\timing on' "$1" | sql -c "SET search_path = public, caregroup" -f - | sed -n 's/^Time: \([0-9.]*\) ms.*/\1/p'
  done | sort -n | sed -n 3p
}
# Processor time of the session in one run, in ms: what the clock would show on
# an idle machine.
processor() {
  printf '%s\n' 'SELECT pg_backend_pid() AS pid \gset' '\setenv CG_PID :pid' '\o /dev/null' "$1" '\! cut -d" " -f1 /proc/$CG_PID/schedstat' "$1" '\! cut -d" " -f1 /proc/$CG_PID/schedstat' |
    sql -c "SET search_path = public, caregroup" -f - | awk '{ a = b; b = $1 } END { print (b - a) / 1e6 }'
}
# One run of a statement with settings, in ms; it has no time limit of its own.
once() { printf '%s\n' "SET search_path = public, caregroup; SET statement_timeout = 0; $2" '\timing on' "$1" | sql -f - | sed -n 's/^Time: \([0-9.]*\) ms.*/\1/p'; }

sql -c "CREATE TABLE history AS SELECT s AS id, ARRAY(SELECT 200 + s % 50 + i * 0.3 + 30 * sin(i * pi() / 6 + s)
	+ 15 * ((((s * 7919 + i) * 104729::bigint) % 1009) / 1009.0 - 0.5) FROM generate_series(1, 120) AS i)::float8[] AS y FROM generate_series(1, $series) AS s" \
    -c "ALTER TABLE history SET (parallel_workers = 1)" -c "ANALYZE history"
check() { awk -v what="$1" -v rows="$2" -v got="$3" -v bar="$4" -v least="${5:-}" 'BEGIN {
	met = least == "" ? got <= bar : got >= least;
	printf "%-44s %8s %12.3f   %s %-8s %s\n", what, rows, got, least == "" ? "<=" : ">=", least == "" ? bar : least, met ? "met" : "MISSED"; exit !met }'; }
missed=0
ets_statement="SELECT count((caregroup.forecast_fit(y, 12)).model) FROM (SELECT y FROM public.history ORDER BY id LIMIT 200) AS q;"
ets=$(median "$ets_statement")
cpu() { printf '%-44s %8s %12.3f\n' "  of processor time" "$1" "$(awk -v t="$(processor "$2")" -v n="$1" 'BEGIN { print t / n }')"; }
check "automatic ETS, n = 120, period 12: ms each" 200 "$(awk -v t="$ets" 'BEGIN { print t / 200 }')" 8 || missed=1
cpu 200 "$ets_statement"
theta_statement="SELECT count(caregroup.forecast_series(y, 12, 12, 'theta', '{}')) FROM (SELECT y FROM public.history ORDER BY id LIMIT 1000) AS q;"
theta=$(median "$theta_statement")
check "Theta, n = 120, points: ms each" 1000 "$(awk -v t="$theta" 'BEGIN { print t / 1000 }')" 0.1 || missed=1
cpu 1000 "$theta_statement"
with=$(median "SELECT count(caregroup.forecast_series(y, 12, 12, 'theta')) FROM (SELECT y FROM public.history ORDER BY id LIMIT 1000) AS q;")
printf '%-44s %8s %12.3f\n' "Theta with backtested intervals: ms each" 1000 "$(awk -v t="$with" 'BEGIN { print t / 1000 }')"
printf '%-44s %8s %12.3f\n' "auto: ms of processor time each" 300 "$(awk -v t="$(processor "SELECT count(caregroup.forecast_series(y, 12, 12)) FROM (SELECT y FROM public.history ORDER BY id LIMIT 300) AS q;")" 'BEGIN { print t / 300 }')"
statement="SELECT count(q.s), sum((q.s[12]).point) FROM (SELECT forecast_series(y, 12, 12) AS s FROM history) AS q;"
parallel="SET max_parallel_workers_per_gather = 1; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;"
workers=$(sql -c "SET search_path = public, caregroup; $parallel" -c "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT count(q.s) FROM (SELECT forecast_series(y, 1, 1, 'naive', '{}') AS s FROM history) AS q" | sed -n 's/.*Workers Launched: //p')
[ "${workers:-0}" = 1 ] || { echo "no second process came: $workers"; missed=1; }
busy() { awk '{ printf "(load before: %s on %s processors)\n", $1, n }' n="$(nproc)" /proc/loadavg; }
busy
one=$(once "$statement" "SET max_parallel_workers_per_gather = 0;")
printf '%-44s %8s %12.3f\n' "auto of all series, one process: s" "$series" "$(awk -v t="$one" 'BEGIN { print t / 1000 }')"
busy
two=$(once "$statement" "$parallel")
check "auto of all series, two processes: s" "$series" "$(awk -v t="$two" 'BEGIN { print t / 1000 }')" 120 || missed=1
check "times as fast with the second process" "$series" "$(awk -v a="$one" -v b="$two" 'BEGIN { print a / b }')" 0 1.7 || missed=1
exit $missed
