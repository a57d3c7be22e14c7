"""Of what a model writes only what stands between the markers counts, whole or in pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanctum_tui.llm.answers import LONGEST_ANSWER, AnswerReader, read_answer


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("<line>A lamp.</line>", "A lamp."),
        ("Sure!\n< LINE >\n A lamp. \n</ Line > And more", "A lamp."),
        ("<line>“A lamp.”</line>", "A lamp."),
        ('<line>"One" and "two"</line>', '"One" and "two"'),
        ("<line></line> <line>A lamp.</line>", "A lamp."),
        ("<line>draft <line>A lamp.</line>", "A lamp."),
        ("<line>one</line><line>two</line>", "one"),
        ("</line>A lamp.<line>B</line>", "B"),
        ("<line>a < b</line>", "a < b"),
        ("<line>A lamp.", None),
        ("A lamp.", None),
        ("A lamp.</line>", None),
        ("<lines>A lamp.</lines>", None),
        ("", None),
        (f"<line>{'x' * (LONGEST_ANSWER + 1)}</line>", None),
    ],
)
def test_only_what_is_between_the_markers_counts(text: str, line: str | None) -> None:
    assert read_answer(text) == line
    reader = AnswerReader()
    for sign in text:
        reader.feed(sign)
    assert reader.answer == line


@given(
    st.lists(st.sampled_from(["<line>", "</line>", "< LINE >", "</ line >", "<", "li", "a ", "lamp", "\n", ">", "/"]))
    .map("".join)
    .flatmap(lambda text: st.tuples(st.just(text), st.lists(st.integers(0, len(text)))))
)
def test_an_answer_in_pieces_is_the_answer_as_a_whole(given_: tuple[str, list[int]]) -> None:
    text, cuts = given_
    reader = AnswerReader()
    for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(text)], strict=True):
        shown = reader.feed(text[start:end])
        assert "line>" not in shown.casefold()
    assert reader.answer == read_answer(text)


def test_what_is_written_shows_as_it_comes_and_no_marker_ever_does() -> None:
    reader = AnswerReader()
    shown = [reader.feed(piece) for piece in ("Sure. <li", "ne>A la", "mp is out", ".</", "lin", "e> Anything else?")]
    assert shown == ["", "A la", "A lamp is out", "A lamp is out.", "A lamp is out.", "A lamp is out."]
