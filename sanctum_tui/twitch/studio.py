"""What a streamer does to the channel by hand: title and category, and marks in the stream."""

import math
import unicodedata

from rapidfuzz import fuzz

from sanctum_tui.dashboard.rules import TITLE_MOST
from sanctum_tui.errors import BadInputError
from sanctum_tui.text import one_line
from sanctum_tui.twitch.errors import (
    LoginNeededError,
    RateLimitedError,
    RefusedError,
    TwitchError,
    UnansweredError,
    UnreachableError,
)
from sanctum_tui.twitch.ports import Api
from sanctum_tui.twitch.scopes import MANAGE
from sanctum_tui.twitch.values import Account, Category, ChannelInfo, StreamMarker

SCOPE_MISSING = (
    f"The account has not allowed {MANAGE.name}, so title, category and marks are out of reach; "
    "run `sanctum-tui login` and allow it."
)
OFFLINE = "Twitch marks only while the stream is live; the moment is kept in the ledger."
NOT_RECORDED = (
    "Twitch marks only streams that it records; switch on “Store past broadcasts” at Twitch. "
    "The moment is kept in the ledger."
)
_RECORDING = ("vod", "video on demand", "past broadcast")
"""What Twitch's words hold where the stream is not recorded."""


class Studio:
    """The channel, in the hands of an account that may change it. Nothing here is done by itself.

    Every method raises TwitchError; a permission that is missing is a LoginNeededError in words of ours.
    """

    def __init__(self, api: Api, *, channel: Account, by: Account) -> None:
        self._api = api
        self._channel = channel
        self._by = by.id

    async def now(self) -> ChannelInfo:
        """Title and category as they are."""
        return await self._api.channel(self._channel.id, by=self._by)

    async def find(self, category: str) -> tuple[Category, ...]:
        """Categories of about that name, best first; none for an empty one."""
        wanted = one_line(category)
        if not wanted:
            return ()
        found = await self._api.categories(wanted, by=self._by)
        return tuple(sorted(found, key=lambda one: -_likeness(one.name, wanted)))

    async def set(self, *, title: str | None, category: Category | None) -> ChannelInfo:
        """Change what is not None; how the channel is then.

        Raises BadInputError where Twitch would not take the title: nothing is cut, and nothing is sent.
        """
        words = None if title is None else one_line(title)
        if words is not None and (why := wrong_title(words)):
            raise BadInputError(why)
        # Asked before and not after: a failure then is a failure, and nothing was changed.
        before = await self.now() if words is None or category is None else ChannelInfo(words, category)
        if words is not None or category is not None:
            try:
                await self._api.set_channel(
                    self._channel.id, title=words, category_id=category.id if category else None, by=self._by
                )
            except TwitchError as error:
                raise _in_our_words(error) from None
        return ChannelInfo(before.title if words is None else words, category or before.category)

    async def mark(self, note: str) -> StreamMarker:
        """Mark this moment of the stream."""
        try:
            return await self._api.mark(self._channel.id, note, by=self._by)
        except TwitchError as error:
            if isinstance(error, RefusedError):
                if any(sign in error.words.lower() for sign in _RECORDING):
                    raise TwitchError(NOT_RECORDED) from None
                if error.status == 404:
                    raise TwitchError(OFFLINE) from None
            raise _in_our_words(error) from None


def wrong_title(title: str) -> str:
    """Why Twitch would not take a title, as a sentence; empty where it would."""
    if not title:
        return "Twitch takes no empty title."
    if len(title) > TITLE_MOST:
        over = len(title) - TITLE_MOST
        return f"The title has {len(title):,} characters, {over:,} more than the {TITLE_MOST} that Twitch takes."
    return ""


def same_name(one: str, other: str) -> bool:
    """Whether two categories have one name, whatever their case and accents."""
    return _folded(one) == _folded(other)


def _likeness(name: str, wanted: str) -> float:
    """How like a name is to the one that was asked for, from 0 to 100; 100 is for the same name alone."""
    return fuzz.WRatio(_folded(name), _folded(wanted))


def _folded(name: str) -> str:
    apart = unicodedata.normalize("NFKD", name)
    return one_line("".join(sign for sign in apart if not unicodedata.combining(sign)).casefold())


def _in_our_words(error: TwitchError) -> TwitchError:
    """What it means for something that was to be done by hand: nobody tries that again but the operator."""
    match error:
        case RefusedError() if error.status in (401, 403) and "scope" in error.words.lower():
            return LoginNeededError(SCOPE_MISSING)
        case RateLimitedError():
            seconds = math.ceil(error.retry_seconds)
            return RateLimitedError(
                f"Twitch asks to slow down, so nothing was done; try again in {seconds} s.", error.retry_seconds
            )
        case UnansweredError():
            return error
        case UnreachableError():
            return UnreachableError("Twitch cannot be reached, so nothing was done; is the network up?")
        case _:
            return error
