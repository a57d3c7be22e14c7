"""What people wrote, made into data that a model can read and not mistake for its orders.

It is for the model's eyes alone: everywhere else a line is shown as it was written.
"""

import re
import unicodedata

from sanctum_tui.text import clean_line, shorten

LONGEST_LINE = 300
"""Characters of one quoted line; a chat service lets 500 through, and what is long is rarely talk."""

MENTION = re.compile(r"@(\w{2,40})")
"""How chat speaks to somebody."""

_ROLES = (
    "system|assistant|user|human|ai|developer|tool|function|model|bot|instructions?|prompts?|operator|steward"
    "|chronicler|hearthkeeper|系统|助手|用户|指令"
)
# A role where a transcript would have it: with a colon behind it, or dressed up as a heading or a tag.
_ROLE = re.compile(rf"(?<!\w)({_ROLES})(\s*(?:message|prompt|override|note)?\s*)[:：∶꞉=]+", re.IGNORECASE)
_TAGGED = re.compile(
    r"\[\s*(/?)\s*(inst|sys|system|assistant|user|line|chat|end|begin)\b([^\]]{0,40})\]", re.IGNORECASE
)
_FENCE = re.compile(r"`{2,}|~{3,}|\"{3,}|'{3,}|-{3,}|={3,}|\*{3,}|_{3,}|#{2,}")
_SIGNS = str.maketrans({"<": "‹", ">": "›", "＜": "‹", "＞": "›", "|": "¦", "{": "(", "}": ")", "\\": "/"})


def defuse(text: str, most: int = LONGEST_LINE) -> str:
    """One line of somebody's words, without anything that looks like a marker, a fence or a role.

    Styled and full-width letters become plain ones and what cannot be seen is dropped first, so that nothing hides
    behind them.
    """
    plain = "".join(sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")
    plain = " ".join(clean_line(plain).split()).translate(_SIGNS)
    plain = _TAGGED.sub(r"(\1\2\3)", plain)
    plain = _FENCE.sub("…", plain)
    plain = _ROLE.sub(r"\1\2 -", plain)
    return shorten(plain.lstrip("#*->•›‹ "), most)


def fenced(name: str, about: str, lines: list[str]) -> str:
    """Lines of data between tags of this name, with a word on what they are; every line is marked as quoted.

    The lines have been through `defuse`, so that no line can close the tag or begin another.
    """
    quoted = "\n".join(f"| {line}" for line in lines)
    return f'<{name} about="{about}">\n{quoted}\n</{name}>'
