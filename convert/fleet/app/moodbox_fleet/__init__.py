"""Boxes learn together: each says in which direction its taps pull, and the mean is kept."""
