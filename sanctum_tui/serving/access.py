"""Who may see the console: rules over what a browser sends, each with the reason for the log."""

import hmac
import os
import re
import secrets
import stat
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from sanctum_tui.errors import BadInputError
from sanctum_tui.paths import write_atomically

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
REFUSED = "This address shows nothing. Open the one that `sanctum-tui serve` has printed.\n"
"""The same answer whatever was wrong: nobody learns from it how wrong a guess was."""


_KEPT = re.compile(r"[A-Za-z0-9_-]{24,200}")
"""A token that is read from a file: no shorter than 18 bytes in base64, and fit to stand in an address."""
_MOST_READ = 1024


def new_token() -> str:
    """A token that nobody can guess."""
    return secrets.token_urlsafe(24)


def kept_token(path: Path) -> str:
    """The token in this file; a new one is put there where there is none yet.

    Raises BadInputError for a file that holds something else or that others may read, and for what is no file;
    StorageError where it cannot be written.
    """
    try:
        mode, kept = _read(path)
    except FileNotFoundError:
        token = new_token()
        write_atomically(path, f"{token}\n", private=True)
        return token
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"The token in {path} cannot be read; name another --token-file.") from error
    if not stat.S_ISREG(mode):
        raise BadInputError(f"{path} is no file, and keeps no token; name another --token-file.")
    if not _KEPT.fullmatch(kept):
        raise BadInputError(f"{path} holds no token of ours; name another --token-file, which is made by itself.")
    if os.name == "posix" and mode & 0o077:
        raise BadInputError(f"Others on this machine can read {path}; `chmod 600` it, or name another --token-file.")
    return kept


def _read(path: Path) -> tuple[int, str]:
    """What stands at `path`, and the beginning of what a file there holds. It waits for no pipe."""
    opened = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    try:
        mode = os.fstat(opened).st_mode
        return mode, os.read(opened, _MOST_READ).decode("ascii").strip() if stat.S_ISREG(mode) else ""
    finally:
        os.close(opened)


@dataclass(frozen=True, slots=True)
class Access:
    """What one start of the server lets in."""

    port: int
    hosts: frozenset[str]
    """Names under which a page may have been opened; any other is somebody's who points a name of theirs here."""
    token: str = field(default_factory=new_token, repr=False)
    """In the address that is printed."""
    pass_word: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    """In the cookie, which other servers on this machine are sent as well: it is not the address."""

    @property
    def cookie(self) -> str:
        """Cookies know no ports; two servers on one machine keep two."""
        return f"sanctum-{self.port}"

    def refusal(
        self, headers: Mapping[str, str], token: str, cookies: Mapping[str, str], *, socket: bool = False
    ) -> str:
        """Why a request is refused; "" where it may pass. A web socket has to say which page it is from."""
        host, port = split_host(headers.get("Host", ""))
        if host not in self.hosts or port != self.port:
            return "the Host is none of ours"
        origin = headers.get("Origin")
        if (socket or origin is not None) and origin != f"http://{headers.get('Host', '')}":
            return "it comes from another site's page"
        if not (_same(token, self.token) or _same(cookies.get(self.cookie, ""), self.pass_word)):
            return "the token is wrong"
        return ""


def hosts_of(bound_to: str, names: Collection[str]) -> frozenset[str]:
    """The names a page may be opened under; `names` are this machine's, which count where others may connect."""
    hosts = {*_LOOPBACK, bound_to.lower()}
    if not only_here(bound_to):
        hosts.update(name.lower() for name in names)
    return frozenset(hosts)


def only_here(host: str) -> bool:
    """Whether nobody but this machine can connect."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def split_host(value: str) -> tuple[str, int]:
    """Name and port of a Host header; port 0 where it cannot be read."""
    name, colon, port = value.rpartition(":")
    if not colon or port.endswith("]"):
        name, port = value, "80"
    return name.strip("[]").lower(), int(port) if port.isascii() and port.isdecimal() and len(port) < 6 else 0


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), right.encode())
