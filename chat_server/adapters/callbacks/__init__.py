"""Calling partners' backends, at addresses that the settings allow."""
