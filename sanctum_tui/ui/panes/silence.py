"""The silence timer: how long nobody has written, as large as there is room for, the half hour, the decision."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Resize
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Static

from sanctum_tui.ui.look.bigtype import clock
from sanctum_tui.ui.look.steady import Steady
from sanctum_tui.ui.moods import Mood, Timer
from sanctum_tui.ui.pulse import MINUTES, Trace

_FULL, _EMPTY = "━", "╌"
_LEAST_ROWS = 3
"""Of the pane's inside: the mood and the decision."""
_WISHES = ((58, 7), (44, 5), (28, 3))
"""In a screen of so many rows it would like to have digits so high; in a lower one none."""
_BIG_SHARE = 0.4
"""How much of the screen it would like to have where everything is in large type."""
_ROWS = {"mood": 1, "decision": 2, "interval": 1, "pulse": 2, "legend": 1}
"""The pane's other parts, the first two of which are always there."""
_ALWAYS = ("mood", "decision")
_SMALLEST = 3
"""Rows of the smallest digits."""
_BESIDE = Size(26, _SMALLEST)
"""Room for digits at the side of the words, where there is none above them."""
_BESIDE_FROM = 56
"""Columns of a pane in which words have room beside digits."""
_OF_SHARE = 3
"""The part of the pane's width, as 1 in so many, that the words behind a bar may have."""
_PULSE_ROWS = 3
"""Bars, signs, and what the signs mean."""


class Bar(Widget):
    """How much of a stretch of time has passed, in text cells."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"bar--full", "bar--empty"}

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._share = 0.0

    def show(self, share: float) -> None:
        """Show a share from 0 to 1; repaints only where a cell changes."""
        before = self._cells()
        self._share = share
        if self._cells() != before:
            self.refresh()

    def render(self) -> Content:
        width, filled = self.size.width, self._cells()
        return Content.assemble(
            (_FULL * filled, self.get_visual_style("bar--full")),
            (_EMPTY * (width - filled), self.get_visual_style("bar--empty")),
        )

    def _cells(self) -> int:
        return int(self._share * self.size.width)


class Pulses(Static):
    """The last half hour: a bar a minute for what people wrote, and below it the signs of what happened."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"pulse--bar", "pulse--sign", "pulse--quiet"}

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._trace = Trace()

    def show(self, trace: Trace) -> None:
        """Show another half hour; repaints only where it looks different."""
        if trace != self._trace:
            self._trace = trace
            self.refresh()

    def render(self) -> Content:
        trace, width = self._trace, self.content_size.width
        wide = max(1, width // MINUTES)
        room = width - wide * MINUTES - 1
        quiet = self.get_visual_style("pulse--quiet")
        bars = "".join(bar * wide for bar in trace.bars())
        signs = "".join(sign + (sign if sign == "·" else " ") * (wide - 1) for sign in trace.signs())
        told = [f"{beat.sign} {beat.word}" for beat in trace.legend()]
        # Where the row for the legend is not shown, as much of it as has room beside the signs.
        many = len(told) if self.size.height < _PULSE_ROWS else 0
        beside = [*(f"({' '.join(told[:few])})" for few in range(many, 0, -1)), f"{MINUTES} min"]
        rows = [
            Content.assemble((bars, self.get_visual_style("pulse--bar")), (_fitting(room, _most(trace)), quiet)),
            Content.assemble((signs, self.get_visual_style("pulse--sign")), (_fitting(room, beside), quiet)),
            Content.styled("   ".join(told), quiet),
        ]
        return Content("\n").join(rows)


class SilencePane(Vertical, can_focus=True):
    """Shows a `Timer` and a `Trace`, and changes only what looks different from before."""

    def __init__(self, *, id: str | None = None) -> None:
        # Styled at once as it will be when it shows that no evening is open.
        super().__init__(id=id, classes=Timer().mood.style)
        self.border_title = Content("2 Silence")
        self._timer: Timer | None = None
        self._big = False
        self._parts: tuple[str, ...] = ()
        """What has a place in this room beside digits."""
        self._for_digits = Size()
        self._rows = 0
        """How high the digits are that the room is arranged for."""
        self._told = ""
        self.private = False
        """Nothing here names anybody, so there is nothing to hide."""
        self._digits, self._decision = Steady(id="digits"), Steady(id="decision")
        self._quiet_bar, self._interval_bar = Bar(id="quiet-bar"), Bar(id="interval-bar")
        self._pulses = Pulses(id="pulse")

    def compose(self) -> ComposeResult:
        yield self._digits
        with Horizontal(classes="measure"):
            yield Static(id="mood", markup=False)
            yield self._quiet_bar
            yield Static(id="quiet-of", classes="of", markup=False)
        with Horizontal(classes="measure", id="interval"):
            yield Static(id="rested", markup=False)
            yield self._interval_bar
            yield Static(id="interval-of", classes="of", markup=False)
        yield self._pulses
        yield self._decision

    def on_mount(self) -> None:
        self.show(Timer())

    @property
    def big(self) -> bool:
        """Whether everything is in large type."""
        return self._big

    @big.setter
    def big(self, big: bool) -> None:
        if big != self._big:
            self._big = big
            self.refresh(layout=True)
            self._make_room()

    def show(self, timer: Timer) -> None:
        """Show how the room is at this moment."""
        before, self._timer = self._timer, timer
        if before == timer:
            return
        if before is None or before.mood is not timer.mood:
            self.update_classes({mood.style: mood.style == timer.mood.style for mood in Mood})
        mood = timer.mood
        if before is None or before.mood is not mood:
            self._put("mood", f"{mood.sign} {mood.word}")
        if before is None or (before.time, before.mood, before.threshold) != (timer.time, mood, timer.threshold):
            self._set_digits()
        if before is None or before.words != timer.words:
            self._decision.show([timer.words])
        if before is None or before.threshold != timer.threshold:
            self.border_subtitle = Content(f"may draft after {timer.threshold}" if timer.threshold else "")
        if before is None or before.interval != timer.interval:
            self._put("interval-of", f"of {timer.interval}" if timer.interval else "")
            self._make_room()
        if before is None or (before.rested, before.interval, before.spoke) != (
            timer.rested,
            timer.interval,
            timer.spoke,
        ):
            told = f"{'✓' if timer.rested else '…'} since last line" if timer.spoke else "✓ no line so far"
            self._put("rested", told if timer.interval else "")
        self._quiet_bar.show(timer.share)
        self._interval_bar.show(timer.interval_share)

    def show_pulse(self, trace: Trace) -> None:
        """Show the last half hour."""
        self._pulses.show(trace)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The rows it would like to have on a screen of this height; it makes do with what it gets."""
        digits = next((rows for least, rows in _WISHES if container.height >= least), 0)
        if not digits:
            return _LEAST_ROWS
        return (
            int(container.height * _BIG_SHARE) if self._big else digits + sum(_ROWS.values()) - (digits == _SMALLEST)
        )

    def on_resize(self, event: Resize) -> None:
        """The room is another one."""
        self._make_room()

    def _make_room(self) -> None:
        """Find out how much room digits have, and what else is there; in large type they come first."""
        width, height = self.content_size
        parts = [part for part in _ROWS if part not in _ALWAYS and self._tells(part)] if not self._big else []
        left = height - _LEAST_ROWS - sum(_ROWS[part] for part in parts)
        for part in ("legend", "pulse", "interval"):
            if left < _SMALLEST and part in parts:
                parts.remove(part)
                left += _ROWS[part]
        beside = left < _SMALLEST <= height and width >= _BESIDE_FROM
        self._parts, self._for_digits = tuple(parts), _BESIDE if beside else Size(width, max(0, left))
        self.set_class(beside, "-beside")
        self._arrange()
        self._set_digits()

    def _tells(self, part: str) -> bool:
        """Whether there is anything to tell in this part; there is no time between two lines after the end."""
        return part != "interval" or self._timer is None or bool(self._timer.interval)

    def _arrange(self) -> None:
        """Show what has room beside digits of this height."""
        parts, left = set(self._parts), self._for_digits.height - self._rows
        for part in ("interval", "pulse", "legend"):
            if (
                part not in parts
                and self._tells(part)
                and left >= _ROWS[part]
                and (part != "legend" or "pulse" in parts)
            ):
                parts.add(part)
                left -= _ROWS[part]
        room = {f"-{part}": part in parts for part in ("interval", "pulse", "legend")}
        self.update_classes({**room, "-digits": bool(self._rows)})

    def _set_digits(self) -> None:
        """The digits as large as they can be; once a second, so it does no more than it must."""
        if self._timer is None or not self.is_mounted:
            return
        spoken = self._timer.mood not in (Mood.NONE, Mood.OPENING)
        rows = clock(self._timer.time, *self._for_digits) if spoken else []
        if len(rows) != self._rows:
            self._rows = len(rows)
            self._arrange()
        self._digits.show(_centred(rows, 0 if self.has_class("-beside") else self._for_digits.width))
        self._tell_of(self._timer.time if spoken and not rows else "", self._timer.threshold)

    def _tell_of(self, time: str, threshold: str) -> None:
        """Behind the bar: what it is a part of, and where no digits have room, the time as well."""
        both = f"{time} of {threshold}"
        if not threshold or (time and len(both) > self.content_size.width // _OF_SHARE):
            words = time
        else:
            words = both if time else f"of {threshold}"
        if words != self._told:
            before, self._told = self._told, words
            place = self.query_one("#quiet-of", Static)
            place.update(Content(words), layout=len(words) != len(before))

    def _put(self, place: str, words: str) -> None:
        self.query_one(f"#{place}", Static).update(Content(words))


def _centred(rows: Sequence[str], width: int) -> list[str]:
    before = " " * ((width - len(rows[0])) // 2) if rows else ""
    return [f"{before}{row}" for row in rows]


def _most(trace: Trace) -> tuple[str, ...]:
    """How many lines the highest bar stands for, in as many words as there may be room for."""
    most = trace.most
    if not most:
        return ("nobody wrote", "none")
    return (f"peak {most} a minute", f"peak {most}/min", f"{most}/min")


def _fitting(room: int, ways: Sequence[str]) -> str:
    return next((f" {words}" for words in ways if len(words) <= room), "")
