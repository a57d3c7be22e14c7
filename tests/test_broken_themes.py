"""A theme that cannot be shown, however its file came to be so, costs the streamer a sentence and nothing else."""

from pathlib import Path

import pytest

from sanctum_tui.ui.look.theming import OurTheme, load_themes
from sanctum_tui.ui.shell import Shell
from tests.builders import paths_in
from tests.test_console import console, line_waits, toasts, until, words

SEEN_THROUGH = "can be seen through"
NO_STYLE = "not a text style"
BROKEN = {
    "background = 'transparent'": SEEN_THROUGH,
    "background = '#0000'": SEEN_THROUGH,
    "surface = 'rgba(1, 2, 3, 0.5)'": SEEN_THROUGH,
    "[variables]\nsurface = '#0000'": SEEN_THROUGH,
    "[variables]\nbackground = '#102030 20%'": "not a colour",
    "[variables]\nlink-style = 'not'": NO_STYLE,
    "[variables]\nlink-style = 'bold not'": NO_STYLE,
    "[variables]\nlink-style = 'none bold'": NO_STYLE,
    "[variables]\nlink-style = 'not none'": NO_STYLE,
    f"a = {'[' * 100_000}": "too deep",
    f"a = {'1' * 5_000}": "too long",
}


@pytest.mark.parametrize(("body", "told"), BROKEN.items(), ids=[body[:40] for body in BROKEN])
def test_what_could_not_be_shown_is_refused_in_words(tmp_path: Path, body: str, told: str) -> None:
    (tmp_path / "a.toml").write_text(f"[colours]\nprimary = '#aabbcc'\n{body}\n")
    (tmp_path / "b.toml").write_text("[colours]\nprimary = '#112233'\nboost = '#ffffff10'\n")
    themes, failures = load_themes([tmp_path])
    assert [theme.name for theme in themes] == ["b"]
    assert len(failures) == 1
    assert told in failures[0]


@pytest.mark.parametrize("style", ["none", "bold", "bold not dim", "reverse underline"])
def test_a_style_that_can_be_shown_is_taken(tmp_path: Path, style: str) -> None:
    (tmp_path / "a.toml").write_text(f"[colours]\nprimary = '#aabbcc'\n[variables]\nlink-style = '{style}'\n")
    assert load_themes([tmp_path])[1] == ()


def test_the_console_starts_beside_a_file_that_nothing_can_read(tmp_path: Path) -> None:
    folder = paths_in(tmp_path).config / "themes"
    folder.mkdir(parents=True)
    (folder / "a.toml").write_text(f"a = {'[' * 100_000}")
    assert Shell(paths_in(tmp_path), "hearth").theme == "hearth"


UNFIT = {
    "it has no ground": OurTheme("broken", primary="#aabbcc", surface="#0000", background="#0000"),
    "a style of it is none": OurTheme("broken", primary="#aabbcc", variables={"link-style": "not"}),
    "it breaks the style sheets": OurTheme("broken", primary="#aabbcc", variables={"surface": "} * {"}),
}


@pytest.mark.parametrize("theme", UNFIT.values(), ids=list(UNFIT))
async def test_a_theme_that_turns_out_unfit_while_it_is_put_on_comes_off_again(
    tmp_path: Path, theme: OurTheme
) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        app.theme = "monastery"
        await pilot.pause()
        app.register_theme(theme)
        app.theme = "broken"
        await until(pilot, lambda: "The theme “broken” cannot be shown; monastery is on again." in toasts(app))
        assert app.theme == "monastery"
        await pilot.press("e")
        await until(pilot, lambda: app.review.editing == 1)
        await pilot.press("escape", "T")
        await until(pilot, lambda: "✓ monastery" in words(app))
        assert app.is_running


async def test_neither_list_keeps_a_theme_that_could_not_be_shown(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        app.register_theme(UNFIT["it has no ground"])
        app.theme = "broken"
        await until(pilot, lambda: app.theme == "hearth")
        await pilot.press("T")
        await until(pilot, lambda: "✓ hearth" in words(app))
        place, now = app.theme_names.index("broken"), app.theme_names.index("hearth")
        await pilot.press(*["down"] * (place - now))
        await until(pilot, lambda: "✕ The theme “broken” cannot be shown;" in words(app))
        await pilot.press("k")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        assert app.theme == "hearth"
        assert not paths_in(tmp_path).settings_file.exists()
        assert "cannot be shown" in toasts(app)
