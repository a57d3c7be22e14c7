"""How the console looks: colours, themes, layouts, large type, and what private mode hides."""
