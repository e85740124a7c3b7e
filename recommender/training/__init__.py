"""What past offers teach: a model, and an honest account of how good it is.

Comes in: the event log of an installation. Goes out: a published model version with its
report, or a refusal to publish. Never here: a live customer's request.
"""
