"""The operator's standing notes: what they asked for once and for all, in a file they can read and edit.

Only reasons that an operator gave in words become notes; nothing is inferred.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sanctum_tui.errors import BadInputError, StorageError
from sanctum_tui.evening import Prompt, PromptState, PromptStep
from sanctum_tui.paths import Paths, write_atomically
from sanctum_tui.text import one_line, shorten

LONGEST_NOTE = 200
MOST_NOTES = 40
"""More would crowd out the evening; the oldest are kept in the file and no longer told."""
LARGEST_FILE = 64_000
"""Bytes; a file beyond is not one of ours."""

_HEAD = "# Standing notes\n\nOne a line. The steward keeps to them; change or remove any of them here.\n\n"
_NOTE = re.compile(r"[-*][ \t]+(?P<text>.+?)(?:[ \t]+\((?P<on>\d{4}-\d\d-\d\d)(?:, (?P<origin>[^()]*))?\))?[ \t]*$")


@dataclass(frozen=True, slots=True)
class StandingNote:
    """One thing the operator asked for."""

    text: str
    on: date | None = None
    """When; None where it was written into the file by hand without a date."""
    origin: str = ""
    """Where it came from: ``skip of line 4, stream 12``."""

    def written(self) -> str:
        """As it stands in the file."""
        told = ", ".join(filter(None, (self.on.isoformat() if self.on else "", self.origin if self.on else "")))
        return f"- {self.text} ({told})" if told else f"- {self.text}"


def notes_file(paths: Paths) -> Path:
    """Where an operator's standing notes are."""
    return paths.config / "notes.md"


class StandingNotes:
    """The notes of one file. Read anew whenever the file has changed; other lines in it are left as they are."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, int] | None = None
        self._lines: list[str] = []

    def read(self) -> tuple[StandingNote, ...]:
        """The latest notes, oldest first. Raises StorageError where there is a file and it cannot be read."""
        self._load()
        return tuple(filter(None, map(_read, self._lines)))[-MOST_NOTES:]

    def add(self, text: str, *, on: date, origin: str = "") -> StandingNote | None:
        """Keep a note; None where it is empty or there already. Raises StorageError."""
        note = StandingNote(_tidy(text), on, re.sub(r"[()]", "", one_line(origin)))
        if not note.text or any(same.text.casefold() == note.text.casefold() for same in self.read()):
            return None
        self._write([*(self._lines or _HEAD.splitlines()), note.written()])
        return note

    def edit(self, note: StandingNote, text: str) -> StandingNote:
        """Change a note's words; its date and origin stay. Raises BadInputError where it is gone or empty."""
        changed = StandingNote(_tidy(text), note.on, note.origin)
        if not changed.text:
            raise BadInputError("A standing note needs words; remove it to be rid of it.")
        place = self._find(note)
        self._write([*self._lines[:place], changed.written(), *self._lines[place + 1 :]])
        return changed

    def remove(self, note: StandingNote) -> None:
        """Be rid of a note. Raises BadInputError where it is gone already."""
        place = self._find(note)
        self._write([*self._lines[:place], *self._lines[place + 1 :]])

    def learn(self, prompt: Prompt) -> StandingNote | None:
        """Keep the reason an operator gave for skipping this prompt; None where they gave none.

        A skip that is taken back takes its note with it, unless the operator has changed the note since. To be
        told after each step that the prompt takes.
        """
        match prompt.steps:
            case (*_, last) if _teaches(last):
                return self.add(last.reason, on=last.at.date(), origin=_skip_of(prompt))
            case (*_, skip, PromptStep(state=PromptState.PENDING | PromptState.REJECTED)) if _teaches(skip):
                # Found by all of its words: one that was edited, or was there before the skip, is the operator's.
                with suppress(BadInputError):
                    self.remove(StandingNote(_tidy(skip.reason), skip.at.date(), _skip_of(prompt)))
        return None

    def _find(self, note: StandingNote) -> int:
        self._load()
        for place, line in enumerate(self._lines):
            if _read(line) == note:
                return place
        raise BadInputError(f"That note is no longer in {self.path}; look at the notes again.")

    def _load(self) -> None:
        try:
            state = self.path.stat()
            seen = (state.st_mtime_ns, state.st_size)
            if seen == self._seen:
                return
            if state.st_size > LARGEST_FILE:
                raise StorageError(
                    f"{self.path} is too large for standing notes; keep it below {LARGEST_FILE} bytes."
                )
            self._lines = self.path.read_text(encoding="utf-8-sig").splitlines()
            self._seen = seen
        except FileNotFoundError:
            self._lines, self._seen = [], None
        except (OSError, UnicodeDecodeError) as error:
            raise StorageError(f"{self.path} cannot be read ({error}); mend or remove it.") from None

    def _write(self, lines: list[str]) -> None:
        write_atomically(self.path, "\n".join(lines) + "\n")
        self._seen = None


def _teaches(step: PromptStep) -> bool:
    return step.state is PromptState.SKIPPED and step.by == "operator" and bool(step.reason.strip())


def _skip_of(prompt: Prompt) -> str:
    return f"skip of line {prompt.number}, stream {prompt.session_id}"


def _read(line: str) -> StandingNote | None:
    found = _NOTE.match(line)
    if found is None:
        return None
    text = shorten(one_line(found["text"]), LONGEST_NOTE)
    try:
        on = datetime.fromisoformat(found["on"]).date() if found["on"] else None
    except ValueError:
        return StandingNote(shorten(one_line(line[1:]), LONGEST_NOTE))
    return StandingNote(text, on, found["origin"] or "") if text else None


def _tidy(text: str) -> str:
    return shorten(one_line(text), LONGEST_NOTE).lstrip("-*# ").rstrip()
