"""Understanding: a sentence in, its intent and slots out.

Called by the dialogue and the command line. Pure: knows no customer, no bank and no
clock. Never guesses an amount: what can be read in two ways is reported as a problem,
for the bot to ask back.
"""
