"""The house: everything a customer connects to.

A message comes in at `transport`, is read by `session`, carried out by `usecases`
over `ports`, and told to others by `delivery`. Imports run that way and never back.
"""
