"""Customer service for partners: agents' accounts, sessions and records, on the assist desk."""
