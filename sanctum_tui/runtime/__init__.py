"""The one place where the parts of an evening are built, started in order, and stopped in reverse."""
