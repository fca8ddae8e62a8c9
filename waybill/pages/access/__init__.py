"""Who comes in to the console, and whether a request is theirs."""
