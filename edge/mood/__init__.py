"""From emotions to a mood.

`filter` is the whole policy: `begin(at)` makes a state, `advance(state, event, rules)` returns the
next one. Both are pure; times are monotonic seconds and come with the events. `views` says which
moods are told apart, `emission` how much one frame tells.
"""
