#!/bin/bash
# Updates for real, under a real systemd: a tree that test_install.sh has installed is told where
# releases come from, then gets a good one, one that the home asks for over MQTT, a bad model, a
# daemon that dies, and a power cut.
#
#     tests/tools/test_update.sh [trixie] [bookworm]
#
# Needs what test_install.sh needs, and shares its folder, $MOODBOX_INSTALL; and mosquitto.
set -euo pipefail
# Its functions, without what it does with them; what they need was made there.
source <(sed '/^prepare$/,$d' "$(dirname "$0")/test_install.sh")
MOODBOX_STEPS=update
moodbox="$root/.venv/bin/python"
[ -x "$moodbox" ] || moodbox="${PYTHON:?where convert is installed}"
port=8099

# The libraries of a tree's Python, and the daemon's wheel: wheels TREE
wheels() {
    local folder="$work/wheels-$1" python glibc
    python=$(basename "$(readlink "$work/$1/usr/bin/python3")")
    glibc=$(printf -- "--platform manylinux_2_%s_$(uname -m) " $(seq 17 36))
    mkdir -p "$folder"
    # shellcheck disable=SC2086
    "$moodbox" -m pip download --quiet --dest "$folder" --no-deps --only-binary :all: \
        --require-hashes $glibc --platform "manylinux2014_$(uname -m)" \
        --python-version "${python#python}" -r ansible/roles/moodbox/files/requirements.txt
    cp "$work"/dist/moodbox-*.whl "$folder/"
}

# Publish TREE VERSION [dies|model]: the tree's own wheels, or something worse
publish() {
    local folder="$work/release-$1"
    rm -rf "$folder"
    mkdir -p "$folder"
    cp -r "$work/wheels-$1" "$folder/wheels"
    cp -r models "$folder/models"
    case "${3:-}" in
        dies) "$moodbox" - "$folder"/wheels/moodbox-*.whl <<'PY' ;;
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    files = {name: archive.read(name) for name in archive.namelist()}
files["edge/app.py"] = b'raise SystemExit("a release that dies")\n'
with zipfile.ZipFile(sys.argv[1], "w") as archive:
    for name, content in files.items():
        archive.writestr(name, content)
PY
        model) printf x >> "$folder/models/emotion.tflite" && publish_unseen "$1" "$2" && return ;;
    esac
    "$moodbox" -m convert publish --without-yunet --repository "$work/$1/srv/moodbox" --keys "$work/keys" \
        --wheels "$folder/wheels" --models "$folder/models" --version "$2"
}

# As publish does, but for its gate, which would not let such a model out: publish_unseen TREE VERSION
publish_unseen() {
    "$moodbox" - "$work/release-$1" "$work/$1/srv/moodbox" "$work/keys" "$2" <<'PY'
import sys
from datetime import UTC, datetime
from pathlib import Path

from convert.publish import gather
from convert.repository import Repository

release, site, keys = map(Path, sys.argv[1:4])
now = datetime.now(UTC)
found = gather(release / "wheels", release / "models", sys.argv[4], now)
Repository(site, keys, now).publish(*found)
PY
}

# Tell the tree where releases come from and where its broker is, by the playbook.
connect() {
    inventory "$1"
    sed -i "s,^    moodbox_settings:,    moodbox_update_root: $work/keys/root.json\n&\n      update: {address: 'http://127.0.0.1:$port/'\, watch: 0.5}\n      mqtt: {host: 127.0.0.1\, user: box}," "$work/$1.yml"
    printf '#!/bin/sh\nexit 101\n' > "$work/$1/usr/sbin/policy-rc.d"
    chmod 755 "$work/$1/usr/sbin/policy-rc.d"
    play "$1" > "$work/$1.update.log" 2>&1 || { tail -40 "$work/$1.update.log"; fail "$1: the playbook"; }
}

# Boot, and serve the folder of releases inside: a tree may have a network of its own.
start() {
    boot "$1"
    inside systemd-run --quiet --unit=site \
        python3 -m http.server --bind 127.0.0.1 --directory /srv/moodbox "$port"
    # The home's broker, this machine's own program in the tree's network.
    printf 'listener 1883 127.0.0.1\nallow_anonymous true\nuser root\n' > "$work/mosquitto.conf"
    nsenter -t "$leader" -n mosquitto -c "$work/mosquitto.conf" > "$work/$1.mosquitto.log" 2>&1 &
    broker=$!
    trap 'kill "$nspawn" "$broker" 2>/dev/null || true' EXIT
    within 60 online_at_home || { cat "$work/$1.mosquitto.log"; fail "$1: the home does not hear of it"; }
    box=$(heard availability)
    box=${box%/availability*}
}

# What the box says, as TOPIC PAYLOAD: heard KEY
heard() { nsenter -t "$leader" -n mosquitto_sub -h 127.0.0.1 -t "moodbox/+/$1" -v -C 1 -W 2; }
ask() { nsenter -t "$leader" -n mosquitto_pub -h 127.0.0.1 -t "$box/set/$1" -m "$2" -q 1; }
online_at_home() { heard availability 2>/dev/null | grep -c online > /dev/null; }
update_says() { heard update | grep -c "$1" > /dev/null; }

update() { inside systemctl start moodbox-update 2>/dev/null; }
said() { inside journalctl -b -u moodbox-update -o cat -n 20 | grep "$1"; }
release() { inside readlink "/opt/moodbox/$1"; }
proven() { [ "$(release current)" = "$(release good)" ]; }
on_trial() { ! proven; }

update_for_real() {
    say "$1: told where releases come from"
    connect "$1"
    start "$1"
    first=$(release current)
    music=$(property MainPID go-librespot)

    say "$1: an empty folder"
    ! update || fail "$1: taken"
    said 404

    say "$1: a newer release"
    publish "$1" 1.0
    update || { said moodbox; fail "$1: not updated"; }
    said "was installed"
    proven || fail "$1: not proven"
    second=$(release current)
    [ "$second" != "$first" ] || fail "$1: still the old release"
    active moodbox || fail "$1: the daemon does not run"

    say "$1: the home sees one more release, and presses install"
    publish "$1" 1.0.1
    ask update INSTALL
    within 120 update_says '"in_progress":true' || fail "$1: the home does not see it begin"
    within 600 update_says '"installed_version":"1.0.1"' || { said moodbox; heard update; fail "$1: not installed"; }
    within 120 proven || fail "$1: not proven"
    within 60 update_says '"in_progress":false' || fail "$1: the home does not see it end"
    heard update
    second=$(release current)

    say "$1: a model that is not what its card says"
    publish "$1" 1.1 model
    ! update || fail "$1: taken"
    said "its card says"

    say "$1: a daemon that dies"
    publish "$1" 1.2 dies
    ! update || fail "$1: kept"
    said "was not kept"
    within 60 active moodbox || fail "$1: the daemon does not run after going back"
    [ "$(release current)" = "$second" ] || fail "$1: did not go back"
    update || fail "$1: tried again"
    said "is not tried again"
    [ "$(property MainPID go-librespot)" = "$music" ] || fail "$1: the music was touched"

    say "$1: a power cut during a trial"
    publish "$1" 1.3
    inside systemctl start --no-block moodbox-update
    within 600 on_trial || fail "$1: no trial"
    kill -9 "$leader" "$nspawn"
    kill "$broker"
    within 30 sh -c "! kill -0 $nspawn 2>/dev/null" || fail "$1: the power is still on"
    start "$1"
    on_trial || fail "$1: the trial was over"
    within 600 proven || { said moodbox; fail "$1: the trial did not go on after the boot"; }
    within 30 said "1.3 was installed" || fail "$1: it does not say so"
    active moodbox || fail "$1: the daemon does not run"
    kill "$broker"
    halt
}

prepare
sh tests/tools/apt.sh mosquitto:mosquitto mosquitto_pub:mosquitto-clients
[ -d "$work/keys" ] || "$moodbox" -m convert keys --out "$work/keys"
for name in "${@:-trixie bookworm}"; do
    for tree in $name; do
        [ -L "$work/$tree/opt/moodbox/current" ] || fail "$tree: test_install.sh comes first"
        # A maker who begins anew is one that a box refuses, so the box does as well.
        rm -rf "$work/$tree/srv/moodbox" "$work/$tree/opt/moodbox/"{trust,cache,failed}
        mkdir -p "$work/$tree/srv/moodbox"
        wheels "$tree"
        update_for_real "$tree"
    done
done
say "all of it stands"
