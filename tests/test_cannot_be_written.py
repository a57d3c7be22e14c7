"""Where something cannot be written, the one sentence says what helps against this very reason."""

import errno
import os
from pathlib import Path

import pytest
from filelock import FileLock

from sanctum_tui.errors import StorageError
from sanctum_tui.paths import remedy, unwritten, write_atomically
from sanctum_tui.runtime.places import claim
from tests.builders import paths_in

HOME = "set SANCTUM_HOME to another folder"


def refused(number: int) -> OSError:
    return OSError(number, os.strerror(number))


@pytest.mark.parametrize(
    ("number", "helps"),
    [
        *((number, f"let this user write there, or {HOME}") for number in (errno.EACCES, errno.EPERM, errno.EROFS)),
        (errno.ENOSPC, f"free some space there, or {HOME}"),
        (errno.ENOTDIR, HOME),
        (errno.EIO, HOME),
    ],
)
def test_what_helps_depends_on_the_reason(number: int, helps: str) -> None:
    assert remedy(refused(number)) == helps
    told = unwritten(Path("/x/state"), refused(number)).sentence
    assert told == f"/x/state could not be written ({os.strerror(number)}); {helps}."


def test_a_place_that_is_chosen_otherwise_says_how() -> None:
    assert remedy(refused(errno.EACCES), "name another --dashboard") == (
        "let this user write there, or name another --dashboard"
    )


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS])
async def test_a_home_that_cannot_be_written_to_is_not_told_to_be_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise refused(number)

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(StorageError, match="locks could not be made") as caught:
        async with claim(paths_in(tmp_path), "quietharbor", live=False):
            pass
    assert caught.value.sentence.endswith(f"; let this user write there, or {HOME}.")
    with pytest.raises(StorageError, match="let this user write there, or choose another folder"):
        write_atomically(tmp_path / "ledgers" / "x.md", "words")


async def test_a_lock_that_cannot_be_taken_is_told_in_the_same_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise refused(errno.EROFS)

    monkeypatch.setattr(FileLock, "acquire", refuse)
    with pytest.raises(StorageError, match=f"let this user write there, or {HOME}"):
        async with claim(paths_in(tmp_path), "quietharbor", live=False):
            pass
