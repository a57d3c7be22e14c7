"""Themes load, fail in words, and can be read."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from sanctum_tui.paths import shipped
from sanctum_tui.ui.look.colours import READABLE, Rgb, contrast, name_colour, parse, readable
from sanctum_tui.ui.look.theming import BASE_COLOURS, OUR_VARIABLES, OurTheme, load_themes, variable_defaults

RGB = st.tuples(*[st.integers(0, 255)] * 3)
SHIPPED, SHIPPED_FAILURES = load_themes([shipped("themes")])


def rgb(colour: str | None) -> Rgb:
    assert colour is not None
    return Color.parse(colour).rgb


@given(RGB, RGB)
def test_any_colour_becomes_readable_on_any_background(colour: Rgb, background: Rgb) -> None:
    assert contrast(readable(colour, background), background) >= READABLE


@given(RGB)
def test_a_colour_that_can_be_read_is_left_as_it_is(colour: Rgb) -> None:
    background = (0, 0, 0) if contrast(colour, (0, 0, 0)) >= READABLE else (255, 255, 255)
    assert readable(colour, background) == colour


def test_contrast_is_what_the_standard_says() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("text", ["", "red", "#12345", "#12345g", "#1234567", "12345678", "#12 456"])
def test_what_is_no_colour_is_none(text: str) -> None:
    assert parse(text) is None


def test_a_person_without_a_colour_always_has_the_same_readable_one() -> None:
    background = (23, 18, 15)
    colours = {name_colour(f"login{n}", "", background) for n in range(200)}
    assert name_colour("login7", "", background) == name_colour("login7", "not a colour", background)
    assert len(colours) > 100
    assert all(contrast(colour, background) >= READABLE for colour in colours)


def test_the_shipped_themes_load() -> None:
    assert SHIPPED_FAILURES == ()
    assert {theme.name for theme in SHIPPED} == {
        "hearth", "monastery", "deep sea", "parchment", "high contrast", "colour-blind safe", "terminal dark",
        "terminal light",
    }  # fmt: skip


@pytest.mark.parametrize("theme", SHIPPED, ids=lambda theme: theme.name)
def test_a_theme_says_what_it_is_like_and_knows_every_variable_of_ours(theme: OurTheme) -> None:
    assert theme.about.endswith(".")
    assert set(OUR_VARIABLES) <= set(theme.variables)


def test_the_themes_of_the_terminals_own_colours_have_no_others() -> None:
    own = [theme for theme in SHIPPED if theme.ansi]
    assert [theme.dark for theme in own] == [True, False]
    for theme in own:
        colours = [getattr(theme, name) for name in BASE_COLOURS] + list(theme.variables.values())
        assert all(colour is None or colour.startswith("ansi_") for colour in colours)


@pytest.mark.parametrize("theme", [theme for theme in SHIPPED if not theme.ansi], ids=lambda theme: theme.name)
def test_every_word_of_a_shipped_theme_can_be_read(theme: Theme) -> None:
    words = [*OUR_VARIABLES, "footer-key-foreground"]
    colours = {name: theme.variables[name] for name in words} | {
        name: getattr(theme, name)
        for name in ("foreground", "primary", "secondary", "accent", "warning", "error", "success")
    }
    pairs = {
        f"{name} on {ground}": contrast(rgb(colour), rgb(getattr(theme, ground)))
        for name, colour in colours.items()
        for ground in ("background", "surface", "panel")
    }
    pairs["cursor"] = contrast(
        rgb(theme.variables["block-cursor-foreground"]), rgb(theme.variables["block-cursor-background"])
    )
    for ground in ("primary", "warning", "error", "success"):
        pairs[f"button on {ground}"] = contrast(
            rgb(theme.variables["button-color-foreground"]), rgb(getattr(theme, ground))
        )
    pairs["marker"] = contrast(rgb(theme.background), rgb(theme.accent))
    assert {name: ratio for name, ratio in pairs.items() if ratio < READABLE} == {}


@pytest.mark.parametrize("theme", BUILTIN_THEMES.values(), ids=lambda theme: theme.name)
def test_our_variables_can_be_read_in_themes_that_do_not_know_them(theme: Theme) -> None:
    defaults = variable_defaults(theme)
    assert set(OUR_VARIABLES) <= set(defaults)
    if theme.ansi:
        assert all(Color.parse(colour).ansi is not None for colour in defaults.values())
        return
    background = Color.parse(theme.background or ("#121212" if theme.dark else "#efefef"))
    assert all(contrast(rgb(colour), background.rgb) >= READABLE for colour in defaults.values())


BAD_THEMES = {
    "primary = 3": "[colours] must be a table of quoted values",
    "primary = 'ember'": "primary is 'ember', which is not a colour",
    "primary = '#aabbcc'\nhaze = '#aabbcc'": "unknown colour, 'haze'",
    "accent = '#aabbcc'": "it has no primary colour",
    "primary = '#aabbcc'\n[variables]\nagent = '#xyzxyz'": "agent is '#xyzxyz', which is not a colour",
    "primary = '#aabbcc'\n[variables]\n'Ag ent' = '#aabbcc'": "is not named in lower case",
    "primary = '#aabbcc'\n[variables]\nlink-style = 'blinking'": "is not a text style",
    "primary = '#aabbcc'\n[variables]\nagent = '#aabbcc; } * { display: none'": "which is not a colour",
    "primary = ": "it is not valid TOML",
    "primary = '#aabbcc'\n[sounds]": "it has an unknown key, 'sounds'",
}


@pytest.mark.parametrize(("body", "sentence"), BAD_THEMES.items())
def test_a_bad_theme_is_a_sentence_and_the_others_load(tmp_path: Path, body: str, sentence: str) -> None:
    (tmp_path / "a.toml").write_text(f"[colours]\n{body}\n")
    (tmp_path / "b.toml").write_text("dark = false\n[colours]\nprimary = '#112233'\n")
    themes, failures = load_themes([tmp_path, tmp_path / "not there"])
    assert [theme.name for theme in themes] == ["b"]
    assert len(failures) == 1
    assert str(tmp_path / "a.toml") in failures[0]
    assert sentence in failures[0]


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", b"name = 3", b"dark = 'yes'", b"ansi = 1", b"about = 2", b"name = 'a,b'"]
)
def test_a_file_that_is_no_theme_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.toml").write_bytes(content)
    themes, failures = load_themes([tmp_path])
    assert (themes, len(failures)) == ((), 1)


def test_a_users_theme_replaces_a_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("name = 'hearth'\n[colours]\nprimary = '#010203'\n")
    themes, _ = load_themes([shipped("themes"), tmp_path])
    assert [theme.primary for theme in themes if theme.name == "hearth"] == ["#010203"]


class Themed(App[None]):
    CSS = "Screen { color: $agent; background: $background; }"

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)


async def test_an_app_wears_every_shipped_theme_and_those_without_our_variables() -> None:
    app = Themed()
    async with app.run_test() as pilot:
        for theme in SHIPPED:
            app.register_theme(theme)
            app.theme = theme.name
            await pilot.pause()
            assert app.screen.styles.color == Color.parse(theme.variables["agent"])
        for name in ("nord", "ansi-dark", "ansi-light"):
            app.theme = name
            await pilot.pause()
            assert app.screen.styles.color == Color.parse(variable_defaults(app.current_theme)["agent"])
