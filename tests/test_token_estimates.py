"""How many tokens a text may be is estimated on the safe side."""

import json
from pathlib import Path
from time import monotonic

import pytest

from sanctum_tui.llm.tokens import clip, estimate

COUNTED = json.loads((Path(__file__).parent / "fixtures" / "tokens.json").read_text("utf-8"))
"""Texts with the most tokens that any of cl100k, o200k, Llama 2 and Llama 3 makes of them."""


@pytest.mark.parametrize(("text", "tokens"), COUNTED)
def test_an_estimate_errs_on_the_safe_side_and_not_by_much(text: str, tokens: int) -> None:
    assert tokens <= estimate(text) <= 3.2 * tokens + 4


def test_an_estimate_is_cheap() -> None:
    text = "the lamp 灯塔 🌊 is out, " * 2_000
    begun = monotonic()
    estimate(text)
    assert monotonic() - begun < 1.0


@pytest.mark.parametrize(
    "text", ["the lamp is out and nobody minds " * 50, "灯塔今晚很暗" * 50, "🌊" * 300, "x" * 900]
)
@pytest.mark.parametrize("tokens", [-5, 0, 1, 7, 60])
def test_a_clipped_text_fits(text: str, tokens: int) -> None:
    cut = clip(text, tokens)
    assert not cut or estimate(cut) <= tokens + 2
    assert text.startswith(cut.removesuffix("…"))


def test_a_text_that_fits_is_not_clipped() -> None:
    assert clip("a lamp", 100) == "a lamp"
