"""Readers that turn a chat log into chat events, whoever wrote it; they tell the formats apart by content."""

from sanctum_tui.replay.formats.detect import open_log
from sanctum_tui.replay.formats.log import ChatLog, LogNotes

__all__ = ["ChatLog", "LogNotes", "open_log"]
