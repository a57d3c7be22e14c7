"""One entry of the chat as rows of the screen: what is said about it, where it wraps, and in which styles.

Nothing here reads markup: words and styles stay apart until they are segments, so text is shown verbatim.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Final

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.strip import Strip
from textual.widget import Widget

from sanctum_tui.chat import ChatCleared, ChatEvent, ChatLine, ChatMessage, ChatNotice, Voice
from sanctum_tui.ui.colours import Rgb, as_hex, name_colour
from sanctum_tui.ui.scrollback import Entry
from sanctum_tui.ui.wrapping import LEAST_CELLS, wrap

AGENT_NAME: Final = "Chronicler"
_GUTTER: Final = 2
_BAR: Final = "▌ "

_BADGES: Final = {
    "broadcaster": "★",
    "lead_moderator": "MOD",
    "moderator": "MOD",
    "vip": "VIP",
    "founder": "SUB",
    "subscriber": "SUB",
    "staff": "STAFF",
    "admin": "STAFF",
    "global_mod": "STAFF",
}


class _NoCache:
    """What `Strip` may use as a cache, and finds always empty."""

    __slots__ = ()

    def get(self, key: object, default: Any = None) -> Any:
        return default

    def __setitem__(self, key: object, value: object) -> None:
        pass


_NOTHING = _NoCache()


class Row(Strip):
    """A strip that can be freed at once.

    Textual's Strip keeps ``[self]`` in its own cache when the screen is composed, so that each row drawn would
    be a cycle for the garbage collector to find (Textual 8.2.8, ``Strip.divide``; pauses of 70 to 160 ms).
    """

    __slots__ = ()

    def __init__(self, segments: Sequence[Segment], cell_length: int) -> None:
        self._segments = list(segments)
        self._cell_length = cell_length
        self._divide_cache = self._crop_cache = self._style_cache = self._filter_cache = _NOTHING  # type: ignore[assignment]
        self._line_length_cache = self._crop_extend_cache = self._offsets_cache = _NOTHING  # type: ignore[assignment]
        self._render_cache = None
        self._link_ids = None
        self._cell_count = None


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the words of a row, and makes it a row of the pane."""

    width: int
    """Cells between the sides."""
    blank: Style
    left: tuple[Segment, ...]
    right: tuple[Segment, ...]
    sides: int
    """Cells of both sides together."""
    filters: tuple[LineFilter, ...]
    """Textual's filters (``NO_COLOR``, the terminal's own colours), which go over finished segments."""
    background: Color

    def row(self, segments: list[Segment], used: int) -> Row:
        """Segments of so many cells, made exactly as wide as the pane."""
        if used < self.width:
            segments.append(Segment(" " * (self.width - used), self.blank))
        elif used > self.width:
            segments = Segment.adjust_line_length(segments, self.width)
        for line_filter in self.filters:
            segments = line_filter.apply(segments, self.background)
        return Row([*self.left, *segments, *self.right], self.width + self.sides)

    def words(self, words: str, style: Style, *, centred: bool = False) -> Row:
        """A row of our own words, one cell a character."""
        before = max(0, self.width - len(words)) // 2 if centred else 0
        return self.row([Segment(" " * before, self.blank), Segment(words, style)], before + len(words))


@dataclass(frozen=True, slots=True)
class Palette:
    """The styles of a pane under one theme. All have the pane's background."""

    background: Rgb
    """What names are corrected against; a guess where the terminal's own colours are used."""
    text: Style
    quiet: Style
    """Times, commands, bots: there, and stepping back."""
    badge: Style
    agent: Style
    flag: Style
    remark: Style
    marker: Style

    def name(self, message: ChatMessage) -> Style:
        """The style of a person's name."""
        colour = name_colour(message.login, message.colour, self.background)
        return self.text + Style.parse(f"bold {as_hex(colour)}")


@dataclass(frozen=True, slots=True)
class Runs:
    """Words of an entry with their styles, and how they stand on the screen."""

    text: str
    styles: tuple[tuple[int, Style], ...]
    """Where in `text` each style ends, ascending; the last is the text's length."""
    indent: int
    """Cells that rows after the first are moved in by."""
    bar: Style | None = None
    """The style of the bar on the left of the agent's own lines."""


def badge_words(badges: Sequence[str]) -> str:
    """Badges in short words, each once: ``★ SUB`` for ``broadcaster/1`` and ``subscriber/12``."""
    words = (_BADGES.get(badge.partition("/")[0]) for badge in badges)
    return " ".join(dict.fromkeys(word for word in words if word))


def remark_words(event: ChatEvent) -> str:
    """An event of the room in words."""
    match event:
        case ChatCleared(login=""):
            return "a moderator cleared the chat"
        case ChatCleared(login=login):
            return f"a moderator removed the lines of {login}"
        case ChatNotice(text=text):
            return text
    return ""


def compose(entry: Entry, palette: Palette, *, show_time: bool, removed: bool, zone: tzinfo | None) -> Runs:
    """The words and styles of an entry.

    `removed`: a moderator took the line away, so its words are not shown. `zone` is the time zone of the
    clock, None for the operator's own.
    """
    parts: list[tuple[str, Style]] = []
    event = entry.message if isinstance(entry, ChatLine) else entry.event
    if show_time:
        parts.append((f"{event.at.astimezone(zone):%H:%M:%S} ", palette.quiet))
    indent = len(parts[0][0]) if parts else _GUTTER
    bar = None
    if not isinstance(entry, ChatLine):
        parts.append((f"— {remark_words(event)}", palette.remark))
    else:
        bar = palette.agent if entry.voice is Voice.AGENT else None
        parts += _line_parts(entry, palette, removed)
    styles: list[tuple[int, Style]] = []
    end = 0
    for words, style in parts:
        end += len(words)
        styles.append((end, style))
    return Runs("".join(words for words, _ in parts), tuple(styles), indent, bar)


def _line_parts(line: ChatLine, palette: Palette, removed: bool) -> Iterator[tuple[str, Style]]:
    message, voice = line.message, line.voice
    if voice is Voice.NOTICE:
        yield f"— {message.text}", palette.remark
        return
    if voice is Voice.AGENT:
        yield AGENT_NAME, palette.agent + Style(bold=True)
        yield ": ", palette.quiet
    else:
        stepping_back = voice in (Voice.BOT, Voice.COMMAND)
        if voice is Voice.SPAM:
            yield "⚑ flagged ", palette.flag
        if voice is Voice.BOT:
            yield "bot ", palette.quiet
        if message.shared_from:
            yield f"#{message.shared_from} ", palette.quiet
        if badges := badge_words(message.badges):
            yield f"{badges} ", palette.badge
        yield message.name, palette.quiet if stepping_back else palette.name(message)
        yield (" " if message.action else ": "), palette.quiet
        if message.reply_to:
            yield f"↪ {message.reply_to} ", palette.quiet
        if message.bits:
            yield f"{message.bits} bits ", palette.badge
    if removed:
        yield "[deleted]", palette.quiet + Style(italic=True)
        return
    text = palette.quiet if voice in (Voice.BOT, Voice.COMMAND) else palette.text
    yield message.text, text + Style(italic=True) if message.action else text


def palette_of(pane: Widget) -> Palette:
    """The pane's styles, from its CSS and its component classes ``chat--quiet``, ``chat--badge``, ..."""
    text = pane.visual_style.rich_style
    background = pane.background_colors[1]
    styles = {
        name: text + pane.get_component_rich_style(f"chat--{name}", partial=True)
        for name in ("quiet", "badge", "agent", "flag", "remark", "marker")
    }
    # The terminal's own background is not known: black or white, as the theme says.
    guess = (0, 0, 0) if pane.app.current_theme.dark else (255, 255, 255)
    return Palette(guess if background.ansi is not None else background.rgb, text, **styles)


def frame_of(pane: Widget, bare_row: Strip) -> Frame:
    """The pane's frame: its sides are those of a row that Textual drew, as wide as the whole pane."""
    gutter, width = pane.styles.gutter, pane.outer_size.width
    return Frame(
        width=width - gutter.width,
        blank=pane.visual_style.rich_style,
        left=tuple(bare_row.crop(0, gutter.left)),
        right=tuple(bare_row.crop(width - gutter.right, width)),
        sides=gutter.width,
        filters=tuple(pane.get_line_filters()),
        background=pane.background_colors[1],
    )


def render(runs: Runs, palette: Palette, frame: Frame) -> tuple[Row, ...]:
    """The rows of an entry in its frame; at least one."""
    inner = max(LEAST_CELLS + runs.indent, frame.width - _GUTTER)
    gutter = Segment(_BAR, runs.bar) if runs.bar is not None else Segment(" " * _GUTTER, palette.text)
    rows: list[Row] = []
    run = 0
    plain = runs.text.isascii()
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
        used = sum(len(segment.text) if plain else segment.cell_length for segment in segments)
        rows.append(frame.row(segments, used))
    return tuple(rows)
