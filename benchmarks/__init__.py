"""Load from outside, and the limits that nobody can beat. Never imported by the house."""
