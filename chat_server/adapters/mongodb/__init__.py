"""The store of a house with several processes, on MongoDB: majority writes, majority reads.

One append is one document, which carries its own dedupe key and what the outbox needs.
Every other change is one transaction, with the facts it tells of. Nothing in here trusts
what it remembers: the unique indexes decide, and whoever loses reads again.
"""
