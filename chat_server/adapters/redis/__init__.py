"""The bus of a house with several processes, rung through Redis. Never keeps anything there."""
