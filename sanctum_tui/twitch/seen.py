"""What has been seen already: Twitch delivers at least once, and a repeated message may come in a new envelope."""

from collections import OrderedDict

_MOST = 20_000
"""Ids kept: more than a busy room says in the ten minutes within which Twitch repeats itself."""


class SeenIds:
    """Ids of messages and envelopes, the latest so many of them."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._ids: OrderedDict[str, None] = OrderedDict()

    def first_time(self, id: str) -> bool:
        """Whether this id is new; it is not from now on. An empty one cannot be told from others: always new."""
        if not id:
            return True
        if id in self._ids:
            self._ids.move_to_end(id)
            return False
        self._ids[id] = None
        if len(self._ids) > self._most:
            self._ids.popitem(last=False)
        return True
