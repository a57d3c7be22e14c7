"""The guard on a list of lines by hand: right on every one, and quick enough for every key press."""

import json
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from sanctum_tui.dashboard.markdown import parse
from sanctum_tui.llm.author import Context
from sanctum_tui.llm.guard import RULES, Style, Verdict, inspect
from sanctum_tui.llm.guard_language import Language
from sanctum_tui.llm.offline import OfflineComposer
from tests.builders import says

CORPUS = Path(__file__).parent / "fixtures" / "guard"
SAMPLES = Path(__file__).parent.parent / "sample_dashboards"


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((CORPUS / name).read_text("utf-8"))


EVENING = _table("evening.toml")
STAND = (CORPUS / "stand.txt").read_text("utf-8").splitlines()
FALL = [(rule, line) for rule, lines in _table("fall.toml").items() for line in lines]
CHINESE = _table("chinese.toml")
CHINESE_FALL = [(rule, line) for rule, lines in CHINESE["fall"].items() for line in lines]


def judged(line: str, language: Language = "en") -> Verdict:
    return inspect(line, language=language, **EVENING)


@pytest.mark.parametrize("line", STAND)
def test_what_a_thoughtful_regular_might_say_stands(line: str) -> None:
    assert judged(line).findings == ()


@pytest.mark.parametrize(("rule", "line"), FALL)
def test_what_must_not_be_said_is_refused_under_its_name(rule: str, line: str) -> None:
    assert rule in {finding.rule for finding in judged(line).findings}


@pytest.mark.parametrize("line", CHINESE["stand"])
def test_a_calm_line_stands_in_chinese_where_that_is_the_language(line: str) -> None:
    assert judged(line, "zh").findings == ()
    assert [finding.rule for finding in judged(line).findings] == ["language"]


@pytest.mark.parametrize(("rule", "line"), CHINESE_FALL)
def test_the_rules_hold_in_chinese_too(rule: str, line: str) -> None:
    assert rule in {finding.rule for finding in judged(line, "zh").findings}


def test_the_list_is_long_and_half_of_it_is_good() -> None:
    good, bad = {*STAND, *CHINESE["stand"]}, {line for _, line in [*FALL, *CHINESE_FALL]}
    assert len(good) >= 75
    assert len(bad) >= 75
    assert len(good | bad) == len(good) + len(bad)
    assert {rule for rule, _ in FALL} == {rule.name for rule in RULES} - {"empty"}


@pytest.mark.parametrize("evening", sorted(path.name for path in SAMPLES.iterdir()))
def test_the_offline_composer_keeps_the_same_rules_beside_the_rooms_own_talk(evening: str) -> None:
    plan = parse((SAMPLES / evening / "dashboard.md").read_text("utf-8"))
    log = [json.loads(line) for line in (SAMPLES / evening / "chat.jsonl").read_text("utf-8").splitlines()]
    talk = [says(number, line["text"]) for number, line in enumerate(log) if "text" in line]
    composer, said, shapes = OfflineComposer(Style, lambda: ""), list[str](), list[str]()
    for number in range(30):
        recent = tuple(talk[: 20 + 4 * number])
        draft = composer.compose(
            Context(dashboard=plan, recent=recent, said=tuple(said), shapes=tuple(shapes), variation=number)
        )
        assert draft is not None
        titles = tuple(filter(None, (plan.game, plan.title)))
        chat = [message.text for message in recent]
        verdict = inspect(draft.line, said=said, titles=titles, chat=chat, private=EVENING["private"], language="en")
        assert verdict.findings == ()
        said.append(draft.line)
        shapes.append(draft.shape)


def test_no_secret_is_in_the_reason_for_refusing_it() -> None:
    for line in ("The key is sk-proj-Ab12Cd34Ef56Gh78Ij90.", "The key is Ab12 Cd34 Ef56 Gh78."):
        reasons = [finding.reason for finding in judged(line).findings if finding.rule == "leak"]
        assert reasons
        assert not any("Ab12" in reason for reason in reasons)


def test_a_line_is_judged_within_two_milliseconds_beside_a_room_that_talks() -> None:
    """120 lines of chat, as many as the room keeps, and an evening's worth of lines that were said."""
    talk = [f"{line} {number}" for number, line in enumerate([*EVENING["chat"], *STAND] * 2)][:120]
    evening = EVENING | {"chat": talk, "said": STAND[:40], "said_earlier": STAND * 5, "skipped": STAND[40:60]}
    line = "Perhaps the sea keeps a diary, and the harbour is where it is read."
    inspect(line, language="en", **evening)
    typed = [line[:end] for end in range(len(line) - 40, len(line))]
    started = time.perf_counter()
    for words in typed:
        inspect(words, language="en", **evening)
    # The best the machine can do is what is meant: a busy one may be slow for other reasons.
    best = min(_seconds(words, evening) for words in typed)
    assert best < 0.002
    assert (time.perf_counter() - started) / len(typed) < 0.02


def _seconds(line: str, evening: dict[str, Any]) -> float:
    started = time.perf_counter()
    inspect(line, language="en", **evening)
    return time.perf_counter() - started
