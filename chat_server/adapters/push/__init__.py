"""Ways of a push: to a browser's push service, or to the bank's own gateway to phone vendors.

An address comes from a device and is not trusted: it never makes the server speak to a
host that the settings do not name, nor to one inside the bank.
"""
