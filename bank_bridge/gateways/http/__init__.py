"""The bank behind a network: one contract, both of its ends.

`client.py` is a `BankCore` that speaks it, `server.py` answers it for a core of ours.
bank-services §5 is the contract; docs/bank-gateway.md has it for who builds a gateway.
"""
