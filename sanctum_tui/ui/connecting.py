"""Words of a login that the terminal and the console share. Knows no Textual."""

from math import ceil
from urllib.parse import urlsplit

_TWITCH = "twitch.tv"
BOT_IN_THE_BROWSER = "Be logged in there as the bot, not as yourself; a private window of the browser helps."


def left_words(seconds: float) -> str:
    """How long a code is still good: in minutes, begun ones whole, and in seconds within the last of them."""
    if seconds > 60:
        return f"{ceil(seconds / 60)} min left"
    return f"{max(0, ceil(seconds))} s left"


def typed_address(address: str, code: str) -> str:
    """What a person types who has the code to type in anyway: Twitch's address without what fills it in."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if code in parts.query and (host == _TWITCH or host.endswith(f".{_TWITCH}")):
        return f"{host}{parts.path}"
    return address
