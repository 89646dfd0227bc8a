"""How the released models were made: what they began with, what was cut, the whole ladder.

An owner's own training needs none of it but `start`.
"""
