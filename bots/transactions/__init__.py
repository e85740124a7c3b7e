"""Money scripts: prepare, confirm, prove, receipt.

Called by the dialogue with a turn; calls the bank. The bank's state is the truth: a script
asks for it whenever it is in doubt, and never infers it from what was said before. Free
text never gets here as a confirmation, and a one-time code passes through without being kept.
"""
