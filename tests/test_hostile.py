"""Hostile text in a real terminal: shown verbatim, and none of its control sequences reaches the screen."""

import json
from pathlib import Path

from tests.terminal import terminal

ESC = "\x1b"
HOSTILE = [
    f"{ESC}]52;c;SG93ZHk=\x07 clipboard",
    f"{ESC}[2J{ESC}[1;1Hwiped {ESC}[31;5mred",
    f"{ESC}]0;owned\x07title {ESC}]8;;http://evil.example\x07click",
    f"{ESC}[?1049l left the screen {ESC}c reset",
    "\x9b31m c1 \x9d0;owned\x9c \x90q\x9c",
    "nul \x00 bell \x07 back \x08\x08\x08 del \x7f vt \x0b ff \x0c",
    "[@click=app.quit]free subs[/] [/] [/b] [red]x",
    "[b][LUL] ${PATH} {0} %s %(name)s $who",
    "bidi \u202eevil\u202c \u2066iso\u2069 mark",
    "tags \U000e0000\U000e0041\U000e0042 hidden",
    "two\nlines\r\nand \u2028more\u2029",
    "\ud800 lone \udfff",
    "x" * 400,
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324\u031e\u0349\u035a\u032f\u031e\u0320\u034dA",
]
PAYLOADS = [
    b"\x1b]52", b"SG93ZHk=\x07", b"\x1b[2J\x1b[1;1Hwiped", b"\x1b[31;5m", b"\x1b]0;owned", b"\x1b]8;;http://evil",
    b"\x1b[?1049l left", b"\x1bc reset", b"\xc2\x9b", b"\xc2\x9d", b"\xc2\x90", "\u202e".encode(), "\u2066".encode(),
    "\U000e0000".encode(), "\U000e0041".encode(), b"\x08", b"\x7f",
]  # fmt: skip
"""What would be on the wire if any of them got through."""


def hostile_log(folder: Path) -> Path:
    """A log whose every line, and every name, attacks."""
    log = folder / "hostile.jsonl"
    lines = [{"at": float(n), "user": f"evil{n}", "name": text[:25], "text": text} for n, text in enumerate(HOSTILE)]
    lines.append({"at": 3000.0, "user": "nightbot", "text": "the end"})
    head = {"sanctum": 1, "channel": HOSTILE[0], "title": HOSTILE[6] + HOSTILE[1]}
    log.write_text("\n".join(map(json.dumps, [head, *lines])))
    return log


def hostile_dashboard(folder: Path) -> Path:
    """A plan that attacks in every field."""
    plan = folder / "plan.md"
    words = [text for text in HOSTILE[:11] if "\0" not in text]
    headings = ("Stream Title", "Game", "Mood", "Twitch Go Live Notification", "One Content Angle", "Session Goals")
    parts = [f"### {heading}\n\n{word}\n" for heading, word in zip(headings, words, strict=False)]
    plan.write_text("\n".join(parts) + "\n".join(f"- {word}" for word in words), encoding="utf-8")
    return plan


def test_hostile_chat_plans_and_ledgers_reach_the_terminal_as_text_alone(tmp_path: Path) -> None:
    log, plan = hostile_log(tmp_path), hostile_dashboard(tmp_path)
    with terminal(
        tmp_path / "home", "replay", log, "--dashboard", plan, "--speed", "max", columns=200, rows=60
    ) as shown:
        shown.until("free subs")
        shown.until("Line 1 waits")
        shown.send("4")
        shown.until("Enter writes")
        shown.send("\r")
        shown.until("leaves the editor")
        shown.send("\x1b")
        shown.until(lambda text: "leaves the editor" not in text)
        shown.send("5")
        shown.send("t")
        shown.until("What it looks at")
        shown.send("\x1b")
        shown.until(lambda text: "What it looks at" not in text)
        shown.send("w")
        shown.until("The ledger was written")
        shown.send("q")
        shown.until("Leave the evening?")
        shown.send("l")
        code = shown.until_it_ends()
    assert code == 0
    leaked = [payload for payload in PAYLOADS if payload in shown.raw]
    assert leaked == []


def test_what_looks_like_markup_is_shown_to_the_letter(tmp_path: Path) -> None:
    with terminal(
        tmp_path / "home", "replay", hostile_log(tmp_path), "--speed", "max", columns=160, rows=50
    ) as shown:
        told = ("[@click=app.quit]free subs[/]", "[/] [/b] [red]x", "${PATH} {0} %s %(name)s $who")
        shown.until(lambda seen: all(words in seen for words in told))
