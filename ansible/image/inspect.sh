#!/bin/sh
# What a tree must not hold to become an image: no two boxes may share a secret, and nobody may know one
# before its owner does.
#
#     ansible/image/inspect.sh TREE        prints what it finds, one a line; 1 where that is anything
set -eu
cd "$1"

within() { # FOLDER TEST…: what is there of a folder that need not be
    [ ! -e "$1" ] || find "$@"
}

found=$({
    within etc/ssh -name 'ssh_host_*'
    within root -name authorized_keys -o -name 'id_*'
    within home -name authorized_keys -o -name 'id_*'
    within var/lib/moodbox -mindepth 1
    within var/lib/systemd/random-seed
    within var/lib/cloud -name instance
    within etc/moodbox \( -name 'mqtt-password*' -o -name soloist-key \) -size +0
    within etc/mosquitto -name '*.users' -size +0
    within etc/NetworkManager/system-connections -type f
    within etc/machine-id -size +0
    [ ! -e etc/comitup.conf ] || grep -H '^[[:space:]]*ap_password[[:space:]]*:' etc/comitup.conf | sed 's/:.*/: ap_password/'
    [ ! -e etc/shadow ] || sed -n 's/^\([^:]*\):[!*]*\$.*/etc\/shadow: the password of \1/p' etc/shadow
})
[ -z "$found" ] || { printf '%s\n' "$found"; exit 1; }
