#!/bin/sh
# What the upstream image does before the server: a cluster of POSTGRES_USER with POSTGRES_PASSWORD (or what
# POSTGRES_PASSWORD_FILE holds), a database POSTGRES_DB with the extension in it, and the library that it needs preloaded.
set -eu

if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA"
  chown -R 70:70 "$PGDATA" /var/run/postgresql
  chmod 700 "$PGDATA"
  # As root the file is read, whoever owns it.
  if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then
    POSTGRES_PASSWORD=$(cat "$POSTGRES_PASSWORD_FILE")
    export POSTGRES_PASSWORD
    unset POSTGRES_PASSWORD_FILE
  fi
  exec setpriv --reuid=70 --regid=70 --clear-groups "$0" "$@"
fi

if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then
  POSTGRES_PASSWORD=$(cat "$POSTGRES_PASSWORD_FILE")
fi
: "${POSTGRES_PASSWORD:?is not set, and neither is POSTGRES_PASSWORD_FILE}"
user=${POSTGRES_USER:-postgres}
name=${POSTGRES_DB:-$user}

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  printf '%s\n' "$POSTGRES_PASSWORD" > /tmp/password
  initdb -D "$PGDATA" -U "$user" --pwfile=/tmp/password --auth-host=scram-sha-256 --auth-local=trust \
    ${POSTGRES_INITDB_ARGS:-}
  rm /tmp/password
  echo 'host all all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
  echo "listen_addresses = '*'" >> "$PGDATA/postgresql.conf"
  echo "shared_preload_libraries = 'timescaledb'" >> "$PGDATA/postgresql.conf"
  # As upstream: while it is prepared, the server answers on its socket only.
  pg_ctl -D "$PGDATA" -o "-c listen_addresses=''" -w start
  [ "$name" = postgres ] || psql -U "$user" -d postgres -v ON_ERROR_STOP=1 -c "CREATE DATABASE \"$name\""
  psql -U "$user" -d "$name" -v ON_ERROR_STOP=1 -c 'CREATE EXTENSION IF NOT EXISTS timescaledb'
  pg_ctl -D "$PGDATA" -m fast -w stop
fi
unset POSTGRES_PASSWORD
exec "$@"
