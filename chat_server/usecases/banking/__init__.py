"""What the bank's own events mean in the chat: notices and occasions."""
