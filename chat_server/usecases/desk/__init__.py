"""The assist desk: people answer customers where no bot does, and everybody knows who waits."""
