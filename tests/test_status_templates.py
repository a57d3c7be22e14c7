"""What the status lines say: short, plain, in every language, and never more than is known."""

import random
import re
from collections import Counter
from dataclasses import replace
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from sanctum_tui.settings import Settings
from sanctum_tui.status.events import Kind, StatusEvent
from sanctum_tui.status.renderer import (
    LANGUAGES,
    MOST_CELLS,
    Renderer,
    Templates,
    cells,
    read_templates,
    templates_of,
)

SOURCES = {"hearthkeeper", "steward", "dashboard", "librarian"}
STAGES = {"information", "message"}
TOOLS = {"search_earlier_streams", "recent_chat", "dashboard", "knowledge_notes", "already_said"}
LONGEST_TEMPLATE = 44
"""Cells of a line without its slots, so that a tool's name has room."""

CLAIMS = {
    "en": re.compile(
        r"(?i)\b(found|done|finished|completed?|ready|succe\w+|wrote|written|drafted|posted|sent|saved"
        r"|approved|got|solved|answered|made|chosen?|checked|gathered|received|ha[sd]|have|was|were"
        r"|here is|here's|now)\b"
    ),
    "zh": re.compile("了[，。]?$|已|完成|成功|找到|搞定|写好|做好|准备好|结束|得出|发出|发送|通过"),
}
"""Words by which a line would say that something came of it."""
FOUND = {
    "en": re.compile(r"(?i)\b(found|succe\w+|here is|here's|good|results?)\b"),
    "zh": re.compile("找到|成功|搞定|得到|结果|好了"),
}
"""What even an end must not say: the tool is through, and what it brought is another matter."""


def lines(language: str, *kinds: Kind) -> list[tuple[str, str]]:
    """Every template of these kinds with its file's name."""
    found = templates_of(language).lines.items()
    return [(name, one.text) for name, ways in found if Kind(name.partition(".")[0]) in kinds for one in ways]


def event(kind: Kind = Kind.THINKING, source: str = "hearthkeeper", stage: str = "", **fields: object) -> StatusEvent:
    return replace(StatusEvent(1, kind, source, stage), **fields)  # type: ignore[arg-type]


def renderer(language: str = "en", *, seed: int = 1, templates: Templates | None = None) -> Renderer:
    chance = random.Random(seed)
    if templates is None:
        return Renderer(lambda: language, chance=chance)
    return Renderer(lambda: language, chance=chance, templates=lambda _: templates)


def folder_of(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name.replace('__', '.')}.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_claims_a_result_before_there_is_one(language: str) -> None:
    early = [kind for kind in Kind if kind is not Kind.TOOL_END]
    for name, text in lines(language, *early):
        assert not CLAIMS[language].search(text), (name, text)
    for name, text in lines(language, Kind.TOOL_END, Kind.TOOL_ERROR):
        assert not FOUND[language].search(text), (name, text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Found it"),
        ("en", "A line is ready"),
        ("en", "Checked the notes"),
        ("zh", "找到了"),
        ("zh", "写好了"),
        ("zh", "已经看完"),
    ],
)
def test_the_word_list_knows_a_claim(language: str, text: str) -> None:
    assert CLAIMS[language].search(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_is_short_plain_and_stands_in_one_file_only(language: str) -> None:
    texts = lines(language, *Kind)
    for name, text in texts:
        bare = re.sub(r"\{\w+\}", "", text)
        assert cell_len(bare) <= LONGEST_TEMPLATE, (name, text)
        assert text.isprintable(), (name, text)
        assert not re.search(r"[!！?？.。…]|[\U0001f300-\U0001faff]", text), (name, text)
        assert not re.search(r"\b(I|me|my|we|our|us)\b|我", text), (name, text)
    assert len({text for _, text in texts}) == len(texts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_can_be_said_whatever_is_known_and_in_another_way_next_time(language: str) -> None:
    for kind in Kind:
        assert any(not one.slots for one in templates_of(language).lines[kind.value]), kind
    for name, ways in templates_of(language).lines.items():
        for slots, number in Counter(one.slots for one in ways).items():
            assert number >= 2, (name, set(slots))


def test_all_languages_say_the_same_things() -> None:
    said = [
        ({name: Counter(one.slots for one in ways).keys() for name, ways in found.lines.items()}, found.tools.keys())
        for found in map(templates_of, LANGUAGES)
    ]
    assert all(one == said[0] for one in said)


def test_every_file_is_of_a_kind_a_source_and_a_stage_that_there_are() -> None:
    for name in templates_of("en").lines:
        kind, *rest = name.split(".")
        assert kind in set(Kind), name
        assert set(rest[:1]) <= SOURCES, name
        assert set(rest[1:]) <= (TOOLS if kind.startswith("tool") else STAGES), name
    assert templates_of("en").tools.keys() == TOOLS | {"model"}


def test_the_setting_offers_the_languages_that_there_are() -> None:
    assert Settings().status_language in LANGUAGES
    packaged = {folder.name for folder in (files("sanctum_tui.status") / "templates").iterdir()}
    assert packaged == set(LANGUAGES)
    assert templates_of("xx") == templates_of("en")


def test_the_most_particular_file_is_used_and_then_the_next(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path, thinking="any\n", thinking__steward="steward\n", thinking__steward__message="message\n", ready=""
    )
    (folder / "notes.md").write_text("no template")
    use = renderer(templates=read_templates(folder))
    assert use.render(event(source="steward", stage="message")) == "message"
    assert use.render(event(source="steward", stage="information")) == "steward"
    assert use.render(event(source="steward")) == "steward"
    assert use.render(event(source="librarian", stage="message")) == "any"
    with pytest.raises(LookupError, match="ready"):
        use.render(event(Kind.READY))


def test_a_file_that_needs_what_is_not_known_gives_way_to_the_next(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, thinking="plainly\n", thinking__steward="for {seconds} s\n")
    use = renderer(templates=read_templates(folder))
    assert use.render(event(source="steward")) == "plainly"
    assert use.render(event(source="steward", seconds=7.0)) == "for 7 s"


@pytest.mark.parametrize("seconds", [None, 0.0, 0.99, -5.0, float("nan"), float("inf")])
def test_a_time_that_cannot_be_shown_is_not(seconds: float | None) -> None:
    use = renderer()
    for _ in range(20):
        assert not re.search(r"\d|nan|inf", use.render(event(seconds=seconds)))
    assert "12 s" in use.render(event(seconds=12.2))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_comes_twice_in_a_row(language: str) -> None:
    use = renderer(language)
    for one in (event(), event(seconds=5.0), event(Kind.TOOL_START, tool="recent_chat"), event(Kind.TOOL_PROGRESS)):
        said = [use.render(one) for _ in range(60)]
        assert all(first != second for first, second in pairwise(said))


def test_the_same_chance_gives_the_same_lines() -> None:
    first, second, other = renderer(seed=3), renderer(seed=3), renderer(seed=4)
    said = [[use.render(event(stage="message")) for _ in range(30)] for use in (first, second, other)]
    assert said[0] == said[1] != said[2]


def test_the_language_may_change_from_one_line_to_the_next() -> None:
    spoken = ["en"]
    use = Renderer(lambda: spoken[0], chance=random.Random(1))
    assert use.render(event()).isascii()
    spoken[0] = "zh"
    assert not use.render(event()).isascii()


def test_a_tool_is_called_as_people_call_it() -> None:
    use = renderer()
    said = {use.render(event(Kind.TOOL_START, tool="search_earlier_streams")) for _ in range(30)}
    assert "Looking through earlier streams" in said
    assert all(line.endswith("earlier streams") for line in said)
    assert renderer().render(event(Kind.TOOL_START, tool="roll_a_die")).endswith("“roll a die”")


def test_braces_and_escapes_in_a_tools_name_do_nothing() -> None:
    said = renderer().render(event(Kind.TOOL_START, tool="{seconds}{x}\x1b[2J\n%s\u202e{tool}", seconds=5.0))
    assert said.endswith("“{seconds}{x}[2J %s{tool}”")


@given(st.sampled_from(Kind), st.sampled_from(LANGUAGES), st.text(max_size=90), st.floats(), st.integers(0, 9))
def test_no_line_is_wider_than_its_place(kind: Kind, language: str, tool: str, seconds: float, seed: int) -> None:
    said = renderer(language, seed=seed).render(event(kind, tool=tool, seconds=seconds))
    assert 0 < cell_len(said) <= cells(said) <= MOST_CELLS
    assert said.isprintable() or not tool.isprintable()
    assert "\n" not in said


def test_a_name_that_is_too_long_is_cut_and_the_rest_of_the_line_stays() -> None:
    use = renderer()
    for name in ("x" * 100_000, "翻看" * 100, "a_long_name_of_a_tool_that_has_more_words_than_anybody_would_read"):
        said = use.render(event(Kind.TOOL_PROGRESS, tool=name, seconds=12.0))
        assert said.startswith("Still ")
        assert said.endswith("…, 12 s")
        assert MOST_CELLS - 2 < cells(said) <= MOST_CELLS


@pytest.mark.parametrize("text", ["for {second} s", "a {", "a }", "{}", "{tool!r}", "{tool.name}", "{{tool}}"])
def test_a_template_with_another_placeholder_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match=r"thinking\.txt"):
        read_templates(folder_of(tmp_path, thinking=text))
