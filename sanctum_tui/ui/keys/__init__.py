"""What each key does: one class a group of the action registry, one method an action."""

from typing import TYPE_CHECKING

from sanctum_tui.ui.keys.agent import AgentKeys
from sanctum_tui.ui.keys.chat import ChatKeys
from sanctum_tui.ui.keys.look import LookKeys
from sanctum_tui.ui.keys.review import ReviewKeys
from sanctum_tui.ui.keys.screen import ReplayKeys, ScreenKeys
from sanctum_tui.ui.keys.screens import ScreensKeys
from sanctum_tui.ui.keys.stream import StreamKeys
from sanctum_tui.ui.keys.words import WordsKeys

if TYPE_CHECKING:
    from sanctum_tui.ui.app import SanctumApp


class Keys:
    """All handlers, under the names that the registry uses."""

    def __init__(self, app: "SanctumApp") -> None:
        self.chat = ChatKeys(app)
        self.review = ReviewKeys(app)
        self.agent = AgentKeys(app)
        self.stream = StreamKeys(app)
        self.words = WordsKeys(app)
        self.replay = ReplayKeys(app)
        self.screen = ScreenKeys(app)
        self.look = LookKeys(app)
        self.screens = ScreensKeys(app)
