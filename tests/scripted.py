"""A model for tests that need no server: it gives what it is told to."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from sanctum_tui.llm.ports import Asked, Usage


class Scripted:
    """A model that gives what it is told to, in order, and then again what was last."""

    def __init__(self, name: str, *script: str | Exception, seconds: float = 0.0) -> None:
        self.name = name
        self.script = list(script)
        self.heard: list[Asked] = []
        self.used = Usage()
        self.seconds = seconds

    async def write(self, asked: Asked) -> AsyncIterator[str]:
        self.heard.append(asked)
        await asyncio.sleep(self.seconds)
        told = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(told, Exception):
            raise told
        for start in range(0, len(told), 9):
            yield told[start : start + 9]

    async def inform(self, *args: Any, **named: Any) -> str:
        raise AssertionError("nothing is looked up for this")
