"""The agent: what it may do and when, and its modes."""
