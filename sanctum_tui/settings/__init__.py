"""What the operator may choose: the fields, and where their values come from."""

from sanctum_tui.settings.fields import KNOWN_BOTS
from sanctum_tui.settings.loading import (
    Loaded,
    SettingInfo,
    changed,
    describe,
    load,
    models_of,
    secrets_of,
    shown,
)
from sanctum_tui.settings.models import ModelChoice, ModelsOrder, ordered
from sanctum_tui.settings.screen import Settings
from sanctum_tui.settings.secret import Secret

__all__ = [
    "KNOWN_BOTS",
    "Loaded",
    "ModelChoice",
    "ModelsOrder",
    "Secret",
    "SettingInfo",
    "Settings",
    "changed",
    "describe",
    "load",
    "models_of",
    "ordered",
    "secrets_of",
    "shown",
]
