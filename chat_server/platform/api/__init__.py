"""The endpoints as client libraries call them: one function each, listed in `table`."""
