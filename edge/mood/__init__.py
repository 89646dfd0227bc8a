"""From emotions to a mood.

`filter` is the whole policy: `begin(at)` makes a state, `advance(state, event, rules)` returns the
next one. Both are pure; times are monotonic seconds and come with the events. `moods` is the one
table of the moods that are told apart, `emission` says how much one frame tells.
"""
