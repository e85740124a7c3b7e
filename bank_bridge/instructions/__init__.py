"""Money commands: what may be asked, in what order, how often, up to what amount, on whose word.

Called by a gateway. Each desk decides and writes inside one transaction of the ledger, so
that checking and doing are one step. Nothing here keeps state of its own between two calls.
"""
