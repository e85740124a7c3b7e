"""Pictures unpacked and drawn small, each in a process of its own that may die of it."""
