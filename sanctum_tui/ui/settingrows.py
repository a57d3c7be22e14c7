"""The settings as rows to look at and to search: value, where it comes from, what may be done with it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path, PurePath
from typing import Final

from sanctum_tui.settings import SettingInfo, Settings, describe, shown
from sanctum_tui.ui.look.concealing import HIDDEN, conceal

TONIGHT: Final = "tonight"
DEFAULT: Final = "default"
AT_START: Final = "at the start"
"""Where a value came from that nobody noted."""
_ACCOUNTS: Final = frozenset({"TWITCH_CHANNEL_NAME", "TWITCH_CLIENT_ID", "TWITCH_BOT_USERNAME"})
_ADDRESSES: Final = frozenset({"TWITCH_SERVER", "LLM_BASE_URL", "MODELS"})
_PLACES: Final = "Files"
"""The group whose texts are places on this machine."""


class Way(Enum):
    """How a setting is changed from the console."""

    TOGGLED = "Enter turns it"
    CHOSEN = "Enter chooses another"
    ASKED = "Enter changes it"
    ELSEWHERE = "It is read at the start"


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting as it is now; `info` is None for a heading, which is the `name` of a group."""

    name: str
    info: SettingInfo | None = None
    value: str = ""
    """As it may be shown."""
    source: str = ""
    where: str = ""
    """The source in full: a file with its folder."""
    way: Way = Way.ELSEWHERE
    hidden: bool = False

    @property
    def own(self) -> bool:
        """Whether somebody chose it."""
        return self.source not in ("", DEFAULT)


def rows_of(
    settings: Settings,
    started: Settings,
    sources: Mapping[str, str],
    *,
    query: Sequence[str] = (),
    private: bool = False,
) -> tuple[SettingRow, ...]:
    """The settings that a search finds, under the headings of their groups.

    `started` and `sources` tell how the console was started; what differs from that was changed tonight.
    """
    found: list[SettingRow] = []
    for info in describe():
        row = _row(info, settings, started, sources, private=private)
        told = f"{info.name} {info.group} {info.description} {row.value} {row.source}".lower()
        if not all(word in told for word in query):
            continue
        if not found or _group(found[-1]) != info.group:
            found.append(SettingRow(info.group))
        found.append(row)
    return tuple(found)


def way_of(info: SettingInfo) -> Way:
    """How this setting is changed from the console."""
    if not info.live or info.secret:
        return Way.ELSEWHERE
    if info.choices == ("on", "off"):
        return Way.TOGGLED
    return Way.CHOSEN if info.choices or info.name == "THEME" else Way.ASKED


def may_be_seen(info: SettingInfo, value: str) -> bool:
    """Whether a stream may see this value of a setting: no account, no address, no place on this machine."""
    if not value:
        return True
    if info.name in _ACCOUNTS or info.name in _ADDRESSES or info.secret:
        return False
    return (info.group != _PLACES or bool(info.choices)) and conceal(value) == value


def _row(
    info: SettingInfo, settings: Settings, started: Settings, sources: Mapping[str, str], *, private: bool
) -> SettingRow:
    value = shown(settings, info.name)
    if value != shown(started, info.name):
        source = where = TONIGHT
    elif where := sources.get(info.name, ""):
        source = PurePath(where).name if Path(where).is_absolute() else where
    else:
        source = where = DEFAULT if value == info.default else AT_START
    hidden = private and not may_be_seen(info, value)
    if private:
        where = source
    return SettingRow(info.name, info, HIDDEN if hidden else value, source, where, way_of(info), hidden)


def _group(row: SettingRow) -> str:
    return row.name if row.info is None else row.info.group
