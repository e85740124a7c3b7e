"""The needs of `ports/` met, each by one driver: memory, SQLite, MongoDB, Redis, files, SMS.

Only `open.py` looks at a URL. Called by `bootstrap` alone; nothing in here decides about
customers or members, and no driver leaks out.
"""
