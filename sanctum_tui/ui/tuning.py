"""Which settings can be changed from the palette, and to what. Pure."""

from dataclasses import dataclass

from sanctum_tui.settings import Settings, describe, shown
from sanctum_tui.ui.look.concealing import HIDDEN
from sanctum_tui.ui.settingrows import may_be_seen

_ELSEWHERE = frozenset({"THEME"})
"""Settings that the palette offers under names of their own."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """One change of a setting for this evening."""

    name: str
    """The setting's."""
    value: str | None
    """What it would be; None: that is to be asked."""
    now: str
    seemly: str
    """What it is now, as private mode shows it."""
    help: str

    @property
    def title(self) -> str:
        """As the palette has it."""
        if self.name == "LAYOUT":
            return f"Layout: {self.value}"
        return f"Setting: {self.name}…" if self.value is None else f"Setting: {self.name} {self.value}"


def tunings(settings: Settings) -> tuple[Tuning, ...]:
    """Every change there is to what may change while the console runs, in the order of the settings.

    What is on or off, or one of a few words, has an entry for each value that it does not have now.
    """
    found: list[Tuning] = []
    for info in describe():
        if not info.live or info.secret or info.name in _ELSEWHERE:
            continue
        now = shown(settings, info.name)
        seemly = now if may_be_seen(info, now) else HIDDEN
        values: list[str | None] = [value for value in info.choices if value != now] if info.choices else [None]
        found += [Tuning(info.name, value, now, seemly, info.description) for value in values]
    return tuple(found)


def question_of(tuning: Tuning) -> str:
    """What to ask where the value is to be typed."""
    return f"{tuning.name}, for this evening? {tuning.help}"
