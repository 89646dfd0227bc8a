#!/bin/sh
# A sweep of trainings on a real Ray cluster of two nodes, one of which dies; see ray_two_nodes.py.
#
#   tests/tools/test_ray.sh
#
# RAY_SITE  where Ray is installed, and found again [build/ray]
#
# Nothing else in the tests wants Ray, so it stays beside what they use. The first run installs 240 MB.
set -eu
cd "$(dirname "$0")/../.."
: "${RAY_SITE:=build/ray}"
if [ ! -d "$RAY_SITE/ray" ]; then
    .venv/bin/python -m pip install --quiet --no-deps --target "$RAY_SITE" --constraint constraints.txt ray
fi
# A busy machine takes longer to start than Ray waits.
export RAY_USAGE_STATS_ENABLED=0 RAY_agent_register_timeout_ms=120000
PYTHONPATH=".:tests:$RAY_SITE" exec .venv/bin/python tests/tools/ray_two_nodes.py
