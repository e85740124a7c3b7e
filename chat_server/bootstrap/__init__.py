"""The only builder: settings in, a house out, room by room from the vault to the street.

The command line comes in here; nothing else knows which adapter stands behind a port.
`rooms.open_rooms` is enough for a command that keeps records; `opening.open_house` adds the
bank, the bots and the recommender; `counters` hands the use cases to HTTP; `house.House.run`
runs what works in the background.
"""
