"""Hearthkeeper: drafts one restrained line for a room that has gone quiet."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from sanctum_tui.agent.room import Room
from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.evening import Draft, Prompt
from sanctum_tui.llm.author import Author, Context
from sanctum_tui.llm.guard import Style, Verdict, inspect

NAME = "hearthkeeper"
_TRIES = 3
"""How often a line that the guard refuses is written anew before the refused one is shown as such."""


class Hearthkeeper:
    """Gathers what a writer may know, asks it for a line, and looks at the line with the guard's eyes."""

    def __init__(
        self,
        author: Author,
        *,
        style: Callable[[], Style],
        dashboard: Callable[[], Dashboard],
        earlier: Sequence[str] = (),
    ) -> None:
        """`earlier` are lines posted in this channel's earlier streams."""
        self._author = author
        self._style = style
        self._dashboard = dashboard
        self._earlier = tuple(earlier)
        self._given_up: tuple[object, ...] | None = None

    def nothing_to_say(self, room: Room) -> bool:
        """Whether the writer had nothing left, and neither room nor dashboard have changed since."""
        return self._given_up == self._grounds(room)

    async def draft(self, room: Room, prompts: Sequence[Prompt], note: str = "") -> tuple[Draft, Verdict] | None:
        """A line and the guard's verdict on it, or None where nothing is left that was not said.

        Pure but for the writer's own work: it sends, records and moves nothing.
        """
        context = self._context(room, prompts, note)
        best: tuple[Draft, Verdict] | None = None
        for attempt in range(_TRIES):
            draft = await self._author.write(_varied(context, attempt))
            if draft is None:
                break
            verdict = self.verdict(draft.line, room, prompts)
            if verdict.passed:
                return draft, verdict
            best = best or (draft, verdict)
        return best

    def give_up(self, room: Room) -> None:
        """The writer had nothing left: do not ask again before room or dashboard have changed."""
        self._given_up = self._grounds(room)

    def verdict(self, line: str, room: Room, prompts: Sequence[Prompt], *, editing: int | None = None) -> Verdict:
        """The guard's word on a line tonight, with its repetitions and the room's names in mind.

        `editing` is the prompt whose words are being changed; to be like itself is no repetition.
        """
        dashboard = self._dashboard()
        return inspect(
            line,
            self._style(),
            said=[prompt.line for prompt in prompts if prompt.number != editing],
            names={name for message in room.recent for name in (message.name, message.login)},
            titles=tuple(filter(None, (dashboard.game, dashboard.title))),
        )

    def _context(self, room: Room, prompts: Sequence[Prompt], note: str) -> Context:
        return Context(
            dashboard=self._dashboard(),
            recent=tuple(room.recent),
            said=tuple(prompt.line for prompt in prompts),
            shapes=tuple(prompt.draft.shape for prompt in prompts),
            earlier=self._earlier,
            note=note,
            variation=len(prompts),
        )

    def _grounds(self, room: Room) -> tuple[object, ...]:
        return len(room.recent), room.last_person_at, self._dashboard().markdown


def _varied(context: Context, attempt: int) -> Context:
    return context if attempt == 0 else replace(context, variation=context.variation + 1000 * attempt)
