"""One entry of the chat as rows of the screen: what is said about it, where it wraps, and in which styles.

Nothing here reads markup: words and styles stay apart until they are segments, so text is shown verbatim.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from rich.segment import Segment
from rich.style import Style
from textual.widget import Widget

from sanctum_tui.chat import ChatCleared, ChatEvent, ChatLine, ChatMessage, ChatNotice, Voice
from sanctum_tui.evening import Mark
from sanctum_tui.text import shorten
from sanctum_tui.ui.chat.emotes import emotes_in
from sanctum_tui.ui.chat.quoting import unaddressed
from sanctum_tui.ui.chat.rows import Frame, Row
from sanctum_tui.ui.chat.scrollback import Entry, moment_of
from sanctum_tui.ui.chat.wrapping import LEAST_CELLS, wrap
from sanctum_tui.ui.look.colours import Rgb, as_hex, name_colour
from sanctum_tui.ui.look.theming import least_contrast

AGENT_NAME: Final = "Chronicler"
DELETED: Final = "[deleted]"
HIDDEN: Final = "⚑ a flagged line is hidden"
GUTTER: Final = 2
_FREE: Final = 1
"""Cells between words and the frame on their right."""
_BAR: Final = "▌ "
_CURSOR, _CHOSEN = "▶ ", "┃ "
_QUOTED: Final = 32
"""Characters of the line that somebody answers."""

_SUBSCRIBER: Final = "SUB"
_SUBSCRIBER_SIGN: Final = "+"
"""No name begins with it."""
_BADGES: Final = {
    "broadcaster": "★",
    "lead_moderator": "MOD",
    "moderator": "MOD",
    "vip": "VIP",
    "founder": _SUBSCRIBER,
    "subscriber": _SUBSCRIBER,
    "staff": "STAFF",
    "admin": "STAFF",
    "global_mod": "STAFF",
}


@dataclass(frozen=True, slots=True)
class Palette:
    """The styles of a pane under one theme. All have the pane's background but the marker."""

    background: Rgb
    """What names are corrected against; a guess where the terminal's own colours are used."""
    contrast: float
    """What they are corrected to."""
    text: Style
    quiet: Style
    """Times, commands, bots: there, and stepping back."""
    badge: Style
    agent: Style
    flag: Style
    remark: Style
    rule: Style
    mark: Style
    emote: Style
    removed: Style
    chosen: Style
    marker: Style

    def name(self, message: ChatMessage) -> Style:
        """The style of a person's name."""
        colour = name_colour(message.login, message.colour, self.background, self.contrast)
        return self.text + Style.parse(f"bold {as_hex(colour)}")


@dataclass(frozen=True, slots=True)
class Look:
    """How the operator wants the chat to look."""

    zone: tzinfo | None = None
    """The time zone of the clock; None: the operator's own."""
    show_time: bool = True
    private: bool = False
    """Flagged lines and the operator's notes are hidden, and removed words stay so."""
    big: bool = False
    """Everybody's name has a row of its own, and there is room between the lines."""


@dataclass(frozen=True, slots=True)
class Runs:
    """Words with their styles, and how they stand on the screen."""

    text: str
    styles: tuple[tuple[int, Style], ...]
    """Where in `text` each style ends, ascending; the last is the text's length."""
    indent: int
    """Cells that rows after the first are moved in by."""
    bar: Style | None = None
    """The style of the bar on the left of the agent's own lines."""


Parts = list[tuple[str, Style]]


def badge_words(badges: Sequence[str]) -> str:
    """Badges in short words, each once: ``★ SUB`` for ``broadcaster/1`` and ``subscriber/12``."""
    return " ".join(_words(badges))


def badge_signs(badges: Sequence[str]) -> str:
    """What stands before a name: badges in words, but for subscribers, who are most of a room, one sign.

    Whose name has another badge needs none; the person's card has all of them in words.
    """
    words = _words(badges)
    told = [word for word in words if word != _SUBSCRIBER]
    return "".join(f"{word} " for word in told) or _SUBSCRIBER_SIGN * len(words)


def _words(badges: Sequence[str]) -> Sequence[str]:
    words = (_BADGES.get(badge.partition("/")[0]) for badge in badges)
    return list(dict.fromkeys(word for word in words if word))


def remark_words(event: ChatEvent | Mark, *, private: bool = False) -> str:
    """An event of the room in words; `private` without names, and without the operator's own words."""
    match event:
        case ChatCleared(login=""):
            return "— a moderator cleared the chat"
        case ChatCleared() if private:
            return "— a moderator removed somebody's lines"
        case ChatCleared(login=login):
            return f"— a moderator removed the lines of {login}"
        case ChatNotice(text=text):
            return f"— {text}"
        case Mark(note=note):
            return f"✦ kept for the ledger: {note}" if note and not private else "✦ kept for the ledger"
    return ""


def plain(entry: Entry, look: Look, *, removed: bool, bare: bool = False) -> str:
    """An entry as it is copied: time, name and words, and nothing that is hidden on the screen; `bare` as there."""
    time = f"[{moment_of(entry).astimezone(look.zone):%H:%M:%S}]"
    if not isinstance(entry, ChatLine):
        return f"{time} {remark_words(entry.event, private=look.private)}"
    message, voice = entry.message, entry.voice
    if look.private and voice is Voice.SPAM:
        return f"{time} {HIDDEN}"
    if voice is Voice.NOTICE:
        return f"{time} — {message.text}"
    name = AGENT_NAME if voice is Voice.AGENT else message.name
    words = unaddressed(message) if bare else message.text
    return f"{time} {name}{' ' if message.action else ': '}{DELETED if removed else words}"


def compose(
    entry: Entry, palette: Palette, look: Look, *, removed: bool, asked: bool = False, bare: bool = False
) -> tuple[Runs, ...]:
    """The words and styles of an entry, in as many pieces as begin on a row of their own.

    `removed`: a moderator took the line away; its words are shown, struck out, where the operator `asked`.
    `bare`: neither name nor words are shown of the line that it answers.
    """
    time: Parts = []
    if look.show_time:
        time.append((f"{moment_of(entry).astimezone(look.zone):%H:%M:%S} ", palette.quiet))
    if not isinstance(entry, ChatLine):
        style = palette.mark if isinstance(entry.event, Mark) else palette.remark
        return (_runs([*time, (remark_words(entry.event, private=look.private), style)], _indent(time)),)
    if look.private and entry.voice is Voice.SPAM:
        return (_runs([*time, (HIDDEN, palette.flag)], _indent(time)),)
    if entry.voice is Voice.NOTICE:
        return (_runs([*time, (f"— {entry.message.text}", palette.remark)], _indent(time)),)
    bar = palette.agent if entry.voice is Voice.AGENT else None
    head = list(_who(entry, palette))
    said = list(_said(entry, palette, removed=removed, asked=asked, bare=bare))
    if not look.big:
        colon = (" " if entry.message.action else ": ", palette.quiet)
        return (_runs([*time, *head, colon, *said], _indent(time), bar),)
    when = [(f"  {words.rstrip()}", style) for words, style in time]
    strong = [(words, style + Style(bold=True)) for words, style in said]
    return _runs([*head, *when], GUTTER, bar), _runs(strong, 0, bar)


def _indent(time: Parts) -> int:
    return len(time[0][0]) if time else GUTTER


def _runs(parts: Parts, indent: int, bar: Style | None = None) -> Runs:
    styles: list[tuple[int, Style]] = []
    end = 0
    for words, style in parts:
        end += len(words)
        styles.append((end, style))
    return Runs("".join(words for words, _ in parts), tuple(styles), indent, bar)


def _who(line: ChatLine, palette: Palette) -> Iterator[tuple[str, Style]]:
    message, voice = line.message, line.voice
    if voice is Voice.AGENT:
        yield AGENT_NAME, palette.agent + Style(bold=True)
        return
    if voice is Voice.SPAM:
        yield "⚑ flagged ", palette.flag
    if voice is Voice.BOT:
        yield "bot ", palette.quiet
    if message.shared_from:
        yield f"#{message.shared_from} ", palette.quiet
    if badges := badge_signs(message.badges):
        yield badges, palette.badge
    yield message.name, palette.quiet if voice in (Voice.BOT, Voice.COMMAND) else palette.name(message)


def _said(line: ChatLine, palette: Palette, *, removed: bool, asked: bool, bare: bool) -> Iterator[tuple[str, Style]]:
    message, voice = line.message, line.voice
    text = unaddressed(message) if bare else message.text
    if message.reply_to and voice is not Voice.AGENT and not bare:
        quoted = f" “{shorten(message.reply_words, _QUOTED)}”" if message.reply_words else ""
        yield f"↪ {message.reply_to}{quoted} ", palette.quiet
    if message.bits:
        yield f"{message.bits} bits ", palette.badge
    if removed:
        yield DELETED, palette.removed
        if asked:
            yield " ", palette.text
            yield text, palette.quiet + Style(strike=True)
        return
    if voice is Voice.AGENT:
        yield text, palette.text
        return
    style = palette.quiet if voice in (Voice.BOT, Voice.COMMAND) else palette.text
    style = style + Style(italic=True) if message.action else style
    at = 0
    for start, end in emotes_in(text, cheers=bool(message.bits)):
        yield text[at:start], style
        yield text[start:end], palette.emote
        at = end
    yield text[at:], style


def palette_of(pane: Widget) -> Palette:
    """The pane's styles, from its CSS and its component classes ``chat--quiet``, ``chat--badge``, ..."""
    text = pane.visual_style.rich_style
    background = pane.background_colors[1]
    styles = {
        name: text + pane.get_component_rich_style(f"chat--{name}", partial=True)
        for name in Palette.__slots__
        if name not in ("background", "contrast", "text")
    }
    # The terminal's own background is not known: black or white, as the theme says.
    theme = pane.app.current_theme
    guess = (0, 0, 0) if theme.dark else (255, 255, 255)
    ground = guess if background.ansi is not None else background.rgb
    return Palette(ground, least_contrast(theme), text, **styles)


@dataclass(frozen=True, slots=True)
class Chosen:
    """How a chosen entry is marked."""

    cursor: bool
    """The arrows move this one; it is marked more strongly than the others."""


def render(runs: Runs, palette: Palette, frame: Frame, chosen: Chosen | None = None) -> list[Row]:
    """The rows of a piece of an entry in its frame; at least one."""
    inner = max(LEAST_CELLS + runs.indent, frame.width - GUTTER - _FREE)
    if chosen is not None:
        gutter = Segment(_CURSOR, palette.marker) if chosen.cursor else Segment(_CHOSEN, palette.chosen)
    else:
        gutter = Segment(_BAR, runs.bar) if runs.bar is not None else Segment(" " * GUTTER, palette.text)
    rows: list[Row] = []
    run = 0
    all_ascii = runs.text.isascii()
    for start, end in wrap(runs.text, inner, inner - runs.indent):
        segments = [gutter]
        if rows:
            segments.append(Segment(" " * runs.indent, palette.text))
        at = start
        while at < end:
            while runs.styles[run][0] <= at:
                run += 1
            run_end, style = runs.styles[run]
            stop = min(run_end, end)
            segments.append(Segment(runs.text[at:stop], style))
            at = stop
        # Segment by segment, as the screen is composed: a joiner at the end of a name does not reach the text.
        used = sum(len(segment.text) if all_ascii else segment.cell_length for segment in segments)
        rows.append(frame.row(segments, used))
    return rows
