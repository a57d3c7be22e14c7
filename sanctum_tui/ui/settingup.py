"""Sets the console up from within: the steps of the first run, offered at the welcome and at any time after it."""

import asyncio
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from sanctum_tui.errors import SanctumError
from sanctum_tui.twitch.roles import Role

if TYPE_CHECKING:
    from sanctum_tui.runtime.trying import Answered
    from sanctum_tui.settings import ModelChoice
    from sanctum_tui.ui.app import SanctumApp
    from sanctum_tui.ui.dialogs.welcome import Steps
    from sanctum_tui.ui.firstrun import Step
    from sanctum_tui.ui.hosting import Host


class SettingUp:
    """Asks what is to be known, and hands it to the host to be kept."""

    def __init__(self, app: "SanctumApp", host: "Host") -> None:
        self._app = app
        self._host = host
        self._offered: tuple[Step, ...] | None = None
        """What the first welcome offered: the next one's numbers are the same, whatever was done meanwhile."""

    def steps(self) -> "Steps":
        """What the welcome offers."""
        from sanctum_tui.ui.dialogs.welcome import Steps
        from sanctum_tui.ui.firstrun import Asked, is_set, open_steps

        asked = Asked(self._host.paths)
        if self._offered is None:
            self._offered = open_steps(self._host.settings, asked.read())

        def decline(step: "Step") -> None:
            if step in asked.read():
                asked.remove(step)
            else:
                asked.add(step)

        return Steps(
            self._offered,
            set_up=lambda step: is_set(step, self._host.settings, ""),
            declined=lambda step: step in asked.read(),
            decline=decline,
        )

    def offer(self) -> None:
        """Offer what the welcome offers, and all of it, at any time."""
        from sanctum_tui.runtime.places import ledger_folder
        from sanctum_tui.twitch.store import known
        from sanctum_tui.ui.dialogs.setup import SetupDialog
        from sanctum_tui.ui.firstrun import Step, standing_of
        from sanctum_tui.ui.look.concealing import HIDDEN

        settings, paths = self._host.settings, self._host.paths
        account, folder = known(settings, paths), ledger_folder(settings, paths)
        standing = {step: standing_of(step, settings, account, folder) for step in Step}
        if self._app.private:
            standing[Step.LEDGERS] = HIDDEN
            standing[Step.TWITCH] = "connected" if account else standing[Step.TWITCH]

        def chosen(step: "Step | None") -> None:
            if step is not None:
                self.take(step)

        self._app.push_screen(SetupDialog(standing), chosen)

    def take(self, step: "Step", then: Callable[[], None] = lambda: None) -> None:
        """Go through a step of the setting up; whoever leaves it goes back to where they were."""
        from sanctum_tui.ui.firstrun import Step

        def asked(values: Mapping[str, object]) -> None:
            if values:
                self._keep(values)
            then()

        match step:
            case Step.TWITCH if self._host.settings.twitch_client_id:
                self._connect()
            case Step.TWITCH:
                from sanctum_tui.ui.dialogs.client_id import ClientIdDialog

                file = self._host.paths.settings_file
                shown = Path(file.name) if self._app.private else file
                self._app.push_screen(ClientIdDialog(shown, self.keep_id, self._connect))
            case Step.MODEL:
                self._ask_for_model(asked)
            case Step.LEDGERS:
                self._ask_for_folder(asked)

    def _connect(self) -> None:
        """Connect an account; a live evening takes it up, and any other goes on as it is."""
        evening = self._app.stage.evening
        if evening is not None and evening.broadcasting is not None:
            self._host.offer_login()
            return
        from sanctum_tui.ui.dialogs.login import login_dialog

        def connected(done: bool | None) -> None:
            if done:
                self._app.say("✓ Connected. `sanctum-tui live` goes live on your channel.")

        self._app.push_screen(login_dialog(self._host.settings, self._host.paths, Role.STREAMER), connected)

    def _ask_for_model(self, asked: Callable[[Mapping[str, object]], None]) -> None:
        from sanctum_tui.ui.dialogs.newmodel import NewModelDialog, values_of

        async def ask(choice: "ModelChoice") -> "Answered":
            # The library behind it takes seconds to import.
            await asyncio.to_thread(import_module, "sanctum_tui.runtime.trying")
            from sanctum_tui.runtime.trying import try_model

            return await try_model(choice)

        def chosen(choice: "ModelChoice | None") -> None:
            asked({} if choice is None else values_of(choice))

        self._app.push_screen(NewModelDialog(ask), chosen)

    def _ask_for_folder(self, asked: Callable[[Mapping[str, object]], None]) -> None:
        from sanctum_tui.runtime.places import ledger_folder
        from sanctum_tui.ui.dialogs.setup import FolderDialog

        def chosen(folder: str | None) -> None:
            asked({} if folder is None else {"EXPORT_PATH": folder})

        self._app.push_screen(FolderDialog(ledger_folder(self._host.settings, self._host.paths)), chosen)

    def keep_id(self, id: str) -> None:
        """Write a client id down. Raises a SanctumError."""
        self._host.write({"TWITCH_CLIENT_ID": id})

    def _keep(self, values: Mapping[str, object]) -> None:
        """Keep what was set up, and say from when on it counts."""
        try:
            self._host.write(values)
        except SanctumError as error:
            self._app.say(error.sentence, severity="error")
            return
        late = self._app.stage.evening is not None and "LLM_MODEL" in values
        when = "from the next evening on" if late else "from now on"
        self._app.say(f"✓ Kept in {self._host.paths.settings_file}; it counts {when}.")
