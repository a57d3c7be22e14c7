"""How a login ended, and what it asks for, in words; in private mode without the account. Pure."""

from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from textual.content import Content

from sanctum_tui.twitch.scopes import Scope

if TYPE_CHECKING:
    from sanctum_tui.twitch.login import LoggedIn

ACCOUNT_HIDDEN: Final = "Logged in. Private mode hides the account."
ACCOUNT_TO_MEND: Final = "Logged in. Private mode hides the account, and there is something to do about it."


def failure(sentence: str) -> Content:
    return Content.assemble(("✕ ", "bold $error"), (sentence, "bold"))


def welcome(step: "LoggedIn", cells: int, *, private: bool) -> Content:
    """Who is logged in, and what was not allowed."""
    sentence = step.sentence
    if private:
        # Where more is said than who it is, that has names in it too.
        no_more = sentence == f"Logged in as {step.grant.account.name}."
        sentence = ACCOUNT_HIDDEN if no_more else ACCOUNT_TO_MEND
    rows = [Content.assemble(("✓ ", "bold $success"), (sentence, "bold"))]
    if step.missing_scopes:
        rows += [Content(""), Content("Not allowed, and missing for what it is for:")]
        rows += scope_rows(step.missing_scopes, cells)
        rows += [Content(""), Content("To allow it after all, log in once more.")]
    return Content("\n").join(rows)


def scope_rows(scopes: Sequence[Scope], cells: int) -> list[Content]:
    """What each scope is for, in rows of at most so many cells."""
    rows: list[Content] = []
    for scope in scopes:
        first, *more = wrap(scope.why, max(20, cells - 2))
        rows.append(Content.assemble(("· ", "$accent"), first))
        rows += [Content(f"  {row}") for row in more]
    return rows
