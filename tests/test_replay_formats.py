"""Chat logs of every format: told apart by content, read in order, and never stopped by damage."""

import gzip
import json
import os
import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sanctum_tui.chat import (
    ChannelUpdated,
    ChatCleared,
    ChatEvent,
    ChatGap,
    ChatMessage,
    ChatNotice,
    MessageDeleted,
    StreamWentOffline,
)
from sanctum_tui.errors import BadInputError
from sanctum_tui.replay.formats import ChatLog, open_log
from sanctum_tui.replay.formats.irc import parse
from sanctum_tui.text import clean_line

LOGS = Path(__file__).parent / "fixtures" / "logs"
SEVEN = datetime(2026, 3, 1, 19, tzinfo=UTC)
YEAR_2000 = datetime(2000, 1, 1, tzinfo=UTC)


def events_of(log: ChatLog) -> list[ChatEvent]:
    return [event for batch in log.batches() for event in batch]


def messages_of(log: ChatLog) -> list[ChatMessage]:
    return [event for event in events_of(log) if isinstance(event, ChatMessage)]


def spoken(events: Sequence[ChatEvent]) -> list[tuple[str, str, str]]:
    return [(e.login, e.name, e.text) for e in events if isinstance(e, ChatMessage)]


class Write(Protocol):
    def __call__(self, content: str | bytes, *, pace: float | None = None) -> ChatLog: ...


@pytest.fixture
def written(tmp_path: Path) -> Write:
    def write(content: str | bytes, *, pace: float | None = None) -> ChatLog:
        # The name says nothing on purpose: content alone decides.
        path = tmp_path / "log.bin"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return open_log(path, pace=pace)

    return write


# Our own JSONL


def test_our_own_log_gives_every_kind_of_event() -> None:
    log = open_log(LOGS / "sanctum.jsonl")
    assert (log.format, log.channel, log.title) == ("Sanctum JSONL", "quietharbor", "Night sail")
    assert events_of(log) == [
        ChatMessage(
            SEVEN + timedelta(seconds=3.12), "mira", "Mira", "good evening", "a1", "#aabbcc", ("subscriber/3",)
        ),
        ChatMessage(SEVEN + timedelta(seconds=8.5), "tove", "Tove", "is that the 灯台?", reply_to="Mira"),
        ChatMessage(SEVEN + timedelta(seconds=253.861), "mira", "Mira", "waves", action=True, bits=5),
        ChatNotice(SEVEN + timedelta(seconds=300), "Tove subscribed", "tove", "Tove"),
        MessageDeleted(SEVEN + timedelta(seconds=301), "a1"),
        ChatCleared(SEVEN + timedelta(seconds=302), "tove"),
        ChatGap(SEVEN + timedelta(seconds=303), 12.5),
        ChannelUpdated(SEVEN + timedelta(seconds=304), "Night sail II", "Windrose"),
        StreamWentOffline(SEVEN + timedelta(seconds=305)),
    ]
    assert not log.notes.skipped
    assert not log.notes.notes


def test_a_broken_line_costs_only_itself(written: Write) -> None:
    good = '{"at":1,"user":"Mira","text":"a"}\n'
    log = written(good + '{"at":2,"user":\n' + "\n  \n" + "nonsense\n[]\n" + '{"user":"x","text":"no time"}\n' + good)
    assert spoken(events_of(log)) == [("mira", "mira", "a")] * 2
    assert log.notes.skipped == {"broken line": 4}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"text": ""}, "empty"),
        ({"text": "\u202e\u0007"}, "empty"),
        ({"text": "   "}, "empty"),
        ({"user": ""}, "broken line"),
        ({"user": "\u0007"}, "broken line"),
        ({"at": "yesterday"}, "broken line"),
        ({"at": "9999-12-31T23:59:59Z"}, "broken line"),
        ({"at": 1e300}, "broken line"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "broken line"),
        ({"type": "deleted"}, "broken line"),
        ({"type": "gap"}, "broken line"),
        ({"type": "hologram"}, "not chat"),
        ({"text": "x" * 70_000}, "too long"),
    ],
)
def test_what_gives_no_event_is_counted_with_its_reason(
    written: Write, fields: dict[str, object], reason: str
) -> None:
    good = {"at": 1, "user": "mira", "text": "here"}
    log = written("\n".join(json.dumps(record) for record in (good, good | fields, good)))
    assert len(events_of(log)) == 2
    assert log.notes.skipped == {reason: 1}


def test_null_and_numbers_as_text_are_forgiven(written: Write) -> None:
    log = written('{"at":"1.5","user":"mira","name":null,"text":"a","color":null,"badges":null,"bits":"7"}')
    assert events_of(log) == [ChatMessage(YEAR_2000 + timedelta(seconds=1.5), "mira", "mira", "a", bits=7)]


@pytest.mark.parametrize(
    "hostile", ["\x7f", "\\u0007", "\\u001b", "\\u007f", "\x9b", "\u202e", "\\udb40\\udc41", "é\x7f"]
)
def test_control_characters_never_pass(written: Write, hostile: str) -> None:
    # Each alone: the quick check of a block must not let one through because another is missing.
    texts = "user", "name", "text", "id", "reply_to", "shared_from", "reply_words", "title"
    fields = dict.fromkeys(texts, f"a{hostile}b")
    said = json.dumps({"at": 1, "badges": [f"a{hostile}b"]} | fields, ensure_ascii=False).replace("\\\\", "\\")
    (message,) = messages_of(written(said))
    clean = "aéb" if "é" in hostile else "ab"
    assert message == ChatMessage(
        YEAR_2000 + timedelta(seconds=1),
        clean,
        clean,
        clean,
        clean,
        "",
        (clean,),
        reply_to=clean,
        shared_from=clean,
        reply_words=clean,
    )


def test_a_colour_is_a_colour_or_nothing(written: Write) -> None:
    lines = [
        {"at": 1, "user": "a", "text": "b", "color": colour} for colour in ("#00FF7f", "red", "#12345", "#1234567")
    ]
    log = written("\n".join(map(json.dumps, lines)))
    assert [message.colour for message in messages_of(log)] == ["#00FF7f", "", "", ""]


def test_a_log_may_end_inside_an_escape(written: Write) -> None:
    good = '{"at":"2026-03-01T19:00:00Z","user":"mira","text":"a"}\n'
    log = written(good + '{"at":"2026-03-01T19:00:01Z","user":"mira","text":"\\')
    assert spoken(events_of(log)) == [("mira", "mira", "a")]


def test_a_log_of_a_newer_version_says_so(written: Write) -> None:
    with pytest.raises(BadInputError, match="newer sanctum-tui"):
        written('{"sanctum":2,"channel":"x"}\n')


def test_a_log_larger_than_a_block_loses_nothing(written: Write) -> None:
    lines = [f'{{"at":{n},"user":"u{n % 7}","text":"line {n} é灯"}}' for n in range(5000)]
    log = written("\n".join(lines))
    assert [message.text for message in messages_of(log)] == [f"line {n} é灯" for n in range(5000)]
    assert not log.notes.skipped


ODD: dict[str, list[object]] = {
    "at": [
        "2026-03-01T19:00:02.5Z",
        "2026-03-01T19:00:00",
        "2026-03-01T21:00:03+02:00",
        "2300-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z",
        7,
    ],
    "user": ["", "Mira", "ΣΑΣ", "a\x85b"],
    "name": ["", "Mira", "Ｍｉｒａ", "a\u202eb", None],
    "text": ["", "  ", "tea 👩‍🚀", 'say "hi" \\o/', "a\x7fb", "a\tb"],
    "color": ["#00FF7f", "red"],
    "bits": [5, -1, 2**31],
    "badges": [["vip/1"], ["a\u2028b"]],
    "id": ["6f1c", "a\x7f"],
    "type": ["message"],
}
CHANGES = [(field, value) for field, values in ODD.items() for value in values]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(CHANGES), min_size=1, max_size=3), st.booleans())
def test_lines_taken_together_are_what_each_is_by_itself(
    written: Write, changes: list[tuple[str, object]], escaped: bool
) -> None:
    plain = {"at": "2026-03-01T19:00:01Z", "user": "mira", "text": "here"}
    lines = "\n".join(json.dumps(plain | {field: value}, ensure_ascii=escaped) for field, value in changes)
    together = written(lines)
    events = events_of(together)
    # A line of a kind that nobody knows makes the reader look at every one.
    one_by_one = written(lines + '\n{"at":"2026-03-01T19:00:09Z","type":"hologram"}')
    assert events == events_of(one_by_one)
    assert together.notes.notes == one_by_one.notes.notes
    assert together.notes.skipped + Counter({"not chat": 1}) == one_by_one.notes.skipped


# JSON exports


def test_twitchdownloader_time_is_the_offset_from_the_videos_start() -> None:
    log = open_log(LOGS / "twitchdownloader.json")
    assert (log.format, log.channel, log.title) == ("TwitchDownloader JSON", "quietharbor", "Night sail")
    assert events_of(log) == [
        ChatMessage(
            SEVEN + timedelta(seconds=3, microseconds=120_000),
            "mira",
            "Mira",
            "good evening",
            "a1",
            "#AABBCC",
            ("subscriber/3",),
        ),
        ChatMessage(SEVEN + timedelta(seconds=8.5), "deleted_account", "deleted account", "is that the 灯台?", "a2"),
        ChatMessage(
            SEVEN + timedelta(microseconds=253_861_000), "mira", "Mira", "waves", "a3", "#AABBCC", action=True, bits=5
        ),
    ]
    assert log.notes.skipped == {"empty": 1}


def test_a_bare_list_of_comments_starts_where_its_first_comment_says() -> None:
    log = open_log(LOGS / "rechat_list.json")
    first, second = messages_of(log)
    assert log.format == "rechat (v5) JSON"
    assert first.at == SEVEN + timedelta(microseconds=3_120_000)
    assert second.at - first.at == timedelta(microseconds=245_361_000)


def test_a_header_behind_the_comments_does_not_move_them(written: Write) -> None:
    comment = {
        "content_offset_seconds": 10,
        "created_at": "2026-03-01T19:00:10Z",
        "commenter": {"name": "mira"},
        "message": {"body": "a"},
    }
    log = written(json.dumps({"comments": [comment], "video": {"created_at": "2011-01-01T00:00:00Z", "title": "x"}}))
    assert [message.at for message in messages_of(log)] == [SEVEN + timedelta(seconds=10)]


@pytest.mark.parametrize("created", [None, "0001-01-01T00:00:00", "soon"])
def test_without_a_sane_start_comments_count_from_2000(written: Write, created: str | None) -> None:
    comment = {"content_offset_seconds": 1.25, "created_at": created, "commenter": None, "message": {"body": "a"}}
    assert messages_of(written(json.dumps([comment])))[0].at == YEAR_2000 + timedelta(seconds=1.25)


def test_a_truncated_export_keeps_what_was_read(written: Write) -> None:
    whole = (LOGS / "twitchdownloader.json").read_bytes()
    log = written(whole[: whole.index(b'"a3"') + 100])
    assert len(events_of(log)) == 2
    assert log.notes.skipped == {"broken end": 1}


def test_a_comment_of_the_wrong_shape_costs_only_itself(written: Write) -> None:
    good = {"content_offset_seconds": 1, "commenter": {"name": "mira"}, "message": {"body": "a"}}
    bad: list[object] = [
        7,
        {"content_offset_seconds": "soon", "message": {"body": "a"}},
        {"message": "a"},
        good | {"content_offset_seconds": 10**40},
        good | {"content_offset_seconds": "NaN"},
        good | {"commenter": [1]},
    ]
    log = written(json.dumps([good, *bad, good]))
    assert len(events_of(log)) == 2
    assert log.notes.skipped == {"broken line": len(bad)}


def test_chat_downloader_counts_microseconds() -> None:
    log = open_log(LOGS / "chat_downloader.json")
    assert log.format == "chat-downloader JSON"
    assert events_of(log) == [
        ChatMessage(
            SEVEN + timedelta(microseconds=3_120_000),
            "mira",
            "Mira",
            "good evening",
            "a1",
            "#AABBCC",
            ("subscriber/3",),
        ),
        ChatNotice(SEVEN + timedelta(seconds=8.5), "Tove subscribed", "tove", "Tove"),
        ChatMessage(SEVEN + timedelta(microseconds=8_500_001), "tove", "Tove", "is that the 灯台?", "a2"),
    ]


def test_chat_downloader_lines_give_the_same_as_its_list(written: Write) -> None:
    items = json.loads((LOGS / "chat_downloader.json").read_text(encoding="utf-8"))
    log = written("\n".join(map(json.dumps, items)))
    assert events_of(log) == events_of(open_log(LOGS / "chat_downloader.json"))


def test_chat_downloader_without_timestamps_counts_from_2000(written: Write) -> None:
    item = {"author": {"name": "mira"}, "message": "a", "message_type": "text_message", "time_in_seconds": 2.000001}
    assert messages_of(written(json.dumps([item])))[0].at == YEAR_2000 + timedelta(seconds=2, microseconds=1)


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'{"[\\\\":{"\\"}":['])
def test_a_file_of_brackets_ends_the_reading_not_the_memory(written: Write, opening: bytes) -> None:
    good = b'{"content_offset_seconds":1,"message":{"body":"[[[[ \\"[[[ \\\\"}}'
    log = written(b"[" + b",".join([good] * 1500) + b',{"x":' + opening * 100_000)
    # What stands in the same 64 KiB as the damage is lost with it.
    assert 500 < len(events_of(log)) <= 1500
    assert log.notes.skipped == {"broken end": 1}


@pytest.mark.parametrize("shift", range(3))
@pytest.mark.parametrize("piece", ["灯", "\\", '[{"'])
def test_a_block_may_end_inside_a_letter_an_escape_or_a_text(written: Write, piece: str, shift: int) -> None:
    body = "?" + piece * 300
    comment = json.dumps({"content_offset_seconds": 1, "message": {"body": body}}, ensure_ascii=False)
    content = " " * shift + "[" + ",".join([comment] * 400) + "]"
    log = written(content.encode().replace(b"?", b"\xff"))
    assert [message.text for message in messages_of(log)] == ["\ufffd" + body[1:]] * 400
    assert log.notes.notes == {"replaced bytes": 400}
    assert not log.notes.skipped


# IRC


def test_irc_lines_give_messages_notices_and_deletions() -> None:
    log = open_log(LOGS / "irc.txt")
    assert (log.format, log.channel) == ("IRC lines", "quietharbor")
    three = SEVEN + timedelta(seconds=3, microseconds=120_000)
    assert events_of(log) == [
        ChatMessage(three, "mira", "Mira", "good evening", "a1", "#AABBCC", ("subscriber/3", "premium/1")),
        ChatMessage(
            SEVEN + timedelta(seconds=8.5),
            "tove",
            "Tove",
            "is that the 灯台?",
            "a2",
            reply_to="Mira",
            shared_from="9",
            reply_words="good evening",
        ),
        ChatMessage(SEVEN + timedelta(microseconds=253_861_000), "mira", "Mira", "waves", "a3", action=True, bits=5),
        ChatNotice(SEVEN + timedelta(seconds=300), "Tove subscribed for 3 months!", "tove", "Tove"),
        ChatMessage(SEVEN + timedelta(seconds=300), "tove", "Tove", "for the lamp", "a4"),
        MessageDeleted(SEVEN + timedelta(seconds=301), "a1"),
        ChatCleared(SEVEN + timedelta(seconds=302), "tove"),
        ChatCleared(SEVEN + timedelta(seconds=303)),
    ]
    assert log.notes.skipped == {"not chat": 2}


def test_nul_separated_irc_is_the_same_log(written: Write) -> None:
    log = written((LOGS / "irc.txt").read_bytes().replace(b"\n", b"\0"))
    assert events_of(log) == events_of(open_log(LOGS / "irc.txt"))


def test_recent_messages_are_irc_lines_inside_json() -> None:
    log = open_log(LOGS / "recent_messages.json")
    assert (log.format, log.channel) == ("recent-messages JSON", "quietharbor")
    assert spoken(events_of(log)) == [("mira", "Mira", "good evening"), ("tove", "Tove", '"yes", said \\o/')]
    assert log.notes.skipped == {"not chat": 1}


def test_irc_without_tags_needs_a_pace(written: Write) -> None:
    lines = ":mira!m@h PRIVMSG #quietharbor :one\r\n:tove!t@h JOIN #c\r\n:tove!t@h PRIVMSG #quietharbor :two\r\n"
    with pytest.raises(BadInputError, match=r"has no timestamps; add --pace SECONDS, for instance --pace 5\.$"):
        written(lines)
    messages = messages_of(written(lines, pace=2.5))
    assert [(m.at, m.text) for m in messages] == [(YEAR_2000, "one"), (YEAR_2000 + timedelta(seconds=2.5), "two")]


@pytest.mark.parametrize(
    ("line", "tags", "source", "verb", "params"),
    [
        ("foo bar baz :asdf quux", {}, "", "foo", ("bar", "baz", "asdf quux")),
        ("foo bar baz ::asdf", {}, "", "foo", ("bar", "baz", ":asdf")),
        (":coolguy foo bar baz :  asdf quux ", {}, "coolguy", "foo", ("bar", "baz", "  asdf quux ")),
        (":src JOIN :#chan", {}, "src", "JOIN", ("#chan",)),
        (":src AWAY ", {}, "src", "AWAY", ()),
        (":cool\tguy foo bar", {}, "cool\tguy", "foo", ("bar",)),
        ("@a=b;c=32;k;rt=ql7 foo", {"a": "b", "c": "32", "k": "", "rt": "ql7"}, "", "foo", ()),
        ("@a=b\\\\and\\nk;c=72\\s45;d=gh\\:764 foo", {"a": "b\\and\nk", "c": "72 45", "d": "gh;764"}, "", "foo", ()),
        ("@t=value\\\\ntest;u=v\\1;w=end\\ X", {"t": "value\\ntest", "u": "v1", "w": "end"}, "", "X", ()),
        ("@a=1;b=2;a=5 X", {"a": "5", "b": "2"}, "", "X", ()),
        (":gravel 432  #momo :Erroneous: Illegal", {}, "gravel", "432", ("#momo", "Erroneous: Illegal")),
    ],
)
def test_irc_is_taken_apart_as_the_standard_has_it(
    line: str, tags: dict[str, str], source: str, verb: str, params: tuple[str, ...]
) -> None:
    parsed = parse(line)
    assert parsed is not None
    assert (parsed.tags, parsed.source, parsed.verb, parsed.params) == (tags, source, verb, params)


# Text


def test_chatterinos_log_begins_on_its_headers_day_and_rolls_over_at_midnight() -> None:
    log = open_log(LOGS / "chatterino.log")
    midnight = datetime(2026, 3, 2, tzinfo=UTC)
    assert log.format == "Chatterino log"
    assert events_of(log) == [
        ChatMessage(midnight - timedelta(seconds=117), "mira", "mira", "good evening"),
        ChatMessage(midnight - timedelta(seconds=112), "mira_of_ash", "Mira of Ash", "is that the 灯台?"),
        ChatMessage(midnight + timedelta(seconds=133), "nihon", "日本", "waves"),
    ]
    assert log.notes.skipped == {"not chat": 1}
    assert log.notes.notes == {"day rolled over": 1}


DATED = datetime(2021, 5, 1, 19, 0, 3, tzinfo=UTC)
UNDATED = YEAR_2000 + timedelta(hours=19, seconds=3)


@pytest.mark.parametrize(
    ("line", "at", "name"),
    [
        ("[19:00:03] <Mira> good: evening", UNDATED, "Mira"),
        ("[19:00:03] <@Mira> good: evening", UNDATED, "Mira"),
        ("[19:00:03.120] Mira: good: evening", UNDATED + timedelta(milliseconds=120), "Mira"),
        ("19:00:03 Mira: good: evening", UNDATED, "Mira"),
        ("19:00 <@Mira> good: evening", YEAR_2000 + timedelta(hours=19), "Mira"),
        ("[19:00:03] Mira of Ash: good: evening", UNDATED, "Mira of Ash"),
        ("[2021-05-01 19:00:03] Mira: good: evening", DATED, "Mira"),
        ("[2021-05-01 19:00:03 UTC] Mira: good: evening", DATED, "Mira"),
        ("[2021-05-01 19:00:03] #quietharbor Mira: good: evening", DATED, "Mira"),
        ("[2021-05-01T21:00:03+02:00] <Mira> good: evening", DATED, "Mira"),
        ("2021-05-01T19:00:03Z Mira: good: evening", DATED, "Mira"),
        ("2021-05-01 19:00:03,120\tMira\tgood: evening", DATED + timedelta(milliseconds=120), "Mira"),
        ("2021-05-01T19:00:03.120456789\t@Mira\tgood: evening", DATED + timedelta(microseconds=120_456), "Mira"),
        ("1619895603 Mira: good: evening", DATED, "Mira"),
        ("1619895603,<Mira> good: evening", DATED, "Mira"),
        ("1619895603120\tMira\tgood: evening", DATED + timedelta(milliseconds=120), "Mira"),
        ("1619895603.120456 <Mira> good: evening", DATED + timedelta(microseconds=120_456), "Mira"),
    ],
)
def test_a_timestamped_line_gives_its_time_its_name_and_its_words(
    written: Write, line: str, at: datetime, name: str
) -> None:
    log = written(f"{line}\n")
    assert events_of(log) == [ChatMessage(at, name.lower().replace(" ", "_"), name, "good: evening")]
    assert not log.notes.skipped


@pytest.mark.parametrize("line", ["[19:00:03] * Mira waves", "2021-05-01 19:00:03\t *\tMira waves"])
def test_a_starred_line_is_an_action(written: Write, line: str) -> None:
    (message,) = messages_of(written(f"{line}\n[19:00:04] <a> b\n"))[:1]
    assert (message.name, message.text, message.action) == ("Mira", "waves", True)


def test_a_day_rolls_over_once_even_where_a_line_comes_late(written: Write) -> None:
    times = ("23:59:58", "00:00:01", "23:59:59", "00:00:05", "12:00:00", "23:00:00", "00:10:00")
    log = written("\n".join(f"[{time}] a: b" for time in times))
    midnight = YEAR_2000 + timedelta(days=1)
    assert [message.at for message in messages_of(log)] == [
        midnight - timedelta(seconds=2),
        midnight + timedelta(seconds=1),
        midnight + timedelta(seconds=1),
        midnight + timedelta(seconds=5),
        midnight + timedelta(hours=12),
        midnight + timedelta(hours=23),
        midnight + timedelta(days=1, minutes=10),
    ]
    assert log.notes.notes == {"day rolled over": 2, "clock stepped back": 1}


def test_hours_counted_from_a_streams_start_do_not_roll_over(written: Write) -> None:
    log = written("[0:00:05] a: b\n[23:59:59] a: b\n[24:00:01] a: b\n[25:30:00] a: b\n")
    assert messages_of(log)[-1].at - messages_of(log)[0].at == timedelta(hours=25, minutes=29, seconds=55)
    assert not log.notes.notes


def test_irssis_day_change_sets_the_day(written: Write) -> None:
    log = written(
        "--- Log opened Sun Mar 01 23:50:00 2026\n23:55 < mira> a\n23:56 -!- tove has joined\n"
        "--- Day changed Mon Mar 02 2026\n00:01 <@tove> b\n"
    )
    assert [m.at for m in messages_of(log)] == [
        datetime(2026, 3, 1, 23, 55, tzinfo=UTC),
        datetime(2026, 3, 2, 0, 1, tzinfo=UTC),
    ]
    assert log.notes.skipped == {"not chat": 1}
    assert not log.notes.notes


def test_plain_lines_need_a_pace_and_keep_it(written: Write) -> None:
    with pytest.raises(BadInputError, match="add --pace SECONDS"):
        written("<mira> one\ntove: two\n")
    messages = messages_of(written("<mira> one\ntove: two\n", pace=5))
    assert [(m.at, m.login, m.text) for m in messages] == [
        (YEAR_2000, "mira", "one"),
        (YEAR_2000 + timedelta(seconds=5), "tove", "two"),
    ]


# What holds for all of them

ALL = sorted(path.name for path in LOGS.iterdir())


@pytest.mark.parametrize("name", ALL)
def test_a_log_read_twice_is_the_same_both_times(name: str) -> None:
    log = open_log(LOGS / name)
    first = events_of(log)
    notes = log.notes
    assert first
    assert events_of(log) == first
    assert log.notes == notes
    assert log.notes is not notes


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_noted_and_changes_nothing(written: Write, name: str, encoding: str) -> None:
    text = (LOGS / name).read_text(encoding="utf-8")
    log = written(text.encode(encoding))
    plain = open_log(LOGS / name)
    assert events_of(log) == events_of(plain)
    assert log.notes.notes == plain.notes.notes + type(plain.notes.notes)({"byte order mark": 1})


@pytest.mark.parametrize("name", ALL)
def test_bytes_that_are_not_utf8_are_replaced_and_noted(written: Write, name: str) -> None:
    content = (LOGS / name).read_bytes().replace(b"good evening", b"good \xff evening")
    log = written(content)
    assert "good \ufffd evening" in [message.text for message in messages_of(log)]
    assert log.notes.notes["replaced bytes"] == content.count(b"\xff")


@pytest.mark.parametrize("name", ["sanctum.jsonl", "irc.txt", "chatterino.log"])
def test_windows_line_ends_change_nothing(written: Write, name: str) -> None:
    log = written((LOGS / name).read_bytes().replace(b"\n", b"\r\n"))
    assert events_of(log) == events_of(open_log(LOGS / name))


@pytest.mark.parametrize(
    "lines",
    [
        ['{"at":5,"user":"a","text":"b"}', '{"at":2,"user":"a","text":"b"}', '{"at":6,"user":"a","text":"b"}'],
        ["[00:00:05] a: b", "[00:00:02] a: b", "[00:00:06] a: b"],
        [f"@tmi-sent-ts=94668480{n}000 :a!a@a PRIVMSG #c :b" for n in (5, 2, 6)],
    ],
)
def test_a_clock_that_steps_back_never_makes_a_negative_silence(written: Write, lines: list[str]) -> None:
    log = written("\n".join(lines))
    assert [(message.at - YEAR_2000).total_seconds() for message in messages_of(log)] == [5, 5, 6]
    assert log.notes.notes == {"clock stepped back": 1}


def test_a_line_without_an_end_is_dropped_without_being_held(written: Write) -> None:
    log = written(b"[19:00:03] a: before\n[19:00:04] a: " + b"x" * 300_000 + b"\n[19:00:05] a: after\n")
    assert [message.text for message in messages_of(log)] == ["before", "after"]
    assert log.notes.skipped == {"too long": 1}


def test_the_fingerprint_follows_the_content_not_the_name(tmp_path: Path) -> None:
    content = (LOGS / "irc.txt").read_bytes()
    paths = [tmp_path / name for name in ("a.txt", "b.json", "c.txt")]
    for path, extra in zip(paths, (b"", b"", b"\n"), strict=True):
        path.write_bytes(content + extra)
    first, second, third = (open_log(path).fingerprint for path in paths)
    assert first == second != third
    assert re.fullmatch("[0-9a-f]{16}", first)


# What cannot be read


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\n \n\t\n", "is empty"),
        (b"\xef\xbb\xbf\n", "is empty"),
        (gzip.compress(b"[19:00:03] a: b", mtime=0), r"is packed \(gzip\); unpack it"),
        (b"PK\x03\x04rest of it", r"is packed \(zip\); unpack it"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "is not text"),
        ("[19:00:03] a: b\n".encode("utf-16-le"), "is not text"),
        ("Привет, как дела\n".encode("cp1251") * 20, "is not text"),
        (b"# A title\n\nSome words, and then some more of them.\n", "is not a chat log of a kind we know"),
        (b'{"fruit": ["apple"]}', "is not a chat log of a kind we know"),
        (b'[{"fruit": "apple"}]', "is not a chat log of a kind we know"),
        (b"[]", "is not a chat log of a kind we know"),
        (b"[" * 50_000, "is not a chat log of a kind we know"),
        (b'{"a":' * 13_000, "is not a chat log of a kind we know"),
        (b'[{"a":' + b"[" * 60_000, "is not a chat log of a kind we know"),
        (b"mira: hello\n", "has no timestamps; add --pace SECONDS"),
    ],
)
def test_what_cannot_be_read_gets_one_sentence_that_names_it(written: Write, content: bytes, says: str) -> None:
    with pytest.raises(BadInputError, match=says) as caught:
        written(content)
    assert re.fullmatch(r"\S+log\.bin [^\n]+\.", caught.value.sentence)


def test_a_missing_file_a_folder_and_a_pipe_get_a_sentence_each(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"nothing\.txt does not exist"):
        open_log(tmp_path / "nothing.txt")
    with pytest.raises(BadInputError, match="is a folder"):
        open_log(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadInputError, match="is not a regular file"):
        open_log(tmp_path / "pipe")
    with pytest.raises(BadInputError, match="does not exist"):
        open_log(Path("a\0b"))


@pytest.mark.parametrize("pace", [0, -1, float("nan"), float("inf")])
def test_a_pace_is_more_than_nothing(written: Write, pace: float) -> None:
    with pytest.raises(BadInputError, match="--pace"):
        written("mira: hello\n", pace=pace)


def test_a_log_that_vanishes_while_it_is_read_says_so(written: Write, tmp_path: Path) -> None:
    log = written("[19:00:03] a: b\n")
    (tmp_path / "log.bin").unlink()
    with pytest.raises(BadInputError, match="cannot be read"):
        events_of(log)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(ALL),
    damage=st.lists(st.tuples(st.integers(0, 3000), st.binary(max_size=6), st.integers(0, 40)), max_size=6),
)
def test_damage_anywhere_never_raises_and_never_breaks_a_promise(
    written: Write, name: str, damage: list[tuple[int, bytes, int]]
) -> None:
    content = (LOGS / name).read_bytes()
    for position, junk, cut in damage:
        content = content[:position] + junk + content[position + cut :]
    try:
        log = written(content)
    except BadInputError:
        return
    before = datetime.min.replace(tzinfo=UTC)
    for event in events_of(log):
        assert event.at.tzinfo is UTC
        assert event.at >= before
        before = event.at
        if isinstance(event, ChatMessage):
            for text in (event.text, event.name, event.login, event.id, event.reply_to, *event.badges):
                assert text == clean_line(text)
            assert event.text
            assert event.login == event.login.lower() != ""
