"""The changing part of what a model is asked: tonight, laid out in a fixed order and fitted into a budget.

What changes least stands first, so that a provider's cache holds as much of it as can be.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.llm.author import Context
from sanctum_tui.llm.context import Gathered, Piece, Provider
from sanctum_tui.llm.quoting import MENTION, defuse, fenced
from sanctum_tui.llm.tokens import clip, estimate

_SHARES = {
    "plan": 0.35,
    "rules": 0.15,
    "said": 0.15,
    "found": 0.1,
    "knowledge": 0.15,
    "earlier": 0.15,
    "chat": 1.0,
}
"""How much of the room each part may take at most, in the order in which they take it: the chat what is left."""
_NEWEST_MATTER = ("said", "chat")
_FRAME_TOKENS = 40
"""A heading, a tag and its end."""
_MOST_SAID = 30
"""Lines said before that a model is shown; the guard knows all of them."""
_MOST_SAID_EARLIER = 10
_LONGEST_NOTE = 600


@dataclass(frozen=True, slots=True)
class Told:
    """All that goes into the material."""

    gathered: Gathered
    context: Context
    task: str
    found: str = ""
    refused: tuple[tuple[str, str], ...] = ()
    addressed: str = ""


def lay_out(told: Told, tokens: int) -> str:
    """The material, in at most so many tokens, as far as a fixed few hundred allow."""
    asked = _asked(told)
    room = tokens - estimate(asked)
    lines = {
        "plan": _plan(told.context.dashboard),
        "rules": [defuse(piece.text, 1000) for piece in told.gathered.of(Provider.RULES)],
        "knowledge": _sourced(told.gathered.of(Provider.KNOWLEDGE), 800),
        "earlier": _dated(told.gathered.of(Provider.EARLIER)),
        "said": _said(told.context),
        "found": [defuse(line, 800) for line in told.found.splitlines() if line.strip()],
        "chat": _spoken(told.gathered.of(Provider.CHAT)),
    }
    parts: dict[str, str] = {}
    for name, share in _SHARES.items():
        text = _part(name, lines[name], min(int(tokens * share), room))
        parts[name] = text
        room -= estimate(text)
    return "\n\n".join([*(parts[name] for name in _HEADINGS if parts[name]), asked]) + "\n"


# In the order in which they stand: the chat, which grows at its end, late; what belongs to this draft alone, last.
_HEADINGS = {
    "plan": ("Tonight's plan", "the streamer's plan for tonight"),
    "rules": ("House rules", "the channel's rules and the operator's standing notes"),
    "knowledge": ("From the operator's notes", "quoted from a folder of notes"),
    "earlier": ("From earlier streams", "quoted from the chat of earlier streams, oldest first"),
    "said": ("Said already; not to be said again", "lines the steward has drafted or posted, oldest first"),
    "chat": ("Tonight's chat", "quoted from tonight's chat, oldest first"),
    "found": ("What was looked up", "a note on what was found"),
}


def _part(name: str, lines: Sequence[str], tokens: int) -> str:
    fitting = fit(lines, tokens - _FRAME_TOKENS, newest=name in _NEWEST_MATTER)
    if not fitting:
        return ""
    heading, about = _HEADINGS[name]
    if name == "rules":
        # The operator's own words are no quotation: they hold.
        return f"# {heading}\n\n" + "\n".join(f"- {line}" for line in fitting)
    return f"# {heading}\n\n{fenced(name, about, fitting)}"


def fit(lines: Sequence[str], tokens: int, *, newest: bool) -> list[str]:
    """As many of the lines as fit, in their order: the first of them, or the last where the newest matter."""
    taken: list[str] = []
    for line in reversed(lines) if newest else lines:
        cost = estimate(line) + 3
        if cost > tokens:
            if not taken and (cut := clip(line, tokens - 3)):
                taken.append(cut)
            break
        taken.append(line)
        tokens -= cost
    return taken[::-1] if newest else taken


def _asked(told: Told) -> str:
    parts = []
    for line, reason in told.refused[-3:]:
        parts.append(f"# Not this one\n\n{fenced('refused', 'a line of yours that cannot stand', [defuse(line)])}\n\n"
                     f"Why not: {defuse(reason)}")  # fmt: skip
    if told.addressed:
        parts.append(
            "# Somebody speaks to you\n\n" + fenced("addressed", "quoted from chat", [quoted(told.addressed)])
        )
    if note := defuse(told.context.note, _LONGEST_NOTE):
        parts.append(f"# The operator asks\n\n{note}")
    parts.append(f"# Now\n\n{told.task}")
    return "\n\n".join(parts)


def _plan(plan: Dashboard) -> list[str]:
    named = (("title", plan.title), ("game", plan.game), ("mood", plan.mood), ("angle", plan.angle))
    lines = [f"{name}: {defuse(text, 600)}" for name, text in named if text.strip()]
    return lines + [f"goal: {defuse(goal)}" for goal in plan.goals if goal.strip()]


def _said(context: Context) -> list[str]:
    # Earlier streams' lines come newest first from the database.
    earlier = context.earlier[:_MOST_SAID_EARLIER][::-1]
    return [defuse(line) for line in (*earlier, *context.said[-_MOST_SAID:])]


def _spoken(pieces: Iterable[Piece]) -> list[str]:
    """Chat without its people's names: a line must not name them, and no provider needs to know them."""
    numbers: dict[str, int] = {}
    pieces = tuple(pieces)
    for piece in pieces:
        numbers.setdefault(piece.source.casefold(), len(numbers) + 1)
    lines = []
    for piece in pieces:
        time = f"{piece.at:%H:%M} " if piece.at else ""
        lines.append(f"{time}viewer {numbers[piece.source.casefold()]} ¦ {quoted(piece.text, numbers)}")
    return lines


def _dated(pieces: Iterable[Piece]) -> list[str]:
    return [f"{defuse(piece.source)} ¦ {quoted(piece.text)}" for piece in pieces]


def _sourced(pieces: Iterable[Piece], most: int) -> list[str]:
    return [f"{defuse(piece.source, 80)} ¦ {defuse(piece.text, most)}" for piece in pieces]


def quoted(text: str, numbers: dict[str, int] | None = None) -> str:
    """A viewer's words, with those they speak to as numbers."""
    known = numbers or {}
    named = MENTION.sub(
        lambda found: f"@viewer {known[found[1].casefold()]}" if found[1].casefold() in known else "@somebody", text
    )
    return defuse(named)
