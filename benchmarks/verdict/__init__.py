"""A verdict on a real house: a crowd of clients at real servers that are killed, and what the
history checker makes of the histories they wrote.
"""
