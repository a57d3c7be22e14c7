"""Pictures in the streamer's notes: seen by a model that can, read once a draft, and nothing beside them."""

import base64
import os
from pathlib import Path
from typing import Any

import pytest

from sanctum_tui.clock import ReplayClock
from sanctum_tui.errors import BadInputError
from sanctum_tui.llm.author import Context
from sanctum_tui.llm.chain import Chain, links
from sanctum_tui.llm.context import Gathered, Knowledge
from sanctum_tui.llm.informing import Informing
from sanctum_tui.llm.knowledge import KnowledgeFolder
from sanctum_tui.llm.pictures import LARGEST_PICTURE, embedded
from sanctum_tui.llm.ports import Picture
from sanctum_tui.llm.prompts import Prompts
from sanctum_tui.llm.spending import Spending
from sanctum_tui.llm.tools import LOOK_AT_PICTURE, tools_for
from sanctum_tui.settings import ModelChoice
from tests.builders import START
from tests.mock_provider import MockProvider, mock_provider, refusal, whole
from tests.test_writing_informing import turn
from tests.wire import ASKED, opened

PNG = b"\x89PNG\r\n\x1a\n" + b"a map of the harbour"
NOTE = "The harbour of Windrose has a lighthouse. ![[map.png|300]] Nobody has lit it."


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """The streamer's notes: one, with a map of the harbour somewhere below."""
    folder = tmp_path / "vault"
    (folder / "attachments").mkdir(parents=True)
    (folder / "attachments" / "map.png").write_bytes(PNG)
    (folder / "Windrose.md").write_text(NOTE, encoding="utf-8")
    return folder


class Counted(KnowledgeFolder):
    """Counts how often a picture is read."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.read: list[str] = []

    def picture(self, name: str) -> Picture:
        self.read.append(name)
        return super().picture(name)


def shows(folder: Path, *embeds: str) -> None:
    (folder / "Windrose.md").write_text("A harbour. " + " ".join(embeds), encoding="utf-8")


def why_not(folder: Path, name: str) -> str:
    with pytest.raises(BadInputError) as error:
        KnowledgeFolder(folder).picture(name)
    return error.value.sentence


# --- which file ---------------------------------------------------------------------------------------


def test_a_note_tells_which_pictures_it_shows_and_each_is_found_where_its_author_meant_it(vault: Path) -> None:
    (passage,) = KnowledgeFolder(vault).find("lighthouse")
    assert passage.pictures == ("map.png",)
    assert "map.png" not in passage.text
    assert KnowledgeFolder(vault).picture(" MAP.png ") == Picture("map.png", "image/png", PNG)
    (vault / "the sea.gif").write_bytes(b"GIF89a sea")
    shows(vault, "![the sea](the%20sea.gif)", "![](attachments/map.png 'a title')")
    assert KnowledgeFolder(vault).picture("the sea.gif").media_type == "image/gif"
    assert KnowledgeFolder(vault).picture("attachments/map.png").data == PNG
    assert KnowledgeFolder(vault).picture("map.png").data == PNG


def test_only_pictures_that_lie_in_the_folder_are_shown_by_a_note() -> None:
    embeds = ["![](https://example.org/a.png)", "![](data:image/png;base64,aa.png)", "![[Tower]]", "![[a.pdf]]"]
    embeds += ["![](//example.org/a.png)", "![](file:///etc/a.png)", "![[b.WEBP#left|10]]", "![[b.WEBP]]"]
    assert embedded(embeds) == ("b.WEBP",)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (PNG, "image/png"), (b"\xff\xd8\xff\xe0jpeg", "image/jpeg"), (b"GIF87a..", "image/gif"),
        (b"RIFF\n\x00\x00\x00WEBPVP8 ", "image/webp"),
    ],
)  # fmt: skip
def test_a_picture_is_what_it_begins_with_and_not_what_it_is_called(vault: Path, data: bytes, kind: str) -> None:
    (vault / "attachments" / "map.png").write_bytes(data)
    assert KnowledgeFolder(vault).picture("map.png").media_type == kind


@pytest.mark.parametrize("data", [b"", b"<svg onload=x>", b"root:x:0:0", b"RIFF....WAVE"])
def test_what_only_calls_itself_a_picture_is_not_handed_out(vault: Path, data: bytes) -> None:
    (vault / "attachments" / "map.png").write_bytes(data)
    assert "is no PNG" in why_not(vault, "map.png")


def test_a_picture_as_large_as_may_be_is_shown_and_a_larger_one_is_not(vault: Path) -> None:
    path = vault / "attachments" / "map.png"
    path.write_bytes(PNG.ljust(LARGEST_PICTURE, b"."))
    assert len(KnowledgeFolder(vault).picture("map.png").data) == LARGEST_PICTURE
    path.write_bytes(PNG.ljust(LARGEST_PICTURE + 1, b"."))
    assert "4 MiB" in why_not(vault, "map.png")


@pytest.mark.parametrize(
    "embed", ["![[../secret.png]]", "![](../secret.png)", "![](%2e%2e/secret.png)", "![[a/../../secret.png]]"]
)
def test_a_note_does_not_lead_out_of_the_folder(vault: Path, embed: str) -> None:
    (vault.parent / "secret.png").write_bytes(PNG)
    shows(vault, embed)
    assert "There is no picture" in why_not(vault, "secret.png")


def test_neither_do_a_link_or_a_whole_path(vault: Path) -> None:
    secret = vault.parent / "secret.png"
    secret.write_bytes(PNG)
    (vault / "linked.png").symlink_to(secret)
    (vault / "folder").symlink_to(vault.parent, target_is_directory=True)
    shows(vault, "![[linked.png]]", "![[folder/secret.png]]", f"![]({secret})")
    for name in ("linked.png", "secret.png", str(secret)):
        assert "There is no picture" in why_not(vault, name)


def test_what_no_note_shows_or_a_program_keeps_for_itself_is_not_looked_at(vault: Path) -> None:
    (vault / "diary.png").write_bytes(PNG)
    assert "No note shows" in why_not(vault, "diary.png")
    (vault / ".trash").mkdir()
    (vault / ".trash" / "old.png").write_bytes(PNG)
    shows(vault, "![[old.png]]", "![](.trash/old.png)")
    assert "There is no picture" in why_not(vault, ".trash/old.png")
    assert "There is no picture" in why_not(vault, "old.png")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_that_nobody_writes_to_holds_nobody_up(vault: Path) -> None:
    (vault / "attachments" / "map.png").unlink()
    os.mkfifo(vault / "attachments" / "map.png")
    assert "There is no picture" in why_not(vault, "map.png")


# --- the tool -----------------------------------------------------------------------------------------


async def test_the_notes_say_which_pictures_there_are_and_a_picture_is_read_once_however_often_it_is_asked_for(
    vault: Path,
) -> None:
    folder = Counted(vault)
    tools = {tool.name: tool for tool in tools_for(Context(), knowledge=Knowledge(folder))}
    told = await tools["knowledge_notes"].look_up("lighthouse")
    assert isinstance(told, str)
    assert told.splitlines()[0] == "| pictures there: map.png"
    seen = [await tools[LOOK_AT_PICTURE].look_up("map.png") for _ in range(3)]
    assert seen == [Picture("map.png", "image/png", PNG)] * 3
    for _ in range(2):
        with pytest.raises(BadInputError, match="No note shows"):
            await tools[LOOK_AT_PICTURE].look_up("other.png")
    assert folder.read == ["map.png", "other.png"]
    # The next draft looks anew: the streamer may have drawn on it meanwhile.
    (again,) = [tool for tool in tools_for(Context(), knowledge=Knowledge(folder)) if tool.shows]
    await again.look_up("map.png")
    assert folder.read == ["map.png", "other.png", "map.png"]


def looking(mock: MockProvider, **fields: Any) -> ModelChoice:
    """A model that asks for the map, and then writes a note."""
    mock.say(whole(calls=[(LOOK_AT_PICTURE, {"query": "map.png"})]), whole("There is a map."))
    return mock.choice(**fields)


def pictures_in(request: dict[str, Any]) -> list[str]:
    parts = [part for one in request["messages"] if isinstance(one["content"], list) for part in one["content"]]
    return [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]


async def test_a_model_that_sees_is_handed_the_picture_itself(vault: Path) -> None:
    tools = tools_for(Context(), knowledge=Knowledge(KnowledgeFolder(vault)))
    async with mock_provider(whole("")) as mock, opened(looking(mock, images=True)) as model:
        assert await model.inform(ASKED, tools, calls=3, told=lambda use: None) == "There is a map."
        assert pictures_in(mock.asked[0]) == []
        assert pictures_in(mock.asked[1]) == [f"data:image/png;base64,{base64.b64encode(PNG).decode()}"]


async def test_one_that_does_not_see_is_not_offered_any(vault: Path) -> None:
    tools = tools_for(Context(), knowledge=Knowledge(KnowledgeFolder(vault)))
    async with mock_provider(whole("A note.")) as mock, opened(mock.choice()) as model:
        await model.inform(ASKED, tools, calls=3, told=lambda use: None)
        offered = {tool["function"]["name"] for tool in mock.asked[0]["tools"]}
    assert "knowledge_notes" in offered
    assert LOOK_AT_PICTURE not in offered


async def test_a_picture_that_two_models_ask_for_in_one_draft_is_read_once(vault: Path) -> None:
    folder = Counted(vault)
    async with mock_provider(whole("")) as first, mock_provider(whole("")) as second:
        first.say(looking_up := whole(calls=[(LOOK_AT_PICTURE, {"query": "map.png"})]), refusal(500, {}))
        second.say(looking_up, whole("There is a map."))
        async with (
            opened(first.choice("first", images=True)) as one,
            opened(second.choice("second", images=True)) as two,
        ):
            clock = ReplayClock(START)
            chain = Chain(links([one, two], clock), Spending([]))
            informing = Informing(chain, lambda name: Prompts(), (Knowledge(folder),), clock)
            note, used = await informing.note(Context(), Gathered(), turn(), 10)
    assert note == "There is a map."
    assert [use.tool for use in used] == [LOOK_AT_PICTURE]
    assert pictures_in(first.asked[1]) == pictures_in(second.asked[1]) != []
    assert folder.read == ["map.png"]
