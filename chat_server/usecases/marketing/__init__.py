"""Offers: which occasion deserves one, and the card that makes it."""
