#!/bin/bash
# The card's image, booted in a virtual machine: its first start with what Raspberry Pi Imager
# would have written, the page, the model, a reboot, power cuts in the first start and later.
#
#     tests/tools/test_image.sh [FILE.img.xz or FILE.img]
#
# MOODBOX_ARCH=amd64 boots an image for a PC's processor; MOODBOX_ACCEL=kvm with the kernel's help [tcg].
# After `make image`. MOODBOX_IMAGE=FOLDER as there; MOODBOX_CUTS=N power cuts of the running box [20];
# MOODBOX_FIRST_CUTS="9 15" seconds, by the box's own clock, after which the power fails in the first start. Of an image in layers
# (profile-layers.yml) it breaks the system, and sees it come back with what is the household's.
# Power cuts of the running box go on from one moment that was kept, so that each takes seconds; the last
# disk is started. Needs qemu, no root, and an image with Debian's kernel. Not proven by it: anything of a
# Raspberry Pi itself.
set -euo pipefail
cd "$(dirname "$0")/../.."
arch="${MOODBOX_ARCH:-arm64}"
work="${MOODBOX_IMAGE:-$PWD/build/image}/$arch"
image="${1:-$(find "$work/out" -name '*.img*' | sort | tail -1)}"
box="$work/box" disk="$work/box/disk.img"
declare -A program_package=([arm64]=qemu-system-arm [amd64]=qemu-system-x86)
if [ "$arch" = arm64 ]; then
    program=qemu-system-aarch64 console=ttyAMA0 machine_is=(-M virt -cpu cortex-a72)
else
    program=qemu-system-x86_64 console=ttyS0 machine_is=(-M q35 -cpu Nehalem)  # the oldest that numpy runs on, and the cheapest
fi
accel="${MOODBOX_ACCEL:-tcg}"
# Emulated, the guest's clock counts its instructions: a busy machine makes it late, but lets nothing in it
# time out. Our own waits are to be longer then: MOODBOX_SLOW times.
[ "$accel" = tcg ] && timing=(-smp 1 -icount shift=0,sleep=on) || timing=(-smp 2)
cache="${MOODBOX_CACHE:-writeback}"
began=$SECONDS machine=""
PORT=$((20000 + RANDOM % 10000)) PAGE=$((30000 + RANDOM % 10000))

say() { printf '\n== %s (%s s)\n' "$*" "$((SECONDS - began))"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; tail -n 30 "$box/console" >&2 || true; exit 1; }
within() {
    local until=$((SECONDS + $1 * ${MOODBOX_SLOW:-1})); shift
    until "$@"; do
        [ "$SECONDS" -lt "$until" ] || return 1
        sleep 3
    done
}

# A card larger than the image, as cards are, and what Imager asks its user, on the boot partition.
write_card() {
    say "the card"
    sh tests/tools/apt.sh "$program:${program_package[$arch]}" mcopy:mtools xz:xz-utils ssh-keygen:openssh-client \
        debugfs:e2fsprogs
    rm -rf "$box" && mkdir -p "$box"
    case "$image" in
        *.xz) xz -dc "$image" > "$disk" ;;
        *) cp --sparse=always "$image" "$disk" ;;
    esac
    grown=$(($(stat -c %s "$disk") / 1048576 + 1024))
    flashed=$(($(stat -c %s "$disk") / 1048576))
    truncate -s "${grown}M" "$disk"
    ssh-keygen -q -t ed25519 -N "" -f "$box/key"
    # Where the FAT partition, the first in the table, begins: in sectors.
    offset=$(($(od -An -t u4 -j 454 -N 4 "$disk") * 512))
    [ "$offset" -gt 0 ] || fail "no partition table in $image"
    fat="$disk@@$offset"
    mdir -b -i "$fat" ::/vmlinuz-* > /dev/null 2>&1 || fail "this starts Debian's kernel alone: MOODBOX_KERNEL=debian make image"
    mcopy -n -i "$fat" ::/vmlinuz-* "$box/kernel"
    mcopy -n -i "$fat" ::/initrd.img-* "$box/initrd"
    mtype -i "$fat" ::/cmdline.txt | tr -d '\n' > "$box/cmdline"
    grep -q moodbox.layers "$box/cmdline" && layered=yes || layered=""
    printf 'instance-id: written-%s\n' "$began$RANDOM" > "$box/meta-data"
    cat > "$box/user-data" <<YAML
#cloud-config
hostname: kitchen
manage_etc_hosts: true
users:
  - name: owner
    groups: users,adm,sudo
    shell: /bin/bash
    lock_passwd: true
    sudo: ALL=(ALL) NOPASSWD:ALL
    ssh_authorized_keys: ["$(cat "$box/key.pub")"]
write_files:
  - path: /etc/moodbox/moodbox.toml
    owner: root:moodbox
    permissions: "0640"
    defer: true
    content: |
      camera = {driver = "simulated", source = "/opt/moodbox/current/SAMPLE", loop = true}
      lamp = {driver = "none"}
      button = {driver = "none"}
      player = {driver = "simulated"}
runcmd:
  - sed -i "s,/opt/moodbox/current/SAMPLE,\$(echo /opt/moodbox/current/lib/python3*/site-packages/edge/sample.mp4)," /etc/moodbox/moodbox.toml
  - systemctl restart moodbox
YAML
    cat > "$box/network-config" <<YAML
network:
  version: 2
  wifis:
    wlan0:
      dhcp4: true
      optional: true
      regulatory-domain: "DE"
      access-points:
        "At home": {password: "$(head -c 32 /dev/urandom | od -An -t x1 | tr -d ' \n')"}
YAML
    mcopy -o -i "$fat" "$box/meta-data" "$box/user-data" "$box/network-config" ::/
}

# power_on [qemu's words]
power_on() {
    : > "$box/console"
    "$program" "${machine_is[@]}" -accel "$accel" "${timing[@]}" -m 1024 -display none -no-reboot \
        -kernel "$box/kernel" -initrd "$box/initrd" \
        -append "$(sed 's/console=[^ ]*//g' "$box/cmdline") console=$console systemd.log_target=kmsg" \
        -drive "file=$disk,if=virtio,format=raw,cache=$cache" \
        -netdev "user,id=n,hostfwd=tcp:127.0.0.1:$PORT-:22,hostfwd=tcp:127.0.0.1:$PAGE-:8080" \
        -device virtio-net-pci,netdev=n -device virtio-rng-pci \
        -serial "file:$box/console" -monitor "unix:$box/monitor,server=on,wait=off" "$@" < /dev/null > /dev/null 2>&1 &
    machine=$!
    started=$SECONDS
    trap 'kill -9 "$machine" 2>/dev/null || true' EXIT
}
power_cut() {
    kill -9 "$machine"
    wait "$machine" 2>/dev/null || true
    cp "$box/console" "$box/console.$((SECONDS - began))"
}
# By its own clock, which the kernel writes before each line.
lived_for() { grep -aoE '^\[ *[0-9]+\.' "$box/console" | tail -n 1 | tr -dc 0-9; }
lived() { [ "$(lived_for)" -ge "$1" ] 2>/dev/null; }
off() { ! kill -0 "$machine" 2>/dev/null; }
# One connection a start: the box's firewall counts them, and by its slow clock ours come quickly.
inside() {
    ssh -q -i "$box/key" -p "$PORT" -o StrictHostKeyChecking=no -o UserKnownHostsFile="$box/known" \
        -o ConnectTimeout=60 -o BatchMode=yes -o ControlMaster=auto -o ControlPath="$box/ssh" \
        -o ControlPersist=yes owner@127.0.0.1 "$@"
}
up() { inside true 2>/dev/null; }
settled() { inside "cloud-init status" 2>/dev/null | grep -q 'status: done'; }
ready() { [ "$(inside systemctl is-active moodbox 2>/dev/null)" = active ]; }
sees() { inside sudo moodbox status --json 2>/dev/null | grep -q '"camera":"simulated'; }
page() { curl -s -o /dev/null -w '%{http_code}' -m 20 "http://127.0.0.1:$PAGE/" | grep -q '^[23]'; }

first_start() {
    say "the first start, and the power fails in it"
    local second
    for second in ${MOODBOX_FIRST_CUTS-9 14 20}; do
        power_on
        within 600 lived "$second" || fail "it does not get as far as $second s"
        power_cut
        echo "cut after $(lived_for) s by its own clock, with $(grep -ac 'Finished\|Started' "$box/console") units up"
    done
    say "the first start, let be"
    power_on
    within 900 up || fail "nobody can log in"
    echo "log in after $((SECONDS - started)) s"
    within 600 settled || { inside cloud-init status --long; fail "the first start does not end"; }
    within 300 ready || { inside sudo journalctl -b -u moodbox -n 30; fail "not READY"; }
    echo "READY, $((SECONDS - started)) s after power on"
}

look() {
    say "$1"
    local name
    name=$(inside hostname)
    [ "$name" = kitchen ] || fail "it is called $name"
    within 120 full_size || fail "the root is $megabytes MiB of $grown"
    echo "root: $megabytes MiB of a card of $grown MiB"
    inside "cat /etc/machine-id; cat /etc/ssh/ssh_host_ed25519_key.pub" > "$box/identity.now"
    if [ -f "$box/identity" ]; then
        cmp -s "$box/identity" "$box/identity.now" || fail "it has another identity than before"
    fi
    mv "$box/identity.now" "$box/identity"
    within 300 ready || fail "not READY"
    within 300 sees || { inside sudo journalctl -b -u moodbox -n 30; fail "the eyes never opened"; }
    within 60 page || fail "the page does not answer"
    inside "systemctl --failed --no-legend; systemctl is-system-running" || true
    inside "sudo moodbox status --json" > "$box/status.json"
    within 240 mood || fail "no face is read: $(cat "$box/status.json")"
    echo "it reads: $(cat "$box/read")"
}
# Nothing is left over but the boot partition and, in layers, the read-only root.
full_size() {
    megabytes=$(inside "df -m --output=size / | tail -1")
    [ "$megabytes" -gt $((grown - $([ -z "$layered" ] && echo 512 || echo $((flashed - 512))) - 250)) ]
}
mood() {
    inside "sudo moodbox status --json" > "$box/status.json" 2>/dev/null || return 1
    python3 - "$box/status.json" > "$box/read" 2> /dev/null <<'PYTHON'
import json, sys
status = json.load(open(sys.argv[1]))
assert status["mood"] and status["inference_ms"] > 0, status
print(status["mood"], "on the", status["runs_on"], round(status["inference_ms"], 1), "ms a face")
PYTHON
}

check() {
    say "moodbox check: nothing but what is not there"
    inside "sudo runuser -u moodbox -- /opt/moodbox/current/bin/moodbox check --json" > "$box/check" || true
    cat "$box/check"
    python3 - "$box/check" <<'PYTHON' || fail "moodbox check"
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
assert len(rows) > 10, rows
failed = [row for row in rows if row["state"] == "fail"]
assert not failed, failed
PYTHON
    inside "nmcli -t -f NAME,TYPE connection show" | grep -q 'At home:802-11-wireless' || fail "the home's Wi-Fi is not known"
    inside "sudo nft list ruleset" | grep -q 'dport 8080 accept' || fail "the firewall is down"
    inside "sudo moodbox pair" > "$box/pair" || fail "pairing is shut"
    grep -q http "$box/pair" || fail "no address pairs a browser"
    inside "systemctl show -p ActiveEnterTimestampMonotonic --value moodbox; systemd-analyze time" || true
}

# The system is broken so that no program runs; it comes back as it was flashed, with the household's.
way_back() {
    say "a broken system"
    local number starts=0
    python_inside 4711 > /dev/null 2>&1 &
    sleep 5
    kill $! 2> /dev/null || true
    number=$(python_inside)
    inside "sudo touch /usr/local/bin/changed && sudo mv /usr/lib/*/libc.so.6 /usr/lib/libc-is-gone; sync" || true
    sleep 2
    power_cut
    until [ "$starts" -gt 0 ] && ! off; do
        starts=$((starts + 1))
        [ "$starts" -le 5 ] || fail "it does not come back"
        power_on
        within 900 came_or_went || fail "it neither comes back nor ends"
    done
    echo "start $starts after the system broke is READY, $((SECONDS - started)) s after power on"
    [ "$(python_inside)" -ge "$number" ] || fail "it had confirmed $number, and knows $(python_inside)"
    ! inside "test -e /usr/local/bin/changed" || fail "it is not as it was flashed"
    inside "sudo ls /run/layers/data"
}
came_or_went() { off || ready; }

# What it has confirmed is there after the cut; one more may be, whose answer did not arrive.
python_inside() { inside sudo /opt/moodbox/current/bin/python - "$@" < tests/tools/confirm.py; }
later_cuts() {
    local cut confirmed found
    inside "sudo tee /run/confirm.py" < tests/tools/confirm.py > /dev/null
    inside "sudo sh -c 'setsid -f /opt/moodbox/current/bin/python /run/confirm.py 1 > /dev/$console 2>&1'"
    within 120 confirms || fail "nothing is confirmed"
    freeze
    mv "$disk" "$box/frozen.img"
    for cut in $(seq "${MOODBOX_CUTS:-20}"); do
        cp --sparse=always "$box/frozen.img" "$disk"
        # Every second time past this machine's own cache.
        [ $((cut % 2)) = 0 ] && cache=none || cache=writeback
        power_on -incoming "exec:cat '$box/frozen'"
        within 120 confirms || fail "power cut $cut: nothing is confirmed"
        sleep $((RANDOM % 8)).$((RANDOM % 100))
        power_cut
        confirmed=$(numbers | tail -n 1)
        found=$(stored) || fail "power cut $cut: $(cat "$box/fsck")"
        [ "$found" -ge "$confirmed" ] || fail "power cut $cut: it had confirmed $confirmed, and knows $found"
        echo "power cut $cut: $confirmed confirmed, $found on the disk ($cache)"
    done
    power_on
    within 900 ready || fail "not READY after power cut $cut"
    [ "$(python_inside)" -ge "$confirmed" ] || fail "it had confirmed $confirmed, and knows $(python_inside)"
    echo "READY $((SECONDS - started)) s after power on"
}
numbers() { tr -d '\r' < "$box/console" | grep -aE '^[0-9]+$'; }
confirms() { [ "$(numbers | wc -l)" -gt 1 ]; }
# Keep the running machine, to go on from this moment again and again.
freeze() {
    python3 - "$box/monitor" "$box/frozen" <<'PYTHON'
import socket, sys

with socket.socket(socket.AF_UNIX) as monitor:
    monitor.connect(sys.argv[1])
    monitor.sendall(f"migrate \"exec:cat > '{sys.argv[2]}'\"\nquit\n".encode())
    while monitor.recv(4096):
        pass
PYTHON
    wait "$machine" || fail "it cannot be kept"
}
# What the disk knows once its journal is replayed, as the next start does; the partition that is written is the last.
stored() {
    local entry=470 upper="" root="$box/root" file
    [ -z "$layered" ] || entry=486 upper=/upper
    rm -f "$root" "$box"/moodbox.db*
    dd if="$disk" of="$root" bs=4M conv=sparse status=none iflag=skip_bytes \
        skip=$(($(od -An -t u4 -j $entry -N 4 "$disk") * 512))
    e2fsck -p "$root" > "$box/fsck" 2>&1 || [ $? = 1 ] || return 1
    e2fsck -fn "$root" > "$box/fsck" 2>&1 || return 1
    for file in moodbox.db moodbox.db-wal; do
        debugfs -R "dump $upper/var/lib/moodbox/$file $box/$file" "$root" > "$box/fsck" 2>&1
    done
    python3 tests/tools/stored.py "$box/moodbox.db" 2> "$box/fsck"
}

write_card
first_start
look "after the first start"
check
say "a new name, and a reboot"
inside "sudo hostnamectl set-hostname attic" || fail "no new name"
inside "sudo systemctl reboot" || true
within 300 off || fail "it does not shut down"
power_on
within 900 ready || fail "not READY after the reboot"
echo "READY $((SECONDS - started)) s after power on"
[ "$(inside hostname)" = attic ] || fail "the new name is lost: $(inside hostname)"
inside "sudo hostnamectl set-hostname kitchen"
look "after the reboot"
[ -z "$layered" ] || { way_back; look "after the way back"; }
later_cuts
look "after the power cuts"
check
inside "sudo systemctl poweroff" || true
within 300 off || fail "it does not shut down"
say "all of it stands"
