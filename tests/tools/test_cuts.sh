#!/bin/bash
# Power cuts of an image's disk, without emulation: the card is a file on a file system that clones
# files, its root is mounted by a loop device and started by systemd-nspawn. While the box confirms one
# thing after the other, the file is cloned at random moments: what a card holds when the power fails.
# Each clone is mounted, as the next start would, and must know all that was confirmed before.
#
#     tests/tools/test_cuts.sh FILE.img
#
# MOODBOX_CUTS=N   clones [200]; every second disk is written past this machine's cache
# MOODBOX_BOOTS=N  of the clones, at the end, that are started until READY [2]
# Needs root, loop devices, XFS and systemd-nspawn. The kernel is this machine's, and a loop device
# loses nothing that it was given: a card that does is tests/edge/update/test_power.py's subject.
set -euo pipefail
cd "$(dirname "$0")/../.."
image="$1"
cuts="${MOODBOX_CUTS:-200}" boots="${MOODBOX_BOOTS:-2}"
work="${MOODBOX_IMAGE:-$PWD/build/image}/cuts"
began=$SECONDS nspawn="" loops=()

say() { printf '\n== %s (%s s)\n' "$*" "$((SECONDS - began))"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
within() {
    local until=$((SECONDS + $1 * ${MOODBOX_SLOW:-1})); shift
    until "$@"; do
        [ "$SECONDS" -lt "$until" ] || return 1
        sleep 0.5
    done
}

finish() {
    [ -z "$nspawn" ] || kill -9 "$leader" 2> /dev/null || true
    sleep 1
    umount -l "$work/cut" "$work/root" 2> /dev/null || true
    umount -l "$work/disk" 2> /dev/null || true
    local loop
    for loop in "${loops[@]}"; do losetup -d "$loop" 2> /dev/null || true; done
}

# The root partition of a disk, the second in its table, as a device: attach DISK [losetup's words]
attach() {
    local disk="$1"; shift
    device=$(losetup --show --find --offset $(($(od -An -t u4 -j 470 -N 4 "$disk") * 512)) "$@" "$disk")
    loops+=("$device")
}
detach() { losetup -d "$1"; }

# The container's own first process; a moment before it, there is a helper.
find_leader() {
    within 60 pgrep -P "$nspawn" -x systemd > /dev/null || fail "it does not boot"
    leader=$(pgrep -P "$nspawn" -x systemd)
}
# start ROOT [systemd-nspawn's words]
start() {
    systemd-nspawn --register=no --keep-unit -q --private-network -D "$@" --boot > "$work/boot.log" 2>&1 &
    nspawn=$!
    find_leader
    within 300 ready || { inside journalctl -b -u moodbox -n 30; fail "not READY"; }
    echo "READY after $((SECONDS - began)) s"
}
# The container outlives who started it, so its own first process goes.
power_off() { kill -9 "$leader"; wait "$nspawn" 2> /dev/null || true; nspawn=""; sleep 1; }
inside() { nsenter -t "$leader" -m -u -i -n -p -C "$@"; }
property() { inside systemctl show --value --property="$1" moodbox 2> /dev/null; }
ready() { [ "$(property ActiveState)" = active ]; }
settled() { inside cloud-init status 2> /dev/null | grep -Eq 'status: (done|disabled)'; }
reads_a_face() { inside moodbox status --json 2> /dev/null | grep -q '"inference_ms":[0-9.]*[1-9]'; }
identity() { inside sh -c 'hostname; cat /etc/machine-id /etc/ssh/ssh_host_ed25519_key.pub'; }
confirm() { inside /opt/moodbox/current/bin/python - "$@" < tests/tools/confirm.py; }

count_from() {
    rm -f "$work/confirmed"
    confirm "$1" > "$work/confirmed" 2> /dev/null &
    within 30 test -s "$work/confirmed" || fail "nothing is confirmed"
}

seed() {
    mkdir -p "$work/root/boot/firmware"
    printf 'instance-id: written\n' > "$work/root/boot/firmware/meta-data"
    cp ansible/image/boot/network-config "$work/root/boot/firmware/"
    cat > "$work/root/boot/firmware/user-data" <<'YAML'
#cloud-config
hostname: kitchen
users: [{name: owner, groups: "users,sudo", shell: /bin/bash, lock_passwd: true}]
YAML
    local sample
    sample=/$(cd "$work/root" && echo opt/moodbox/releases/*/lib/python3*/site-packages/edge/sample.mp4)
    cat > "$work/root/etc/moodbox/moodbox.toml" <<TOML
camera = {driver = "simulated", source = "$sample", loop = true}
lamp = {driver = "none"}
button = {driver = "none"}
player = {driver = "simulated"}
TOML
    sed -i '/^LABEL/d' "$work/root/etc/fstab"  # a container has no disks
}

prepare() {
    say "the card"
    [ "$(id -u)" = 0 ] || fail "needs root"
    sh tests/tools/apt.sh mkfs.xfs:xfsprogs systemd-nspawn:systemd-container losetup:mount
    mkdir -p "$work/disk" "$work/root" "$work/cut"
    truncate -s 16G "$work/xfs"
    mkfs.xfs -q -f -m reflink=1 "$work/xfs"
    trap finish EXIT
    mount -o loop "$work/xfs" "$work/disk"
    disk="$work/disk/disk.img"
    cp --sparse=always "$image" "$disk"
    truncate -s +1G "$disk"
    attach "$disk"
    e2fsck -fp "$device" > /dev/null
    resize2fs "$device" > /dev/null 2>&1
    mount -o noatime "$device" "$work/root"
    seed
}

# A clone at a random moment; the last number that had been confirmed before it began.
cut_power() {
    sleep "0.$((RANDOM % 10))$((RANDOM % 10))"
    confirmed=$(tail -n 1 "$work/confirmed")
    cp --reflink=always "$disk" "$work/disk/cut.img"
}
inspect() {
    local found
    attach "$work/disk/cut.img"
    mount -o noatime "$device" "$work/cut" || fail "cut $1: cannot be mounted"
    found=$(python3 tests/tools/stored.py "$work/cut/var/lib/moodbox/moodbox.db") \
        || fail "cut $1: the store cannot be read"
    [ "$found" -ge "$confirmed" ] || fail "cut $1: it had confirmed $confirmed, and knows $found"
    umount "$work/cut"
    e2fsck -fn "$device" > "$work/fsck.log" 2>&1 || fail "cut $1: $(head -5 "$work/fsck.log")"
    detach "$device"
}

prepare
say "the first start"
start "$work/root"
within 300 settled || { inside cloud-init status --long; fail "the first start does not end"; }
[ "$(inside hostname)" = kitchen ] || fail "it is called $(inside hostname)"
inside id owner
within 300 reads_a_face || { inside journalctl -b -u moodbox -n 30; fail "no face is read"; }
inside moodbox status --json | cut -c 1-300
identity > "$work/identity"
say "moodbox check"
inside runuser -u moodbox -- /opt/moodbox/current/bin/moodbox check --json > "$work/check" || true
cat "$work/check"
! grep -q '"state":"fail"' "$work/check" || fail "moodbox check"
inside moodbox pair | grep http || fail "no address pairs a browser"

say "$cuts power cuts"
count_from 1
for cut in $(seq "$cuts"); do
    losetup --direct-io=$([ $((cut % 2)) = 0 ] && echo on || echo off) "${loops[0]}" 2> /dev/null || true
    cut_power
    inspect "$cut"
    [ $((cut % 20)) != 0 ] || echo "$cut cuts; $(wc -l < "$work/confirmed") confirmed, none lost ($((SECONDS - began)) s)"
done

say "starts after a power cut"
for boot in $(seq "$boots"); do
    cut_power
    power_off
    umount -l "$work/root"
    mv "$work/disk/cut.img" "$work/disk/next$boot.img"
    disk="$work/disk/next$boot.img"
    attach "$disk"
    mount -o noatime "$device" "$work/root"
    start "$work/root"
    [ "$(confirm)" -ge "$confirmed" ] || fail "it had confirmed $confirmed, and knows $(confirm)"
    identity | cmp -s - "$work/identity" || fail "it is another box"
    count_from "$(($(confirm) + 1))"
done
say "all of it stands"
