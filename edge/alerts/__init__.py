"""Word to the people of the house where they are: by Apprise, to addresses of their own.

`policy` says what is worth it, and when; it is pure. `sender` is the part that sends. Off until an
address is given.
"""
