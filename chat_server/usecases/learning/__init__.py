"""What the bots learn from: sentences not understood, labels, models, and where people give up.

Lies on the shelf under one owner, since all accounts share one understanding. Of what was
said only its shape is kept (no payee, amount or number), under the customer's consent, until
somebody labels it or its time is over.
"""
