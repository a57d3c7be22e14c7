"""What the chat shows beside plain lines: pauses, days, kept moments, replies, emotes, and what is hidden."""

from datetime import UTC, timedelta

import msgspec
import pytest

from sanctum_tui.chat import ChatCleared, ChatLine, MessageDeleted, Voice
from sanctum_tui.evening import Mark
from sanctum_tui.memory.removed import Removed
from sanctum_tui.ui.chat.emotes import emotes_in
from sanctum_tui.ui.chat.rules import rule_between
from sanctum_tui.ui.panes.chat import ChatPane
from tests.test_chat_pane import BEGAN, Store, line, lines, on_screen, room, segments, shown, until


def after(minutes: float, number: int, text: str, voice: Voice = Voice.PERSON, **more: object) -> ChatLine:
    """A line said so many minutes into the evening."""
    said = line(number, text, voice, **more)
    return ChatLine(number, voice, msgspec.structs.replace(said.message, at=BEGAN + timedelta(minutes=minutes)))


def told(pane: ChatPane) -> list[str]:
    return [row.strip("─ ") for row in shown(pane) if row]


async def test_a_long_pause_and_a_new_day_are_told_between_the_lines() -> None:
    async with room((60, 20)) as (pane, _):
        pane.append(
            [after(0, 1, "evening"), after(4, 2, "still"), after(18.5, 3, "hello?"), after(241, 4, "morning")]
        )
        assert told(pane) == [
            "20:00:00 Moss: evening",
            "20:04:00 Moss: still",
            "14 min of quiet",
            "20:18:30 Moss: hello?",
            "Monday, 2 March 2026",
            "00:01:00 Moss: morning",
        ]


async def test_a_gap_in_the_connection_is_not_called_quiet() -> None:
    async with room((60, 20)) as (pane, _):
        pane.append([after(0, 1, "evening"), after(20, 2, "no chat for 20 min, lines may be missing", Voice.NOTICE)])
        assert "quiet" not in "".join(told(pane))


@pytest.mark.parametrize(
    ("minutes", "said"), [(4.9, ""), (5, "5 min of quiet"), (59, "59 min of quiet"), (125, "2 h 05 min of quiet")]
)
def test_how_long_it_was_quiet_is_told_in_minutes_and_hours(minutes: float, said: str) -> None:
    assert rule_between(BEGAN, BEGAN + timedelta(minutes=minutes), UTC, pauses=True) == said


async def test_a_pause_is_told_where_one_page_of_stored_lines_ends_and_the_next_begins() -> None:
    class WithAPause(Store):
        async def fetch_before(self, number: int, limit: int) -> tuple[ChatLine, ...]:
            page = await super().fetch_before(number, limit)
            return tuple(after(30 if it.number > 256 else 0, it.number, f"line {it.number}.") for it in page)

    store = WithAPause(600)
    async with room((60, 12), store.fetch_before) as (pane, pilot):
        pane.replace_history([after(30, n, f"line {n}.") for n in range(590, 601)])
        await pane.go_to(257)
        await pilot.pause()
        rows = [row.strip("│─ ") for row in on_screen(pane).splitlines()]
        assert rows.index("30 min of quiet") == next(at for at, row in enumerate(rows) if "line 257." in row) - 1


async def test_a_moment_that_was_kept_is_a_row_of_its_own_and_is_back_after_a_restart() -> None:
    async with room((60, 20)) as (pane, _):
        pane.append(lines(1, 2))
        pane.notice(Mark(BEGAN + timedelta(seconds=3), "the lighthouse"))
        assert told(pane)[-1] == "20:00:03 ✦ kept for the ledger: the lighthouse"
        marks = [Mark(BEGAN - timedelta(hours=1), "too early"), Mark(BEGAN + timedelta(seconds=1.5), "")]
        pane.replace_history(lines(1, 3), marks)
        assert told(pane) == [
            "20:00:01 Moss: line 1.",
            "20:00:01 ✦ kept for the ledger",
            "20:00:02 Moss: line 2.",
            "20:00:03 Moss: line 3.",
        ]


async def test_a_reply_tells_how_the_line_began_that_it_answers() -> None:
    async with room((100, 12)) as (pane, _):
        pane.append(
            [
                line(
                    1, "yes, at dawn", reply_to="Luna", reply_words="has anybody been down to the lighthouse lately"
                ),
                line(2, "me too", reply_to="Luna"),
            ]
        )
        assert told(pane) == [
            "20:00:01 Moss: ↪ Luna “has anybody been down to the…” yes, at dawn",
            "20:00:02 Moss: ↪ Luna me too",
        ]


def test_emotes_are_known_by_their_names_and_plain_words_are_not() -> None:
    text = "Kappa hello quietharLantern iPhone LUL lul Cheer100 eBay YouTube"
    assert [text[a:b] for a, b in emotes_in(text, cheers=False)] == ["Kappa", "quietharLantern", "LUL"]
    assert [text[a:b] for a, b in emotes_in(text, cheers=True)][-1] == "Cheer100"


async def test_emotes_are_set_apart_and_stay_what_was_written() -> None:
    async with room((70, 12)) as (pane, _):
        pane.append([line(1, "so calm bleedPurple tonight")])
        assert told(pane) == ["20:00:01 Moss: so calm bleedPurple tonight"]
        (emote,) = segments(pane, "bleedPurple")
        assert emote.text == "bleedPurple"
        assert emote.style is not None
        assert emote.style.italic


async def test_removed_words_are_shown_struck_where_they_are_asked_for_and_hidden_again() -> None:
    async with room() as (pane, pilot):
        pane.append([line(1, "a rude word", id="a"), line(2, "kind")])
        pane.notice(MessageDeleted(BEGAN, "a"))
        await pilot.press("x")
        assert told(pane)[0] == "20:00:01 Moss: [deleted] a rude word"
        (struck,) = segments(pane, "rude")
        assert struck.style is not None
        assert struck.style.strike
        await pilot.press("x")
        assert "rude" not in "".join(shown(pane))


async def test_what_was_removed_before_a_restart_is_hidden_in_old_pages_too() -> None:
    store = Store(1000)

    async def removed(first: int, last: int) -> Removed:
        return Removed(frozenset({3}) & frozenset(range(first, last + 1)))

    async with room(fetch_before=store.fetch_before, fetch_removed=removed) as (pane, pilot):
        pane.replace_history(lines(901, 1000), removed=Removed(frozenset({1000})))
        assert told(pane)[-1] == "20:16:40 Moss: [deleted]"
        await pilot.press("home")
        assert told(pane)[1:3] == ["20:00:02 Moss: line 2.", "20:00:03 Moss: [deleted]"]


CLEARED = "— a moderator removed the lines of"


async def test_whose_lines_were_removed_is_told_to_whoever_scrolls_back_to_it() -> None:
    store = Store(1000)
    gone = tuple((n, ChatCleared(BEGAN, login)) for n, login in ((3, "ann"), (3, "bo"), (256, "cy"), (1000, "di")))

    async def removed(first: int, last: int) -> Removed:
        return Removed(clearings=tuple(one for one in gone if first <= one[0] <= last))

    async with room((80, 12), store.fetch_before, removed) as (pane, pilot):
        pane.replace_history(lines(901, 1000), removed=await removed(901, 1000))
        assert [row[9:] for row in told(pane)][-2:] == ["Moss: line 1000.", f"{CLEARED} di"]
        await pilot.press("home")
        forth = ["Moss: line 3.", f"{CLEARED} ann", f"{CLEARED} bo", "Moss: line 4."]
        assert [row[9:] for row in told(pane)][2:6] == forth
        await pane.go_to(258)
        await pilot.press("escape", "up", "up", "up")
        words = [row[9:] for row in told(pane)]
        at = words.index(f"{CLEARED} cy")
        assert words[at - 1 : at + 2] == ["Moss: line 256.", f"{CLEARED} cy", "Moss: line 257."]


async def test_private_mode_hides_who_was_flagged_or_removed_and_what_they_wrote() -> None:
    async with room((80, 12)) as (pane, pilot):
        pane.append([line(1, "cheap viewers", Voice.SPAM, name="Eel"), line(2, "a rude word", id="a")])
        pane.notice(MessageDeleted(BEGAN, "a"))
        pane.notice(ChatCleared(BEGAN, "eel"))
        await pilot.press("x")
        pane.private = True
        await pilot.press("x")
        (refusal,) = [notification.message for notification in pilot.app._notifications]
        assert refusal == "Private mode is on: removed words stay hidden."
        words = "\n".join(told(pane))
        assert "20:00:01 ⚑ a flagged line is hidden" in words
        assert "a moderator removed somebody's lines" in words
        assert not any(secret in words.lower() for secret in ("eel", "viewers", "rude"))
        pane.private = False
        await until(pilot, lambda: "flagged Eel: cheap viewers" in on_screen(pane))


async def test_in_large_type_a_name_has_its_own_row_and_lines_stand_apart() -> None:
    async with room((40, 12)) as (pane, _):
        pane.append([line(1, "evening", badges=("vip/1",)), line(2, "so calm", Voice.AGENT)])
        pane.big = True
        assert shown(pane)[-6:] == [
            "VIP Moss  20:00:01",
            "evening",
            "",
            "▌ Chronicler  20:00:02",
            "▌ so calm",
            "",
        ]
        (said,) = segments(pane, "evening")
        assert said.style is not None
        assert said.style.bold
