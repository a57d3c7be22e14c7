"""The stream dashboard as a value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The approved plan for tonight, and the markdown it was read from, kept byte for byte.

    A field is empty where the markdown does not have it; `missing` names those a streamer would want.
    """

    markdown: str = ""
    title: str = ""
    game: str = ""
    mood: str = ""
    notification: str = ""
    """Twitch's go-live notification."""
    social_post: str = ""
    goals: tuple[str, ...] = ()
    angle: str = ""
    """The one content angle of the evening."""
    missing: tuple[str, ...] = ()
    """Fields that were not found, as a person would call them, in the template's order."""
    warnings: tuple[str, ...] = ()
    """What was found odd, one sentence each: a heading twice, front matter that cannot be read."""
