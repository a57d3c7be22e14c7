"""How the console looks is one key away, is told in words, and shows nothing on stream that should stay at home."""

import os
import re
from pathlib import Path

import pytest
from textual.color import Color
from textual.strip import Strip

from sanctum_tui.evening import PromptState
from sanctum_tui.ui.actions import Moment
from sanctum_tui.ui.app import SanctumApp
from sanctum_tui.ui.look.concealing import HIDDEN, conceal
from sanctum_tui.ui.look.layouts import Layout
from sanctum_tui.ui.panes.status import STRONG, Piece
from sanctum_tui.ui.shell import Shell
from sanctum_tui.ui.standing import standing
from tests.builders import paths_in, settings
from tests.test_console import card, console, evening, line_waits, toasts, until, words

MINE = "name = 'mine'\nabout = 'My own.'\n[colours]\nprimary = '{}'\nbackground = '#101010'\n"


async def test_a_theme_is_tried_on_while_moving_and_escape_puts_the_old_one_back(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("T", "down")
        await until(pilot, lambda: app.theme == "colour-blind safe")
        assert "Hues that everybody tells apart" in words(app)
        assert "✓ hearth" in words(app)
        await pilot.press("down", "escape")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        assert app.theme == evening(app).settings.theme == "hearth"


async def test_enter_wears_a_theme_for_tonight_and_says_how_to_keep_it(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("T", "down", "down", "enter")
        kept = "THEME is deep sea for tonight; T again and then k keeps it for good."
        await until(pilot, lambda: kept in toasts(app))
        assert app.theme == evening(app).settings.theme == "deep sea"


async def test_k_keeps_a_theme_for_good_or_says_why_it_cannot(tmp_path: Path) -> None:
    file = paths_in(tmp_path).settings_file
    saved(file, "# mine\nbell = true\n", 1)
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("T", "down", "down", "k")
        await until(pilot, lambda: "THEME = deep sea is kept in" in toasts(app))
        assert file.read_text() == '# mine\nbell = true\ntheme = "deep sea"\n'
        assert app.theme == evening(app).settings.theme == "deep sea"
        file.write_text("bell = ")
        await pilot.press("T", "up", "k")
        await until(pilot, lambda: "is not valid TOML" in toasts(app))
        assert file.read_text() == "bell = "


async def test_a_theme_that_is_misspelt_is_answered_with_the_nearest_and_the_way_to_the_list(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("colon", *"THEME=monastry", "enter")
        near = "There is no theme “monastry”; did you mean monastery? T lists them all."
        await until(pilot, lambda: near in words(app))
        assert "A setting" in words(app)
        await pilot.press("escape", "colon", *"THEME=xyz", "enter")
        await until(pilot, lambda: "There is no theme “xyz”; T lists them all." in words(app))


async def test_a_layout_is_tried_on_while_moving_and_stays_with_enter(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("W", "down")
        await until(pilot, lambda: app.frame.standing is Layout.NARROW)
        await pilot.press("escape")
        await until(pilot, lambda: app.frame.standing is Layout.STANDARD)
        await pilot.press("W", *["down"] * 3, "enter")
        await until(pilot, lambda: app.query_one("#ledger").region.x > app.review.region.x)
        assert app.frame.standing is Layout.WIDE
        assert evening(app).settings.layout == "wide"


@pytest.mark.parametrize(("key", "chosen"), [("enter", "LAYOUT is portrait for tonight"), ("k", "is kept in")])
async def test_a_layout_that_the_screen_is_too_small_for_is_chosen_and_said_to_wait(
    tmp_path: Path, key: str, chosen: str
) -> None:
    async with console(tmp_path, size=(120, 35)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("W", "end", key)
        await until(pilot, lambda: chosen in toasts(app))
        assert "The portrait layout needs 38 rows; until then the size decides." in toasts(app)
        assert app.frame.standing is Layout.STANDARD
        await pilot.press("W", "home", "enter")
        await until(pilot, lambda: "LAYOUT is auto" in toasts(app))
        assert "the size decides" not in toasts(app)


async def test_a_layout_that_the_screen_is_too_small_for_says_so_in_the_list(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("W", *["down"] * 3)
        await until(pilot, lambda: "✕ The wide layout needs 108 columns" in words(app))


async def test_private_mode_says_so_at_the_top_and_hides_where_files_are(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("w")
        await until(pilot, lambda: str(tmp_path) in toasts(app))
        await pilot.press("P")
        await until(pilot, lambda: "Private mode: " in toasts(app))
        assert str(tmp_path) not in words(app)
        assert app.screen.has_class("-private")
        assert evening(app).settings.private_mode
        await pilot.press("w")
        await until(pilot, lambda: f"The ledger was written to {HIDDEN}" in toasts(app))
        await pilot.press("P")
        await until(pilot, lambda: "Private mode is off" in toasts(app))
        assert not app.screen.has_class("-private")


async def test_the_line_at_the_top_tells_private_mode_first(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        trouble = "/home/mira/sanctum.db could not be written."
        shown = standing(evening(app), Moment(open=True, playing=True, private=True), trouble, app.keyboard)
        assert shown[0] == Piece("◆ PRIVATE", 11, STRONG)
        assert not [piece for piece in shown if "mira" in piece.text]
        open_ = standing(evening(app), Moment(open=True, playing=True), trouble, app.keyboard)
        assert [piece for piece in open_ if trouble in piece.text]
        assert "◆ PRIVATE" not in {piece.text for piece in open_}


async def test_large_type_is_one_key_there_and_one_key_back(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("B")
        await until(pilot, lambda: "Large type is on." in toasts(app))
        assert app.screen.has_class("-big")
        assert evening(app).settings.big_text
        await pilot.press("B")
        await until(pilot, lambda: "Large type is off." in toasts(app))
        assert not app.screen.has_class("-big")


async def test_what_was_chosen_before_an_evening_holds_when_it_opens(tmp_path: Path) -> None:
    app = SanctumApp(settings(), paths_in(tmp_path / "nothing yet"), None)
    async with app.run_test(size=(120, 35)) as pilot:
        await pilot.pause()
        await app.keys.look.private()
        await app.keys.look.big_text()
        assert (app.private, app.big) == (True, True)
        assert app.screen_stack[0].has_class("-private")
    async with console(tmp_path) as (other, pilot):
        await line_waits(other, pilot)
        app.keys.look.carry(evening(other))
        assert evening(other).settings.private_mode
        assert evening(other).settings.big_text


async def test_settings_that_change_what_is_seen_are_worn_at_once(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        for name, value in (("LAYOUT", "narrow"), ("BIG_TEXT", "on"), ("PRIVATE_MODE", "on")):
            evening(app).change(name, value)
        app.keys.look.wear(evening(app).settings)
        await pilot.pause()
        assert (app.frame.standing, app.big, app.private) == (Layout.NARROW, True, True)


async def test_a_pane_is_made_wider_and_higher_by_one_key_each_or_says_why_not(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        look, before = app.keys.look, app.review.region
        await look.wider()
        await look.higher()
        await pilot.pause()
        assert app.review.region.width == before.width + 3
        assert app.review.region.height == before.height + 1
        await look.narrower()
        await look.lower()
        await look.usual_sizes()
        await pilot.pause()
        assert app.review.region == before
        await pilot.press("z")
        await look.wider()
        await until(pilot, lambda: "The pane has the whole screen" in toasts(app))


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("The ledger is /home/mira/Documents/Sanctum Ledgers/2026-03-01.md", f"The ledger is {HIDDEN}"),
        ("~/.config/sanctum/config.toml; change it there", f"{HIDDEN}; change it there"),
        ("C:\\Users\\Mira B\\mine.toml is read", f"{HIDDEN} is read"),
        ("/srv/a b/c.md could not be written (No space left)", f"{HIDDEN} could not be written (No space left)"),
        ("see https://x.example/?token=abc or mira@example.org", f"see {HIDDEN} or {HIDDEN}"),
        ("no answer from 192.168.0.7:5432.", f"no answer from {HIDDEN}."),
        ("access_token=abcdefghij was refused", "access_token=•••••••• was refused"),
        ("and/or 24/7, /ban mira, 7/8 of it, 2.5 s", "and/or 24/7, /ban mira, 7/8 of it, 2.5 s"),
    ],
)
def test_words_are_told_without_places_addresses_and_secrets(told: str, shown: str) -> None:
    assert conceal(told) == shown


async def test_no_color_leaves_no_colour_and_every_state_is_told_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await until(pilot, lambda: "◆ a line waits" in words(app))
        await pilot.press("m")
        await until(pilot, lambda: "✕ muted" in words(app))
        assert colours(app) == set()
        assert "3 Review" in marked(app)
        assert not marked(app) & {"1 Chat · #quietharbor", "2 Silence"}
        await pilot.press("T", "down")
        await until(pilot, lambda: "colour-blind safe" in marked(app))
        assert colours(app) == set()
        await pilot.press("escape", "s")
        await until(pilot, lambda: card(app).state is PromptState.SKIPPED)


def strips(app: SanctumApp) -> list[Strip]:
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    return [Strip.join(row) for row in update.strips]  # type: ignore[union-attr]


def colours(app: SanctumApp) -> set[str]:
    """The codes that would colour something in a terminal."""
    sent = "".join(strip.render(app.console) for strip in strips(app))
    codes = {code for found in re.findall(r"\x1b\[([\d;]*)m", sent) for code in found.split(";")}
    return {code for code in codes if re.fullmatch(r"3[0-8]|4[0-8]|9\d|10\d", code)}


def marked(app: SanctumApp) -> set[str]:
    return {
        re.split(r"\s{2,}", text.strip())[0]
        for strip in strips(app)
        for text, style, _ in strip
        if style is not None and (style.reverse or style.underline) and re.search(r"\w", text)
    }


async def test_nothing_moves_by_itself_unless_animations_are_on(tmp_path: Path) -> None:
    assert Shell(paths_in(tmp_path), "hearth").animation_level == "none"
    assert Shell(paths_in(tmp_path), "hearth", animations=True).animation_level == "full"


RED, GREEN = pytest.approx((255, 0, 0), abs=1), pytest.approx((0, 255, 0), abs=1)


def primary(app: Shell) -> tuple[int, int, int]:
    """The colour that style sheets get."""
    return Color.parse(app.theme_variables["primary"]).rgb


def saved(file: Path, text: str, second: int) -> None:
    """A file as somebody saves it, at a time of its own."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    os.utime(file, (second, second))


@pytest.mark.parametrize("width", [80, 60])
async def test_what_is_on_and_where_a_line_would_go_stay_at_the_top_longer_than_counts_and_names(
    tmp_path: Path, width: int
) -> None:
    async with console(tmp_path, size=(width, 24), speed=30.0) as (app, pilot):
        await until(pilot, lambda: app.stage.evening)
        await pilot.press("m")
        await until(pilot, lambda: "✕ muted" in words(app, "#status"))
        top = words(app, "#status")
        assert "replay" in top
        assert "posts stay here" in top
        assert "message" not in top or "#quietharbor" in top


async def test_whether_the_stream_is_live_stays_at_the_top_longer_than_the_count_and_the_channel(
    tmp_path: Path,
) -> None:
    async with console(tmp_path, speed=30.0) as (app, pilot):
        await until(pilot, lambda: app.stage.evening and "● live" in words(app, "#status"))
        shown = standing(evening(app), app.moment(), "", app.keyboard)
        urgency = {piece.text.partition(" ")[0]: piece.urgency for piece in shown}
        count = next(piece.urgency for piece in shown if "message" in piece.text)
        assert count < urgency["#quietharbor"] < urgency["●"] < urgency["posts"]
        for width in range(120, 30, -1):
            await pilot.resize_terminal(width, 35)
            top = words(app, "#status")
            assert "● live" in top or not ("message" in top or "#quietharbor" in top)


@pytest.mark.parametrize(("size", "told"), [((80, 24), True), ((120, 24), True), ((120, 35), False)])
async def test_panes_that_have_no_place_on_the_screen_are_named_with_their_keys(
    tmp_path: Path, size: tuple[int, int], told: bool
) -> None:
    async with console(tmp_path, size=size) as (app, pilot):
        await until(pilot, lambda: app.stage.evening and evening(app).queue.current)
        await pilot.pause()
        assert ("4 dashboard · 5 ledger" in words(app, "#chat")) is told


async def test_a_screen_that_grew_while_a_dialog_was_open_is_full_behind_it(tmp_path: Path) -> None:
    async with console(tmp_path, size=(20, 6)) as (app, pilot):
        await until(pilot, lambda: app.query("#ledger") and evening(app).queue.current)
        await pilot.press("U")
        await until(pilot, lambda: len(app.screen_stack) > 1)
        await pilot.resize_terminal(200, 60)
        await until(pilot, lambda: app.query_one("#ledger").region.height > 20)
        await until(pilot, lambda: app.query_one("#digits").region.height >= 5)
        assert app.query_one("#dashboard").region.x == app.query_one("#ledger").region.x > app.review.region.x


async def test_a_theme_of_ones_own_is_worn_anew_as_soon_as_it_is_saved(tmp_path: Path) -> None:
    file = paths_in(tmp_path).config / "themes" / "mine.toml"
    saved(file, MINE.format("#ff0000"), 1)
    app = Shell(paths_in(tmp_path), "mine")
    async with app.run_test(notifications=True) as pilot:
        assert primary(app) == RED
        saved(file, MINE.format("#00ff00"), 2)
        app.look_for_themes()
        await pilot.pause()
        assert primary(app) == GREEN
        saved(file, "name = 'mine'\n[colours]\nprimary = 'ember'\n", 3)
        app.look_for_themes()
        await pilot.pause()
        told = "".join(notification.message for notification in app._notifications)
        assert "primary is 'ember', which is not a colour" in told
        assert app.theme == "mine"
        assert primary(app) == GREEN
        app.clear_notifications()
        saved(file.with_name("other.toml"), "name = 'other'\n[colours]\nprimary = '#123456'\n", 4)
        app.look_for_themes()
        assert "other" in app.available_themes
        assert not app._notifications
        file.with_name("other.toml").unlink()
        app.look_for_themes()
        assert "other" not in app.available_themes


async def test_a_theme_that_is_not_there_is_told_with_all_else_that_is_wrong(tmp_path: Path) -> None:
    saved(paths_in(tmp_path).config / "themes" / "a.toml", "[colours]\n", 1)
    app = Shell(paths_in(tmp_path), "ember")
    async with app.run_test(notifications=True):
        told = "".join(notification.message for notification in app._notifications)
        assert "a.toml was left out" in told
        assert "There is no theme “ember”; hearth is on instead." in told
        assert app.theme == "hearth"
