"""The keys for the stream: title and category, texts to copy, test mode, the connection, and the evening's end."""

from typing import TYPE_CHECKING

from sanctum_tui.chat import Live
from sanctum_tui.errors import NotReadyError
from sanctum_tui.twitch.values import LinkState
from sanctum_tui.ui.actions.line import OPENING

if TYPE_CHECKING:
    from sanctum_tui.runtime.broadcasting import Broadcasting
    from sanctum_tui.runtime.evening import Evening
    from sanctum_tui.ui.app import SanctumApp
    from sanctum_tui.ui.dialogs.evening import Ending

TEST_MODE = "TWITCH_OFFLINE_CHAT_TEST_MODE"
ENDED_ALREADY = "That evening has ended already; nothing was changed."


class StreamKeys:
    """Opens the dialogs for the stream, and does what they answer."""

    def __init__(self, app: "SanctumApp") -> None:
        self._app = app

    async def info(self) -> None:
        from sanctum_tui.ui.dialogs.stream import StreamInfoDialog

        dashboard = self._evening.dashboard
        dialog = StreamInfoDialog(self._live.on_air.studio, title=dashboard.title, game=dashboard.game)
        self._app.push_screen(dialog, self._done)

    async def notification(self) -> None:
        from sanctum_tui.dashboard.names import template_heading
        from sanctum_tui.dashboard.rules import NOTIFICATION_MOST
        from sanctum_tui.ui.dialogs.copying import CopyDialog

        text, heading = self._evening.dashboard.notification, template_heading("notification")
        self._app.push_screen(CopyDialog("Go-live notification", text, heading=heading, most=NOTIFICATION_MOST))

    async def social(self) -> None:
        from sanctum_tui.dashboard.names import template_heading
        from sanctum_tui.dashboard.rules import POST_MOST, post_length
        from sanctum_tui.ui.dialogs.copying import CopyDialog

        text, heading = self._evening.dashboard.social_post, template_heading("social_post")
        self._app.push_screen(
            CopyDialog("Social post", text, heading=heading, most=POST_MOST, taker="X", length=post_length)
        )

    async def test_mode(self) -> None:
        evening, on_air = self._evening, self._live.on_air
        on = not evening.settings.twitch_offline_chat_test_mode
        evening.change(TEST_MODE, on)
        on_air.gate.look_again()
        await evening.orchestrator.look()
        self._say(*_test_mode_words(evening, on_air.gate.on_air, on))

    async def retry(self) -> None:
        on_air = self._live.on_air
        state = on_air.link.state
        on_air.retry_now()
        if state is LinkState.REFUSED:
            self._say("Twitch refused the connection. Log in here, or run `sanctum-tui login`.", warning=True)
            self._app.host.offer_login()
        elif state is LinkState.UP:
            self._say(f"Chat is connected. Twitch is asked again about the stream; so far, {on_air.gate.why}.")
        else:
            self._say("Connecting to chat now, and asking again whether the stream is live.")

    async def end(self) -> None:
        from sanctum_tui.ui.dialogs.evening import EveningDialog

        evening = self._evening
        live = evening.broadcasting

        async def answered(answer: "Ending | None") -> None:
            await self._end(evening, answer)

        question = "" if live is None else live.question.question
        self._app.push_screen(EveningDialog(question, live=live is not None), answered)

    async def _end(self, evening: "Evening", answer: "Ending | None") -> None:
        from sanctum_tui.ui.dialogs.evening import Ending

        if answer is None:
            return
        stage = self._app.stage
        if stage.evening is not evening or not stage.playing:
            # It ended while the dialog was open; another one may have begun, which nobody meant.
            self._say(ENDED_ALREADY, warning=True)
        elif answer is Ending.END:
            stage.turn_over()
        elif evening.broadcasting is not None:
            evening.broadcasting.go_on()
            self._say("The evening goes on, whatever the stream does, until you end it.")

    def _done(self, words: str | None) -> None:
        if words is not None:
            self._say(words)

    @property
    def _evening(self) -> "Evening":
        evening = self._app.stage.evening
        if evening is None:
            raise NotReadyError(OPENING)
        return evening

    @property
    def _live(self) -> "Broadcasting":
        live = self._evening.broadcasting
        if live is None:
            raise RuntimeError("keys for the stream, and a replay")
        return live

    def _say(self, words: str, warning: bool = False) -> None:
        self._app.say(words, severity="warning" if warning else "information")
        if (presenter := self._app.presenter) is not None:
            presenter.tick()


def _test_mode_words(evening: "Evening", on_air: Live, on: bool) -> tuple[str, bool]:
    """What the test mode means from now on, and whether that is a warning."""
    channel = f"#{evening.origin.channel}"
    if on:
        although = "although the stream is not live" if on_air is not Live.YES else "also when the stream is not live"
        return f"Offline test mode is ON: approved lines are posted to {channel} {although}.", True
    if not evening.settings.twitch_require_live_stream:
        also = f"approved lines are still posted to {channel} while the stream is not live"
        return f"Offline test mode is off, but TWITCH_REQUIRE_LIVE_STREAM is off too: {also}.", True
    return "Offline test mode is off: nothing is posted while the stream is not live.", False
