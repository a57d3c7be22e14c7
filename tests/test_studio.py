"""What is done to the channel by hand: only what was asked for, never cut, and told in words that help."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import pytest

from sanctum_tui.errors import BadInputError
from sanctum_tui.twitch.errors import (
    LoginNeededError,
    RateLimitedError,
    RefusedError,
    TwitchError,
    UnansweredError,
    UnreachableError,
)
from sanctum_tui.twitch.ports import Api
from sanctum_tui.twitch.studio import NOT_RECORDED, OFFLINE, SCOPE_MISSING, Studio
from sanctum_tui.twitch.values import Account, Category, ChannelInfo, StreamMarker

STREAMER = Account("7", "quietharbor", "QuietHarbor")
CHATTING = Category("509658", "Just Chatting")
NOW = ChannelInfo("Before the week", CHATTING)
REFUSED = "Twitch says: {}"


@dataclass
class Channel:
    """The part of Twitch that a studio asks; remembers what it was told."""

    info: ChannelInfo = NOW
    found: Sequence[Category] = ()
    trouble: TwitchError | None = None
    """Of what changes something."""
    blind: TwitchError | None = None
    """Of what is only asked."""
    sent: list[tuple[object, ...]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    async def channel(self, channel_id: str, *, by: str) -> ChannelInfo:
        self.asked.append(f"{channel_id} by {by}")
        if self.blind is not None:
            raise self.blind
        return self.info

    async def categories(self, query: str, *, by: str) -> Sequence[Category]:
        self.asked.append(query)
        if self.blind is not None:
            raise self.blind
        return self.found

    async def set_channel(self, channel_id: str, *, title: str | None, category_id: str | None, by: str) -> None:
        self.sent.append((channel_id, title, category_id, by))
        if self.trouble is not None:
            raise self.trouble

    async def mark(self, channel_id: str, description: str, *, by: str) -> StreamMarker:
        self.sent.append((channel_id, description, by))
        if self.trouble is not None:
            raise self.trouble
        return StreamMarker("m1", 3723)


def studio(channel: Channel) -> Studio:
    return Studio(cast("Api", channel), channel=STREAMER, by=STREAMER)


def named(*names: str) -> tuple[Category, ...]:
    return tuple(Category(str(place), name) for place, name in enumerate(names))


def refused(status: int, words: str) -> RefusedError:
    return RefusedError(REFUSED.format(words), status=status, words=words)


# Title and category


async def test_only_what_was_given_is_sent_and_the_rest_stays() -> None:
    channel = Channel()
    assert await studio(channel).set(title="  The long\nway  round ", category=None) == ChannelInfo(
        "The long way round", CHATTING
    )
    hades = Category("9", "Hades")
    assert await studio(channel).set(title=None, category=hades) == ChannelInfo(NOW.title, hades)
    assert channel.sent == [("7", "The long way round", None, "7"), ("7", None, "9", "7")]


async def test_with_nothing_given_nothing_is_sent() -> None:
    channel = Channel()
    assert await studio(channel).set(title=None, category=None) == NOW
    assert channel.sent == []


@pytest.mark.parametrize(("title", "said"), [("x" * 141, "1 more than the 140"), (" \n ", "no empty title")])
async def test_a_title_that_twitch_would_not_take_is_refused_and_not_cut(title: str, said: str) -> None:
    channel = Channel()
    with pytest.raises(BadInputError, match=said):
        await studio(channel).set(title=title, category=CHATTING)
    assert channel.sent == []


async def test_a_title_of_just_the_most_goes_out_whole() -> None:
    channel = Channel()
    await studio(channel).set(title="漢" * 140, category=CHATTING)
    assert channel.sent == [("7", "漢" * 140, CHATTING.id, "7")]


async def test_where_it_is_not_known_how_things_are_nothing_is_changed() -> None:
    channel = Channel(blind=UnreachableError("Twitch cannot be reached."))
    with pytest.raises(UnreachableError):
        await studio(channel).set(title="Another", category=None)
    assert channel.sent == []


async def test_a_permission_that_is_missing_names_the_command_that_gives_it() -> None:
    missing = refused(401, "Missing scope: channel:manage:broadcast")
    for doing in (
        studio(Channel(trouble=missing)).set(title="x", category=None),
        studio(Channel(trouble=missing)).mark(""),
    ):
        with pytest.raises(LoginNeededError) as told:
            await doing
        assert told.value.sentence == SCOPE_MISSING
    assert "sanctum-tui login" in SCOPE_MISSING
    assert "channel:manage:broadcast" in SCOPE_MISSING


async def test_nobody_is_told_that_a_change_is_tried_again() -> None:
    slow = RateLimitedError("Twitch asks to slow down; it is tried again in a while.", 3.2)
    away = UnreachableError("Twitch cannot be reached; is the network up? It is tried again.")
    for trouble, said in (
        (slow, "nothing was done; try again in 4 s"),
        (away, "nothing was done; is the network up"),
    ):
        with pytest.raises(type(trouble), match=said) as told:
            await studio(Channel(trouble=trouble)).set(title="x", category=CHATTING)
        assert "it is tried again" not in told.value.sentence.lower()


async def test_an_answer_that_was_lost_stays_what_it_is_and_is_not_sent_twice() -> None:
    channel = Channel(trouble=UnansweredError("Twitch did not answer in time; whether it was done, nobody knows."))
    with pytest.raises(UnansweredError, match="nobody knows"):
        await studio(channel).set(title="x", category=CHATTING)
    assert len(channel.sent) == 1


# Finding a category


@pytest.mark.parametrize(
    ("wanted", "best"),
    [
        ("hades", "Hades"),
        ("POKEMON  snap", "Pokémon Snap"),
        ("Pokémon Snap", "Pokemon Snap!"),
        ("hades 2", "Hades II"),
    ],
)
async def test_an_exact_name_comes_first_whatever_its_case_and_accents(wanted: str, best: str) -> None:
    names = {
        "Hades": ("Hades II", "Hades: the fan film", "Hades"),
        "Pokémon Snap": ("New Pokémon Snap", "Pokémon Snap"),
        "Pokemon Snap!": ("New Pokémon Snap", "Pokémon", "Pokemon Snap!"),
        "Hades II": ("Portal 2", "Hades II"),
    }[best]
    found = await studio(Channel(found=named(*names))).find(wanted)
    assert found[0].name == best
    assert sorted(one.name for one in found) == sorted(names)


async def test_for_no_name_twitch_is_not_asked() -> None:
    channel = Channel(found=named("Hades"))
    assert await studio(channel).find(" \n") == ()
    assert channel.asked == []


# Marks


async def test_a_mark_says_where_in_the_stream_it_is() -> None:
    channel = Channel()
    assert (await studio(channel).mark("the lamp")).position_seconds == 3723
    assert channel.sent == [("7", "the lamp", "7")]


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (refused(404, "The user in the user_id field is not live streaming."), OFFLINE),
        (refused(404, "The user hasn't enabled video on demand (VOD)."), NOT_RECORDED),
        (refused(403, "must have vods enabled"), NOT_RECORDED),
        (refused(403, "The user is not an editor."), REFUSED.format("The user is not an editor.")),
    ],
)
async def test_a_mark_that_cannot_be_set_says_why_and_that_the_ledger_has_it(
    trouble: RefusedError, said: str
) -> None:
    with pytest.raises(TwitchError) as told:
        await studio(Channel(trouble=trouble)).mark("")
    assert told.value.sentence == said
