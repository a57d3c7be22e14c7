"""The stream dashboard: tonight's plan as a value, read from and written to its markdown."""
