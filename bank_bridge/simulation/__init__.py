"""The simulated bank: a seeded population at the real core, beside a plain model of its money.

Started by the command line and by tests. What a seed does it does again, disk faults
included; nothing here is used by a bank that serves people.
"""
