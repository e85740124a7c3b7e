"""Everything in plain dictionaries: for tests, trials and as the measure of the others.

It keeps every promise of the ports but durability: the process ends, all is gone.
"""
