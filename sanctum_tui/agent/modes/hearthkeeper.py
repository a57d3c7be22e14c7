"""Hearthkeeper: drafts one restrained line for a room that has gone quiet."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sanctum_tui.agent.room import Room
from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.evening import Draft, Prompt, PromptState
from sanctum_tui.llm.author import Author, Context
from sanctum_tui.llm.guard import Style, Verdict, inspect
from sanctum_tui.llm.guard_language import Language
from sanctum_tui.review.prompt import SETTLED

NAME = "hearthkeeper"

_OUT = frozenset({PromptState.POSTED, PromptState.UNKNOWN})
"""In the room, as far as anybody knows."""
_MOST_REMEMBERED = 256
"""Lines of which it is remembered what their writer had heard; an evening has fewer."""


def _no() -> bool:
    return False


def _nothing() -> Sequence[str]:
    return ()


def _any_language() -> Language:
    return "any"


def posted(prompts: Iterable[Prompt]) -> int:
    """How many of its lines were posted, or may have been: what the session's budget is spent on.

    Answers are not counted: people asked for those, and a talkative evening must not use up the lines that are
    meant for a quiet one.
    """
    return sum(prompt.mode == NAME and prompt.state in _OUT for prompt in prompts)


def rests_from(prompts: Iterable[Prompt]) -> datetime | None:
    """When the interval before its next line began: with whatever the agent said last, or its own line's end.

    An answer that was posted counts, for the room heard the agent, and its own lines do not reset the silence
    clock: one that was held until the room had been quiet for long would have the next line right behind it. One
    that was skipped, refused or went stale was heard by nobody, and keeps nothing back.
    """
    ends = (prompt.changed_at for prompt in prompts if prompt.state in (SETTLED if prompt.mode == NAME else _OUT))
    return max(ends, default=None)


class Hearthkeeper:
    """Gathers what a writer may know, asks it for a line, and looks at the line with the guard's eyes."""

    def __init__(
        self,
        author: Author,
        *,
        style: Callable[[], Style],
        dashboard: Callable[[], Dashboard],
        earlier: Sequence[str] = (),
        names_allowed: Callable[[], bool] = _no,
        private: Callable[[], Sequence[str]] = _nothing,
        language: Callable[[], Language] = _any_language,
    ) -> None:
        """`earlier` are lines posted in this channel's earlier streams.

        `names_allowed` says whether a line may name a viewer. `private` is what no line may tell: the prompt, keys.
        """
        self._author = author
        self._style = style
        self._dashboard = dashboard
        self._earlier = tuple(earlier)
        self._names_allowed = names_allowed
        self._private = private
        self._language = language
        self._given_up: tuple[object, ...] | None = None
        self._heard: dict[str, tuple[str, ...]] = {}
        """What the writer of a line had heard, by the line as it was drafted."""

    def nothing_to_say(self, room: Room) -> bool:
        """Whether the writer had nothing left, and neither room nor dashboard have changed since."""
        return self._given_up == self._grounds(room)

    async def draft(self, room: Room, prompts: Sequence[Prompt], note: str = "") -> tuple[Draft, Verdict] | None:
        """A line and the guard's verdict on it, or None where nothing is left that was not said.

        Pure but for the writer's own work: it sends, records and moves nothing. The writer tries again where the
        guard refuses a line; one that is refused in the end is its best. What people said while it was written
        counts for the verdict, and so does all that its writer had heard, though it was said in an earlier stream,
        fell out of the latest lines or was removed in the meantime.
        """
        context = self._context(room, prompts, note)
        draft = await self._author.write(context)
        if draft is None:
            return None
        said = (message.text for message in context.recent)
        draft = replace(draft, heard=tuple(dict.fromkeys((*said, *draft.heard))))
        self.remember(draft)
        return draft, self.verdict(draft.line, room, prompts, heard=draft.heard)

    def remember(self, draft: Draft) -> None:
        """Keep in mind what the writer of this line had heard: its words are judged by it while they are edited."""
        self._heard.pop(draft.line, None)
        self._heard[draft.line] = draft.heard
        if len(self._heard) > _MOST_REMEMBERED:
            del self._heard[next(iter(self._heard))]

    def give_up(self, room: Room) -> None:
        """The writer had nothing left: do not ask again before room or dashboard have changed."""
        self._given_up = self._grounds(room)

    def verdict(
        self,
        line: str,
        room: Room,
        prompts: Sequence[Prompt],
        *,
        editing: int | None = None,
        heard: Sequence[str] = (),
    ) -> Verdict:
        """The guard's word on a line tonight, with all that it can be told of the evening.

        `editing` is the prompt whose words are being changed; to be like itself is no repetition. `heard` is what
        the line's writer was given of others' words, whether or not they are among the latest here.
        """
        edited = [prompt.draft.line for prompt in prompts if prompt.number == editing]
        known = (text for drafted in edited for text in self._heard.get(drafted, ()))
        dashboard = self._dashboard()
        others = [prompt for prompt in prompts if prompt.number != editing]
        return inspect(
            line,
            self._style(),
            said=[prompt.line for prompt in others if prompt.state is not PromptState.SKIPPED],
            said_earlier=self._earlier,
            skipped=[prompt.line for prompt in others if prompt.state is PromptState.SKIPPED],
            names=room.names,
            names_allowed=self._names_allowed(),
            titles=tuple(filter(None, (dashboard.game, dashboard.title))),
            plan=(dashboard.title, dashboard.game, dashboard.mood, dashboard.angle, *dashboard.goals),
            chat=[*dict.fromkeys((*(message.text for message in room.recent), *heard, *known))],
            private=self._private(),
            language=self._language(),
        )

    def _context(self, room: Room, prompts: Sequence[Prompt], note: str) -> Context:
        recent = tuple(room.recent)
        said = [message.text for message in recent]
        return Context(
            dashboard=self._dashboard(),
            recent=recent,
            said=tuple(prompt.line for prompt in prompts),
            shapes=tuple(prompt.draft.shape for prompt in prompts),
            earlier=self._earlier,
            note=note,
            variation=len(prompts),
            judge=lambda line: self.verdict(line, room, prompts, heard=said),
        )

    def _grounds(self, room: Room) -> tuple[object, ...]:
        return len(room.recent), room.last_person_at, self._dashboard().markdown
