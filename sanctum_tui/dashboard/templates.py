"""Dashboards to start from: those that come with us, and the operator's own in a folder."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from sanctum_tui.dashboard.file import DashboardFile
from sanctum_tui.dashboard.markdown import TEMPLATE
from sanctum_tui.errors import BadInputError

EMPTY_NAME = "An empty dashboard"


@dataclass(frozen=True, slots=True)
class Template:
    """One of them, by the name of its file."""

    name: str
    markdown: str
    own: bool
    """It is from the operator's folder."""


def templates(folder: Path) -> tuple[tuple[Template, ...], tuple[str, ...]]:
    """The operator's own, then ours, then the empty one; and a sentence for each file that cannot be read.

    One of the operator's takes the place of one of ours that is called like it.
    """
    own, failures = [], []
    for path in sorted(folder.glob("*.md"), key=lambda path: path.name.casefold()):
        try:
            own.append(Template(path.stem, DashboardFile(path).load(), own=True))
        except BadInputError as error:
            failures.append(error.sentence)
    names = {template.name.casefold() for template in own}
    ours = sorted(_packaged(), key=lambda template: template.name)
    ours.append(Template(EMPTY_NAME, TEMPLATE, own=False))
    return (*own, *(template for template in ours if template.name.casefold() not in names)), tuple(failures)


def _packaged() -> Iterator[Template]:
    for path in (files("sanctum_tui.dashboard") / "templates").iterdir():
        if path.name.endswith(".md"):
            yield Template(path.name.removesuffix(".md"), path.read_text("utf-8"), own=False)
