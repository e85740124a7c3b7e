"""The clearing house's front door on the command line: its files, and what they said."""
