"""Two hours on the fake Twitch in less than a minute, in a process of its own; prints what became of it, as JSON.

python -X dev -W error -m tests.soak FOLDER

Everything that can go wrong does, while people talk. The evening's clock is `SPEED` times as fast as the network's,
whose own patience is made shorter. What the process leaves in FOLDER is what a user's home would hold.
"""

import asyncio
import gc
import json
import os
import sys
import tracemalloc
import uuid
from argparse import Namespace
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from sanctum_tui.commands.setup import load_settings, start_log
from sanctum_tui.evening import Draft
from sanctum_tui.events import Broadcast
from sanctum_tui.exports.ledger import LedgerBuilder
from sanctum_tui.exports.wordlists import is_laughter
from sanctum_tui.runtime.evening import Evening
from sanctum_tui.runtime.onair import OnAir
from sanctum_tui.runtime.plan import LivePlan
from sanctum_tui.settings import Settings
from sanctum_tui.twitch.roles import Role
from sanctum_tui.twitch.store import TokenStore, tokens_path
from sanctum_tui.twitch.values import LinkState, Timing
from tests import fake_twitch, live, soak_script
from tests.fake_twitch import FakeTwitch
from tests.live import FastClock, until
from tests.soak_script import APPROVALS, FAULTS, TOKEN, Approval, Trouble, chatter

SPEED = 200.0
MINUTES = 120
MESSAGES = 10_000
AT_ONCE = 10
MEASURE = 60
"""The minute in which the console's memory is looked at for the first time; the script restarts it before."""
CLIENT_SECRET = "soakclientsecret00000000000000"
TOKEN_SECONDS = 4800.0
SCALED = Timing(
    connect=0.5, answer=1.0, keepalive=1.0, keepalive_grace=0.4, retry_first=0.02, retry_most=0.2, handover=0.6
)
NOT_THE_CONSOLE = (
    *(str(path) for path in Path(fake_twitch.__file__).parent.glob("*.py")),
    *(str(Path(module.__file__ or "")) for module in (live, soak_script, uuid, tracemalloc)),
    __file__,
)
"""Where memory is taken for the fake, which keeps every message it ever told, and for the script."""


class Soak:
    """The evening, and the operator's hands."""

    def __init__(self, twitch: FakeTwitch, clock: FastClock) -> None:
        self.twitch = twitch
        self.clock = clock
        self.began = clock.now()
        self.hush = asyncio.Lock()
        """Whoever holds it keeps the room quiet: a line that waits goes stale when somebody speaks."""
        self.paths, loaded = load_settings(Namespace(set=_chosen(twitch), set_too=None))
        self.settings: Settings = loaded.settings
        start_log(self.paths, self.settings)
        store = TokenStore(tokens_path(self.settings, self.paths), self.paths.locks)
        store.save(Role.STREAMER, twitch.grant(twitch.streamer.login, expires_in=TOKEN_SECONDS))
        store.save(Role.BOT, twitch.grant(twitch.bot.login, expires_in=TOKEN_SECONDS))
        self.on_air: OnAir
        self.evening: Evening
        self.restored: list[bool] = []
        self.said = self.said_before = 0
        self.held: Counter[str] = Counter()
        self._living: asyncio.Task[None]

    async def open(self) -> None:
        self.on_air = await OnAir.open(self.settings, self.paths, clock=self.clock, timing=SCALED)
        self.evening = await Evening.open(LivePlan(), self.settings, self.paths, Broadcast(), on_air=self.on_air)
        self.restored.append(self.evening.restored)
        self._living = asyncio.create_task(self.evening.run(), name="living")
        await self.heals()

    async def close(self) -> None:
        """As quitting the console does."""
        self.evening.origin.stop()
        await self._living
        await self.evening.close()
        await self.on_air.close()

    async def restart(self) -> None:
        """The room talks while nobody is there."""
        async with self.quiet():
            await self.close()
        await self.minutes(1)
        await self.open()
        # As full as at the end of a long day: from here on what is taken in is as much as is let go.
        for ids in (self.on_air._message_ids, self.on_air.source._envelope_ids):
            for id in json.loads(json.dumps([f"of a long day {number}" for number in range(20_000)])):
                ids.first_time(id)
        for number in range(20_000):
            # Two words: a text of one is kept as it is, and would count as the script's.
            is_laughter(f"word{number} again")

    async def minutes(self, count: float) -> None:
        await self.clock.sleep(count * 60)

    async def minute(self, number: float) -> None:
        """Wait for it; not at all where it is over."""
        due = self.began + timedelta(minutes=number)
        await self.clock.sleep(max(0.0, (due - self.clock.now()).total_seconds()))

    @asynccontextmanager
    async def quiet(self) -> AsyncIterator[None]:
        """Nobody speaks, and all that was said has been heard."""
        async with self.hush:
            for session in self.twitch.sessions:
                await session.settle(1.0)
            await asyncio.sleep(0.05)
            yield

    async def talk(self) -> None:
        """All the evening's messages, evenly spread."""
        for number in range(0, MESSAGES, AT_ONCE):
            await self.minute(MINUTES * number / MESSAGES)
            async with self.hush:
                for one in range(number, number + AT_ONCE):
                    await chatter(self.twitch, one)
                    self.said += 1

    async def heals(self) -> None:
        """Chat comes again; where Twitch had refused, because the operator asks for it."""

        def back() -> bool:
            if self.on_air.link.state is LinkState.REFUSED:
                self.on_air.retry_now()
            return self.on_air.link.state is LinkState.UP and any(one.hears_chat for one in self.twitch.sessions)

        await until(back, "chat is back")

    async def suffer(self, trouble: Trouble) -> None:
        """One fault, until it was played and the console is well again."""
        await self.minute(trouble.minute)
        await self.heals()
        twitch, before, sessions = self.twitch, self.twitch.connections, list(self.twitch.sessions)
        played = twitch.faults.played.total()
        access = self.on_air.account.tokens.grant(twitch.streamer.id).access.reveal()
        if trouble.name == "expire":
            twitch.expire(access)
            return
        if (kind := trouble.values.get("type")) is not None:
            await until(lambda: any(kind in (sub.type for sub in one.subs.values()) for one in twitch.sessions), kind)
        outcome = getattr(twitch.faults, trouble.name)(**trouble.values)
        if outcome is not None:
            await outcome
        if trouble.name == "refuse_connections":
            await until(lambda: self.on_air.link.state is LinkState.DOWN, "chat is away")
            await self.minutes(0.5)
            await twitch.faults.refuse_connections(False)
        if trouble.values.get("path") == TOKEN:
            twitch.expire(access)
        if trouble.needs_a_drop:
            await twitch.faults.drop()
        if trouble.breaks:
            await until(lambda: not any(one in twitch.sessions for one in sessions), f"broken: {trouble}")
        await until(lambda: twitch.faults.played.total() > played + trouble.needs_a_drop, f"played: {trouble}")
        if trouble.name.startswith("reconnect"):
            await until(lambda: twitch.connections > before and len(twitch.sessions) == 1, f"moved: {trouble}")
        await self.heals()

    async def approve(self, approval: Approval) -> None:
        """One line from its draft to its post, with everything that comes between."""
        await self.minute(approval.minute)
        for name, values in approval.faults:
            getattr(self.twitch.faults, name)(**values)
        async with self.quiet():
            if approval.shut == "muted":
                await self.evening.orchestrator.set_muted(True)
            elif approval.shut == "offline":
                await self.twitch.go_offline()
                await until(lambda: self.evening.delivery.shut(), "the gate is shut")
            number = await self._drafted(approval)
            await self.evening.desk.approve(number)
            if approval.shut:
                await self._in(number, "held")
                await self._open_again(approval.shut)
                await self._in(number, "pending")
                await self.evening.desk.approve(number)
            await until(lambda: self._state(number) not in ("pending", "approved"), f"it left: {approval}")
        await self._in(number, "posted", "failed", "unknown")
        if approval.late:
            await self._in(number, "posted")
        if approval.restart:
            await self.restart()
        if self._state(number) == "unknown":
            await self.evening.desk.settle(number, posted=self._is_posted(number))
        if self._state(number) == "failed":
            # Twitch takes no identical text within half a minute, and the console knows.
            await self.minutes(1)
            await self.evening.desk.approve(number)
            await self._in(number, "posted")

    async def _drafted(self, approval: Approval) -> int:
        if approval.by_hearthkeeper:
            await until(lambda: self.evening.queue.waiting, "the Hearthkeeper drafts")
            waiting = self.evening.queue.waiting
            assert waiting is not None
            return waiting.number
        draft = Draft(approval.line, f"{approval.line} — Chronicler")
        return (await self.evening.queue.add(draft, mode="hearthkeeper", why="the script")).number

    async def _open_again(self, shut: str) -> None:
        if shut == "muted":
            await self.evening.orchestrator.set_muted(False)
        else:
            await self.minutes(3)
            await self.twitch.go_live("The second half", started_at=self.clock.now())

    def _state(self, number: int) -> str:
        prompt = self.evening.queue.get(number)
        assert prompt is not None
        return prompt.state.value

    async def _in(self, number: int, *states: str) -> None:
        await until(lambda: self._state(number) in states, f"line {number} is {' or '.join(states)}")

    def _is_posted(self, number: int) -> bool:
        prompt = self.evening.queue.get(number)
        return prompt is not None and prompt.text in [post.text for post in self.twitch.posted]

    async def memory(self) -> Counter[str]:
        """What the console holds at this moment: blocks of memory, by the line that asked for them.

        Without its ledger's, which keeps the liveliest 256 half minutes: more than there are in two hours.
        """
        async with self.quiet():
            self.evening.ledger = LedgerBuilder()
            await self.evening.memory.writer.flush()
            # What is remembered to be quick is bounded, each for itself, and not full after two hours.
            for module in [known for name, known in sys.modules.items() if name.startswith("sanctum_tui.")]:
                for remembering in vars(module).values():
                    if callable(forget := getattr(remembering, "cache_clear", None)):
                        forget()
            gc.collect()
            snapshot = tracemalloc.take_snapshot()
        frames = (trace.traceback[0] for trace in snapshot.traces)
        return Counter(str(one) for one in frames if not one.filename.endswith(NOT_THE_CONSOLE))

    async def _measure(self) -> None:
        await self.minute(MEASURE)
        # What is loaded at the first draft and at the first ledger is there from now on.
        await self.evening.orchestrator.preview()
        await self.evening.current_ledger()
        self.held, self.said_before = await self.memory(), self.said

    async def suffers(self) -> None:
        """All of the script, one after the other."""
        events: list[Trouble | Approval] = [*FAULTS, *APPROVALS]
        for event in sorted(events, key=lambda event: event.minute):
            if not self.held and event.minute > MEASURE:
                await self._measure()
            await (self.suffer(event) if isinstance(event, Trouble) else self.approve(event))

    async def told(self) -> dict[str, Any]:
        """What the evening left behind, before it is closed."""
        memory = self.evening.memory
        await memory.writer.flush()
        sessions = await memory.evenings.sessions()
        stored = [
            line.message.id for one in sessions async for page in memory.evenings.pages(one.id) for line in page
        ]
        record = await self.evening.record()
        return {
            "sessions": len(sessions),
            "restored": self.restored,
            "stored": [id for id in stored if id],
            "prompts": [
                [one.text, one.state.value, [[step.state.value, step.by] for step in one.steps]]
                for one in record.prompts
            ],
            "gaps": [[gap.at.timestamp() - gap.seconds, gap.at.timestamp()] for gap in record.gaps],
            "ledger": str(await self.evening.write_ledger()),
        }


def _chosen(twitch: FakeTwitch) -> list[str]:
    return [
        f"TWITCH_SERVER={twitch.url}", f"TWITCH_CLIENT_ID={twitch.client_id}",
        f"TWITCH_CLIENT_SECRET={CLIENT_SECRET}", f"TWITCH_BOT_USERNAME={twitch.bot.login}",
        "LOG_LEVEL=DEBUG", "REVIEW_UNDO_SECONDS=0.01", "HEARTHKEEPER_INACTIVITY_MINUTES=5",
        "HEARTHKEEPER_PROMPT_INTERVAL_MINUTES=0", "HEARTHKEEPER_SESSION_BUDGET=100", "STREAM_END_GRACE_MINUTES=60",
    ]  # fmt: skip


async def main(folder: Path) -> dict[str, Any]:
    os.environ["SANCTUM_HOME"] = str(folder)
    troubles: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: troubles.append(str(context)))
    clock = FastClock(SPEED)
    async with FakeTwitch(
        now=clock.now, keepalive_seconds=0.4, handover_seconds=0.6, token_seconds=TOKEN_SECONDS
    ) as twitch:
        await twitch.go_live("A long evening")
        soak = Soak(twitch, clock)
        await soak.open()
        tracemalloc.start()
        talk = asyncio.create_task(soak.talk(), name="talk")
        suffers = asyncio.create_task(soak.suffers(), name="suffers")
        await asyncio.gather(talk, suffers)
        await soak.minute(MINUTES)
        grown = await soak.memory()
        grown.subtract(soak.held)
        told = await soak.told()
        told |= {
            "minutes": (clock.now() - soak.began).total_seconds() / 60,
            "played": dict(twitch.faults.played),
            "posted": [post.text for post in twitch.posted],
            "delivered": twitch.delivered,
            "unheard": [[start.timestamp(), end.timestamp()] for start, end in twitch.unheard],
            "refreshes": twitch.refreshes,
            "secrets": [*twitch.secrets, CLIENT_SECRET],
            "said": soak.said,
            "said_meanwhile": soak.said - soak.said_before,
            "grown": grown.total(),
            "grown_most": grown.most_common(8),
        }
        await soak.close()
    gc.collect()
    left = [task.get_name() for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    return told | {"troubles": troubles, "left": left}


if __name__ == "__main__":
    json.dump(asyncio.run(main(Path(sys.argv[1])), debug=False), sys.stdout)
