"""A page that lags: what is pressed on it counts only for what it shows, and what is dropped is told."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from sanctum_tui.serving.console import Console
from sanctum_tui.serving.lag import LATE_SECONDS, LOOK_SECONDS
from sanctum_tui.serving.mirror import MOST_PASTED, Mirror, Said, typed
from sanctum_tui.serving.screen import Screen
from tests.serving import PATIENCE_SECONDS, looker, served, shown
from tests.test_console import Hand
from tests.test_serve import EVENING, WAITS

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no pty")

A_LITTLE = 0.01


class Typist:
    """Takes keys as the console does, while there is room for them."""

    def __init__(self) -> None:
        self.taken: asyncio.Queue[bytes] = asyncio.Queue()
        self.has_room = True

    def write(self, data: bytes) -> bool:
        if self.has_room:
            self.taken.put_nowait(data)
        return self.has_room

    async def next(self) -> bytes:
        return await asyncio.wait_for(self.taken.get(), PATIENCE_SECONDS)


class Stage:
    """A console that writes what the test wants, at the test's own time."""

    def __init__(self) -> None:
        self.hand = Hand()
        self.screen = Screen(80, 24)
        self.mirror = Mirror(self.screen, keys=True, fixed=True, monotonic=self.hand)
        self.typist = Typist()

    def writes(self, words: str, row: int = 1) -> None:
        self.screen.feed(f"\x1b[{row};1H{words}\x1b[K".encode())
        self.mirror.show()


@pytest.fixture
def stage() -> Stage:
    return Stage()


async def test_a_key_for_a_line_that_the_page_has_yet_to_paint_is_dropped_and_the_page_is_told(stage: Stage) -> None:
    async with shown(stage.mirror, stage.typist) as server, looker(server) as page:
        stage.writes("line 1")
        await page.until("line 1")
        await page.say(keys="r", touched=True)
        assert await stage.typist.next() == b"r"

        stage.writes("line 2")
        stage.hand.time += LATE_SECONDS + A_LITTLE
        for meant in ({"keys": "a"}, {"keys": "\x1b[<0;3;3M"}, {"paste": "for line 1"}):
            await page.say(**meant, touched=True)
            assert await page.until_dropped() == "behind"
        assert "line 2" in page.text
        # What came late is looked at before it is acted on.
        stage.hand.time += LOOK_SECONDS - A_LITTLE
        await page.say(keys="a", touched=True)
        assert await page.until_dropped() == "behind"
        assert stage.typist.taken.empty()
        stage.hand.time += 2 * A_LITTLE
        await page.say(keys="a", touched=True)
        assert await stage.typist.next() == b"a"


async def test_the_time_that_a_picture_takes_at_home_keeps_nobody_from_typing(stage: Stage) -> None:
    async with shown(stage.mirror, stage.typist) as server, looker(server) as page:
        for number in range(40):
            stage.writes(f"0:{number:02} of quiet")
            stage.hand.time += LATE_SECONDS - A_LITTLE
            # The key was pressed on the picture before this one.
            await page.say(keys="x", touched=True)
            assert await stage.typist.next() == b"x"
            await page.until(f"0:{number:02} of quiet")
            await page.say(keys="y", touched=True)
            assert await stage.typist.next() == b"y"
        assert page.dropped == []


async def test_a_page_opened_late_counts_once_it_has_shown_the_screen(stage: Stage) -> None:
    stage.writes("line 1")
    stage.hand.time += 60
    async with shown(stage.mirror, stage.typist) as server, looker(server) as page:
        await page.say(keys="a", touched=True)
        assert await page.until_dropped() == "behind"
        stage.hand.time += LOOK_SECONDS + A_LITTLE
        await page.say(keys="b", touched=True)
        assert await stage.typist.next() == b"b"


def test_what_counts_is_when_the_console_wrote_and_not_when_a_slow_page_could_be_sent_it(stage: Stage) -> None:
    page = stage.mirror.join()
    stage.writes("line 1")
    frame, _ = stage.mirror.frame(page)
    stage.mirror.heard(page, Said(painted=frame.number))
    stage.writes("line 2")
    stage.hand.time += LATE_SECONDS + A_LITTLE
    # Its socket is full: no picture of line 2 has left yet. Nor does it help to name one that was never sent.
    assert stage.mirror.is_behind(page)
    stage.mirror.heard(page, Said(painted=1_000_000))
    assert stage.mirror.is_behind(page)


def test_a_page_that_shows_all_there_is_is_never_behind(stage: Stage) -> None:
    page = stage.mirror.join()
    stage.writes("line 1")
    frame, _ = stage.mirror.frame(page)
    stage.mirror.heard(page, Said(painted=frame.number))
    # The same once more, a title and the bell: nothing of it is a picture that the page is sent.
    for _ in range(20):
        stage.writes("line 1")
        stage.screen.feed(b"\x1b]2;A line waits\x07\x07")
        stage.mirror.show()
        stage.hand.time += 60
        assert not stage.mirror.is_behind(page)


async def test_another_page_changes_the_card_and_a_key_for_the_line_before_does_nothing(tmp_path: Path) -> None:
    at_once = "--set", "REVIEW_UNDO_SECONDS=0"
    async with (
        served(tmp_path, "--allow-keys", *at_once, *EVENING) as server,
        looker(server) as lagging,
        looker(server) as other,
    ):
        await lagging.say(size=[120, 35])
        await lagging.until(WAITS)
        await other.until(WAITS)
        for _ in range(50):
            await other.press("r", lambda text: "Line 2 waits for you" in text or "press again" in text)
            if WAITS not in other.text:
                break
            await other.press("\x1b[27u", lambda text: "press again" not in text)
        # The console would take a yes by then.
        await other.for_a_while()
        assert "Line 2 waits for you" not in lagging.text
        await lagging.say(keys="a", touched=True)
        assert await lagging.until_dropped() == "behind"
        assert "Line 2 waits for you" in lagging.text
        await other.press("?", "type to search")
        assert "Line 2 waits for you" in await other.press("\x1b[27u", lambda text: "type to search" not in text)


async def test_what_is_too_long_to_paste_is_told_and_the_longest_that_is_not_arrives_whole(stage: Stage) -> None:
    async with shown(stage.mirror, stage.typist) as server, looker(server) as page:
        await page.say(paste="夜" * (MOST_PASTED + 1), touched=True)
        assert await page.until_dropped() == "long"
        for sign in ("🌊", "\x01", '"'):
            longest = sign * (MOST_PASTED - 1) + "."
            await page.say(paste=longest, touched=True)
            assert await stage.typist.next() == typed(Said(paste=longest))


async def test_a_console_that_does_not_take_keys_is_told(stage: Stage) -> None:
    async with shown(stage.mirror, stage.typist) as server, looker(server) as page:
        stage.typist.has_room = False
        await page.say(keys="a", touched=True)
        assert await page.until_dropped() == "busy"


async def test_a_page_that_may_only_look_is_told_nothing_of_keys() -> None:
    stage = Stage()
    stage.mirror = Mirror(stage.screen, keys=False, fixed=True, monotonic=stage.hand)
    async with shown(stage.mirror, stage.typist, keys=False) as server, looker(server) as page:
        await page.say(keys="a", paste="x" * (MOST_PASTED + 1), touched=True)
        stage.writes("line 1")
        await page.until("line 1")
        stage.writes("line 2")
        await page.until("line 2")
        assert page.dropped == []
        assert stage.typist.taken.empty()


async def test_the_console_is_given_the_longest_paste_at_once_and_says_when_it_has_enough(tmp_path: Path) -> None:
    longest = typed(Said(paste="🌊" * MOST_PASTED))
    console = await Console.start(
        ("doctor", "--quick"), (80, 24), lambda data: None, {**os.environ, "SANCTUM_HOME": str(tmp_path)}
    )
    try:
        assert console.write(longest)
        assert not console.write(longest)
    finally:
        console.kill()
        await console.ended()
