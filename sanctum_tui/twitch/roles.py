"""What the accounts of an evening are for."""

from enum import StrEnum


class Role(StrEnum):
    """What an account is used for."""

    STREAMER = "streamer"
    """Whose channel it is: reads chat, changes title and category, sets markers; posts where there is no bot."""
    BOT = "bot"
    """A second account that the agent's approved lines are posted from."""
