"""Files on their way in and out: uploads, downloads, and what nobody used.

Transport brings pieces and asks for ranges. Nothing is believed of a file but its bytes,
nothing is given to who may not read it where it was sent, and nothing is shown unscanned.
"""
