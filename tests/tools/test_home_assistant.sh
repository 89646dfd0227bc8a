#!/bin/sh
# A real Home Assistant against a real mosquitto and the real daemon; see home_assistant.py.
#
#   tests/tools/test_home_assistant.sh [--minutes N] [--keep FOLDER]
#
# HOME_ASSISTANT  which release [2026.2.*]; it needs a Python of its own line (3.13 for 2026.2)
# HOME_PYTHON     that Python [python3.13]
# HOME_VENV       where it is installed, and found again [build/home-assistant]
#
# The first run installs some 600 MB, in about four minutes; each run takes five, and --minutes [60]
# more to count the recorder's rows.
set -eu
cd "$(dirname "$0")/../.."
: "${HOME_ASSISTANT:=2026.2.*}" "${HOME_PYTHON:=python3.13}" "${HOME_VENV:=build/home-assistant}"
command -v mosquitto >/dev/null || PATH="$PATH:/usr/sbin"
command -v mosquitto >/dev/null || { echo "mosquitto is missing: apt install mosquitto" >&2; exit 1; }
if [ ! -x "$HOME_VENV/bin/hass" ]; then
    "$HOME_PYTHON" -m venv "$HOME_VENV"
    # A Python some patches older than it asks for does as well.
    "$HOME_VENV/bin/pip" install --quiet --ignore-requires-python "homeassistant==$HOME_ASSISTANT"
fi
PYTHON="$(cd "$HOME_VENV/bin" && pwd)/python"
exec nice -n 5 .venv/bin/python tests/tools/home_assistant.py "$PYTHON" "$@"
