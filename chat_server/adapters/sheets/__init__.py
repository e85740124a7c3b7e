"""Tables that somebody made elsewhere, unpacked in a process of their own that may die of it."""
