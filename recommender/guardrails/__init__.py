"""Whether we may speak to this customer now, and of which products.

Comes in: the rules, the occasion, and the offers that were already made. Goes out: a
reason to be silent, or leave to go on. Never here: scores, storage, or an exception to
the frequency cap.
"""
