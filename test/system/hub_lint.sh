#!/usr/bin/env bash
# The install script and the shared library keep the rules of the house:
# plain CREATE, every function states what it is, every exported symbol is
# named cg_.
set -u
project=${CAREGROUP_PROJECT:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
build=${CAREGROUP_BUILD:-$project/build}
export LC_ALL=C

count=0
is() { # is HAVE WANT NAME: a TAP line
  count=$((count + 1))
  if [ "$1" = "$2" ]; then echo "ok $count - $3"; else printf 'not ok %d - %s\n' "$count" "$3"; printf '%s\n' "$1" | head -n 20 | sed 's/^/#   have: /'; fi
}

script=$(find "$build/stage" -name 'caregroup--[0-9.]*.sql' 2>/dev/null | grep -v -- '--.*--' | sort | tail -n 1)
library=$(find "$build/stage" -name caregroup.so 2>/dev/null | head -n 1)
[ -n "$script" ] || script=$(ls "$project"/caregroup--*.sql | head -n 1)
[ -n "$library" ] || library=$project/caregroup.so

# The statements of the script: one a line, without comments, with the bodies
# and literals between dollars and apostrophes taken out.
statements=$(perl -0777 -ne '
  s{^\\.*$}{}mg;
  s{(\$\w*\$).*?\1 | (\x27(?:[^\x27]|\x27\x27)*\x27) | --[^\n]*}{ defined $1 ? "BODY" : defined $2 ? "TEXT" : "" }gsex;
  s{BEGIN\s+ATOMIC.*?\bEND\s*;}{BODY;}gsi;
  s/\s+/ /g; s/; ?/;\n/g; print' "$script")

echo 1..13
is "$(printf '%s\n' "$statements" | grep -c '^ *CREATE FUNCTION')" "$(grep -c '^CREATE FUNCTION' "$script")" "every CREATE FUNCTION of the script is read"
is "$(printf '%s\n' "$statements" | grep -E 'CREATE OR REPLACE')" "" "no CREATE OR REPLACE"
is "$(printf '%s\n' "$statements" | grep -E 'IF NOT EXISTS|DROP .*IF EXISTS')" "" "no IF EXISTS: an install script meets an empty schema"
is "$(printf '%s\n' "$statements" | grep -E '^ *CREATE FUNCTION' | grep -vE '\b(IMMUTABLE|STABLE|VOLATILE)\b')" "" "every function states its volatility"
is "$(printf '%s\n' "$statements" | grep -E '^ *CREATE FUNCTION' | grep -vE '\bPARALLEL (SAFE|RESTRICTED|UNSAFE)\b')" "" "every function states PARALLEL"
is "$(printf '%s\n' "$statements" | grep -E '^ *CREATE FUNCTION' | grep -vE '\bCOST [0-9]+\b')" "" "every function states COST"
is "$(printf '%s\n' "$statements" | grep -E '^ *CREATE FUNCTION' | grep -E 'RETURNS (SETOF|TABLE)' | grep -vE '\bROWS [0-9]+\b')" "" "every set function states ROWS"
is "$(printf '%s\n' "$statements" | grep -E '^ *CREATE AGGREGATE' | grep -viE '\bPARALLEL *= *(SAFE|RESTRICTED|UNSAFE)\b')" "" "every aggregate states PARALLEL"
is "$(grep -nE '@[a-z]+@' "$script")" "" "no mark of a cost tier is left"
is "$(grep -nE 'MODULE_PATHNAME' "$script" | grep -vE "'MODULE_PATHNAME', *'cg_[a-z0-9_]+'")" "" "every C function names its symbol, cg_…"

symbols=$(nm -D --defined-only "$library" | awk '{ sub(/@.*/, "", $NF); print $NF }')
is "$(printf '%s\n' "$symbols" | grep -c '^cg_')" "$(printf '%s\n' "$symbols" | grep '^cg_' | sort -u | wc -l)" "the library's symbols are read"
is "$(printf '%s\n' "$symbols" | grep -vE '^(cg_|pg_finfo_cg_|Pg_magic_func$|_PG_init$|_init$|_fini$)')" "" "every exported symbol is named cg_…"
# What the script asks for is in the library (a missing one would show only
# when the function is first made).
is "$(grep -oE "'cg_[a-z0-9_]+'" "$script" | tr -d "'" | sort -u | grep -vxF "$symbols")" "" "every symbol that the script names is exported"
