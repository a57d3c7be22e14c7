"""How a terminal is told that a line waits: its title, and a notification of the desktop. Pure: text in, bytes out.

Nothing of the chat and nothing of the line is in it: a notification may be on stream, or on a locked screen.
"""

from collections.abc import Mapping

from sanctum_tui.text import single_spaced

WAITS = "A line waits for you."
TITLE_WAITS = "◆ a line waits · Sanctum"
TITLE = "Sanctum"

_ESCAPE, _BELL, _END = "\x1b", "\x07", "\x1b\\"
_KEEP_TITLE, _RESTORE_TITLE = "\x1b[22;2t", "\x1b[23;2t"
"""Onto xterm's stack of titles, and back; a terminal without one ignores both and keeps our own."""

_BY_MARK = (
    ("KITTY_WINDOW_ID", "osc99"),
    ("ITERM_SESSION_ID", "osc9"),
    ("WEZTERM_PANE", "osc777"),
    ("GHOSTTY_RESOURCES_DIR", "osc777"),
)
"""Variables that outlive a tmux in between, which puts its own name where the terminal's was."""
_BY_NAME = {"iTerm.app": "osc9", "WezTerm": "osc777", "ghostty": "osc777", "kitty": "osc99"}
_BY_TERM = (("xterm-kitty", "osc99"), ("xterm-ghostty", "osc777"), ("foot", "osc777"), ("rxvt", "osc777"))


def dialect(chosen: str, environment: Mapping[str, str]) -> str:
    """The sequence that the desktop is notified by: the one that was chosen, or the one this terminal knows.

    "" where it is off, or the terminal is none of those that are known to understand one: others might print it.
    """
    if chosen != "auto":
        return "" if chosen == "off" else chosen
    for variable, known in _BY_MARK:
        if environment.get(variable):
            return known
    name, term = environment.get("TERM_PROGRAM", ""), environment.get("TERM", "")
    return _BY_NAME.get(name) or next((known for begins, known in _BY_TERM if term.startswith(begins)), "")


def notification(spoken: str, words: str, environment: Mapping[str, str]) -> str:
    """What makes the terminal notify the desktop, in the dialect it speaks; "" in none."""
    said = _plain(words)
    match spoken:
        case "osc9":
            sequence = f"{_ESCAPE}]9;{said}{_BELL}"
        case "osc777":
            sequence = f"{_ESCAPE}]777;notify;{TITLE};{said}{_BELL}"
        case "osc99":
            sequence = f"{_ESCAPE}]99;i=sanctum;{TITLE}: {said}{_END}"
        case _:
            return ""
    return _through_tmux(sequence) if environment.get("TMUX") else sequence


def title(words: str) -> str:
    """Put words into the terminal's title, and keep the one that was there."""
    return f"{_KEEP_TITLE}{_ESCAPE}]2;{_plain(words)}{_BELL}"


def title_restored() -> str:
    """Put the title back that was there before."""
    return f"{_ESCAPE}]2;{TITLE}{_BELL}{_RESTORE_TITLE}"


def _plain(words: str) -> str:
    """Nothing that would end the sequence early, or begin another field of it."""
    kept = "".join(character if character.isprintable() else " " for character in words)
    return single_spaced(kept.replace(";", ","))


def _through_tmux(sequence: str) -> str:
    """As tmux hands it on to the terminal that it runs in, where its allow-passthrough is on."""
    return f"{_ESCAPE}Ptmux;{sequence.replace(_ESCAPE, _ESCAPE * 2)}{_END}"
