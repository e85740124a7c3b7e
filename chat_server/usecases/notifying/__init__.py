"""Telling people who are not there: whom, of what, when and in which words.

Everything here runs behind the outbox. A push says that there is something, never what it is
about money; what was missed is read from the log, as ever.
"""
