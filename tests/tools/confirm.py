"""Run inside the image that is tried: change something again and again, and say what was confirmed.

    python confirm.py FIRST     counts on from FIRST, a line for each number that the box has taken
    python confirm.py           the number that it knows

The number is the name of the house's profile, which the box keeps before it answers.
"""

import itertools
import sys
from pathlib import Path

from edge.client import Control
from edge.events import SetPreferences, Status

control = Control(Path("/run/moodbox"))
if len(sys.argv) < 2:
    print(control.get("/api/status", Status).profiles[0])
for number in itertools.count(int(sys.argv[1])) if len(sys.argv) > 1 else ():
    control.request(SetPreferences(profiles=(str(number),)))
    print(number, flush=True)
