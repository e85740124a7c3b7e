"""Whether a bank's gateway may go live: the contract's rules, tried from outside.

`elian bank certify` comes in here with a URL, keys and a way to read the sandbox's SMS. Only
the line is used: what a check cannot see through it, it does not claim. Customers, accounts
and money of a run are its own.
"""
