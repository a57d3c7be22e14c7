"""Prompts as files: the modules that say how a line is written, in their fixed order, and what a model is asked.

What must hold whoever the channel belongs to is protected. Voice, personality and channel are the operator's to
write anew, as files of those names in a folder of theirs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path

from sanctum_tui.errors import BadInputError
from sanctum_tui.llm.author import Context
from sanctum_tui.llm.context import Gathered
from sanctum_tui.llm.material import Told, lay_out
from sanctum_tui.llm.ports import Asked
from sanctum_tui.llm.thinking import briefly, thinks_by_name
from sanctum_tui.llm.tokens import estimate
from sanctum_tui.paths import Paths
from sanctum_tui.secrecy import REDACTOR
from sanctum_tui.settings import ModelChoice
from sanctum_tui.settings.nearest import nearest
from sanctum_tui.text import clean

BUDGET_TOKENS = 6_000
"""What is asked in all, where nobody says what the model can hold; it leaves room for an answer in 8,192."""
LEAST_MATERIAL_TOKENS = 400
"""Below this, tonight does not fit beside the instructions, and a model is asked more than it can hold."""
ROOM_FOR_QUESTION = 3 / 4
"""Of what a model can hold; the rest is for its thoughts and its answer."""
LONGEST_MODULE = 6_000
"""Characters of a module that an operator wrote."""

_LANGUAGES = {"en": "English", "zh": "Chinese", "any": "the language that tonight's plan is written in"}


class Mode(StrEnum):
    """Who writes."""

    HEARTHKEEPER = "hearthkeeper"
    STEWARD = "steward"


class Phase(StrEnum):
    """What the model is to do now."""

    INFORMATION = "information"
    MESSAGE = "message"


PROTECTED = ("hearthkeeper", "steward", "chat", "safety", "disclosure", "research", "format")
"""Modules that are always ours."""
CUSTOMISABLE = ("voice", "personality", "channel")
"""Modules that a file of the operator's takes the place of; an empty file leaves one out."""


@dataclass(frozen=True, slots=True)
class Modules:
    """The text of every module."""

    texts: Mapping[str, str]
    yours: tuple[str, ...] = ()
    """Those that the operator wrote."""
    warnings: tuple[str, ...] = ()
    """What was refused, one sentence each."""


def prompts_folder(paths: Paths) -> Path:
    """Where an operator's own modules are."""
    return paths.config / "prompts"


def read_modules(folder: Path | None = None) -> Modules:
    """The shipped modules, with the operator's in place of those that may be customised.

    A file for a protected module is refused and told of in `warnings`. Raises BadInputError for a file that is no
    module's, is too long, or cannot be read. A folder that is not there has no files.
    """
    texts = dict(_shipped())
    yours: list[str] = []
    warnings: list[str] = []
    for path in sorted(folder.glob("*.md")) if folder is not None else ():
        name = path.stem.casefold()
        if name in PROTECTED:
            warnings.append(
                f"{path} is left out: the module {name} is protected; write yours into "
                f"{', '.join(CUSTOMISABLE[:-1])} or {CUSTOMISABLE[-1]}."
            )
            continue
        if name not in CUSTOMISABLE:
            near = nearest(name, CUSTOMISABLE)
            hint = f"did you mean {near}.md?" if near else f"there are {', '.join(CUSTOMISABLE)}."
            raise BadInputError(f"{path} is no module of the prompt; {hint}")
        texts[name] = _read(path)
        yours.append(name)
    return Modules(texts, tuple(yours), tuple(warnings))


@dataclass(frozen=True, slots=True)
class Prompts:
    """What a model is asked. The same values always give the same bytes."""

    modules: Modules = field(default_factory=read_modules)
    characters: int = 200
    """The longest line that the guard lets stand."""
    language: str = "en"
    """``en``, ``zh`` or ``any``."""
    budget_tokens: int = BUDGET_TOKENS
    """Instructions and material together; what does not fit of the material is left out, the oldest first."""
    thinks: bool = False
    """Whether the model is known to think before it writes, and is asked to be brief about it."""

    def instructions(self, mode: Mode, phase: Phase = Phase.MESSAGE) -> str:
        """The static part: the modules in their order."""
        texts = (self._filled(name) for name in order(mode, phase))
        return "\n\n".join(text for text in texts if text) + "\n"

    def assemble(
        self,
        mode: Mode,
        gathered: Gathered,
        context: Context,
        *,
        phase: Phase = Phase.MESSAGE,
        found: str = "",
        refused: Sequence[tuple[str, str]] = (),
        addressed: str = "",
    ) -> Asked:
        """All of a call: first what never changes, then tonight, as much as fits.

        `found` is the information phase's note. `refused` are lines that the guard refused in this draft, each
        with the reason. `addressed` is what somebody said to the steward.
        """
        instructions = self.instructions(mode, phase)
        room = max(LEAST_MATERIAL_TOKENS, self.budget_tokens - estimate(instructions))
        told = Told(
            gathered, context, found=found, refused=tuple(refused), addressed=addressed, task=_TASKS[mode, phase]
        )
        material = REDACTOR.redact(lay_out(told, room))
        return Asked(instructions, briefly(material) if self.thinks else material)

    @property
    def private(self) -> tuple[str, ...]:
        """Texts that must never be in a line: the modules themselves."""
        return tuple(filter(None, self.modules.texts.values()))

    def _filled(self, name: str) -> str:
        text = self.modules.texts.get(name, "")
        if name in PROTECTED:
            text = text.replace("{language}", _LANGUAGES.get(self.language, self.language))
            text = text.replace("{characters}", str(self.characters))
        return text


def prompts_for(
    choices: Sequence[ModelChoice], modules: Modules, *, name: str = "", characters: int, language: str
) -> Prompts:
    """What the model of this name is asked; without a name, what any of them can hold.

    One that is not known by its name or its settings to think, and does, is told to be brief by whoever asks it.
    """
    meant = [choice for choice in choices if name in ("", choice.name)]
    room = int(min(choice.context_tokens for choice in meant) * ROOM_FOR_QUESTION) if meant else BUDGET_TOKENS
    thinking = bool(name) and any(
        thinks_by_name(choice.model) if choice.thinking == "auto" else choice.thinking for choice in meant
    )
    return Prompts(
        modules,
        characters=characters,
        language=language,
        budget_tokens=min(BUDGET_TOKENS, room),
        thinks=thinking,
    )


def order(mode: Mode, phase: Phase = Phase.MESSAGE) -> tuple[str, ...]:
    """The modules of a call, first to last. What is protected comes last, so that it has the last word."""
    if phase is Phase.INFORMATION:
        return (mode.value, "channel", "chat", "research")
    return (mode.value, "voice", "personality", "channel", "chat", "safety", "disclosure", "format")


_TASKS = {
    (Mode.HEARTHKEEPER, Phase.MESSAGE): "Write the line.",
    (Mode.STEWARD, Phase.MESSAGE): (
        "Write the line in answer.\n\nWhere it is better to say nothing, put a single dash between the markers."
    ),
    (Mode.HEARTHKEEPER, Phase.INFORMATION): "Look up what would help, then write the note.",
    (Mode.STEWARD, Phase.INFORMATION): "Look up what the answer needs, then write the note.",
}


@cache
def _shipped() -> Mapping[str, str]:
    folder = files("sanctum_tui.llm") / "modules"
    return {name: (folder / f"{name}.md").read_text(encoding="utf-8").strip() for name in (*PROTECTED, *CUSTOMISABLE)}


def _read(path: Path) -> str:
    try:
        with path.open(encoding="utf-8-sig") as file:
            text = clean(file.read(LONGEST_MODULE + 1)).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"{path} cannot be read ({error}); mend or remove it.") from None
    if len(text) > LONGEST_MODULE:
        raise BadInputError(f"{path} is longer than {LONGEST_MODULE} characters; shorten it.")
    return text
