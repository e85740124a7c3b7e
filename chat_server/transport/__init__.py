"""Bytes in, bytes out: the chat socket and HTTP, on one port.

Decodes, hands over, encodes. A rule about customers, money or membership is in the
wrong room here.
"""
