"""Connects an account with Twitch: the address and the code, large, until somebody has confirmed it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from enum import Enum
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static
from textual.worker import Worker

from sanctum_tui.errors import SanctumError
from sanctum_tui.twitch.roles import Role
from sanctum_tui.twitch.scopes import Scope, wanted
from sanctum_tui.twitch.values import DeviceCode
from sanctum_tui.ui.connecting import BOT_IN_THE_BROWSER, left_words, typed_address
from sanctum_tui.ui.dialogs.base import Dialog
from sanctum_tui.ui.dialogs.loginwords import failure, scope_rows, welcome
from sanctum_tui.ui.look.blocks import letters
from sanctum_tui.ui.qr import qr_content, qr_rows

if TYPE_CHECKING:
    from sanctum_tui.paths import Paths
    from sanctum_tui.settings import Settings
    from sanctum_tui.twitch.login import LoggedIn, LoginStep

ASKING = "Asking Twitch for a code…"
CODE_HIDDEN = "Private mode hides the code."
COPIED = "The address is copied, where your terminal lets programs copy."
_FRAME_CELLS, _FRAME_ROWS = 9, 4
"""What the frame, its padding and the place of a scrollbar take of the screen."""
_GAP_CELLS = 3
_QR_LEAST_COLUMNS = 100
_PLAIN_CELLS, _QR_CELLS, _LARGE_CELLS = 76, 104, 152
"""How wide the frame is: alone, with a QR code, and with large letters beside it; as in ``dialogs.tcss``."""
_ROOMY_ROWS = 26
"""A screen lower than that has no row to spare between words and letters."""
_TEXT_ROWS = 15
"""Rows of everything but the letters, where lines wrap as they do beside a QR code."""


class _Stage(Enum):
    """Where the login stands; the value is what its keys are, at the foot of the frame."""

    ASKING = "Esc leaves"
    WAITING = "c copies the address · Esc leaves"
    FAILED = "r asks for a new code · Esc leaves"
    DONE = "Enter goes on"


@dataclass(frozen=True, slots=True)
class Room:
    """How much of it fits on a screen."""

    scale: int
    """Of the letters."""
    qr: bool
    cells: int
    """The width of the words."""


def room(size: Size, address: str, code: str) -> Room:
    """The largest letters for which everything is visible without scrolling, beside the QR code; else no QR code."""
    height = size.height - _FRAME_ROWS
    picture = qr_rows(address)
    beside = len(picture[0]) + _GAP_CELLS
    for scale, frame in ((2, _LARGE_CELLS), (1, _QR_CELLS)):
        drawn = letters(code, scale) or [code]
        cells = min(size.width, frame) - _FRAME_CELLS - beside
        fits = height >= max(len(picture), _TEXT_ROWS + len(drawn)) and cells >= len(drawn[0])
        if size.width >= _QR_LEAST_COLUMNS and fits:
            return Room(scale, True, cells)
    return Room(1, False, _plain_cells(size))


def _plain_cells(size: Size) -> int:
    """The width of the words with nothing beside them."""
    return min(size.width, _PLAIN_CELLS) - _FRAME_CELLS


class LoginDialog(Dialog[bool]):
    """Gives back True once the account is logged in; None where the operator left before.

    It knows of no network: `steps` begins a login and tells how it goes, and is cancelled with the dialog.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "copy", "Copy the address", show=False, id="login.copy"),
        Binding("s", "show_code", "Show the code", show=False, id="login.show_code"),
        Binding("r", "again", "A new code", show=False, id="login.again"),
        Binding("enter", "go_on", "Go on", show=False, id="login.go_on"),
    ]
    title_words = "Connect to Twitch"

    told = getters.query_one("#login-told", Static)
    picture = getters.query_one("#login-qr", Static)

    def __init__(
        self,
        steps: "Callable[[], AsyncIterator[LoginStep]]",
        role: Role = Role.STREAMER,
        *,
        asked: Sequence[Scope] = (),
    ) -> None:
        """`asked` are the scopes that are asked for; those of the role where none are given."""
        super().__init__()
        self._steps = steps
        self._role = role
        self._asked = tuple(asked) or wanted(role)
        self._stage = _Stage.ASKING
        self._code: DeviceCode | None = None
        self._seconds_left = 0.0
        self._trouble = ""
        self._note = ""
        self._outcome: Callable[[], Content] = _asking
        """What is told where there is no code to confirm."""
        self._code_shown = False
        """The operator wants to see the code, private mode or not."""
        self._worker: Worker[None] | None = None
        if role is Role.BOT:
            self.title_words = "Connect the bot's account to Twitch"

    def body(self) -> ComposeResult:
        with Horizontal(id="login"):
            with Vertical(id="login-words"):
                yield Static(id="login-told", markup=False)
            yield Static(id="login-qr", markup=False)

    def on_mount(self) -> None:
        self.action_again()

    @property
    def easily_left(self) -> bool:
        """A login that goes on would be lost."""
        return self._stage not in (_Stage.ASKING, _Stage.WAITING)

    def on_resize(self) -> None:
        self._show()

    def veil(self) -> None:
        self._code_shown = False
        self._show()

    def action_again(self) -> None:
        """Begin a login, the first or another one; while one goes on there is nothing to begin."""
        if self._stage in (_Stage.WAITING, _Stage.DONE) or (self._worker is not None and self._worker.is_running):
            return
        self._stage, self._outcome, self._code_shown = _Stage.ASKING, _asking, False
        self._show()
        self._worker = self.run_worker(self._follow(), name="logging in", group="login", exit_on_error=False)

    def action_copy(self) -> None:
        if self._code is not None:
            self.app.copy_to_clipboard(self._code.address)
            self._note = COPIED
            self._show()

    def action_show_code(self) -> None:
        """In private mode show the code and its picture, or hide them again."""
        if self._code is not None and self.private:
            self._code_shown = not self._code_shown
            self._show()

    def action_go_on(self) -> None:
        if self._stage is _Stage.DONE:
            self.dismiss(True)

    def action_close(self) -> None:
        self.dismiss(True if self._stage is _Stage.DONE else None)

    async def _follow(self) -> None:
        """Take the steps of one login as they come."""
        steps = self._steps()
        try:
            async for step in steps:
                self._take(step)
        except SanctumError as error:
            self._end(_Stage.FAILED, partial(self._failure, error.sentence))
        finally:
            # Also when the dialog closes: what the login holds open is closed with it.
            close = getattr(steps, "aclose", None)
            if close is not None:
                await close()
        if self._stage in (_Stage.ASKING, _Stage.WAITING):
            self._end(_Stage.FAILED, partial(self._failure, "The login ended without an answer."))

    def _take(self, step: "LoginStep") -> None:
        from sanctum_tui.twitch.login import LoggedIn, Offline, Waiting

        match step:
            case Waiting():
                self._code, self._trouble, self._stage = step.code, "", _Stage.WAITING
                self._seconds_left = step.seconds_left
                self._show()
            case Offline():
                # Before there is a code, the sentence alone is on the screen.
                self._trouble = step.sentence
                self._outcome = partial(self._away, step.sentence) if step.sentence else _asking
                self._seconds_left = step.seconds_left
                self._show()
            case LoggedIn():
                self._end(_Stage.DONE, partial(self._welcome, step))
            case _:
                self._end(_Stage.FAILED, partial(self._failure, step.sentence))

    def _end(self, stage: _Stage, words: Callable[[], Content]) -> None:
        """How it ended. The code is good for nothing now, and nobody's business."""
        self._stage, self._outcome = stage, words
        self._code, self._trouble, self._note = None, "", ""
        self._show()

    def _away(self, sentence: str) -> Content:
        return Content(f"✕ {self.seemly(sentence)}")

    def _failure(self, sentence: str) -> Content:
        return failure(self.seemly(sentence))

    def _welcome(self, step: "LoggedIn") -> Content:
        return welcome(step, _plain_cells(self.app.size), private=self.private)

    def _show(self) -> None:
        """Put on the screen what there is to see now, where it differs from what stands there."""
        if not self.is_mounted:
            return
        turns = f"s {'hides' if self._code_shown else 'shows'} the code · " if self.private and self._code else ""
        self.show_foot(f"{turns}{self._stage.value}")
        place = None if self._code is None else self._place(self._code)
        self.set_class(place is not None and place.qr, "-qr")
        self.set_class(place is not None and place.scale > 1, "-large")
        if self._code is None or place is None:
            self._put(self.told, self._outcome())
            self._put(self.picture, Content(""))
            return
        self._put(self.told, self._waiting(self._code, place))
        self._put(self.picture, qr_content(self._code.address) if place.qr else Content(""))

    @property
    def _code_hidden(self) -> bool:
        return self.private and not self._code_shown

    def _place(self, code: DeviceCode) -> Room:
        if self._code_hidden:
            return Room(1, False, _plain_cells(self.app.size))
        return room(self.app.size, code.address, code.code)

    @staticmethod
    def _put(place: Static, words: Content) -> None:
        if place.content != words:
            place.update(words)

    def _waiting(self, code: DeviceCode, place: Room) -> Content:
        address, drawn = typed_address(code.address, code.code), letters(code.code, place.scale) or [code.code]
        if self._code_hidden:
            # Where the address is not Twitch's own, the code may be a part of it.
            address, drawn = self.seemly(address), [CODE_HIDDEN]
        trouble = self.seemly(self._trouble)
        state = (f"✕ {trouble}", "bold $warning") if trouble else ("● Waiting for you.", "bold $accent")
        said = "and confirm this code, or scan the picture" if place.qr else "and confirm this code"
        tight = self.app.size.height < _ROOMY_ROWS
        rows = [
            Content.styled("On any device, open", "$hearth-quiet"),
            Content.styled(address, "bold $accent"),
            Content(""),
            Content.styled(said, "$hearth-quiet"),
            *([] if tight else [Content("")]),
            *(Content.styled(row, "bold $foreground") for row in drawn),
            Content(""),
            Content.assemble(state, "  ", left_words(self._seconds_left)),
        ]
        if self._note:
            rows.append(Content.styled(self._note, "$hearth-quiet"))
        if self._role is Role.BOT:
            rows += [Content(""), Content(BOT_IN_THE_BROWSER)]
        rows += [Content(""), Content.styled("What you are asked to allow", "bold $accent")]
        return Content("\n").join([*rows, *scope_rows(self._asked, place.cells)])


def _asking() -> Content:
    return Content(ASKING)


def login_dialog(settings: "Settings", paths: "Paths", role: Role = Role.STREAMER) -> LoginDialog:
    """The dialog over the real way to Twitch, which is opened anew for every code."""

    async def steps() -> "AsyncIterator[LoginStep]":
        # In a thread, for the dialog is on the screen already.
        await asyncio.to_thread(import_module, "sanctum_tui.twitch.access")
        from sanctum_tui.clock import SystemClock
        from sanctum_tui.twitch.access import opened

        async with opened(settings, paths, SystemClock()) as access, aclosing(access.log_in(role)) as told:
            async for step in told:
                yield step

    return LoginDialog(steps, role)
