"""The evening written down: the ledger as a value, and the forms it is given."""
