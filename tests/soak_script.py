"""What happens in the measured evening, and at which minute: chat, faults, and the lines that are approved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.fake_twitch import FakeTwitch
from tests.fake_twitch.faults import CHAT, SUBSCRIPTIONS

STREAMS = "/helix/streams"
TOKEN = "/oauth2/token"
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Trouble:
    """A fault, and when; ``expire`` is that of a token."""

    minute: float
    name: str
    values: Values = field(default_factory=dict)

    @property
    def needs_a_drop(self) -> bool:
        """Whether it waits for the console to connect again."""
        return self.name in ("no_welcome", "refuse_subscriptions") or self.values.get("path") in (
            SUBSCRIPTIONS,
            "/ws",
        )

    @property
    def breaks(self) -> bool:
        """Whether the connection does not outlive it."""
        return self.needs_a_drop or self.name in ("drop", "close", "no_keepalive", "refuse_connections")


@dataclass(frozen=True, slots=True)
class Approval:
    """A line that the operator says yes to, and what is to come between it and the room."""

    minute: float
    line: str
    faults: Sequence[tuple[str, Values]] = ()
    shut: str = ""
    """Why nothing may be posted when it is approved first: ``muted`` or ``offline``."""
    late: bool = False
    """Its outcome is unknown until the room shows it."""
    restart: bool = False
    """The console is closed and opened again before its outcome is known."""
    by_hearthkeeper: bool = False


FAULTS = (
    Trouble(1, "drop"),
    Trouble(4, "duplicate", {"n": 20}),
    Trouble(5, "close", {"code": 4000}),
    Trouble(7, "malformed"),
    Trouble(8, "reconnect"),
    Trouble(10, "no_welcome"),
    Trouble(12, "slow", {"seconds": 0.3, "path": STREAMS}),
    Trouble(14, "close", {"code": 4001}),
    Trouble(16, "duplicate_new_envelope", {"n": 20}),
    Trouble(17, "unauthorized", {"n": 1, "path": STREAMS}),
    Trouble(19, "reconnect_dead"),
    Trouble(21, "close", {"code": 4002}),
    Trouble(23, "rate_limited", {"reset_seconds": 0.1, "path": SUBSCRIPTIONS}),
    Trouble(26, "refuse_connections"),
    Trouble(28, "no_keepalive"),
    Trouble(31, "no_json", {"path": STREAMS}),
    Trouble(33, "revoke", {"type": "channel.chat.message", "status": "notification_failures_exceeded"}),
    Trouble(34, "close", {"code": 4003}),
    Trouble(36, "unavailable", {"path": "/ws"}),
    Trouble(38, "refuse_subscriptions", {"status": 403}),
    Trouble(40, "lost_answer", {"path": STREAMS}),
    Trouble(41, "drop"),
    Trouble(42, "revoke", {"type": "channel.update", "status": "version_removed"}),
    Trouble(44, "expire"),
    Trouble(62, "close", {"code": 4004}),
    Trouble(64, "reconnect"),
    Trouble(66, "revoke"),
    Trouble(68, "unauthorized", {"n": 6, "path": SUBSCRIPTIONS}),
    Trouble(70, "malformed"),
    Trouble(71, "close", {"code": 4005}),
    Trouble(73, "no_welcome", {"n": 2}),
    Trouble(76, "unavailable", {"path": TOKEN}),
    Trouble(79, "refuse_subscriptions", {"n": 2, "status": 500}),
    Trouble(82, "slow", {"seconds": 1.3, "path": STREAMS}),
    Trouble(84, "close", {"code": 4006}),
    Trouble(86, "duplicate", {"n": 20}),
    Trouble(87, "duplicate_new_envelope", {"n": 20}),
    Trouble(89, "no_keepalive"),
    Trouble(92, "refuse_connections"),
    Trouble(95, "close", {"code": 4007}),
    Trouble(97, "reconnect_dead"),
    Trouble(100, "no_json", {"path": SUBSCRIPTIONS}),
    Trouble(103, "close", {"code": 1000}),
    Trouble(105, "rate_limited", {"reset_seconds": 0.1, "path": STREAMS}),
    Trouble(107, "reconnect"),
    Trouble(109, "drop"),
    Trouble(111, "drop"),
    Trouble(113, "malformed"),
)
APPROVALS = (
    Approval(2, "The first lamp is lit.", [("slow", {"seconds": 0.2, "path": CHAT})]),
    Approval(9, "Rain on the harbour tonight.", [("unavailable_after", {})]),
    Approval(15, "What does the tide leave behind?", [("drop_message", {"code": "msg_slowmode"})]),
    Approval(22, "Somebody keeps the fire.", [("unauthorized", {"path": CHAT})]),
    Approval(30, "The boat waits at its rope.", shut="offline"),
    Approval(35, "A long silence is a kind of music.", [("rate_limited", {"reset_seconds": 0.1, "path": CHAT})]),
    Approval(45, "The old map shows another coast.", [("lost_answer", {}), ("no_echo", {})], restart=True),
    Approval(65, "Night watch, half past.", shut="muted"),
    Approval(75, "The wind has turned to the west.", [("lost_answer", {})]),
    Approval(83, "A gull sleeps on one leg.", [("unavailable", {})]),
    Approval(94, "Nobody is late here.", [("lost_answer", {}), ("late_echo", {"seconds": 3.4})], late=True),
    Approval(114, "", [("no_json", {"path": CHAT})], by_hearthkeeper=True),
)
"""The last one is the Hearthkeeper's own."""

_BOT, _SHARED, _REPLY, _ACTION, _NOTICE = 41, 43, 17, 23, 501


async def chatter(twitch: FakeTwitch, number: int) -> None:
    """One of the evening's messages, and now and then something besides."""
    who, text = f"viewer{number % 47}", f"line {number} of a long evening"
    if number % _BOT == 0:
        await twitch.says("nightbot", f"drink some water ({number})")
    elif number % _SHARED == 0:
        await twitch.says("pebble", text, shared_from="otherharbor")
    elif number % _REPLY == 0:
        await twitch.says(who, text, reply_to="viewer1", badges=["subscriber/12", "moderator/1"], colour="#1e90ff")
    else:
        id = await twitch.says(who, f"{text} PogChamp", action=number % _ACTION == 0, emotes=["PogChamp"])
        if number % _NOTICE == 0:
            await twitch.deletes(id, who)
            await twitch.subscribes(who)
            await twitch.raids("farharbor", number)
            await twitch.updates(title=f"A long evening, part {number}")
