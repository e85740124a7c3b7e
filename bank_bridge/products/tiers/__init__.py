"""Accounts of Type II and III (融e行): opened, bound, looked at.

What they let through is decided in `instructions.tiers`, where money moves.
"""
