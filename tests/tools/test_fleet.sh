#!/bin/sh
# A real Flower SuperLink and three real SuperNodes on loopback; see fleet_loopback.py.
#
#   tests/tools/test_fleet.sh
#
# FLEET_VENV  where Flower is installed, and found again [build/fleet]
#
# Flower wants older protobuf, Starlette and packaging than the box and the training have, so it lives in
# an environment of its own. The first run installs some 200 MB.
set -eu
cd "$(dirname "$0")/../.."
: "${FLEET_VENV:=build/fleet}"
if [ ! -x "$FLEET_VENV/bin/flower-superlink" ]; then
    python3 -m venv "$FLEET_VENV"
    "$FLEET_VENV/bin/pip" install --quiet ./convert/fleet/app
fi
PYTHONPATH=. exec .venv/bin/python tests/tools/fleet_loopback.py "$FLEET_VENV/bin"
