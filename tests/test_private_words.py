"""Private mode hides words wherever they stand: in chat, in questions, in the palette, and as the console's last."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sanctum_tui.chat import ChatLine, Voice
from sanctum_tui.errors import StorageError
from sanctum_tui.evening import Draft
from sanctum_tui.llm.guard import Verdict
from sanctum_tui.secrecy import REDACTOR
from sanctum_tui.settings import Settings
from sanctum_tui.twitch.login import LoggedIn, LoginStep, Offline, Waiting
from sanctum_tui.ui.app import SanctumApp
from sanctum_tui.ui.chat.quoting import may_quote, unaddressed
from sanctum_tui.ui.chat.scrollback import Removals
from sanctum_tui.ui.dialogs.asking import AskLine
from sanctum_tui.ui.dialogs.base import LineInput
from sanctum_tui.ui.dialogs.login import CODE_HIDDEN, LoginDialog
from sanctum_tui.ui.dialogs.preview import NOTHING_HAPPENED, PreviewDialog
from sanctum_tui.ui.look.concealing import HIDDEN
from sanctum_tui.ui.settingrows import rows_of
from tests.builders import says, settings
from tests.test_console import console, line_waits, seen, until, words
from tests.test_login_dialog import CODE, GRANT, NEXT, Steps, shows_letters
from tests.test_palette import choose, searching

SCAM = "Cheap viewers on streamboo .com (remove the space)"
RULES = "Complain to mira@example.org, 12 Elm Street."
TALK = [
    says(0, "has anybody been down to the lighthouse", "Luna", id="a"),
    says(5, SCAM, "Viewlift88"),
    says(10, "@Viewlift88 go away", "Sol", reply_to="Viewlift88", reply_words=SCAM[:40]),
    says(15, "@Luna at dawn", "Sol", reply_to="Luna", reply_words="has anybody been down to the lighthouse"),
    says(20, "what did it say", "Moss", reply_to="Viewlift88"),
    says(25, "it was here before", "Moss", reply_to="Eel", reply_words="followers for sale"),
    says(7200, "a timer", "Nightbot"),
]
SECRETS = ("viewlift88", "streamboo", "cheap viewers", "eel", "followers for sale")


def hides(app: SanctumApp, *secrets: str, place: str = "Screen") -> bool:
    told = words(app, place).lower()
    return not any(secret.lower() in told for secret in secrets)


def dialog(app: SanctumApp) -> str:
    """The words in the frame of the dialog in front."""
    region = app.screen.query_one("#dialog").region
    rows = app.screen._compositor.render_strips()[region.y : region.bottom]
    return " ".join(" ".join(strip.crop(region.x + 1, region.right - 1).text for strip in rows).split())


async def test_a_reply_tells_nothing_of_a_line_that_is_hidden_or_not_in_the_chat(tmp_path: Path) -> None:
    async with console(tmp_path, TALK, size=(160, 60)) as (app, pilot):
        await line_waits(app, pilot)
        await until(pilot, lambda: "↪ Viewlift88 “Cheap viewers on" in words(app, "#chat"))
        app.look(private=True, big=False)
        app.chat.private = True
        await until(pilot, lambda: "a flagged line is hidden" in words(app, "#chat"))
        told = words(app, "#chat")
        assert hides(app, *SECRETS, place="#chat")
        assert "Sol: go away" in told
        assert "Moss: what did it say" in told
        assert "↪ Luna “has anybody been down to" in told
        app.chat.private = False
        await until(pilot, lambda: "↪ Viewlift88 “Cheap viewers on" in words(app, "#chat"))


@pytest.mark.parametrize(
    ("reply_to", "reply_words", "may"),
    [
        ("Luna", "has anybody been down", True),
        ("Luna", "has anybody been down to…", True),
        ("luna", "has anybody", True),
        ("Luna", "", True),
        ("Luna", "something from an hour ago", False),
        ("Moss", "gone", False),
        ("Eel", "evening all", False),
        ("Somebody", "", False),
    ],
)
def test_only_a_line_that_can_be_read_in_the_chat_may_be_quoted(reply_to: str, reply_words: str, may: bool) -> None:
    removals = Removals()
    removals.delete("m")
    lines = [
        ChatLine(1, Voice.PERSON, says(0, "has anybody been down to the lighthouse", "Luna")),
        ChatLine(2, Voice.PERSON, says(1, "gone", "Moss", id="m")),
        ChatLine(3, Voice.PERSON, says(2, "evening all", "Eel")),
        ChatLine(4, Voice.SPAM, says(3, SCAM, "Eel")),
    ]
    assert may_quote(says(4, "so", "Sol", reply_to=reply_to, reply_words=reply_words), lines, removals) is may


def test_the_name_that_twitch_puts_before_a_reply_goes_and_any_other_stays() -> None:
    assert unaddressed(says(0, "@viewlift88 go away", reply_to="Viewlift88")) == "go away"
    assert unaddressed(says(0, "@Sol look at that", reply_to="Viewlift88")) == "@Sol look at that"


async def test_a_reply_tells_nothing_of_words_that_a_moderator_removed(tmp_path: Path) -> None:
    async with console(tmp_path, TALK, chosen=settings(private_mode=True), size=(160, 60)) as (app, pilot):
        await line_waits(app, pilot)
        await until(pilot, lambda: "↪ Luna “has anybody been down to" in words(app, "#chat"))
        app.chat.mark_deleted("a")
        await until(pilot, lambda: hides(app, "has anybody", place="#chat"))
        assert "Sol: at dawn" in words(app, "#chat")


async def test_the_note_of_a_kept_moment_is_hidden_in_the_chat(tmp_path: Path) -> None:
    async with console(tmp_path, TALK, chosen=settings(private_mode=True), size=(160, 60)) as (app, pilot):
        await line_waits(app, pilot)
        await until(pilot, lambda: app.private)
        await pilot.press("K", *"surgery", "enter")
        await until(pilot, lambda: "✦ kept for the ledger" in words(app, "#chat"))
        assert hides(app, "surgery")
        app.chat.private = False
        await until(pilot, lambda: "✦ kept for the ledger: surgery" in words(app, "#chat"))


async def test_what_is_hidden_in_the_chat_is_not_copied_either(tmp_path: Path) -> None:
    async with console(tmp_path, TALK, chosen=settings(private_mode=True), size=(160, 60)) as (app, pilot):
        await line_waits(app, pilot)
        await until(pilot, lambda: app.private)
        await pilot.press("K", *"surgery", "enter")
        await until(pilot, lambda: "✦ kept for the ledger" in words(app, "#chat"))
        await pilot.press("1", "v", *["shift+up"] * 8, "d")
        await until(pilot, lambda: app.clipboard)
        assert "Sol: go away" in app.clipboard
        assert "✦ kept for the ledger" in app.clipboard
        assert not any(secret in app.clipboard.lower() for secret in (*SECRETS, "surgery"))


@pytest.mark.parametrize("key", ["S", "K", "R"])
async def test_words_typed_into_a_question_are_hidden(tmp_path: Path, key: str) -> None:
    async with console(tmp_path, chosen=settings(private_mode=True)) as (app, pilot):
        await line_waits(app, pilot)
        await until(pilot, lambda: app.private)
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, AskLine))
        await pilot.press(*"mysister")
        await until(pilot, lambda: "••••••••" in seen(app))
        assert hides(app, "mysister")
        assert app.screen.query_one(LineInput).value == "mysister"


async def test_what_a_setting_is_now_is_told_in_the_palette_as_it_is_among_the_settings(tmp_path: Path) -> None:
    chosen = settings(private_mode=True, channel_rules=RULES)
    (row,) = [row for row in rows_of(chosen, Settings(), {}, private=True) if row.name == "CHANNEL_RULES"]
    assert row.value == HIDDEN
    async with console(tmp_path, chosen=chosen) as (app, pilot):
        await line_waits(app, pilot)
        await until(pilot, lambda: app.private)
        await searching(app, pilot, "channel_rules", f"Now: {HIDDEN}.")
        assert hides(app, "mira@", "Elm")
        await choose(app, pilot)
        await until(pilot, lambda: isinstance(app.screen, AskLine) and "••••" in seen(app))
        assert hides(app, "mira@", "Elm")
        assert app.screen.query_one(LineInput).value == RULES


async def test_a_setting_that_may_be_seen_is_told_in_the_palette_in_private_mode_too(tmp_path: Path) -> None:
    async with console(tmp_path, chosen=settings(private_mode=True)) as (app, pilot):
        await line_waits(app, pilot)
        await until(pilot, lambda: app.private)
        await searching(app, pilot, "let_it_be_min", "Now: 15.")


async def test_a_preview_names_no_sources(tmp_path: Path) -> None:
    draft = Draft("The lamp is lit.", "The lamp is lit. — Chronicler", sources=("what the operator noted",))
    async with console(tmp_path, chosen=settings(private_mode=True)) as (app, pilot):
        await line_waits(app, pilot)
        await until(pilot, lambda: app.private)
        app.push_screen(PreviewDialog((draft, Verdict(()))))
        await until(pilot, lambda: NOTHING_HAPPENED in words(app))
        assert "From hidden in private mode" in words(app)
        assert hides(app, "the operator noted")


def refused(app: SanctumApp, place: Path) -> None:
    app.host.refused(StorageError(f"The database {place / 'sanctum.db'} cannot be read."))


def crashed(app: SanctumApp, place: Path) -> None:
    app._fatal_error()


@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize(("ends", "told"), [(refused, "cannot be read."), (crashed, "says more.")])
async def test_the_last_words_of_the_console_name_no_place(
    tmp_path: Path, ends: Callable[[SanctumApp, Path], None], told: str, private: bool
) -> None:
    async with console(tmp_path, chosen=settings(private_mode=private)) as (app, pilot):
        await line_waits(app, pilot)
        await until(pilot, lambda: app.private is private)
        ends(app, tmp_path)
        (last,) = [str(words) for words in app._exit_renderables]
        assert told in last
        assert (str(tmp_path) in last) is not private


async def logging_in(app: SanctumApp, pilot: Any, *steps: LoginStep | Exception) -> Steps:
    """The login's dialog over a console in private mode, after these steps."""
    await line_waits(app, pilot)
    await until(pilot, lambda: app.private)
    told = Steps()
    await app.push_screen(LoginDialog(told))
    told.tell(*steps)
    return told


@pytest.mark.parametrize(
    ("sentence", "more"),
    [
        ("Logged in as Mira.", False),
        ("Logged in as Mira, but TWITCH_CHANNEL_NAME is mira_by_the_sea: log in again as that account.", True),
        ("Logged in as Mira. Set TWITCH_BOT_USERNAME to mira, so that it posts.", True),
    ],
)
async def test_a_login_does_not_tell_the_account(tmp_path: Path, sentence: str, more: bool) -> None:
    async with console(tmp_path, chosen=settings(private_mode=True)) as (app, pilot):
        await logging_in(app, pilot, LoggedIn(GRANT, (), sentence))
        await until(pilot, lambda: "✓ Logged in" in dialog(app))
        assert "mira" not in dialog(app).lower()
        assert ("something to do" in dialog(app)) is more
        app.look(private=False, big=False)
        await until(pilot, lambda: f"✓ {sentence}" in dialog(app))
        app.look(private=True, big=False)
        await until(pilot, lambda: "mira" not in dialog(app).lower())


@pytest.mark.parametrize("early", [False, True])
async def test_what_goes_wrong_with_a_login_is_told_without_the_place(tmp_path: Path, early: bool) -> None:
    trouble = "https://mira.example:4711/oauth2 does not answer."
    step = Offline(trouble, 900) if early else StorageError(trouble)
    async with console(tmp_path, chosen=settings(private_mode=True)) as (app, pilot):
        await logging_in(app, pilot, step)
        await until(pilot, lambda: f"✕ {HIDDEN} does not answer." in words(app))
        app.look(private=False, big=False)
        await until(pilot, lambda: f"✕ {REDACTOR.redact(trouble)}" in words(app))


async def test_the_code_of_a_login_is_hidden_until_a_key_shows_it(tmp_path: Path) -> None:
    async with console(tmp_path, chosen=settings(private_mode=True)) as (app, pilot):
        steps = await logging_in(app, pilot, Waiting(CODE, 1500, "…"))
        await until(pilot, lambda: CODE_HIDDEN in words(app))
        assert "s shows the code" in words(app)
        assert not shows_letters(app, "QWERTZAB")
        assert not app.screen.query_one("#login-qr").display
        await pilot.press("s")
        await until(pilot, lambda: shows_letters(app, "QWERTZAB") and app.screen.query_one("#login-qr").display)
        await pilot.press("s")
        await until(pilot, lambda: not shows_letters(app, "QWERTZAB"))
        await pilot.press("s", "c")
        await until(pilot, lambda: app.clipboard == CODE.address)
        steps.tell(StorageError("It went wrong."))
        await until(pilot, lambda: "It went wrong." in words(app))
        await pilot.press("r")
        steps.tell(Waiting(NEXT, 1500, "…"))
        await until(pilot, lambda: CODE_HIDDEN in words(app))
        assert not shows_letters(app, "ABCDEFGH")


async def test_an_address_that_holds_the_code_is_hidden_with_it(tmp_path: Path) -> None:
    async with console(tmp_path, chosen=settings(private_mode=True)) as (app, pilot):
        elsewhere = Waiting(
            type(CODE)("https://id.example/x?c=QWERTZAB", "QWERTZAB", CODE.device_code, 5, 1800), 9, ""
        )
        await logging_in(app, pilot, elsewhere)
        await until(pilot, lambda: CODE_HIDDEN in words(app))
        assert hides(app, "QWERTZAB", "id.example")
