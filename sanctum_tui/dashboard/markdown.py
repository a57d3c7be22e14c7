"""Reading and writing the dashboard's markdown."""

from importlib.resources import files

from sanctum_tui.dashboard.reading import read
from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.dashboard.writing import replace_field

__all__ = ["TEMPLATE", "parse", "replace_field"]

TEMPLATE = (files("sanctum_tui.dashboard") / "template.md").read_text("utf-8")
"""An empty dashboard with a place for every field."""


def parse(markdown: str) -> Dashboard:
    """Read any text as a dashboard. Never fails: what is not there is named in `missing`, what is odd in
    `warnings`. Some milliseconds for a page; at most about half a second for any input."""
    return read(markdown).dashboard
