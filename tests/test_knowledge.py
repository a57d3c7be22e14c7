"""The operator's notes: the passages that fit are found, whatever lies in the folder, and nothing is ever written."""

import asyncio
import os
import threading
from pathlib import Path
from time import thread_time

import pytest

from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.errors import BadInputError
from sanctum_tui.llm import knowledge
from sanctum_tui.llm.author import Context
from sanctum_tui.llm.context import Gathered, Knowledge, Provider, gather
from sanctum_tui.llm.knowledge import LONGEST_PASSAGE, KnowledgeFolder, Passage


def note(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def sources(folder: Path, query: str, most: int = 4) -> list[str]:
    return [passage.source for passage in KnowledgeFolder(folder).find(query, most)]


def text_of(folder: Path, query: str) -> str:
    return KnowledgeFolder(folder).find(query, 1)[0].text


def test_the_passage_that_fits_best_comes_first_with_its_note_and_heading(tmp_path: Path) -> None:
    note(
        tmp_path,
        "Windrose.md",
        "# Windrose\n\nA game of boats.\n\n## The lighthouse\n\nIt has been dark since spring.",
    )
    note(tmp_path, "Bread.md", "Slow rise, hot oven.")
    assert KnowledgeFolder(tmp_path).find("the lighthouse in Windrose")[0] == Passage(
        "It has been dark since spring.", "Windrose › The lighthouse"
    )
    assert sources(tmp_path, "ovens") == ["Bread"]
    assert sources(tmp_path, "volcano") == []


def test_front_matter_names_a_note_and_is_not_told(tmp_path: Path) -> None:
    text = "---\ntitle: The unlit tower\naliases: [beacon, pharos]\ntags:\n  - sea\n---\nNobody has its key.\n"
    note(tmp_path, "2024-01-02.md", text)
    for query in ("pharos", "tower", "beacon", "sea"):
        assert KnowledgeFolder(tmp_path).find(query) == (Passage("Nobody has its key.", "The unlit tower"),)


def test_obsidians_signs_are_read_and_not_told(tmp_path: Path) -> None:
    text = (
        "The [[Places/Lighthouse|old light]] and [[Places/Harbour]] ![[map.png]] %%private%% are **near** ==here==.\n"
        "- [x] see [the chart](https://example.org/x) ^block-1\n> [[Tower#Stairs]]\n"
        "```dataview\nLIST FROM light\n```\n<!-- hidden light -->"
    )
    note(tmp_path, "a.md", text)
    assert text_of(tmp_path, "light") == "The old light and Harbour are near here. see the chart Tower"


def test_a_note_that_the_best_one_links_to_comes_before_one_it_does_not(tmp_path: Path) -> None:
    note(tmp_path, "Windrose.md", "The lamp was lit here, a lamp lit often; see [[Keeper]].")
    note(tmp_path, "Archive.md", "Once a lamp was lit here and there.")
    note(tmp_path, "Keeper.md", "Once a lamp was lit here and there, too.")
    assert sources(tmp_path, "windrose lamp lit") == ["Windrose", "Keeper", "Archive"]


def test_scripts_without_spaces_are_found(tmp_path: Path) -> None:
    note(tmp_path, "海.md", "灯塔的钥匙在海底。")
    note(tmp_path, "面包.md", "先烤面包。")
    assert sources(tmp_path, "灯塔")[0] == "海"


def test_hidden_folders_and_links_and_other_files_are_left_alone(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    note(vault, "in.md", "a lamp inside")
    note(vault, ".obsidian/out.md", "a lamp of the program")
    note(vault, ".trash/out.md", "a lamp thrown away")
    note(vault, "lamp.txt", "a lamp of another kind")
    (vault / "link.md").symlink_to(note(tmp_path, "secret.md", "a lamp outside"))
    (vault / "folder").symlink_to(tmp_path)
    assert sources(vault, "lamp") == ["in"]


def test_what_is_too_large_or_too_much_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    note(tmp_path, "a.md", "lamp " * 50_000)
    note(tmp_path, "b.md", "a small lamp")
    folder = KnowledgeFolder(tmp_path)
    assert [passage.source for passage in folder.find("lamp")] == ["b"]
    assert folder.passed_over == 1
    monkeypatch.setattr(knowledge, "MOST_FILES", 1)
    note(tmp_path, "c.md", "another lamp")
    assert [passage.source for passage in folder.find("lamp")] == ["b"]
    assert folder.passed_over == 2


def test_passages_are_short_and_few_of_one_note(tmp_path: Path) -> None:
    note(tmp_path, "long.md", "\n\n".join(f"The lamp of room {number}. " + "word " * 60 for number in range(40)))
    found = KnowledgeFolder(tmp_path).find("lamp", 10)
    assert len(found) == 2
    assert all(len(passage.text) <= LONGEST_PASSAGE for passage in found)


def test_a_note_that_was_changed_or_removed_is_read_anew(tmp_path: Path) -> None:
    path = note(tmp_path, "a.md", "a lamp")
    folder = KnowledgeFolder(tmp_path)
    assert folder.find("lamp")
    path.write_text("an oar, instead")
    assert (folder.find("lamp"), folder.find("oar")[0].text) == ((), "an oar, instead")
    path.unlink()
    assert folder.find("oar") == ()


def test_a_note_that_has_not_changed_is_not_read_again(tmp_path: Path) -> None:
    path = note(tmp_path, "a.md", "a lamp")
    state = path.stat()
    folder = KnowledgeFolder(tmp_path)
    folder.find("lamp")
    path.write_text("an oar")
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert folder.find("lamp")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="check KNOWLEDGE_PATH"):
        KnowledgeFolder(tmp_path / "none").find("lamp")


def test_bytes_that_are_no_text_are_no_error(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"\xff\xfe\x00\x1b[31m a lamp")
    assert "\x1b" not in text_of(tmp_path, "lamp")


@pytest.mark.parametrize(
    "sign", ["[", "[[", "%%", "<!--", "![[a", "```", "# ", "#", "*", "---\n", "[a](", "> ", "\n\n", " "]
)
def test_no_note_holds_up_the_reading(tmp_path: Path, sign: str) -> None:
    note(tmp_path, "a.md", "lamp " + sign * (180_000 // len(sign)))
    # Of this thread's own time: what is read over and over for each sign takes minutes.
    begun = thread_time()
    KnowledgeFolder(tmp_path).find("lamp")
    assert thread_time() - begun < 10.0


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes in folders here")
def test_a_pipe_among_the_notes_is_passed_by_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.md")
    note(tmp_path, "b.md", "a small lamp")
    folder = KnowledgeFolder(tmp_path)
    found: list[Passage] = []
    reading = threading.Thread(target=lambda: found.extend(folder.find("lamp")), daemon=True)
    reading.start()
    reading.join(5)
    assert [passage.source for passage in found] == ["b"]
    assert folder.passed_over == 0, "it is no note"


class DeadDisk(KnowledgeFolder):
    """Notes on a disk that does not answer until it is mended."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.mended = threading.Event()
        self.asked: list[str] = []

    def find(self, query: str, most: int = 4) -> tuple[Passage, ...]:
        self.asked.append(query)
        self.mended.wait()
        return super().find(query, most)


async def test_a_disk_that_never_answers_holds_one_thread_and_nobody_at_the_end(tmp_path: Path) -> None:
    note(tmp_path, "a.md", "a lamp")
    disk = DeadDisk(tmp_path)
    notes = Knowledge(disk)
    context = Context(Dashboard(game="lamp"))
    before = {*threading.enumerate()}
    tonight: list[Gathered] = [await gather(context, [notes], deadline_seconds=0.01) for _ in range(40)]
    assert all(gathered.failed == (Provider.KNOWLEDGE,) for gathered in tonight)
    (reading,) = {*threading.enumerate()} - before
    assert reading.daemon, "the console does not wait for it when it is left"
    assert disk.asked == ["lamp"], "what was given up before its turn is not read any more"
    async with asyncio.timeout(5):
        assert await asyncio.to_thread(str.upper, "saved") == "SAVED"
        disk.mended.set()
        assert [piece.text for piece in await notes.find("lamp")] == ["a lamp"]
    reading.join(5)
    assert not reading.is_alive(), "it is there only while there is something to read"


def test_a_folder_that_is_still_being_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knowledge, "_PATIENCE_SECONDS", 0.01)
    folder = KnowledgeFolder(tmp_path)
    with folder._reading(), pytest.raises(BadInputError, match="is still being read"):
        folder.find("lamp")
    assert folder.find("lamp") == ()
