"""A list that changes by itself never has a key act on another line, or another setting, than was meant."""

from pathlib import Path
from typing import Any

from textual.app import App
from textual.pilot import Pilot

from sanctum_tui.evening import Prompt, PromptState
from sanctum_tui.ui.app import SanctumApp
from sanctum_tui.ui.card.cards import SETTLE_SECONDS
from sanctum_tui.ui.dialogs.lines import NOTHING_DONE, LinesDialog
from sanctum_tui.ui.dialogs.settings import SettingsDialog
from sanctum_tui.ui.look.theming import variable_defaults
from tests.builders import paths_in
from tests.test_console import Hand, console, evening, line_waits, until, words
from tests.test_decided_lines import Drawer, prompt

S = PromptState
WAITING = (prompt(1, S.HELD), prompt(2, S.HELD), prompt(3, S.HELD))


class Shelf(App[None]):
    """Holds the list, by a time that stands still."""

    VERTICAL_BREAKPOINTS = SanctumApp.VERTICAL_BREAKPOINTS

    def __init__(self, *prompts: Prompt) -> None:
        super().__init__()
        self.drawer = Drawer(*prompts)
        self.hand = Hand()

    def on_mount(self) -> None:
        self.push_screen(LinesDialog(self.drawer, self.hand))

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)


async def listed(pilot: Pilot[Any], app: Any, told: str) -> None:
    await until(pilot, lambda: told in words(app))


async def gone_stale(pilot: Pilot[Any], app: Any, number: int) -> None:
    """People talk, and the line is not to be skipped any more."""
    app.drawer.prompts[number - 1] = prompt(number, S.STALE)
    await until(pilot, lambda: words(app).count("□") + words(app).count("■") == 2)


async def test_skip_leaves_an_unmarked_line_alone_when_the_marked_one_went_stale() -> None:
    app: Any = Shelf(*WAITING)
    async with app.run_test(size=(120, 40)) as pilot:
        await listed(pilot, app, "3 of 3")
        await pilot.press("space")
        await listed(pilot, app, "1 marked")
        await gone_stale(pilot, app, 3)
        app.hand.time += 60
        await pilot.press("s")
        await listed(pilot, app, f"line 3. {NOTHING_DONE}")
        assert app.drawer.asked == []
        await pilot.press("s")
        await listed(pilot, app, "1 skipped.")
        assert app.drawer.asked == [(2,)]


async def test_a_mark_that_went_is_told_before_the_others_are_skipped() -> None:
    app: Any = Shelf(*WAITING)
    async with app.run_test(size=(120, 40)) as pilot:
        await listed(pilot, app, "3 of 3")
        await pilot.press("space", "space")
        await listed(pilot, app, "2 marked")
        await gone_stale(pilot, app, 3)
        await pilot.press("s", "s")
        await listed(pilot, app, "1 skipped.")
        assert app.drawer.asked == [(2,)]


async def test_a_key_pressed_as_the_choice_moves_by_itself_does_not_act() -> None:
    app: Any = Shelf(*WAITING)
    async with app.run_test(size=(120, 40)) as pilot:
        await listed(pilot, app, "3 of 3")
        await pilot.press("f", "down")
        await listed(pilot, app, "undecided, 3 of 3")
        app.drawer.prompts[1] = prompt(2, S.STALE)
        await listed(pilot, app, "undecided, 2 of 3")
        app.hand.time += SETTLE_SECONDS - 0.01
        for key in ("s", "u"):
            await pilot.press(key)
            await listed(pilot, app, NOTHING_DONE)
        assert app.drawer.asked == []
        app.hand.time += 0.02
        await pilot.press("s")
        await listed(pilot, app, "1 skipped.")
        assert app.drawer.asked == [(3,)]


async def test_the_same_key_twice_skips_one_line_where_the_first_took_it_out_of_the_list() -> None:
    app: Any = Shelf(*WAITING)
    async with app.run_test(size=(120, 40)) as pilot:
        await listed(pilot, app, "3 of 3")
        await pilot.press("f")
        await listed(pilot, app, "undecided, 3 of 3")
        app.drawer.prompts[2] = prompt(3, S.SKIPPED)
        await pilot.press("s", "s")
        await listed(pilot, app, NOTHING_DONE)
        assert app.drawer.asked == [(3,)]


async def test_a_line_that_is_still_listed_is_skipped_at_once_whatever_came_beside_it() -> None:
    app: Any = Shelf(*WAITING)
    async with app.run_test(size=(120, 40)) as pilot:
        await listed(pilot, app, "3 of 3")
        await pilot.press("down")
        app.drawer.prompts.append(prompt(4))
        await listed(pilot, app, "4 of 4")
        await pilot.press("s")
        await listed(pilot, app, "1 skipped.")
        assert app.drawer.asked == [(2,)]


async def test_a_setting_that_fits_the_search_no_longer_stays_chosen_and_k_keeps_it(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("C")
        await until(pilot, lambda: isinstance(app.screen, SettingsDialog) and "TWITCH_CLIENT_ID" in words(app))
        dialog: Any = app.screen
        await pilot.press("slash", *"off", "enter")
        await until(pilot, lambda: dialog.sheet.has_focus)
        await until(pilot, lambda: dialog.sheet.chosen is not None and dialog.sheet.chosen.value == "off")
        while dialog.sheet.chosen.name != "AGENT_MAY_NAME_VIEWERS":
            await pilot.press("down")
        await pilot.press("enter")
        await until(pilot, lambda: evening(app).settings.agent_may_name_viewers)
        assert dialog.sheet.chosen.name == "AGENT_MAY_NAME_VIEWERS"
        await pilot.press("k")
        await until(pilot, lambda: "AGENT_MAY_NAME_VIEWERS = on is kept" in words(app))
        assert paths_in(tmp_path).settings_file.read_text() == "agent_may_name_viewers = true\n"
        assert dialog.sheet.chosen.name == "AGENT_MAY_NAME_VIEWERS"
