"""What is true on the fake Twitch: who there is, what the channel is called, whether it is on air, what was said."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sanctum_tui.twitch.values import Account, Category

CATEGORIES = (
    Category("509658", "Just Chatting"),
    Category("27471", "Minecraft"),
    Category("490292", "Windrose"),
    Category("509660", "Art"),
    Category("26936", "Music"),
    Category("1469308723", "Software and Game Development"),
    Category("417752", "Talk Shows & Podcasts"),
    Category("509670", "Science & Technology"),
    Category("66170", "Windbound"),
)
"""What can be streamed; ids are strings of digits, as Twitch's are."""


def new_id() -> str:
    return str(uuid.uuid4())


def wall_time() -> datetime:
    return datetime.now(UTC)


def stamp(moment: datetime | None = None) -> str:
    """A moment as Twitch writes it: RFC 3339 with nine digits of a second."""
    moment = moment or wall_time()
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}000Z"


@dataclass(frozen=True, slots=True)
class Posted:
    """A chat message that was accepted into the room, whatever was answered."""

    text: str
    sender_login: str
    message_id: str
    at_monotonic: float


@dataclass(frozen=True, slots=True)
class Marker:
    """A moment that was marked."""

    id: str
    description: str
    position_seconds: int


@dataclass(frozen=True, slots=True)
class OnAir:
    """The stream that is on."""

    id: str
    started_at: datetime


@dataclass
class World:
    """The state behind all three services."""

    channel: Account
    title: str = "A calm evening"
    category: Category = CATEGORIES[0]
    on_air: OnAir | None = None
    posted: list[Posted] = field(default_factory=list)
    markers: list[Marker] = field(default_factory=list)
    accounts: dict[str, Account] = field(default_factory=dict)
    """By login."""
    streams: int = 0
    """How often the channel went live."""
    now: Callable[[], datetime] = wall_time

    def __post_init__(self) -> None:
        self.accounts[self.channel.login] = self.channel

    def stamp(self) -> str:
        return stamp(self.now())

    def account(self, name: str, shown: str = "") -> Account:
        """The account of that name, made on first mention with the next id; it is shown as `shown`, or as named."""
        login = name.lower()
        if login not in self.accounts:
            self.accounts[login] = Account(str(1001 + len(self.accounts)), login, shown or name)
        return self.accounts[login]

    def account_of(self, id: str) -> Account | None:
        return next((one for one in self.accounts.values() if one.id == id), None)

    def category_named(self, name: str) -> Category:
        """The category of that name, or one made up for it."""
        for one in CATEGORIES:
            if one.name.lower() == name.lower():
                return one
        return Category(str(900000 + sum(map(ord, name))), name)

    def category_of(self, id: str) -> Category | None:
        if id == self.category.id:
            return self.category
        return next((one for one in CATEGORIES if one.id == id), None)
