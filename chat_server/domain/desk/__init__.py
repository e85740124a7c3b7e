"""The assist desk's facts and rules: people who answer customers where no bot does."""
