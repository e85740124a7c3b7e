"""What the law wants kept: consents and their withdrawal, and the reading of the audit trail.

Called by HTTP, by bots' effects and behind the outbox. Nothing here changes or removes a
line that was written.
"""
