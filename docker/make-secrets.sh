#!/bin/sh
# Draw the secrets of docker-compose.yml into docker/secrets, once.
set -eu
cd "$(dirname "$0")"
if [ -e secrets ]; then
    echo "docker/secrets exists and stays as it is." >&2
    exit 0
fi
draw() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
postgres=$(draw)
valkey=$(draw)
# The folder keeps others out. The files themselves are mounted into containers whose
# users are not this machine's, and must be readable there.
mkdir -m 700 secrets
umask 022
printf %s "$(draw)$(draw)" >secrets/secret_key
printf %s "$postgres" >secrets/postgres_password
printf %s "postgres://dragonfly:$postgres@postgres:5432/dragonfly" >secrets/database_url
printf %s "redis://:$valkey@redis:6379/0" >secrets/redis_url
printf 'requirepass %s\n' "$valkey" >secrets/valkey.conf
echo "Drew docker/secrets."
