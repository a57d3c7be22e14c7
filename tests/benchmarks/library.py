"""How long keys wait while the model library loads beside the console, against loading it where keys are heard."""

import subprocess
import sys
from collections.abc import Iterator

from tests.benchmarks.measuring import Figures, Ratio, Workbench, in_turns

_OURS = """
import asyncio, time
from sanctum_tui.llm.chain import open_models
from sanctum_tui.settings import ModelChoice

async def main():
    held, opening = [], asyncio.create_task(open_models([ModelChoice(
        name="a", provider="ollama", model="q", base_url="http://127.0.0.1:9/v1")]))
    while not opening.done():
        began = time.perf_counter()
        await asyncio.sleep(0.005)
        held.append(time.perf_counter() - began - 0.005)
    for model in await opening:
        await model.aclose()
    print(sorted(held)[int(len(held) * 0.99)])

asyncio.run(main())
"""
_PLAIN = """
import time
from sanctum_tui.settings import ModelChoice

began = time.perf_counter()
import sanctum_tui.llm.models
print(time.perf_counter() - began)
"""


def run(bench: Workbench) -> Iterator[Ratio]:
    taken = in_turns(3 if bench.quick else 9, ours=lambda: _held(_OURS), plain=lambda: _held(_PLAIN))
    ours, plain = taken["ours"]["held"], taken["plain"]["held"]
    measured = f"{ours * 1000:.0f} ms against {plain * 1000:.0f} ms"
    yield Ratio("a key's wait (99 in 100) / loading on the loop", ours / plain, 0.05, measured)


def _held(program: str) -> Figures:
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    return {"held": float(told.stdout)}
