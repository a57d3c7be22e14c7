"""The dashboard's file keeps its bytes but where it is edited, and is never half written."""

import asyncio
from contextlib import aclosing
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanctum_tui.dashboard.file import MOST_BYTES, DashboardFile, merged
from sanctum_tui.errors import BadInputError, StorageError
from sanctum_tui.text import clean

BOM = b"\xef\xbb\xbf"
ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])
WORDS = st.one_of(
    st.binary(max_size=12).map(lambda raw: raw.translate(None, b"\n\r\0")),
    st.sampled_from(
        [b"", b"", b"### 1. Stream Title", b"\x1b[2J\x07", b"\xff\xfe", b"\xc2\x85x", b"\xe2\x80\xa8", b"\t-"]
    ),
    st.text(max_size=12).map(lambda text: text.encode("utf-8", "replace").translate(None, b"\n\r\0")),
)


@st.composite
def line_lists(draw: st.DrawFn) -> list[bytes]:
    """Lines with their ends, as `bytes.splitlines` gives them; the last may have none."""
    words = draw(st.lists(WORDS, min_size=1, max_size=8))
    raw = b"".join(word + draw(ENDS) for word in words[:-1]) + words[-1]
    raw = draw(st.sampled_from([b"", BOM])) + raw + draw(st.sampled_from([b"", b"\n", b"\r\n"]))
    return raw.splitlines(keepends=True)


def opened(path: Path, raw: bytes) -> DashboardFile:
    path.write_bytes(raw)
    file = DashboardFile(path)
    file.load()
    return file


def shown(raw: bytes) -> str:
    """The text of a file with these bytes, as the editor has it."""
    file = DashboardFile(Path("unused"))
    file._raw = raw
    return file.text


def after_mark(raw: bytes) -> list[bytes]:
    """The file's lines behind its byte order mark, which belongs to none of them."""
    return raw.removeprefix(BOM).splitlines(keepends=True)


@given(line_lists())
def test_an_unedited_text_gives_the_very_same_bytes(lines: list[bytes]) -> None:
    raw = b"".join(lines)
    assert merged(raw, shown(raw)) == raw


@given(line_lists())
def test_what_is_shown_is_clean_and_comes_back_from_an_editor_as_it_is(lines: list[bytes]) -> None:
    text = shown(b"".join(lines))
    assert clean(text) == text
    assert text.splitlines() == (text[:-1] if text.endswith("\n") else text).split("\n") or not text


@given(line_lists(), st.data())
def test_an_edit_changes_only_its_line(lines: list[bytes], data: st.DataObject) -> None:
    raw = b"".join(lines)
    text = shown(raw).split("\n")
    number = data.draw(st.integers(0, max(0, len(after_mark(raw)) - 1)))
    text[number] = "an edited line that nothing else is like"
    before, written = after_mark(raw), after_mark(merged(raw, "\n".join(text)))
    assert [*written[:number], *written[number + 1 :]] == [*before[:number], *before[number + 1 :]]
    assert written[number].rstrip(b"\r\n").decode() == text[number]


@given(line_lists(), st.data())
def test_an_inserted_line_leaves_the_others_their_bytes(lines: list[bytes], data: st.DataObject) -> None:
    raw = b"".join(lines)
    text = shown(raw).split("\n")
    number = data.draw(st.integers(0, max(0, len(after_mark(raw)) - 1)))
    text.insert(number, "an inserted line that nothing else is like")
    before, written = after_mark(raw), after_mark(merged(raw, "\n".join(text)))
    assert [*written[:number], *written[number + 1 :]] == before


@given(line_lists(), st.text(max_size=60).map(clean))
def test_any_edited_text_is_what_the_file_shows_afterwards(lines: list[bytes], text: str) -> None:
    raw = b"".join(lines)
    # A mark in front of a file that has none becomes the file's own.
    assert shown(merged(raw, text)) == (text if raw.startswith(BOM) else text.removeprefix("\ufeff"))


@given(line_lists(), line_lists())
def test_lines_from_elsewhere_are_merged_into_what_was_typed(lines: list[bytes], others: list[bytes]) -> None:
    text = shown(b"".join(lines) + b"\n" + b"".join(others))
    assert shown(merged(b"".join(lines), text)) == text


def test_a_byte_order_mark_stays_where_the_first_line_is_edited(tmp_path: Path) -> None:
    file = opened(tmp_path / "dashboard.md", BOM + b"# One\r\ntwo\r\n")
    assert file.text == "# One\ntwo\n"
    assert file.save("# Ones\ntwo\n")
    assert file.path.read_bytes() == BOM + b"# Ones\r\ntwo\r\n"


def test_a_new_line_ends_as_most_of_the_file_does(tmp_path: Path) -> None:
    file = opened(tmp_path / "dashboard.md", b"a\r\nb\r\nc\nd")
    file.save("a\nb\nnew\nc\nd\nlast")
    assert file.path.read_bytes() == b"a\r\nb\r\nnew\r\nc\nd\r\nlast"


def test_lines_that_come_to_stand_together_stay_two() -> None:
    assert merged(b"a\rb\n\n", "a\n\n") == b"a\r\n\n"
    assert merged(b"\r\r\n\n", "\n\nnew\n\n") == b"\r\r\nnew\r\n\n"


def test_a_line_break_that_slipped_into_a_line_does_not_become_two_lines() -> None:
    assert merged(b"a\nb\n", "a\nb\r\x85c\n") == b"a\nb  c\n"


def test_a_text_that_is_not_in_the_file_yet_is_saved_whole(tmp_path: Path) -> None:
    file = DashboardFile(tmp_path / "new" / "dashboard.md")
    assert file.load() == ""
    assert file.save("### Title\n\nFog\n")
    assert file.path.read_bytes() == b"### Title\n\nFog\n"
    assert file.markdown == "### Title\n\nFog\n"


def test_saving_what_is_there_already_writes_nothing(tmp_path: Path) -> None:
    file = opened(tmp_path / "dashboard.md", b"a\r\n\xff\x1b[2J\n")
    before = file.path.stat().st_mtime_ns, file.path.stat().st_ino
    assert file.save(file.text) is False
    assert (file.path.stat().st_mtime_ns, file.path.stat().st_ino) == before


def test_a_save_puts_a_whole_new_file_in_place_of_the_old_one(tmp_path: Path) -> None:
    file = opened(tmp_path / "dashboard.md", b"old\n")
    reader = tmp_path / "held by somebody who reads it.md"
    reader.hardlink_to(file.path)
    file.save("new\n")
    assert (reader.read_bytes(), file.path.read_bytes()) == (b"old\n", b"new\n")


def test_a_write_that_fails_leaves_the_old_file_and_can_be_tried_again(tmp_path: Path) -> None:
    folder = tmp_path / "evening"
    folder.mkdir()
    file = opened(folder / "dashboard.md", b"old\n")
    away = folder.rename(tmp_path / "away")
    folder.write_bytes(b"a file where the folder was")
    with pytest.raises(StorageError):
        file.save("new\n")
    assert (away / "dashboard.md").read_bytes() == b"old\n"
    assert [path.name for path in away.iterdir()] == ["dashboard.md"]
    folder.unlink()
    away.rename(folder)
    assert file.save("new\n") is True
    assert file.path.read_bytes() == b"new\n"


def test_what_something_else_has_just_written_is_not_overwritten_unseen(tmp_path: Path) -> None:
    file = opened(tmp_path / "dashboard.md", b"one\r\ntwo\r\n")
    file.path.write_bytes(b"one\r\ntwo\r\ntheirs\r\n")
    with pytest.raises(StorageError):
        file.save("ours\ntwo\n")
    assert file.path.read_bytes() == b"one\r\ntwo\r\ntheirs\r\n"
    assert file.text == "one\ntwo\ntheirs\n"
    assert file.save("ours\ntwo\n") is True
    assert file.path.read_bytes() == b"ours\r\ntwo\r\n"


def test_a_file_that_is_no_dashboard_is_refused_in_one_sentence(tmp_path: Path) -> None:
    for name, raw in (("zip.md", b"PK\0\0"), ("huge.md", b"a" * (MOST_BYTES + 1))):
        path = tmp_path / name
        path.write_bytes(raw)
        with pytest.raises(BadInputError):
            DashboardFile(path).load()
    with pytest.raises(BadInputError):
        DashboardFile(tmp_path).load()


def test_a_long_file_of_equal_lines_is_saved_at_once() -> None:
    raw = b"\n" * 40_000
    began = perf_counter()
    merged(raw, "\n" * 20_000 + "an edit" + "\n" * 20_000)
    merged(raw, "first" + "\n" * 40_000 + "last")
    # Some 0.05 s; comparing each line with each would take minutes.
    assert perf_counter() - began < 5


async def test_an_outside_change_is_told_and_our_own_is_not(tmp_path: Path) -> None:
    file = opened(tmp_path / "dashboard.md", b"ours\n")
    async with aclosing(file.changes()) as changes, asyncio.timeout(10):
        first = asyncio.ensure_future(anext(changes))
        number = 0
        while not first.done():
            # The watch begins at some moment that nobody tells; so it is written to until it is seen.
            number += 1
            (tmp_path / "other.md").write_text("not this file")
            file.path.write_text(f"theirs {number}\n")
            await asyncio.wait({first}, timeout=0.05)
        assert (await first).startswith("theirs")
        file.path.write_text("theirs, which a save meets first\n")
        with pytest.raises(StorageError):
            file.save("ours\n")
        assert await anext(changes) == "theirs, which a save meets first\n"
        second = asyncio.ensure_future(anext(changes))
        file.save("ours again\n")
        await asyncio.wait({second}, timeout=0.4)
        assert not second.done()
        file.path.unlink()
        await asyncio.wait({second}, timeout=0.4)
        assert not second.done(), "a file that is gone for a moment is not an empty dashboard"
        file.path.write_bytes(b"theirs at last\r\n")
        assert await second == "theirs at last\n"


def test_a_link_stays_a_link_to_the_file_that_is_edited(tmp_path: Path) -> None:
    vault = tmp_path / "vault.md"
    vault.write_text("one\ntwo\n")
    link = tmp_path / "tonight.md"
    link.symlink_to(vault)
    file = DashboardFile(link)
    file.load()
    assert file.save("one\nthree\n")
    assert link.is_symlink()
    assert vault.read_text() == "one\nthree\n"
