"""Talk between a customer and a public account: the bot's turns, cards, and what follows."""
