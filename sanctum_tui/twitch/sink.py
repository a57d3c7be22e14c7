"""Posts approved lines to the channel's chat: each once, as it stands, with an outcome in words."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta

from sanctum_tui.chat import ChatMessage, Dropped, NotSent, Posted, Receipt, Unknown
from sanctum_tui.clock import Clock
from sanctum_tui.text import clean_line, first_seen, single_spaced
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
from sanctum_tui.twitch.sent import Sent, SentTexts
from sanctum_tui.twitch.values import Account

log = logging.getLogger(__name__)

MOST_CHARACTERS = 500
"""The longest chat message that Twitch takes."""
SAME_TEXT_SECONDS = 30.0
"""Twitch takes no identical message from the same account within this time."""
LIMITER_PATIENCE_SECONDS = 5.0
"""How long a line waits for its turn; much later it may no longer fit what the room talks about."""
_SHOW_SECONDS = 5.0
"""How long the room on screen may take to accept a line; a post is not kept from its outcome by it."""


class _ShutError(Exception):
    """Nothing may be posted any more; the reason is its text."""


class TwitchSink:
    """The `ChatSink` on Twitch.

    Nothing is sent twice by itself, and nothing is changed: what cannot be sent as it stands is refused. Made and
    used on one event loop.
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
        self._sent = SentTexts(clock)

    async def post(self, text: str, *, shut: Callable[[], str]) -> Receipt:
        """Send this text once, and say what became of it.

        `shut` is asked before it takes its turn, and again when the token is at hand, right before each request.

        Cancelled before it left, it is not sent. Cancelled later, it is seen through all the same, and the
        receipt comes as if nobody had: an outcome that is known must not be lost.
        """
        if reason := _unsendable(text) or self._said_already(text):
            return Dropped(reason)
        sent = self._sent.add(text)
        receipt: Receipt | None = None
        try:
            receipt = await self._in_turn(sent, shut)
        finally:
            if receipt is None or isinstance(receipt, Dropped | NotSent):
                self._sent.never_arrived(sent)
        return receipt

    def is_ours(self, message: ChatMessage) -> bool:
        """Whether this line of the room is one that was posted from here: by its id, or, where that was never
        told, by its words. Each text that was sent accounts for one line."""
        if message.login != self._speaker.login:
            return False
        return self._sent.is_one(message) or not self._shares_account

    def shown_at(self, ticket: str) -> datetime | None:
        """When the room showed the text of that ticket, or None: it has not, or it was sent too long ago."""
        return self._sent.shown_at(ticket)

    def _said_already(self, text: str) -> str:
        """Why this text may not go out again yet, or ""."""
        age = self._sent.seconds_since(text)
        if age is None or age >= SAME_TEXT_SECONDS:
            return ""
        left = math.ceil(SAME_TEXT_SECONDS - age)
        return (
            f"the same text was sent {age:.0f} s ago, and Twitch takes no identical message within "
            f"{SAME_TEXT_SECONDS:.0f} s; approve it again in {left} s, or edit the line"
        )

    async def _in_turn(self, sent: Sent, shut: Callable[[], str]) -> Receipt:
        give_up = self._clock.now() + timedelta(seconds=LIMITER_PATIENCE_SECONDS)
        while True:
            if reason := shut():
                return NotSent(reason)
            if self._limiter.take():
                break
            wait = max(0.01, self._limiter.wait_seconds())
            if self._clock.now() + timedelta(seconds=wait) > give_up:
                return Dropped(
                    "as many messages were sent within 30 s as TWITCH_MESSAGES_PER_30_SECONDS allows; "
                    f"approve it again in {math.ceil(wait)} s"
                )
            await self._clock.sleep(wait)
        sending = asyncio.create_task(self._send(sent, shut), name="post to Twitch")
        while not sending.done():
            try:
                await asyncio.wait({sending})
            except asyncio.CancelledError:
                if (task := asyncio.current_task()) is not None:
                    task.uncancel()
        if not sending.cancelled():
            return sending.result()
        if sent.left:
            return Unknown("the console stopped while it was being sent")
        return NotSent("the console stopped before it went out; approve it again if it still fits")

    async def _send(self, sent: Sent, shut: Callable[[], str]) -> Receipt:
        try:
            receipt = await self._say(sent, shut)
        except Exception as error:
            log.exception("a post failed in an unforeseen way")
            told = f"sending it failed in an unforeseen way ({type(error).__name__})"
            receipt = await self._lost(sent, told) if sent.left else Dropped(f"{told}, before it left; see the log")
        # Twitch counts from when it took the text, which is not known better than this.
        sent.at = self._clock.now()
        if isinstance(receipt, Unknown):
            sent.unknown = True
            receipt = Unknown(receipt.reason, sent.ticket)
        if not isinstance(receipt, Posted):
            log.warning("a post: %s", receipt.reason)
        return receipt

    async def _say(self, sent: Sent, shut: Callable[[], str]) -> Receipt:
        def leaves() -> None:
            if reason := shut():
                raise _ShutError(reason)
            self._sent.leaves(sent)

        try:
            async with asyncio.timeout(self._answer_seconds):
                said = await self._api.say(self._channel.id, sent.text, by=self._speaker.id, leaves=leaves)
        except _ShutError as shut_now:
            return NotSent(str(shut_now))
        except UnansweredError as error:
            # What nobody knows is the card's to say, once.
            return await self._lost(sent, clause(error.sentence).partition(";")[0])
        except TimeoutError:
            if not sent.left:
                told = f"there was no access token for it within {self._answer_seconds:g} s"
                return Dropped(f"it was not sent: {told}; approve it again")
            told = f"Twitch did not answer within {self._answer_seconds:g} s"
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

    async def _posted(self, sent: Sent, id: str) -> Receipt:
        if not id:
            # Posted, and Twitch keeps its id to itself: the room will show it, and is believed by the words.
            return Posted(sent.shown_id, self._clock.now())
        self._sent.arrived(sent, id)
        posted = Posted(id, self._clock.now())
        if self._message_ids.first_time(id):
            line = ChatMessage(posted.at, self._speaker.login, self._speaker.name, sent.text, id=id)
            try:
                async with asyncio.timeout(_SHOW_SECONDS):
                    await self._echo(line)
            except Exception:
                log.exception("a line that was posted could not be shown")
        return posted

    async def _lost(self, sent: Sent, reason: str) -> Receipt:
        """The answer is lost: the room's own word counts, where it comes soon."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._echo_seconds):
                await sent.echoed.wait()
        return Posted(sent.shown_id, self._clock.now()) if sent.shown is not None else Unknown(reason)


def _unsendable(text: str) -> str:
    """Why chat would not take this text as it stands, or ""."""
    first = first_seen(text)
    if not first:
        return "there are no words in it"
    if first in "/.":
        return f"it begins with “{first}”, which chat takes for a command; edit the line"
    if len(text) > MOST_CHARACTERS:
        return f"it has {len(text)} characters, and chat takes {MOST_CHARACTERS}; shorten the line"
    if clean_line(text) != text:
        return "it holds signs that chat would obey instead of show; edit the line"
    if single_spaced(text) != text:
        return "it holds white space that chat would take out; edit the line"
    return ""
