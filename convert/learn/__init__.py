"""What an owner's corrections teach a released model, on a desktop: learn, compare, put, trace.

Only the last layer changes. On made-up households a longer training of the whole network won no
more for the same loss elsewhere (docs/training.md), and took twenty minutes instead of one.
"""
