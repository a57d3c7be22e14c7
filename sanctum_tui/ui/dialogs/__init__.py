"""Small overlays: each is closed with Escape and gives back a value, or nothing."""
