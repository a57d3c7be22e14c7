"""What can be made to go wrong on the fake Twitch: now, or on the next so many occasions."""

import json
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.fake_twitch.eventsub import EventSub
    from tests.fake_twitch.session import Session

CHAT = "/helix/chat/messages"
SUBSCRIPTIONS = "/helix/eventsub/subscriptions"


@dataclass
class Fault:
    """One that waits for its occasion."""

    name: str
    left: int
    path: str = ""
    """Start of the path of the calls it is for; empty: all."""
    values: dict[str, Any] = field(default_factory=dict)


class Planned:
    """The faults that wait, and a count of all that were played."""

    def __init__(self) -> None:
        self.played: Counter[str] = Counter()
        self._waiting: list[Fault] = []

    def plan(self, name: str, times: int, path: str = "", **values: Any) -> None:
        self._waiting.append(Fault(name, times, path, values))

    def take(self, name: str, path: str = "") -> dict[str, Any] | None:
        """What the fault of this name is to do, if this is an occasion for one; it counts as played then."""
        for fault in self._waiting:
            if fault.name == name and path.startswith(fault.path):
                fault.left -= 1
                if fault.left <= 0:
                    self._waiting.remove(fault)
                self.played[name] += 1
                return fault.values
        return None

    def forget(self) -> None:
        self._waiting.clear()


_BROKEN_FRAMES: tuple[str | bytes, ...] = (
    "{not json",
    "",
    "null",
    "42",
    "[]",
    '[{"metadata": {}}]',
    "{}",
    json.dumps({"payload": {"event": {}}}),
    json.dumps({"metadata": None, "payload": None}),
    json.dumps({"metadata": {"message_id": 7, "message_type": ["notification"]}, "payload": {}}),
    json.dumps({"metadata": {"message_id": "m", "message_type": "no_such_type"}, "payload": {}}),
    json.dumps({"metadata": {"message_id": "n", "message_type": "notification"}, "payload": {}}),
    json.dumps({"metadata": {"message_id": "r", "message_type": "session_reconnect"}, "payload": {"session": {}}}),
    json.dumps({"metadata": {"message_id": "v", "message_type": "revocation"}, "payload": {"subscription": None}}),
    b"\x00\xff\xfe binary",
)
_BROKEN_EVENTS: tuple[Any, ...] = (
    None,
    {},
    [],
    "a word",
    {"message_id": "broken-1", "message": None, "chatter_user_login": 7},
    {"message_id": "broken-2", "message": {"text": ["no", "text"]}, "chatter_user_login": "mira", "badges": "none"},
)


class Faults:
    """The script's hands. Those that wait are taken in the order in which they were planned."""

    def __init__(
        self,
        planned: Planned,
        eventsub: "EventSub",
        *,
        dead_url: Callable[[], str],
        listen: Callable[[bool], Awaitable[None]],
    ) -> None:
        self._planned = planned
        self._eventsub = eventsub
        self._dead_url = dead_url
        self._listen = listen

    @property
    def played(self) -> Counter[str]:
        """How often each has been played; one with no session to play on does not count."""
        return self._planned.played

    def forget(self) -> None:
        """None of those that still wait will come."""
        self._planned.forget()

    def _count(self, name: str, sessions: int) -> int:
        if sessions:
            self._planned.played[name] += 1
        return sessions

    async def drop(self) -> int:
        """Abort the connections of all sessions, once their clients have read what was written to them."""

        async def abort(session: "Session") -> None:
            session.abort()

        return self._count("drop", await self._eventsub.on_each(abort, after_reading=True))

    async def close(self, code: int) -> int:
        """Close all sessions with this code."""

        async def close(session: "Session") -> None:
            await session.close(code, "a planned fault")

        return self._count(f"close_{code}", await self._eventsub.on_each(close, after_reading=True))

    async def reconnect(self) -> int:
        """A proper request to move to a new connection."""
        return self._count("reconnect", await self._eventsub.ask_to_reconnect())

    async def reconnect_dead(self) -> int:
        """A request to move to where nobody listens."""
        return self._count("reconnect_dead", await self._eventsub.ask_to_reconnect(self._dead_url()))

    async def no_keepalive(self) -> int:
        """The sessions that live now stay open and say nothing any more."""

        async def hush(session: "Session") -> None:
            session.silent = True
            session.changed.set()

        return self._count("no_keepalive", await self._eventsub.on_each(hush, after_reading=True))

    async def revoke(self, type: str = "", status: str = "authorization_revoked") -> int:
        """Revoke the subscriptions of this type, or all."""
        return self._count("revoke", await self._eventsub.revoke(lambda sub: type in ("", sub.type), status))

    async def malformed(self) -> int:
        """Send all that is no proper frame, and events that miss what they should have."""
        for event in _BROKEN_EVENTS:
            await self._eventsub.notify("channel.chat.message", event)

        async def babble(session: "Session") -> None:
            for words in _BROKEN_FRAMES:
                await session.send(words)

        return self._count("malformed", await self._eventsub.on_each(babble))

    async def refuse_connections(self, on: bool = True) -> None:
        """The network is down: nobody listens, and what was connected is cut. Until it is turned off."""
        await self._listen(not on)
        self._planned.played["refuse_connections"] += on

    def no_welcome(self, n: int = 1) -> None:
        """The next connections are accepted and never welcomed."""
        self._planned.plan("no_welcome", n)

    def duplicate(self, n: int = 1) -> None:
        """The next notifications come twice in the same envelope."""
        self._planned.plan("duplicate", n)

    def duplicate_new_envelope(self, n: int = 1) -> None:
        """The next notifications come twice, the second time with another envelope id."""
        self._planned.plan("duplicate_new_envelope", n)

    def unauthorized(self, n: int = 1, path: str = "/helix/") -> None:
        """The next calls answer 401, however good the token is."""
        self._planned.plan("unauthorized", n, path)

    def rate_limited(self, n: int = 1, reset_seconds: float = 1.0, path: str = "/helix/") -> None:
        """The next calls answer 429, with the moment at which there is room again."""
        self._planned.plan("rate_limited", n, path, reset_seconds=reset_seconds)

    def unavailable(self, n: int = 1, path: str = CHAT) -> None:
        """The next chat messages, or calls to another path (also ``/oauth2/...`` and ``/ws``), answer 503."""
        self._planned.plan("unavailable", n, path)

    def unavailable_after(self, n: int = 1) -> None:
        """The next chat messages are in the room, and 503 is the answer."""
        self._planned.plan("unavailable_after", n, CHAT)

    def lost_answer(self, n: int = 1, path: str = CHAT) -> None:
        """The next chat messages are in the room, and the connection breaks instead of an answer."""
        self._planned.plan("lost_answer", n, path)

    def drop_message(self, n: int = 1, code: str = "msg_rejected", message: str = "It was rejected.") -> None:
        """The next chat messages are refused with a reason, by an answer of 200."""
        self._planned.plan("drop_message", n, CHAT, code=code, message=message)

    def no_echo(self, n: int = 1) -> None:
        """The next chat messages that are posted are never told of."""
        self._planned.plan("no_echo", n)

    def late_echo(self, seconds: float, n: int = 1) -> None:
        """The next chat messages that are posted are told of so much later."""
        self._planned.plan("late_echo", n, seconds=seconds)

    def slow(self, seconds: float, n: int = 1, path: str = "/helix/") -> None:
        """The next calls do what they should, and answer so much later."""
        self._planned.plan("slow", n, path, seconds=seconds)

    def no_json(self, n: int = 1, path: str = "/helix/") -> None:
        """The next calls do what they should, and their answer's body is no JSON."""
        self._planned.plan("no_json", n, path)

    def refuse_subscriptions(self, n: int = 1, status: int = 403) -> None:
        """The next EventSub subscriptions are refused with this status."""
        self._planned.plan("refuse_subscriptions", n, SUBSCRIPTIONS, status=status)
