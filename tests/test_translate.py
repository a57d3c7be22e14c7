"""From EventSub's frames to chat events: every kind the right one, and nothing from outside raises."""

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanctum_tui.chat import (
    QUOTED,
    ChannelUpdated,
    ChatCleared,
    ChatEvent,
    ChatMessage,
    ChatNotice,
    MessageDeleted,
    StreamWentOffline,
    StreamWentOnline,
)
from sanctum_tui.twitch.frames import (
    Keepalive,
    Malformed,
    Notification,
    Reconnect,
    Revocation,
    Welcome,
    read_frame,
)
from sanctum_tui.twitch.translate import Skipped, Told, translate
from tests.builders import START, at

CHANNEL = {
    "broadcaster_user_id": "1001",
    "broadcaster_user_login": "quietharbor",
    "broadcaster_user_name": "QuietHarbor",
}
SENT = at(5)
"""By Twitch's clock, while by ours it is START."""
CHATTER = {"chatter_user_id": "7", "chatter_user_login": "mira", "chatter_user_name": "Mira"}


def line(text: str = "hello", **fields: Any) -> dict[str, Any]:
    """A chat message's event as Twitch sends it, or with `fields` otherwise."""
    return {
        **CHANNEL,
        **CHATTER,
        "message_id": "m-1",
        "message": {"text": text, "fragments": [{"type": "text", "text": text}]},
        "message_type": "text",
        "color": "#00FF7F",
        "badges": [
            {"set_id": "moderator", "id": "1", "info": ""},
            {"set_id": "subscriber", "id": "12", "info": "16"},
        ],
        "cheer": None,
        "reply": None,
        "channel_points_custom_reward_id": None,
        "source_broadcaster_user_id": None,
        "source_broadcaster_user_login": None,
        "source_message_id": None,
        "source_badges": None,
    } | fields


def notice(words: str, text: str = "", **fields: Any) -> dict[str, Any]:
    return {
        **CHANNEL,
        **CHATTER,
        "chatter_is_anonymous": False,
        "color": "",
        "badges": [],
        "system_message": words,
        "message_id": "n-1",
        "message": {"text": text, "fragments": []},
        "notice_type": "resub",
    } | fields


def told(type: str, event: dict[str, Any], version: str = "1") -> tuple[ChatEvent, ...] | Skipped:
    found = translate(Notification("e-1", type, version, SENT, event), START)
    return found.events if isinstance(found, Told) else found


def message(event: dict[str, Any]) -> ChatMessage:
    found = told("channel.chat.message", event)
    assert isinstance(found, tuple)
    (only,) = found
    assert isinstance(only, ChatMessage)
    return only


def test_a_line_keeps_who_said_what_and_how_it_looked() -> None:
    assert message(line()) == ChatMessage(
        START, "mira", "Mira", "hello", "m-1", "#00FF7F", ("moderator/1", "subscriber/12")
    )


def test_a_me_line_is_an_action_without_its_wrapping() -> None:
    said = message(line("\x01ACTION waves at the harbour\x01"))
    assert (said.text, said.action) == ("waves at the harbour", True)
    assert not message(line("ACTION hero")).action


def test_cheers_replies_and_shared_chat_are_told() -> None:
    assert message(line("Cheer100 well done", cheer={"bits": 100})).bits == 100
    reply = {"parent_user_name": "Joram", "parent_user_login": "joram", "parent_message_body": "hi"}
    answer = message(line("@Joram yes", reply=reply))
    assert (answer.reply_to, answer.reply_words) == ("Joram", "hi")
    long = message(line("@Joram yes", reply=reply | {"parent_message_body": "and on " * 50}))
    assert len(long.reply_words) <= QUOTED
    assert long.reply_words.endswith("on…")
    elsewhere = {"source_broadcaster_user_id": "2002", "source_broadcaster_user_login": "FarShore"}
    assert message(line(**elsewhere)).shared_from == "farshore"
    here = {"source_broadcaster_user_id": "1001", "source_broadcaster_user_login": "quietharbor"}
    assert message(line(**here)).shared_from == ""


def test_a_stranger_without_a_channel_name_is_still_a_stranger() -> None:
    assert message(line(source_broadcaster_user_id="2002")).shared_from == "2002"


def test_a_line_with_the_least_that_is_needed_is_not_lost() -> None:
    least = {"message_id": "m-1", "chatter_user_login": "Mira", "message": {"text": "hello"}}
    assert message(least) == ChatMessage(START, "mira", "mira", "hello", "m-1")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("color", "red"),
        ("color", "#12345"),
        ("color", "#12345g"),
        ("color", "#123456\n"),
        ("color", 7),
        ("badges", {"set_id": "x"}),
        ("badges", [7, {"id": "1"}, None]),
        ("cheer", {"bits": "100"}),
        ("cheer", {"bits": -5}),
        ("cheer", {"bits": True}),
        ("cheer", {"bits": 10**18}),
        ("reply", "no"),
        ("source_broadcaster_user_id", 5),
    ],
)
def test_a_field_of_another_kind_costs_that_field_and_not_the_line(field: str, value: object) -> None:
    said = message(line() | {field: value})
    empty = {"color": "colour", "cheer": "bits", "reply": "reply_to", "source_broadcaster_user_id": "shared_from"}
    assert said.text == "hello"
    assert not getattr(said, empty.get(field, field))


@pytest.mark.parametrize("missing", ["message_id", "chatter_user_login", "message"])
def test_a_line_nobody_can_place_is_skipped_with_a_reason(missing: str) -> None:
    event = line()
    del event[missing]
    found = told("channel.chat.message", event)
    assert isinstance(found, Skipped)
    assert found.why


def test_what_a_terminal_would_obey_does_not_come_in() -> None:
    said = message(
        line("a\x1b[31mred\u202e\nb", chatter_user_name="Mi\x1bra", badges=[{"set_id": "x\x1b", "id": "1"}])
    )
    assert (said.text, said.name, said.badges) == ("a[31mred b", "Mira", ("x/1",))


def test_a_notice_is_told_in_twitchs_words() -> None:
    words = "Mira subscribed at Tier 1. They've subscribed for 10 months!"
    assert told("channel.chat.notification", notice(words)) == (ChatNotice(START, words, "mira", "Mira"),)


def test_what_somebody_wrote_with_a_notice_is_a_line_of_theirs_too() -> None:
    found = told("channel.chat.notification", notice("Mira subscribed!", "ten months of sea"))
    assert isinstance(found, tuple)
    first, second = found
    assert first == ChatNotice(START, "Mira subscribed!", "mira", "Mira")
    assert isinstance(second, ChatMessage)
    assert (second.id, second.login, second.text) == ("n-1", "mira", "ten months of sea")


def test_nobodys_gift_is_told_without_a_name() -> None:
    event = notice("An anonymous user is gifting 1 Sub!", chatter_user_login=None, chatter_user_name=None)
    assert told("channel.chat.notification", event) == (ChatNotice(START, "An anonymous user is gifting 1 Sub!"),)


def test_a_notice_that_leaves_out_who_it_is_gets_the_name() -> None:
    found = told("channel.chat.notification", notice("has been a moderator for 48 months!"))
    assert found == (ChatNotice(START, "Mira has been a moderator for 48 months!", "mira", "Mira"),)


def test_an_announcement_without_words_of_twitchs_is_named_and_its_text_kept() -> None:
    found = told("channel.chat.notification", notice("", "harbour opens at eight", notice_type="announcement"))
    assert isinstance(found, tuple)
    assert [getattr(event, "text", "") for event in found] == ["Mira: announcement", "harbour opens at eight"]


def test_a_notice_of_a_shared_chat_is_told_and_its_line_is_a_strangers() -> None:
    event = notice(
        "Mira subscribed!",
        "hello from afar",
        notice_type="shared_chat_resub",
        source_broadcaster_user_id="2002",
        source_broadcaster_user_login="farshore",
    )
    found = told("channel.chat.notification", event)
    assert isinstance(found, tuple)
    assert isinstance(found[0], ChatNotice)
    assert isinstance(found[1], ChatMessage)
    assert found[1].shared_from == "farshore"


@pytest.mark.parametrize(
    ("type", "version", "event", "expected"),
    [
        ("channel.chat.message_delete", "1", {"message_id": "m-1"}, MessageDeleted(START, "m-1")),
        ("channel.chat.clear", "1", CHANNEL, ChatCleared(START)),
        ("channel.chat.clear_user_messages", "1", {"target_user_login": "Troll"}, ChatCleared(START, "troll")),
        (
            "stream.online",
            "1",
            {**CHANNEL, "id": "9", "type": "live", "started_at": "2026-03-01T19:00:02Z"},
            StreamWentOnline(START, "9", at(2), SENT),
        ),
        ("stream.online", "1", {**CHANNEL, "started_at": 7}, StreamWentOnline(START, sent_at=SENT)),
        ("stream.offline", "1", {**CHANNEL, "id": "9"}, StreamWentOffline(START, "9", SENT)),
        ("stream.offline", "1", CHANNEL, StreamWentOffline(START, sent_at=SENT)),
        (
            "channel.update",
            "2",
            {"title": "Quiet\nsea", "category_name": "Art"},
            ChannelUpdated(START, "Quiet sea", "Art"),
        ),
        (
            "channel.raid",
            "1",
            {"from_broadcaster_user_login": "joram", "to_broadcaster_user_name": "QuietHarbor", "viewers": 12},
            ChatNotice(START, "joram is raiding QuietHarbor with 12 viewers.", "joram", "joram"),
        ),
    ],
)
def test_every_other_kind_is_told_as_what_it_is(
    type: str, version: str, event: dict[str, Any], expected: ChatEvent
) -> None:
    assert told(type, event, version) == (expected,)


@pytest.mark.parametrize(
    ("type", "version", "event"),
    [
        ("channel.chat.clear_user_messages", "1", {}),
        ("channel.chat.message_delete", "1", {"message_id": None}),
        ("channel.chat.message", "2", line()),
        ("channel.follow", "2", {}),
        ("stream.online", "1", {"type": "rerun"}),
        ("channel.update", "2", {"title": None}),
        ("channel.raid", "1", {"viewers": 3}),
        ("channel.chat.notification", "1", {"notice_type": None}),
    ],
)
def test_what_cannot_be_used_is_skipped_with_a_reason(type: str, version: str, event: dict[str, Any]) -> None:
    found = told(type, event, version)
    assert isinstance(found, Skipped)
    assert found.why


# Frames


def frame(kind: str, payload: object, **metadata: str) -> str:
    told = {"message_id": "e-1", "message_type": kind, "message_timestamp": "2026-03-01T19:00:05.123456789Z"}
    return json.dumps({"metadata": told | metadata, "payload": payload})


def test_every_kind_of_frame_is_read() -> None:
    moment = datetime(2026, 3, 1, 19, 0, 5, 123456, tzinfo=UTC)
    session = {"id": "s-1", "status": "connected", "keepalive_timeout_seconds": 10, "reconnect_url": None}
    subscription = {"id": "1", "type": "stream.online", "version": "1", "status": "user_removed", "condition": {}}
    assert read_frame(frame("session_welcome", {"session": session})) == Welcome("s-1", 10.0, moment)
    assert read_frame(frame("session_keepalive", {})) == Keepalive(moment)
    moved = {"session": {"id": "s-1", "reconnect_url": "wss://there"}}
    assert read_frame(frame("session_reconnect", moved)) == Reconnect("wss://there")
    revoked = frame("revocation", {"subscription": subscription}, subscription_type="stream.online")
    assert read_frame(revoked) == Revocation("stream.online", "user_removed")
    happened = frame("notification", {"subscription": subscription, "event": {"id": "9"}})
    assert read_frame(happened) == Notification("e-1", "stream.online", "1", moment, {"id": "9"})


@pytest.mark.parametrize(
    "timestamp", ["", "yesterday", "2026-03-01T19:00:05", "0001-01-01T00:00:00+23:59", "2026-13-01T19:00:00Z"]
)
def test_a_time_nobody_can_read_costs_the_time_and_not_the_frame(timestamp: str) -> None:
    found = read_frame(
        frame("notification", {"event": {}}, subscription_type="stream.online", message_timestamp=timestamp)
    )
    assert isinstance(found, Notification)
    assert found.at is None


@pytest.mark.parametrize(
    "data",
    [
        "",
        "hello",
        "null",
        "[]",
        "7",
        "{}",
        '{"metadata":null}',
        '{"metadata":{"message_type":["notification"]}}',
        b"\xff\xfe",
        "\ud800",
        "[" * 100_000,
        frame("session_welcome", {}),
        frame("session_reconnect", {"session": {"reconnect_url": None}}),
        frame("notification", {"event": None}, subscription_type="stream.online"),
        frame("notification", {"event": {}}),
        frame("revocation", None),
        frame("session_party", {}),
    ],
)
def test_a_frame_nobody_can_use_is_malformed_and_says_why(data: str | bytes) -> None:
    found = read_frame(data)
    assert isinstance(found, Malformed)
    assert found.why


_KEYS = st.sampled_from(
    [
        *("metadata", "payload", "session", "subscription", "event", "message", "text", "id", "type", "version"),
        *("message_id", "message_type", "message_timestamp", "subscription_type", "subscription_version", "status"),
        *("chatter_user_login", "chatter_user_name", "color", "badges", "set_id", "cheer", "bits", "reply", "title"),
        *("system_message", "notice_type", "source_broadcaster_user_id", "target_user_login", "category_name"),
    ]
)
_KINDS = ["notification", "session_welcome", "session_keepalive", "session_reconnect", "revocation"]
_TYPES = [
    *("channel.chat.message", "channel.chat.notification", "channel.chat.message_delete", "channel.chat.clear"),
    *("channel.chat.clear_user_messages", "channel.raid", "stream.online", "stream.offline", "channel.update"),
]
_ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["1", "2", *_KINDS, *_TYPES]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS | st.text(max_size=5), inner, max_size=8),
    max_leaves=25,
)


@given(st.binary(max_size=200) | st.text(max_size=200) | _ANYTHING.map(json.dumps))
def test_no_frame_at_all_raises(data: str | bytes) -> None:
    assert read_frame(data) is not None


@given(
    st.sampled_from(_TYPES),
    st.sampled_from(["1", "2"]),
    st.dictionaries(_KEYS, _ANYTHING, max_size=12)
    | st.builds(lambda key, value: line() | {key: value}, _KEYS, _ANYTHING),
)
def test_no_event_at_all_raises_and_what_is_told_can_be_stored(
    type: str, version: str, event: dict[str, Any]
) -> None:
    found = read_frame(frame("notification", {"event": event}, subscription_type=type, subscription_version=version))
    assert isinstance(found, Notification)
    result = translate(found, START)
    if isinstance(result, Skipped):
        assert result.why
    else:
        for event_told in result.events:
            assert event_told.at == START
            msgspec.json.encode(event_told)
