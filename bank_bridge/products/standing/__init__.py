"""Standing transfers: agreed upon once, paid on their days, each day at most once.

Called by the product windows. Each payment is a transfer like any other, quoted on its day
with that day's limits and balance; what became of it is told to the customer.
"""
