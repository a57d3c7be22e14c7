"""The style guard: whether a line, whoever wrote it, may stand, and if not, why.

Pure, and quick enough to be asked at every key press. The rules and their words are in ``guard_rules.toml``. What
they look at is told in guard_checks (the line itself), guard_language, guard_names, guard_echo (what others said)
and guard_requests (what chat asked for).
"""

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sanctum_tui.llm.guard_checks import DATA, Line, checks
from sanctum_tui.llm.guard_echo import echoed, leaked, said_before
from sanctum_tui.llm.guard_language import Language, other_language
from sanctum_tui.llm.guard_names import viewer_named
from sanctum_tui.llm.guard_requests import obeyed
from sanctum_tui.lookalikes import fold
from sanctum_tui.text import shorten

_MOST_SHOWN = 40
"""Characters of a line that a finding quotes."""
_CALM_WORD = "it"
"""What stands for a title of tonight's while the line is looked at."""


@dataclass(frozen=True, slots=True)
class Style:
    """How long a line may be, without its signature."""

    max_characters: int = 200
    max_sentences: int = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that a line breaks, and in one sentence for the operator, how."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The guard's word on a line: it stands where nothing was found."""

    findings: tuple[Finding, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.findings

    def __add__(self, other: "Verdict") -> "Verdict":
        """Both words on a line together, each rule told once."""
        told = {finding.rule for finding in self.findings}
        return Verdict((*self.findings, *(finding for finding in other.findings if finding.rule not in told)))


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as a help screen shows it."""

    name: str
    promise: str
    reason: str
    """What is said of a line that breaks it, with ``{found}`` for what was found."""


_TAKING = frozenset({"instruction", "echo"})
"""The rules on what a line takes from others."""

RULES: tuple[Rule, ...] = tuple(Rule(rule["name"], rule["promise"], rule["reason"]) for rule in DATA["rule"])
"""Every rule, in the order in which findings are told."""


def inspect(
    line: str,
    style: Style = Style(),
    *,
    said: Sequence[str] = (),
    said_earlier: Sequence[str] = (),
    skipped: Sequence[str] = (),
    names: Collection[str] = (),
    names_allowed: bool = False,
    titles: Collection[str] = (),
    plan: Sequence[str] = (),
    chat: Sequence[str] = (),
    private: Sequence[str] = (),
    language: Language = "any",
) -> Verdict:
    """Look at a line as it would be posted, without its signature, and tell every rule that it breaks.

    `said`, `said_earlier` and `skipped` are lines that must not come again: of tonight, of earlier streams, and those
    the operator did not want. `names` are viewers' names. `titles` are names of works as tonight's dashboard writes
    them: what is in them ("DREDGE", "Okami!") is not the line's own loudness. `plan` is what tonight's
    plan says, whose words name nobody. `chat` is what people wrote lately,
    as they wrote it. `private` is what nobody may read: prompts, keys, the names of models; text with white space
    is a text, of which a few words in a row are too many, and anything else a word or a key.
    """
    plain = unicodedata.normalize("NFKC", line)
    for title in titles:
        if title.strip():
            plain = plain.replace(unicodedata.normalize("NFKC", title), _CALM_WORD)
    seen = Line(line, plain, " ".join(fold(plain).split()), style.max_characters, style.max_sentences)
    told = {
        "leak": lambda: leaked(line, private) if private else None,
        "instruction": lambda: obeyed(plain, chat, titles) if chat else None,
        "echo": lambda: echoed(plain, chat) if chat else None,
        "language": lambda: other_language(plain, language),
        "name": lambda: viewer_named(line, names, plan) if names and not names_allowed else None,
        "repetition": lambda: said_before(line, said) if said else None,
        "earlier": lambda: said_before(line, said_earlier) if said_earlier else None,
        "skipped": lambda: said_before(line, skipped) if skipped else None,
    }
    findings = []
    for rule in RULES:
        alone, others = checks().get(rule.name), told.get(rule.name)
        found = alone(seen) if alone is not None else None
        if found is None and others is not None:
            found = others()
        if found is not None:
            reason = rule.reason.replace("{found}", shorten(found.strip(), _MOST_SHOWN))
            findings.append(Finding(rule.name, reason))
            if rule.name == "empty":
                break
    return Verdict(tuple(findings))


def taken(line: str, heard: Sequence[str], *, titles: Collection[str] = ()) -> Verdict:
    """What a line has of these texts that it must not have: what they ask for, or how somebody wrote it.

    It is the part of the guard's word for whoever knows more of what its writer read than tonight's chat.
    """
    found = inspect(line, chat=heard, titles=titles).findings if heard else ()
    return Verdict(tuple(finding for finding in found if finding.rule in _TAKING))
