"""A driver that sleeps until a key is pressed.

Textual (8.2.8) looks ten times a second whether there is one, which is half of what a console at rest costs. What it
looks for otherwise is an escape sequence that was never finished, and that it should end; both are waited for here.
"""

import os
import selectors
import threading
import time
from codecs import getincrementaldecoder
from typing import Any

from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

_MOST_BYTES = 4096
_LONGEST_SECONDS = 10.0
"""After which it is looked whether there is still somebody to tell of keys."""


class _Ending(threading.Event):
    """Set where the thread should end; it wakes the thread."""

    def __init__(self) -> None:
        super().__init__()
        self.woken, self._wake = os.pipe()

    def set(self) -> None:
        super().set()
        os.write(self._wake, b"\0")


class PatientDriver(LinuxDriver):
    """Reads a terminal on Linux and macOS."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._ending = self.exit_event = _Ending()

    def _sigtstp_application(self, *_: object) -> None:
        # Between two things, as a signal comes in the middle of one: inside of a write it would wait for that write.
        self._loop.call_soon_threadsafe(super()._sigtstp_application)

    def run_input_thread(self) -> None:
        """Turn what the terminal sends into events, until it has to end; raises OSError where it has gone."""
        parser = XTermParser(self._debug)
        # Somebody may paste what is no text.
        decode = getincrementaldecoder("utf-8")("replace").decode
        # The other selectors take no terminal on macOS.
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            selector.register(self._ending.woken, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                for ready, _ in selector.select(_patience(parser)):
                    sent = os.read(ready.fd, _MOST_BYTES)
                    if ready.fd != self.fileno:
                        continue
                    if not sent:
                        # The terminal has gone: the shell looks for that, and nothing more will come from here.
                        return
                    # Half a character decodes to nothing, which the parser would take for the end.
                    for event in parser.feed(text) if (text := decode(sent)) else ():
                        self.process_message(event)
                for event in parser.tick():
                    self.process_message(event)
                if not threading.main_thread().is_alive():
                    # An app that could not even say that it ends shall not be kept by this thread.
                    return


def _patience(parser: XTermParser) -> float:
    """How long nothing may come before what has come is looked at as it is, in seconds."""
    due = parser._timeout_time
    return _LONGEST_SECONDS if due is None else max(0.0, due - time.monotonic())
