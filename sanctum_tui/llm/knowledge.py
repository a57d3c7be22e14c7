"""The operator's folder of markdown notes, Obsidian's too, and finding the passages that fit tonight.

Read only, bounded in size, and read anew only where a file has changed. A link out of the folder is not followed.
"""

import math
import os
import re
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from sanctum_tui.dashboard.front_matter import read_entries
from sanctum_tui.errors import BadInputError
from sanctum_tui.llm.pictures import embedded, read_bytes, read_picture
from sanctum_tui.llm.ports import Picture
from sanctum_tui.text import clean, one_line, shorten

MOST_FILES = 2_000
LARGEST_NOTE = 200_000
"""Bytes of one note; what is larger is an export or a log, and is passed over."""
LARGEST_FOLDER = 8_000_000
"""Bytes of all notes together; the rest is passed over, and `KnowledgeFolder.passed_over` counts it."""
LONGEST_PASSAGE = 700
_LONGEST_HEADING = 300
_PATIENCE_SECONDS = 5.0
"""How long to wait for whoever reads the folder by now; no draft waits as long for its notes."""
_FROM_ONE_NOTE = 2
_END = "# "

_FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
# Bounded everywhere: a note may be 200 KB of one sign, and an expression holds up everybody while it runs.
_COMMENT = re.compile(r"%%.{0,2000}?%%|<!--.{0,2000}?-->", re.DOTALL)
_EMBED = re.compile(r"!\[\[[^\[\]\n]{0,300}\]\]|!\[[^\[\]\n]{0,300}\]\([^)\n]{0,500}\)")
_WIKILINK = re.compile(r"\[\[([^\[\]|#^\n]{0,200})(?:[#^][^\[\]|\n]{0,200})?(?:\|([^\[\]\n]{0,200}))?\]\]")
_LINK = re.compile(r"\[([^\[\]\n]{0,300})\]\([^)\n]{0,500}\)")
_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t]*#*$")
_MARKS = re.compile(r"[*_=~`]{1,3}|^[ \t]*(?:>+|[-+*]|\d+\.)[ \t]+(?:\[[ xX]\][ \t]+)?|[ \t]\^[\w-]+$", re.MULTILINE)
_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
_WORD = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+")


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a note that fits."""

    text: str
    source: str
    """The note's name and heading: ``Windrose › The lighthouse``."""
    pictures: tuple[str, ...] = ()
    """Those that the note shows, as it names them."""


@dataclass(frozen=True, slots=True)
class _Section:
    source: str
    text: str
    words: Counter[str]
    named: frozenset[str]
    """Words of the note's name, aliases, tags and heading, which count for more."""


@dataclass(frozen=True, slots=True)
class _Note:
    seen: tuple[int, int]
    size: int
    names: frozenset[str]
    links: frozenset[str]
    pictures: tuple[str, ...]
    sections: tuple[_Section, ...]


class KnowledgeFolder:
    """Finds passages in a folder of notes. Reads files: call it in a thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.passed_over = 0
        """Files that were too large or too many when the folder was last looked at."""
        self._notes: dict[str, _Note] = {}
        # Who was too late for a deadline still reads in its thread; the next one waits for what it has read.
        self._turn = Lock()

    def find(self, query: str, most: int = 4) -> tuple[Passage, ...]:
        """The passages that fit best, best first. Raises BadInputError where the folder cannot be read."""
        asked = frozenset(word for word in _words(query) if len(word) > 2 or not word.isascii())
        with self._reading():
            self._refresh()
            notes = self._notes
        if not asked:
            return ()
        sections = [(note, section) for note in notes.values() for section in note.sections]
        weights = {word: _rarity(word, [section for _, section in sections]) for word in asked}
        scored: list[tuple[float, _Section, _Note]] = []
        for note, section in sections:
            if value := _score(section, weights):
                scored.append((value, section, note))
        return _chosen(_with_linked(scored), most)

    def picture(self, name: str) -> Picture:
        """A picture that a note shows under this name. Raises BadInputError where there is none to be had."""
        with self._reading():
            self._refresh()
            notes = self._notes
        wanted = name.strip().casefold()
        for place, note in notes.items():
            for shown in note.pictures:
                if wanted in (shown.casefold(), shown.rpartition("/")[2].casefold()):
                    return read_picture(self.path, (self.path / place).parent, shown)
        raise BadInputError("No note shows a picture of that name.")

    @contextmanager
    def _reading(self) -> Iterator[None]:
        if not self._turn.acquire(timeout=_PATIENCE_SECONDS):
            raise BadInputError(f"{self.path} is still being read since earlier; is its disk there?")
        try:
            yield
        finally:
            self._turn.release()

    def _refresh(self) -> None:
        if not self.path.is_dir():
            raise BadInputError(f"There is no folder {self.path} of notes; check KNOWLEDGE_PATH.")
        kept: dict[str, _Note] = {}
        self.passed_over = total = 0
        for path, size, changed in _files(self.path):
            if size > LARGEST_NOTE or len(kept) >= MOST_FILES or total + size > LARGEST_FOLDER:
                self.passed_over += 1
                continue
            name = path.relative_to(self.path).as_posix()
            note = self._notes.get(name)
            if note is None or note.seen != (changed, size):
                try:
                    note = _read(path, name, (changed, size))
                except OSError:
                    self.passed_over += 1
                    continue
            kept[name] = note
            total += size
        self._notes = kept


def _files(folder: Path) -> Iterator[tuple[Path, int, int]]:
    """Markdown files in order, with size and time. Hidden folders are a program's own (``.obsidian``, ``.trash``)."""
    for place, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(place, name)
            if name.startswith(".") or path.suffix.lower() not in (".md", ".markdown") or path.is_symlink():
                continue
            try:
                state = path.stat()
            except OSError:
                continue
            # A pipe may never give anything, and would be waited for.
            if stat.S_ISREG(state.st_mode):
                yield path, state.st_size, state.st_mtime_ns


def _read(path: Path, name: str, seen: tuple[int, int]) -> _Note:
    text = clean(read_bytes(path, LARGEST_NOTE).decode("utf-8-sig", "replace"))
    front = _FRONT.match(text)
    entries = {entry.name.casefold(): entry.values for entry in read_entries(front[1].splitlines())} if front else {}
    body = text[front.end() :] if front else text
    body = _without_code(_COMMENT.sub("", body))
    pictures = embedded(_EMBED.findall(body))
    body = _EMBED.sub("", body)
    links = frozenset(_key(found[1]) for found in _WIKILINK.finditer(body))
    title = one_line((entries.get("title") or [path.stem])[0]) or path.stem
    aliases = [*entries.get("aliases", ()), *entries.get("alias", ())]
    known = " ".join([title, path.stem, *aliases, *entries.get("tags", ())])
    sections = tuple(_sections(body, title, frozenset(_words(known))))
    names = frozenset(map(_key, (title, path.stem, name.removesuffix(path.suffix), *aliases)))
    return _Note(seen, seen[1], names, links, pictures, sections)


def _sections(body: str, title: str, known: frozenset[str]) -> Iterator[_Section]:
    heading = ""
    lines: list[str] = []
    for line in [*body.splitlines(), _END]:
        found = _HEADING.match(line) if line.startswith("#") and len(line) < _LONGEST_HEADING else None
        if found is None and line is not _END:
            lines.append(line)
            continue
        text = _plain("\n".join(lines))
        source = f"{title} › {heading}" if heading and heading != title else title
        for passage in _passages(text):
            yield _Section(source, passage, Counter(_words(passage)), known | frozenset(_words(heading)))
        heading, lines = (one_line(_plain(found[1])), []) if found else ("", [])


def _without_code(body: str) -> str:
    """The note without its fenced blocks: code, queries, drawings."""
    kept: list[str] = []
    fence = ""
    for line in body.splitlines():
        start = line.lstrip()[:3]
        if start in ("```", "~~~") and fence in ("", start):
            fence = "" if fence else start
        elif not fence:
            kept.append(line)
    return "\n".join(kept)


def _passages(text: str) -> Iterator[str]:
    """Paragraphs, the short ones together, the long ones cut."""
    taken = ""
    for paragraph in re.split(r"\n\s*\n", text):
        words = one_line(paragraph)
        if taken and len(taken) + len(words) > LONGEST_PASSAGE:
            yield taken
            taken = ""
        taken = shorten(f"{taken} {words}".strip(), LONGEST_PASSAGE)
    if taken:
        yield taken


def _plain(text: str) -> str:
    text = _WIKILINK.sub(lambda found: found[2] or found[1].rpartition("/")[2], text)
    return _MARKS.sub("", _LINK.sub(r"\1", text))


def _key(name: str) -> str:
    """What a wikilink and a note's name have in common."""
    return one_line(name).casefold().removesuffix(".md")


def _words(text: str) -> list[str]:
    return [_stem(word) for word in _WORD.findall(text.casefold())]


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word


def _rarity(word: str, sections: Sequence[_Section]) -> float:
    having = sum(word in section.words or word in section.named for section in sections)
    return math.log(1 + len(sections) / (1 + having))


def _score(section: _Section, weights: dict[str, float]) -> float:
    value = 0.0
    for word, weight in weights.items():
        times = section.words[word]
        value += weight * (times / (times + 1.2) * 2.2 + 1.5 * (word in section.named))
    return value


def _with_linked(scored: list[tuple[float, _Section, _Note]]) -> list[tuple[float, Passage]]:
    """A note that the best one links to gains by it: whoever wrote them thought that they belong together."""
    best = max(scored, key=lambda one: one[0], default=None)
    linked = best[2].links if best else frozenset()
    return [
        (value * (1.3 if linked & note.names else 1.0), Passage(section.text, section.source, note.pictures))
        for value, section, note in scored
    ]


def _chosen(scored: list[tuple[float, Passage]], most: int) -> tuple[Passage, ...]:
    chosen: list[Passage] = []
    taken: Counter[str] = Counter()
    floor = max((value for value, _ in scored), default=0.0) / 4
    for value, passage in sorted(scored, key=lambda one: (-one[0], one[1].source, one[1].text)):
        name = passage.source.partition(" › ")[0]
        if value < floor or len(chosen) == most:
            break
        if taken[name] < _FROM_ONE_NOTE:
            taken[name] += 1
            chosen.append(passage)
    return tuple(chosen)
