"""The operator's console for the Sanctum Chronicler, an AI steward for calm Twitch streams."""

__version__ = "0.1.0"
