"""The books: a double-entry journal in one SQLite file, its holds and balances, and its auditor.

Called by `instructions` inside one write transaction at a time, and by reads on
connections of their own. Nothing here knows customers' wishes, codes or limits;
no journal row is ever changed or removed, and no amount is ever anything but fen.
"""
