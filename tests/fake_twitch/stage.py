"""What happens on the fake Twitch: people write, moderators remove, a stream begins, another channel comes over."""

import asyncio
import time
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sanctum_tui.twitch.values import Account
from tests.fake_twitch import payloads
from tests.fake_twitch.eventsub import EventSub
from tests.fake_twitch.faults import Planned
from tests.fake_twitch.world import OnAir, Posted, World, new_id

_BREATH = 20
"""Messages of a burst between two turns for whoever else is on the event loop."""


class Stage:
    """Changes the world, and tells every session that subscribed to it."""

    def __init__(self, world: World, eventsub: EventSub, planned: Planned) -> None:
        self._world = world
        self._eventsub = eventsub
        self._planned = planned
        self._echoes: set[asyncio.Task[int]] = set()

    def account(self, name: str, shown: str = "") -> Account:
        """The account of that name, made on first mention; `shown` is its display name where that is another one."""
        return self._world.account(name, shown)

    async def tells(self, kind: str, event: Mapping[str, Any]) -> int:
        """Any notification, by hand; how many frames were written."""
        id = event.get("message_id") if kind == "channel.chat.message" else ""
        return await self._eventsub.notify(kind, event, message_id=id if isinstance(id, str) else "")

    async def says(
        self,
        name: str,
        text: str,
        *,
        badges: Collection[str] = (),
        colour: str = "",
        bits: int = 0,
        reply_to: str | None = None,
        shared_from: str | None = None,
        action: bool = False,
        emotes: Collection[str] = (),
        id: str | None = None,
    ) -> str:
        """A person writes in the room (a ``/me`` line with `action`); the message's id."""
        message_id = id or new_id()
        event = payloads.message(
            self._world,
            self.account(name),
            f"\x01ACTION {text}\x01" if action else text,
            id=message_id,
            badges=badges,
            colour=colour,
            bits=bits,
            reply_to=reply_to,
            shared_from=shared_from,
            emotes=emotes,
        )
        await self.tells("channel.chat.message", event)
        return message_id

    async def burst(self, n: int, prefix: str = "line ", *, seconds: float = 0.0) -> list[str]:
        """So many messages, spread over so many seconds, or as fast as the sockets take them; their ids."""
        ids = []
        began = time.monotonic()
        for number in range(1, n + 1):
            if number % _BREATH == 0 and (early := began + seconds * number / n - time.monotonic()) > 0:
                await asyncio.sleep(early)
            ids.append(await self.says(f"viewer{number % 50}", f"{prefix}{number}"))
            if number % _BREATH == 0:
                await asyncio.sleep(0)
        return ids

    async def deletes(self, message_id: str, login: str) -> None:
        """A moderator removes one line, which `login` wrote."""
        await self.tells(
            "channel.chat.message_delete", payloads.deleted(self._world, self.account(login), message_id)
        )

    async def clears(self, login: str | None = None) -> None:
        """A moderator removes one person's lines, or everybody's."""
        kind = "channel.chat.clear" if login is None else "channel.chat.clear_user_messages"
        author = None if login is None else self.account(login)
        await self.tells(kind, payloads.cleared(self._world, author))

    async def subscribes(self, login: str) -> None:
        who = self.account(login)
        details = {"sub_tier": "1000", "is_prime": False, "duration_months": 1}
        said = f"{who.name} subscribed at Tier 1."
        event = payloads.notice(self._world, who, "sub", said, details, id=new_id())
        await self.tells("channel.chat.notification", event)

    async def announces(self, login: str, text: str) -> None:
        """The service says something in the room, about `login`."""
        who = self.account(login)
        event = payloads.notice(self._world, who, "announcement", text, {"color": "PRIMARY"}, id=new_id())
        await self.tells("channel.chat.notification", event)

    async def raids(self, login: str, viewers: int) -> None:
        """Another channel comes over: told as a raid, and as a notice in the room."""
        who = self.account(login)
        await self.tells("channel.raid", payloads.raided(self._world, who, viewers))
        details = {**payloads.person("user", who), "viewer_count": viewers, "profile_image_url": ""}
        said = f"{viewers} raiders from {who.name} have joined!"
        event = payloads.notice(self._world, who, "raid", said, details, id=new_id())
        await self.tells("channel.chat.notification", event)

    async def updates(self, title: str | None = None, category: str | None = None) -> None:
        """The streamer changes title or category somewhere else."""
        self._world.title = self._world.title if title is None else title
        if category is not None:
            self._world.category = self._world.category_named(category)
        await self.updated()

    async def go_live(
        self,
        title: str | None = None,
        category: str | None = None,
        *,
        event: bool = True,
        started_at: datetime | None = None,
    ) -> str:
        """The stream begins, told of unless `event` is False; its id."""
        self._world.title = self._world.title if title is None else title
        if category is not None:
            self._world.category = self._world.category_named(category)
        self._world.streams += 1
        stream = self._world.on_air = OnAir(str(40000 + self._world.streams), started_at or self._world.now())
        if event:
            await self.tells("stream.online", payloads.went_online(self._world, stream.id, stream.started_at))
        return stream.id

    async def go_offline(self, *, event: bool = True) -> None:
        """The stream ends."""
        stream, self._world.on_air = self._world.on_air, None
        if event and stream is not None:
            await self.tells("stream.offline", payloads.went_offline(self._world, stream.id))

    async def updated(self) -> None:
        await self.tells("channel.update", payloads.updated(self._world))

    async def echo(self, posted: Posted, sender: Account) -> None:
        """A posted message is told to the room: at once, later, or never, as the faults want it."""
        if self._planned.take("no_echo") is not None:
            return
        event = payloads.message(self._world, sender, posted.text, id=posted.message_id)
        late = self._planned.take("late_echo")
        if late is None:
            await self.tells("channel.chat.message", event)
            return
        task = asyncio.create_task(self._later(late["seconds"], event))
        self._echoes.add(task)
        task.add_done_callback(self._echoes.discard)

    async def _later(self, seconds: float, event: Mapping[str, Any]) -> int:
        await asyncio.sleep(seconds)
        return await self.tells("channel.chat.message", event)

    async def _leave_stage(self) -> None:
        """Nothing that was to happen later happens any more."""
        for task in self._echoes:
            task.cancel()
        await asyncio.gather(*self._echoes, return_exceptions=True)
