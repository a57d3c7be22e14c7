"""Keeps the sizes of the panes, layout by layout, in a file of the state folder."""

import logging
from collections.abc import Mapping
from pathlib import Path

import msgspec

from sanctum_tui.errors import StorageError
from sanctum_tui.paths import write_atomically
from sanctum_tui.ui.look.layouts import Layout, Sizes

log = logging.getLogger(__name__)

FILE_NAME = "layouts.json"


class Remembered:
    """Sizes by layout; what cannot be read is as if there were none, what cannot be written is told in the log."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._told = False
        """That it cannot be written, which is worth one line."""

    def read(self) -> dict[Layout, Sizes]:
        """The sizes of the layouts that an operator changed."""
        try:
            found = msgspec.json.decode(self._file.read_bytes(), type=dict[Layout, Sizes])
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            log.warning(
                "the sizes of the panes in %s cannot be read (%s); they are the usual ones", self._file, error
            )
            return {}
        return found

    def write(self, sizes: Mapping[Layout, Sizes]) -> None:
        """Keep these, and no others."""
        try:
            write_atomically(self._file, msgspec.json.format(msgspec.json.encode(sizes), indent=1))
        except StorageError as error:
            if not self._told:
                log.warning("the sizes of the panes are not kept: %s", error.sentence)
            self._told = True
        else:
            self._told = False
