"""What the list of tonight's lines does to them: take one back, skip several."""

from collections.abc import Awaitable, Callable, Collection, Sequence

from sanctum_tui.evening import Prompt
from sanctum_tui.review.prompt import Outcome, last_decided
from sanctum_tui.runtime.evening import Evening


class TonightsLines:
    """The lines of one evening, for as long as it goes on."""

    def __init__(self, evening: Evening, undo: Callable[[], Awaitable[Outcome]], playing: Callable[[], bool]) -> None:
        self._evening = evening
        self._undo = undo
        self._playing = playing

    def read(self) -> Sequence[Prompt]:
        return self._evening.queue.prompts

    @property
    def playing(self) -> bool:
        return self._playing()

    @property
    def private(self) -> bool:
        return self._evening.settings.private_mode

    async def take_back(self, number: int) -> str:
        """Only the latest decision can be taken back, and only while nothing has gone out."""
        if not self._playing():
            return "The evening has ended; nothing can be taken back."
        last = last_decided(self.read())
        if last is not None and last.number != number:
            return f"Only the latest decision can be taken back, and that is about line {last.number}."
        return (await self._undo()).words

    async def skip(self, numbers: Collection[int]) -> str:
        """One step for each, as by the key on the card; one that has moved on meanwhile is left as it is."""
        if not self._playing():
            return "The evening has ended; nothing can be skipped."
        outcomes = [await self._evening.desk.skip(number) for number in numbers]
        late = [outcome.words for outcome in outcomes if not outcome.done]
        done = len(outcomes) - len(late)
        told = [f"{done} line{' was' if done == 1 else 's were'} skipped. Nothing was posted."] if done else []
        return " ".join([*told, *late])
