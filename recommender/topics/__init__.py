"""What a text is about, in topics that people can read.

Comes in: a text, from the house, for as long as the call lasts. Goes out: a few topics with their
shares. Never here: the text itself, on disk or in a log, or a word that too few people used.
"""
