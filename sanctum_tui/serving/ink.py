"""How a cell of a terminal is painted: colours and signs of emphasis, read from the terminal's own orders."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

GROUND = "#17130f"
INK = "#e8dfd3"
"""What a page shows where the console leaves the colour to its terminal: warm and dark."""

_NAMED = (
    *("#2a221c", "#d9705f", "#9db67c", "#dcb26a", "#7f9fc0", "#b78fae", "#82b3ab", "#cfc3b4"),
    *("#6b5d52", "#eb8f7f", "#b5cb97", "#ecc98a", "#9fbbd6", "#cdabc5", "#a0cbc4", "#f3ebe0"),
)
_CUBE = (0, 95, 135, 175, 215, 255)


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """The look of a cell; a colour of "" is the page's own. What looks the same is the same: see `mixed`."""

    front: str = ""
    back: str = ""
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underlined: bool = False
    struck: bool = False
    reversed: bool = False

    @property
    def shown_front(self) -> str:
        return (self.back or GROUND) if self.reversed else self.front

    @property
    def shown_back(self) -> str:
        return (self.front or INK) if self.reversed else self.back

    @property
    def emphasis(self) -> int:
        """What a page is told besides colours, as one number."""
        return self.bold | self.dim << 1 | self.italic << 2 | self.underlined << 3 | self.struck << 4


@lru_cache(maxsize=8192)
def mixed(front: str = "", back: str = "", emphases: frozenset[str] = frozenset()) -> Ink:
    """The ink of these colours, with these kinds of emphasis; the same one each time, so that it compares quickly."""
    return Ink(front, back, **dict.fromkeys(emphases, True))


PLAIN = mixed()

_ON = {1: "bold", 2: "dim", 3: "italic", 4: "underlined", 7: "reversed", 9: "struck", 21: "underlined"}
_OFF = {22: {"bold", "dim"}, 23: {"italic"}, 24: {"underlined"}, 27: {"reversed"}, 29: {"struck"}}
_FRONTS = dict(zip((*range(30, 38), *range(90, 98), 39), (*_NAMED, ""), strict=True))
_BACKS = dict(zip((*range(40, 48), *range(100, 108), 49), (*_NAMED, ""), strict=True))


@lru_cache(maxsize=8192)
def inked(ink: Ink, orders: str) -> Ink:
    """The ink after an order to select graphic rendition, given as its parameters; what is unknown is left out."""
    front, back = ink.front, ink.back
    emphases = {name for name in _ON.values() if getattr(ink, name)}
    numbers = iter([int(part) if part.isdecimal() else 0 for part in orders.replace(":", ";").split(";")])
    for number in numbers:
        if number == 0:
            front, back, emphases = "", "", set()
        elif number in (38, 48):
            colour = _colour(numbers)
            front, back = (colour or front, back) if number == 38 else (front, colour or back)
        else:
            front, back = _FRONTS.get(number, front), _BACKS.get(number, back)
            emphases = emphases - _OFF.get(number, set()) | ({_ON[number]} if number in _ON else set())
    return mixed(front, back, frozenset(emphases))


def _colour(numbers: Iterator[int]) -> str:
    """The colour that comes next, from the 256 or from the whole spectrum; "" where there is none."""
    match next(numbers, None):
        case 2:
            channels = [next(numbers, 0) & 255 for _ in range(3)]
            return "#{:02x}{:02x}{:02x}".format(*channels)
        case 5:
            return _indexed(next(numbers, 0) & 255)
        case _:
            return ""


def _indexed(number: int) -> str:
    if number < 16:
        return _NAMED[number]
    if number >= 232:
        return "#" + f"{8 + 10 * (number - 232):02x}" * 3
    number -= 16
    return f"#{_CUBE[number // 36]:02x}{_CUBE[number // 6 % 6]:02x}{_CUBE[number % 6]:02x}"
