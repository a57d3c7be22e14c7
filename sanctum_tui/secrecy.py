"""Secrets stay secret: what was ever used as one is dots in everything that is logged or shown."""

import re
from collections.abc import Iterable

DOTS = "••••••••"
_SHORTEST = 6
"""A shorter word is no secret worth the name, and would turn ordinary text into dots."""

# As addresses, headers and JSON write them, also for a secret that nobody has told us of.
_TELLTALE = re.compile(
    r"""(?ix) (
        \b(?: access_token | refresh_token | client_secret | device_code | password | api_?key )
          ["']? \s* [=:] \s* ["']?
        | \b(?: bearer | oauth ) [\ :]\s*
    ) [^\s"'&,;}\])]{6,}"""
)


class Redactor:
    """Knows the secrets of this process, and takes them out of text."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self.learn(*secrets)

    def learn(self, *secrets: str) -> None:
        """These are secret from now on, and for as long as the process lives: an old log line may come late."""
        new = {secret for secret in secrets if len(secret) >= _SHORTEST} - self._secrets
        if new:
            self._secrets |= new
            longest_first = sorted(self._secrets, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def redact(self, text: str) -> str:
        """The text with every known secret, and whatever is written like one, as dots."""
        if self._pattern is not None:
            text = self._pattern.sub(DOTS, text)
        return _TELLTALE.sub(rf"\1{DOTS}", text)


REDACTOR = Redactor()
"""The one of this process: a secret is no matter of which part uses it."""
