"""What a newcomer is offered beside an evening: which of it is set up, and what is not to be offered again."""

import logging
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import msgspec

from sanctum_tui.errors import StorageError
from sanctum_tui.paths import Paths, write_atomically
from sanctum_tui.settings import Settings

log = logging.getLogger(__name__)

FILE_NAME = "welcome.json"


class Step(StrEnum):
    """Something to be set up, in the order in which it is offered."""

    TWITCH = "twitch"
    MODEL = "model"
    LEDGERS = "ledgers"


@dataclass(frozen=True, slots=True)
class StepWords:
    """How a step is offered."""

    title: str
    words: str
    brief: str
    """The words where there is little room."""


OFFERED: dict[Step, StepWords] = {
    Step.TWITCH: StepWords(
        "Connect to Twitch…",
        "with a code on this screen that you confirm in a browser",
        "with a code, in a browser",
    ),
    Step.MODEL: StepWords(
        "A language model…",
        "to write the lines; without one the offline composer does",
        "else the composer writes",
    ),
    Step.LEDGERS: StepWords(
        "A folder for ledgers…",
        "an Obsidian vault, for example; without one, your documents",
        "else in your documents",
    ),
}


class Asked:
    """The steps that the operator does not want to be offered again, in a file of the state folder."""

    def __init__(self, paths: Paths) -> None:
        self._file = paths.state / FILE_NAME

    def read(self) -> frozenset[Step]:
        """What was asked; a file that cannot be read is as none, for asking again does no harm."""
        try:
            return frozenset(msgspec.json.decode(self._file.read_bytes(), type=list[Step]))
        except FileNotFoundError:
            return frozenset()
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            log.warning("what was asked at the welcome cannot be read in %s (%s)", self._file, error)
            return frozenset()

    def add(self, step: Step) -> None:
        """Do not offer this again; where that cannot be kept, it is offered once more."""
        self._keep(self.read() | {step})

    def remove(self, step: Step) -> None:
        """Offer it again after all."""
        self._keep(self.read() - {step})

    def _keep(self, steps: frozenset[Step]) -> None:
        try:
            write_atomically(self._file, msgspec.json.encode(sorted(steps)))
        except StorageError as error:
            log.warning("what is not to be offered again is not kept: %s", error.sentence)


def is_set(step: Step, settings: Settings, known: str) -> bool:
    """Whether there is nothing to ask; `known` is the account that is logged in, "" where none is."""
    match step:
        case Step.TWITCH:
            return bool(known)
        case Step.MODEL:
            return bool(settings.llm_provider or settings.models)
        case Step.LEDGERS:
            return bool(settings.export_path)


def open_steps(settings: Settings, asked: frozenset[Step]) -> tuple[Step, ...]:
    """What the welcome offers beside Twitch, which is always there: what is not set, and may be asked."""
    return tuple(step for step in (Step.MODEL, Step.LEDGERS) if step not in asked and not is_set(step, settings, ""))


def standing_of(step: Step, settings: Settings, known: str, folder: Path) -> str:
    """How a step stands, for whoever comes back to it."""
    match step:
        case Step.TWITCH:
            return f"connected as {known}" if known else "not connected"
        case Step.MODEL:
            if settings.models:
                return f"{len(settings.models)} models, listed in the settings file"
            return settings.llm_model if settings.llm_provider else "none: the offline composer writes"
        case Step.LEDGERS:
            return str(folder)
