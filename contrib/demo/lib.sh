# Shared by contrib/demo/run, test/run and test/bench/run: what is installed,
# the build, and throw-away PostgreSQL clusters.  Source it from bash with
# "project" set to the top of the tree.
#
# Servers refuse to run as root, so root hands them to the postgres user;
# anybody else runs them as themselves.  Clients run as the caller.

packages="postgresql-15 postgresql-server-dev-15 postgresql-15-postgis-3 postgresql-15-cron
  postgresql-15-pgtap libtap-parser-sourcehandler-pgtap-perl gcc make"

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

# The newest supported pg_config that has server headers, PG_CONFIG first.
find_pg_config() {
  local candidate
  for candidate in "${PG_CONFIG:-}" /usr/lib/postgresql/15/bin/pg_config \
      /usr/lib/postgresql/{18,17,16,14}/bin/pg_config "$(command -v pg_config || true)"; do
    if [ -n "$candidate" ] && [ -x "$candidate" ] &&
       [ -e "$("$candidate" --includedir-server)/postgres.h" ] &&
       [ -x "$("$candidate" --bindir)/initdb" ]; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  return 1
}

have_everything() {
  local found extensions
  found=$(find_pg_config) || return 1
  extensions=$("$found" --sharedir)/extension
  [ -e "$extensions/postgis.control" ] && [ -e "$extensions/pg_cron.control" ] &&
    [ -e "$extensions/pgtap.control" ] && command -v cc >/dev/null && command -v make >/dev/null &&
    command -v pg_prove >/dev/null
}

install_missing() {
  if ! have_everything; then
    if ! command -v apt-get >/dev/null || { [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; }; then
      die "Missing: PostgreSQL 14 to 18 with server headers, PostGIS 3, pg_cron, pgTAP, pg_prove, a C compiler and make.
On Debian or Ubuntu, as root: apt-get install --no-install-recommends" $packages
    fi
    say "Installing what is missing with apt-get (about a minute) ..."
    # A throw-away cluster is all that is needed: Debian's default one stays away.
    [ -e /etc/postgresql-common/createcluster.conf ] || {
      as_root mkdir -p /etc/postgresql-common
      printf 'create_main_cluster = false\n' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
    }
    { as_root apt-get update -q &&
      as_root env DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends $packages; } \
      >"$build/install.log" 2>&1 || { tail -n 20 "$build/install.log" >&2; die "apt-get failed; see $build/install.log"; }
    have_everything || die "Something is still missing after apt-get; see $build/install.log"
  fi
  PG_CONFIG=$(find_pg_config)
  bindir=$("$PG_CONFIG" --bindir)
  export PG_CONFIG PATH="$bindir:$PATH"
}

# The server's user must be able to reach what the server reads.
choose_build_dir() {
  build=$project/build
  if [ "$(id -u)" = 0 ]; then
    getent passwd postgres >/dev/null || as_root useradd --system --home-dir /var/lib/postgresql --shell /bin/bash postgres
    if ! runuser -u postgres -- test -x "$project" -a -r "$project/Makefile"; then
      build=/var/tmp/caregroup-$(printf '%s' "$project" | cksum | cut -d ' ' -f 1)
      mkdir -p "$build"
      [ -e "$project/build" ] || ln -s "$build" "$project/build"
    fi
  fi
  mkdir -p "$build"
  # Where a socket's path would be too long for the system.
  sockets=$build
  [ ${#sockets} -le 80 ] || sockets=/tmp/caregroup-$(printf '%s' "$project" | cksum | cut -d ' ' -f 1)
  mkdir -p "$sockets"
}

as_server() {
  if [ "$(id -u)" = 0 ]; then runuser -u postgres -- env PATH="$PATH" "$@"; else "$@"; fi
}

build_extension() {
  say "Building caregroup ..."
  rm -rf "$build/stage"
  make -C "$project" -s with_llvm=no PG_CONFIG="$PG_CONFIG" ${MAKE_ARGS:-} >"$build/make.log" 2>&1 &&
    make -C "$project" -s with_llvm=no PG_CONFIG="$PG_CONFIG" ${MAKE_ARGS:-} install DESTDIR="$build/stage" >>"$build/make.log" 2>&1 ||
    { tail -n 40 "$build/make.log" >&2; die "the build failed; see $build/make.log"; }
  if grep -q 'warning:' "$build/make.log"; then cat "$build/make.log" >&2; fi
}

# cluster_start NAME: starts, and makes if need be, the cluster build/NAME.
cluster_start() {
  local name=$1 data=$build/$1/data
  mkdir -p "$build/$name" "$sockets/$name.s"
  if [ "$(id -u)" = 0 ]; then chown postgres: "$build/$name" "$sockets/$name.s"; fi
  if [ ! -e "$data/PG_VERSION" ]; then
    as_server "$bindir/initdb" -D "$data" -U postgres -A trust -N -E UTF8 --locale=C.UTF-8 >"$build/initdb.log" 2>&1 ||
      { cat "$build/initdb.log" >&2; die "initdb failed"; }
    as_server tee -a "$data/postgresql.conf" >/dev/null <<CONF
listen_addresses = ''
unix_socket_directories = '$sockets/$name.s'
port = 54329
shared_preload_libraries = 'pg_cron'
cron.database_name = 'caregroup'
cron.host = '$sockets/$name.s'
extension_destdir = '$build/stage'
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 4GB
shared_buffers = 512MB
max_locks_per_transaction = 256
work_mem = 64MB
maintenance_work_mem = 256MB
log_min_messages = warning
CONF
  fi
  if ! as_server "$bindir/pg_ctl" -D "$data" status >/dev/null 2>&1; then
    as_server "$bindir/pg_ctl" -D "$data" -w -t 60 -l "$build/$name/log" start </dev/null >/dev/null 2>&1 ||
      { tail -n 20 "$build/$name/log" >&2; die "the server did not start; see $build/$name/log"; }
  fi
  export PGHOST=$sockets/$name.s PGPORT=54329 PGUSER=postgres PGDATABASE=caregroup
  unset PGPASSWORD PGSERVICE PGOPTIONS
  # pg_cron's launcher starts again and again while its database is missing.
  [ "$(psql -X -d postgres -Atc "SELECT count(*) FROM pg_database WHERE datname = 'caregroup'")" = 1 ] ||
    psql -X -q -d postgres -c 'CREATE DATABASE caregroup'
}

cluster_stop() {
  local data=$build/$1/data
  if [ -e "$data/postmaster.pid" ]; then
    as_server "$bindir/pg_ctl" -D "$data" -m fast -w stop </dev/null >/dev/null 2>&1 || true
  fi
}

cluster_remove() {
  cluster_stop "$1"
  rm -rf "${build:?}/$1" "${sockets:?}/$1.s"
}

run_psql() { psql -X -q -v ON_ERROR_STOP=1 "$@"; }
