"""The same chat in one pane or another, on a screen of its own, to be measured from outside.

python -m tests.benchmarks.rooms PANE LINES_A_SECOND: PANE is ours, richlog or plain.
python -m tests.benchmarks.rooms stored DATABASE LINES: ours over an evening that is in the database.

The key 0, and in a stored evening 6 (a page back), 7 (to any line), 8 (to the first) and 9 (to the newest), are
answered in the row at the bottom: how many keys so far, and how many lines so far.
"""

import asyncio
import gc
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Protocol

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.geometry import Size
from textual.screen import Screen
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import RichLog, Static

from sanctum_tui.chat import ChatLine, Voice
from sanctum_tui.memory import open_memory
from sanctum_tui.memory.engine import Memory
from sanctum_tui.ui.look.theming import variable_defaults
from sanctum_tui.ui.panes import chat
from sanctum_tui.ui.panes.chat import ChatPane
from sanctum_tui.ui.sparing import SparingScreen
from tests.benchmarks.corpus import messages

_TURN_SECONDS = 0.01
_MOST_TURNS_AT_ONCE = 2
"""Of lines that are due; whoever is slower than that misses the others."""
_DIFFERENT = 2_000
_LATEST = 500
"""Lines that a restored evening begins with."""
SESSION = 1
"""Of the stored evening."""


class Pane(Protocol):
    """A widget that shows chat."""

    def append(self, lines: Sequence[ChatLine]) -> None: ...


class Rich(RichLog):
    """As many an application has it."""

    def append(self, lines: Sequence[ChatLine]) -> None:
        for line in lines:
            self.write(Text.assemble((line.message.name, "bold green"), ": ", line.message.text))


class Plain(ScrollView):
    """The line API at its barest: nothing wraps, and the end is always in sight."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[ChatLine] = []
        self._name_style = Style(color="green", bold=True)

    def append(self, lines: Sequence[ChatLine]) -> None:
        self._lines.extend(lines)
        self.virtual_size = Size(self.size.width, len(self._lines))
        self.scroll_end(animate=False)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        number = y + self.scroll_offset.y
        if number >= len(self._lines):
            return Strip.blank(self.size.width)
        message = self._lines[number].message
        strip = Strip([Segment(message.name, self._name_style), Segment(": "), Segment(message.text)])
        return strip.adjust_cell_length(self.size.width)


PANES = {"ours": ChatPane, "richlog": Rich, "plain": Plain}


class Room(App[None]):
    """A pane, and the row at the bottom."""

    CSS_PATH = Path(chat.__file__).with_suffix(".tcss")
    CSS = "#answer { dock: bottom; height: 1; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        ("0", "echo", ""), ("6", "back", ""), ("7", "jump", ""), ("8", "oldest", ""), ("9", "newest", ""),
    ]  # fmt: skip
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, pane: Widget) -> None:
        super().__init__()
        self.pane = pane
        self.lines = 0
        self._answer = Static(id="answer", markup=False)
        self._keys = 0

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)

    def get_default_screen(self) -> Screen[None]:
        # As the console does, which has it from its shell; so the other panes have it too.
        return SparingScreen(id="_default")

    def compose(self) -> ComposeResult:
        yield self.pane
        yield self._answer

    def on_mount(self) -> None:
        self.pane.focus()
        if isinstance(self.pane, ChatPane):
            # As the console does, which has it from its shell.
            self.call_after_refresh(gc.freeze)

    def action_echo(self) -> None:
        self._keys += 1
        self._answer.update(f"<{self._keys}> {self.lines};", layout=False)


class Flooded(Room):
    """Is told so many lines a second."""

    def __init__(self, pane: Widget, rate: int) -> None:
        super().__init__(pane)
        self._rate = rate
        self._said = list(messages(_DIFFERENT))
        self._flood: asyncio.Task[None] | None = None

    def on_ready(self) -> None:
        self.action_echo()
        if self._rate:
            self._flood = asyncio.create_task(self._tell(self.pane))  # type: ignore[arg-type]

    async def _tell(self, pane: Pane) -> None:
        most = int(self._rate * _TURN_SECONDS * _MOST_TURNS_AT_ONCE)
        before = time.perf_counter()
        while True:
            await asyncio.sleep(_TURN_SECONDS)
            now = time.perf_counter()
            due = min(most, int((now - before) * self._rate))
            before = max(before + due / self._rate, now - _TURN_SECONDS)
            pane.append([
                ChatLine(number, Voice.PERSON, self._said[number % _DIFFERENT])
                for number in range(self.lines + 1, self.lines + due + 1)
            ])  # fmt: skip
            self.lines += due


class Stored(Room):
    """Our pane over an evening in the database, of which it has the latest lines."""

    def __init__(self, database: str, lines: int) -> None:
        super().__init__(ChatPane(fetch_before=self._before))
        self.lines = lines
        self._database = database
        self._memory: Memory | None = None
        self._chance = random.Random(3)

    async def on_ready(self) -> None:
        self._memory = await open_memory(f"sqlite+aiosqlite:///{self._database}", lock_folder=None)
        self._chat.replace_history(await self._before(self.lines + 1, _LATEST))
        self.action_echo()

    async def action_back(self) -> None:
        await self._chat.action_page(-1)
        self.action_echo()

    async def action_jump(self) -> None:
        await self._chat.go_to(self._chance.randrange(1, self.lines))
        self.action_echo()

    async def action_oldest(self) -> None:
        await self._chat.action_oldest()
        self.action_echo()

    def action_newest(self) -> None:
        self._chat.action_newest()
        self.action_echo()

    @property
    def _chat(self) -> ChatPane:
        assert isinstance(self.pane, ChatPane)
        return self.pane

    async def _before(self, number: int, limit: int) -> tuple[ChatLine, ...]:
        assert self._memory is not None
        return await self._memory.evenings.lines_before(SESSION, number, limit)


def main() -> None:
    pane, *rest = sys.argv[1:]
    if pane == "stored":
        Stored(rest[0], int(rest[1])).run()
    else:
        Flooded(PANES[pane](), int(rest[0])).run()


if __name__ == "__main__":
    main()
