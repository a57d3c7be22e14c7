"""Somebody who knows nothing, and presses only what the screen tells them to, gets through their first evening."""

import re
from collections.abc import Callable
from functools import partial
from operator import ne
from pathlib import Path

from sanctum_tui.errors import ExitCode
from tests.terminal import Terminal, terminal

MOST_SCREENS = 400
"""Different ones, from the first to the last; an evening that takes more of them leads nowhere."""
NAMED = {"Enter": "\r", "Esc": "\x1b", "Space": " ", "Tab": "\t", "space": " "}
"""Keys that are written with a word."""


class Newcomer:
    """Looks at the screen, and finds the key that is written before a word."""

    def __init__(self, console: Terminal) -> None:
        self._console = console
        self._seen = 0
        self.pressed: list[str] = []

    def until(self, seen: Callable[[str], object]) -> str:
        """Watch until the screen shows something; what it shows then."""
        while not seen(screen := self._console.text):
            self._seen += 1
            assert self._seen < MOST_SCREENS, f"pressed {self.pressed}, and never saw it; last:\n{screen}"
            self._console.until(partial(ne, screen))
        return screen

    def press(self, wish: str) -> str:
        """Wait for a key that is said to do this, and press it; what the screen showed then."""
        return self._press(lambda screen: key_for(wish, screen))

    def choose(self) -> str:
        """Wait for a list that asks for a number, and take the first."""
        return self._press(lambda screen: "number" in screen and key_for(r"[^\W\d]", screen, keys="[1-9]"))

    def _press(self, wanted: Callable[[str], str | bool]) -> str:
        screen = self.until(wanted)
        key = str(wanted(screen))
        self.pressed.append(key)
        self._console.send(NAMED.get(key, key))
        return screen


def key_for(wish: str, screen: str, keys: str = rf"[\w?]|{'|'.join(NAMED)}") -> str:
    """The key that stands before these words, with a space or two between, or ""."""
    found = re.search(rf"(?<!\S)({keys}) {{1,2}}{wish}", screen)
    return found[1] if found else ""


def letters(text: str) -> str:
    """A text without what stands between its letters on a screen: spaces, breaks, the sides of frames."""
    return "".join(re.findall(r"[^\W_]", text))


def test_from_the_first_start_to_a_saved_ledger_with_no_key_but_those_on_the_screen(tmp_path: Path) -> None:
    with terminal(tmp_path / "home", columns=80, rows=24) as console:
        newcomer = Newcomer(console)
        newcomer.choose()
        waiting = newcomer.press("approve")
        while "again" in newcomer.until(lambda screen: "again" in screen or not key_for("approve", screen)):
            # It was pressed so soon that it was asked for again.
            newcomer.until(lambda screen: "again" not in screen)
            waiting = newcomer.press("approve")
        newcomer.until(lambda screen: re.search(r"✓ [^\n]*posted", screen))
        newcomer.press("quit")
        newcomer.press("end")
        assert console.until_it_ends() == ExitCode.OK
    # Behind the last picture stands what the program said at its end, broken where the screen ends.
    last_words = re.sub(r"\s", "", console.raw.decode().rpartition("\x1b[?1049l")[2])
    ledger = re.search(r"ledgeris(\S+\.md)", last_words)
    assert ledger, last_words
    told = Path(ledger[1]).read_text("utf-8")
    assert any(letters(line) in letters(waiting) for line in told.splitlines() if "Chronicler" in line)
