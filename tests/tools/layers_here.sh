#!/bin/bash
# The way back of an image in layers, without emulation: the initramfs's own script lays the layers of the
# image's own disk, start by start, in a mount namespace of this machine; at last with the image's systemd
# on them, in a container. Minutes sooner than test_layers.sh, whose kernel and initramfs are the image's.
#
#     tests/tools/layers_here.sh FILE-layers.img
#
# Needs root, loop devices, overlay and systemd-nspawn.
set -euo pipefail
cd "$(dirname "$0")/../.."
image="$1"
script=ansible/image/layers/etc/initramfs-tools/scripts/local-bottom/layers
work=$(mktemp -d) here=$PWD
disk="$work/disk.img"
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
sectors() { echo $(($(od -An -t u4 -j "$1" -N 4 "$disk") * 512)); }

sh tests/tools/apt.sh losetup:mount systemd-nspawn:systemd-container
cp --sparse=always "$image" "$disk"
# The table's second and third partition: where each begins, and how long it is.
root=$(losetup --show --find --read-only --offset "$(sectors 470)" --sizelimit "$(sectors 474)" "$disk")
data=$(losetup --show --find --offset "$(sectors 486)" --sizelimit "$(sectors 490)" "$disk")
trap 'losetup -d "$root" "$data"; rm -rf "$work"' EXIT

# What the initramfs does before and for the script.
{
    echo "set -e; mount --make-rprivate /; mount -t tmpfs tmpfs /run"
    echo "r=$work/root; rootmnt=\$r; mkdir -p \$r; mount -o ro $root \$r"
    echo "resolve_device() { echo $data; }; log_warning_msg() { echo \"\$*\"; }; panic() { echo \"\$*\"; exit 1; }"
    sed '/prereqs/d; /^case " \$(cat/d; /^\. \/scripts/d' "$script"
    echo 'set +e; d=/run/layers/data; eval "$1"; sync'
} > "$work/start"
start() {
    local ended=0
    unshare -m sh "$work/start" "$1" > "$work/said" 2>&1 || ended=$?
    cat "$work/said"
    return "$ended"
}
says() { grep -q -- "$1" "$work/said" || fail "nothing says: $1"; }

start 'stat -f -c %T $r; touch $r/usr/local/bin/changed; echo mine > $r/etc/moodbox/mark
       mv $r/usr/lib/*/libc.so.6 $r/usr/lib/gone; chroot $r /bin/true || echo nothing runs'
says overlayfs
says "nothing runs"
for _ in 2 3; do
    start 'chroot $r /bin/true || echo nothing runs'
    says "nothing runs"
done
start 'chroot $r /bin/true && echo it runs; ls $r/usr/local/bin/changed; cat $r/etc/moodbox/mark; ls $d
       touch /run/layers/lower/x; echo tries $(cat $d/tries); touch $d/back $r/usr/local/bin/changed'
says "back to what was flashed"
says "it runs"
says "changed': No such file"
says mine
says aside-1
says "Read-only file system"
says "tries 1"
start 'ls $r/usr/local/bin/changed; cat $r/etc/moodbox/mark; ls $d'
says "changed': No such file"
says mine
says aside-2
start 'ls $d'
! grep -q aside-3 "$work/said" || fail "it goes back at every start"

# A whole start: the daemon's READY forgets the tries, and the owner's word asks for the way back.
cat > "$work/whole" <<'BASH'
# Its functions, without what it does with them.
source <(sed '/^prepare$/,$d; s,^cd .*,:,' "$here/tests/tools/test_cuts.sh") image
work=$where data=/run/layers/data
sed '/^LABEL/d' "$work/root/etc/fstab" > "$work/root/etc/fstab.new"  # a container has no disks
mv "$work/root/etc/fstab.new" "$work/root/etc/fstab"
grep -qx 0 "$data/tries" && fail "this start is not counted"
start "$work/root" --bind=/run/layers
within 60 grep -qx 0 "$data/tries" || { inside systemctl status moodbox-layers; fail "READY, and counted as a try"; }
echo "tries forgotten"
echo 2 > "$data/tries"
inside systemctl restart moodbox
within 60 grep -qx 0 "$data/tries" || fail "a second READY is none"
echo "and once more"
# An update that asks for a restart gets one in the night, and not before.
night() { inside sh -c "printf '[Service]\nEnvironment=NIGHT=%s\n' \$(date -d '$1' +%H:%M) > \
    /etc/systemd/system/moodbox-reboot.service.d/night.conf; systemctl daemon-reload; systemctl start moodbox-reboot"; }
inside touch /run/reboot-required
night "6 hours"
[ "$(inside systemctl show --value --property=Result moodbox-reboot)" = exec-condition ] || fail "restarted by day"
echo "by day it waits"
ended=0
night "-5 minutes" || true
wait "$nspawn" || ended=$?
[ "$ended" = 133 ] || fail "no restart: it ended with $ended"  # so systemd-nspawn says that one was asked for
echo "by night it restarts"
start "$work/root" --bind=/run/layers
inside moodbox-back &
within 60 test -e "$data/back" || fail "moodbox-back asks for nothing"
power_off
BASH
here=$here where=$work start 'exec bash "$where/whole"'
says "tries forgotten"
says "and once more"
says "by day it waits"
says "by night it restarts"
start 'ls $d'
says "back to what was flashed"
says aside-3
echo "all of it stands"
