"""The last half hour of the room: what people wrote, and what else happened, minute by minute."""

from datetime import timedelta

from sanctum_tui.chat import ChatLine, Voice
from sanctum_tui.evening import Draft, Prompt, PromptState, PromptStep, Silence
from sanctum_tui.ui.pulse import MINUTES, Beat, Pulse, Trace
from tests.builders import at, says


def lines(*minutes: float, voice: Voice = Voice.PERSON) -> list[ChatLine]:
    return [ChatLine(number, voice, says(minute * 60)) for number, minute in enumerate(minutes, 1)]


def prompt(*steps: tuple[float, PromptState]) -> Prompt:
    told = tuple(PromptStep(at(minute * 60), state, "operator", "words") for minute, state in steps)
    return Prompt(
        id=1, session_id=1, number=1, mode="hearthkeeper", state=told[-1].state, line="words", text="words",
        draft=Draft("words", "words"), why="", drafted_at=told[0].at, changed_at=told[-1].at, steps=told,
    )  # fmt: skip


def test_a_minute_has_as_many_lines_as_people_wrote_in_it() -> None:
    trace = Pulse().heard(lines(0, 0.5, 0.9, 1, 29.9)).trace(at(29.95 * 60))
    assert trace.counts == (3, 1, *(0,) * 27, 1)
    assert trace.most == 3


def test_bots_notices_and_the_agent_are_no_talk() -> None:
    pulse = Pulse()
    for voice in Voice:
        pulse = pulse.heard(lines(5, voice=voice))
    assert sum(pulse.trace(at(600)).counts) == 2, "a person, and a person's command"


def test_the_half_hour_moves_on_with_the_evening_not_with_the_wall() -> None:
    pulse = Pulse().heard(lines(0, 10))
    assert pulse.trace(at(10 * 60)).counts[-1] == 1
    assert pulse.trace(at(29 * 60)).counts[0] == 1
    assert pulse.trace(at(39 * 60)).counts == (1, *(0,) * 29)
    assert sum(pulse.trace(at(40 * 60)).counts) == 0


def test_what_is_too_old_to_be_drawn_is_forgotten() -> None:
    pulse = Pulse()
    for minute in range(0, 600, 2):
        pulse = pulse.heard(lines(minute))
    assert len(pulse.counts) <= MINUTES


def test_posts_skips_drafts_and_marks_stand_in_their_minutes() -> None:
    pulse = Pulse().marked(at(4 * 60)).stepped(prompt((10, PromptState.PENDING), (12, PromptState.POSTED)))
    beats = pulse.trace(at(29 * 60)).beats
    assert (beats[4], beats[10], beats[12]) == (Beat.MARK, Beat.DRAFTED, Beat.POSTED)
    assert sum(beat is not None for beat in beats) == 3


def test_of_two_in_one_minute_the_weightier_one_is_shown() -> None:
    pulse = Pulse().marked(at(600)).stepped(prompt((10, PromptState.PENDING), (10.5, PromptState.SKIPPED)))
    assert pulse.trace(at(1200)).beats.count(Beat.SKIPPED) == 1
    assert Beat.MARK not in pulse.trace(at(1200)).beats


def test_a_silence_is_drawn_through_the_minutes_that_lie_wholly_in_it() -> None:
    beats = Pulse().trace(at(29 * 60), [Silence(at(5.5 * 60), 10 * 60)]).beats
    assert [minute for minute, beat in enumerate(beats) if beat is Beat.SILENCE] == list(range(6, 15))
    long = Pulse().trace(at(29 * 60), [Silence(at(0) - timedelta(days=1), 10 * 86400.0)]).beats
    assert long == (Beat.SILENCE,) * MINUTES


def test_the_picture_names_each_of_its_signs_once() -> None:
    trace = Trace((0, 1, 8) + (0,) * 27, (Beat.MARK, None, Beat.POSTED, Beat.MARK) + (None,) * 26)
    assert trace.bars()[:4] == " ▁█ "
    assert trace.signs()[:5] == "* ✓* "
    assert trace.legend() == (Beat.POSTED, Beat.MARK)
    assert len({beat.sign for beat in Beat}) == len(Beat)
