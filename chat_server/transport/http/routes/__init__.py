"""The endpoints, by subject: each turns a shape into a use case's words and its answer back.

`table.py` lists them all. No rule about customers, money or membership is decided here.
"""
