"""The two panes of paper: the dashboard's editor and the ledger's reader, and what they are made of."""
