"""The ledger: what it tells of an evening, how it quotes a room it does not trust, and where it is written."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from sanctum_tui.chat import ChatCleared, ChatGap, ChatLine, ChatMessage, MessageDeleted, Voice
from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.errors import StorageError
from sanctum_tui.evening import (
    Action,
    Airing,
    Decision,
    Draft,
    EveningRecord,
    Flag,
    Mark,
    Prompt,
    PromptState,
    PromptStep,
    Reason,
    Session,
)
from sanctum_tui.exports.clips import ClipKind
from sanctum_tui.exports.ledger import Ledger, LedgerBuilder
from sanctum_tui.exports.markdown import escape, file_name, render, write
from sanctum_tui.exports.seeds import SeedKind
from sanctum_tui.exports.story import Kind, difference
from sanctum_tui.text import one_line

FIXTURES = Path(__file__).parent / "fixtures" / "ledgers"
START = datetime(2026, 3, 1, 20, tzinfo=UTC)
END = START + timedelta(hours=1)
SIGNATURE = "— Chronicler, AI steward"
DASHBOARD = Dashboard(
    title="Fog over the second light",
    game="Windrose",
    mood="slow, grey, kind",
    goals=("Reach the second lighthouse", "Read every log"),
    angle="What does a lighthouse keeper write down when nothing happens?",
)
S = PromptState


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-01T{clock}+00:00")


def line(number: int, when: datetime, name: str, text: str, voice: Voice = Voice.PERSON) -> ChatLine:
    return ChatLine(number, voice, ChatMessage(when, name.lower(), name, text, id=f"m{number}"))


def evening_lines() -> list[ChatLine]:
    """The lines of the fixture, which read `HH:MM:SS name: text`."""
    lines = []
    for number, row in enumerate((FIXTURES / "evening.txt").read_text(encoding="utf-8").splitlines(), 1):
        name, _, text = row[9:].partition(": ")
        lines.append(line(number, at(row[:8]), name, text))
    return lines


def prompt(number: int, words: str, *steps: tuple[str, PromptState, str, str], final: str = "") -> Prompt:
    """A prompt; a step is its time, state, author and reason, and has the final words from approval on."""
    shown = final or words
    rows = tuple(
        PromptStep(at(when), state, by, f"{words if state is S.PENDING else shown} {SIGNATURE}", reason)
        for when, state, by, reason in steps
    )
    return Prompt(
        id=number,
        session_id=12,
        number=number,
        mode="hearthkeeper",
        state=rows[-1].state,
        line=shown,
        text=f"{shown} {SIGNATURE}",
        draft=Draft(words, f"{words} {SIGNATURE}", sources=("tonight's angle",)),
        why="Nobody had written for 15 minutes.",
        drafted_at=rows[0].at,
        changed_at=rows[-1].at,
        steps=rows,
    )


PROMPTS = (
    prompt(
        1,
        "Does the sea feel very empty?",
        ("20:25:00", S.PENDING, "agent", ""),
        ("20:25:20", S.APPROVED, "operator", ""),
        ("20:25:23", S.SENDING, "delivery", ""),
        ("20:25:24", S.POSTED, "delivery", ""),
        final="Does the sea feel empty, or contemplative?",
    ),
    prompt(
        2,
        "A log of wind is still a log.",
        ("20:43:00", S.PENDING, "agent", ""),
        ("20:43:30", S.SKIPPED, "operator", "too *soon*"),
    ),
    prompt(
        3,
        "The fog may be resting.",
        ("20:44:00", S.PENDING, "agent", ""),
        ("20:44:20", S.SUPERSEDED, "operator", "less whimsy"),
    ),
    prompt(
        4,
        "The second light is lit.",
        ("20:44:21", S.PENDING, "agent", ""),
        ("20:46:02", S.STALE, "room", ""),
    ),
)


def record(**fields: object) -> EveningRecord:
    session = Session(12, "quietharbor", "replay:abc", "Windrose, slowly", START, END)
    return EveningRecord(**{"session": session, **fields})  # type: ignore[arg-type]


def full_record() -> EveningRecord:
    return record(
        prompts=PROMPTS,
        decisions=(
            Decision(at("20:10:00"), Action.QUIET, Reason.NOT_QUIET_YET),
            Decision(at("20:30:00"), Action.QUIET, Reason.MUTED),
            Decision(at("20:31:00"), Action.QUIET, Reason.MUTED),
            Decision(at("20:35:00"), Action.QUIET, Reason.NOT_QUIET_YET),
        ),
        flags=(
            Flag(at("20:50:00"), 99, "cheap_fame", "Viewers on cheapfame.example", "scam", "an offer of viewers"),
        ),
        marks=(Mark(at("20:07:20"), "the geese"),),
    )


def built(lines: list[ChatLine], what: EveningRecord | None = None, dashboard: Dashboard = DASHBOARD) -> Ledger:
    builder = LedgerBuilder()
    builder.add(lines)
    return builder.build(what or record(), dashboard)


def test_an_evening_reads_as_it_is_kept_in_the_fixture() -> None:
    told = render(built(evening_lines(), full_record()))
    assert told == (FIXTURES / "evening.md").read_text(encoding="utf-8")


def test_an_evening_in_which_nothing_happened_says_so_calmly() -> None:
    told = render(built([], dashboard=Dashboard()))
    assert told == (FIXTURES / "quiet.md").read_text(encoding="utf-8")


def test_building_while_the_evening_runs_changes_nothing_about_its_end() -> None:
    lines = evening_lines()
    whole, watched = LedgerBuilder(), LedgerBuilder()
    whole.add(lines)
    for one in lines:
        watched.add([one])
        watched.build(full_record(), DASHBOARD)
    assert watched.build(full_record(), DASHBOARD) == whole.build(full_record(), DASHBOARD)


def test_a_talk_is_told_with_who_what_and_their_own_words() -> None:
    first, *_ = built(evening_lines()).discussions
    assert {"geese", "lighthouse"} <= set(first.about)
    assert set(first.names) == {"mossgate", "Ferry_Tam", "velvetmoth", "oldtidewater"}
    assert 2 <= len(first.quotes) <= 4
    said = {message.message.text for message in evening_lines()}
    assert {quote.text for quote in first.quotes} <= said
    assert len({quote.name for quote in first.quotes}) == 3


@pytest.mark.parametrize("voice", [voice for voice in Voice if voice is not Voice.PERSON])
def test_only_people_make_a_discussion(voice: Voice) -> None:
    spoken = [ChatLine(one.number, voice, one.message) for one in evening_lines()]
    ledger = built(spoken)
    assert (ledger.discussions, ledger.people, ledger.silences) == ((), 0, ())


def test_greetings_alone_are_no_discussion() -> None:
    lines = [line(n, START + timedelta(seconds=9 * n), f"p{n % 4}", "hello there") for n in range(20)]
    assert built(lines).discussions == ()


def test_what_a_moderator_took_away_is_never_quoted() -> None:
    builder = LedgerBuilder()
    builder.add(evening_lines())
    builder.withdraw(MessageDeleted(END, "m8"))
    builder.withdraw(ChatCleared(END, "mossgate"))
    told = render(builder.build(full_record(), DASHBOARD))
    assert "do you think the keeper left" not in told
    assert "grandfather" not in told
    assert "Ferry\\_Tam, 20:0" in told


def test_a_flagged_line_is_quoted_among_the_flags_alone() -> None:
    keeper = next(one.message for one in evening_lines() if "on purpose" in one.message.text)
    flag = Flag(keeper.at, 8, keeper.name, keeper.text, "scam", "a lure")
    told = render(built(evening_lines(), record(flags=(flag,))))
    assert told.count("on purpose") == 1


def test_silences_are_measured_between_people_and_say_what_broke_them() -> None:
    ledger = built([*evening_lines(), line(99, at("20:47:30"), "nightbot", "follow us", Voice.BOT)])
    told = [(pause.silence.seconds, pause.first.name if pause.first else "") for pause in ledger.silences]
    assert told == [(1050.0, "velvetmoth"), (1084.0, "Ferry_Tam")]
    assert ledger.closing is not None
    assert ledger.closing.seconds == 765.0


def test_the_longest_silence_is_told_after_a_thousand_shorter_ones() -> None:
    after = START + timedelta(seconds=400)
    lines = [line(0, START, "a", "hi"), *(line(n, after + timedelta(seconds=70 * n), "a", "hi") for n in range(1200))]
    silences = built(lines, EveningRecord(Session(1, "c", "live", "", START))).silences
    assert [pause.silence.seconds for pause in silences] == [400.0]


@pytest.mark.parametrize(("counted", "longest"), [(False, 600.0), (True, 400.0)])
def test_a_command_breaks_a_silence_only_where_the_setting_says_so(counted: bool, longest: float) -> None:
    builder = LedgerBuilder(count_commands=counted)
    builder.add([line(1, START, "a", "hi")])
    builder.add([line(2, START + timedelta(seconds=400), "a", "!quote", Voice.COMMAND)])
    builder.add([line(3, START + timedelta(seconds=600), "a", "hi")])
    silences = builder.build(record(), DASHBOARD).silences
    assert max(pause.silence.seconds for pause in silences) == longest


def test_the_words_that_broke_the_silence_after_a_post_are_its_answer() -> None:
    posted, skipped, *_ = built(evening_lines(), full_record()).prompts
    assert posted.answer is not None
    assert posted.answer.text.startswith("contemplative, I think")
    assert skipped.answer is None


def test_a_story_has_the_text_that_was_posted_and_who_approved_it() -> None:
    story = built(evening_lines(), full_record()).prompts[0]
    assert story.posted_text == f"Does the sea feel empty, or contemplative? {SIGNATURE}"
    assert (story.approved_by, story.approved_at, story.posted_at) == ("operator", at("20:25:20"), at("20:25:24"))


@given(st.lists(st.sampled_from("abcde"), max_size=8), st.lists(st.sampled_from("abcde"), max_size=8))
def test_a_difference_holds_both_versions_whole(before: list[str], after: list[str]) -> None:
    pieces = difference(" ".join(before), " ".join(after))
    if before == after:
        assert pieces == ()
        return
    assert [w for p in pieces if p.kind is not Kind.ADDED for w in p.text.split()] == before
    assert [w for p in pieces if p.kind is not Kind.STRUCK for w in p.text.split()] == after


def test_marks_come_first_among_the_clips_and_count_from_the_start() -> None:
    clips = built(evening_lines(), full_record()).clips
    assert [clip.kind for clip in clips] == [ClipKind.MARK, ClipKind.LAUGHTER, ClipKind.ANSWER, ClipKind.EXCITEMENT]
    assert clips[0].seconds == 440.0
    assert clips[1].many == 3


def test_a_crowd_that_is_always_there_is_no_moment() -> None:
    busy = [line(n, START + timedelta(seconds=n), f"p{n % 30}", "so it goes") for n in range(600)]
    burst = [line(n, START + timedelta(seconds=300.5 + n / 50), f"q{n}", "what") for n in range(100)]
    assert built(busy).clips == ()
    merged = sorted([*busy, *burst], key=lambda one: one.message.at)
    assert [clip.kind for clip in built(merged).clips] == [ClipKind.BURST]


def test_seeds_grow_from_the_angle_the_room_and_the_operator() -> None:
    found = built(evening_lines(), full_record()).seeds
    assert [seed.kind for seed in found] == [SeedKind.ANGLE, SeedKind.QUESTION, SeedKind.THOUGHT, SeedKind.EDIT]
    quoted = [quote for seed in found for quote in seed.quotes]
    assert len(quoted) == len(set(quoted)) == 3
    assert "lighthouse" in quoted[0].text


def test_memory_does_not_grow_with_a_long_evening() -> None:
    builder = LedgerBuilder()
    words = ["lighthouse", "keeper", "harbour", "weather", "geese", "haha", "fog!", "rope?", "stairs"]
    for batch in range(60):
        start = START + timedelta(minutes=10 * batch)
        text = " ".join(words[batch % 5 : batch % 5 + 4])
        builder.add([line(n, start + timedelta(seconds=n / 2), f"p{n % 40}", f"{text} {n}") for n in range(500)])
    assert sum(len(stretch.kept) for stretch in builder._talk._closed) <= 24 * 80
    assert len(builder._moments._kept) <= 256


def test_hours_are_those_of_the_zone_and_say_so() -> None:
    east = timezone(timedelta(hours=5, minutes=30))
    told = render(built(evening_lines()), east)
    assert "# Sanctum Ledger — 2026-03-02" in told
    assert "01:30 to 02:30 (1 hour; hours are UTC+05:30)" in told


@pytest.mark.parametrize(
    ("channel", "name"),
    [
        ("quietharbor", "2026-03-01-quietharbor-12.md"),
        ("Con", "2026-03-01-con-12.md"),
        ("../..\\a:b*?", "2026-03-01-a-b-12.md"),
        ("", "2026-03-01-channel-12.md"),
    ],
)
def test_a_ledgers_name_fits_every_file_system(channel: str, name: str) -> None:
    session = Session(12, channel, "live", "", START, END)
    assert file_name(built([], EveningRecord(session))) == name


def test_the_same_session_replaces_its_own_ledger(tmp_path: Path) -> None:
    first = write(built([]), tmp_path / "new")
    second = write(built(evening_lines(), full_record()), tmp_path / "new")
    assert list((tmp_path / "new").iterdir()) == [first] == [second]
    assert first.read_text(encoding="utf-8") == (FIXTURES / "evening.md").read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StorageError, match="could not be written"):
        write(built([]), tmp_path / "file")


PLAIN = MarkdownIt("commonmark")
GENEROUS = MarkdownIt("js-default", {"html": True, "linkify": True})
HOSTILE = st.lists(
    st.one_of(
        st.sampled_from(list("\\`*_[]()<>~|$#^@&=%!:/.-+ \n\t019abcw;{}\"'é中😀\u200b\u00a0")),
        st.sampled_from(
            ["https://", "www.", ".com", "amp;", "mailto:", "//localhost", "1. ", "    ", "[!note]", "![["]
        ),
    ),
    max_size=24,
).map("".join)


@settings(max_examples=400, deadline=None)
@given(st.one_of(HOSTILE, st.text(max_size=40)))
@example("https://evil.example www.evil.example a@evil.example evil.com ftp://x.y //localhost mailto:a@b.de")
@example("[[note]] ![[pic]] #tag %%gone%% ==lit== $x$ [^1]: ^id `code` ~~no~~ | a | b |")
@example("<script>alert(1)</script> &lt; &#60; <!-- -->")
@example("> [!note] x")
@example("--- ")
@example("12. x")
@example("\t- x")
def test_escaped_text_is_read_as_itself_and_as_nothing_else(text: str) -> None:
    shown = one_line(text)
    for reader in (PLAIN, GENEROUS):
        tokens = reader.parse(escape(text))
        assert [token.type for token in tokens] == (["paragraph_open", "inline", "paragraph_close"] if shown else [])
        runs = [(run.type, run.content) for token in tokens for run in token.children or ()]
        assert runs == ([("text", shown)] if shown else [])


@pytest.mark.parametrize("sign", ["[[a]]", "#a", "%%a%%", "==a==", "$a$", "a ^b", "@a", "a::b", "[^a]", "> [!a]"])
def test_what_only_obsidian_reads_is_escaped_too(sign: str) -> None:
    assert "\\" in escape(sign)
    assert escape(sign).replace("\\", "") == sign


@pytest.mark.parametrize(
    "prose", ["It is 12:30, and raining.", "so... yes :) 3.5% (or 1/2)", "a - b + c > d!", "R & B"]
)
def test_prose_stays_prose_in_the_source(prose: str) -> None:
    assert escape(prose) == prose


HARM = {"link_open", "image", "html_inline", "html_block", "code_inline", "fence", "code_block", "hr", "table_open"}


@settings(max_examples=60, deadline=None)
@given(HOSTILE)
def test_no_text_of_the_evening_becomes_markup_in_its_ledger(text: str) -> None:
    lines = [
        line(
            n,
            START + timedelta(seconds=20 * n),
            f"p{n % 3}{text}",
            f"{text} the keeper {n} climbs stairs of weather?",
        )
        for n in range(12)
    ]
    story = prompt(
        1, f"{text} a", ("20:10:00", S.PENDING, "agent", text), ("20:11:00", S.SKIPPED, text, text), final=f"b {text}"
    )
    session = Session(12, text, "live", text, START, END)
    hostile = EveningRecord(
        session,
        prompts=(story,),
        flags=(Flag(START, 1, text, text, text, text),),
        marks=(Mark(START, text),),
    )
    told = render(built(lines, hostile, Dashboard(title=text, game=text, mood=text, angle=text, goals=(text,))))
    tokens = GENEROUS.parse(told)
    assert not HARM & {run.type for token in tokens for run in (token, *(token.children or ()))}
    titles = [
        inline.content for opened, inline in pairwise(tokens) if opened.nesting == 1 and opened.tag in {"h1", "h2"}
    ]
    assert titles == [
        "Sanctum Ledger — 2026-03-01", "Stream Theme", "Notable Discussion", "Agent Actions", "Clip Candidates",
        "Blog Seeds", "The Queue", "Flags", "Silences",
    ]  # fmt: skip


def test_a_clips_time_counts_from_the_stream_it_happened_in() -> None:
    marks = (Mark(START + timedelta(minutes=5), "before it broke off"), Mark(START + timedelta(minutes=40), "after"))
    airings = (Airing("s1", START), Airing("s2", START + timedelta(minutes=30)))
    clips = built([], record(marks=marks, airings=airings)).clips
    assert [clip.seconds for clip in clips] == [300.0, 600.0]


def test_no_silence_reaches_over_a_time_in_which_chat_was_away() -> None:
    lines = [line(1, START, "Mira", "hello"), line(2, START + timedelta(minutes=40), "Mira", "back again")]
    gap = ChatGap(START + timedelta(minutes=30), 20 * 60.0)
    told = built(lines, record(gaps=(gap,)))
    assert [silence.silence.seconds for silence in told.silences] == [600.0, 600.0]
    assert [silence.first is None for silence in told.silences] == [True, False]
    assert "Chat was away" in render(told)
