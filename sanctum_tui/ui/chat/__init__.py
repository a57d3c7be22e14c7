"""The chat pane's parts: what a line looks like, where it wraps, and which of them are in sight."""
