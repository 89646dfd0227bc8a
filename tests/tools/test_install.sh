#!/bin/bash
# Install for real, without a Raspberry Pi: a fresh Debian tree, the real playbook twice, the camera's
# driver against the real Picamera2 (Trixie), then that tree booted under a real systemd, where the
# daemon is killed, hung and starved, and reset.
#
#     tests/tools/test_install.sh [trixie] [bookworm]
#
# MOODBOX_STEPS="grow install run" chooses what is done; "run" alone boots a tree that was installed.
# Needs root, some 3 GB under $MOODBOX_INSTALL (build/install) and a network with Debian and PyPI.
# Not proven by it: anything of the Raspberry Pi itself. Tasks for it are listed as skipped.
set -euo pipefail
cd "$(dirname "$0")/../.."
root="$PWD"
work="${MOODBOX_INSTALL:-$root/build/install}"
receiver="$work/stand-in"
began=$SECONDS

does() { [[ " ${MOODBOX_STEPS:-grow install run} " == *" $1 "* ]]; }

say() { printf '\n== %s (%s s)\n' "$*" "$((SECONDS - began))"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

# Wait until a command succeeds: within SECONDS_ COMMAND...
within() {
    local until=$((SECONDS + $1)); shift
    until "$@"; do
        [ "$SECONDS" -lt "$until" ] || return 1
        sleep 0.2
    done
}

prepare() {
    [ "$(id -u)" = 0 ] || fail "needs root"
    sh tests/tools/apt.sh mmdebstrap:mmdebstrap systemd-nspawn:systemd-container ip:iproute2
    mkdir -p "$work"
    ! does install || prepare_install
}

prepare_install() {
    if ! [ -x "$work/ansible/bin/ansible-playbook" ]; then
        python3 -m venv "$work/ansible"
        "$work/ansible/bin/pip" install --quiet 'ansible==12.3.0'
    fi
    rm -rf "$work/dist"
    python3 -m venv --clear "$work/build-venv"
    "$work/build-venv/bin/pip" wheel --quiet --no-deps --wheel-dir "$work/dist" .
    # A receiver that only is there: the real ones are fetched by their owners.
    mkdir -p "$receiver"
    printf '#!/bin/sh\nexec sleep infinity\n' > "$receiver/go-librespot"
    chmod 755 "$receiver/go-librespot"
    tar -C "$receiver" --mtime=2026-01-01 --owner=0 --group=0 \
        -czf "$receiver/go-librespot.tar.gz" go-librespot
}

# A fresh tree: what Raspberry Pi OS Lite begins with, less the Raspberry Pi.
grow() {
    local tree="$work/$1"
    [ -d "$work/$1.fresh" ] || mmdebstrap --quiet --variant=minbase \
        --include=python3,ca-certificates,systemd,systemd-sysv,dbus,udev,procps "$1" "$work/$1.fresh"
    rm -rf "$tree"
    cp -a --reflink=auto "$work/$1.fresh" "$tree"
    cp -L /etc/resolv.conf "$tree/etc/resolv.conf"
    # The authorities that this machine trusts, for networks that look into TLS.
    cp -L /etc/ssl/certs/ca-certificates.crt "$tree/etc/ssl/certs/ca-certificates.crt"
    printf '#!/bin/sh\nexit 101\n' > "$tree/usr/sbin/policy-rc.d"
    chmod 755 "$tree/usr/sbin/policy-rc.d"
    mkdir -p "$tree/stand-in"
    cp "$receiver/go-librespot.tar.gz" "$tree/stand-in/"
}

inventory() {
    local python
    python=$(basename "$(readlink "$work/$1/usr/bin/python3")")
    cat > "$work/$1.yml" <<YAML
boxes:
  hosts:
    "$work/$1":
      ansible_connection: community.general.chroot
      ansible_python_interpreter: /usr/bin/python3
      ansible_become: false
  vars:
    moodbox_wheel: "$(echo "$work"/dist/moodbox-*.whl)"
    moodbox_yunet: false
    moodbox_mqtt_password: "a made-up password"
    moodbox_settings:
      camera:
        driver: simulated
        source: /opt/moodbox/current/lib/$python/site-packages/edge/sample.mp4
        loop: true
      vision: {device: auto}
      lamp: {driver: none}
      button: {driver: none}
      player: {driver: simulated}
    coral_enabled: false
    wifi_portal: true
    receiver_kind: go-librespot
    receiver_go_librespot_url: file:///stand-in/go-librespot.tar.gz
    receiver_go_librespot_sha256: $(sha256sum "$receiver/go-librespot.tar.gz" | cut -d' ' -f1)
YAML
}

play() {
    local name="$1"; shift
    # A clean environment: the chroot inherits it.
    (cd ansible && env -i HOME=/root LANG=C.UTF-8 PATH="$work/ansible/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
        ANSIBLE_NOCOLOR=1 "$work/ansible/bin/ansible-playbook" site.yml -i "$work/$name.yml" "$@")
}

skipped() { awk '/^TASK/ {task=$0} /^skipping/ {print task}' "$1" | sed 's/^TASK \[//; s/\].*//' | sort -u; }

install_twice() {
    say "$1: the playbook on a fresh tree"
    play "$1" > "$work/$1.first.log" 2>&1 || { tail -40 "$work/$1.first.log"; fail "$1: first run"; }
    tail -3 "$work/$1.first.log"
    say "$1: skipped, since there is no Raspberry Pi or no running system"
    skipped "$work/$1.first.log"
    say "$1: the playbook once more"
    play "$1" > "$work/$1.second.log" 2>&1 || { tail -40 "$work/$1.second.log"; fail "$1: second run"; }
    tail -3 "$work/$1.second.log"
    grep -q ' changed=0 ' "$work/$1.second.log" || fail "$1: the second run changed something"
}

refuse_soloist() {
    say "$1: Soloist is refused with its reason"
    # Only asked, for the tree is to stay as it is. Without the access point, which refuses it as well.
    ! play "$1" --check -e '{"receiver_kind": "soloist", "wifi_portal": false}' \
        > "$work/$1.soloist.log" 2>&1 || fail "Soloist was accepted"
    grep -q 'glibc 2.38' "$work/$1.soloist.log" || fail "no reason was given"
}

# The Pi camera's library as it is, but for a camera: from Debian and PyPI, beside the box's own.
camera_contract() {
    local tree="$work/$1" site
    say "$1: the camera's driver against the real Picamera2"
    [ -x "$tree/opt/picamera2/bin/python" ] || {
        chroot "$tree" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y \
            --no-install-recommends python3-libcamera python3-dev gcc libcap-dev > "$work/$1.camera.log" 2>&1 \
            || fail "$1: no python3-libcamera"
        chroot "$tree" python3 -m venv --system-site-packages /opt/picamera2
        chroot "$tree" /opt/picamera2/bin/pip install --quiet picamera2==0.3.38 >> "$work/$1.camera.log" 2>&1 \
            || fail "$1: no picamera2"
    }
    site=$(echo "$tree$(readlink "$tree/opt/moodbox/current")"/lib/python3*/site-packages)
    cp tests/tools/picamera2_contract.py "$tree/opt/picamera2/"
    mkdir -p "$tree/opt/picamera2/fakes" && cp tests/fakes/sensors.py "$tree/opt/picamera2/fakes/"
    chroot "$tree" env LIBCAMERA_LOG_LEVELS='*:FATAL' PYTHONPATH="${site#"$tree"}" \
        /opt/picamera2/bin/python /opt/picamera2/picamera2_contract.py || fail "$1: the driver does not fit"
}

inside() { nsenter -t "$leader" -m -u -i -n -p -C "$@"; }
property() { inside systemctl show --value --property="$1" "$2" 2>/dev/null; }
active() { [ "$(property ActiveState "$1")" = active ]; }
restarted() { [ "$(property NRestarts moodbox)" -gt "$1" ]; }
status() { inside moodbox status --json 2>/dev/null; }
sees() { status | grep -c '"camera":"simulated' > /dev/null; }
offline() { status | grep -c '"network":"no network' > /dev/null; }
online() { status | grep -c '"health"' > /dev/null && ! offline; }

# Sum a line of a file in /proc over the daemon and its eyes.
sum() { inside sh -c "cat \$(pgrep -u moodbox | sed 's,.*,/proc/&/$1,')" | awk "/^$2:/ {sum += \$2} END {print sum + 0}"; }

# What reaches the card in normal use, by the kernel's own counters.
measure_writes() {
    local seconds="${MOODBOX_WRITES:-180}" limit=5 before after hourly
    say "$1: written in $seconds s of use"
    before=$(sum io write_bytes)
    sleep "$seconds"
    after=$(sum io write_bytes)
    hourly=$(((after - before) * 3600 / seconds / 1024))
    echo "$(((after - before) / 1024)) KiB, that is $hourly KiB an hour"
    [ "$hourly" -lt $((limit * 1024)) ] || fail "$1: more than $limit MiB an hour"
}

# The light's "no network" and its end, by a cable that is plugged in.
give_network() {
    say "$1: no network, then one"
    within 30 offline || fail "$1: the network is not missed"
    inside nmcli connection add type ethernet ifname cable con-name Cable ipv4.method manual \
        ipv4.addresses 192.0.2.2/24 ipv4.gateway 192.0.2.1 > /dev/null
    nsenter -t "$leader" -n ip link add cable type veth peer name wall
    nsenter -t "$leader" -n ip link set wall up
    within 30 online || fail "$1: the network is not noticed"
    inside nft list ruleset | grep -c "dport 8080 accept" > /dev/null || fail "$1: the firewall is down"
}

read_journal() {
    say "$1: the journal has fields"
    inside journalctl -b -u moodbox -o json > "$work/$1.journal"
    python3 - "$work/$1.journal" <<'PYTHON' || fail "$1: no structured fields in the journal"
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
ours = [row for row in rows if "LOGGER" in row]
assert ours, "no line has LOGGER"
for row in ours:
    assert row["SYSLOG_IDENTIFIER"] == "moodbox" and row["CODE_FILE"] and row["THREAD_NAME"], row
    assert not row["MESSAGE"].startswith(("INFO", "WARNING")), row["MESSAGE"]
print(len(ours), "lines; the last:", {k: ours[-1][k] for k in ("LOGGER", "THREAD_NAME", "MESSAGE")})
PYTHON
}

# Too little memory for the eyes, then too little processor for all. By cgroup 1, from outside: where
# this machine has no such, it is said and left out.
starve() {
    local memory=/sys/fs/cgroup/memory/moodbox-test cpu=/sys/fs/cgroup/cpu/moodbox-test count fed
    say "$1: starved"
    [ -w "${memory%/*}/memory.limit_in_bytes" ] && [ -w "${cpu%/*}/cpu.cfs_quota_us" ] \
        || { echo "LEFT OUT: this machine has no cgroup 1 for memory and cpu"; return; }
    mkdir -p "$memory" "$cpu"
    count=$(property NRestarts moodbox)
    echo 32M > "$memory/memory.limit_in_bytes"
    enter "$memory"
    inside pkill -9 -f edge.vision  # new ones begin in the narrow group
    within 60 awk '/^oom_kill [1-9]/ {found = 1} END {exit !found}' "$memory/memory.oom_control" \
        || fail "$1: the eyes fit into 32 MiB, so nothing was starved"
    active moodbox && [ "$(property NRestarts moodbox)" = "$count" ] || fail "$1: the daemon died with its eyes"
    echo "the eyes ran out of memory, the daemon stayed"
    echo -1 > "$memory/memory.limit_in_bytes"
    fed=$SECONDS
    within 120 sees || fail "$1: the eyes did not come back"
    echo "sees $((SECONDS - fed)) s after it had memory again"

    enter "$cpu"
    echo 2000 > "$cpu/cpu.cfs_quota_us"  # of 100000
    sleep 45  # longer than the watchdog's patience
    awk '/^nr_throttled [1-9]/ {found = 1} END {exit !found}' "$cpu/cpu.stat" || fail "$1: it never had to wait"
    echo "2 % of a core for 45 s: $(($(property NRestarts moodbox) - count)) restarts"
    echo -1 > "$cpu/cpu.cfs_quota_us"
    fed=$SECONDS
    within 60 active moodbox && within 60 sees || fail "$1: it did not recover"
    echo "sees $((SECONDS - fed)) s after it had the processor again"
    enter /sys/fs/cgroup/memory
    enter /sys/fs/cgroup/cpu
    rmdir "$memory" "$cpu"
}

# Put the daemon and its eyes into a cgroup of this machine.
enter() {
    local process
    for process in $(cat "$(find /sys/fs/cgroup/systemd -path '*moodbox.service/cgroup.procs' | head -1)"); do
        echo "$process" > "$1/cgroup.procs" 2>/dev/null || true
    done
}

boot() {
    rm -f "$work/$1/usr/sbin/policy-rc.d"
    # A network of its own: NetworkManager and the firewall are real, and must not reach this machine.
    systemd-nspawn --register=no --keep-unit -q --private-network -D "$work/$1" --boot > "$work/$1.boot.log" 2>&1 &
    nspawn=$!
    trap 'kill "$nspawn" 2>/dev/null || true' EXIT
    within 20 pgrep -P "$nspawn" > /dev/null || fail "$1 does not boot"
    leader=$(pgrep -P "$nspawn")
    within 120 active moodbox || { inside journalctl -b -u moodbox -n 30; fail "$1: not ready"; }
}

halt() {
    inside systemctl poweroff 2>/dev/null || true
    within 30 sh -c "! kill -0 $nspawn 2>/dev/null" || kill -9 "$nspawn"
    trap - EXIT
}

run_for_real() {
    say "$1: boot"
    boot "$1"
    echo "READY after $(($(property ActiveEnterTimestampMonotonic moodbox) - $(property ExecMainStartTimestampMonotonic moodbox))) us"
    within 60 sees || fail "$1: the eyes never opened"
    main=$(property MainPID moodbox)
    echo "user: $(inside ps -o user= -p "$main" 2>/dev/null || inside stat -c %U "/proc/$main")"
    echo "state: $(inside stat -c '%U %a' /var/lib/moodbox), runtime: $(inside stat -c '%U %a' /run/moodbox)"
    [ "$(inside cat /run/credentials/moodbox.service/mqtt-password)" = "a made-up password" ] \
        || fail "the credential did not arrive"
    ! inside runuser -u moodbox -- cat /etc/moodbox/mqtt-password 2>/dev/null \
        || fail "the daemon's user may read the secret's file"
    echo "memory: $(sum smaps_rollup Pss) KiB in $(inside pgrep -cu moodbox) processes"
    echo "MemoryDenyWriteExecute: $(property MemoryDenyWriteExecute moodbox)"
    give_network "$1"
    read_journal "$1"
    measure_writes "$1"
    music=$(property MainPID go-librespot)

    say "$1: kill -9"
    count=$(property NRestarts moodbox)
    inside kill -9 "$main"
    killed=$SECONDS
    within 30 restarted "$count" || fail "$1: not restarted after kill -9"
    within 30 active moodbox || fail "$1: not ready after kill -9"
    echo "READY $((SECONDS - killed)) s after kill -9"
    within 30 sees || fail "$1: the eyes did not open again"
    echo "sees $((SECONDS - killed)) s after kill -9"

    say "$1: hang (SIGSTOP)"
    count=$(property NRestarts moodbox)
    inside kill -STOP "$(property MainPID moodbox)"
    hung=$SECONDS
    within 60 restarted "$count" || fail "$1: the watchdog did not bite"
    within 30 active moodbox || fail "$1: not ready after the watchdog"
    echo "restarted by the watchdog, READY $((SECONDS - hung)) s after the hang"

    starve "$1"

    say "$1: factory reset, with the Wi-Fi"
    inside nmcli connection add type wifi ifname '*' con-name Home ssid Home > /dev/null
    inside nmcli connection add type wifi ifname '*' con-name Own ssid moodbox mode ap > /dev/null
    inside sh -c 'echo secret > /var/lib/moodbox/spotify-sign-in.json'
    count=$(property NRestarts moodbox)
    inside moodbox reset --wifi --yes || fail "$1: not reset"
    within 30 restarted "$count" && within 30 active moodbox || fail "$1: did not begin anew"
    ! inside grep -rq secret /var/lib/moodbox || fail "$1: the sign-in is still there"
    [ "$(inside nmcli -g NAME connection show | grep -xc Home || true)" = 0 ] \
        || fail "$1: the Wi-Fi is still known"
    inside nmcli connection show Own > /dev/null || fail "$1: its access point is gone"

    say "$1: bad settings are said once and not tried again"
    inside sh -c 'sed -i "1i [nonsense]" /etc/moodbox/moodbox.toml; systemctl restart moodbox' || true
    within 30 sh -c "[ \"\$(nsenter -t $leader -m -u -i -n -p -C systemctl show --value -p ExecMainStatus moodbox)\" = 78 ]" \
        || fail "$1: exit status $(property ExecMainStatus moodbox) instead of 78"
    [ "$(property ActiveState moodbox)" = failed ] || fail "$1: tried again after bad settings"
    inside journalctl -b -u moodbox -o cat -n 20 | grep nonsense || fail "no reason in the journal"
    inside sed -i 1d /etc/moodbox/moodbox.toml
    [ "$(property MainPID go-librespot)" = "$music" ] || fail "$1: the music was touched"
    echo "the receiver was never touched"
    halt
}

prepare
for name in "${@:-trixie bookworm}"; do
    for release in $name; do
        if does grow; then
            say "$release: grow"
            grow "$release"
        fi
        if does install; then
            inventory "$release"
            install_twice "$release"
            [ "$release" != bookworm ] || refuse_soloist "$release"
            [ "$release" = bookworm ] || camera_contract "$release"
        fi
        ! does run || run_for_real "$release"
    done
done
say "all of it stands"
