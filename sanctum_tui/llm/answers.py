"""Reading a model's answer: only what stands between the markers counts, whole or as it is written."""

import re

from sanctum_tui.text import one_line

OPENS, CLOSES = "<line>", "</line>"
LONGEST_ANSWER = 2_000
"""Characters between the markers after which a model is no longer writing a line."""

_OPENING = re.compile(r"<\s{0,8}line\s{0,8}>", re.IGNORECASE)
_MARKER = re.compile(r"<\s{0,8}(/?)\s{0,8}line\s{0,8}>", re.IGNORECASE)
_UNFINISHED = re.compile(r"<\s{0,8}(?:/\s{0,8})?(?:l|li|lin|line\s{0,8})?$", re.IGNORECASE)
_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»", "「": "」", "'": "'", "‘": "’"}


def read_answer(text: str) -> str | None:
    """The line in a whole answer, or None where nothing stands between two markers."""
    reader = AnswerReader()
    reader.feed(text)
    return reader.answer


class AnswerReader:
    """Reads an answer as it comes. Pieces may break anywhere, also inside a marker."""

    def __init__(self) -> None:
        self.answer: str | None = None
        """The line, once its closing marker has come. What is written after it no longer counts."""
        self._inside = False
        self._pending = ""

    def feed(self, piece: str) -> str:
        """Take in a piece; returns all that may be shown so far, which is nothing before the opening marker."""
        if self.answer is None:
            self._pending += piece
            self._read()
        return self.shown

    @property
    def shown(self) -> str:
        """What may be shown: the line so far, without a marker that is still being written."""
        if self.answer is not None:
            return self.answer
        return one_line(_UNFINISHED.sub("", self._pending)) if self._inside else ""

    def _read(self) -> None:
        while self.answer is None and (found := (_MARKER if self._inside else _OPENING).search(self._pending)):
            before, self._pending = self._pending[: found.start()], self._pending[found.end() :]
            if self._inside and found[1]:
                # An empty pair is a model that repeats what it was told about the form.
                self.answer = _tidy(before) or None if len(before) <= LONGEST_ANSWER else None
                self._inside = False
            else:
                self._inside = True
        unfinished = _UNFINISHED.search(self._pending)
        written = unfinished.start() if unfinished else len(self._pending)
        if self._inside and written > LONGEST_ANSWER:
            self._inside = False
        if not self._inside:
            self._pending = self._pending[written:]


def _tidy(text: str) -> str:
    """On one line, and without quotation marks around all of it."""
    line = one_line(text)
    if len(line) > 2 and _QUOTES.get(line[0]) == line[-1] and not {line[0], line[-1]} & set(line[1:-1]):
        return line[1:-1].strip()
    return line
