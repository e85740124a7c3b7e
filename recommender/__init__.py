"""Who might want what, and whether we may say so.

Comes in: events with the consent under which they may be used, and occasions to
make an offer. Goes out: one suggestion with its reason, or why there is none.
Never here: message text, account numbers, exact amounts, or words for a screen.
"""
