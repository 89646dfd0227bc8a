"""Two lights and one button.

`gestures` says what the finger meant, `patterns` what the lights show; both are pure. `lamp` and
`button` hold the drivers, and `panel` is the part with the thread that owns them all.
"""
