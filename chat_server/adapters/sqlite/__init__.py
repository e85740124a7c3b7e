"""The embedded store: one SQLite file, one thread that writes, two that read.

All operations that wait at one moment are committed together, so that many appends share
one fsync. Other processes may write to the same file meanwhile: what is remembered between
commits is dropped when they did. The event loop is never blocked, and no SQL leaves.
"""
