"""Errors a person can meet: each says in one sentence what happened and what to do."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process answers to its shell (documented in the README)."""

    OK = 0
    CRASHED = 1
    BAD_INPUT = 2
    """The command line, a setting, a log or a dashboard cannot be used as it is."""
    STORAGE = 3
    """The database or a file could not be opened or written; nothing was overwritten."""
    NOT_READY = 4
    """Something that the command needs is missing (``doctor`` says what)."""
    INTERRUPTED = 130


class SanctumError(Exception):
    """What happened, and what to do about it, as one sentence that can be shown as it stands."""

    exit_code = ExitCode.CRASHED

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class BadInputError(SanctumError):
    """Something the operator gave us cannot be used: a file, a setting, an argument."""

    exit_code = ExitCode.BAD_INPUT


class StorageError(SanctumError):
    """The database or a file could not be read or written. What was there is left as it was."""

    exit_code = ExitCode.STORAGE


class NotReadyError(SanctumError):
    """The command needs something that is not there yet."""

    exit_code = ExitCode.NOT_READY
