"""Where Twitch is: its own addresses, or a stand-in on this machine for a rehearsal."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from sanctum_tui.errors import BadInputError


@dataclass(frozen=True, slots=True)
class Addresses:
    """The three services of Twitch that are used."""

    helix: str = "https://api.twitch.tv/helix/"
    identity: str = "https://id.twitch.tv/oauth2/"
    eventsub: str = "wss://eventsub.wss.twitch.tv/ws"
    rehearsal: bool = False
    """A stand-in answers, not Twitch; the console says so all the time."""


def addresses(server: str) -> Addresses:
    """Twitch's addresses, or with ``TWITCH_SERVER`` those of a stand-in.

    Raises BadInputError for anything that is not plain HTTP on this machine: tokens are sent there.
    """
    if not server:
        return Addresses()
    try:
        parts = urlsplit(server)
        here = parts.hostname == "localhost" or ip_address(parts.hostname or "").is_loopback
        where = f"{parts.hostname}:{parts.port or 80}" if ":" not in (parts.hostname or "") else parts.netloc
    except ValueError:
        here, where = False, ""
    if not here or parts.scheme != "http" or parts.path.strip("/") or parts.query or parts.username:
        raise BadInputError(
            f"TWITCH_SERVER is {server!r}; a stand-in for Twitch must be on this machine, as http://127.0.0.1:PORT."
        )
    return Addresses(f"http://{where}/helix/", f"http://{where}/oauth2/", f"ws://{where}/ws", rehearsal=True)
