"""Posts approved lines to the channel's chat: each once, as it stands, with an outcome in words."""

import asyncio
import logging
import math
import unicodedata
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sanctum_tui.chat import ChatMessage, Dropped, Posted, Receipt, Unknown
from sanctum_tui.clock import Clock
from sanctum_tui.text import clean_line, one_line
from sanctum_tui.twitch.drops import Drops, clause
from sanctum_tui.twitch.errors import (
    LoginNeededError,
    RateLimitedError,
    RefusedError,
    UnansweredError,
    UnreachableError,
)
from sanctum_tui.twitch.limiter import Limiter
from sanctum_tui.twitch.ports import Api
from sanctum_tui.twitch.seen import SeenIds
from sanctum_tui.twitch.values import Account

log = logging.getLogger(__name__)

MOST_CHARACTERS = 500
"""The longest chat message that Twitch takes."""
SAME_TEXT_SECONDS = 30.0
"""Twitch takes no identical message from the same account within this time."""
LIMITER_PATIENCE_SECONDS = 5.0
"""How long a line waits for its turn; much later it may no longer fit what the room talks about."""
ECHO_MINUTES = 10
"""How long after a line was sent the room may still show it: as long as Twitch repeats undelivered events."""
_SHOW_SECONDS = 5.0
"""How long the room on screen may take to accept a line; a post is not kept from its outcome by it."""
_MOST_IDS = 1_000

_UNSEEN = frozenset({"Cf", "Cc", "Cs", "Mn", "Me", "Zs", "Zl", "Zp"})
"""Kinds of characters that take no room, or none but their own: joiners, marks, blanks."""
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and a symbol that look like a blank."""


@dataclass(slots=True, eq=False)
class _Sent:
    """A text on its way, or sent a short while ago."""

    text: str
    at: datetime
    awaited: bool = False
    """The room may show it with an id that we have not been told."""
    id: str = ""
    """The one that the room showed it with."""
    echoed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def folded(self) -> str:
        return _folded(self.text)


class TwitchSink:
    """The `ChatSink` on Twitch.

    Nothing is sent twice by itself. What cannot be sent as it stands is refused, not changed; only runs of white
    space become one space, as Twitch would make of them. Made and used on one event loop.
    """

    def __init__(
        self,
        api: Api,
        *,
        channel: Account,
        speaker: Account,
        shares_account: bool,
        clock: Clock,
        limiter: Limiter,
        message_ids: SeenIds,
        echo: Callable[[ChatMessage], Awaitable[None]],
        answer_seconds: float = 45.0,
        echo_seconds: float = 3.0,
    ) -> None:
        """`speaker` posts; `shares_account` says that a person writes from that account too.

        `message_ids` are those that the source knows chat messages by, and `echo` puts a line into the same room.
        `answer_seconds` bounds a call that should have ended by itself; `echo_seconds` is how long, once an answer
        is lost, the room may take to show the line before the outcome counts as unknown. Both in real time.
        """
        self._api = api
        self._channel = channel
        self._speaker = speaker
        self._shares_account = shares_account
        self._clock = clock
        self._limiter = limiter
        self._message_ids = message_ids
        self._echo = echo
        self._answer_seconds = answer_seconds
        self._echo_seconds = echo_seconds
        self._drops = Drops()
        self._sent: list[_Sent] = []
        self._ours: OrderedDict[str, None] = OrderedDict()

    async def post(self, text: str) -> Receipt:
        """Send this text once, and say what became of it.

        Cancelled before it left, it is not sent. Cancelled later, it is seen through all the same, and the
        receipt comes as if nobody had: an outcome that is known must not be lost.
        """
        words = " ".join(text.split())
        if reason := _unsendable(words) or self._said_already(words):
            return Dropped(reason)
        sent = _Sent(words, self._clock.now())
        self._sent.append(sent)
        receipt: Receipt | None = None
        try:
            receipt = await self._in_turn(sent)
        finally:
            if receipt is None or isinstance(receipt, Dropped):
                self._sent = [other for other in self._sent if other is not sent]
        return receipt

    def is_ours(self, message: ChatMessage) -> bool:
        """Whether this line of the room is one that was posted from here: by its id, or, where that was never
        told, by its words. Each text that was sent accounts for one line."""
        if message.login != self._speaker.login:
            return False
        if message.id and message.id in self._ours:
            return True
        return self._claim(message) or not self._shares_account

    def _claim(self, message: ChatMessage) -> bool:
        if message.shared_from:
            return False
        folded = _folded(message.text)
        for sent in self._sent:
            if sent.awaited and self._age(sent) < ECHO_MINUTES * 60 and sent.folded == folded:
                sent.awaited = False
                sent.id = message.id
                sent.echoed.set()
                self._know(message.id)
                return True
        return False

    def _know(self, id: str) -> None:
        if id:
            self._ours[id] = None
            if len(self._ours) > _MOST_IDS:
                self._ours.popitem(last=False)

    def _age(self, sent: _Sent) -> float:
        return max(0.0, (self._clock.now() - sent.at).total_seconds())

    def _said_already(self, words: str) -> str:
        """Why this text may not go out again yet, or ""."""
        self._sent = [sent for sent in self._sent if self._age(sent) < ECHO_MINUTES * 60]
        ages = [self._age(sent) for sent in self._sent if sent.text == words]
        if not ages or min(ages) >= SAME_TEXT_SECONDS:
            return ""
        left = math.ceil(SAME_TEXT_SECONDS - min(ages))
        return (
            f"the same text was sent {min(ages):.0f} s ago, and Twitch takes no identical message within "
            f"{SAME_TEXT_SECONDS:.0f} s; approve it again in {left} s, or edit the line"
        )

    async def _in_turn(self, sent: _Sent) -> Receipt:
        give_up = self._clock.now() + timedelta(seconds=LIMITER_PATIENCE_SECONDS)
        while not self._limiter.take():
            wait = max(0.01, self._limiter.wait_seconds())
            if self._clock.now() + timedelta(seconds=wait) > give_up:
                return Dropped(
                    "as many messages were sent within 30 s as TWITCH_MESSAGES_PER_30_SECONDS allows; "
                    f"approve it again in {math.ceil(wait)} s"
                )
            await self._clock.sleep(wait)
        sending = asyncio.create_task(self._send(sent), name="post to Twitch")
        while not sending.done():
            try:
                await asyncio.wait({sending})
            except asyncio.CancelledError:
                if (task := asyncio.current_task()) is not None:
                    task.uncancel()
        if sending.cancelled():
            return Unknown("the console stopped while it was being sent")
        return sending.result()

    async def _send(self, sent: _Sent) -> Receipt:
        sent.awaited = True
        try:
            receipt = await self._say(sent)
        except Exception as error:
            log.exception("a post failed in an unforeseen way")
            receipt = await self._lost(sent, f"sending it failed in an unforeseen way ({type(error).__name__})")
        # Twitch counts from when it took the text, which is not known better than this.
        sent.at = self._clock.now()
        if not isinstance(receipt, Posted):
            log.warning("a post: %s", receipt.reason)
        return receipt

    async def _say(self, sent: _Sent) -> Receipt:
        try:
            async with asyncio.timeout(self._answer_seconds):
                said = await self._api.say(self._channel.id, sent.text, by=self._speaker.id)
        except UnansweredError as error:
            return await self._lost(sent, clause(error.sentence))
        except TimeoutError:
            told = f"Twitch did not answer within {self._answer_seconds:g} s; whether it was posted, nobody knows"
            return await self._lost(sent, told)
        except RateLimitedError as error:
            seconds = math.ceil(error.retry_seconds)
            return Dropped(f"Twitch asks to slow down, and did not post it; approve it again in {seconds} s")
        except UnreachableError:
            return Dropped(
                "Twitch could not be reached, so it was not sent; check the network, then approve it again"
            )
        except LoginNeededError as error:
            return Dropped(f"it was not sent: {clause(error.sentence)}")
        except RefusedError as error:
            return self._drops.refused(error)
        if said.dropped_code:
            return self._drops.dropped(said)
        return await self._posted(sent, said.id)

    async def _posted(self, sent: _Sent, id: str) -> Receipt:
        if not id:
            # Posted, and Twitch keeps its id to itself: the room will show it, and is believed by the words.
            return Posted(sent.id, self._clock.now())
        sent.awaited = False
        self._know(id)
        posted = Posted(id, self._clock.now())
        if self._message_ids.first_time(id):
            line = ChatMessage(posted.at, self._speaker.login, self._speaker.name, sent.text, id=id)
            try:
                async with asyncio.timeout(_SHOW_SECONDS):
                    await self._echo(line)
            except Exception:
                log.exception("a line that was posted could not be shown")
        return posted

    async def _lost(self, sent: _Sent, reason: str) -> Receipt:
        """The answer is lost: the room's own word counts, where it comes soon."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._echo_seconds):
                await sent.echoed.wait()
        return Posted(sent.id, self._clock.now()) if sent.echoed.is_set() else Unknown(reason)


def _unsendable(words: str) -> str:
    """Why chat would not take these words as they stand, or ""; their white space is normalised already."""
    first = next((char for char in words if not _takes_no_room(char)), "")
    if not first:
        return "there are no words in it"
    if first in "/.":
        return f"it begins with “{first}”, which chat takes for a command; edit the line"
    if len(words) > MOST_CHARACTERS:
        return f"it has {len(words)} characters, and chat takes {MOST_CHARACTERS}; shorten the line"
    if clean_line(words) != words:
        return "it holds signs that chat would obey instead of show; edit the line"
    return ""


def _takes_no_room(char: str) -> bool:
    return char in _FILLERS or unicodedata.category(char) in _UNSEEN


def _folded(text: str) -> str:
    return one_line(text).casefold()
