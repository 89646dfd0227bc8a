"""Two lights and one button.

`gestures` says what the finger meant, `patterns` what the lights show; both are pure. `pins` holds
the drivers, and `panel` is the part with the thread that owns them all.
"""
