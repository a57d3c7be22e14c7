"""An evening in a process of its own, to be killed: prints the number of each line as it is shown."""

import asyncio
import sys
from pathlib import Path

from sanctum_tui.events import Broadcast, Event, LinesHeard, PromptStepped
from sanctum_tui.runtime.evening import Evening
from sanctum_tui.runtime.plan import Plan
from tests.builders import paths_in, settings

CHOSEN = settings(
    agent_loop_interval_seconds=1.0,
    hearthkeeper_inactivity_minutes=0.5,
    hearthkeeper_prompt_interval_minutes=0.5,
    hearthkeeper_session_budget=1000,
)


def show(event: Event) -> None:
    match event:
        case LinesHeard(lines):
            print("line", lines[-1].number, flush=True)
        case PromptStepped(prompt, step):
            print("prompt", prompt.number, step.state.value, flush=True)
        case _:
            pass


async def main(folder: Path) -> None:
    broadcast = Broadcast()
    broadcast.subscribe(show)
    plan = Plan(folder / "chat.jsonl", review="approve", speed=200.0)
    evening = await Evening.open(plan, CHOSEN, paths_in(folder), broadcast)
    await evening.run()
    await evening.finish()
    await evening.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
