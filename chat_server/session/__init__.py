"""One device's connection as rules: what its frames ask for, and what may wait to leave.

Transport drives it. No awaits, no clock, no sockets: frames in, intents out, so that
every path can be tested as a table.
"""
