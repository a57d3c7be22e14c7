"""The stream's title and category: as they are, as the dashboard wants them, and what Enter would send."""

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from sanctum_tui.dashboard.rules import TITLE_MOST
from sanctum_tui.errors import SanctumError
from sanctum_tui.text import one_line, shorten
from sanctum_tui.twitch.errors import RateLimitedError, UnansweredError, UnreachableError
from sanctum_tui.twitch.studio import wrong_title
from sanctum_tui.ui.choices import Choices
from sanctum_tui.ui.dialogs.base import Dialog, LineInput

if TYPE_CHECKING:
    from sanctum_tui.twitch.studio import Studio
    from sanctum_tui.twitch.values import Category, ChannelInfo

ASKING = "asking Twitch…"
UNFORESEEN = "Something unforeseen happened; the log file says what."
NOT_ON_DASHBOARD = "nothing on the dashboard tonight; type it below, or leave it"
_TYPING_SECONDS = 0.3
"""Twitch is asked for a category so long after the last letter."""
_AGAIN_SECONDS = 5.0
"""How long until Twitch is asked again where it could not be reached."""
_MOST_SHOWN = 160
"""Characters of a text that stands there to be compared; what is sent is in its field, whole."""
_MOST_SHOWN_NAME = 50


class StreamInfoDialog(Dialog[str]):
    """Gives back what was done, in words; None where nothing was sent. Nothing is, before Enter."""

    CSS_PATH = ["dialogs.tcss", "stream.tcss"]  # type: ignore[assignment]  # noqa: RUF012  (as Textual declares it)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "choose(-1)", "Another category", show=False, id="stream_info.up", priority=True),
        Binding("down", "choose(1)", "Another category", show=False, id="stream_info.down", priority=True),
        Binding("enter", "send", "Send what differs", show=False, id="stream_info.send"),
    ]
    title_words = "Title and category"
    foot = "Enter sends · ↑↓ category · Tab next field · Esc leaves all as it is"

    title_now = getters.query_one("#title-now", Static)
    title_input = getters.query_one("#title-input", LineInput)
    title_told = getters.query_one("#title-told", Static)
    category_now = getters.query_one("#category-now", Static)
    category_input = getters.query_one("#category-input", LineInput)
    matches = getters.query_one("#category-matches", Static)
    told = getters.query_one("#stream-told", Static)

    def __init__(self, studio: "Studio", *, title: str, game: str) -> None:
        """`title` and `game` are the dashboard's; empty where it has none."""
        super().__init__()
        self._studio = studio
        self._wanted_title = title
        self._wanted_game = game
        self._as_it_is: ChannelInfo | None = None
        self._unknown_because = ""
        """Why nobody knows how title and category are; empty while Twitch is being asked."""
        self._choices = Choices(one_line(game))
        self._sending = False
        self._said = ""
        """What became of the last Enter, where the dialog stayed open."""

    def body(self) -> ComposeResult:
        yield Static(Content("Title"), classes="dialog-heading")
        yield _row("now", Static(id="title-now", markup=False))
        yield _row("dashboard", Static(_shown(self._wanted_title, _MOST_SHOWN)))
        yield _row("to send", LineInput(self._wanted_title, placeholder="as it is", id="title-input"))
        yield _row("", Static(id="title-told", markup=False))
        yield Static(Content("Category"), classes="dialog-heading")
        yield _row("now", Static(id="category-now", markup=False))
        yield _row("dashboard", Static(_shown(self._wanted_game, _MOST_SHOWN_NAME)))
        yield _row(
            "look for", LineInput(self._wanted_game, placeholder="a game, or Just Chatting", id="category-input")
        )
        yield _row("to send", Static(id="category-matches", markup=False))
        yield Static(id="stream-told", markup=False)

    def on_mount(self) -> None:
        for field in (self.title_input, self.category_input):
            # A letter pressed by chance shall not wipe out what stands there.
            field.select_on_focus = False
        self.title_input.focus()
        self._ask()
        self.run_worker(self._find(pause=0), name="looking for the category", group="find", exit_on_error=False)
        self._show()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._said = ""
        wanted = one_line(self.category_input.value)
        if event.input is self.category_input and wanted != self._choices.wanted:
            self._choices = Choices(wanted)
            self.run_worker(
                self._find(pause=_TYPING_SECONDS),
                name="looking for the category",
                group="find",
                exclusive=True,
                exit_on_error=False,
            )
        self._show()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_send()

    def action_choose(self, step: int) -> None:
        self._choices.move(step)
        self._said = ""
        self._show()

    @property
    def easily_left(self) -> bool:
        return not self._sending and super().easily_left

    def action_close(self) -> None:
        if self._sending:
            self.dismiss("You left while Twitch was being told; whether it was done, i shows.")
        else:
            self.dismiss(None)

    def action_send(self) -> None:
        """Send what differs, or say why nothing is sent."""
        if self._sending:
            return
        if why := self._not_now():
            self._said = why
        else:
            self._sending = True
            self.run_worker(
                self._send(*self._differing()), name="setting the title", group="send", exit_on_error=False
            )
        self._show()

    def _not_now(self) -> str:
        """Why nothing can be sent at this moment, as a sentence; empty where it can."""
        if self._as_it_is is None:
            if not self._unknown_because:
                return "Twitch is still being asked how they are now; Enter again in a moment."
            self._ask()
            return "Twitch is asked once more; nothing was sent."
        title, category = self._differing()
        if title is not None and (wrong := wrong_title(title)):
            return f"✕ {wrong} Nothing was sent."
        if self._choices.pending:
            return "Twitch is still being asked for the category; Enter again in a moment."
        if title is None and category is None:
            return "Nothing differs from how it is now, so nothing was sent. Esc leaves."
        return ""

    def _differing(self) -> "tuple[str | None, Category | None]":
        """The title and the category to send; None for what stays as it is."""
        now = self._as_it_is
        title = one_line(self.title_input.value)
        category = self._choices.chosen
        return (
            None if not title or (now is not None and title == now.title) else title,
            None if category is None or (now is not None and category.id == now.category.id) else category,
        )

    def _ask(self) -> None:
        self._as_it_is, self._unknown_because = None, ""
        self.run_worker(self._look(), name="asking for the title", group="now", exclusive=True, exit_on_error=False)

    async def _look(self) -> None:
        while self._as_it_is is None:
            try:
                self._as_it_is = await self._studio.now()
            except UnreachableError as error:
                self._unknown_because = f"✕ {error.sentence}"
                self._show()
                await asyncio.sleep(_pause(error))
            except SanctumError as error:
                self._unknown_because = f"✕ {error.sentence} Enter asks again."
                break
            except Exception:
                self._unknown_because = f"✕ {UNFORESEEN} Enter asks again."
                self._show()
                raise
        self._show()

    async def _find(self, *, pause: float) -> None:
        choices = self._choices
        await asyncio.sleep(pause)
        found: tuple[Category, ...] | None = None
        while found is None:
            try:
                found = await self._studio.find(choices.wanted)
            except UnreachableError as error:
                choices.fail(error.sentence)
                self._show()
                await asyncio.sleep(_pause(error))
            except SanctumError as error:
                choices.fail(error.sentence)
                self._show()
                return
            except Exception:
                choices.fail(UNFORESEEN)
                self._show()
                raise
        choices.take(found)
        self._show()

    async def _send(self, title: str | None, category: "Category | None") -> None:
        try:
            await self._studio.set(title=title, category=category)
        except SanctumError as error:
            self._said = f"✕ {error.sentence}"
            if isinstance(error, UnansweredError):
                self._ask()
        except Exception:
            self._said = f"✕ {UNFORESEEN} Whether it was done, nobody knows."
            self._ask()
            raise
        else:
            self.dismiss(_done(title, category))
        finally:
            self._sending = False
            self._show()

    def _show(self) -> None:
        """Put on the screen what there is to see now."""
        if not self.is_mounted:
            return
        now = self._as_it_is
        unknown = Content.styled(self._unknown_because or ASKING, "$warning" if self._unknown_because else "")
        not_known = Content("not known") if self._unknown_because else Content(ASKING)
        self.title_now.update(unknown if now is None else _as_it_is(now.title, _MOST_SHOWN))
        self.category_now.update(not_known if now is None else _as_it_is(now.category.name, _MOST_SHOWN_NAME))
        self.title_told.update(self._title_state())
        self.matches.update(self._choices.rows(None if now is None else now.category))
        self.told.update(self._summary())
        if self._said:
            self.call_after_refresh(self.told.scroll_visible, animate=False)

    def _title_state(self) -> Content:
        title = one_line(self.title_input.value)
        count = f"{len(title):,} of {TITLE_MOST}"
        if not title:
            return Content.styled(f"{count} · left as it is", "$hearth-quiet")
        if len(title) > TITLE_MOST:
            return Content.styled(f"✕ {count}: {len(title) - TITLE_MOST:,} too many", "bold $warning")
        if self._as_it_is is None:
            return Content.styled(count, "$hearth-quiet")
        if title == self._as_it_is.title:
            return Content.styled(f"{count} · = as it is now", "$hearth-quiet")
        return Content.assemble((f"{count} · ", "$hearth-quiet"), ("≠ not as it is now", "bold $accent"))

    def _summary(self) -> Content:
        if self._sending:
            return Content.styled("Telling Twitch…", "bold $accent")
        if self._said:
            return Content.styled(self._said, "bold $warning")
        if self._as_it_is is None:
            return Content("")
        title, category = self._differing()
        if title is not None and wrong_title(title):
            return Content.styled("The title is too long to be sent.", "bold $warning")
        if self._choices.pending:
            return Content("")
        parts = [
            *(["the title"] if title else []),
            *([f"the category “{shorten(category.name, _MOST_SHOWN_NAME)}”"] if category else []),
        ]
        if not parts:
            return Content.styled("Nothing differs; there is nothing to send.", "$hearth-quiet")
        return Content.styled(f"Enter sends {' and '.join(parts)}.", "bold $accent")


def _row(label: str, value: Widget) -> Horizontal:
    return Horizontal(Static(Content(label), classes="stream-label"), value, classes="stream-row")


def _shown(text: str, most: int) -> Content:
    """What the dashboard says, to be compared."""
    return Content(shorten(text, most)) if text else Content.styled(NOT_ON_DASHBOARD, "$hearth-quiet")


def _as_it_is(text: str, most: int) -> Content:
    return Content(shorten(text, most)) if text else Content.styled("none", "$hearth-quiet")


def _pause(error: UnreachableError) -> float:
    return max(_AGAIN_SECONDS, error.retry_seconds if isinstance(error, RateLimitedError) else 0.0)


def _done(title: str | None, category: "Category | None") -> str:
    """What was done, in words."""
    parts = [
        *([f"title is now “{shorten(title, _MOST_SHOWN_NAME)}”"] if title is not None else []),
        *([f"category is now “{shorten(category.name, _MOST_SHOWN_NAME)}”"] if category is not None else []),
    ]
    return f"On Twitch the {' and the '.join(parts)}."
