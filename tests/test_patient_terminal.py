"""Keys arrive as a terminal sends them: alone, in pieces, as no text at all, and after the console was stopped."""

import asyncio
import os
import pty
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.app import App

from sanctum_tui.paths import shipped
from sanctum_tui.ui.patient import PatientDriver
from tests.terminal import PATIENCE_SECONDS, Terminal, terminal


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Terminal]:
    log = shipped("sample_dashboards") / "01-the-quiet-sea" / "chat.jsonl"
    with terminal(tmp_path / "home", "replay", str(log)) as shown:
        shown.until("m mute")
        yield shown


def test_a_lone_escape_is_told_from_the_beginning_of_a_sequence(console: Terminal) -> None:
    console.send("?")
    console.until("Esc closes")
    console.send("\x1b")
    console.until(lambda text: "Esc closes" not in text)
    console.send("\x1b[1;5A?")
    console.until("Esc closes")
    console.send("\x1b")
    console.until(lambda text: "Esc closes" not in text)


def test_a_letter_that_comes_in_two_pieces_is_one_and_what_is_no_text_does_no_harm(console: Terminal) -> None:
    console.send("K")
    console.until("Esc leaves everything")
    console.send_bytes(b"caf\xc3")
    console.until("caf")
    console.send_bytes(b"\xa9 \xff\xfe!")
    console.until("café \ufffd\ufffd!")
    console.send("\x1b")
    console.until(lambda text: "Esc leaves everything" not in text)


def test_a_console_that_was_stopped_hears_keys_again(console: Terminal) -> None:
    console.kill(signal.SIGTSTP)
    console.until_it_stops()
    console.kill(signal.SIGCONT)
    console.send("?")
    console.until("Esc closes")
    console.send("\x1b")
    console.until(lambda text: "Esc closes" not in text)


async def test_where_the_terminal_has_gone_nobody_waits_for_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = pty.openpty()
    driver = PatientDriver(App[None]())
    driver.fileno = theirs
    reader = threading.Thread(target=driver._run_input_thread, daemon=True)
    monkeypatch.setattr(driver._app, "call_later", lambda *_: None)
    reader.start()
    os.close(ours)
    await asyncio.to_thread(reader.join, PATIENCE_SECONDS)
    assert not reader.is_alive()
    os.close(theirs)
