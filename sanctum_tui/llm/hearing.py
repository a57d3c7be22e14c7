"""A model's line as it is written: read between the markers, shown while it grows, taken back where it must be."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

from sanctum_tui.llm.answers import AnswerReader
from sanctum_tui.llm.ports import Asked, Fault, Model, ModelError

log = logging.getLogger(__name__)

LAST_WORDS_SECONDS = 2.0
"""How long a model may go on after its line: what the answer cost is told at its end, and is worth that much."""


def _nowhere(text: str) -> None:
    """Where nothing is shown."""


class Page:
    """What is shown of a line so far. Whoever shows it may fail; the line goes on."""

    def __init__(self, writing: Callable[[str], None]) -> None:
        self._writing = writing
        self._shown = ""
        self._kept = False

    def show(self, text: str) -> None:
        if text == self._shown:
            return
        self._shown = text
        try:
            self._writing(text)
        except Exception:
            log.exception("the line could not be shown as it is written")
            self._writing = _nowhere

    def take_back(self) -> None:
        self.show("")

    def keep(self) -> None:
        """It stands: it stays on the page until whoever asked for it has put it where it belongs."""
        self._kept = True

    @property
    def kept(self) -> bool:
        return self._kept

    def put_away(self) -> None:
        if not self._kept:
            self.take_back()


class Place:
    """The one place where a line is shown as it grows. Of several that are written at a time, the first has it."""

    def __init__(self, writing: Callable[[str], None] = _nowhere) -> None:
        """`writing` is called with the line as it grows, and with nothing where it is taken back."""
        self._writing = writing
        self._taken = False
        self._left: Page | None = None
        """The page of a line that stood, and was not yet put where it belongs."""

    @contextmanager
    def page(self) -> Iterator[Page]:
        """A page for one line; it shows nothing while another has the place."""
        if self._taken:
            yield Page(_nowhere)
            return
        self.clear()
        self._taken, page = True, Page(self._writing)
        try:
            yield page
        finally:
            self._taken = False
            page.put_away()
            self._left = page if page.kept else None

    def clear(self) -> None:
        """A line that stood is where it belongs, and is written no more. One that is being written goes on."""
        left, self._left = self._left, None
        if left is not None:
            left.take_back()


async def read_line(model: Model, asked: Asked, page: Page) -> str:
    """The line in a model's answer, shown as it comes. Raises ModelError, also where there is none."""
    reader = AnswerReader()

    def feed(piece: str) -> bool:
        page.show(reader.feed(piece))
        return reader.answer is not None

    await hear(model, asked, feed)
    if reader.answer is None:
        raise ModelError(f"{model.name} wrote no line between the markers; the next one is asked.", Fault.EMPTY)
    return reader.answer


async def hear(model: Model, asked: Asked, feed: Callable[[str], bool]) -> None:
    """Feed a model's answer piece by piece until `feed` has enough; then only what it cost is still listened for."""
    async with _pieces(model, asked) as pieces:
        async for piece in pieces:
            if not feed(piece):
                continue
            with suppress(ModelError, TimeoutError):
                async with asyncio.timeout(LAST_WORDS_SECONDS):
                    async for _ in pieces:
                        pass
            return


@asynccontextmanager
async def _pieces(model: Model, asked: Asked) -> AsyncIterator[AsyncIterator[str]]:
    """A model's answer, whose connection is let go of when the block ends."""
    pieces = model.write(asked)
    try:
        yield pieces
    finally:
        if isinstance(pieces, AsyncGenerator):
            await pieces.aclose()
