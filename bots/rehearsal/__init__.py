"""Rehearsal: thousands of generated dialogues with the real bots on a real bank, each judged.

Called by the command line and the tests. The customers are generated from a seed; the bank
is opened by the caller and holds nobody's money. Nothing here is used by the running house.
"""
