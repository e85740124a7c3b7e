"""Who somebody is: log-in, tokens, devices, and adding people.

Called by HTTP, the socket's `hello` and the command line. Passwords and tokens are
kept as hashes only, and never reach a log, a fact or an error message.
"""
