"""What the console asks EventSub to tell, and what it means to go without one of them."""

from collections.abc import Mapping

from sanctum_tui.twitch.values import Account, Subscription

ESSENTIAL = "channel.chat.message"
"""Without it there is no chat; without any other the console works."""
ESSENTIAL_SCOPE = "user:read:chat"

# A raid is told by channel.chat.notification too, in Twitch's own words; channel.raid would tell it twice.
_OF_THE_ROOM: Mapping[str, str] = {
    ESSENTIAL: "what is said",
    "channel.chat.message_delete": "which lines were deleted",
    "channel.chat.clear": "when the room was cleared",
    "channel.chat.clear_user_messages": "whose lines were removed",
    "channel.chat.notification": "of subscriptions, raids and announcements",
}
_OF_THE_CHANNEL: Mapping[str, str] = {
    "stream.online": "when the stream begins",
    "stream.offline": "when the stream ends",
    "channel.update": "of a new title or category",
}
_VERSIONS: Mapping[str, str] = {"channel.update": "2"}


def subscriptions(channel: Account, reader: Account) -> tuple[Subscription, ...]:
    """All that is to be told of a channel, as its chat is shown to the reader; the essential one first."""
    broadcaster = {"broadcaster_user_id": channel.id}
    as_reader = broadcaster | {"user_id": reader.id}
    return tuple(
        Subscription(type, _VERSIONS.get(type, "1"), as_reader if type in _OF_THE_ROOM else broadcaster)
        for type in (*_OF_THE_ROOM, *_OF_THE_CHANNEL)
    )


def without(type: str, why: str) -> str:
    """What the operator goes without, as a sentence."""
    what = _OF_THE_ROOM.get(type) or _OF_THE_CHANNEL.get(type) or f"of {type}"
    return f"Twitch does not tell the console {what} ({why}); everything else works."
