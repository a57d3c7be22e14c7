"""Twitch's API on the fake: who may ask what, and answers in Twitch's shapes."""

import json
import time
from typing import Any, Protocol

from aiohttp import web

from sanctum_tui.twitch.values import Account
from tests.fake_twitch.answers import HelixRefusal, refusal
from tests.fake_twitch.eventsub import EventSub
from tests.fake_twitch.faults import Planned
from tests.fake_twitch.session import Sub
from tests.fake_twitch.tokens import Permit, Tokens
from tests.fake_twitch.world import CATEGORIES, Marker, Posted, World, new_id

_LONGEST = 500
_SESSIONS = 3
"""WebSocket sessions with subscriptions that a user may have."""
_VERSIONS = {
    "channel.chat.message": "1",
    "channel.chat.notification": "1",
    "channel.chat.message_delete": "1",
    "channel.chat.clear": "1",
    "channel.chat.clear_user_messages": "1",
    "channel.raid": "1",
    "channel.update": "2",
    "stream.online": "1",
    "stream.offline": "1",
}
_REFUSED_WORDS = {
    403: "subscription missing proper authorization",
    409: "subscription already exists",
    429: "number of websocket transports limit exceeded",
}


class Room(Protocol):
    """Whoever tells the room what happened."""

    async def echo(self, posted: Posted, sender: Account) -> None:
        """A message was posted."""

    async def updated(self) -> None:
        """Title or category changed."""


class Helix:
    """The calls under ``/helix/``."""

    def __init__(
        self, world: World, tokens: Tokens, eventsub: EventSub, planned: Planned, room: Room, client_id: str
    ) -> None:
        self._world = world
        self._tokens = tokens
        self._eventsub = eventsub
        self._planned = planned
        self._room = room
        self._client_id = client_id

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/helix/users", self._users),
            web.get("/helix/streams", self._streams),
            web.get("/helix/channels", self._channels),
            web.patch("/helix/channels", self._change_channel),
            web.get("/helix/search/categories", self._categories),
            web.post("/helix/streams/markers", self._mark),
            web.post("/helix/chat/messages", self._say),
            web.post("/helix/eventsub/subscriptions", self._subscribe),
            web.get("/helix/eventsub/subscriptions", self._subscriptions),
            web.delete("/helix/eventsub/subscriptions", self._unsubscribe),
        ]

    def _allowed(self, request: web.Request, scope: str = "") -> Permit:
        """Whose token it is. Raises the refusal that the real one gives."""
        kind, _, access = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not access:
            raise HelixRefusal(401, "OAuth token is missing")
        permit = self._tokens.permit(access)
        if permit is None:
            raise HelixRefusal(401, "Invalid OAuth token")
        if request.headers.get("Client-Id") != self._client_id:
            raise HelixRefusal(401, "Client ID and OAuth token do not match")
        if scope and scope not in permit.scopes:
            raise HelixRefusal(401, f"Missing scope: {scope}")
        return permit

    async def _users(self, request: web.Request) -> web.Response:
        permit = self._allowed(request)
        known = self._world.accounts
        ids, logins = request.query.getall("id", []), request.query.getall("login", [])
        found = [permit.account] if not ids and not logins else []
        found += [one for one in known.values() if one.id in ids or one.login in logins]
        return _rows(
            {
                "id": one.id,
                "login": one.login,
                "display_name": one.name,
                "type": "",
                "broadcaster_type": "affiliate" if one is self._world.channel else "",
                "description": "",
                "profile_image_url": "https://static-cdn.jtvnw.net/none.png",
                "offline_image_url": "",
                "view_count": 0,
                "created_at": "2019-11-18T00:47:34Z",
            }
            for one in found
        )

    async def _streams(self, request: web.Request) -> web.Response:
        self._allowed(request)
        channel, on_air = self._world.channel, self._world.on_air
        asked = request.query.getall("user_id", []) + request.query.getall("user_login", [])
        if on_air is None or not {channel.id, channel.login} & set(asked):
            return _rows(())
        return _rows(
            [
                {
                    "id": on_air.id,
                    "user_id": channel.id,
                    "user_login": channel.login,
                    "user_name": channel.name,
                    "game_id": self._world.category.id,
                    "game_name": self._world.category.name,
                    "type": "live",
                    "title": self._world.title,
                    "viewer_count": 7,
                    "started_at": f"{on_air.started_at:%Y-%m-%dT%H:%M:%SZ}",
                    "language": "en",
                    "thumbnail_url": "",
                    "tag_ids": [],
                    "tags": [],
                    "is_mature": False,
                }
            ],
            pagination={},
        )

    async def _channels(self, request: web.Request) -> web.Response:
        self._allowed(request)
        channel, category = self._world.channel, self._world.category
        if channel.id not in request.query.getall("broadcaster_id", []):
            return _rows(())
        return _rows(
            [
                {
                    "broadcaster_id": channel.id,
                    "broadcaster_login": channel.login,
                    "broadcaster_name": channel.name,
                    "broadcaster_language": "en",
                    "game_id": category.id,
                    "game_name": category.name,
                    "title": self._world.title,
                    "delay": 0,
                    "tags": [],
                    "content_classification_labels": [],
                    "is_branded_content": False,
                }
            ]
        )

    async def _change_channel(self, request: web.Request) -> web.Response:
        permit = self._allowed(request, "channel:manage:broadcast")
        _own(request.query.get("broadcaster_id"), permit, "broadcaster_id")
        asked = await _body(request)
        title, category_id = asked.get("title"), asked.get("game_id")
        if title is None and category_id is None:
            raise HelixRefusal(400, "At least one parameter must be provided")
        category = self._world.category_of(category_id) if category_id is not None else self._world.category
        if category is None:
            raise HelixRefusal(400, "The ID in game_id is not valid.")
        if title is not None and not str(title).strip():
            raise HelixRefusal(400, "The title field cannot be an empty string.")
        self._world.category = category
        self._world.title = self._world.title if title is None else str(title)
        await self._room.updated()
        return web.Response(status=204)

    async def _categories(self, request: web.Request) -> web.Response:
        self._allowed(request)
        query = request.query.get("query", "")
        if not query:
            raise HelixRefusal(400, "The query parameter is required.")
        first = int(request.query.get("first", "20"))
        found = [one for one in CATEGORIES if query.lower() in one.name.lower()]
        rows = [{"box_art_url": "", "name": one.name, "id": one.id} for one in found[:first]]
        return _rows(rows, pagination={})

    async def _mark(self, request: web.Request) -> web.Response:
        permit = self._allowed(request, "channel:manage:broadcast")
        asked = await _body(request)
        _own(asked.get("user_id"), permit, "user_id")
        description = str(asked.get("description") or "")
        if len(description) > 140:
            raise HelixRefusal(400, "The length of the string in the description field is too long.")
        if self._world.on_air is None:
            raise HelixRefusal(404, "The user is not streaming live.")
        position = int((self._world.now() - self._world.on_air.started_at).total_seconds())
        marker = Marker(new_id(), description, position)
        self._world.markers.append(marker)
        began = self._world.stamp()
        shown = {"id": marker.id, "created_at": began, "description": description, "position_seconds": position}
        return _rows([shown])

    async def _say(self, request: web.Request) -> web.Response:
        permit = self._allowed(request, "user:write:chat")
        asked = await _body(request)
        _own(asked.get("sender_id"), permit, "sender_id")
        if asked.get("broadcaster_id") != self._world.channel.id:
            raise HelixRefusal(400, "The ID in broadcaster_id is not valid.")
        text = asked.get("message")
        if not isinstance(text, str) or not text.strip():
            raise HelixRefusal(400, "The message field is required.")
        if len(text) > _LONGEST:
            raise HelixRefusal(400, "The message is too long.")
        if (reason := self._planned.take("drop_message", request.path)) is not None:
            return _rows([{"message_id": "", "is_sent": False, "drop_reason": reason}])
        posted = Posted(text, permit.account.login, new_id(), time.monotonic())
        self._world.posted.append(posted)
        await self._room.echo(posted, permit.account)
        if self._planned.take("unavailable_after", request.path) is not None:
            return refusal(503, "")
        return _rows([{"message_id": posted.message_id, "is_sent": True, "drop_reason": None}])

    async def _subscribe(self, request: web.Request) -> web.Response:
        permit = self._allowed(request)
        if (planned := self._planned.take("refuse_subscriptions", request.path)) is not None:
            raise HelixRefusal(planned["status"], _REFUSED_WORDS.get(planned["status"], ""))
        asked = await _body(request)
        kind, condition, transport = asked.get("type"), asked.get("condition"), asked.get("transport")
        if not isinstance(condition, dict) or not isinstance(transport, dict):
            raise HelixRefusal(400, "condition and transport are required")
        if kind not in _VERSIONS or asked.get("version") != _VERSIONS[kind]:
            raise HelixRefusal(400, "invalid subscription type and version")
        if transport.get("method") != "websocket":
            raise HelixRefusal(400, "user access tokens cannot create webhook subscriptions")
        session = self._eventsub.session(str(transport.get("session_id")))
        if session is None:
            raise HelixRefusal(400, "websocket transport session does not exist or has already disconnected")
        self._check(str(kind), condition, permit)
        if session.user_id not in ("", permit.account.id):
            raise HelixRefusal(400, "websocket transport cannot have subscriptions created by different users")
        if any(one.type == kind and one.condition == condition for one in session.subs.values()):
            raise HelixRefusal(409, "subscription already exists")
        others = sum(one.user_id == permit.account.id for one in self._eventsub.live if one is not session)
        if others >= _SESSIONS:
            raise HelixRefusal(429, "number of websocket transports limit exceeded")
        began, about = self._world.stamp(), (str(kind), str(asked["version"]), condition)
        sub = Sub(new_id(), *about, permit.account.id, began, session.id)
        session.add(sub)
        self._eventsub.reckon()
        return _rows([sub.shown()], status=202, total=len(session.subs), total_cost=0, max_total_cost=10)

    def _check(self, kind: str, condition: dict[str, str], permit: Permit) -> None:
        """Whether this may be told to whom."""
        needed = {"to_broadcaster_user_id"} if kind == "channel.raid" else {"broadcaster_user_id"}
        chat = kind.startswith("channel.chat.")
        needed |= {"user_id"} if chat else set()
        if set(condition) != needed and not (
            kind == "channel.raid" and set(condition) == {"from_broadcaster_user_id"}
        ):
            raise HelixRefusal(400, "invalid condition")
        if any(self._world.account_of(str(id)) is None for id in condition.values()):
            raise HelixRefusal(400, "invalid user in condition")
        if chat and (condition["user_id"] != permit.account.id or "user:read:chat" not in permit.scopes):
            raise HelixRefusal(403, "subscription missing proper authorization")

    async def _subscriptions(self, request: web.Request) -> web.Response:
        permit = self._allowed(request)
        found = [sub for session in self._eventsub.live for sub in session.subs.values()]
        mine = [sub.shown() for sub in found if sub.user_id == permit.account.id]
        return _rows(mine, total=len(mine), total_cost=0, max_total_cost=10, pagination={})

    async def _unsubscribe(self, request: web.Request) -> web.Response:
        self._allowed(request)
        for session in self._eventsub.live:
            if session.subs.pop(request.query.get("id", ""), None) is not None:
                session.changed.set()
                self._eventsub.reckon()
                return web.Response(status=204)
        raise HelixRefusal(404, "subscription not found")


def _own(id: object, permit: Permit, field: str) -> None:
    if id != permit.account.id:
        raise HelixRefusal(401, f"The ID in {field} must match the user ID found in the request's OAuth token.")


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except json.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        raise HelixRefusal(400, "The request body is not valid JSON.")
    return body


def _rows(rows: Any, *, status: int = 200, **more: Any) -> web.Response:
    return web.json_response({"data": list(rows), **more}, status=status)
