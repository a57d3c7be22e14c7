"""What the operator may choose: the fields, and where their values come from."""

from sanctum_tui.settings.fields import KNOWN_BOTS, Secret, Settings
from sanctum_tui.settings.loading import Loaded, SettingInfo, changed, describe, load, secrets_of, shown

__all__ = [
    "KNOWN_BOTS",
    "Loaded",
    "Secret",
    "SettingInfo",
    "Settings",
    "changed",
    "describe",
    "load",
    "secrets_of",
    "shown",
]
