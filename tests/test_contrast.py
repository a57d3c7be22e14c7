"""Every word can be read in every theme: the colours are those of the finished screen, not those of a list."""

import re
from functools import partial
from pathlib import Path

import pytest
from rich.color import Color as RichColor
from rich.style import Style
from textual.strip import Strip
from textual.theme import Theme
from textual.widget import Widget
from textual.widgets import Input

from sanctum_tui.chat import ChatLine, ChatNotice, Voice
from sanctum_tui.evening import PromptState
from sanctum_tui.paths import shipped
from sanctum_tui.ui.app import SanctumApp
from sanctum_tui.ui.look.colours import READABLE, Rgb, contrast
from sanctum_tui.ui.look.theming import load_themes
from sanctum_tui.ui.panes.review import ReviewPane
from sanctum_tui.ui.panes.silence import SilencePane
from tests.builders import at, says, settings
from tests.test_console import PLACES, card, console, line_waits, quiet, until

XTERM: tuple[Rgb, ...] = (
    (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229),
    (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255),
    (255, 255, 255),
)  # fmt: skip
"""The sixteen colours of an xterm, in place of the terminal's own, which nobody but its owner knows."""
STRONG = 7.0
"""What the high-contrast theme promises."""
NAMES = "", "", "", "#0000ff", "#000000", "#ffffff", "#8a2be2", "#b22222", "#2e8b57", "#ff69b4", "#daa520"
"""Colours that people choose for their names; none is one of our own."""
_WORD = re.compile(r"\w")
_MOODS = ("-active", "-settling", "-quiet", "-ready", "-muted")
_DIALOGS = {
    "question_mark": "the help", "t": "why", "K": "a question", "T": "the themes", "M": "the models",
    "N": "the notes", "D": "a plan", "g": "copying", "q": "leaving",
}  # fmt: skip
_CARDS = ("-ready", "-active", "-settling", "-wrong", "-idle")
Pairs = dict[tuple[Rgb, Rgb], str]
"""Colours of words and of what is behind them, each with an example."""


def rgb(colour: RichColor | None, theme: Theme, *, behind: bool) -> Rgb:
    """The colour on the screen; the terminal's own as an xterm has it, with black on white in a light theme."""
    if colour is None or colour.is_default:
        light = behind != theme.dark
        return (255, 255, 255) if light else (0, 0, 0)
    if colour.number is not None:
        return XTERM[colour.number]
    assert colour.triplet is not None
    return tuple(colour.triplet)  # type: ignore[return-value]


def pair(style: Style, theme: Theme) -> tuple[Rgb, Rgb]:
    ink, ground = rgb(style.color, theme, behind=False), rgb(style.bgcolor, theme, behind=True)
    if style.dim:
        ink = tuple((a + b) // 2 for a, b in zip(ink, ground, strict=True))  # type: ignore[assignment]
    return (ground, ink) if style.reverse else (ink, ground)


def drawn(app: SanctumApp) -> Pairs:
    """What stands on the screen now; of a dialog what is in it, for what it covers steps back."""
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    region = next((frame.region for frame in app.screen.query("#dialog")), app.screen.region)
    found: Pairs = {}
    for y, row in enumerate(update.strips):  # type: ignore[union-attr]
        if y in region.line_range:
            for text, style, _ in Strip.join(row).crop(*region.column_span):
                if style is not None and _WORD.search(text):
                    found[pair(style, app.current_theme)] = text.strip()
    return found


def styled(app: SanctumApp) -> Pairs:
    """What the parts of our panes would be drawn in, whether or not they are on the screen now."""
    found: Pairs = {}
    for widget in app.screen.walk_children(Widget):
        if not type(widget).__module__.startswith("sanctum_tui"):
            continue
        for name in widget._get_component_classes():
            if "--" in name and not name.startswith(("text-area--", "bar--")):
                found[pair(widget.get_component_rich_style(name), app.current_theme)] = f".{name}"
    return found


def unreadable(app: SanctumApp, what: str, least: float) -> dict[str, str]:
    """Each pair of colours that is hard to read in what is on the screen."""
    return {
        f"{what}: {example!r} {ink} on {ground}": f"{ratio:.2f}"
        for (ink, ground), example in (styled(app) | drawn(app)).items()
        if (ratio := contrast(ink, ground)) < least
    }


@pytest.mark.parametrize("theme", [theme.name for theme in load_themes([shipped("themes")])[0]])
async def test_every_word_of_the_console_can_be_read(tmp_path: Path, theme: str) -> None:
    faults: dict[str, str] = {}
    events = quiet(
        says(5, "the sea is quiet", "pebble", badges=("moderator/1", "subscriber/3")),
        says(6, "!log", "pebble"),
        *(says(6, "hello", f"visitor{n}", colour=colour) for n, colour in enumerate(NAMES)),
        ChatNotice(at(8), "mira raids with 12"),
    )
    chosen = settings(theme=theme, review_undo_seconds=60.0)
    async with console(tmp_path, events, size=(130, 50), chosen=chosen) as (app, pilot):
        await line_waits(app, pilot)
        assert app.theme == theme

        async def look(what: str) -> None:
            await pilot.pause()
            await pilot.pause()
            faults.update(unreadable(app, what, STRONG if theme == "high contrast" else READABLE))

        agent = says(9000, "a line of the agent's own", "chronicler")
        app.chat.append([ChatLine(10_000, Voice.AGENT, agent), ChatLine(10_001, Voice.SPAM, says(9001, "subs"))])
        for key, pane in PLACES.items():
            await pilot.press("escape", key)
            await until(pilot, partial(lambda pane: f"#{app.frame.focused}" == pane, pane))
            await look(pane)
        await pilot.press("escape", "3")
        timer, review = app.query_one(SilencePane), app.query_one(ReviewPane)
        for mood, state in zip(_MOODS, _CARDS, strict=True):
            timer.remove_class(*_MOODS).add_class(mood)
            review.remove_class(*_CARDS).add_class(state)
            await look(f"{mood}, {state}")
        for key, name in _DIALOGS.items():
            await pilot.press(key)
            await until(pilot, lambda: len(app.screen_stack) > 1)
            await look(name)
            if app.screen.query(Input):
                await pilot.press("x")
                await look(f"typing in {name}")
            while len(app.screen_stack) > 1:
                await pilot.press("escape")
                await pilot.pause()
        await pilot.press("e", "exclamation_mark")
        await until(pilot, lambda: app.frame.typing)
        await look("the editor")
        await pilot.press("escape", "m", "s")
        await until(pilot, lambda: card(app).state is PromptState.SKIPPED)
        await look("muted, and a line skipped")
        for severity in ("information", "warning", "error"):
            app.say("Something was said.", severity=severity)
            await look(f"a toast, {severity}")
    assert faults == {}
