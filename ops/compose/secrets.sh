#!/bin/sh
# Makes the secrets of docker-compose.yml, random, in the folder that is named, or in ./secrets. What is there stays.
set -eu
folder=${1:-secrets}

# The folder keeps other users of this machine out. The files are mounted one by one into containers, whose users are
# not ours, and have to be readable there.
mkdir -p "$folder"
chmod 700 "$folder"

for name in database_password secret_key metrics_token grafana_password; do
  if [ -s "$folder/$name" ]; then
    echo "$folder/$name is there"
    continue
  fi
  rm -f "$folder/$name" "$folder/.new"
  head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n' > "$folder/.new"
  [ "$(wc -c < "$folder/.new")" -eq 64 ] || { echo "no random bytes are to be had" >&2; exit 1; }
  chmod 444 "$folder/.new"
  mv "$folder/.new" "$folder/$name"
  echo "$folder/$name made"
done

# An operator writes these; see FOOTFALL_ARCHIVE_SECRET_KEY_FILE and FOOTFALL_SMTP_PASSWORD_FILE in .env.
for name in archive_secret_key smtp_password; do
  if [ ! -e "$folder/$name" ]; then
    : > "$folder/$name"
    chmod 644 "$folder/$name"
  fi
done
