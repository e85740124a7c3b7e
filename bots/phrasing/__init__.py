"""Phrasing: every word, figure and card that a customer sees, in Chinese and English.

Called by the money scripts, the dialogue and the herald. Decides nothing and asks nobody:
values in, words out. No sentence for a customer stands anywhere else in `bots`.
"""
