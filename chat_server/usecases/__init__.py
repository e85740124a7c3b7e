"""One class per thing a person can ask for, named by the imperative.

Called by transport and by what runs behind the outbox. Here are the rules; never a
socket, a driver, the wire, a clock or an identifier of one's own making.
"""
