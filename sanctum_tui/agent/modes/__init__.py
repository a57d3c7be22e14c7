"""The modes: what the agent does for the room, one module each."""
