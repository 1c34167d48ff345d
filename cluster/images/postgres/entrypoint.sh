#!/bin/bash
# Starts PostgreSQL; makes the database first when the data folder is empty.
#
# POSTGRES_USER (postgres), POSTGRES_PASSWORD, POSTGRES_DB (the user's name), POSTGRES_INITDB_ARGS,
# POSTGRES_HOST_AUTH_METHOD (scram-sha-256), PGDATA (/var/lib/postgresql/data); each POSTGRES_ variable
# may come from a file instead: POSTGRES_PASSWORD_FILE=/run/secrets/password.
# Scripts in /docker-entrypoint-initdb.d (*.sql, *.sql.gz, *.sh) run once, in order, after the database is made.
set -euo pipefail

fail() { echo "postgres image: $*" >&2; exit 1; }

from_file() {
  local name=$1 file="${1}_FILE"
  [ -n "${!file:-}" ] || return 0
  [ -z "${!name:-}" ] || fail "$name and $file are both set. Keep one of them."
  [ -r "${!file}" ] || fail "$file names ${!file}, which cannot be read. Mount the secret there."
  export "$name=$(<"${!file}")"
  unset "$file"
}

# A user id that has no entry in passwd, as clusters assign it, gets one: initdb asks for the user's name.
name_user() {
  if getent passwd "$(id -u)" >/dev/null; then return 0; fi
  local folder=/tmp
  [ -w "$folder" ] || folder=/dev/shm
  echo "postgres:x:$(id -u):$(id -g)::/var/lib/postgresql:/bin/false" >"$folder/passwd"
  echo "postgres:x:$(id -g):" >"$folder/group"
  export NSS_WRAPPER_PASSWD=$folder/passwd NSS_WRAPPER_GROUP=$folder/group LD_PRELOAD=libnss_wrapper.so
}

# Sockets need a folder that can be written; with a read-only root there may be none, and TCP serves alone.
socket_folder() {
  local folder
  for folder in /var/run/postgresql /tmp; do
    if [ -d "$folder" ] && [ -w "$folder" ]; then echo "$folder"; return; fi
  done
}

run_scripts() {
  local file
  for file in /docker-entrypoint-initdb.d/*; do
    case "$file" in
      *.sh) echo "postgres image: running $file"; (set +u; . "$file") ;;
      *.sql) echo "postgres image: running $file"; sql -f "$file" ;;
      *.sql.gz) echo "postgres image: running $file"; gzip -dc "$file" | sql ;;
    esac
  done
}

sql() { psql -v ON_ERROR_STOP=1 --no-psqlrc -q "$@"; }

# The database is made in PGDATA/.new and moved up when complete, PG_VERSION last: a start that is killed
# half way is begun again, or its move finished, and data that is not ours is never touched.
make_database() {
  local new=$PGDATA/.new method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256} args=()
  if [ ! -e "$new/complete" ]; then
    if [ -n "$(find "$PGDATA" -mindepth 1 -maxdepth 1 ! -name lost+found ! -name .new)" ]; then
      fail "PGDATA $PGDATA holds files but no database. Name a folder of its own, such as $PGDATA/pgdata."
    fi
    if [ -z "${POSTGRES_PASSWORD:-}" ] && [ "$method" != trust ]; then
      fail "POSTGRES_PASSWORD is empty. Set it, or POSTGRES_PASSWORD_FILE."
    fi
    rm -rf "$new"
    read -ra args <<<"${POSTGRES_INITDB_ARGS:-}"
    initdb --pgdata="$new" --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "${POSTGRES_PASSWORD:-}") \
      --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 "${args[@]}" >/dev/null
    printf 'host all all all %s\n' "$method" >>"$new/pg_hba.conf"
    fill_database "$new"
    touch "$new/complete"
  fi
  find "$new" -mindepth 1 -maxdepth 1 ! -name PG_VERSION ! -name complete -exec mv -t "$PGDATA" {} +
  mv "$new/PG_VERSION" "$PGDATA/"
  rm -r "$new"
  echo "postgres image: database $POSTGRES_DB is made"
}

fill_database() {
  local data=$1
  pg_ctl -D "$data" -w -t 120 -l "$data/first-start.log" -o "-c listen_addresses='' -c unix_socket_directories='$data'" start >/dev/null ||
    { cat "$data/first-start.log" >&2; fail "the first start failed, see above."; }
  export PGHOST=$data PGUSER=$POSTGRES_USER PGDATABASE=postgres
  if [ "$POSTGRES_DB" != postgres ]; then sql -v name="$POSTGRES_DB" <<<'CREATE DATABASE :"name";'; fi
  export PGDATABASE=$POSTGRES_DB
  run_scripts
  unset PGHOST PGUSER PGDATABASE
  pg_ctl -D "$data" -w -t 120 -m fast stop >/dev/null
  rm -f "$data/first-start.log"
}

if [ "${1:-}" = "" ] || [ "${1#-}" != "$1" ]; then set -- postgres "$@"; fi
if [ "$1" != postgres ]; then exec "$@"; fi

for name in POSTGRES_USER POSTGRES_PASSWORD POSTGRES_DB POSTGRES_INITDB_ARGS POSTGRES_HOST_AUTH_METHOD; do from_file "$name"; done
export POSTGRES_USER=${POSTGRES_USER:-postgres}
export POSTGRES_DB=${POSTGRES_DB:-$POSTGRES_USER}

if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA"
  find "$PGDATA" \! -user postgres -exec chown postgres:postgres {} +
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

name_user
mkdir -p "$PGDATA" || fail "PGDATA $PGDATA cannot be made by user $(id -u). Mount a volume there and set fsGroup."
[ -O "$PGDATA" ] || fail "PGDATA $PGDATA belongs to another user than $(id -u). Set PGDATA to a folder below the volume's mount."
chmod 0700 "$PGDATA"
if [ ! -s "$PGDATA/PG_VERSION" ]; then make_database; fi
unset POSTGRES_PASSWORD

exec "$@" -c "unix_socket_directories=$(socket_folder)"
