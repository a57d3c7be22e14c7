"""The ledger as markdown that is pleasant to read next morning, in Obsidian or anywhere else."""

import re
import unicodedata
from collections import Counter
from datetime import UTC, timedelta, tzinfo
from pathlib import Path

from sanctum_tui.evening import PromptState, PromptStep
from sanctum_tui.exports.clips import Clip, ClipKind
from sanctum_tui.exports.escaping import escape
from sanctum_tui.exports.ledger import Ledger
from sanctum_tui.exports.seeds import Seed, SeedKind
from sanctum_tui.exports.story import Kind, Piece, PromptStory, Spell
from sanctum_tui.exports.talk import Discussion
from sanctum_tui.exports.wording import (
    OUTCOMES,
    SPELLS,
    actor,
    block,
    capital,
    counted,
    day,
    hour,
    hour_exactly,
    lasting,
    listed,
    number,
    offset,
    said,
    stream_time,
)
from sanctum_tui.paths import write_atomically

__all__ = ["escape", "file_name", "render", "write"]

FLAGS_TOLD = 40
"""Flags in one ledger; a raid of spam is counted, not copied."""
_MARKS = {Kind.KEPT: "", Kind.STRUCK: "~~", Kind.ADDED: "**"}


def render(ledger: Ledger, zone: tzinfo = UTC) -> str:
    """The whole ledger, with the hours of `zone`. The same ledger always gives the same text."""
    sections = (
        ("", _head(ledger, zone)),
        ("Stream Theme", _theme(ledger)),
        ("Notable Discussion", _talk(ledger, zone)),
        ("Agent Actions", _actions(ledger, zone)),
        ("Clip Candidates", _clips(ledger)),
        ("Blog Seeds", _seeds(ledger, zone)),
        ("The Queue", _queue(ledger, zone)),
        ("Flags", _flags(ledger, zone)),
        ("Silences", _silences(ledger, zone)),
    )
    told = [part for title, parts in sections for part in ((f"## {title}", *parts) if title else parts)]
    return "\n\n".join(told) + "\n"


def file_name(ledger: Ledger, zone: tzinfo = UTC) -> str:
    """``2026-03-01-quietharbor-12.md``: day, channel and session, so that the same evening replaces its own file.

    Letters, digits, ``_`` and ``-`` only, which every file system takes; it never begins with a device's name.
    """
    channel = re.sub(r"[^\w-]+", "-", unicodedata.normalize("NFKC", ledger.channel).lower())[:40].strip("-")
    return f"{day(ledger.started_at, zone)}-{channel or 'channel'}-{ledger.session}.md"


def write(ledger: Ledger, folder: Path, zone: tzinfo = UTC) -> Path:
    """Write the ledger into a folder, whole or not at all, and say where. Raises StorageError."""
    path = folder / file_name(ledger, zone)
    write_atomically(path, render(ledger, zone))
    return path


def _head(ledger: Ledger, zone: tzinfo) -> list[str]:
    start, end = ledger.started_at, ledger.as_of
    until = "so far, " if ledger.ended_at is None else ""
    next_day = f" on {day(end, zone)}" if day(end, zone) != day(start, zone) else ""
    title = f" — {escape(ledger.title)}" if ledger.title else ""
    spoken = (
        f"{capital(counted(ledger.messages, 'line'))} from {counted(ledger.people, 'person', 'people')}."
        if ledger.people
        else "Nobody wrote."
    )
    return [
        f"# Sanctum Ledger — {day(start, zone)}",
        f"**Channel:** {escape(ledger.channel)}{title}",
        f"**Time:** {hour(start, zone)} to {hour(end, zone)}{next_day} ({until}"
        f"{lasting((end - start).total_seconds())}; hours are {offset(start, zone)})",
        spoken,
    ]


def _theme(ledger: Ledger) -> list[str]:
    theme = ledger.theme
    named = (("Title", theme.title), ("Game", theme.game), ("Mood", theme.mood), ("Angle", theme.angle))
    told = "\n".join(f"- **{name}:** {escape(value)}" for name, value in named if escape(value))
    goals = "\n".join(f"- {escape(goal)}" for goal in theme.goals if escape(goal))
    parts = ([told] if told else []) + (["What the evening was for:", goals] if goals else [])
    return parts or ["There was no dashboard for this evening."]


def _talk(ledger: Ledger, zone: tzinfo) -> list[str]:
    if not ledger.discussions:
        return ["Nobody spoke for long enough to call it a discussion."]
    return [part for discussion in ledger.discussions for part in _discussion(discussion, zone)]


def _discussion(talk: Discussion, zone: tzinfo) -> list[str]:
    about = capital(listed([escape(word) for word in talk.about])) or "This and that"
    names = [escape(name) for name in talk.names]
    if talk.people > len(names):
        names.append(counted(talk.people - len(names), "other"))
    asked = f", {counted(talk.questions, 'question')} among them" if talk.questions else ""
    return [
        f"### {hour(talk.start, zone)} to {hour(talk.end, zone)}: {about}",
        f"{listed(names)} talked for {lasting((talk.end - talk.start).total_seconds())}: "
        f"{counted(talk.lines, 'line')}{asked}.",
        *(block(quote, zone) for quote in talk.quotes),
    ]


def _actions(ledger: Ledger, zone: tzinfo) -> list[str]:
    orders = [_spell(spell, zone) for spell in ledger.spells]
    if not ledger.prompts:
        return ["The agent drafted nothing, and said nothing.", *(["\n".join(orders)] if orders else [])]
    outcomes = Counter(story.outcome for story in ledger.prompts)
    tally = [f"{number(outcomes[state])} {words}" for state, words in OUTCOMES.items() if outcomes[state]]
    parts = [f"The agent drafted {counted(len(ledger.prompts), 'line')}: {listed(tally)}."]
    said_aloud = [story for story in ledger.prompts if story.posted_text]
    kept_back = [story for story in ledger.prompts if not story.posted_text]
    if said_aloud:
        parts += ["### Said in the room", *(part for story in said_aloud for part in _posted(story, zone))]
    if kept_back:
        parts += ["### Not said", *(part for story in kept_back for part in _unsaid(story, zone))]
    return parts + (["### Kept quiet", "\n".join(orders)] if orders else [])


def _posted(story: PromptStory, zone: tzinfo) -> list[str]:
    posted = f"**Line {story.number}**, posted at {hour_exactly(story.posted_at or story.settled_at, zone)}"
    if story.approved_at is not None:
        posted += f", approved by {actor(story.approved_by)} at {hour_exactly(story.approved_at, zone)}"
    if story.outcome is not PromptState.POSTED:
        posted += f"; since then {OUTCOMES[story.outcome]}"
    parts = [f"{posted}:", f"> {escape(story.posted_text)}"]
    if story.edit:
        parts.append(f"Edited first: {_edit(story.edit)}")
    if story.answer is not None:
        parts.append(
            f"{escape(story.answer.name)} answered at {hour(story.answer.at, zone)}: {said(story.answer.text)}"
        )
    return parts


def _unsaid(story: PromptStory, zone: tzinfo) -> list[str]:
    reason = f": {said(story.reason)}" if story.reason.strip() else "."
    what = {
        PromptState.PENDING: "Nobody has decided on it yet.",
        PromptState.STALE: "People talked again before anybody decided.",
        PromptState.EXPIRED: f"It expired{reason}",
    }.get(story.outcome)
    if what is None:
        by = f" by {actor(story.by)}" if story.outcome in {PromptState.SKIPPED, PromptState.HELD} else ""
        note = ", with the note" if story.outcome is PromptState.SUPERSEDED and story.reason.strip() else ""
        what = f"{capital(OUTCOMES[story.outcome])}{by}{note}{reason}"
    parts = [f"**Line {story.number}**, drafted at {hour(story.drafted_at, zone)}. {what}", f"> {escape(story.line)}"]
    if story.edit:
        parts.append(f"Edited before that: {_edit(story.edit)}")
    return parts


def _edit(pieces: tuple[Piece, ...]) -> str:
    return " ".join(f"{_MARKS[piece.kind]}{escape(piece.text)}{_MARKS[piece.kind]}" for piece in pieces)


def _spell(spell: Spell, zone: tzinfo) -> str:
    until = f"to {hour(spell.end, zone)}" if spell.end is not None else "on"
    return f"- {SPELLS[spell.reason]} from {hour(spell.start, zone)} {until}."


def _clips(ledger: Ledger) -> list[str]:
    if not ledger.clips:
        return ["No moment stood out from the evening's own pace."]
    usual = max(clip.usual for clip in ledger.clips)
    pace = f"Half a minute of talk usually had {counted(usual, 'person', 'people')} in it." if usual else ""
    return [*([pace] if pace else []), "\n".join(_clip(clip) for clip in ledger.clips)]


def _clip(clip: Clip) -> str:
    people = capital(counted(clip.many, "person", "people"))
    why = {
        ClipKind.MARK: f"Marked by the operator: {said(clip.note)}"
        if clip.note.strip()
        else "Marked by the operator.",
        ClipKind.ANSWER: "The room answered the agent.",
        ClipKind.LAUGHTER: f"{people} laughed at once.",
        ClipKind.EXCITEMENT: f"{people} called out at once.",
        ClipKind.BURST: f"{people} wrote within half a minute.",
    }[clip.kind]
    heard = "".join(f" {escape(quote.name)}: {said(quote.text)}" for quote in clip.quotes)
    return f"- **{stream_time(clip.seconds)}** {why}{heard}"


def _seeds(ledger: Ledger, zone: tzinfo) -> list[str]:
    if not ledger.seeds:
        return ["The evening left nothing to begin writing from."]
    return [f"{index}. {_seed(seed, zone)}" for index, seed in enumerate(ledger.seeds, 1)]


def _seed(seed: Seed, zone: tzinfo) -> str:
    first = seed.quotes[0] if seed.quotes else None
    who = f"{escape(first.name)}, at {hour(first.at, zone)}: {said(first.text)}" if first else ""
    if seed.kind is SeedKind.ANGLE:
        taken_up = (
            f" The room came near it. {who}" if who else " The room left it alone, which may be where to begin."
        )
        return f"**The evening's angle.** {escape(seed.angle)}{taken_up}"
    if seed.kind is SeedKind.QUESTION:
        return f"**A question the room asked.** {who}"
    if seed.kind is SeedKind.THOUGHT:
        return f"**A thought that was worth more than one line.** {who}"
    if seed.kind is SeedKind.EDIT and seed.edited is not None:
        return f"**What the operator would rather say.** {_edit(seed.edited.edit)}"
    if seed.pause is None or seed.pause.first is None:
        raise ValueError(f"a seed of kind {seed.kind} carries nothing to tell")
    silence, first = seed.pause.silence, seed.pause.first
    return (
        f"**{capital(lasting(silence.seconds))} in which nobody wrote**, from {hour(silence.start, zone)}. "
        f"Then {escape(first.name)}: {said(first.text)}"
    )


def _queue(ledger: Ledger, zone: tzinfo) -> list[str]:
    if not ledger.prompts:
        return ["Nothing came through the queue."]
    return [part for story in ledger.prompts for part in _life(story, zone)]


def _life(story: PromptStory, zone: tzinfo) -> list[str]:
    sources = f" From {listed([escape(source) for source in story.sources])}." if story.sources else ""
    why = f" {escape(story.why)}" if story.why.strip() else ""
    head = f"**Line {story.number}**, by the {escape(story.mode)} ({escape(story.writer)}).{why}{sources}"
    return [head, "\n".join(_steps(story, zone))] if story.steps else [head]


def _steps(story: PromptStory, zone: tzinfo) -> list[str]:
    lines: list[str] = []
    before = ""
    for step in story.steps:
        words = f": {_exactly(step)}" if step.text != before else ""
        reason = f" ({escape(step.reason)})" if step.reason.strip() else ""
        lines.append(f"- {hour_exactly(step.at, zone)} {step.state.value}, by {actor(step.by)}{reason}{words}")
        before = step.text
    return lines


def _exactly(step: PromptStep) -> str:
    """The text a step stood for, never shortened: it is what was, or would have been, posted."""
    return f"“{escape(step.text)}”"


def _flags(ledger: Ledger, zone: tzinfo) -> list[str]:
    if not ledger.flags:
        return ["The Warden flagged nothing."]
    lines = [
        f"- {hour_exactly(flag.at, zone)} **{escape(flag.name) or 'somebody'}**, {escape(flag.why or flag.rule)}: "
        f"{said(flag.text)}"
        for flag in ledger.flags[:FLAGS_TOLD]
    ]
    more = len(ledger.flags) - FLAGS_TOLD
    parts = [f"The Warden flagged {counted(len(ledger.flags), 'line')}, and did nothing else.", "\n".join(lines)]
    return parts + ([f"{capital(counted(more, 'more flag'))} not listed here."] if more > 0 else [])


def _silences(ledger: Ledger, zone: tzinfo) -> list[str]:
    lines = []
    for pause in ledger.silences:
        span = f"- {hour(pause.silence.start, zone)} to {hour(pause.end, zone)}, {lasting(pause.silence.seconds)}."
        broken = f" {escape(pause.first.name)} broke it: {said(pause.first.text)}" if pause.first else ""
        lines.append(span + broken)
    parts = ["\n".join(lines)] if lines else []
    if ledger.closing is not None and ledger.people:
        rest = lasting(ledger.closing.seconds)
        ending = "until the end" if ledger.ended_at is not None else "so far"
        parts.append(f"After {hour(ledger.closing.start, zone)} nobody wrote {ending}, {rest}.")
    parts += [
        f"Chat was away from {hour(gap.at - timedelta(seconds=gap.seconds), zone)} to {hour(gap.at, zone)}, "
        f"{lasting(gap.seconds)}; lines may be missing."
        for gap in ledger.gaps
    ]
    return parts or ["There was no silence long enough to speak of."]
