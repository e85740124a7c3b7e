"""Fixed deposits of 融e行 (bank-services §2.4): opened, broken in part or whole, paid out.

A deposit's money stands in one account of the bank until it goes back to the account it came
from; interest is paid when it does, and never before.
"""
