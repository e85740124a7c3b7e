"""The open platform: the WeChat Official Account API over this house's own public accounts.

Partners come in here with the client libraries they already have, by HTTP; their backends are
called from here. Nothing is true only here: followers, messages, broadcasts and media are the
native platform's, asked through its use cases and ports. What is kept here is what only this API
has: application ids, tickets, media ids, callbacks on their way.
"""
