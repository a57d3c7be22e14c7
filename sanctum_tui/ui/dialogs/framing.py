"""The frame of a dialog: its title above, and at its foot the keys, which the mouse presses as well."""

from itertools import pairwise
from typing import ClassVar, Final

from textual.containers import VerticalScroll
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from sanctum_tui.ui.keynames import key_named

PRESSES: Final = "presses"
"""In the style of words: the key that a click on them presses."""
BETWEEN: Final = " · "
_ARROWS: Final = {"↑": "up", "↓": "down", "←": "left", "→": "right"}
_CORNER_CELLS: Final = 4
"""Of the frame's width, what its edge keeps for itself."""


class Box(VerticalScroll):
    """Where the keys are too many for the lower edge, those before stand in rows above it; none is ever cut."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"dialog--key", "dialog--quiet"}
    # A click on the foot shall do what the key does where the keys go now.
    FOCUS_ON_CLICK = False

    def __init__(self, title: str, foot: str) -> None:
        super().__init__(Static(id="dialog-foot", markup=False), id="dialog")
        self.border_title = Content(title)
        self._foot = foot
        self._drawn: tuple[Content, ...] = ()

    def show_foot(self, foot: str) -> None:
        """Show these keys."""
        if foot != self._foot:
            self._foot = foot
            self._draw()

    def on_resize(self) -> None:
        self._draw()

    def notify_style_update(self) -> None:
        """The edge takes its colours as they are when it is drawn."""
        super().notify_style_update()
        if self.is_mounted:
            self._draw()

    def _draw(self) -> None:
        room = self.outer_size.width - _CORNER_CELLS
        key, words = self.get_visual_style("dialog--key", partial=True), self.get_visual_style("dialog--quiet")
        rows = rows_of(self._foot, room) if room > 0 else [self._foot]
        drawn = tuple(keyed(row, key, words) for row in rows)
        if drawn == self._drawn:
            return
        self._drawn = drawn
        *above, last = drawn
        rest = self.query_one("#dialog-foot", Static)
        rest.display = bool(above)
        rest.update(Content("\n").join(above))
        self.border_subtitle = last


def rows_of(foot: str, room: int) -> list[str]:
    """The foot in rows of so many cells."""
    rows = [""]
    for piece in foot.split(BETWEEN):
        longer = f"{rows[-1]}{BETWEEN}{piece}" if rows[-1] else piece
        if len(longer) <= room or not rows[-1]:
            rows[-1] = longer
        else:
            rows.append(piece)
    return rows


def keyed(foot: str, key: Style | str, words: Style | str) -> Content:
    """Keys and what they do, in these styles; a click on either presses the key."""
    return Content.styled(BETWEEN, words).join([_piece(piece, key, words) for piece in foot.split(BETWEEN)])


def answer(heading: str) -> tuple[str, str]:
    """The key of an answer such as ``e  end it here``, and its words; no key where it is a heading like any other."""
    face, apart, words = heading.partition("  ")
    key = key_of(face) if apart else ""
    return (key, words) if key else ("", heading)


def key_of(face: str) -> str:
    """What Textual calls the key with this face; empty where it is a word."""
    if face in _ARROWS:
        return _ARROWS[face]
    if not face.isascii() or (len(face) > 1 and not face[0].isupper()):
        return ""
    key, why = key_named(face)
    return "" if why else key


def _piece(piece: str, key: Style | str, words: Style | str) -> Content:
    tokens = piece.split(" ")
    count = _leading(tokens)
    parts: list[Content] = []
    for token in tokens[:count]:
        for face in token if set(token) <= _ARROWS.keys() else (token.rstrip(",") or token,):
            pressed = key_of(face)
            parts.append(_pressing(Content.styled(face, key if pressed else words), pressed))
        parts.append(Content.styled(", " if token.endswith(",") and len(token) > 1 else " ", words))
    told = Content.styled(" ".join(tokens[count:]), words)
    return Content.assemble(*parts, _pressing(told, _pressed_by_words(tokens[:count]))).rstrip()


def _leading(tokens: list[str]) -> int:
    """How many words at the beginning are keys, with an "or" between them."""
    count = 0
    for at, (token, after) in enumerate(pairwise([*tokens, ""])):
        if token != "or" and not _faces(token):
            break
        if token == "or" and (not at or not _faces(after)):
            break
        count = at + 1
    return count


def _faces(token: str) -> list[str]:
    """The keys that a word is; none where it is one that is read."""
    if token and set(token) <= _ARROWS.keys():
        return [_ARROWS[face] for face in token]
    key = key_of(token.rstrip(",") or token) if token else ""
    return [key] if key else []


def _pressed_by_words(tokens: list[str]) -> str:
    """The key that the words after these stand for; none where the keys do different things."""
    keys = [key for token in tokens for key in _faces(token)]
    joined = "or" in tokens or any(len(token) > 1 and token.endswith(",") for token in tokens)
    return keys[0] if len(keys) == 1 or (keys and joined) else ""


def _pressing(words: Content, key: str) -> Content:
    return words.stylize(Style.from_meta({PRESSES: key})) if key else words
