"""The settings on the screen: where each comes from, what can change, and what is kept for good."""

import tomllib
from pathlib import Path

import pytest
from textual.pilot import Pilot

from sanctum_tui.errors import BadInputError, StorageError
from sanctum_tui.settings import Secret, Settings, describe, load
from sanctum_tui.settings.writing import keep, kept
from sanctum_tui.ui.app import SanctumApp
from sanctum_tui.ui.dialogs.settings import SettingsDialog
from sanctum_tui.ui.settingrows import Way, rows_of, way_of
from tests.builders import paths_in, settings
from tests.test_console import console, evening, line_waits, toasts, until, words

FILE = """# My console.
theme = "parchment"   # easier on the eyes

# How long is quiet?
HEARTHKEEPER_INACTIVITY_MINUTES = 20

[[models]]
name = "quick"   # the small one
provider = "ollama"
model = "qwen3:8b"
"""


# The file


def test_a_kept_value_leaves_every_other_line_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(FILE)
    keep(
        file,
        settings(theme="monastery", hearthkeeper_inactivity_minutes=12.5),
        "THEME",
        "HEARTHKEEPER_INACTIVITY_MINUTES",
    )
    changed = FILE.replace('"parchment"', '"monastery"').replace("= 20", "= 12.5")
    assert file.read_text() == changed


def test_a_new_value_stands_before_the_tables_and_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(FILE)
    chosen = settings(bell=True, agent_signature='“ink” \\ "quill"', channel_rules="one\ntwo", keymap=("a.b=f5",))
    keep(file, chosen, "BELL", "AGENT_SIGNATURE", "CHANNEL_RULES", "KEYMAP")
    loaded = load(toml_file=file, environ={}).settings
    for name in ("bell", "agent_signature", "channel_rules", "keymap"):
        assert getattr(loaded, name) == getattr(chosen, name)
    assert loaded.theme == "parchment"
    assert [model.name for model in loaded.models] == ["quick"]
    assert "# the small one" in file.read_text()


def test_every_setting_but_the_tables_can_be_kept_and_comes_back(tmp_path: Path) -> None:
    file = tmp_path / "new" / "config.toml"
    names = [info.name for info in describe() if not info.name.startswith("MODELS")]
    keep(file, Settings(), *names)
    assert load(toml_file=file, environ={}).settings == Settings()
    with pytest.raises(BadInputError, match="list of tables"):
        keep(file, Settings(), "MODELS")


KEYS = """keymap = [
    # the hand on the pad
    "agent.mute=f5",  # quick
    "line.skip=f6",
    # seldom
    "line.hold=f7",  # rare
]  # mine
bell = true
"""


@pytest.mark.parametrize(
    "keymap",
    [
        ("agent.mute=f5", "line.skip=f6", "line.hold=f7"),
        ("agent.mute=f9", "line.skip=f6", "line.hold=f7"),
        ("agent.mute=f5", "line.skip=f6", "line.hold=f7", "line.edit=f8", "line.undo=f4"),
        ("line.edit=f8", "agent.mute=f5", "line.hold=f7"),
    ],
)
def test_the_comments_within_a_list_stay_with_what_they_are_about(tmp_path: Path, keymap: tuple[str, ...]) -> None:
    file = tmp_path / "config.toml"
    file.write_text(KEYS)
    keep(file, settings(keymap=keymap), "KEYMAP")
    written = file.read_text()
    assert load(toml_file=file, environ={}).settings.keymap == keymap
    for comment in ("# the hand on the pad", "# quick", "# seldom", "# rare", "# mine"):
        assert comment in written
    assert written.endswith("bell = true\n")


def test_a_list_that_empties_or_begins_is_kept_too(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    for before, keymap in (("keymap = []\n", ("a.b=f5",)), (KEYS, ()), ('keymap = ["a.b=f5"]\n', ("c.d=f6",))):
        file.write_text(before)
        keep(file, settings(keymap=keymap), "KEYMAP")
        assert load(toml_file=file, environ={}).settings.keymap == keymap


def test_of_a_name_in_two_spellings_the_one_that_counts_is_changed() -> None:
    written, _ = kept('THEME = "a"\ntheme = "b"\n', {"THEME": "c"}, Path("config.toml"))
    assert written == 'THEME = "a"\ntheme = "c"\n'


def test_a_file_with_a_secret_is_for_this_user_alone(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("bell = true\n")
    file.chmod(0o644)
    keep(file, settings(theme="monastery"), "THEME")
    assert file.stat().st_mode & 0o777 == 0o644
    keep(file, settings(llm_api_key=Secret("the-key-itself")), "LLM_API_KEY")
    assert file.stat().st_mode & 0o777 == 0o600
    assert tomllib.loads(file.read_text())["llm_api_key"] == "the-key-itself"


@pytest.mark.parametrize("broken", ["theme = ", "[theme", "\xff\xfe theme".encode("latin-1")])
def test_a_file_that_cannot_be_added_to_stays_as_it_was(tmp_path: Path, broken: str | bytes) -> None:
    file = tmp_path / "config.toml"
    before = broken if isinstance(broken, bytes) else broken.encode()
    file.write_bytes(before)
    with pytest.raises(BadInputError, match="mend"):
        keep(file, Settings(), "THEME")
    assert file.read_bytes() == before


def test_where_nothing_can_be_written_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file, where a folder should be")
    with pytest.raises((StorageError, BadInputError), match="config"):
        keep(tmp_path / "config" / "config.toml", Settings(), "THEME")


# The rows


def row(name: str, now: Settings, started: Settings, sources: dict[str, str], *, private: bool = False) -> object:
    found = next(row for row in rows_of(now, started, sources, private=private) if row.name == name)
    return found.value, found.source, found.where


def test_each_value_says_where_it_comes_from() -> None:
    started = settings(theme="parchment", bell=True)
    sources = {"THEME": "/home/mira/config.toml", "BELL": "--set"}
    now = settings(theme="parchment", bell=True, let_it_be_minutes=40)
    assert row("THEME", now, started, sources) == ("parchment", "config.toml", "/home/mira/config.toml")
    assert row("BELL", now, started, sources) == ("on", "--set", "--set")
    assert row("LET_IT_BE_MINUTES", now, started, sources) == ("40", "tonight", "tonight")
    assert row("LOG_LEVEL", now, started, sources) == ("INFO", "default", "default")
    assert row("THEME", now, started, {}) == ("parchment", "at the start", "at the start")


def test_a_secret_is_dots_and_in_private_mode_not_even_those() -> None:
    chosen = settings(
        llm_api_key=Secret("the-key-itself"),
        export_path="/home/mira/my-shelf",
        twitch_channel_name="mira",
        llm_model="m",
    )
    sources = {"EXPORT_PATH": "/home/mira/config.toml"}
    for private in (False, True):
        told = str(rows_of(chosen, chosen, sources, private=private))
        assert "the-key-itself" not in told
        assert ("my-shelf" in told) is not private
        assert ("/home/mira" in told) is not private
    assert row("TWITCH_CHANNEL_NAME", chosen, chosen, {}, private=True)[0] == "(hidden)"  # type: ignore[index]
    assert row("LLM_MODEL", chosen, chosen, {}, private=True)[0] == "m"  # type: ignore[index]


def test_every_setting_says_how_it_is_changed() -> None:
    ways = {info.name: way_of(info) for info in describe()}
    assert len(ways) == len(rows_of(Settings(), Settings(), {})) - len({info.group for info in describe()})
    assert ways["BELL"] is Way.TOGGLED
    assert ways["LAYOUT"] is ways["THEME"] is Way.CHOSEN
    assert ways["LET_IT_BE_MINUTES"] is Way.ASKED
    assert {ways[info.name] for info in describe() if info.secret or not info.live} == {Way.ELSEWHERE}


def test_a_search_looks_into_names_values_and_descriptions() -> None:
    found = [row.name for row in rows_of(Settings(), Settings(), {}, query=["signature"])]
    assert "AGENT_SIGNATURE" in found
    assert "Words" in found
    assert rows_of(Settings(), Settings(), {}, query=["no", "such", "thing"]) == ()


# The screen


def part(app: SanctumApp, place: str) -> str:
    """What is seen of a widget of the screen in front."""
    region = app.screen.query_one(place).region
    rows = app.screen._compositor.render_strips()[region.y : region.bottom]
    return "\n".join(strip.crop(region.x, region.right).text for strip in rows)


async def to(pilot: Pilot[int], app: SanctumApp, name: str) -> None:
    """Open the settings, and choose one by searching for it."""
    await pilot.press("C")
    await until(pilot, lambda: isinstance(app.screen, SettingsDialog) and "TWITCH_CLIENT_ID" in words(app))
    await pilot.press("slash", *name.lower().replace("_", " "), "enter")
    await until(pilot, lambda: name in words(app))


async def test_a_switch_is_turned_for_tonight_and_kept_for_good_on_a_second_key(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await to(pilot, app, "REVIEW_UNDO_SECONDS")
        await pilot.press("escape", "C")
        await to(pilot, app, "BELL")
        await pilot.press("enter")
        await until(pilot, lambda: "BELL is on for this evening" in words(app))
        assert evening(app).settings.bell
        assert "tonight" in words(app)
        file = paths_in(tmp_path).settings_file
        assert not file.exists()
        await pilot.press("k")
        await until(pilot, lambda: "BELL = on is kept in" in words(app))
        assert file.read_text() == "bell = true\n"
        await until(pilot, lambda: "config.toml" in part(app, "#listing"))


async def test_a_number_is_asked_for_until_it_fits(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await to(pilot, app, "LET_IT_BE_MINUTES")
        await pilot.press("enter")
        await until(pilot, lambda: "for this evening?" in words(app) and "15" in part(app, "#answer"))
        await pilot.press("backspace", "backspace", *"soon", "enter")
        await until(pilot, lambda: "does not fit" in words(app))
        await pilot.press(*["backspace"] * 4, *"25", "enter")
        await until(pilot, lambda: "LET_IT_BE_MINUTES is 25" in words(app))
        assert evening(app).settings.let_it_be_minutes == 25


async def test_one_of_a_few_words_is_chosen_and_the_theme_is_worn_at_once(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await to(pilot, app, "THEME")
        await pilot.press("enter")
        await until(pilot, lambda: "= as it is now" in words(app))
        themes = app.theme_names
        place = themes.index("monastery") - themes.index("hearth")
        await pilot.press(*["down" if place > 0 else "up"] * abs(place), "enter")
        await until(pilot, lambda: app.theme == "monastery")
        assert evening(app).settings.theme == "monastery"


async def test_the_list_of_themes_begins_with_ours_and_stands_at_the_one_that_is_on(tmp_path: Path) -> None:
    async with console(tmp_path, chosen=settings(theme="textual-dark"), size=(80, 24)) as (app, pilot):
        await until(pilot, lambda: app.stage.evening)
        await to(pilot, app, "THEME")
        await pilot.press("enter")
        await until(pilot, lambda: "textual-dark = as it is now" in words(app))
        await pilot.press("home")
        await until(pilot, lambda: "1 hearth" in words(app))


async def test_what_is_read_at_the_start_says_where_to_write_it(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await to(pilot, app, "KNOWLEDGE_PATH")
        await until(pilot, lambda: "read at the start" in words(app))
        assert "config.toml as knowledge_path =" in words(app)


async def test_one_hears_when_another_source_would_win_over_the_file(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        app.host.sources["BELL"] = "environment"
        await to(pilot, app, "BELL")
        await pilot.press("k")
        await until(pilot, lambda: "environment has it too, and wins" in words(app))


async def test_no_secret_is_written_by_a_key(tmp_path: Path) -> None:
    chosen = settings(llm_api_key=Secret("the-key-itself"))
    async with console(tmp_path, chosen=chosen) as (app, pilot):
        await line_waits(app, pilot)
        await to(pilot, app, "LLM_API_KEY")
        assert "the-key" not in words(app)
        await pilot.press("k")
        await until(pilot, lambda: "by hand" in words(app))
        assert not paths_in(tmp_path).settings_file.exists()


@pytest.mark.parametrize("size", [(80, 24), (120, 35), (240, 70), (60, 120)])
async def test_at_every_size_one_sees_value_source_and_keys(tmp_path: Path, size: tuple[int, int]) -> None:
    async with console(tmp_path, chosen=settings(export_path="/x"), size=size) as (app, pilot):
        await line_waits(app, pilot)
        await to(pilot, app, "BELL")
        shown = words(app)
        assert "Ring the terminal's bell" in shown
        assert "off" in part(app, "#listing")
        assert "Enter turns it on" in shown


async def test_m_mutes_from_within_the_settings_and_is_a_letter_in_the_search(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await to(pilot, app, "REVIEW_UNDO_SECONDS")
        await pilot.press("slash", "m")
        await pilot.pause()
        assert not evening(app).orchestrator.muted
        await pilot.press("escape", "m")
        await until(pilot, lambda: evening(app).orchestrator.muted)
        assert "muted" in toasts(app).lower()
