"""Facts and rules of conversations. No input or output, no clock, no driver."""
