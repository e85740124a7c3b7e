"""Dialogue: several turns that belong together, and what may happen next.

Called by the dispatcher with one turn at a time; calls the understanding, the money scripts
and the bank's reads. Keeps nothing in memory: whatever the next turn needs is in the state
that goes back with the result. Never takes free text for a confirmation.
"""
