"""What a household's own taps teach: a change of the model's last layer.

`head` is the whole method, pure; `learner` is the part that keeps it up to date.
"""
