"""The names of keys: what an operator may write, what Textual calls it, and how it is shown. Pure."""

from string import punctuation
from unicodedata import lookup, name

_SHORTER = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
"""Characters that Textual calls otherwise than Unicode does."""
_ALIASES = {
    "esc": "escape", "return": "enter", "del": "delete", "ins": "insert", "pgup": "pageup", "pgdn": "pagedown",
    "pgdown": "pagedown",
}  # fmt: skip
_FACES = {
    "up": "↑", "down": "↓", "left": "←", "right": "→", "pageup": "PgUp", "pagedown": "PgDn", "home": "Home",
    "end": "End", "escape": "Esc", "enter": "Enter", "tab": "Tab", "backspace": "Backspace", "insert": "Ins",
    "delete": "Del", "space": "space",
}  # fmt: skip
_NAMED = frozenset(_FACES) | {f"f{number}" for number in range(1, 25)}
_MODIFIERS = {"alt": "Alt", "ctrl": "Ctrl", "shift": "Shift"}
"""In the order in which Textual writes them."""
_SAME = {"ctrl+i": "Tab", "ctrl+m": "Enter", "ctrl+h": "Backspace", "ctrl+left_square_bracket": "Esc"}
"""Keys that most terminals send as another one."""


def _of_character(character: str) -> str:
    """What Textual calls a character's key."""
    if character == " ":
        return "space"
    if character.isalnum():
        return character
    long = name(character, "").lower().replace("-", "_").replace(" ", "_")
    return _SHORTER.get(long, long) or character


_SIGNS = {_of_character(sign): sign for sign in punctuation}
"""Signs on a keyboard, by the names of their keys."""


def key_named(written: str) -> tuple[str, str]:
    """What Textual calls a key that somebody wrote, and, where it is none, the rest of a sentence that says why."""
    if len(written) == 1:
        return (_of_character(written), "") if written.isprintable() else ("", _NO_KEY)
    # The plus sign may be the key itself: ctrl++.
    *held, last = written[:-1].split("+")
    last += written[-1]
    modifiers = {modifier.strip().lower() for modifier in held}
    key = last.strip()
    key = _of_character(key) if len(key) == 1 else _ALIASES.get(key.lower(), key.lower())
    if not modifiers <= _MODIFIERS.keys() or not (len(key) == 1 or key in _NAMED or key in _SIGNS):
        return "", _NO_KEY
    if len(key) == 1 and modifiers:
        if modifiers == {"shift"}:
            return key.upper(), ""
        key = key.lower()
    full = "+".join([*(modifier for modifier in _MODIFIERS if modifier in modifiers), key])
    if full in _SAME:
        return "", f"which a terminal cannot tell from {_SAME[full]}; choose another one."
    return full, ""


_NO_KEY = "which is no key's name; write a letter or a sign, or a name such as f5, ctrl+g or pagedown."


def face_of(key: str) -> str:
    """A key as people know it, from what Textual calls it."""
    *modifiers, last = key.split("+")
    if modifiers:
        face = face_of(last)
        held = [_MODIFIERS.get(modifier, modifier) for modifier in modifiers]
        return "+".join([*held, face.upper() if len(face) == 1 else face])
    if last in _FACES:
        return _FACES[last]
    if last in _SIGNS:
        return _SIGNS[last]
    if last in _NAMED:
        return last.upper()
    if len(last) > 1:
        try:
            return lookup(last.replace("_", " "))
        except KeyError:
            return last
    return last
