"""Takes out of words what should not be on stream: where files are, addresses, and secrets. Pure."""

import re
from typing import Final

from sanctum_tui.secrecy import REDACTOR

HIDDEN: Final = "(hidden)"

_ADDRESS = re.compile(
    r"\b[a-z][a-z0-9+.-]*://[^\s,;]+|\b[\w.+-]+@[\w-]+\.[\w-]+(?:\.[\w-]+)*|\b(?:\d{1,3}\.){3}\d{1,3}\b(?::\d+)?",
    re.I,
)
_NAME = r"[^\s/\\“”\"',;()]+(?:[ ][^\s/\\“”\"',;()]+){0,3}"
"""A folder's name with a few spaces in it, which counts where a separator follows."""
_PLACE = re.compile(rf"(?<![\w.:/\\])(?:(?:~|[A-Za-z]:)[/\\]|/(?={_NAME}/))(?:{_NAME}[/\\])*[^\s/\\“”\"',;()]*")


def conceal(words: str) -> str:
    """The words without places on this machine, addresses of any kind, and secrets."""
    return _PLACE.sub(HIDDEN, _ADDRESS.sub(HIDDEN, REDACTOR.redact(words)))
