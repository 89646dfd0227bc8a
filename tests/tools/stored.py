"""Print the number that tests/tools/confirm.py had a box keep last: python stored.py moodbox.db"""

import json
import sqlite3
import sys

[[row]] = sqlite3.connect(sys.argv[1]).execute("SELECT json FROM preferences")
print(json.loads(row)["profiles"][0])
