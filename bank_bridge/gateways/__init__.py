"""Ways to a bank core: each gateway is a `BankCore` to those outside.

Built by `open.py` only. A gateway joins rooms or speaks to a bank; it decides nothing.
"""
