"""Events of the fake Twitch with every key that the real ones have: nulls where there is nothing."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sanctum_tui.twitch.values import Account
from tests.fake_twitch.world import World, stamp

Event = dict[str, Any]

_NOTICES = (
    "sub",
    "resub",
    "sub_gift",
    "community_sub_gift",
    "gift_paid_upgrade",
    "prime_paid_upgrade",
    "pay_it_forward",
    "raid",
    "unraid",
    "announcement",
    "bits_badge_tier",
    "charity_donation",
    "shared_chat_sub",
    "shared_chat_resub",
    "shared_chat_sub_gift",
    "shared_chat_community_sub_gift",
    "shared_chat_gift_paid_upgrade",
    "shared_chat_prime_paid_upgrade",
    "shared_chat_pay_it_forward",
    "shared_chat_raid",
    "shared_chat_announcement",
)


def person(prefix: str, account: Account | None) -> Event:
    """Three keys for somebody: `prefix` is ``broadcaster_user``, ``chatter_user``, ..."""
    return {
        f"{prefix}_id": account and account.id,
        f"{prefix}_login": account and account.login,
        f"{prefix}_name": account and account.name,
    }


def badge_list(badges: Collection[str]) -> list[Event]:
    """``subscriber/12`` as Twitch writes it."""
    parts = [badge.partition("/") for badge in badges]
    return [
        {"set_id": name, "id": version or "1", "info": version if name == "subscriber" else ""}
        for name, _, version in parts
    ]


def fragments(text: str, world: World, emotes: Collection[str], bits: int) -> list[Event]:
    """The text in pieces: words that are emotes, cheers and mentions stand alone."""
    pieces: list[Event] = []

    def add(kind: str, words: str, **more: Event) -> None:
        if kind == "text" and pieces and pieces[-1]["type"] == "text":
            pieces[-1]["text"] += words
        elif words:
            pieces.append({"type": kind, "text": words, "cheermote": None, "emote": None, "mention": None} | more)

    for number, word in enumerate(text.split(" ")):
        if number:
            add("text", " ")
        if word in emotes:
            emote = {"id": "emotesv2_1", "emote_set_id": "0", "owner_id": "0", "format": ["static"]}
            add("emote", word, emote=emote)
        elif bits and word.lower() == f"cheer{bits}":
            add("cheermote", word, cheermote={"prefix": "cheer", "bits": bits, "tier": 1})
        elif word.startswith("@") and word[1:].lower() in world.accounts:
            add("mention", word, mention=person("user", world.account(word[1:])))
        else:
            add("text", word)
    return pieces


def message(
    world: World,
    chatter: Account,
    text: str,
    *,
    id: str,
    badges: Collection[str] = (),
    colour: str = "",
    bits: int = 0,
    reply_to: str | None = None,
    shared_from: str | None = None,
    emotes: Collection[str] = (),
) -> Event:
    """``channel.chat.message``. `reply_to` and `shared_from` are names of a person and of a channel."""
    answered = None if reply_to is None else world.account(reply_to)
    source = None if shared_from is None else world.account(shared_from)
    reply = None
    if answered is not None:
        reply = {
            "parent_message_id": f"parent-of-{id}",
            "parent_message_body": "what was said before",
            **person("parent_user", answered),
            "thread_message_id": f"parent-of-{id}",
            **person("thread_user", answered),
        }
    return {
        **person("broadcaster_user", world.channel),
        **person("source_broadcaster_user", source),
        **person("chatter_user", chatter),
        "message_id": id,
        "source_message_id": None if source is None else f"source-of-{id}",
        "is_source_only": None if source is None else False,
        "message": {"text": text, "fragments": fragments(text, world, emotes, bits)},
        "color": colour,
        "badges": badge_list(badges),
        "source_badges": None if source is None else [],
        "message_type": "text",
        "cheer": {"bits": bits} if bits else None,
        "reply": reply,
        "channel_points_custom_reward_id": None,
        "channel_points_animation_id": None,
    }


def notice(
    world: World, chatter: Account, kind: str, said: str, details: Mapping[str, Any], *, id: str, text: str = ""
) -> Event:
    """``channel.chat.notification`` of one kind, with its details under the key of that name."""
    return {
        **person("broadcaster_user", world.channel),
        **person("source_broadcaster_user", None),
        **person("chatter_user", chatter),
        "chatter_is_anonymous": False,
        "color": "",
        "badges": [],
        "source_badges": None,
        "system_message": said,
        "message_id": id,
        "source_message_id": None,
        "is_source_only": None,
        "message": {"text": text, "fragments": fragments(text, world, (), 0) if text else []},
        "notice_type": kind,
        **dict.fromkeys(_NOTICES),
        kind: dict(details),
    }


def deleted(world: World, author: Account, message_id: str) -> Event:
    return {
        **person("broadcaster_user", world.channel),
        **person("target_user", author),
        "message_id": message_id,
    }


def cleared(world: World, author: Account | None) -> Event:
    """``channel.chat.clear``, or with somebody ``channel.chat.clear_user_messages``."""
    target = {} if author is None else person("target_user", author)
    return {**person("broadcaster_user", world.channel), **target}


def raided(world: World, raider: Account, viewers: int) -> Event:
    return {
        **person("from_broadcaster_user", raider),
        **person("to_broadcaster_user", world.channel),
        "viewers": viewers,
    }


def updated(world: World) -> Event:
    return {
        **person("broadcaster_user", world.channel),
        "title": world.title,
        "language": "en",
        "category_id": world.category.id,
        "category_name": world.category.name,
        "content_classification_labels": [],
    }


def went_online(world: World, stream_id: str, started_at: datetime) -> Event:
    return {
        "id": stream_id,
        **person("broadcaster_user", world.channel),
        "type": "live",
        "started_at": stamp(started_at),
    }


def went_offline(world: World, stream_id: str) -> Event:
    return {"id": stream_id, **person("broadcaster_user", world.channel)}
