"""The author of dashboards: from a short form to the plan of an evening, in the streamer's own template."""

import asyncio
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib.resources import files
from typing import Any, Protocol

from sanctum_tui.dashboard.markdown import TEMPLATE, parse, replace_field
from sanctum_tui.dashboard.names import KEYS, field_called, human_name
from sanctum_tui.dashboard.rules import broken_rules
from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.llm.chain import Chain
from sanctum_tui.llm.guard import Finding, Style, inspect
from sanctum_tui.llm.hearing import hear
from sanctum_tui.llm.ports import Asked, Fault, Model, ModelError
from sanctum_tui.llm.quoting import defuse, fenced
from sanctum_tui.secrecy import REDACTOR
from sanctum_tui.status.events import Kind
from sanctum_tui.status.turns import Turn
from sanctum_tui.text import clean, one_line

STATUS_SOURCE = "dashboard"
"""Who is at work, in the status lines, while a model writes a plan."""
_STAGE = "message"
"""There is but one phase: everything a plan is made of stands in the form."""
PLAN_SECONDS = 90.0
"""How long a model's plan may take in all, retries included."""
MOST_SENTENCES = 2
"""Of the notification, and of the post beside its hashtags."""
LONGEST_GOAL = 120
LONGEST_ANGLE = 480
LONGEST_ANSWER = 6_000
"""Characters behind which a model is no longer writing a plan."""
_RULES = "bait control crowd emoji exclamation hashtag hype leak link marker marketing mention punctuation shouting"
WORD_RULES = frozenset(re.findall(r"\w+", _RULES))
"""The guard's rules that hold for a plan, too. Its speaker is the streamer, who is a person and may say so."""

_OPENING = re.compile(r"<\s{0,8}plan\s{0,8}>", re.IGNORECASE)
_CLOSING = re.compile(r"<\s{0,8}/\s{0,8}plan\s{0,8}>", re.IGNORECASE)
_LABEL = re.compile(r"^[\s#>*_\d.)-]*([A-Za-z][\w ()/-]{1,60}?)[*_\s]*(?::|：)[*_]*\s*(.*)$")
_HEADING = re.compile(r"^\s*#{1,6}\s+(.+?)\s*$")
_BULLET = re.compile(r"^\s*(?:[-*+•–]|\d{1,2}[.)])\s+")
_TAGS = re.compile(r"(?<![\w&/])[#＃]\w+")
_TRAILING_TAGS = re.compile(r"\s+((?:[#＃]\w+[\s,]*)+)$")


@dataclass(frozen=True, slots=True)
class PlanForm:
    """What the streamer says of tonight, in their own words; all but the game may be empty."""

    game: str
    mood: str = ""
    familiarity: str = ""
    """How well they know the game: "first time", "some hours", "by heart"."""
    experience: str = ""
    """What they did in it lately."""
    start: str = ""
    """When it begins: "20:00", "8 pm"."""

    def tidy(self) -> "PlanForm":
        """The same on one line each, without what a terminal would obey."""
        texts = (self.game, self.mood, self.familiarity, self.experience, self.start)
        return PlanForm(*map(one_line, texts))


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """A plan nobody has approved yet."""

    dashboard: Dashboard
    writer: str
    findings: tuple[Finding, ...] = ()

    @property
    def markdown(self) -> str:
        return self.dashboard.markdown


Told = Callable[[str], None]
"""Told in one sentence what is done now."""


class PlanAuthor(Protocol):
    """Drafts the plan of an evening. It saves nothing."""

    async def draft(self, form: PlanForm, *, before: Sequence[Dashboard] = (), told: Told) -> PlanDraft:
        """A plan that differs from those drafted `before` for this form, with all that `check` finds in it."""


@cache
def stock() -> dict[str, Any]:
    """What dashboards are drafted from, and what a model is told of it."""
    return tomllib.loads((files("sanctum_tui.llm") / "phrases" / "plan_author.toml").read_text("utf-8"))


def check(dashboard: Dashboard) -> tuple[Finding, ...]:
    """All that keeps a plan from being calm and to the template's rules; nothing where it may stand."""
    findings = [Finding("missing", f"There is no {human_name(key)}.") for key in KEYS if not getattr(dashboard, key)]
    findings += [Finding("template", said) for said in broken_rules(dashboard)]
    texts = [(key, getattr(dashboard, key)) for key in ("title", "notification", "angle")]
    texts += [("social_post", _TAGS.sub("", dashboard.social_post))]
    texts += [("goals", goal) for goal in dashboard.goals]
    for key, text in texts:
        findings += _in_words(key, text, dashboard)
    if doubled := [goal for goal in dashboard.goals if dashboard.goals.count(goal) > 1]:
        findings.append(Finding("goals", f"A goal stands there twice: “{doubled[0]}”."))
    findings += [
        Finding("goals", f"A goal has {len(goal)} characters; {LONGEST_GOAL} fit a line.")
        for goal in dashboard.goals
        if len(goal) > LONGEST_GOAL
    ]
    if (length := len(dashboard.angle)) > LONGEST_ANGLE:
        findings.append(Finding("angle", f"The content angle has {length} characters; {LONGEST_ANGLE} are enough."))
    # `parse` gives the angle as lines; two that are items of a list are two angles.
    if sum(_BULLET.match(line) is not None for line in dashboard.angle.splitlines()) > 1:
        findings.append(Finding("angle", "There is more than one content angle; keep the one that matters."))
    return tuple(dict.fromkeys(findings))


def _in_words(key: str, text: str, dashboard: Dashboard) -> list[Finding]:
    sentences = MOST_SENTENCES if key in ("notification", "social_post") else 10_000
    style = Style(max_characters=1_000_000, max_sentences=sentences)
    verdict = inspect(" ".join(text.split()), style, titles=tuple(filter(None, (dashboard.game,))))
    name = "goal" if key == "goals" else human_name(key)
    return [
        Finding(found.rule, f"The {name}: {found.reason[:1].lower()}{found.reason[1:]}")
        for found in verdict.findings
        if found.rule in WORD_RULES or found.rule == "sentences"
    ]


def lay_out(parts: Mapping[str, str], template: str = TEMPLATE) -> Dashboard:
    """The parts in the streamer's template, each under its own heading; goals are one a line."""
    markdown = template
    for key in KEYS:
        if text := parts.get(key, "").strip():
            markdown = replace_field(markdown, key, text)
    return parse(markdown)


def read_plan(text: str) -> dict[str, str]:
    """The parts in a model's answer, by field: only what stands between the markers, however it is dressed up."""
    opening = _OPENING.search(text)
    if opening is None:
        return {}
    body = _CLOSING.split(text[opening.end() :], maxsplit=1)[0]
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in clean(body).splitlines():
        key, rest = _named(line)
        if key:
            current = found.setdefault(key, [])
            line = rest
        current.append(line)
    return {key: told for key, lines in found.items() if (told := _told(key, lines))}


def _named(line: str) -> tuple[str, str]:
    """The field that a label or a heading names, and what stands behind it on the line."""
    if (label := _LABEL.match(line)) and (key := field_called(label[1])):
        return key, label[2]
    if (heading := _HEADING.match(line)) and (key := field_called(heading[1])):
        return key, ""
    return "", line


def _told(key: str, lines: Sequence[str]) -> str:
    lines = [line.strip().strip("*").strip() if key != "goals" else line for line in lines]
    if key == "goals":
        return "\n".join(goal for line in lines if (goal := _unquoted(one_line(_BULLET.sub("", line)))))
    if key != "social_post":
        return _unquoted(one_line("\n".join(lines)))
    post = _unquoted("\n".join(lines).strip())
    # Hashtags stand below the words, as in the template's own examples.
    return _TRAILING_TAGS.sub(lambda tags: f"\n\n{' '.join(_TAGS.findall(tags[1]))}", re.sub(r"\n{2,}", "\n\n", post))


def _unquoted(text: str) -> str:
    inner = text[1:-1]
    return inner.strip() if len(text) > 2 and text[0] in '"“' and text[-1] in '"”' and '"' not in inner else text


class ModelPlanner:
    """A `PlanAuthor` that asks models in order, each at most twice, and the composer last."""

    def __init__(
        self,
        chains: Callable[[], Sequence[Chain]],
        fallback: PlanAuthor,
        *,
        template: Callable[[], str] = lambda: TEMPLATE,
        turn: Callable[[], Turn] | None = None,
        seconds: float = PLAN_SECONDS,
    ) -> None:
        """`turn` begins a status turn, in which is told what goes on; None: nobody looks.

        `chains` are the models, each in a chain of its own, so that one whose plan breaks a rule is not punished
        for it, and the next is asked. `seconds` is the limit in all.
        """
        self._chains = chains
        self._fallback = fallback
        self._template = template
        self._turn = turn
        self._seconds = seconds

    async def draft(self, form: PlanForm, *, before: Sequence[Dashboard] = (), told: Told) -> PlanDraft:
        form = form.tidy()
        chains = self._chains()
        if chains:
            async with AsyncExitStack() as stack:
                turn = None if self._turn is None else stack.enter_context(self._turn())
                work = _Work(form, before, told, turn)
                try:
                    async with asyncio.timeout(self._seconds) as limit:
                        if turn is not None:
                            await stack.enter_async_context(turn.phase(_STAGE))
                        if (draft := await self._by_models(chains, work, limit.when())) is not None:
                            return draft
                except TimeoutError:
                    work.failed(f"No plan came within {self._seconds:g} s.")
        return await self._fallback.draft(form, before=before, told=told)

    async def _by_models(self, chains: Sequence[Chain], work: "_Work", until: float | None) -> PlanDraft | None:
        """The first plan that keeps the rules, or None."""
        for place, chain in enumerate(chains):
            behind = any(other.ready for other in chains[place + 1 :])
            try:
                draft = await chain.first(partial(self._ask, work, chain), until=until, behind=behind)
            except ModelError as error:
                work.failed(error.sentence)
                if error.fault is Fault.BUDGET:
                    return None
                continue
            if not draft.findings:
                return draft
            work.told(f"{draft.writer} did not keep the rules.")
        return None

    async def _ask(self, work: "_Work", chain: Chain, model: Model) -> PlanDraft:
        refused: Sequence[Finding] = ()
        draft: PlanDraft | None = None
        form = work.form
        work.told(f"{model.name} is drafting…")
        for _ in range(2):
            if draft is not None:
                chain.go_on(model.name)
            work.goes_on(Kind.THINKING)
            parts = read_plan(await _answer(model, asked(form, work.before, draft, refused)))
            if not parts:
                raise ModelError(f"{model.name} answered with no plan between the markers.", Fault.EMPTY)
            work.goes_on(Kind.FINALIZING)
            # What the streamer said of the evening is not the model's to change.
            parts |= {"game": form.game} | ({"mood": form.mood} if form.mood else {})
            dashboard = await asyncio.to_thread(lay_out, parts, self._template())
            refused = await asyncio.to_thread(check, _with_own_parts(dashboard, parts))
            draft = PlanDraft(dashboard, model.name, tuple(refused))
            if not refused:
                break
            work.told(f"{model.name} is drafting once more: {refused[0].reason}")
        assert draft is not None
        return draft


@dataclass(frozen=True, slots=True)
class _Work:
    """One plan while it is written, and those who are told of it."""

    form: PlanForm
    before: Sequence[Dashboard]
    told: Told
    turn: Turn | None

    def goes_on(self, kind: Kind) -> None:
        if self.turn is not None:
            self.turn.tell(kind, _STAGE)

    def failed(self, sentence: str) -> None:
        """A model came to nothing, for this reason."""
        if self.turn is not None:
            self.turn.tell(Kind.TOOL_ERROR, tool="model")
        self.told(sentence)


def _with_own_parts(dashboard: Dashboard, parts: Mapping[str, str]) -> Dashboard:
    """The plan without what the template brought: a field the model left out is missing, whatever stood there."""
    left_out: dict[str, Any] = {
        key: () if key == "goals" else "" for key in KEYS if key not in parts and key != "mood"
    }
    return replace(dashboard, **left_out)


async def _answer(model: Model, question: Asked) -> str:
    heard = ""

    def feed(piece: str) -> bool:
        nonlocal heard
        heard += piece
        return _CLOSING.search(heard) is not None or len(heard) > LONGEST_ANSWER

    await hear(model, question, feed)
    return heard


def asked(
    form: PlanForm, before: Sequence[Dashboard] = (), refused: PlanDraft | None = None, why: Sequence[Finding] = ()
) -> Asked:
    """What a model is asked; the first part never changes."""
    told = {
        "game": form.game,
        "mood": form.mood,
        "how well the game is known": form.familiarity,
        "what happened lately": form.experience,
        "begins at": form.start,
    }
    lines = [f"{name}: {defuse(text, 600)}" for name, text in told.items() if text]
    parts = [f"# The form\n\n{fenced('form', 'filled in by the streamer', lines)}"]
    if before:
        earlier = [f"{defuse(plan.title)} ¦ {defuse(plan.angle, 600)}" for plan in before[-5:]]
        parts.append(f"# Drafted already; write another\n\n{fenced('drafted', 'titles and angles', earlier)}")
    if refused is not None:
        kept = [f"{key}: {defuse(_flat(getattr(refused.dashboard, key)), 600)}" for key in KEYS]
        reasons = "\n".join(f"- {defuse(finding.reason)}" for finding in why)
        parts.append(f"# Not like this\n\n{fenced('refused', 'your last plan', kept)}\n\nWhy not:\n{reasons}")
    parts.append("# Now\n\nWrite the plan.")
    instructions = str(stock()["instructions"]).strip() + "\n"
    return Asked(instructions, REDACTOR.redact("\n\n".join(parts) + "\n"))


def _flat(value: str | tuple[str, ...]) -> str:
    return "; ".join(value) if isinstance(value, tuple) else value
