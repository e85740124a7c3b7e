"""Contacts: finding somebody, asking and answering, what one keeps of them, who sees whom.

Called by HTTP, and by the socket for presence. A change is one step of the store on the one
tie of two people; both are told that something changed, never what.
"""
