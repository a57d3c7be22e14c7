"""Colour themes from TOML files, and what our own CSS variables are where a theme does not say.

A theme's file has ``name``, ``about`` (a few words), ``dark``, a table ``[colours]`` with Textual's base colours
(``primary`` at least) and a table ``[variables]`` with further CSS variables. With ``ansi = true`` its colours are
the terminal's own sixteen (``ansi_blue``, ``ansi_default``). Whatever is wrong with one becomes a sentence; the other
themes load.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from rich.errors import StyleSyntaxError
from rich.style import Style
from textual.color import Color, ColorParseError
from textual.theme import Theme

from sanctum_tui.paths import reason
from sanctum_tui.text import clean_line
from sanctum_tui.ui.look.colours import READABLE, as_hex, readable

BASE_COLOURS = (
    "primary", "secondary", "accent", "foreground", "background", "surface", "panel", "boost", "warning",
    "error", "success",
)  # fmt: skip
"""Textual's base colours, by the names of `Theme`'s fields."""

OUR_VARIABLES = {
    "hearth-quiet": ("#a89a8a", "#635849"),
    "state-active": ("#8fbf7f", "#3d6b2f"),
    "state-settling": ("#d9b26a", "#7d5a12"),
    "state-quiet": ("#8db4d0", "#2f5f80"),
    "state-ready": ("#ef9a5c", "#9a4511"),
    "state-muted": ("#b3a3b5", "#6a5670"),
    "agent": ("#e8a66a", "#8f4a14"),
    "flag": ("#f08a7a", "#a2301f"),
    "name-dim": ("#b0a595", "#655b4c"),
}
"""The CSS variables our panes use beyond Textual's, with defaults for a dark and for a light theme.

Words that step back; the states of the room (people talk, settling, quiet, a line may be drafted, the agent
is muted); the agent's own lines; a flag of the Warden; badges beside a name.
"""

_OWN_COLOURS = {
    "hearth-quiet": ("ansi_bright_black", "ansi_default"),
    "state-active": ("ansi_bright_green", "ansi_default"),
    "state-settling": ("ansi_bright_yellow", "ansi_magenta"),
    "state-quiet": ("ansi_bright_cyan", "ansi_blue"),
    "state-ready": ("ansi_bright_yellow", "ansi_red"),
    "state-muted": ("ansi_bright_magenta", "ansi_magenta"),
    "agent": ("ansi_bright_yellow", "ansi_blue"),
    "flag": ("ansi_bright_red", "ansi_red"),
    "name-dim": ("ansi_white", "ansi_default"),
}
"""The same from the sixteen colours of a dark and of a light terminal, of which only some can be read on white."""

_ANSI_GROUND = {
    "ansi-background": ("ansi_black", "ansi_white"),
    "ansi-foreground": ("ansi_white", "ansi_black"),
}
"""What Textual's own CSS asks of a theme of the terminal's colours (8.2.8), and fails without."""

_MOST = 21
"""The contrast of black and white."""
_LAID_OVER = "boost"
"""The one base colour that lies over another."""
_VARIABLE = re.compile(r"[a-z][a-z0-9-]*")
_ALPHA = re.compile(r"\s+\d{1,3}%$")
_TEXT_STYLES = frozenset({"bold", "dim", "italic", "none", "not", "reverse", "strike", "underline"})


@dataclass
class OurTheme(Theme):
    """A theme from a file."""

    about: str = ""
    """What it is like, in a few words."""
    contrast: float = READABLE
    """What colours that are not its own, such as people's names, are corrected to."""


class _BadThemeError(Exception):
    """What is wrong with a theme's file, as the end of a sentence."""


def load_themes(folders: Iterable[Traversable]) -> tuple[tuple[OurTheme, ...], tuple[str, ...]]:
    """The themes in these folders, by file name, and a sentence for each file that cannot be used.

    A later folder's theme replaces an earlier one of its name. A folder that is not there has no themes.
    """
    themes: dict[str, OurTheme] = {}
    failures: list[str] = []
    for folder in folders:
        try:
            # A pipe of that name would be waited for.
            found = (file for file in folder.iterdir() if file.name.endswith(".toml") and file.is_file())
            files = sorted(found, key=lambda it: it.name)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            failures.append(f"The themes in {folder} cannot be read ({reason(error)}).")
            continue
        for file in files:
            try:
                theme = _read(file)
            except _BadThemeError as error:
                where = file if isinstance(file, Path) else file.name
                failures.append(f"The theme {where} was left out: {error}.")
            else:
                themes[theme.name] = theme
    return tuple(themes.values()), tuple(failures)


def variable_defaults(theme: Theme) -> dict[str, str]:
    """What the app's ``get_theme_variable_defaults()`` returns: our variables, readable on the theme's background."""
    if theme.ansi:
        return {name: pair[0 if theme.dark else 1] for name, pair in (_OWN_COLOURS | _ANSI_GROUND).items()}
    background = Color.parse(theme.background or ("#121212" if theme.dark else "#efefef"))
    behind = background.rgb if background.ansi is None else ((0, 0, 0) if theme.dark else (255, 255, 255))
    chosen = {name: Color.parse(pair[0 if theme.dark else 1]).rgb for name, pair in OUR_VARIABLES.items()}
    least = least_contrast(theme)
    return {name: as_hex(readable(colour, behind, least)) for name, colour in chosen.items()}


def least_contrast(theme: Theme) -> float:
    """The contrast that words have at least in this theme, as far as it is up to us."""
    return theme.contrast if isinstance(theme, OurTheme) else READABLE


def check_grounds(theme: Theme) -> None:
    """Raise for a theme, whoever made it, that something may be seen through: an editor would fail in it later."""
    for name in BASE_COLOURS:
        if (value := getattr(theme, name)) is not None:
            _check_base_colour(name, value)


def _read(file: Traversable) -> OurTheme:
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise _BadThemeError(f"it cannot be read ({reason(error)})") from error
    except UnicodeDecodeError as error:
        raise _BadThemeError("it is not UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise _BadThemeError(f"it is not valid TOML ({error})") from error
    except (ValueError, RecursionError) as error:
        raise _BadThemeError("it holds a number too long, or brackets too deep, to be read") from error
    name = table.pop("name", file.name.removesuffix(".toml"))
    if not isinstance(name, str) or not name or "," in name or not name.isprintable():
        raise _BadThemeError("its name must be a word or words without a comma")
    about = table.pop("about", "")
    if not isinstance(about, str):
        raise _BadThemeError("about must be quoted words")
    contrast = table.pop("contrast", READABLE)
    if isinstance(contrast, bool) or not isinstance(contrast, int | float) or not READABLE <= contrast <= _MOST:
        raise _BadThemeError(f"contrast must be a number from {READABLE} to {_MOST}")
    dark, ansi = table.pop("dark", True), table.pop("ansi", False)
    if not isinstance(dark, bool) or not isinstance(ansi, bool):
        raise _BadThemeError("dark and ansi must be true or false")
    colours = _table(table, "colours")
    variables = _table(table, "variables")
    if table:
        raise _BadThemeError(f"it has an unknown key, {next(iter(table))!r}")
    for key, value in colours.items():
        if key not in BASE_COLOURS:
            raise _BadThemeError(f"it has an unknown colour, {key!r}; there are {', '.join(BASE_COLOURS)}")
        _check_base_colour(key, value)
    if "primary" not in colours:
        raise _BadThemeError("it has no primary colour")
    for key, value in variables.items():
        _check_variable(key, value)
    fields: dict[str, Any] = dict(colours)
    about = clean_line(about)
    return OurTheme(name=name, dark=dark, ansi=ansi, variables=variables, about=about, contrast=contrast, **fields)


def _table(table: dict[str, Any], name: str) -> dict[str, str]:
    value = table.pop(name, {})
    if not isinstance(value, dict) or not all(isinstance(entry, str) for entry in value.values()):
        raise _BadThemeError(f"[{name}] must be a table of quoted values")
    return value


def _check_variable(name: str, value: str) -> None:
    if not _VARIABLE.fullmatch(name):
        raise _BadThemeError(f"the variable {name!r} is not named in lower case, digits and hyphens")
    if name.endswith("-style"):
        _check_style(name, value)
    elif name in BASE_COLOURS:
        _check_base_colour(name, value)
    else:
        _check_colour(name, _ALPHA.sub("", value))


def _check_style(name: str, value: str) -> None:
    words = value.split()
    try:
        if not words or not _TEXT_STYLES.issuperset(words) or ("none" in words and len(words) > 1):
            raise StyleSyntaxError(value)
        Style.parse(value)
    except StyleSyntaxError as error:
        raise _BadThemeError(f"{name} is {value!r}, which is not a text style") from error


def _check_base_colour(name: str, value: str) -> None:
    if _check_colour(name, value).a < 1 and name != _LAID_OVER:
        raise _BadThemeError(f"{name} is {value!r}, which can be seen through; what lies under all cannot be")


def _check_colour(name: str, value: str) -> Color:
    try:
        return Color.parse(value)
    except ColorParseError as error:
        raise _BadThemeError(f"{name} is {value!r}, which is not a colour (#rrggbb)") from error
