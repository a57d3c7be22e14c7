"""Brings evenings onto the screen: the first choice, the login, one evening after the other, and the end."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from sanctum_tui.errors import NotReadyError, SanctumError
from sanctum_tui.paths import Paths, shipped
from sanctum_tui.settings import Settings
from sanctum_tui.text import clean
from sanctum_tui.twitch.values import Role
from sanctum_tui.ui.panes.status import WARNING, Piece

if TYPE_CHECKING:
    from sanctum_tui.runtime.evening import Evening
    from sanctum_tui.runtime.plan import AnyPlan
    from sanctum_tui.ui.app import SanctumApp
    from sanctum_tui.ui.dialogs.welcome import Choice

log = logging.getLogger(__name__)

SAMPLE_SPEED = 30.0


class Host:
    """The stage's audience, on behalf of the app."""

    def __init__(self, app: "SanctumApp", settings: Settings, paths: Paths, plan: "AnyPlan | None") -> None:
        self._app = app
        self._settings = settings
        self._paths = paths
        self._plan = plan
        self._ledger: Path | None = None
        """Of the evening that ended last, to be shown in the next one."""
        self.last_words = ""
        """What became of the evening when it ended, and where its ledger is."""
        self._role = Role.STREAMER
        """Who is to log in."""
        self._told_waiting = ""

    def begin(self) -> None:
        """Open the evening that was asked for, or offer what there is."""
        if self._plan is not None:
            self._app.stage.start(self._plan)
            return
        from sanctum_tui.twitch.store import known
        from sanctum_tui.ui.dialogs.welcome import WelcomeDialog

        folders = sorted(Path(str(folder)) for folder in shipped("sample_dashboards").iterdir() if folder.is_dir())
        id_goes_to = None if self._settings.twitch_client_id else self._paths.settings_file
        dialog = WelcomeDialog(folders, known=known(self._settings, self._paths), id_goes_to=id_goes_to)
        self._app.push_screen(dialog, self._chosen)

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

        self._app.push_screen(login_dialog(self._settings, self._paths, self._role), connected)

    async def opened(self, evening: "Evening") -> None:
        from sanctum_tui.ui.papers import Papers
        from sanctum_tui.ui.presenter import Presenter

        app = self._app
        app.papers = Papers(app, evening, app.monotonic)
        app.presenter = Presenter(app, evening, app.papers, app.monotonic)
        await app.presenter.begin()
        if evening.notes:
            app.say(" ".join(evening.notes))
        mounting = app.papers.mount(self._ledger)
        app.run_worker(mounting, name="mounting the papers", group="papers", exit_on_error=False)

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

        if isinstance(error, LoginNeededError) and self._settings.twitch_client_id:
            if known(self._settings, self._paths):
                # Somebody was logged in, so the dialog alone would not say why it is there.
                self._app.say(error.sentence, severity="warning")
            self._role = error.role
            self.offer_login()
            return
        self._app.exit(return_code=int(error.exit_code), message=Text(clean(f"sanctum-tui: {error.sentence}")))

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
        elif choice.folder is not None:
            from sanctum_tui.runtime.plan import Plan

            self._app.stage.start(Plan(choice.folder / "chat.jsonl", speed=SAMPLE_SPEED))

    def _go_live(self) -> None:
        from sanctum_tui.runtime.plan import LivePlan

        self._app.stage.start(self._plan if isinstance(self._plan, LivePlan) else LivePlan())
