"""What the house needs from outside, as Protocols in its own words.

The promises written here are what callers rely on; `tests/contracts/` proves them for
every adapter alike.
"""
