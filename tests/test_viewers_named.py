"""A viewer who has spoken tonight is named by no line, however long ago that was and however many there are."""

import time
from datetime import timedelta

import pytest

from sanctum_tui.agent.room import RECENT
from sanctum_tui.chat import ChatLine, ChatMessage, Voice
from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.llm.guard import inspect
from sanctum_tui.llm.guard_names import Names, viewer_named
from tests.builders import START, says
from tests.test_hearthkeeper import broken, keeper, room_of

LINE = "Marigold_K said the sea was kind."


def talk(lines: int) -> list[ChatMessage]:
    return [says(10 + number, f"soft rain number {number}", "Ann") for number in range(lines)]


def named(line: str, *messages: ChatMessage) -> bool:
    return "name" in broken(line, *messages)


def test_who_spoke_first_this_evening_is_not_named_at_its_end() -> None:
    assert named(LINE, says(0, "hello there", "Marigold_K"), *talk(RECENT + 10))
    assert not named(LINE, *talk(RECENT + 10))


def test_neither_the_login_nor_the_written_name_stands() -> None:
    hello = ChatMessage(START, "marigold_k", "小金盞花", "hello there")
    assert named("Marigold_K knows that light.", hello, *talk(RECENT + 10))
    assert named("那盏灯小金盞花也见过", hello, *talk(RECENT + 10))


def test_who_only_gave_commands_is_not_named_either() -> None:
    assert named(LINE, says(0, "!lurk", "Marigold_K"), *talk(5))


def test_who_spoke_before_a_restart_is_not_named_after_it() -> None:
    room = room_of()
    room.restore([ChatLine(1, Voice.PERSON, ChatMessage(START, "marigold_k", "Marigold_K", "hello"))])
    room.take([says(10 + number, f"rain {number}", "Ann") for number in range(RECENT + 10)])
    verdict = keeper().verdict(LINE, room, [])
    assert "name" in {finding.rule for finding in verdict.findings}


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Marigold", "Mаrigоld would know."),
        ("marig0ld", "The marigold by the gate is open."),
        ("Jean-Luc", "Jean Luc would know."),
        ("小金", "那盏灯小金也见过"),
        ("Ann李", "That is for Ann李 to say."),
    ],
)
def test_a_name_is_known_in_its_disguises(name: str, line: str) -> None:
    assert viewer_named(line, [name]) == viewer_named(line, Names(["theo", name])) == name


@pytest.mark.parametrize("name", ["the", "Sea", "al", "", "-", "_", "Marigolds", "old"])
def test_an_everyday_word_a_short_one_and_a_part_of_a_word_are_no_names(name: str) -> None:
    assert viewer_named("The marigold by the sea, al dente.", [name]) is None


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Rain", "The rain has not let up since the bridge."),
        ("Rain", "Rain on a tin roof. Rain's oldest song."),
        ("rain_", "What does rain sound like from below deck?"),
        ("Freedom", "Does the open water feel like freedom?"),
        ("Quiet_Harbour", "A quiet harbour says little."),
        ("it_s", "It's late on the water, and it’s raining."),
        ("i_am", "The lamp says that I am here."),
    ],
)
def test_a_viewer_called_like_an_ordinary_word_does_not_bar_it(name: str, line: str) -> None:
    assert viewer_named(line, [name]) is None


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Rain", "That is what Rain would say."),
        ("rain", "That is for @rain to say."),
        ("rain", "The RAIN again."),
        ("FreeDom", "FreeDom would know."),
        ("Quiet_Harbour", "That is what quiet_harbour said."),
        ("rain", "Is it the rain, or is it Rain?"),
        ("rain", "The rаin knows."),
        ("Marigold_K", "Did marigold k see the light?"),
        ("Marigold_K", "Marigold K's lamp is lit."),
    ],
)
def test_written_as_a_name_it_is_one(name: str, line: str) -> None:
    assert viewer_named(line, [name, "theo"]) == name


def test_the_words_of_tonights_plan_name_nobody() -> None:
    plan = Dashboard(title="Sleeper East", game="Abzû", angle="What does Marlow 小金 owe the sea?")
    hearthkeeper = keeper(dashboard=lambda: plan)
    names = ("Sleeper", "Sleeper_East", "Abzu", "Marlow", "小金", "Marigold")
    room = room_of(*(says(number, "hello", name) for number, name in enumerate(names)))

    def refused(line: str) -> bool:
        return "name" in {finding.rule for finding in hearthkeeper.verdict(line, room, []).findings}

    for line in ("The last carriage of Sleeper East is dark.", "Does Abzû, or Marlow, wait?", "那盏灯小金也见过"):
        assert not refused(line), line
    assert refused("Sleeper_East would know."), "that is how only the viewer is written"
    assert refused("Is Marlow there, or Marigold?")
    assert refused("Is Marlow there, or @Marlow?")


def test_names_are_counted_once_and_may_come_late() -> None:
    names = Names()
    assert not names
    names.update(["ann", "theo"])
    names.update(["ann"])
    assert (bool(names), len(names), sorted(names), "ann" in names) == (True, 2, ["ann", "theo"], True)
    assert names.found_in("Marigold said so.") is None
    names.update(["Marigold"])
    assert names.found_in("Marigold said so.") == "Marigold"


def test_the_names_of_a_great_crowd_cost_nothing_at_a_key_press() -> None:
    names = Names(f"viewer{number}_x" for number in range(50_000))
    names.update(f"观众{number}" for number in range(5_000))
    inspect("warm", names=names)
    began = time.perf_counter()
    for _ in range(20):
        assert inspect("Does the sea feel empty, or “contemplative”, at this hour?", names=names).passed
    assert (time.perf_counter() - began) / 20 < 0.02
    assert not inspect("Does viewer49999_x know?", names=names).passed


def test_an_evening_keeps_each_name_once() -> None:
    room = room_of(*(says(number, "hello", "Marigold_K") for number in range(500)))
    assert sorted(room.names) == ["Marigold_K", "marigold_k"]
    assert room.last_person_at == START + timedelta(seconds=499)
