"""The demonstration: a small bank with people in it, loaded once into an empty folder.

Everything here goes through the same use cases and the same bank as real life; nothing
is written behind their backs.
"""
