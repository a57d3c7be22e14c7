"""Why a writer had no line of a model's the last time: told and logged once, and so is the end of it."""

import logging
from collections.abc import Callable

from sanctum_tui.llm.ports import Fault

log = logging.getLogger(__name__)


class Trouble:
    """What the models of one writer have come to, as far as the operator was told."""

    def __init__(self, told: Callable[[str], None], what: str) -> None:
        """`told` is called with a sentence for the operator; `what` the writer makes, for the log."""
        self._told = told
        self._what = what
        self._last: Fault | type[Exception] | None = None

    def met(self, why: Fault | Exception, sentence: str) -> None:
        """There is no line, for this reason; an exception that nobody expected is logged with its trace."""
        what = why if isinstance(why, Fault) else type(why)
        if what is self._last:
            return
        self._last = what
        if isinstance(why, Exception):
            log.error("%s failed", self._what, exc_info=why)
        else:
            log.warning("%s", sentence)
        self._told(sentence)

    def over(self) -> None:
        """The models came to an answer."""
        if self._last is not None:
            log.info("%s works again", self._what)
        self._last = None
