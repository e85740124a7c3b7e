"""Public accounts: the directory, following, and broadcasts under four eyes.

Called by HTTP, the command line and behind the outbox. Nobody sends a broadcast alone,
and an approval never waits for the sending.
"""
