"""What the identity service answers, read with suspicion: it may come from anybody between here and Twitch."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sanctum_tui.secrecy import REDACTOR
from sanctum_tui.settings import Secret
from sanctum_tui.text import one_line, shorten
from sanctum_tui.twitch.errors import RefusedError, UnreachableError

_MOST_WORDS = 200
_TOKEN = re.compile(r"[\x21-\x7e]{1,2000}")
"""What fits into a header; anything else was never a token."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is Twitch's own."""

    status: int
    data: Mapping[str, Any]

    @property
    def reason(self) -> str:
        """Twitch's words in lower case, to be compared, never to be shown."""
        return self._told().lower().replace("_", " ")

    @property
    def words(self) -> str:
        """Twitch's words, to be shown."""
        return shorten(one_line(REDACTOR.redact(self._told())), _MOST_WORDS)

    def _told(self) -> str:
        return str(self.data.get("message") or self.data.get("error") or "")


def decoded(body: str) -> Mapping[str, Any] | None:
    """The JSON object of a body; None for anything else."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def unreadable() -> UnreachableError:
    """For an answer that cannot have come from Twitch."""
    return UnreachableError(
        "The answer could not be read as one from Twitch; does the network ask you to sign in first? It is tried "
        "again."
    )


def refusal(answer: Answer) -> RefusedError:
    """What Twitch refused, in words that say what to do about it."""
    words, reason = answer.words, answer.reason
    if "client secret" in reason:
        sentence = (
            "Twitch wants the right secret of this application: set TWITCH_CLIENT_SECRET, or better, register an "
            "application of the client type Public and set its id as TWITCH_CLIENT_ID."
        )
    elif "invalid client" in reason or "client does not exist" in reason or "client id" in reason:
        sentence = "Twitch does not know this application; check TWITCH_CLIENT_ID at dev.twitch.tv/console/apps."
    else:
        sentence = f"Twitch says: {words or f'no ({answer.status})'}"
    return RefusedError(sentence, status=answer.status, words=words)


def text(data: Mapping[str, Any], key: str) -> str:
    """One line of text, or empty."""
    value = data.get(key)
    return one_line(value) if isinstance(value, str) else ""


def token(data: Mapping[str, Any], key: str) -> Secret:
    """Something secret, which the redactor knows from here on. Raises UnreachableError where there is none."""
    value = data.get(key)
    if not isinstance(value, str) or not _TOKEN.fullmatch(value):
        raise unreadable()
    REDACTOR.learn(value)
    return Secret(value)


def number(data: Mapping[str, Any], key: str, otherwise: float) -> float:
    """A positive number of a sensible size, else `otherwise`."""
    value = data.get(key)
    good = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e9
    return float(value) if good and value is not None else otherwise


def scopes_of(value: object) -> frozenset[str] | None:
    """Twitch gives a list; the standard, words in one text."""
    if isinstance(value, str):
        return frozenset(value.split())
    if isinstance(value, list):
        return frozenset(one_line(scope) for scope in value if isinstance(scope, str))
    return None
