#!/usr/bin/env bash
# The hub on the harrow world at full scale, twice and four times it: making,
# binding and checking it, and recalculating it.  There is no other software to
# compare with: the bars are 60 s at full scale, and a growth no faster than
# n log n from one scale to the next.
set -euo pipefail
. "$project/contrib/demo/lib.sh"
. "$project/contrib/demo/world.sh"
PG_CONFIG=$(find_pg_config)

seconds() { # SQL FILE-OR-COMMAND ARGS ...: wall time of a psql call
  local began ended
  began=$(date +%s.%N)
  run_psql -o /dev/null "$@" >/dev/null
  ended=$(date +%s.%N)
  awk "BEGIN { printf \"%.2f\", $ended - $began }"
}

row() { # CASE ROWS SECONDS BASELINE-SECONDS RATIO BAR MET
  printf '%-34s %10s %12.0f %12s %8s  %s%s\n' "$1" "$2" "$(awk "BEGIN { print 1000 * $3 }")" "$4" "$5" "$6" "$7"
}

missed=0
before_check='' before_recalculate=''
for scale in 1 2 4; do
  database=bench_harrow
  psql -X -q -d postgres -c "SET client_min_messages = warning" -c "DROP DATABASE IF EXISTS $database"
  psql -X -q -d postgres -c "CREATE DATABASE $database"
  run_psql -d $database -v scale=$scale -v seed=2018 -f "$project/contrib/demo/worlds/harrow/warehouse.sql" >/dev/null
  create=$(seconds -d $database -v hub=harrow -f "$project/contrib/demo/worlds/harrow/hub.sql")
  check=$(seconds -d $database -c "SELECT * FROM caregroup.check_hub('harrow')")
  recalculate=$(seconds -d $database -c "CALL caregroup.recalculate('harrow')")
  rows=$(psql -X -At -d $database -c "SELECT sum(rows)::bigint FROM harrow.check_result WHERE check_name = 'rows' AND provider_id IS NULL")
  whole=$(awk "BEGIN { print $create + $check }")
  if [ $scale = 1 ]; then
    awk "BEGIN { exit !($whole <= 60) }" && met='' || { met='  MISSED'; missed=1; }
    row "hub create, bind, check x$scale" "$rows" "$whole" - - '<= 60 s' "$met"
    awk "BEGIN { exit !($recalculate <= 60) }" && met='' || { met='  MISSED'; missed=1; }
    row "hub recalculate x$scale" "$rows" "$recalculate" - - '<= 60 s' "$met"
  else
    # n log n from half the rows to these rows
    bar=$(awk "BEGIN { print 2 * log($rows) / log($rows / 2) }")
    for what in check recalculate; do
      now=$([ $what = check ] && echo "$whole" || echo "$recalculate")
      before=$([ $what = check ] && echo "$before_check" || echo "$before_recalculate")
      ratio=$(awk "BEGIN { printf \"%.2f\", $now / $before }")
      awk "BEGIN { exit !($ratio <= $bar) }" && met='' || { met='  MISSED'; missed=1; }
      row "hub $([ $what = check ] && echo 'create, bind, check' || echo recalculate) x$scale" "$rows" "$now" \
        "$(awk "BEGIN { printf \"%.0f\", 1000 * $before }")" "$ratio" "<= $(awk "BEGIN { printf \"%.2f\", $bar }") (n log n)" "$met"
    done
  fi
  before_check=$whole before_recalculate=$recalculate
done
psql -X -q -d postgres -c "DROP DATABASE $database"
exit $missed
