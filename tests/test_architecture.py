"""Rooms know only what they may: proved at run time, for what import-linter cannot see."""

import subprocess
import sys
from pathlib import Path

import pytest

import sanctum_tui

PACKAGE = Path(sanctum_tui.__file__).parent
MODULES = sorted(
    ".".join(("sanctum_tui", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
    if path.name != "__main__.py" and "versions" not in path.parts and path.name != "env.py"
)
ONE_OF_TWITCH = "sanctum_tui.twitch.helix"
"""The one module that knows TwitchIO."""
ONE_OF_MODELS = "sanctum_tui.llm.models"
"""The one module that knows the model library."""
MODEL_LIBRARIES = {"pydantic_ai", "pydantic", "openai", "httpx2"}
MOST_LINES = 350
MOST_APP_LINES = 250


def imported_by(*modules: str) -> set[str]:
    """What is loaded, by top-level name, when these modules are imported in a fresh interpreter."""
    code = f"import sys\n{''.join(f'import {module}{chr(10)}' for module in modules)}print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", timeout=60, check=False)
    assert run.returncode == 0, run.stderr
    return {name.partition(".")[0] for name in run.stdout.split()}


def test_everything_but_the_screen_imports_without_textual() -> None:
    others = ("sanctum_tui.ui", ONE_OF_TWITCH, ONE_OF_MODELS)
    loaded = imported_by(*(module for module in MODULES if not module.startswith(others)))
    assert not loaded & {"textual", "rich", "twitchio"}


def test_everything_but_the_module_of_models_imports_without_its_library() -> None:
    assert ONE_OF_MODELS in MODULES
    loaded = imported_by(*(module for module in MODULES if module not in (ONE_OF_MODELS, ONE_OF_TWITCH)))
    assert not loaded & MODEL_LIBRARIES


def test_everything_but_the_room_of_twitch_imports_without_its_libraries() -> None:
    # What the model library may bring along is its own affair.
    others = ("sanctum_tui.twitch", "sanctum_tui.serving.server", ONE_OF_MODELS)
    loaded = imported_by(*(module for module in MODULES if not module.startswith(others)))
    assert not loaded & {"twitchio", "aiohttp", "segno"}


def test_the_command_line_starts_with_next_to_nothing() -> None:
    loaded = imported_by("sanctum_tui.cli")
    assert not loaded & {
        "textual",
        "sqlalchemy",
        "alembic",
        "aiosqlite",
        "markdown_it",
        "ijson",
        "rapidfuzz",
        "asyncio",
    }


def test_the_first_paint_waits_for_no_database_and_no_model() -> None:
    loaded = imported_by("sanctum_tui.ui.app")
    assert not loaded & {
        "sqlalchemy",
        "alembic",
        "aiosqlite",
        "ijson",
        "markdown_it",
        "watchfiles",
        "dotenv",
        "twitchio",
        "aiohttp",
        "segno",
        *MODEL_LIBRARIES,
    }


@pytest.mark.parametrize(
    "module", ["sanctum_tui.memory.engine", "sanctum_tui.runtime.evening", "sanctum_tui.headless"]
)
def test_migrations_are_loaded_only_where_there_is_something_to_migrate(module: str) -> None:
    assert "alembic" not in imported_by(module)


def test_files_stay_small_enough_to_hold_in_the_head() -> None:
    long = {
        str(path.relative_to(PACKAGE)): lines
        for path in PACKAGE.rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert long == {}
    app = PACKAGE / "ui" / "app.py"
    assert len(app.read_text(encoding="utf-8").splitlines()) <= MOST_APP_LINES
