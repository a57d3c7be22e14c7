"""Whether a reply may tell in private mode what it answers: only where that can be read in the chat itself. Pure."""

from collections.abc import Iterable

from sanctum_tui.chat import ChatLine, ChatMessage, Voice
from sanctum_tui.ui.chat.scrollback import Removals


def may_quote(message: ChatMessage, lines: Iterable[ChatLine], removals: Removals) -> bool:
    """Whether the line that this one answers is among these, and neither removed nor by anybody who was flagged.

    A line that is not among them may be a hidden one: nobody knows.
    """
    name, words = message.reply_to, message.reply_words.removesuffix("…").rstrip()
    found = False
    for line in lines:
        said = line.message
        if name not in (said.name, said.login):
            continue
        if line.voice is Voice.SPAM:
            return False
        found = found or (said.text.startswith(words) and line not in removals)
    return found


def unaddressed(message: ChatMessage) -> str:
    """The words of a reply without the name that Twitch puts before them."""
    address = f"@{message.reply_to} "
    begins = message.text[: len(address)].casefold() == address.casefold()
    return message.text[len(address) :] if begins else message.text
