"""A recorded evening can be read back as it was, and a recording is whole or not there."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

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
    StreamWentOnline,
)
from sanctum_tui.errors import StorageError
from sanctum_tui.replay.formats import open_log
from sanctum_tui.replay.recorder import header_line, record, recording
from sanctum_tui.text import clean_line

SEVEN = datetime(2026, 3, 1, 19, tzinfo=UTC)

MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC))
CLEAN = st.text(max_size=40).map(clean_line)
SPOKEN = CLEAN.filter(lambda text: text != "" and not text.isspace())
LOGINS = SPOKEN.map(str.lower).filter(lambda login: login == login.lower() == clean_line(login))
IDS = SPOKEN
EVENTS: st.SearchStrategy[ChatEvent] = st.one_of(
    st.builds(
        ChatMessage,
        MOMENTS,
        LOGINS,
        SPOKEN,
        SPOKEN,
        CLEAN,
        st.sampled_from(["", "#a0B1c2"]),
        st.lists(CLEAN, max_size=3).map(tuple),
        st.booleans(),
        st.integers(0, 2**31 - 1),
        CLEAN,
        CLEAN,
        CLEAN,
    ),
    st.builds(ChatNotice, MOMENTS, SPOKEN, st.just("") | LOGINS, CLEAN),
    st.builds(MessageDeleted, MOMENTS, IDS),
    st.builds(ChatCleared, MOMENTS, st.just("") | LOGINS),
    st.builds(ChatGap, MOMENTS, st.floats(0, 1e9)),
    st.builds(StreamWentOnline, MOMENTS),
    st.builds(StreamWentOffline, MOMENTS),
    st.builds(ChannelUpdated, MOMENTS, CLEAN, CLEAN),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(EVENTS, max_size=12))
def test_a_recording_reads_back_as_the_same_events(tmp_path: Path, events: list[ChatEvent]) -> None:
    events.sort(key=lambda event: event.at)
    path = tmp_path / "evening.jsonl"
    assert record(path, header_line("quietharbor", "Night sail", SEVEN), [events[:5], events[5:]]) == len(events)
    log = open_log(path)
    assert [event for batch in log.batches() for event in batch] == events
    assert (log.channel, log.title) == ("quietharbor", "Night sail")
    assert not log.notes.skipped


def test_a_recording_that_fails_leaves_the_older_one(tmp_path: Path) -> None:
    path = tmp_path / "evening.jsonl"
    path.write_bytes(b"older")

    def batches() -> Iterator[list[ChatEvent]]:
        yield [StreamWentOnline(SEVEN)]
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        record(path, header_line("quietharbor"), batches())
    assert path.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [path]


def test_a_recording_is_not_there_before_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "evening.jsonl"
    with recording(path, header_line("quietharbor")) as write:
        for minute in range(3):
            write([StreamWentOnline(SEVEN + timedelta(minutes=minute))])
        assert not path.exists()
    assert len(path.read_bytes().splitlines()) == 4
    assert list(path.parent.iterdir()) == [path]


def test_a_place_that_cannot_be_written_to_gets_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match="could not be written"):
        record(tmp_path / "file" / "evening.jsonl", header_line("quietharbor"), [])


def test_a_full_disk_gets_a_sentence_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sanctum_tui.replay.recorder.os.fsync", full)
    with pytest.raises(StorageError, match="No space left on device"):
        record(tmp_path / "evening.jsonl", header_line("quietharbor"), [[StreamWentOnline(SEVEN)]])
    assert list(tmp_path.iterdir()) == []
