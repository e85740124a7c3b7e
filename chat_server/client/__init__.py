"""The client library: one device of one person, for programs that talk to a house.

Tests, load, remote bots and other programs come in through `client.py`. Knows the wire
and the domain's words, and nothing of how the house works inside.
"""
