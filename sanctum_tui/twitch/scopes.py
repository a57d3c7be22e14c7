"""What is asked of an account, and why: no more than an evening needs."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from sanctum_tui.twitch.roles import Role


@dataclass(frozen=True, slots=True)
class Scope:
    """One permission, as Twitch names it."""

    name: str
    why: str
    """A sentence for whoever is asked to give it."""
    needed: bool
    """Without it an evening cannot go on; otherwise only what `why` names is missing."""


READ = Scope("user:read:chat", "Reads your chat, so that the agent knows when the room is quiet.", needed=True)
WRITE = Scope("user:write:chat", "Posts the lines that you approved, and no others.", needed=True)
MANAGE = Scope(
    "channel:manage:broadcast",
    "Sets title and category and marks moments, when you press the key for it.",
    needed=False,
)


def wanted(role: Role, *, with_bot: bool = False) -> tuple[Scope, ...]:
    """What this account is asked for. `with_bot`: a bot posts, so the streamer's account need not."""
    if role is Role.BOT:
        return (WRITE,)
    return (READ, replace(WRITE, needed=False) if with_bot else WRITE, MANAGE)


def missing(scopes: Collection[str], role: Role, *, with_bot: bool = False) -> tuple[Scope, ...]:
    """What was not given, and is of use: with a bot nobody misses the streamer's permission to post."""
    return tuple(
        scope
        for scope in wanted(role, with_bot=with_bot)
        if scope.name not in scopes and (role is Role.BOT or not with_bot or scope.name != WRITE.name)
    )
