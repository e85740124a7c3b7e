"""Who should hear of what was stored, and telling them: in order, once, and never waiting.

Called by the store's ring and the bus, and by relays behind the outbox. The log is the
truth: nothing is kept here that could not be read from it again.
"""
