"""Which offer to try, with what chance, and what another policy would have earned.

Comes in: what is known of a customer, and later what came of the offer. Goes out: a choice with
the chance it was drawn with, and estimates with intervals from logs of such choices. Never
here: a decision without its chance, or a belief that is not plain numbers.
"""
