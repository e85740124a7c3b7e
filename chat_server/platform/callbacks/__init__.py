"""Callbacks to partners' backends: taken in behind the outbox, delivered account by account."""
