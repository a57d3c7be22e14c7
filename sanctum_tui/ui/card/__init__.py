"""The review card's parts: what it says of a line, how it is edited, and how it calls the operator."""
