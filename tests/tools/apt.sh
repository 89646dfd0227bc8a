#!/bin/sh
# Install the Debian packages of missing programs: apt.sh PROGRAM:PACKAGE ...
# As root or with password-less sudo; otherwise say the one line that somebody else has to run.
PATH="$PATH:/usr/sbin:/sbin"
missing=""
for pair in "$@"; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair##*:}"
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ]; then
    sudo=""
elif sudo -n true 2>/dev/null; then
    sudo="sudo"
else
    echo "missing programs; run: sudo apt-get install --no-install-recommends$missing" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq && $sudo apt-get install -qq -y --no-install-recommends $missing >/dev/null
