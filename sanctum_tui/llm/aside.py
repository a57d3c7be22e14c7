"""Work that may hang for good, such as reading a folder on a disk that does not answer: one thread of its own for it.

The pool that everybody shares has few threads, and leaving the console waits for each of them.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock, Thread
from typing import Any, TypeVar

T = TypeVar("T")


class Aside:
    """Does one thing after another in a thread that is there only while there is something to do.

    Nobody waits for it at the end. What was given up before its turn came is not done any more.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = Lock()
        self._working = False
        self._jobs: deque[tuple[Future[Any], Callable[[], Any]]] = deque()

    async def run(self, do: Callable[[], T]) -> T:
        """What `do` gives, or raises, in that thread."""
        job: Future[T] = Future()
        with self._lock:
            self._jobs.append((job, do))
            begin, self._working = not self._working, True
        if begin:
            Thread(target=self._work, name=self._name, daemon=True).start()
        return await asyncio.wrap_future(job)

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._jobs:
                    self._working = False
                    return
                job, do = self._jobs.popleft()
            if not job.set_running_or_notify_cancel():
                continue
            try:
                done = do()
            except BaseException as error:
                job.set_exception(error)
            else:
                job.set_result(done)
