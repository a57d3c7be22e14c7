"""The style guard: calm lines stand, and whatever is loud, selling, fishing or untrue does not."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanctum_tui.llm.guard import RULES, Style, inspect

LINES = Path(__file__).parent / "fixtures" / "lines"
CALM = (LINES / "calm.txt").read_text("utf-8").splitlines()
REFUSED = [
    (rule, line)
    for rule, lines in tomllib.loads((LINES / "refused.toml").read_text("utf-8")).items()
    for line in lines
]
QUIET_LINE = "Does the sea in Windrose feel empty, or contemplative?"


def rules_broken(line: str, style: Style | None = None) -> set[str]:
    return {finding.rule for finding in inspect(line, style or Style()).findings}


@pytest.mark.parametrize("line", CALM)
def test_a_calm_line_stands(line: str) -> None:
    assert inspect(line).findings == ()


@pytest.mark.parametrize(("rule", "line"), REFUSED)
def test_a_line_that_breaks_a_rule_is_refused_under_its_name(rule: str, line: str) -> None:
    verdict = inspect(line)
    assert not verdict.passed
    assert rule in {finding.rule for finding in verdict.findings}


def test_the_lists_are_long_enough_to_mean_something_and_cover_every_rule() -> None:
    assert len(set(CALM)) >= 80
    assert len({line for _, line in REFUSED}) >= 80
    needs_company = {"name", "repetition"}
    assert {rule for rule, _ in REFUSED} | needs_company == {rule.name for rule in RULES}


@pytest.mark.parametrize(("rule", "line"), REFUSED)
def test_every_finding_tells_its_reason_in_one_short_sentence(rule: str, line: str) -> None:
    for finding in inspect(line).findings:
        assert 10 < len(finding.reason) < 120
        assert "{" not in finding.reason
        assert "\n" not in finding.reason


def test_length_is_counted_without_mercy_at_the_edge() -> None:
    assert "length" not in rules_broken("a" * 19 + ".", Style(max_characters=20))
    verdict = inspect("a" * 20 + ".", Style(max_characters=20))
    assert [f.reason for f in verdict.findings if f.rule == "length"] == ["It is 21 characters long; 20 is the most."]


def test_the_number_of_sentences_is_the_operators_choice() -> None:
    three = "The sea is calm. The sky is calm. The ship waits."
    assert "sentences" in rules_broken(three, Style(max_sentences=2))
    assert "sentences" not in rules_broken(three, Style(max_sentences=3))


@pytest.mark.parametrize(
    "line",
    [
        "Does the SEA in Windrose feel empty, or contemplative?",
        "Does the sea in Windrose feel empty or contemplative",
        "does thе sea in Windrоse feel empty, or contemplative?",
        "Contemplative or empty, does the sea in Windrose feel?",
        QUIET_LINE,
    ],
)
def test_what_was_said_is_not_said_again_in_disguise(line: str) -> None:
    findings = inspect(line, said=["The bell rings for no one.", QUIET_LINE]).findings
    assert [finding.rule for finding in findings] == ["repetition"]
    assert QUIET_LINE[:20] in findings[0].reason


def test_another_thought_about_the_same_sea_may_stand() -> None:
    assert inspect("What would the sea in Windrose write, if it kept a diary?", said=[QUIET_LINE]).passed


@pytest.mark.parametrize("name", ["mossy_fox", "Mossy_Fox", "ｍｏｓｓｙ_ｆｏｘ", "m0ssy_fox"])
def test_no_viewer_is_named(name: str) -> None:
    findings = inspect("The question by mossy_fox stands by the sea.", names=[name]).findings
    assert [finding.rule for finding in findings] == ["name"]


def test_a_name_without_spaces_around_it_is_found_in_scripts_that_have_none() -> None:
    assert not inspect("静海さんの海は静か。", names=["静海"]).passed


@pytest.mark.parametrize("name", ["the", "sea", "Silence", "al", "fox", "question_by"])
def test_a_viewer_called_like_an_everyday_word_cannot_silence_the_agent(name: str) -> None:
    assert inspect("The question by mossy_fox is about the sea and its silence.", names=[name]).passed


@pytest.mark.parametrize(
    ("line", "titles"),
    [
        ("Is the boat in DREDGE a home?", ["DREDGE"]),
        ("What does Okami! paint over?", ["Okami!"]),
        ("Is ＧＲＩＳ about loss?", ["GRIS"]),
    ],
)
def test_a_title_in_capitals_is_not_the_lines_own_shouting(line: str, titles: list[str]) -> None:
    assert not inspect(line).passed
    assert inspect(line, titles=titles).passed


def test_a_quotation_is_not_the_stewards_own_claim_unless_it_is_all_there_is() -> None:
    assert inspect('Earlier the words "I love this rain" came up.').passed
    assert "humanity" in rules_broken('"I love this rain"')


@given(st.text())
def test_the_guard_has_an_answer_to_any_text(text: str) -> None:
    verdict = inspect(text, said=[text], names=[text])
    assert verdict.passed == (not verdict.findings)
    if any(map(str.isalnum, text)) and text.isascii():
        assert "repetition" in {finding.rule for finding in verdict.findings}


@given(st.sampled_from(CALM), st.sampled_from(["\u200b", "\u00ad", "\u2060", "\n", "\x1b", "\u202e"]), st.data())
def test_an_invisible_character_anywhere_is_refused(line: str, invisible: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(line)))
    assert "control" in rules_broken(line[:at] + invisible + line[at:])
