"""The verbs of the `elian` command. Each works beside a running server, which sees the change."""
