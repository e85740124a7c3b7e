"""What is known about a customer, as numbers.

Comes in: the event log, in one file that several processes may open, and the trigger
of an occasion. Goes out: one row of columns, the same for training and for serving.
Never here: a decision about whom to offer what, or events without consent.
"""
