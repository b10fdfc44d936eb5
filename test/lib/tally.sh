# Counting what passed and failed over TAP programs and pg_regress.  Tests run
# side by side in subshells, so the counts are kept in a file: a line for each
# program, "passed failed".

tally_add() { printf '%d %d\n' "$1" "$2" >>"$log/tally"; }

# tally_line NAME PASSED FAILED SECONDS
tally_line() { printf '%-46s %5d passed %3d failed  %4d s\n' "$1" "$2" "$3" "$4"; }

# tally_tap NAME PROGRAM [ARG ...]: runs a program that prints TAP.
tally_tap() {
  local name=$1 began status=0 good bad output planned
  shift
  began=$(date +%s)
  output=$log/$(printf '%s' "$name" | tr -c 'A-Za-z0-9_\n' '-').tap
  "$@" >"$output" 2>&1 </dev/null || status=$?
  good=$(grep -cE '^ok [0-9]+' "$output" || true)
  bad=$(grep -E '^not ok [0-9]+' "$output" | grep -vcE '# TODO' || true)
  planned=$(sed -n 's/^1\.\.\([0-9][0-9]*\).*/\1/p' "$output" | tail -n 1)
  # A program that died, or ran fewer tests than it planned, failed.
  if [ "$bad" = 0 ] && { [ "$status" != 0 ] || [ -z "$planned" ] || [ "$good" -lt "$planned" ]; }; then bad=1; fi
  tally_line "$name" "$good" "$bad" $(($(date +%s) - began))
  grep -E '# SKIP' "$output" || true
  if [ "$bad" != 0 ]; then grep -vE '^ok [0-9]+' "$output" | tail -n 60; fi
  tally_add "$good" "$bad"
}

# tally_regress NAME LOG DIFFS: counts a finished pg_regress (14 to 18).
tally_regress() {
  local good bad
  good=$(grep -cE '^test .* \.\.\. +ok|^ok [0-9]+' "$2" || true)
  bad=$(grep -cE '^test .* \.\.\. +FAILED|^not ok [0-9]+' "$2" || true)
  if [ $((good + bad)) = 0 ]; then bad=1; cat "$2"; fi
  tally_line "$1" "$good" "$bad" 0
  if [ "$bad" != 0 ] && [ -e "$3" ]; then head -n 200 "$3"; fi
  tally_add "$good" "$bad"
}

tally_finish() {
  local passed failed
  read -r passed failed < <(awk '{ passed += $1; failed += $2 } END { print passed + 0, failed + 0 }' "$log/tally")
  printf '%d passed, %d failed\n' "$passed" "$failed"
  [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}
