"""The room as the agent knows it: whose lines are whose, and how long it has been quiet. No database."""

from collections import deque
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import TypeVar

from sanctum_tui.agent.modes.warden import WardenHit, suspects
from sanctum_tui.agent.policies import ACTIVE_SECONDS
from sanctum_tui.chat import (
    ChannelUpdated,
    ChatCleared,
    ChatGap,
    ChatLine,
    ChatMessage,
    ChatNotice,
    MessageDeleted,
    StreamWentOffline,
    StreamWentOnline,
    Voice,
)
from sanctum_tui.evening import Flag, Silence
from sanctum_tui.llm.guard_names import Names

_Value = TypeVar("_Value")

_ACTIVE = timedelta(seconds=ACTIVE_SECONDS)
RECENT = 120
"""People's latest lines kept for whoever writes the next draft."""
MOST_REMOVED = 1_000
"""Removed lines, and people whose lines were removed, that are remembered; the oldest are forgotten. A question
is asked about for some minutes at most, and even a raid of spam leaves fewer behind in those."""


def _always(message: ChatMessage) -> bool:
    return True


def notice_of(event: ChatNotice | ChatGap | StreamWentOnline | StreamWentOffline | ChannelUpdated) -> ChatNotice:
    """What the room shows of it."""
    match event:
        case ChatGap(at=at, seconds=seconds):
            long = f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
            return ChatNotice(at, f"no chat for {long}, lines may be missing")
        case StreamWentOnline(at=at):
            return ChatNotice(at, "The stream is live.")
        case StreamWentOffline(at=at):
            return ChatNotice(at, "The stream is offline.")
        case ChannelUpdated(at=at, title=title, category=category):
            return ChatNotice(at, f"The stream is now “{title}”, {category or 'without a category'}.")
        case ChatNotice():
            return event


class _Latest(dict[str, _Value]):
    """What was kept last, and no more than `MOST_REMOVED` of it."""

    def keep(self, key: str, value: _Value) -> None:
        self.pop(key, None)
        self[key] = value
        if len(self) > MOST_REMOVED:
            del self[next(iter(self))]


class Room:
    """Takes lines in, says whose each is, and keeps the silence clock. Only people reset it."""

    def __init__(
        self,
        started_at: datetime,
        *,
        bots: Collection[str],
        own_login: str,
        counts_commands: bool,
        suspicion: Callable[[ChatMessage], WardenHit | None],
        own: Callable[[ChatMessage], bool] = _always,
        threshold_seconds: Callable[[], float],
        numbered_after: int = 0,
    ) -> None:
        """`suspicion` is the Warden's word on a line, or None; it is asked where a glance does not settle it.

        `own` tells which lines of `own_login` are the agent's, where a person writes from that account too.

        Silences longer than `threshold_seconds` are kept. Lines are numbered from behind `numbered_after`.
        """
        self.started_at = started_at
        self.hears_since = started_at
        """From when on it is known that nobody wrote where nobody did."""
        self.last_at = started_at
        self.last_person_at: datetime | None = None
        self.count = numbered_after
        """Number of the last line."""
        self.people: set[str] = set()
        self.names = Names()
        """What those people are called: their logins, and how they write their names."""
        self.bots_seen: set[str] = set()
        self.recent: deque[ChatMessage] = deque(maxlen=RECENT)
        self.longest = Silence(started_at, 0.0)
        self.silences: list[Silence] = []
        self.flags: list[Flag] = []
        self._removed = _Latest[bool]()
        """By the ids of lines."""
        self._cleared = _Latest[datetime]()
        """When somebody's lines were removed last, by their logins."""
        self._all_cleared_at: datetime | None = None
        self._flags_told = 0
        self._bots = frozenset(bots)
        self._not_people = self._bots | {own_login}
        self._resets = (Voice.PERSON, Voice.COMMAND) if counts_commands else (Voice.PERSON,)
        self._suspicion = suspicion
        self._own_login = own_login
        self._own = own
        self._threshold_seconds = threshold_seconds

    @property
    def quiet_since(self) -> datetime:
        """When a person last wrote, or the session's start where nobody has yet; never before chat was heard."""
        return max(self.last_person_at or self.started_at, self.hears_since)

    def people_last_minute(self, now: datetime) -> int:
        """How many lines people wrote within the last minute."""
        since = now - _ACTIVE
        lines = 0
        for message in reversed(self.recent):
            if message.at <= since:
                break
            lines += 1
        return lines

    def take(self, messages: Sequence[ChatMessage]) -> list[ChatLine]:
        """Number lines, and say whose they are. Runs once for each of perhaps a million lines: keep it lean."""
        if not messages:
            return []
        # Nearly every line is a person's; those that may not be are found first, and only they are looked at.
        first, not_people = self.count + 1, self._not_people
        texts = [message.text for message in messages]
        others = {*suspects(texts)}
        others.update([at for at, said in enumerate(messages) if said.login in not_people or said.shared_from])
        others.update([at for at, text in enumerate(texts) if "!" in text and text[0] == "!"])
        voices = [Voice.PERSON] * len(messages)
        aside: list[int] = []
        for position in sorted(others):
            voice = voices[position] = self._voice(first + position, messages[position])
            if voice not in self._resets:
                aside.append(position)
        resetting = list(messages)
        for position in reversed(aside):
            del resetting[position]
        self._spoke(resetting)
        logins = [message.login for message in resetting]
        self.people.update(logins)
        self.names.update(logins)
        self.names.update([message.name for message in resetting])
        self.count += len(messages)
        self.last_at = max(self.last_at, messages[-1].at)
        return list(map(ChatLine, count(first), voices, messages))

    def new_flags(self) -> list[Flag]:
        """The Warden's flags since this was last asked."""
        flags = self.flags[self._flags_told :]
        self._flags_told = len(self.flags)
        return flags

    def passed(self, moment: datetime) -> None:
        """Something other than a line happened; nobody's silence ends by it."""
        self.last_at = max(self.last_at, moment)

    def withdraw(self, what: MessageDeleted | ChatCleared) -> None:
        """A moderator removed lines: whoever writes the next draft does not see them. The clock stays as it is."""
        if isinstance(what, MessageDeleted):
            self._removed.keep(what.id, True)
            kept = [message for message in self.recent if message.id != what.id or not what.id]
        else:
            if what.login:
                self._cleared.keep(what.login, what.at)
            else:
                self._all_cleared_at = what.at
            kept = [message for message in self.recent if what.login and message.login != what.login]
        self.recent = deque(kept, maxlen=RECENT)

    def was_withdrawn(self, message: ChatMessage) -> bool:
        """Whether a moderator has removed this line, by itself or with all that its writer had said."""
        if message.id and message.id in self._removed:
            return True
        cleared = (self._cleared.get(message.login), self._all_cleared_at)
        return any(moment is not None and message.at <= moment for moment in cleared)

    def notice(self, notice: ChatNotice) -> ChatLine:
        """Take in an announcement of the service's own, as the line that the room shows."""
        self.count += 1
        return ChatLine(self.count, Voice.NOTICE, ChatMessage(notice.at, notice.login, notice.name, notice.text))

    def own(self, message: ChatMessage) -> ChatLine:
        """Take in a line that was posted from here."""
        self.count += 1
        return ChatLine(self.count, Voice.AGENT, message)

    def starts(self, moment: datetime) -> None:
        """The stream began at this moment: the silence that counts is the one since then."""
        self.hears_since = max(self.hears_since, moment)

    def missed(self, gap: ChatGap) -> None:
        """Chat was away, and the silence clock stood still: nobody knows whether it was quiet then.

        After more than a minute nobody knows whether the silence before it is the same, either.
        """
        heard = gap.at if gap.seconds >= ACTIVE_SECONDS else self.quiet_since + timedelta(seconds=gap.seconds)
        self.hears_since = max(self.hears_since, min(heard, gap.at))
        self.passed(gap.at)

    def restore_flags(self, flags: Sequence[Flag]) -> None:
        """Take in the flags that were stored before a restart, of lines that were."""
        self.flags = [flag for flag in flags if flag.line <= self.count]
        self._flags_told = len(self.flags)

    def restore(self, lines: Sequence[ChatLine]) -> None:
        """Take in lines that were stored before a restart, with the voices they had."""
        threshold = self._threshold_seconds()
        for line in lines:
            self.count = line.number
            message = line.message
            self.last_at = max(self.last_at, message.at)
            if line.voice is Voice.BOT:
                self.bots_seen.add(message.login)
            if line.voice in (Voice.PERSON, Voice.COMMAND):
                self._met(message)
            if line.voice in self._resets:
                self._note_silence(self.quiet_since, message.at, threshold)
                self.last_person_at = message.at
                self.recent.append(message)

    def close(self) -> None:
        """The log ends: the silence that still runs counts up to its last line, and not beyond."""
        self._note_silence(self.quiet_since, self.last_at, self._threshold_seconds())

    def _voice(self, number: int, message: ChatMessage) -> Voice:
        """Whose line it is; a flag is kept, and who was seen."""
        login = message.login
        if message.shared_from:
            return Voice.SHARED
        if login == self._own_login and self._own(message):
            return Voice.AGENT
        if login in self._bots:
            self.bots_seen.add(login)
            return Voice.BOT
        if (hit := self._suspicion(message)) is not None:
            self.flags.append(Flag(message.at, number, message.name, message.text, hit.rule, hit.why))
            return Voice.SPAM
        if message.text[:1] == "!" and message.text[1:2].isalnum():
            self._met(message)
            return Voice.COMMAND
        return Voice.PERSON

    def _met(self, message: ChatMessage) -> None:
        self.people.add(message.login)
        self.names.update((message.login, message.name))

    def _spoke(self, messages: Sequence[ChatMessage]) -> None:
        """People's lines reset the silence clock, one after the other."""
        if not messages:
            return
        threshold = self._threshold_seconds()
        last, end = self.quiet_since, messages[-1].at
        # A gap is looked at closely only where it beats the longest so far or the threshold; and where the
        # whole stretch is shorter than that, so is every gap in it.
        if end - last > timedelta(seconds=min(self.longest.seconds, threshold)):
            for message in messages:
                self._note_silence(last, message.at, threshold)
                last = message.at
        self.last_person_at = end
        self.recent.extend(messages[-RECENT:])

    def _note_silence(self, start: datetime, end: datetime, threshold: float) -> None:
        seconds = (end - start).total_seconds()
        if seconds > self.longest.seconds:
            self.longest = Silence(start, seconds)
        if seconds > threshold:
            self.silences.append(Silence(start, seconds))
