"""`elian bank branch`: what staff of a branch do for a customer who stands before them."""
