"""What the bank does for customers in trouble: freezing at once, unfreezing by two people."""
