"""The API where accounts let different applications in: each call goes out as the one that its account knows."""

from collections.abc import Callable, Mapping, Sequence

from sanctum_tui.twitch.ports import Api
from sanctum_tui.twitch.values import Account, Category, ChannelInfo, Said, Stream, StreamMarker, Subscription


class ByAccount:
    """The `Api` of several applications."""

    def __init__(self, apis: Mapping[str, Api]) -> None:
        """By the account's id."""
        self._apis = apis

    async def account(self, login: str, *, by: str) -> Account | None:
        return await self._apis[by].account(login, by=by)

    async def stream(self, channel_id: str, *, by: str) -> Stream | None:
        return await self._apis[by].stream(channel_id, by=by)

    async def channel(self, channel_id: str, *, by: str) -> ChannelInfo:
        return await self._apis[by].channel(channel_id, by=by)

    async def categories(self, query: str, *, by: str) -> Sequence[Category]:
        return await self._apis[by].categories(query, by=by)

    async def set_channel(self, channel_id: str, *, title: str | None, category_id: str | None, by: str) -> None:
        await self._apis[by].set_channel(channel_id, title=title, category_id=category_id, by=by)

    async def mark(self, channel_id: str, description: str, *, by: str) -> StreamMarker:
        return await self._apis[by].mark(channel_id, description, by=by)

    async def say(self, channel_id: str, text: str, *, by: str, leaves: Callable[[], None]) -> Said:
        return await self._apis[by].say(channel_id, text, by=by, leaves=leaves)

    async def subscribe(self, subscription: Subscription, session_id: str, *, by: str) -> str:
        return await self._apis[by].subscribe(subscription, session_id, by=by)
