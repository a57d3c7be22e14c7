"""The panes of the console: each takes values and emits messages, and decides nothing."""
