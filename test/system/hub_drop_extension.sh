#!/usr/bin/env bash
# CREATE EXTENSION and DROP EXTENSION leave nothing behind, DROP is refused
# while a hub exists, and an extension can be installed again afterwards.
set -u
db=hub_drop_extension_test
work=$(mktemp -d)
cleanup() { dropdb --if-exists "$db" 2>/dev/null; rm -rf "$work"; }
trap cleanup EXIT
export PGOPTIONS='-c client_min_messages=error' LC_ALL=C

count=0
is() { # is HAVE WANT NAME: a TAP line
  count=$((count + 1))
  if [ "$1" = "$2" ]; then echo "ok $count - $3"; else printf 'not ok %d - %s\n#   have: %s\n#   want: %s\n' "$count" "$3" "$1" "$2"; fi
}
sql() { psql -X -q -A -t -v VERBOSITY=sqlstate -d "$db" -c "$1" 2>&1; }
# Every object of every catalog that an extension can put things in.
footprint() {
  sql "SELECT 'proc ' || oid::regprocedure FROM pg_proc UNION ALL SELECT 'class ' || oid::regclass || ' ' || relkind::text FROM pg_class WHERE relnamespace <> 'pg_toast'::regnamespace
    UNION ALL SELECT 'type ' || oid::regtype FROM pg_type WHERE typnamespace <> 'pg_toast'::regnamespace UNION ALL SELECT 'operator ' || oid::regoperator FROM pg_operator
    UNION ALL SELECT 'namespace ' || nspname FROM pg_namespace UNION ALL SELECT 'opclass ' || opcname || opcmethod FROM pg_opclass UNION ALL SELECT 'opfamily ' || opfname || opfmethod FROM pg_opfamily
    UNION ALL SELECT 'cast ' || castsource::regtype || casttarget::regtype FROM pg_cast UNION ALL SELECT 'comments ' || count(*) FROM pg_description
    UNION ALL SELECT 'default acl ' || count(*) FROM pg_default_acl UNION ALL SELECT 'event trigger ' || count(*) FROM pg_event_trigger UNION ALL SELECT 'initial privileges ' || count(*) FROM pg_init_privs
    ORDER BY 1"
}

echo 1..14
cleanup; mkdir -p "$work"
createdb "$db"
sql 'CREATE EXTENSION postgis' >/dev/null
footprint >"$work/before"
is "$(sql 'CREATE EXTENSION caregroup')" "" "CREATE EXTENSION"
footprint >"$work/with"
is "$(($(wc -l <"$work/with") > $(wc -l <"$work/before") + 100))" 1 "makes more than a hundred objects"
is "$(sql "SELECT caregroup.create_hub('hub')")" hub "a hub"
is "$(sql 'DROP EXTENSION caregroup')" "ERROR:  2BP01" "DROP EXTENSION is refused while it exists"
is "$(psql -X -q -d "$db" -c 'DROP EXTENSION caregroup' 2>&1 | grep -c 'hub\.setting')" 1 "and says that hub.setting needs it"
is "$(sql 'SELECT count(*) FROM caregroup.hubs()')" 1 "the hub is still there"
is "$(sql "SELECT caregroup.drop_hub('hub')")" hub "drop_hub"
footprint >"$work/without_hub"
is "$(diff "$work/with" "$work/without_hub")" "" "drop_hub leaves nothing"
is "$(sql 'DROP EXTENSION caregroup')" "" "DROP EXTENSION goes now"
# PostgreSQL itself leaves the schema that a control file names.
is "$(sql 'DROP SCHEMA caregroup')" "" "the schema is empty"
footprint >"$work/after"
is "$(diff "$work/before" "$work/after")" "" "DROP EXTENSION leaves nothing else"
is "$(sql 'CREATE EXTENSION caregroup')" "" "CREATE EXTENSION again"
footprint >"$work/again"
is "$(diff "$work/with" "$work/again")" "" "makes the same"
# A user's column of a type of the extension is a user's.
sql 'CREATE TABLE mine (number caregroup.nhs_number)' >/dev/null
is "$(sql 'DROP EXTENSION caregroup')" "ERROR:  2BP01" "DROP EXTENSION is refused while a column has one of its types"
