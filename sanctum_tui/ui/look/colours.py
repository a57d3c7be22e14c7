"""Colours that can be read: contrast as WCAG 2.2 measures it, and names' colours corrected for it."""

import colorsys
import zlib
from functools import lru_cache

Rgb = tuple[int, int, int]
"""Red, green and blue, 0 to 255 each."""

READABLE = 4.5
"""The least contrast of text with its background: WCAG 2.2, success criterion 1.4.3 (level AA)."""

_WHITE: Rgb = (255, 255, 255)
_BLACK: Rgb = (0, 0, 0)


def parse(colour: str) -> Rgb | None:
    """The colour that ``#rrggbb`` names, or None where it names none."""
    if len(colour) != 7 or colour[0] != "#":
        return None
    try:
        red, green, blue = bytes.fromhex(colour[1:])
    except ValueError:
        return None
    return red, green, blue


def luminance(colour: Rgb) -> float:
    """Relative luminance from 0 (black) to 1 (white), by WCAG's definition for sRGB."""
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in (component / 255 for component in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgb, other: Rgb) -> float:
    """Contrast ratio of two colours, from 1 (the same) to 21 (black and white), by WCAG's definition."""
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def readable(colour: Rgb, background: Rgb, least: float = READABLE) -> Rgb:
    """The colour itself where it can be read, else the nearest lightness of its hue that can.

    Lightness moves away from the background. Black or white has a contrast of at least 4.58 with any
    background, so for `least` up to that there always is an answer; above it, the answer is the best there is.
    """
    if contrast(colour, background) >= least:
        return colour
    lighter = contrast(_WHITE, background) >= contrast(_BLACK, background)
    hue, lightness, saturation = colorsys.rgb_to_hls(*(component / 255 for component in colour))
    near, far = lightness, 1.0 if lighter else 0.0
    for _ in range(9):  # halving 256 steps of lightness down to one
        middle = (near + far) / 2
        if contrast(_from_hls(hue, middle, saturation), background) >= least:
            far = middle
        else:
            near = middle
    return _from_hls(hue, far, saturation)


@lru_cache(maxsize=4096)
def name_colour(login: str, chosen: str, background: Rgb, least: float = READABLE) -> Rgb:
    """What colour a name is shown in: the one its owner chose, or one of its own, so that it can be read.

    A person without a colour always gets the same one, soft and from the whole circle of hues.
    """
    own = parse(chosen)
    if own is None:
        spread = zlib.crc32(login.encode("utf-8", "replace"))
        own = _from_hls((spread % 360) / 360, 0.66, 0.42 + (spread // 360 % 3) * 0.08)
    return readable(own, background, least)


def as_hex(colour: Rgb) -> str:
    """The colour as ``#rrggbb``."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _from_hls(hue: float, lightness: float, saturation: float) -> Rgb:
    red, green, blue = colorsys.hls_to_rgb(hue, lightness, saturation)
    return round(red * 255), round(green * 255), round(blue * 255)
