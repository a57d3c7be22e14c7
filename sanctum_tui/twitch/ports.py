"""What the parts of this room ask of each other, so that each can be tested alone."""

from collections.abc import Callable, Sequence
from typing import Protocol

from sanctum_tui.twitch.values import (
    Account,
    Category,
    ChannelInfo,
    Said,
    Stream,
    StreamMarker,
    Subscription,
)


class TokenSource(Protocol):
    """Who holds the access tokens."""

    async def access(self, user_id: str) -> str:
        """A token for this account that has not expired as far as we know; refreshed first where it is about to.

        Raises LoginNeededError where only the operator can help, UnreachableError where Twitch cannot be asked.
        """

    async def renewed(self, user_id: str, refused: str) -> str:
        """Another token, after Twitch answered 401 to `refused`. However many ask at once: one refresh."""


class Api(Protocol):
    """Twitch's API, as far as the console needs it. Each call is made with the token of the account `by`.

    All raise TwitchError: LoginNeededError, RefusedError, RateLimitedError, UnreachableError, and, where a call
    changes something and its answer was lost, UnansweredError. Nothing that changes something is sent twice.
    """

    async def account(self, login: str, *, by: str) -> Account | None:
        """The user of that login, or None."""

    async def stream(self, channel_id: str, *, by: str) -> Stream | None:
        """The channel's stream, or None while it is offline."""

    async def channel(self, channel_id: str, *, by: str) -> ChannelInfo:
        """Title and category as they are."""

    async def categories(self, query: str, *, by: str) -> Sequence[Category]:
        """Categories whose name has these words, best first, at most 10."""

    async def set_channel(self, channel_id: str, *, title: str | None, category_id: str | None, by: str) -> None:
        """Change title, category, or both. Needs channel:manage:broadcast."""

    async def mark(self, channel_id: str, description: str, *, by: str) -> StreamMarker:
        """Mark this moment of the stream; at most 140 characters. Needs channel:manage:broadcast, and a stream."""

    async def say(self, channel_id: str, text: str, *, by: str, leaves: Callable[[], None]) -> Said:
        """Send one chat message, as it stands. Needs user:write:chat.

        `leaves` is called with the token at hand, right before the request is made, and again before one that is
        made because the token was refused. What it raises is raised, and nothing is sent.
        """

    async def subscribe(self, subscription: Subscription, session_id: str, *, by: str) -> str:
        """Ask to be told of something on an EventSub session; its id."""
