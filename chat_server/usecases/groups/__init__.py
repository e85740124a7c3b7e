"""Groups: making them, coming in and going out, and who may do what to whom.

Called by HTTP. Every change is one step of the store: places and event together. Nobody is
told from here; the event in the group's log does that.
"""
