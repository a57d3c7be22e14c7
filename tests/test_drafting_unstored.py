"""A line that was written and cannot be stored is told, kept, and stored before a model is asked for another."""

from pathlib import Path

from sanctum_tui.evening import Reason
from sanctum_tui.events import StorageFailed
from tests.answering import ANSWER, QUESTION, QUIET_LINE, Answering, answering_in, disk_fails, disk_is_mended
from tests.builders import Heard, at, evening_of, says


def told(heard: Heard) -> int:
    return sum(isinstance(event, StorageFailed) for event in heard.events)


async def quiet(it: Answering, *, still: bool = True) -> bool:
    it.author.let.set()
    return await it.drafting.draft("quiet", lambda: still)


async def test_a_line_for_the_quiet_room_waits_once_the_disk_is_mended_and_was_asked_for_once(tmp_path: Path) -> None:
    async with answering_in(tmp_path) as it:
        await disk_fails(it.memory)
        await quiet(it)
        assert (told(it.heard), it.queue.prompts) == (1, ())
        for tick in range(2, 5):
            await it.drafting.catch_up()
            await quiet(it)
            assert (it.author.asked, told(it.heard)) == (1, tick)
        await disk_is_mended(it.memory)
        await it.drafting.catch_up()
        assert [(prompt.line, prompt.state.value) for prompt in it.queue.prompts] == [(QUIET_LINE, "pending")]
        await it.drafting.catch_up()
        assert (len(it.queue.prompts), it.author.asked) == (1, 1)


async def test_when_people_talk_before_the_disk_is_mended_the_line_is_forgotten(tmp_path: Path) -> None:
    async with answering_in(tmp_path) as it:
        still = True
        it.author.let.set()
        await disk_fails(it.memory)
        await it.drafting.draft("quiet", lambda: still)
        await disk_is_mended(it.memory)
        still = False
        await it.drafting.catch_up()
        still = True
        await it.drafting.catch_up()
        assert it.queue.prompts == ()
        await quiet(it)
        assert (it.author.asked, len(it.queue.prompts)) == (2, 1)


async def test_an_answer_waits_once_the_disk_is_mended(tmp_path: Path) -> None:
    async with answering_in(tmp_path) as it:
        await disk_fails(it.memory)
        await it.hears(QUESTION)
        assert (await it.is_written(), told(it.heard)) == ([], 1)
        await disk_is_mended(it.memory)
        it.seconds += 30
        await it.drafting.catch_up()
        assert [(prompt.line, prompt.mode) for prompt in it.queue.prompts] == [(ANSWER, "steward")]
        assert it.replier.asked == 1


async def test_an_answer_that_could_not_be_stored_for_a_minute_is_no_answer_any_more(tmp_path: Path) -> None:
    async with answering_in(tmp_path) as it:
        await disk_fails(it.memory)
        await it.hears(QUESTION)
        await it.is_written()
        await disk_is_mended(it.memory)
        it.seconds += 61
        await it.drafting.catch_up()
        assert it.queue.prompts == ()


async def test_a_refused_line_that_was_kept_is_still_refused_and_put_there_once(tmp_path: Path) -> None:
    async with answering_in(tmp_path) as it:
        it.author.line = "SMASH that follow button!!"
        await disk_fails(it.memory)
        await quiet(it)
        await disk_is_mended(it.memory)
        await it.drafting.catch_up()
        await it.drafting.catch_up()
        assert it.queue.counts() == {"rejected": 1}


async def test_an_evening_with_a_full_disk_says_so_at_every_tick_and_the_line_waits_when_there_is_room(
    tmp_path: Path,
) -> None:
    heard = Heard()
    async with evening_of(tmp_path, [says(0), says(3600, "back")], heard=heard) as evening:
        evening.player.clock.set(at(1800))
        await evening.orchestrator.hear([says(0)])
        await disk_fails(evening.memory)
        for tick in (1, 2, 3):
            await evening.orchestrator.tick()
            assert (told(heard), evening.queue.prompts) == (tick, ())
        await disk_is_mended(evening.memory)
        assert (await evening.orchestrator.tick()).reason is Reason.PROMPT_WAITING
        assert evening.queue.counts() == {"pending": 1}
