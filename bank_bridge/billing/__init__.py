"""The billers' commands, which `elian bank` takes in; what they do is in `products.bills`."""
