"""Secrets stay secret: whatever was used as one is dots, and whatever is written like one too."""

import pytest

from sanctum_tui.secrecy import DOTS, Redactor


def test_what_was_learned_is_dots_wherever_it_stands() -> None:
    redactor = Redactor(["s3cret-token"])
    assert redactor.redact("as s3cret-token, and xs3cret-tokeny") == f"as {DOTS}, and x{DOTS}y"


def test_a_longer_secret_is_hidden_whole_where_a_shorter_one_is_part_of_it() -> None:
    assert Redactor(["abcdefg", "abcdefghij"]).redact("abcdefghij") == DOTS


@pytest.mark.parametrize(
    "told",
    [
        "https://id.twitch.tv/oauth2/token?client_secret=hushhush1&refresh_token=hushhush2",
        "Authorization: Bearer hushhush1",
        "PASS oauth:hushhush1",
        "{'access_token': 'hushhush1', \"refresh_token\": \"hushhush2\"}",
        "OAuth hushhush1",
        "device_code=hushhush1",
    ],
)
def test_what_is_written_like_a_secret_is_dots_also_where_nobody_told_of_it(told: str) -> None:
    assert "hushhush" not in Redactor().redact(told)


def test_ordinary_words_stay() -> None:
    told = "The token was refused; a bearer of news came by, and the oauth page is open."
    assert Redactor(["ab", ""]).redact(told) == told
