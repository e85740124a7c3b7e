"""What was learnt, on disk: versions that are signed here, complete or absent, and exchanged live.

Comes in: arrays and descriptions to keep. Goes out: the same, byte for byte as signed, arrays
mapped into memory. Never here: pickle, what an array means, or a file that fails its signature.
"""
