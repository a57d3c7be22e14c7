"""The evening as a value, gathered while it runs and always derivable from what is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sanctum_tui.chat import ChatCleared, ChatGap, ChatLine, ChatMessage, MessageDeleted, Voice
from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.evening import EveningRecord, Flag, Silence
from sanctum_tui.exports.clips import Clip, Moments, answered, in_its_stream, marked
from sanctum_tui.exports.quiet import WORTH_TELLING, Pause, Pauses, longest
from sanctum_tui.exports.seeds import Seed, seeds
from sanctum_tui.exports.story import PromptStory, Spell, spells, tell
from sanctum_tui.exports.talk import Discussion, Talk

WINDOW = timedelta(seconds=30)
"""Lines are looked at half a minute at a time: a moment, for a clip, and cheap for a crowd."""


@dataclass(frozen=True, slots=True)
class Theme:
    """What the evening was meant to be, from the dashboard."""

    title: str
    game: str
    mood: str
    angle: str
    goals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """One evening, as it is told afterwards or so far. Every text in it is as it was written: untrusted."""

    session: int
    channel: str
    title: str
    started_at: datetime
    ended_at: datetime | None
    as_of: datetime
    """The end, or the last moment that this ledger knows of."""
    messages: int
    """Lines in the room, whoever wrote them, without the service's own notices."""
    people: int
    """Different people who wrote."""
    theme: Theme
    discussions: tuple[Discussion, ...]
    prompts: tuple[PromptStory, ...]
    spells: tuple[Spell, ...]
    flags: tuple[Flag, ...]
    clips: tuple[Clip, ...]
    """The operator's marks first, then what the room made of the evening, each in order."""
    seeds: tuple[Seed, ...]
    gaps: tuple[ChatGap, ...]
    """Times in which chat was away."""
    silences: tuple[Pause, ...]
    """The longest, in order."""
    closing: Silence | None
    """The quiet after the last line, where it was long."""


class LedgerBuilder:
    """Takes the evening's lines as they come, and makes its ledger at any time.

    What it keeps is bounded, but for the names of those who wrote. Only lines with `Voice.PERSON` are talk;
    `count_commands` says whether a person's command breaks a silence, as the setting of that name does.
    """

    def __init__(self, *, count_commands: bool = False) -> None:
        self._count_commands = count_commands
        self._messages = 0
        self._people: set[str] = set()
        self._window: list[ChatMessage] = []
        self._edge: datetime | None = None
        self._talk = Talk()
        self._moments = Moments()
        self._pauses = Pauses()
        self._deleted: set[str] = set()
        self._cleared: dict[str, datetime] = {}

    def add(self, lines: Sequence[ChatLine]) -> None:
        """Take the next lines of the evening, in order."""
        window, edge = self._window, self._edge
        self._messages += len(lines)
        for line in lines:
            voice = line.voice
            if voice is Voice.PERSON:
                message = line.message
                if edge is None or message.at >= edge:
                    self._turn()
                    self._pauses.broken(message)
                    window = self._window
                    edge = message.at + WINDOW
                window.append(message)
            elif voice is Voice.NOTICE:
                self._messages -= 1
            elif voice is Voice.COMMAND and self._count_commands:
                if window:
                    self._pauses.heard(window[-1].at)
                self._pauses.broken(line.message)
        self._edge = edge

    def withdraw(self, what: MessageDeleted | ChatCleared) -> None:
        """Do not quote what a moderator took away: one line, or one person's lines so far.

        Clearing the whole room is a fresh start on screen, and takes nothing back.
        """
        if isinstance(what, MessageDeleted):
            if what.id:  # lines of a log without ids all have an empty one
                self._deleted.add(what.id)
        elif what.login:
            self._cleared[what.login] = what.at

    def build(self, record: EveningRecord, dashboard: Dashboard, *, now: datetime | None = None) -> Ledger:
        """The ledger of the evening so far; `now` is the moment it is made, for one that still goes on."""
        so_far = self._fork()
        so_far._turn()
        so_far._talk.close()
        session = record.session
        last = so_far._pauses.last or session.started_at
        as_of = session.ended_at or max(now or session.clock_at or last, last)
        flagged = {(flag.at, flag.text) for flag in record.flags}

        def may_quote(message: ChatMessage) -> bool:
            return self._stands(message) and (message.at, message.text) not in flagged

        pauses = so_far._pauses.all(session.started_at, may_quote, record.gaps)
        discussions = so_far._talk.discussions(may_quote)
        prompts = tuple(tell(prompt, pauses) for prompt in record.prompts)
        lively = so_far._moments.clips(session.started_at, may_quote)
        room = sorted((*answered(prompts, session.started_at), *lively), key=lambda clip: clip.at)
        last = max([last, *(gap.at for gap in record.gaps)])
        marks = marked(record.marks, session.started_at)
        quiet = (as_of - last).total_seconds()
        return Ledger(
            session=session.id,
            channel=session.channel,
            title=session.title,
            started_at=session.started_at,
            ended_at=session.ended_at,
            as_of=as_of,
            messages=self._messages,
            people=len(so_far._people),
            theme=Theme(dashboard.title, dashboard.game, dashboard.mood, dashboard.angle, dashboard.goals),
            discussions=discussions,
            prompts=prompts,
            spells=spells(record.decisions),
            flags=record.flags,
            clips=tuple(in_its_stream(clip, record.airings) for clip in (*marks, *room)),
            seeds=seeds(dashboard, discussions, prompts, pauses),
            gaps=record.gaps,
            silences=longest(pauses),
            closing=Silence(last, quiet) if quiet >= WORTH_TELLING else None,
        )

    def _turn(self) -> None:
        """Look at the half minute that is over, and begin the next."""
        window, self._window = self._window, []
        if not window:
            return
        names = {message.login: message.name for message in window}
        self._people.update(names)
        self._pauses.heard(window[-1].at)
        self._moments.hear(window, len(names))
        self._talk.hear(window, names)

    def _fork(self) -> "LedgerBuilder":
        other = LedgerBuilder(count_commands=self._count_commands)
        other._people = self._people.copy()
        other._window = self._window
        other._talk, other._moments, other._pauses = self._talk.fork(), self._moments.fork(), self._pauses.fork()
        return other

    def _stands(self, message: ChatMessage) -> bool:
        cleared = self._cleared.get(message.login)
        return message.id not in self._deleted and (cleared is None or message.at > cleared)
