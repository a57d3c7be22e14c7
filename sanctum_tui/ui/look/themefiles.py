"""The themes that come with us and those in the user's folder, and whether the latter were saved meanwhile."""

import os
from contextlib import suppress
from pathlib import Path

from sanctum_tui.paths import shipped
from sanctum_tui.ui.look.theming import OurTheme, load_themes


class ThemeFiles:
    """Reads themes, and knows by the files' times and sizes when to read them anew."""

    def __init__(self, own: Path) -> None:
        """`own` is the user's folder, which need not be there."""
        self._own = own
        self._seen: frozenset[tuple[str, int, int]] = frozenset()

    def load(self) -> tuple[tuple[OurTheme, ...], tuple[str, ...]]:
        """All themes, and a sentence for each file that cannot be used."""
        self._seen = self._look()
        return load_themes([shipped("themes"), self._own])

    def changed(self) -> bool:
        """Whether a file of the user's folder came, went or was saved since they were read."""
        return self._look() != self._seen

    def _look(self) -> frozenset[tuple[str, int, int]]:
        try:
            with os.scandir(self._own) as entries:
                files = [Path(entry.path) for entry in entries if entry.name.endswith(".toml")]
        except OSError:
            # No folder.
            return frozenset()
        seen = set()
        for file in files:
            # A link that leads nowhere, as editors leave it beside a file, or one that goes away at this moment.
            with suppress(OSError):
                found = file.stat()
                seen.add((file.name, found.st_mtime_ns, found.st_size))
        return frozenset(seen)
