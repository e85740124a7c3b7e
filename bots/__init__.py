"""The consultants: a turn of talk comes in, replies go out.

They never see a socket, a store or a one-time code that they did not just receive;
they reach money only through `bank_bridge.contract`. State between turns is handed
in and handed back, so that a restart forgets nothing.
"""
