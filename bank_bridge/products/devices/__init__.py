"""Device keys as products: agreed to on a card like a payment, and nothing is posted for them.

Whether a signature is right is decided in `instructions`; here a key is asked for and approved.
"""
