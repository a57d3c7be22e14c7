"""What stands on the console's terminal right now, so that any page can be shown all of it at any moment.

It understands what the console writes, which is far less than a terminal knows; what it does not understand it
skips. Pages never see an escape sequence: they are sent text, and how it looks.
"""

import codecs
import re
from base64 import b64decode
from binascii import Error as NotBase64

from wcwidth import iter_graphemes

from sanctum_tui.serving.cells import Cell, Run, cell, cells_of, plain_cells, runs
from sanctum_tui.serving.ink import GROUND, PLAIN, inked, mixed

_PIECE = re.compile(
    r"\x1b\[(?P<given>[0-?]*)(?P<between>[ -/]*)(?P<final>[@-~])"
    r"|\x1b[\]P^_X](?P<told>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    r"|\x1b(?P<place>[78])"
    r"|\x1b[()#%].|\x1b[^\[\]P^_X()#%]"
    r"|(?P<text>[^\x00-\x1f\x7f]+)"
    r"|(?P<control>[\x00-\x1f\x7f])",
    re.DOTALL,
)
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|[\]P^_X][^\x07\x1b]*\x1b?|[()#%])?\Z", re.DOTALL)
_LONGEST_UNFINISHED = 1_000_000
"""What is copied comes in one piece; anything longer than this is no sequence."""
_LONGEST_SIGN = 64
"""Of signs that may go on in what comes next, no more than these are looked at: a family of four is seven."""
TAB = 8


def _end_of_signs(text: str) -> int:
    """Up to where the text is whole, whatever comes next: its last sign may go on there."""
    tail = text[-_LONGEST_SIGN:]
    going_on = len(tail) - next((at for at in range(len(tail), 0, -1) if tail[at - 1].isascii()), 0)
    if going_on == _LONGEST_SIGN:
        *_, last = iter_graphemes(tail)
        going_on = len(last)
    return len(text) - going_on


class Screen:
    """Rows of cells, written by what the console sends."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns = columns
        self.rows = rows
        self.version = 0
        """Grows with every change."""
        self.title = ""
        self.copied: tuple[int, str] = (0, "")
        """What the console put on the clipboard last, and in which version."""
        self.in_pieces = False
        """The console is in the middle of a picture; what stands here is no whole one."""
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._unfinished = ""
        self._ink = PLAIN
        self._x = self._y = 0
        self._kept = 0, 0, PLAIN
        self._wraps = True
        self._lines = [self._blank() for _ in range(rows)]
        self._touched = [0] * rows
        self._behind: list[list[Cell]] | None = None
        self._answers: list[str] = []

    @property
    def ground(self) -> str:
        """The colour around the screen: that of its first cell."""
        return self._lines[0][0].ink.shown_back or GROUND

    @property
    def changed(self) -> int:
        """The version in which a row changed last."""
        return max(self._touched)

    def text(self) -> str:
        """What stands there, line by line."""
        return "\n".join("".join(one.text for one in line).rstrip() for line in self._lines)

    def since(self, version: int) -> dict[int, list[Run]]:
        """The rows that changed after `version`, by their numbers."""
        return {
            y: list(runs(line))
            for y, (line, touched) in enumerate(zip(self._lines, self._touched, strict=True))
            if touched > version
        }

    def resize(self, columns: int, rows: int) -> None:
        """Another size; what fits stays until the console has painted anew."""
        self.version += 1
        self.columns, self.rows = columns, rows
        self._lines = self._fitted(self._lines)
        self._behind = self._fitted(self._behind) if self._behind is not None else None
        self._touched = [self.version] * rows
        self._x, self._y = min(self._x, columns), min(self._y, rows - 1)

    def feed(self, data: bytes) -> bytes:
        """Take in what the console wrote; what a terminal answers to it."""
        self.version += 1
        text = self._unfinished + self._decode(data)
        cut = found.start() if (found := _UNFINISHED.search(text)) else _end_of_signs(text)
        # What never ends was no sequence.
        self._unfinished = text[cut:] if len(text) - cut <= _LONGEST_UNFINISHED else ""
        for piece in _PIECE.finditer(text, 0, cut):
            match piece.lastgroup:
                case "text":
                    self._write(piece["text"])
                case "final":
                    self._order(piece["given"], piece["between"], piece["final"])
                case "told":
                    self._tell(piece[0][1], piece["told"])
                case "place":
                    self._keep_place(piece["place"] == "7")
                case "control":
                    self._control(piece["control"])
                case _:
                    pass
        answers, self._answers = "".join(self._answers), []
        return answers.encode()

    def _blank(self) -> list[Cell]:
        return [cell(" ", PLAIN)] * self.columns

    def _fitted(self, lines: list[list[Cell]]) -> list[list[Cell]]:
        fitted = []
        for line in lines[: self.rows]:
            if len(line) > self.columns and not line[self.columns].text:
                # The edge goes through a wide sign.
                line[self.columns - 1] = cell(" ", line[self.columns - 1].ink)
            fitted.append((line + self._blank())[: self.columns])
        return fitted + [self._blank() for _ in range(self.rows - len(fitted))]

    def _put(self, y: int, start: int, cells: list[Cell]) -> None:
        """Write cells, and leave no half of a wide sign beside them."""
        line, end = self._lines[y], start + len(cells)
        if line[start:end] == cells:
            return
        if start and not line[start].text:
            line[start - 1] = cell(" ", line[start - 1].ink)
        line[start:end] = cells
        if end < self.columns and not line[end].text:
            line[end] = cell(" ", line[end].ink)
        self._touched[y] = self.version

    def _write(self, text: str) -> None:
        if text.isascii() and self._x + len(text) <= self.columns:
            known = plain_cells(self._ink)
            self._put(self._y, self._x, [known[code] for code in text.encode()])
            self._x += len(text)
            return
        cells: list[Cell] = []
        for sign, columns in ((sign, cells_of(sign)) for sign in iter_graphemes(text)):
            if self._x + len(cells) + columns > self.columns:
                if not self._wraps:
                    break
                self._put(self._y, self._x, cells)
                cells = []
                self._x = 0
                self._line_feed()
            if columns:
                cells.append(cell(sign, self._ink))
            if columns == 2:
                cells.append(cell("", self._ink))
        if cells:
            self._put(self._y, self._x, cells)
            self._x += len(cells)

    def _line_feed(self) -> None:
        if self._y < self.rows - 1:
            self._y += 1
            return
        self._lines = [*self._lines[1:], self._blank()]
        self._touched = [self.version] * self.rows

    def _control(self, control: str) -> None:
        match control:
            case "\n" | "\v" | "\f":
                self._line_feed()
            case "\r":
                self._x = 0
            case "\b":
                self._x = max(0, self._x - 1)
            case "\t":
                self._x = min(self.columns - 1, (self._x // TAB + 1) * TAB)
            case _:
                pass

    def _keep_place(self, keep: bool) -> None:
        """Remember the place and the ink, or go back to them: the chat keeps its columns so."""
        if keep:
            self._kept = self._x, self._y, self._ink
            return
        x, y, self._ink = self._kept
        self._x, self._y = min(x, self.columns), min(y, self.rows - 1)

    def _order(self, given: str, between: str, final: str) -> None:
        if final == "m" and not between and given[:1] not in ("<", "=", ">", "?"):
            self._ink = inked(self._ink, given)
        elif given.startswith("?"):
            self._mode(given[1:], between, final)
        elif not between and not given.startswith((">", "<", "=")):
            first, second = ([int(part) if part.isdecimal() else 0 for part in given.split(";")] + [0])[:2]
            self._move(final, first, second)

    def _mode(self, given: str, between: str, final: str) -> None:
        on = final == "h"
        if final == "p" and between == "$":
            # The console asks whether it may say where a picture begins and ends.
            self._answers.append(f"\x1b[?{given};{2 if given == '2026' else 0}$y")
        elif final in "hl" and not between:
            for mode in given.split(";"):
                match mode:
                    case "7":
                        self._wraps = on
                    case "1049" | "1047" | "47":
                        self._turn(on)
                    case "2026":
                        self.in_pieces = on
                    case _:
                        pass

    def _turn(self, to_other: bool) -> None:
        """Show the other sheet, on which the console paints, or the one that was there before it."""
        if to_other and self._behind is None:
            self._behind = self._lines
            self._lines = [self._blank() for _ in range(self.rows)]
        elif not to_other and self._behind is not None:
            self._lines, self._behind = self._behind, None
            self._x = self._y = 0
        self._touched = [self.version] * self.rows

    def _move(self, final: str, first: int, second: int) -> None:
        some = max(1, first)
        match final:
            case "H" | "f":
                self._y = min(some, self.rows) - 1
                self._x = min(max(1, second), self.columns) - 1
            case "A":
                self._y = max(0, self._y - some)
            case "B":
                self._y = min(self.rows - 1, self._y + some)
            case "C":
                self._x = min(self.columns - 1, self._x + some)
            case "D":
                self._x = max(0, self._x - some)
            case "G":
                self._x = min(some, self.columns) - 1
            case "d":
                self._y = min(some, self.rows) - 1
            case "J":
                self._erase_rows(first)
            case "K":
                self._erase(self._y, 0 if first else self._x, self._x + 1 if first == 1 else self.columns)
            case "c":
                self._answers.append("\x1b[?62;22c")
            case "n" if first == 6:
                self._answers.append(f"\x1b[{self._y + 1};{min(self._x, self.columns - 1) + 1}R")
            case _:
                pass

    def _erase_rows(self, how: int) -> None:
        rows = {0: range(self._y + 1, self.rows), 1: range(self._y)}.get(how, range(self.rows))
        for y in rows:
            self._erase(y, 0, self.columns)
        if how == 0:
            self._erase(self._y, self._x, self.columns)
        elif how == 1:
            self._erase(self._y, 0, self._x + 1)

    def _erase(self, y: int, start: int, end: int) -> None:
        end = min(end, self.columns)
        if start < end:
            self._put(y, start, [cell(" ", mixed(back=self._ink.back))] * (end - start))

    def _tell(self, kind: str, told: str) -> None:
        """The title, or what goes on the clipboard; other things that terminals are told are not for pages."""
        code, _, rest = told.partition(";")
        if kind != "]":
            return
        if code in ("0", "2"):
            self.title = rest
        elif code == "52":
            try:
                copied = b64decode(rest.partition(";")[2], validate=True).decode("utf-8", "replace")
            except NotBase64:
                return
            self.copied = (self.version, copied)
