"""What somebody may want next, of many things, from what they and everybody took before.

Comes in: when each person last took each thing. Goes out: a score a thing, with what it
consists of. Never here: financial products, which need a probability and a suitability
check (`ranking`), and who may be told (`guardrails`).
"""
