"""Brings evenings onto the screen: the first choice, the login, one evening after the other, and the end."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from rich.text import Text

from sanctum_tui.errors import NotReadyError, SanctumError
from sanctum_tui.paths import Paths, shipped
from sanctum_tui.settings import Settings
from sanctum_tui.text import clean
from sanctum_tui.twitch.roles import Role
from sanctum_tui.ui.look.concealing import conceal
from sanctum_tui.ui.moods import OPENING, Timer
from sanctum_tui.ui.panes.status import WARNING, Piece
from sanctum_tui.ui.settingup import SettingUp

if TYPE_CHECKING:
    from sanctum_tui.runtime.evening import Evening
    from sanctum_tui.runtime.left import Left
    from sanctum_tui.runtime.plan import AnyPlan
    from sanctum_tui.ui.app import SanctumApp
    from sanctum_tui.ui.dialogs.welcome import Choice

log = logging.getLogger(__name__)

SAMPLE_SPEED = 60.0
"""A newcomer sees the first line wait after half a minute, and can still read what scrolls by until then."""


class Host:
    """The stage's audience, on behalf of the app."""

    def __init__(
        self,
        app: "SanctumApp",
        settings: Settings,
        paths: Paths,
        plan: "AnyPlan | None",
        sources: Mapping[str, str] | None = None,
    ) -> None:
        """`sources` tells where each setting came from, by its name in capitals, but for the defaults."""
        self._app = app
        self.settings = settings
        """As they were at the start, and as they were kept since; what holds for the evening alone is not in them."""
        self.sources = dict(sources or {})
        self.paths = paths
        self._plan = plan
        self._ledger: Path | None = None
        """Of the evening that ended last, to be shown in the next one."""
        self.last_words = ""
        """What became of the evening when it ended, and where its ledger is."""
        self._role = Role.STREAMER
        """Who is to log in."""
        self.setting_up = SettingUp(app, self)
        self._left: tuple[Left, ...] | None = None
        """The evenings that were left unfinished when the console started; None: nobody has looked yet."""
        self._told_waiting = ""

    def begin(self) -> None:
        """Open the evening that was asked for, or offer what there is."""
        if self._plan is not None:
            self._start(self._plan)
            return
        from sanctum_tui.twitch.store import known
        from sanctum_tui.ui.dialogs.welcome import WelcomeDialog

        folders = sorted(Path(str(folder)) for folder in shipped("sample_dashboards").iterdir() if folder.is_dir())
        dialog = WelcomeDialog(
            folders,
            known=known(self.settings, self.paths),
            id_goes_to=None if self.settings.twitch_client_id else self.paths.settings_file,
            keep_id=self.setting_up.keep_id,
            steps=self.setting_up.steps(),
            left=self._look_back([folder / "chat.jsonl" for folder in folders]),
        )
        self._app.push_screen(dialog, self._chosen)

    def set_up(self) -> None:
        """Offer what the welcome offers, and all of it, at any time."""
        self.setting_up.offer()

    def kept(self, name: str, settings: Settings) -> None:
        """A setting's value is in the settings file by now."""
        value = {name.lower(): getattr(settings, name.lower())}
        self.settings = msgspec.structs.replace(self.settings, **value)
        if (evening := self._app.stage.evening) is not None:
            evening.settings = msgspec.structs.replace(evening.settings, **value)
        if name not in self.sources or self.sources[name] == str(self.paths.settings_file):
            self.sources[name] = str(self.paths.settings_file)
        self._app.stage.begin_with(self.settings)

    def offer_login(self) -> None:
        """Connect to Twitch here and now, and go live after it."""
        from sanctum_tui.ui.dialogs.login import login_dialog

        def connected(done: bool | None) -> None:
            if self._app.stage.playing:
                evening = self._app.stage.evening
                if done and evening is not None and evening.broadcasting is not None:
                    evening.broadcasting.on_air.retry_now()
                    self._app.say("Connected. Chat is tried again with the new login.")
            elif done:
                self._go_live()
            elif self._plan is None:
                self.begin()
            else:
                self._app.exit(return_code=int(NotReadyError.exit_code))

        self._app.push_screen(login_dialog(self.settings, self.paths, self._role), connected)

    async def opened(self, evening: "Evening") -> None:
        from sanctum_tui.ui.papers import Papers
        from sanctum_tui.ui.presenter import Presenter

        app = self._app
        app.keys.look.carry(evening)
        app.papers = Papers(app, evening, app.monotonic)
        app.presenter = Presenter(app, evening, app.papers, app.monotonic)
        await app.presenter.begin()
        if evening.notes:
            app.say(" ".join(evening.notes))
        mounting = app.papers.mount(self._ledger)
        app.run_worker(mounting, name="mounting the papers", group="papers", exit_on_error=False)

    async def unsaved(self) -> str:
        """Write what was typed and is on no disk yet; why that does not work, or "" where it is by now."""
        review, papers = self._app.keys.review, self._app.papers
        await review.save_edits()
        return review.unsaved or ("" if papers is None else await papers.save())

    async def closing(self) -> None:
        """Write half-edited lines, and let go of the evening; what is on the screen stays there."""
        app = self._app
        if app.presenter is None or app.papers is None:
            return
        app.workers.cancel_group(app, "drafts")
        app.presenter.close()
        app.review.show_status("")
        app.review.show_writing("")
        if app.review.editing is not None:
            await app.review.end_edit()
        await app.keys.review.save_edits()
        await app.papers.close()
        app.presenter = app.papers = None

    def over(self, path: Path | None, trouble: str) -> None:
        self._ledger = path
        if self._app.presenter is not None:
            self._app.presenter.tick()
        self.last_words = trouble or f"The evening has ended. Its ledger is {path}"
        self._app.say(self.last_words, severity="error" if trouble else "information")

    def waiting(self, what: str, sentence: str, seconds: float) -> None:
        if self._told_waiting != sentence:
            self._told_waiting = sentence
            self._app.say(sentence, severity="warning")
        self._app.status.show([Piece(f"✕ {what}, next try in {seconds:g} s; q quits", 10, WARNING)])

    def refused(self, error: SanctumError) -> None:
        from sanctum_tui.twitch.errors import LoginNeededError
        from sanctum_tui.twitch.store import known

        self._app.silence.show(Timer())
        if isinstance(error, LoginNeededError) and self.settings.twitch_client_id:
            if known(self.settings, self.paths):
                # Somebody was logged in, so the dialog alone would not say why it is there.
                self._app.say(error.sentence, severity="warning")
            self._role = error.role
            self.offer_login()
            return
        told = clean(f"sanctum-tui: {error.sentence}")
        message = Text(conceal(told) if self._app.private else told)
        self._app.exit(return_code=int(error.exit_code), message=message)

    def crashed(self, error: Exception) -> None:
        if not self._app.query("#panes"):
            # The console is closing, and its widgets went before the evening was on the screen.
            log.info("the evening was not shown: the console closed", exc_info=error)
            return
        self._app.close_after(error)

    def _chosen(self, choice: "Choice | None") -> None:
        from sanctum_tui.ui.dialogs.welcome import ChoiceKind

        if choice is None:
            self._app.exit(0)
        elif choice.kind is ChoiceKind.LOGIN:
            self.offer_login()
        elif choice.kind is ChoiceKind.LIVE:
            self._go_live()
        elif choice.step is not None:
            self.setting_up.take(choice.step, then=self.begin)
        elif choice.folder is not None:
            from sanctum_tui.runtime.plan import Plan

            self._start(Plan(choice.folder / "chat.jsonl", speed=SAMPLE_SPEED, fresh=choice.fresh))

    def write(self, values: Mapping[str, object]) -> None:
        """Write settings into their file, and begin the next evening with them. Raises a SanctumError."""
        from sanctum_tui.settings.writing import keep

        settings = msgspec.structs.replace(self.settings, **{name.lower(): value for name, value in values.items()})
        keep(self.paths.settings_file, settings, *values)
        for name in values:
            self.kept(name, settings)

    def _go_live(self) -> None:
        from sanctum_tui.runtime.plan import LivePlan

        self._start(self._plan if isinstance(self._plan, LivePlan) else LivePlan())

    def _start(self, plan: "AnyPlan") -> None:
        self._app.silence.show(OPENING)
        self._app.stage.start(plan)

    def _look_back(self, logs: Sequence[Path]) -> "Callable[[], Awaitable[tuple[Left, ...]]] | None":
        """Asks once which evenings were left unfinished; None where there is none."""
        looking = self._app.stage.looking_back
        if self._left == () or not looking.worthwhile(self.settings):
            return None

        async def look() -> "tuple[Left, ...]":
            if self._left is None:
                self._left = await looking.look(self.settings, logs)
            return self._left

        return look
