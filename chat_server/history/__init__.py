"""The history checker: from what clients wrote down, and from nothing else, decides whether
the house kept its promises.

`elian check-history` comes in here, and the client library, which writes such histories.
Knows no store, no server and no other room: whoever writes the lines of `lines.py` is judged
alike. `docs/history-checker.md` is the format in words.
"""
