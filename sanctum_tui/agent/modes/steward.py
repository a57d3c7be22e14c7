"""Steward: answers when it is addressed by name or by reply, through the same queue and guard as every line."""

import re
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from sanctum_tui.agent.modes.warden import WardenHit
from sanctum_tui.agent.room import Room
from sanctum_tui.chat import ChatMessage
from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.evening import Draft, Prompt, PromptState
from sanctum_tui.llm.author import Context
from sanctum_tui.llm.guard import Verdict, taken
from sanctum_tui.llm.replying import Replier
from sanctum_tui.review.prompt import WAITING

NAME = "steward"
DOES = "answers when it is addressed by name or by reply; each answer waits for your yes like any other line"
NOT_YET = "questions about earlier streams where no model is set up"

TITLES = ("chronicler", "steward")
"""What it is called by, whatever its account is named; the signature tells people both."""
PAUSE_SECONDS = 120.0
"""Whoever was answered is not answered again for so long: it answers, and steps back."""
TOO_LATE_SECONDS = 240.0
"""An answer that has waited for the operator so long is no answer any more."""
OLD_QUESTION_SECONDS = 60.0
"""An answer that is written so long after the question is dropped: whoever asked has read on, and it would still
have to wait for the operator, who would read it out of nowhere."""
_MOST_REMEMBERED = 256

_QUOTED = re.compile(
    r"“[^”]*”|„[^“”]*[“”]|«[^»]*»|「[^」]*」|『[^』]*』|\"[^\"]*\"|`[^`]*`|(?<!\w)'[^']*'(?!\w)|^\s*>.*$"
)
_SPEAKS_OF = re.compile(
    # "The steward came by" is about one; "his steward", "a ship's steward", "a chronicler".
    r"\b(?:the|a|an|this|that|these|some|any|every|each|another|other|no|one|my|your|our|his|her|its|their|which|what|old"
    r"|new|chief|night|wine|land|as|of|by|with|from|like)\s+"
    r"(?:(?:good|great|nice|fine|real|same|poor|young|ship|train|night)\s+)?$|['’]s\s+$",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^\W*(?:(?:hey+|hi+|hello|hiya|yo|ok|okay|so|and|but|well|oh|ah|um|thanks|thank you|ty|thx|please|sorry"
    r"|no|yes|yeah|good|evening|morning|night|afternoon|dear|excuse me"
    r"|question|also|btw|now|wait|goodnight|bye|cheers)\b\W*)*$",
    re.IGNORECASE,
)
_TO_SOMEBODY = re.compile(r"\b(?:you|u|your|yours|ur|please|tell|do you|are you)\b|\?\s*$|[你您吗？]", re.IGNORECASE)


def of_answer(verdict: Verdict) -> Verdict:
    """The guard's word on an answer: whoever asks what was asked in an earlier stream may be told the same."""
    return Verdict(tuple(finding for finding in verdict.findings if finding.rule != "earlier"))


class Steward:
    """Knows when it is spoken to, whose turn it is, and asks a writer for a line. It sends and records nothing."""

    def __init__(
        self,
        replier: Replier,
        *,
        login: str,
        name: str = "",
        alone: bool = True,
        bots: Callable[[], Collection[str]],
        suspicion: Callable[[ChatMessage], WardenHit | None],
        dashboard: Callable[[], Dashboard],
        verdict: Callable[[str, Room, Sequence[Prompt]], Verdict],
        earlier: Sequence[str] = (),
    ) -> None:
        """`login` and `name` are the agent's account; where the streamer writes from it too, it is not `alone`, and
        its name is the streamer's. `suspicion` is the Warden's word on a line. `verdict` is the guard's, the very one
        that judges the Hearthkeeper's lines. `earlier` are lines posted in this channel's earlier streams.
        """
        self.names: tuple[str, ...] = tuple(dict.fromkeys((*filter(None, (login, name) if alone else ()), *TITLES)))
        """What it answers to."""
        self._replier = replier
        self._login = login
        self._replied_to = {one.casefold() for one in (login, name) if one and alone}
        self._bots = bots
        self._suspicion = suspicion
        self._dashboard = dashboard
        self._verdict = verdict
        self._earlier = tuple(earlier)
        self._asked_at: dict[str, datetime] = {}
        self._writing = False
        called = "|".join(re.escape(one) for one in sorted(self.names, key=len, reverse=True))
        # Chinese sets no space around a name, so only the letters of a name can be part of a longer one.
        self._called = re.compile(rf"(?<![A-Za-z0-9_])(@?)(?:{called})(?![A-Za-z0-9_]|['’]s\b)", re.IGNORECASE)

    def addressed(self, message: ChatMessage) -> bool:
        """Whether somebody speaks to the agent here: a person, in this room, by its name or by reply."""
        text = message.text.strip()
        if not text or message.shared_from or message.login == self._login or message.login in self._bots():
            return False
        # A command is for a bot; chat services write "/me" as an action and not as text.
        if text[0] in "!/" and text[1:2].isalnum():
            return False
        replied = message.reply_to.casefold()
        to_us = replied.lstrip("@") in self._replied_to
        if replied and not to_us:
            # It begins with the name of the one it answers; only our own @name behind that is for us.
            named = any(match[1] for match in self._called.finditer(_QUOTED.sub(" ", text)))
        else:
            named = self._is_called(_QUOTED.sub(" ", text))
        return (to_us or named) and self._suspicion(message) is None

    def may_answer(self, message: ChatMessage, prompts: Sequence[Prompt]) -> bool:
        """Whether it is their turn: no answer is being written or waits, and this person was not just answered."""
        if self._writing or any(prompt.mode == NAME and prompt.state in WAITING for prompt in prompts):
            return False
        last = self._asked_at.get(message.login)
        return last is None or message.at - last >= timedelta(seconds=PAUSE_SECONDS)

    async def answer(
        self, message: ChatMessage, room: Room, prompts: Sequence[Prompt]
    ) -> tuple[Draft, Verdict] | None:
        """A line in answer and the guard's verdict on it; None where it says nothing, or it is not the moment.

        Whether anybody was addressed is for the caller to ask first.
        """
        if not self.may_answer(message, prompts):
            return None
        # From the asking on, so that nobody can keep a model busy by speaking to it without end.
        self._remember(message)
        self._writing = True
        try:
            said = tuple(prompt.line for prompt in prompts)
            context = Context(
                dashboard=self._dashboard(),
                recent=tuple(room.recent),
                said=said,
                shapes=tuple(prompt.draft.shape for prompt in prompts),
                earlier=self._earlier,
                variation=len(prompts),
            )
            draft = await self._replier.reply(message.text, context, lambda line: self._judge(line, room, prompts))
        finally:
            self._writing = False
        if draft is None:
            return None
        titles = tuple(filter(None, (context.dashboard.game, context.dashboard.title)))
        return draft, self._judge(draft.line, room, prompts) + taken(draft.line, draft.heard, titles=titles)

    def is_old(self, seconds: float) -> bool:
        """Whether a question that was heard so long ago is too old to put an answer into the queue at all."""
        return seconds > OLD_QUESTION_SECONDS

    def too_late(self, prompt: Prompt, now: datetime) -> bool:
        """Whether an answer has waited so long that it should go stale. Talk alone does not make one stale."""
        waited = (now - prompt.drafted_at).total_seconds()
        return prompt.mode == NAME and prompt.state is PromptState.PENDING and waited >= TOO_LATE_SECONDS

    def _judge(self, line: str, room: Room, prompts: Sequence[Prompt]) -> Verdict:
        return of_answer(self._verdict(line, room, prompts))

    def _is_called(self, text: str) -> bool:
        for match in self._called.finditer(text):
            before, after = text[: match.start()], text[match.end() :]
            if match[1]:
                return True
            if _SPEAKS_OF.search(before):
                continue
            # As one calls somebody: first, last, set off by a comma, or in a sentence that speaks to somebody.
            if (
                _OPENING.match(before)
                or not re.search(r"\w", after)
                or before.rstrip().endswith((",", ".", "?", "!", ":", ";", "-", "—", "…"))
                or after.lstrip().startswith((",", ":", "?", "!"))
                or _TO_SOMEBODY.search(text)
            ):
                return True
        return False

    def _remember(self, message: ChatMessage) -> None:
        self._asked_at.pop(message.login, None)
        self._asked_at[message.login] = message.at
        while len(self._asked_at) > _MOST_REMEMBERED:
            del self._asked_at[next(iter(self._asked_at))]
