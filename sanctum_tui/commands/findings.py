"""One line of the doctor's report."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the doctor looked at."""

    state: str
    """``ready``, ``optional`` (works without) or ``missing``."""
    name: str
    words: str
