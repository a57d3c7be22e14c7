"""Where the page is found: the port it listens on, the address to open, and what the operator is told of it."""

import errno
import socket
from collections.abc import Sequence
from contextlib import suppress

from sanctum_tui.errors import BadInputError
from sanctum_tui.serving.access import Access, only_here


def addresses_of(host: str) -> tuple[str, ...]:
    """What to write in front of the port in a browser's address: this machine's own where all are listened on."""
    if host not in ("0.0.0.0", "::"):
        return (host,)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outward, suppress(OSError):
        # Nothing is sent: it only asks which of our addresses others would see.
        outward.connect(("192.0.2.1", 9))
        return (outward.getsockname()[0], "127.0.0.1")
    return ("127.0.0.1",)


def listen(host: str, port: int) -> socket.socket:
    """Listen there, or say in words why that cannot be."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise BadInputError(f"Port {port} is taken; choose another with --port, or 0 for any.") from error
        if error.errno == errno.EACCES:
            raise BadInputError(f"Port {port} is not yours to use; choose one above 1023 with --port.") from error
        raise BadInputError(f"{host} is no address of this machine; leave --host out, or write 0.0.0.0.") from error


def welcome(reachable: Sequence[str], access: Access, *, keys: bool) -> str:
    """What the operator is told when the page is there: where it is, and what whoever opens it can do."""
    shown = (f"[{host}]" if ":" in host else host for host in reachable)
    lines = ["The console is shown at"]
    lines += [f"  http://{host}:{access.port}/?token={access.token}" for host in shown]
    lines.append("for a browser, a tablet, or a custom dock in OBS. Whoever has the address sees all of it.")
    if keys:
        lines.append("Keys are allowed: whoever has the address can approve, post and quit.")
    else:
        lines.append("It is read-only: keys, mouse and pasted text are dropped here. --allow-keys lets them through.")
    if not all(map(only_here, reachable)):
        lines.append("Others in your network can reach it, and the connection is not encrypted: use it at home only.")
    lines.append("Ctrl+C ends the page and the console; an unfinished evening can be gone on with.")
    return "\n".join(lines)
