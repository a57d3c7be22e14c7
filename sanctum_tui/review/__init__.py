"""The review queue: what waits for the operator, what they decided, and posting it at most once."""
