"""The offline composer of dashboards: the same form always gives the same plan, and asking again another one."""

import asyncio
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import msgspec

from sanctum_tui.dashboard.markdown import TEMPLATE
from sanctum_tui.dashboard.rules import POST_MOST, post_length
from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.llm.phrasebook import load, with_article
from sanctum_tui.llm.planning import PlanDraft, PlanForm, Told, check, lay_out, stock

WRITER = "offline composer"
_TRIES = 24
"""How many combinations are looked at for one that keeps all rules; a name of unusual length may need a few."""
_THREADS = 3
"""So many threads that suit the form take turns when it is drafted anew."""
_LONGEST_TAG = 24
_LONGEST_ACCOUNT = 70

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_CLOCK = re.compile(r"\b([01]?\d|2[0-3])(?:[:.h]([0-5]\d))?\s*(am|pm|a\.m\.|p\.m\.|uhr|h)?(?!\w)", re.IGNORECASE)
_WHO = re.compile(
    r"^(?:(?:last (?:time|week|night|session|stream)|yesterday|recently|lately|so far)\W+)?"
    r"(?:i(?:'ve| have| had)?|we(?:'ve| have| had)?)\s+(?:just |only |have |finally )*",
    re.IGNORECASE,
)
_PERSONAL = re.compile(r"\b(?:i|me|my|mine|myself|i'm|i've)\b", re.IGNORECASE)


class _Thread(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    scenes: tuple[str, ...]
    keywords: tuple[str, ...]
    mood: str
    tags: tuple[str, ...]
    titles: tuple[str, ...]
    notifications: tuple[str, ...]
    posts: tuple[str, ...]
    goals: tuple[str, ...]
    angles: tuple[str, ...]
    familiarity: str = ""
    general: bool = False


class _Goals(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    new: tuple[str, ...]
    some: tuple[str, ...]
    well: tuple[str, ...]
    place: tuple[str, ...]
    account: tuple[str, ...]


class _Experience(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    verbs: tuple[str, ...]
    nothing: tuple[str, ...]


class _Stock(msgspec.Struct, frozen=True):
    familiarity: dict[str, tuple[str, ...]]
    experience: _Experience
    goals: _Goals
    thread: tuple[_Thread, ...]


@dataclass(frozen=True, slots=True)
class _Turn:
    """One try: which form, and the how-manieth draft of it."""

    form: PlanForm
    number: int

    def pick(self, texts: Sequence[str], what: str, *, count: int = 1) -> list[str]:
        """Texts of these: by the form where to begin, and the next ones with each draft."""
        seed = f"{self.form!r}|{what}".encode("utf-8", "surrogatepass")
        start = int.from_bytes(hashlib.blake2b(seed, digest_size=4).digest()) + self.number
        return [texts[(start + step) % len(texts)] for step in range(min(count, len(texts)))]


class OfflinePlanner:
    """A `PlanAuthor` with no model behind it."""

    def __init__(self, *, template: Callable[[], str] = lambda: TEMPLATE) -> None:
        self._template = template

    async def draft(self, form: PlanForm, *, before: Sequence[Dashboard] = (), told: Told) -> PlanDraft:
        told("The offline composer is drafting…")
        return await asyncio.to_thread(compose, form, len(before), self._template())


def compose(form: PlanForm, number: int = 0, template: str = TEMPLATE) -> PlanDraft:
    """The plan for this form, and with each number another; with findings only where every one has some."""
    form = form.tidy()
    first: PlanDraft | None = None
    for again in range(_TRIES):
        dashboard = lay_out(_parts(form, number + again), template)
        draft = PlanDraft(dashboard, WRITER, check(dashboard))
        if not draft.findings:
            return draft
        first = first or draft
    assert first is not None
    return first


def _parts(form: PlanForm, number: int) -> dict[str, str]:
    book = _book()
    known = _known(form, book)
    threads = _ranked(form, known, book)
    thread = threads[number % len(threads)]
    turn = _Turn(form, number // len(threads))
    slots = _slots(form)

    def filled(texts: Sequence[str], what: str, count: int = 1) -> list[str]:
        chosen = turn.pick(texts, f"{thread.id}/{what}", count=count)
        return [text.format_map(slots) for text in chosen]

    goals = _from_experience(form, book, turn, slots)
    if known:
        goals += filled(getattr(book.goals, known), f"goals/{known}")
    goals += filled(thread.goals, "goals", count=max(2, 4 - len(goals)))
    post = filled(thread.posts, "post")[0]
    return {
        "title": filled(thread.titles, "title")[0],
        "game": form.game,
        "mood": form.mood or thread.mood,
        "notification": filled(thread.notifications, "notification")[0],
        "social_post": _tagged(post, form.game, turn.pick(thread.tags, f"{thread.id}/tags", count=3)),
        "goals": "\n".join(dict.fromkeys(goals)),
        "angle": filled(thread.angles, "angle")[0],
    }


def _ranked(form: PlanForm, known: str, book: _Stock) -> list[_Thread]:
    """Threads that suit the form, best first; where several suit it alike, the form says which is first."""
    told = f"{form.mood} {form.game} {form.experience}".casefold()
    words = set(_WORD.findall(told))
    game = form.game.casefold()
    scenes = {
        scene.id
        for scene in load().scenes
        if words & set(scene.keywords)
        or any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", game) for name in scene.games)
    }

    def score(thread: _Thread) -> float:
        hits = sum((word in words) if " " not in word else (word in told) for word in thread.keywords)
        return 2.0 * hits + 3.0 * bool(scenes & set(thread.scenes)) + 2.5 * (thread.familiarity == known != "")

    seed = repr(form).encode("utf-8", "surrogatepass")
    fitting = [thread for thread in book.thread if thread.familiarity in ("", known)]
    order = sorted(fitting, key=lambda thread: (-score(thread), hashlib.blake2b(seed + thread.id.encode()).digest()))
    best = score(order[0])
    suiting = [thread for thread in order if 0 < best <= 2 * score(thread)]
    general = [thread for thread in order if thread.general and thread not in suiting]
    return [*suiting, *general][:_THREADS]


def _known(form: PlanForm, book: _Stock) -> str:
    """How well the game is known: ``new``, ``well``, ``some``, or "" where the form does not say."""
    said = form.familiarity.casefold()
    if not said:
        return ""
    for name, signs in book.familiarity.items():
        if any(re.search(rf"(?<!\w){re.escape(sign)}(?!\w)", said) for sign in signs):
            return name
    return "some"


def _from_experience(form: PlanForm, book: _Stock, turn: _Turn, slots: dict[str, str]) -> list[str]:
    """A goal that takes up what was done lately, where it can be taken up without guessing."""
    said = form.experience.strip(" .!")
    if said.casefold() in book.experience.nothing:
        return []
    account = _WHO.sub("", said)
    first = (_WORD.findall(account.casefold()) or [""])[0]
    if (
        (first.endswith("ed") or first in book.experience.verbs)
        and len(account) <= _LONGEST_ACCOUNT
        and not _PERSONAL.search(account)
    ):
        told = {"account": account[0].lower() + account[1:]}
        return [text.format_map(slots | told) for text in turn.pick(book.goals.account, "account")]
    nouns = [load().words.nouns.get(word) for word in _WORD.findall(said.casefold())]
    place = next((noun.one for noun in nouns if noun is not None and noun.kind == "place"), "")
    if not place:
        return []
    return [text.format_map(slots | {"noun": place}) for text in turn.pick(book.goals.place, "place")]


def _slots(form: PlanForm) -> dict[str, str]:
    hour, written = _start(form.start)
    said = form.start.casefold()
    if hour is None:
        evening = next((name for name in ("morning", "afternoon", "night") if name in said), "evening")
    else:
        evening = ("night", "morning", "afternoon", "evening", "night")[sum(hour >= part for part in (5, 12, 17, 23))]
    tonight = f"this {evening}" if evening in ("morning", "afternoon") else "tonight"
    an_evening = with_article(evening)
    return {
        "game": form.game or "tonight's game",
        "evening": evening,
        "Evening": evening.capitalize(),
        "an_evening": an_evening,
        "An_evening": an_evening[0].upper() + an_evening[1:],
        "tonight": tonight,
        "Tonight": tonight[0].upper() + tonight[1:],
        "from_time": f" from {written}" if written else "",
    }


def _start(start: str) -> tuple[int | None, str]:
    """The hour of the day, and the time as a post writes it; None where there is no time in it."""
    found = _CLOCK.search(start)
    if found is None:
        return None, ""
    hour, minutes, half = int(found[1]), found[2] or "", (found[3] or "").casefold().replace(".", "")
    if half in ("am", "pm") and 1 <= hour <= 12:
        written = f"{hour}{':' + minutes if minutes else ''} {half}"
        return hour % 12 + (12 if half == "pm" else 0), written
    return hour, f"{hour:02}:{minutes or '00'}"


def _tagged(post: str, game: str, tags: Sequence[str]) -> str:
    """The post with two to four hashtags below it, as many as fit."""
    own = "".join(word[0].upper() + word[1:] for word in re.findall(r"\w+", re.sub(r"['’]", "", game)))
    own = own.replace("_", "")
    chosen = [own] if len(own) <= _LONGEST_TAG and any(map(str.isalpha, own)) else []
    unique = {tag.casefold(): tag for tag in (*chosen, *tags)}
    written = [f"#{tag}" for tag in unique.values()][:3]
    while len(written) > 2 and post_length(f"{post}\n\n{' '.join(written)}") > POST_MOST:
        written.pop()
    return f"{post}\n\n{' '.join(written)}"


@cache
def _book() -> _Stock:
    return msgspec.convert(stock(), _Stock)
