"""The keys for the replay and the screen: pause, speed, panes, help, palette, quit."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.text import Text

from sanctum_tui.text import clean
from sanctum_tui.ui.keynames import face_of
from sanctum_tui.ui.look.concealing import conceal

if TYPE_CHECKING:
    from sanctum_tui.ui.app import SanctumApp
    from sanctum_tui.ui.dialogs.leaving import Leaving

SPEEDS = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, math.inf)
"""How many times as fast as it happened; the last is as fast as it goes."""

UNSAVED = "What you typed last is on this screen only; q again leaves without it."


class ReplayKeys:
    """Pace of the replay."""

    def __init__(self, app: "SanctumApp") -> None:
        self._app = app

    async def pause(self) -> None:
        if (evening := self._app.stage.evening) is not None:
            evening.player.pause(not evening.player.paused)
            self._shown()

    async def slower(self) -> None:
        self._change(lambda speed: max((other for other in SPEEDS if other < speed), default=SPEEDS[0]))

    async def faster(self) -> None:
        self._change(lambda speed: min((other for other in SPEEDS if other > speed), default=SPEEDS[-1]))

    def _change(self, step: Callable[[float], float]) -> None:
        evening = self._app.stage.evening
        if evening is None:
            return
        evening.player.set_speed(step(evening.player.speed))
        self._shown()

    def _shown(self) -> None:
        if (presenter := self._app.presenter) is not None:
            presenter.tick()


class ScreenKeys:
    """What is in front, and dialogs."""

    def __init__(self, app: "SanctumApp") -> None:
        self._app = app
        self._told_unsaved = False
        """It was told that something typed is on no disk; whoever quits again means it."""

    async def chat(self) -> None:
        self._app.frame.go_to("chat")

    async def silence(self) -> None:
        self._app.frame.go_to("silence")

    async def review(self) -> None:
        self._app.frame.go_to("review")

    async def dashboard(self) -> None:
        self._app.frame.go_to("dashboard")

    async def ledger(self) -> None:
        self._app.frame.go_to("ledger")

    async def zoom(self) -> None:
        frame = self._app.frame
        frame.bring(None if frame.front is not None else frame.focused)

    async def back(self) -> None:
        self._app.frame.bring(None)
        self._app.frame.go_to("review")

    async def elsewhere(self, key: str) -> None:
        """A key that works in other panes only: say where, but for the search, whose words would act as keys."""
        app = self._app
        actions = app.keyboard.in_panes(key)
        if not actions:
            return
        if any(action.id == "chat.search" for action in actions) and app.moment().open:
            app.frame.go_to("chat")
            app.chat.action_search()
            return
        places = [f"the {it.pane} ({app.keyboard.by_id[f'screen.{it.pane}'].shown_key})" for it in actions]
        app.say(f"{face_of(key)} works in {' and in '.join(places)}; go there first.", severity="warning")

    async def help(self) -> None:
        from sanctum_tui.ui.dialogs.help import HelpDialog

        app = self._app
        over_dialog = app.screen.is_modal

        async def pressed(id: str | None) -> None:
            # What a dialog asks comes before whatever the console could do.
            if id is not None and not over_dialog:
                await app.action_do(id)

        if not isinstance(app.screen, HelpDialog):
            app.push_screen(HelpDialog(app.keyboard, app.moment()), pressed)

    async def jump(self) -> None:
        """To a pane of the console, or in a dialog to one of the things in it."""
        from sanctum_tui.ui.dialogs.jump import JumpDialog, Target, targets_of

        def chosen(target: Target | None) -> None:
            if target is None:
                return
            if target.pane:
                self._app.frame.go_to(target.pane)
            else:
                target.widget.focus()

        if not isinstance(self._app.screen, JumpDialog):
            self._app.push_screen(JumpDialog(targets_of(self._app.screen)), chosen)

    async def palette(self) -> None:
        from textual.command import CommandPalette

        # Textual looks for one in front alone, and there may be one behind its help.
        if not any(isinstance(screen, CommandPalette) for screen in self._app.screen_stack):
            self._app.action_command_palette()

    async def quit(self) -> None:
        """Close the console; asks first while an evening goes on."""
        from sanctum_tui.ui.dialogs.leaving import LeavingDialog

        if self._app.stage.playing:
            self._app.push_screen(LeavingDialog(), self._left)
        else:
            await self._close()

    async def _left(self, leaving: "Leaving | None") -> None:
        from sanctum_tui.ui.dialogs.leaving import Leaving

        if leaving is Leaving.END:
            await self._app.stage.end()
            await self._close()
        elif self._app.stage.ended:
            # It came to its end behind the question.
            await self._close()
        elif leaving is Leaving.LEAVE:
            await self._close("The evening is left as it stands; the same command can go on with it.")

    async def _close(self, words: str = "") -> None:
        """Leave these words on the terminal, or the evening's last; a ledger's place is not told on stream.

        Where a disk does not take what was typed, the console stays, once, for its screen is all that has it.
        """
        trouble = await self._app.host.unsaved()
        if trouble and not self._told_unsaved:
            self._told_unsaved = True
            self._app.say(f"{trouble} {UNSAVED}", severity="error")
            return
        told = clean(words or self._app.host.last_words)
        self._app.exit(0, message=Text(conceal(told) if self._app.private else told) if told else None)
