"""Which product fits this customer best, and exactly why.

Comes in: a model, published by training and checked before use, and a row of columns.
Goes out: a probability per product with its contributions. Never here: pickle, or a
model file that is not signed with this installation's key.
"""
