"""Words: who writes a line, from what, and the rules it must keep."""
