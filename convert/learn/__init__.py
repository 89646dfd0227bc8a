"""What an owner's corrections teach a released model, on a desktop: learn, compare, put, trace.

Only the last layer changes: on made-up households a training of the whole network won no more for
the same loss elsewhere (docs/training.md).
"""
