"""What can go wrong with Twitch, as errors a person can meet: what happened, and what to do.

Their sentences never hold a token, an address with parameters, or another library's error text.
"""

from sanctum_tui.errors import ExitCode, SanctumError
from sanctum_tui.twitch.roles import Role


class TwitchError(SanctumError):
    """Twitch did not do what was asked."""

    exit_code = ExitCode.NOT_READY


class UnreachableError(TwitchError):
    """No connection, no answer in time, or Twitch has trouble of its own (5xx). Trying again later may help."""


class UnansweredError(UnreachableError):
    """It was sent, and the answer was lost: whether it was done, nobody knows. Never tried again by itself."""


class RateLimitedError(UnreachableError):
    """Too many calls (429)."""

    def __init__(self, sentence: str, retry_seconds: float) -> None:
        super().__init__(sentence)
        self.retry_seconds = retry_seconds


class RefusedError(TwitchError):
    """Twitch understood and said no; asking again gives the same answer."""

    def __init__(self, sentence: str, *, status: int, words: str) -> None:
        """`words` are Twitch's own, cleaned; `status` is the HTTP status."""
        super().__init__(sentence)
        self.status = status
        self.words = words


class LoginNeededError(TwitchError):
    """There is no token, it was revoked, or it lacks a scope: only the operator can mend it (``login``)."""

    def __init__(self, sentence: str, role: Role = Role.STREAMER) -> None:
        """`role` is who has to log in."""
        super().__init__(sentence)
        self.role = role
