#!/bin/sh
# A real Home Assistant against a real mosquitto and the real daemon; see home_assistant.py.
#
#   tests/tools/test_home_assistant.sh [--minutes N] [--older] [--parts …] [--picture FILE]
#
# HOME_ASSISTANT  which release [2026.2.*]; each needs a Python of its own line (3.13 for 2026.2)
# HOME_PYTHON     that Python [python3.13]
# HOME_TREE       a release of Debian to run it in, for a Python that this machine has not, as root:
#                 HOME_TREE=forky HOME_PYTHON=python3.14 HOME_ASSISTANT=2026.* is the newest []
# HOME_VENV       where it is installed, and found again [build/home-assistant$HOME_TREE]
#
# The first run installs some 600 MB, in about four minutes; each run takes about six, and --minutes
# [60] more, in which people come and go, to count the recorder's rows. Its port is 8123.
set -eu
cd "$(dirname "$0")/../.."
: "${HOME_ASSISTANT:=2026.2.*}" "${HOME_PYTHON:=python3.13}" "${HOME_TREE:=}"
: "${HOME_VENV:=build/home-assistant$HOME_TREE}"
command -v mosquitto >/dev/null || PATH="$PATH:/usr/sbin"
command -v mosquitto >/dev/null || { echo "mosquitto is missing: apt install mosquitto" >&2; exit 1; }

# A tree of Debian with it in, and a bin/python beside it that runs it there, on this machine's /tmp.
plant() {
    sh tests/tools/apt.sh mmdebstrap:mmdebstrap
    rm -rf "$HOME_VENV" && mkdir -p "$HOME_VENV/bin"
    tree="$(cd "$HOME_VENV" && pwd)/tree"
    # A mirror may be older than its own word for it; the signature is what counts.
    mmdebstrap --quiet --variant=apt --aptopt='Acquire::Check-Valid-Until "false"' \
        --include="$HOME_PYTHON-venv,$HOME_PYTHON-dev,g++,ca-certificates" "$HOME_TREE" "$tree"
    cp -L /etc/resolv.conf "$tree/etc/resolv.conf"
    # The authorities that this machine trusts, for networks that look into TLS.
    cp -L /etc/ssl/certs/ca-certificates.crt "$tree/etc/ssl/certs/ca-certificates.crt"
    chroot "$tree" "$HOME_PYTHON" -m venv /opt/home-assistant
    chroot "$tree" /opt/home-assistant/bin/pip install --quiet "homeassistant==$HOME_ASSISTANT"
    cat > "$HOME_VENV/bin/hass" <<SCRIPT
#!/bin/sh
exec unshare --mount sh -c 'mount --bind /tmp "\$0/tmp" && mount --rbind /dev "\$0/dev" &&
    mount --bind /proc "\$0/proc" && exec chroot "\$0" env --chdir="\$PWD" \
    PATH=/opt/home-assistant/bin:/usr/bin:/bin /opt/home-assistant/bin/python "\$@"' "$tree" "\$@"
SCRIPT
    chmod 755 "$HOME_VENV/bin/hass"
    ln -s hass "$HOME_VENV/bin/python"
}

if [ ! -x "$HOME_VENV/bin/hass" ]; then
    if [ -n "$HOME_TREE" ]; then
        plant
    else
        "$HOME_PYTHON" -m venv "$HOME_VENV"
        # A Python some patches older than it asks for does as well.
        "$HOME_VENV/bin/pip" install --quiet --ignore-requires-python \
            "homeassistant==$HOME_ASSISTANT"
        # What its own pages import, and its images have ready: for the picture.
        "$HOME_VENV/bin/pip" install --quiet --constraint \
            "$(echo "$HOME_VENV"/lib/*/site-packages/homeassistant/package_constraints.txt)" \
            hassil home-assistant-intents mutagen numpy PyTurboJPEG av pymicro-vad pyspeex-noise \
            ha-ffmpeg
    fi
fi
PYTHON="$(cd "$HOME_VENV/bin" && pwd)/python"
exec nice -n 5 .venv/bin/python tests/tools/home_assistant.py "$PYTHON" "$@"
