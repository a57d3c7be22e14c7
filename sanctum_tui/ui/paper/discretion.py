"""What a ledger shows while the screen may be on stream: no flags, and none of the operator's own notes. Pure."""

import re
from typing import Final

HIDDEN: Final = "hidden in private mode"
_FLAGS: Final = "## Flags"
# Wherever a ledger quotes the operator; to the end of the line, since a note may hold any sign.
_NOTES = re.compile(
    r"(?m)(\*\* Marked by the operator: |, with the note: "
    r"|(?:Skipped|Held back) by the operator: |, by the operator \()"
    r".*$"
)


def discreet(markdown: str) -> str:
    """The same ledger, with the words in place of which nothing should be read on stream."""
    before, heading, rest = _parted(markdown)
    _, section, after = rest.partition("\n## ")
    flags = f"{heading}\n\n{HIDDEN.capitalize()}.\n" if heading else ""
    return _NOTES.sub(_hidden, before) + flags + _NOTES.sub(_hidden, section + after)


def _parted(markdown: str) -> tuple[str, str, str]:
    """What stands before the flags, their heading, and what stands behind it."""
    match = re.search(rf"(?m)^{re.escape(_FLAGS)}$", markdown)
    if match is None:
        return markdown, "", ""
    return markdown[: match.start()], match[0], markdown[match.end() :]


def _hidden(match: re.Match[str]) -> str:
    return f"{match[1]}{HIDDEN}{')' if match[1].endswith('(') else '.'}"
