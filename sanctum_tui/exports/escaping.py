"""Text from outside made safe to stand in markdown: it is read as the words it is, and as nothing else."""

import re

from sanctum_tui.text import one_line

# Signs that begin or end markup wherever they stand: code, emphasis, links, images, footnotes, wikilinks, HTML,
# strikethrough, tables, mathematics, tags and headings, block ids, mentions and addresses.
_ALWAYS = r"[\\`*_\[\]<~|$#^@]"
# Signs that do so only beside certain others. Left alone elsewhere, so that prose stays prose in the source:
# an entity; a highlight; a comment; an image; a scheme, a time's colon excepted; a host without a scheme; a
# host's dot, a number's excepted.
_BESIDE = (
    r"&(?=[\w#])",
    r"=(?==)|(?<==)=",
    r"%(?=%)|(?<=%)%",
    r"!(?=\[)",
    r"(?<!\d):(?=[\w/:])|:(?=[^\W\d]|[/:])",
    r"(?<=/)/",
    r"(?<!\d)\.(?=[^\s!-/:-@\[-`{-~])|\.(?=[^\s!-@\[-`{-~])",
)
# Signs that do so at the start of a line: quotes, lists, rules, underlines, definitions.
_AT_START = r"^[>+\-=:%]"
_MARKUP = re.compile("|".join((_ALWAYS, *_BESIDE, _AT_START)))
_NUMBERED = re.compile(r"^(\d+)([.)])(?=\s|$)")


def escape(text: str) -> str:
    """The text on one line, such that every reader of markdown shows these characters and does nothing else.

    Backslashes only: a CommonMark reader takes one before any ASCII sign for "as it stands", and so does Obsidian.
    """
    line = one_line(text)
    if line.isalnum():
        return line
    return _NUMBERED.sub(r"\1\\\2", _MARKUP.sub(r"\\\g<0>", line))
