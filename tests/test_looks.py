"""Every screen looks as it did: at four sizes, in a dark theme, a light one, and one in the terminal's own colours.

``pytest tests/test_looks.py --snapshot-update`` stores the pictures anew; look at what has changed before.
"""

import asyncio
import math
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from sanctum_tui.paths import Paths, shipped
from sanctum_tui.runtime.plan import Plan
from sanctum_tui.runtime.whereabouts import whereabouts
from sanctum_tui.ui.app import SanctumApp
from sanctum_tui.ui.dialogs.about import AboutDialog, Facts
from sanctum_tui.ui.dialogs.base import Dialog
from sanctum_tui.ui.panes.ledger import LedgerPane
from sanctum_tui.ui.paper.reader import Reader
from tests.builders import paths_in, settings
from tests.pictures import PackedPicture, difference, in_utc, plain, stored, without_versions
from tests.test_console import hold_still, line_waits, seen, until, words

SAMPLE = "01-the-quiet-sea"
SIZES = [(60, 120), (80, 24), (120, 35), (240, 70)]
THEMES = ["hearth", "parchment", "terminal dark"]
TELLING = "telling the ledger"
HOME = Path("home", "mira")
"""Where the files are, from where the test stands: a place that is told in words must not be the machine's own."""
ZOOM = ["screen.zoom=z", "screen.zoom=f4"]
"""An editor takes the letter; the footer tells of the first key."""
LOG = (
    '{"at": "2026-03-01T18:59:58+0000", "level": "INFO", "from": "sanctum_tui.runtime.evening", "what": "begun"}',
    '{"at": "2026-03-01T19:04:11+0000", "level": "WARNING", "from": "sanctum_tui.twitch.supervisor",'
    ' "what": "Twitch cannot be reached; trying again in 4 s"}',
    '{"at": "2026-03-01T19:04:15+0000", "level": "ERROR", "from": "sanctum_tui.llm.chain",'
    ' "what": "the model gave no answer", "trace": "Traceback (most recent call last):\\n  no answer within 30 s"}',
)
NOTES = "# Standing notes\n\n- no lines about the weather (2026-02-20, skip of line 4, stream 9)\n- never ask twice\n"

ABOUT = Facts(
    help=[("?", "every key, searchable"), ("X", "what went wrong")],
    places=whereabouts(settings(), paths_in(HOME)),
    libraries=[(name, "…") for name in ("aiohttp", "msgspec", "pydantic-ai-slim", "textual", "tree-sitter-markdown")],
)


@dataclass(frozen=True, slots=True)
class Screen:
    """How a screen is come to, a word by which it is known, and how it is left."""

    name: str
    keys: tuple[str, ...]
    sign: str = ""
    back: tuple[str, ...] = ("escape",)
    front: bool = False
    """A pane that is looked at by itself."""
    shows: Callable[[], Dialog[None]] | None = None
    """A dialog that is opened by itself, for what its key puts into it is another on each machine."""


SCREENS = (
    Screen("console", (), back=()),
    Screen("editing the line", ("e",), "Enter"),
    Screen("ledger", ("5",), "so far, 35 minutes", front=True),
    Screen("dashboard", ("4",), "Angle", front=True),
    Screen("writing the plan", ("4", "enter"), "# Stream Dashboard", back=("escape", "escape")),
    Screen("choosing in the chat", ("1", "v", "up", "v", "up"), back=("escape", "escape", "3")),
    Screen("help", ("question_mark",), "type to search"),
    Screen("why", ("t",), "Lines posted tonight"),
    Screen("tonight's lines", ("b",), "1 "),
    Screen("settings", ("C",), "Settings ·"),
    Screen("log", ("X",), "Log ·"),
    Screen("earlier evenings", ("O",), "1 stored"),
    Screen("about", (), "Licence MIT", shows=lambda: AboutDialog(ABOUT, private=False)),
    Screen("set up", ("U",), "Connect to Twitch"),
    Screen("models", ("M",), "omposer"),
    Screen("standing notes", ("N",), "never ask twice"),
    Screen("theme", ("T",), "colour-blind safe"),
    Screen("layout", ("W",), "portrait"),
    Screen("palette", ("ctrl+p",), "Post exactly"),
    Screen("jump", ("J",)),
    Screen("private", ("P",), "private", ("P",)),
    Screen("large type", ("B",), back=("B",)),
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Paths]:
    """A user's folders, with a log and notes in them, and a sample evening beside."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_COLOR", raising=False)
    paths = paths_in(HOME)
    for file, text in ((paths.log_file, "\n".join(LOG) + "\n"), (paths.config / "notes.md", NOTES)):
        file.parent.mkdir(parents=True)
        file.write_text(text, "utf-8")
    shutil.copytree(str(shipped("sample_dashboards") / SAMPLE), HOME / SAMPLE)
    with in_utc():
        yield paths


@asynccontextmanager
async def sample_evening(
    paths: Paths, size: tuple[int, int], theme: str
) -> AsyncIterator[tuple[SanctumApp, Pilot[int]]]:
    """The console on a sample that stands still where its first line waits."""
    ticking = iter(range(0, 10**9, 10))
    plan = Plan(HOME / SAMPLE / "chat.jsonl", speed=math.inf)
    chosen = settings(theme=theme, keymap=ZOOM)
    app = SanctumApp(chosen, paths, plan, monotonic=lambda: float(next(ticking)))
    hold_still(app)
    async with app.run_test(size=size, notifications=True) as pilot:
        await line_waits(app, pilot)
        yield app, pilot


def outdated(app: SanctumApp) -> bool:
    """Whether more has happened than the ledger in sight tells."""
    return app.papers is not None and app.papers.stale and any(pane.is_on_screen for pane in app.query(LedgerPane))


def at_work(app: SanctumApp) -> bool:
    """Whether something is under way that will be seen: a ledger is told, rules are read, rows are counted."""
    telling = any(task.get_name() == TELLING for task in asyncio.all_tasks())
    counting = any(pane.document is not None and not pane.document.counted for pane in app.query(Reader))
    return telling or counting or outdated(app) or not all(worker.is_finished for worker in app.workers)


async def rests(app: SanctumApp, pilot: Pilot[int]) -> None:
    """Let the console run until nothing on the screen changes any more."""
    before, same = "", 0
    while same < 3:
        if app.presenter is not None and outdated(app):
            app.presenter.tick()
        await pilot.pause()
        now = seen(app)
        before, same = now, same + 1 if now == before and not at_work(app) else 0


async def taken(app: SanctumApp, pilot: Pilot[int], screen: Screen) -> str:
    """A picture of a screen, which is left again."""
    await pilot.press(*screen.keys)
    if screen.shows is not None:
        await app.push_screen(screen.shows())
    if screen.front:
        await until(pilot, lambda: app.frame.focused == screen.name)
        await pilot.press(*(["f4"] if app.frame.front is None else []))
    await until(pilot, lambda: screen.sign in words(app))
    app.clear_notifications()
    await rests(app, pilot)
    picture = app.export_screenshot()
    await pilot.press(*screen.back)
    app.clear_notifications()
    await until(pilot, lambda: len(app.screen_stack) == 1)
    return without_versions(picture) if screen.name == "about" else picture


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_every_screen_looks_as_it_did(
    home: Paths, tmp_path: Path, snapshot: SnapshotAssertion, size: tuple[int, int], theme: str
) -> None:
    wrong: list[str] = []
    async with sample_evening(home, size, theme) as (app, pilot):
        for screen in SCREENS:
            try:
                picture = await taken(app, pilot, screen)
            except TimeoutError as error:
                error.add_note(f"“{screen.name}” did not come or go with its keys; this was shown:\n{seen(app)}")
                raise
            if picture != snapshot(name=screen.name, extension_class=PackedPicture):
                wrong.append(told(picture, stored_at(snapshot, screen), tmp_path / screen.name))
    shown = f"{size[0]}x{size[1]} in {theme}"
    assert not wrong, "\n".join([f"{len(wrong)} of {len(SCREENS)} screens look different at {shown}:", *wrong])


def stored_at(snapshot: SnapshotAssertion, screen: Screen) -> Path:
    return Path(PackedPicture.get_location(test_location=snapshot.test_location, index=screen.name))


def told(picture: str, before: Path, here: Path) -> str:
    """What is the matter with a picture; it is laid down, for a browser, with the one that was stored beside it."""
    now = here.with_suffix(".svg")
    now.write_text(plain(picture), "utf-8")
    old = stored(before)
    if old is None:
        return f"- {here.name}: no picture is stored; it is {now}"
    was = here.with_suffix(".before.svg")
    was.write_bytes(old)
    return f"- {here.name}: {difference(old.decode(), plain(picture))}; see {now} beside {was}"
