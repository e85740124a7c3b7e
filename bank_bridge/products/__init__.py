"""Products of the bank: what is sold over the ledger, with the rules of each.

Called by a gateway. Every payment of a product is an instruction like any other; a product
adds a check and its own rows to the commit that carries the instruction out, and what time
brings about (notices to billers, debits agreed upon, money that nobody took) in `run_due`.
"""
