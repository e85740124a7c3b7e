"""Ways of an SMS: into a file that the demonstration's phone reads, or nowhere but the log.

Texts hold one-time codes, so the log of the server is told of them without text or number.
"""
