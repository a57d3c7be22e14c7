"""Where evenings are kept: the only room that knows SQL. Importing it costs nothing, opening it loads libraries."""

from sanctum_tui.memory.engine import Memory, open_memory

__all__ = ["Memory", "open_memory"]
