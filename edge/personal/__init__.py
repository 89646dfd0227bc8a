"""What a household's own taps teach: a change of the model's last layer.

`fit` is the fit of it, for box and desktop, `head` how far the box goes; both are pure. `learner`
is the part that keeps what was learnt up to date.
"""
