"""Puts the agent and the review into an evening: who writes, who decides, who sends."""

from typing import TYPE_CHECKING

from sanctum_tui.agent.modes.hearthkeeper import Hearthkeeper
from sanctum_tui.agent.modes.steward import Steward
from sanctum_tui.agent.modes.warden import Warden
from sanctum_tui.agent.orchestrator import Orchestrator
from sanctum_tui.chat import ChatMessage
from sanctum_tui.clock import SystemClock
from sanctum_tui.evening import Prompt
from sanctum_tui.events import StorageFailed, StorageRecovered
from sanctum_tui.llm.author import sign
from sanctum_tui.llm.guard import Style
from sanctum_tui.review.delivery import Delivery
from sanctum_tui.review.desk import Desk
from sanctum_tui.review.queue import ReviewQueue
from sanctum_tui.runtime.onair import OnAir
from sanctum_tui.runtime.words import Words

if TYPE_CHECKING:
    from sanctum_tui.runtime.evening import Evening


async def open_words(evening: "Evening") -> Words:
    """Who writes tonight. Raises BadInputError for a prompt module that cannot be used."""
    return await Words.open(
        lambda: evening.settings,
        evening.paths,
        evening.memory,
        channel=evening.origin.channel,
        session_id=evening.keeping.session.id,
        # The operator's own time, also while a replay runs faster.
        clock=SystemClock(),
        style=lambda: _style(evening),
        signature=lambda: evening.settings.agent_signature,
        attempt=evening.keeping.attempt,
    )


def furnish(evening: "Evening", earlier: tuple[str, ...]) -> None:
    """Give the evening its queue, delivery, desk and orchestrator. `earlier` was posted in earlier streams."""

    def signed(line: str) -> str:
        return sign(line, evening.settings.agent_signature)

    def undo_seconds() -> float:
        # Without anybody there, nobody could take anything back.
        return evening.settings.review_undo_seconds if evening.attended else 0.0

    async def own_line(message: ChatMessage) -> None:
        await evening.orchestrator.own_line(message)

    async def echoed(_: ChatMessage) -> None:
        await evening.delivery.echoed()

    async def standing_order(prompt: Prompt) -> None:
        match evening.plan.review:
            case "approve":
                await evening.desk.approve(prompt.number, by="standing order")
            case "skip":
                await evening.desk.skip(prompt.number, by="standing order", reason="skipped by standing order")
            case _:
                pass

    origin, broadcast = evening.origin, evening.broadcast
    queue = evening.queue = ReviewQueue(evening.memory.evenings, broadcast, evening.clock)
    delivery = evening.delivery = Delivery(
        queue,
        origin.sink(own_line),
        origin.gate,
        patience=SystemClock(),
        undo_seconds=undo_seconds,
        closed=lambda: "the agent is muted" if evening.orchestrator.muted else "",
    )
    evening.desk = Desk(
        queue,
        delivery,
        evening.clock,
        sign=signed,
        undo_seconds=undo_seconds,
        refused=lambda number, line: evening.orchestrator.refused(number, line),
    )
    hearthkeeper = Hearthkeeper(
        evening.words.author,
        style=lambda: _style(evening),
        dashboard=lambda: evening.dashboard,
        earlier=earlier,
        names_allowed=lambda: evening.settings.agent_may_name_viewers,
        private=evening.words.private,
        language=lambda: evening.settings.agent_language,
    )
    evening.orchestrator = Orchestrator(
        clock=evening.clock,
        room=evening.room,
        queue=queue,
        keeping=evening.keeping,
        hearthkeeper=hearthkeeper,
        steward=_steward(evening, hearthkeeper, earlier) if evening.attended else None,
        gate=origin.gate,
        broadcast=broadcast,
        settings=lambda: evening.settings,
        on_air=origin.went,
        hearing=origin.hearing,
        on_own=echoed if isinstance(origin, OnAir) else None,
        on_open=delivery.gate_opened,
        on_written=evening.words.place.clear,
        standing_order=standing_order,
    )
    evening.memory.writer.on_trouble = lambda sentence: broadcast.tell(StorageFailed(sentence))
    evening.memory.writer.on_recovery = lambda: broadcast.tell(StorageRecovered())


def _style(evening: "Evening") -> Style:
    return Style(max_characters=evening.settings.style_max_characters)


def _steward(evening: "Evening", hearthkeeper: Hearthkeeper, earlier: tuple[str, ...]) -> Steward:
    origin = evening.origin
    steward = Steward(
        evening.words.replier(lambda: steward.names),
        login=origin.agent_login,
        alone=origin.agent_login != origin.channel,
        bots=lambda: evening.settings.known_bots,
        suspicion=Warden().inspect,
        dashboard=lambda: evening.dashboard,
        verdict=hearthkeeper.verdict,
        earlier=earlier,
    )
    return steward
