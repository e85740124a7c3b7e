"""Ways to have files looked through for harm, chosen by URL."""
