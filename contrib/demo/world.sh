# Making a demonstration world: a warehouse of plain tables and a hub bound to
# it, in a database named like the world.  Source after lib.sh.

seconds_since() { printf '%s s' $(($(date +%s) - $1)); }

# What the database was made from; a changed generator or extension shows.
world_stamp() {
  local world=$1 scale=$2
  { printf '%s %s\n' "$world" "$scale"
    find "$project/contrib/demo/worlds/common" "$project/contrib/demo/worlds/$world" -name '*.sql' -print0 | sort -z | xargs -0 cat
    cat "$build"/stage"$("$PG_CONFIG" --sharedir)"/extension/caregroup--*.sql
  } | cksum | tr ' ' '-'
}

# world_make WORLD SCALE [DATABASE]: nothing to do when it is there already.
world_make() {
  local world=$1 scale=$2 database=${3:-$1} stamp began
  stamp=$(world_stamp "$world" "$scale")
  if [ "$(psql -X -d postgres -Atc "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '$database'")" = "$stamp" ]; then
    return
  fi
  psql -X -q -d postgres -c "SET client_min_messages = warning" -c "DROP DATABASE IF EXISTS $database"
  psql -X -q -d postgres -c "CREATE DATABASE $database"
  began=$(date +%s)
  say "Making the warehouse of $world at scale $scale ..."
  run_psql -d "$database" -v scale="$scale" -v seed=2018 -f "$project/contrib/demo/worlds/$world/warehouse.sql" >&2
  say "  made in $(seconds_since "$began")"
  began=$(date +%s)
  say "Creating and binding the hub ..."
  run_psql -d "$database" -v hub="$world" -o /dev/null -f "$project/contrib/demo/worlds/$world/hub.sql"
  say "  bound in $(seconds_since "$began")"
  began=$(date +%s)
  say "Recalculating ..."
  run_psql -d "$database" -c "CALL caregroup.recalculate('$world')"
  say "  done in $(seconds_since "$began")"
  began=$(date +%s)
  say "Checking the data ..."
  run_psql -d "$database" -o /dev/null -c "SELECT * FROM caregroup.check_hub('$world')"
  say "  done in $(seconds_since "$began")"
  psql -X -q -d postgres -c "COMMENT ON DATABASE $database IS '$stamp'"
}
