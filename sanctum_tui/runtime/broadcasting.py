"""The live side of an evening: its session goes with the stream, and what waited for the gate asks again."""

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sanctum_tui.agent.airing import Airings, Look, Turn
from sanctum_tui.chat import Live
from sanctum_tui.errors import SanctumError
from sanctum_tui.evening import Airing
from sanctum_tui.events import AirChanged
from sanctum_tui.review.prompt import OPEN
from sanctum_tui.runtime.onair import OnAir

if TYPE_CHECKING:
    from sanctum_tui.runtime.evening import Evening

log = logging.getLogger(__name__)

_LOOK_SECONDS = 1.0
"""How often, at the least, the evening is held against its stream."""


class Broadcasting:
    """Begins and ends the session with its stream. Made by `begin`."""

    def __init__(self, evening: "Evening", on_air: OnAir, airings: Airings, *, used: bool) -> None:
        self.on_air = on_air
        self.ended = False
        """The stream is over, and with it the evening: nobody was asked, for nothing was open."""
        self._evening = evening
        self._airings = airings
        self._used = used
        self._changed = asyncio.Event()
        self._closing = False
        self._trouble = ""
        self._task: asyncio.Task[None] | None = None

    @classmethod
    async def begin(cls, evening: "Evening", on_air: OnAir) -> "Broadcasting":
        """Follow the stream from now on."""
        record = await evening.record()
        broadcasting = cls(
            evening,
            on_air,
            Airings(record.airings[-1] if record.airings else None),
            used=bool(record.prompts or record.marks),
        )
        on_air.settings = lambda: evening.settings
        on_air.told = broadcasting._told
        await broadcasting._look_at_it()
        broadcasting._task = asyncio.create_task(broadcasting._follow(), name="following the stream")
        return broadcasting

    @property
    def question(self) -> Look:
        """What the operator is asked at this moment, if anything."""
        look = self._look()
        return look if look.question else Look()

    def go_on(self) -> None:
        """The operator wants this evening to go on, whatever the stream does."""
        self._airings = replace(self._airings, goes_on=True)
        self._changed.set()

    async def close(self) -> None:
        """Follow it no more. A look that is under way comes to its end: cut off, what it stores is half known."""
        self.on_air.told = lambda: None
        self._closing = True
        self._changed.set()
        if self._task is not None:
            await self._task
        keeping = self._evening.keeping
        if keeping.session.ended_at is None and self.on_air.hearing():
            # What is missed counts from here, not from the last line or tick.
            keeping.heard((), events=0, messages=0, clock_at=self._evening.now())

    def _told(self) -> None:
        self._changed.set()
        self._evening.broadcast.tell(AirChanged())

    def _look(self) -> Look:
        evening = self._evening
        settings = evening.settings
        current = evening.queue.current
        return self._airings.look(
            self.on_air.air,
            evening.now(),
            grace=timedelta(minutes=settings.stream_end_grace_minutes),
            used=self._used or bool(evening.queue.prompts),
            busy=(current is not None and current.state in OPEN) or settings.twitch_offline_chat_test_mode,
        )

    async def _follow(self) -> None:
        """Until the evening is closed, or ends with its stream."""
        live: Live | None = None
        while not (self.ended or self._closing):
            self._changed.clear()
            try:
                await self._look_at_it()
                # Each time, and not only when the gate has just opened: what could not be stored is made up for.
                await self._evening.delivery.gate_opened()
                if self.on_air.gate.live is not live:
                    live = self.on_air.gate.live
                    await self._evening.orchestrator.look()
            except SanctumError as error:
                self._failed(error.sentence)
            except Exception as error:
                self._failed(f"following the stream failed ({type(error).__name__}); it is tried again", error)
            else:
                self._failed("")
            await self._until_changed()

    def _failed(self, trouble: str, error: Exception | None = None) -> None:
        """Log a failure once, and once that it is over."""
        if trouble and not self._trouble:
            log.warning("%s", trouble, exc_info=error)
        elif self._trouble and not trouble:
            log.info("the session follows its stream again")
        self._trouble = trouble

    async def _until_changed(self) -> None:
        waiting = [
            asyncio.ensure_future(self._changed.wait()),
            asyncio.ensure_future(self._evening.clock.sleep(_LOOK_SECONDS)),
        ]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waiting:
                one.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    async def _look_at_it(self) -> None:
        evening, air = self._evening, self.on_air.air
        match self._look().turn:
            case Turn.BEGIN:
                started_at = air.started_at or evening.now()
                airing = Airing(air.stream, started_at)
                # An evening that began in the middle of a stream, after another one, keeps its own start.
                own = self.on_air.follows_another and started_at <= evening.keeping.session.started_at
                first = self._airings.last is None and not own
                await evening.keeping.went_on_air(airing, title=self.on_air.title, starts_session=first)
                self._airings = self._airings.begun(airing)
                evening.room.starts(started_at)
                evening.broadcast.tell(AirChanged())
            case Turn.LEFT:
                await evening.keeping.went_off_air(evening.now())
                self._airings = self._airings.left(evening.now())
                evening.broadcast.tell(AirChanged())
            case Turn.END:
                self.ended = True
                evening.origin.stop()
            case _:
                pass
