"""A dashboard's fields as rows to look at: what is there, what is missing, what is odd. Never read as markup."""

from collections.abc import Iterator

from textual.content import Content

from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.text import clean, clean_line
from sanctum_tui.ui.chat.wrapping import LEAST_CELLS, wrap

THERE, MISSING, ODD = "✓", "✗", "!"
"""The signs before a field, and before a warning."""
_LABEL_CELLS = 11
_LATER = {"Goals": 1, "Go-live": 2, "Post": 3}
"""What is read last; it was for others, and before the evening."""
_QUIET, _STRONG, _ALARM = "$hearth-quiet", "bold", "bold $warning"


def values(dashboard: Dashboard) -> tuple[tuple[str, str], ...]:
    """Each field's short name and its words, goals one a line, in the template's order."""
    return (
        ("Title", dashboard.title),
        ("Game", dashboard.game),
        ("Mood", dashboard.mood),
        ("Go-live", dashboard.notification),
        ("Post", dashboard.social_post),
        ("Goals", "\n".join(f"• {goal}" for goal in dashboard.goals)),
        ("Angle", dashboard.angle),
    )


def in_full(dashboard: Dashboard, width: int) -> Content:
    """What is missing and what is odd, then every other field with all its words."""
    return _joined([*_missing(dashboard), *_warnings(dashboard, width), *_rows(dashboard, width, most=0)])


def in_rows(dashboard: Dashboard, width: int) -> Content:
    """Likewise, with a row for each field."""
    return _joined([*_missing(dashboard), *_warnings(dashboard, width), *_rows(dashboard, width, most=1)])


def in_table(dashboard: Dashboard, width: int) -> Content:
    """What is odd, then every field with all its words: to be read, so what the evening goes by comes first."""
    rows = list(_warnings(dashboard, width))
    room = max(LEAST_CELLS, width - _LABEL_CELLS)
    for label, words in sorted(values(dashboard), key=lambda field: _LATER.get(field[0], 0)):
        if not words.strip():
            rows.append(Content.styled(f"{MISSING} {label}".ljust(_LABEL_CELLS) + "missing", _ALARM))
        for number, row in enumerate(_wrapped(words, room) if words.strip() else ()):
            rows.append(Content.styled(("" if number else label).ljust(_LABEL_CELLS), _QUIET) + Content(row))
    return _joined(rows)


def in_short(dashboard: Dashboard) -> Content:
    """How many fields there are, which are missing, and whether anything is odd: one row or two."""
    fields = values(dashboard)
    missing = [label for label, words in fields if not words.strip()]
    parts = [Content.styled(f"{THERE} {len(fields) - len(missing)} of {len(fields)} fields", _QUIET)]
    if missing:
        parts.append(Content.styled(f"{MISSING} missing: {', '.join(missing)}", _ALARM))
    if dashboard.warnings:
        more = f" (and {len(dashboard.warnings) - 1} more)" if len(dashboard.warnings) > 1 else ""
        parts.append(Content.styled(f"{ODD} {clean_line(dashboard.warnings[0])}{more}", _ALARM))
    return Content(" · ").join(parts)


def _missing(dashboard: Dashboard) -> Iterator[Content]:
    for label, words in values(dashboard):
        if not words.strip():
            yield Content.styled(f"{MISSING} {label}".ljust(_LABEL_CELLS) + "missing", _ALARM)


def _rows(dashboard: Dashboard, width: int, *, most: int) -> Iterator[Content]:
    """The rows of each field that is there; of its words at most so many rows, or all of them for 0."""
    room = max(LEAST_CELLS, width - _LABEL_CELLS)
    for label, words in values(dashboard):
        if not words.strip():
            continue
        rows = list(_wrapped(words, room))
        if most and len(rows) > most:
            first = " ".join(rows)
            start, end = next(wrap(first, room - 1, room - 1))
            rows = [first[start:end] + "…"]
        for number, row in enumerate(rows):
            sign = Content() if number else Content.styled(f"{THERE} ", _QUIET) + Content.styled(label, _STRONG)
            yield sign + Content(" " * (_LABEL_CELLS - len(sign.plain)) + row)


def _warnings(dashboard: Dashboard, width: int) -> Iterator[Content]:
    for warning in dashboard.warnings:
        for number, row in enumerate(_wrapped(clean_line(warning), max(LEAST_CELLS, width - 2))):
            yield Content.styled(f"{' ' if number else ODD} ", _ALARM) + Content(row)


def _wrapped(words: str, room: int) -> Iterator[str]:
    for line in clean(words).split("\n"):
        for start, end in wrap(line, room, room):
            yield line[start:end]


def _joined(rows: list[Content]) -> Content:
    return Content("\n").join(rows)
