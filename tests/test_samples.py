"""The evenings that are shipped are whole: each dashboard is complete, and each log a believable slow evening.

They are read with plain json here, so that a fault in the project's own readers cannot hide one in the logs.
"""

import json
import re
import unicodedata
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sanctum_tui.dashboard.markdown import parse
from sanctum_tui.paths import shipped

FOLDERS = sorted(folder.name for folder in shipped("sample_dashboards").iterdir())
BOTS = {"nightbot", "streamelements"}
SCAM = re.compile(r"streamboo|add me on discord", re.IGNORECASE)
EMOJI = re.compile("[\U0001f300-\U0001faff]")
each_evening = pytest.mark.parametrize("slug", FOLDERS)


def dashboard_text(slug: str) -> str:
    return (shipped("sample_dashboards") / slug / "dashboard.md").read_text("utf-8")


def records(slug: str) -> list[dict[str, Any]]:
    raw = Path(str(shipped("sample_dashboards") / slug / "chat.jsonl")).read_bytes()
    return [json.loads(line) for line in raw.decode("utf-8").splitlines()]


def events(slug: str) -> list[dict[str, Any]]:
    return records(slug)[1:]


def lines(slug: str) -> list[dict[str, Any]]:
    return [event for event in events(slug) if event.get("type", "message") == "message"]


def people(slug: str) -> list[dict[str, Any]]:
    return [
        line
        for line in lines(slug)
        if line["user"] not in BOTS and not line["text"].startswith("!") and not SCAM.search(line["text"])
    ]


def moment(event: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(event["at"])


def silences(slug: str) -> list[float]:
    return [(moment(later) - moment(earlier)).total_seconds() for earlier, later in pairwise(people(slug))]


def script(text: str) -> set[str]:
    return {unicodedata.name(letter, "").split()[0] for letter in text if letter.isalpha()}


def test_at_least_three_evenings_are_shipped_and_nothing_else() -> None:
    assert len(FOLDERS) >= 3
    for slug in FOLDERS:
        names = sorted(entry.name for entry in (shipped("sample_dashboards") / slug).iterdir())
        assert names == ["chat.jsonl", "dashboard.md"]


@each_evening
def test_a_shipped_dashboard_misses_nothing_and_breaks_none_of_the_rules(slug: str) -> None:
    dashboard = parse(dashboard_text(slug))
    assert dashboard.missing == ()
    assert dashboard.warnings == ()
    assert dashboard.game in dashboard.title
    assert dashboard.angle.count("?") == 1


@each_evening
def test_a_shipped_log_begins_with_the_header_of_our_format(slug: str) -> None:
    header = records(slug)[0]
    assert header["sanctum"] == 1
    assert header["channel"] == "quietharbor"
    assert header["title"] == parse(dashboard_text(slug)).title
    assert moment({"at": header["started"]}) <= moment(events(slug)[0])


@each_evening
def test_times_are_in_order_and_irregular_to_the_millisecond(slug: str) -> None:
    times = [moment(event) for event in events(slug)]
    assert all(time.tzinfo is not None for time in times)
    assert all(earlier < later for earlier, later in pairwise(times))
    assert len({time.microsecond for time in times}) > len(times) / 2


@each_evening
def test_an_evening_lasts_and_is_slow(slug: str) -> None:
    minutes = (moment(events(slug)[-1]) - moment(events(slug)[0])).total_seconds() / 60
    assert 45 <= minutes <= 95
    assert 90 <= len(lines(slug)) <= 200


@each_evening
def test_people_fall_silent_twice_for_longer_than_the_hearthkeeper_waits(slug: str) -> None:
    assert sum(seconds >= 16 * 60 for seconds in silences(slug)) >= 2
    assert sum(3 * 60 <= seconds <= 6 * 60 for seconds in silences(slug)) >= 3


@each_evening
def test_a_bot_a_command_or_a_scam_speaks_into_the_silences(slug: str) -> None:
    spoken = people(slug)
    inside = [
        line
        for earlier, later in pairwise(spoken)
        if (moment(later) - moment(earlier)).total_seconds() >= 16 * 60
        for line in lines(slug)
        if moment(earlier) < moment(line) < moment(later)
    ]
    assert sum(line["user"] in BOTS for line in inside) >= 3
    assert any(line["text"].startswith("!") for line in inside)
    assert any(SCAM.search(line["text"]) for line in inside)


@each_evening
def test_the_text_is_as_varied_as_real_chat(slug: str) -> None:
    texts = [line["text"] for line in people(slug)]
    everything = "\n".join(texts)
    assert EMOJI.search(everything)
    assert "\u200d" in everything
    assert script(everything) & {"CJK", "HIRAGANA"}
    assert script(everything) & {"ARABIC", "HEBREW"}
    assert max(map(len, everything.split())) >= 60
    assert len(set(texts)) > len(texts) * 0.95


@each_evening
def test_every_kind_of_event_is_there(slug: str) -> None:
    said = lines(slug)
    assert any(SCAM.search(line["text"]) for line in said)
    assert any(line.get("action") for line in said)
    assert any(line.get("reply_to") in {other["name"] for other in said} for line in said)
    assert {event.get("type", "message") for event in events(slug)} == {"message", "notice", "deleted"}
    deleted = {event["id"] for event in events(slug) if event.get("type") == "deleted"}
    assert deleted <= {line["id"] for line in said if SCAM.search(line["text"])}


@each_evening
def test_ids_are_unique_and_people_keep_their_names_and_colours(slug: str) -> None:
    said = lines(slug)
    assert len({line["id"] for line in said}) == len(said)
    assert all(re.fullmatch(r"#[0-9a-f]{6}", line["color"]) for line in said if "color" in line)
    looks = {(line["user"], line["name"], line.get("color")) for line in said}
    assert len(looks) == len({line["user"] for line in said})


@each_evening
def test_the_streamer_hardly_types(slug: str) -> None:
    typed = [line for line in people(slug) if "broadcaster/1" in line.get("badges", ())]
    assert 1 <= len(typed) <= 10
