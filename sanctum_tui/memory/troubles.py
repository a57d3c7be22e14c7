"""What a database's error means for a person, as one sentence that says what to do."""

from sqlalchemy.exc import DBAPIError, IntegrityError

_SENTENCES = (
    ("SQLITE_FULL", "The disk is full: {where} could not be written; free some space, then try again."),
    (
        "SQLITE_BUSY",
        "{where} is locked by another program; close what else uses it, then try again.",
    ),
    (
        "SQLITE_LOCKED",
        "{where} is locked by another program; close what else uses it, then try again.",
    ),
    (
        "SQLITE_NOTADB",
        "{where} is not a database (nothing in it was changed); move it away or restore a copy, then try again.",
    ),
    (
        "SQLITE_CORRUPT",
        "{where} is damaged (nothing in it was overwritten); move it away or restore a copy, then try again.",
    ),
    (
        "SQLITE_READONLY",
        "{where} may not be written to; change its permissions or choose another file with DATABASE_URL.",
    ),
    (
        "SQLITE_CANTOPEN",
        "{where} could not be opened; see that its folder is there and may be written to, or choose another file "
        "with DATABASE_URL.",
    ),
    (
        "SQLITE_IOERR",
        "{where} could not be read or written (the disk reports an error); see that the disk is not full and is "
        "well, then try again.",
    ),
)
"""By the beginning of SQLite's own name for the error (https://sqlite.org/rescode.html)."""


def is_busy(error: BaseException | None) -> bool:
    """Whether it failed only because another connection has the file just now."""
    return _code(_cause(error)).startswith("SQLITE_BUSY")


def sentence_for(error: BaseException, where: str) -> str:
    """The sentence for an error that came from the database at ``where`` (a path, or an address without secrets)."""
    cause = _cause(error)
    code = _code(cause)
    for prefix, sentence in _SENTENCES:
        if code.startswith(prefix):
            return sentence.format(where=where)
    said = " ".join(str(cause).split()) or type(cause).__name__
    if isinstance(error, IntegrityError):
        return f"{where} refused what contradicts it ({said}); see that no other console runs the same evening."
    if isinstance(cause, OSError):
        return f"{where} cannot be reached ({said}); see that the database runs, then try again."
    return f"{where} could not be used ({said}); see the log, then try again."


def _cause(error: BaseException | None) -> BaseException | None:
    """The driver's own error, where SQLAlchemy wrapped it."""
    return error.orig if isinstance(error, DBAPIError) else error


def _code(cause: BaseException | None) -> str:
    """SQLite's name for the error, or an empty text where it is none of SQLite's."""
    return getattr(cause, "sqlite_errorname", "")
