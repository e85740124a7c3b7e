"""The counter window to the bank core.

Everything that touches money comes in through `contract.py`; `open.py` builds a
`BankCore` from a URL. A leaf: it imports nothing of the house, and takes the
clock, new ids and the SMS sender as plain callables. No words for a customer's
screen are made here except the text of the SMS that the bank itself sends.
"""
