"""What others wrote, of all that a writer was given: the texts that its line must neither obey nor repeat."""

from collections.abc import Iterable, Iterator, Sequence

from sanctum_tui.llm.author import Context
from sanctum_tui.llm.context import Gathered, Provider, links_own
from sanctum_tui.llm.guard import Verdict, taken
from sanctum_tui.llm.guard_requests import asks

_PEOPLES = (Provider.EARLIER, Provider.CHAT)
_NOTES = "knowledge_notes"
_LOOKED_UP = ("search_earlier_streams", _NOTES)
"""The tools that bring what is not known without them: tonight's plan and the lines said are nobody's in chat."""


class Heard:
    """Gathers those texts while one line is written."""

    def __init__(self, gathered: Gathered) -> None:
        self._texts = dict.fromkeys(
            (
                *(piece.text for provider in _PEOPLES for piece in gathered.of(provider) if not piece.own),
                *_orders(piece.text for piece in gathered.of(Provider.EARLIER) if piece.own),
                *_orders(piece.text for piece in gathered.of(Provider.KNOWLEDGE)),
            )
        )

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(self._texts)

    def looked_up(self, tool: str, found: object) -> None:
        """Take in what this tool found, line by line, each without its source."""
        if tool in _LOOKED_UP and isinstance(found, str):
            lines = [line.partition(" ¦ ") for line in found.splitlines()]
            own = [text for source, _, text in lines if tool == _NOTES or links_own(source)]
            others = [text for source, _, text in lines if tool != _NOTES and not links_own(source)]
            self._texts.update(dict.fromkeys(filter(None, (*others, *_orders(own)))))

    def judged(self, line: str, context: Context) -> Verdict:
        """The guard's word on what the line takes from these texts."""
        return taken(line, self.texts, titles=titles_of(context))


def titles_of(context: Context) -> Sequence[str]:
    """The names of works in tonight's plan."""
    return tuple(filter(None, (context.dashboard.game, context.dashboard.title)))


def _orders(own: Iterable[str]) -> Iterator[str]:
    """Notes and plans are the operator's, and old lines ours: their words may be used; what was clipped or taken over
    from elsewhere may give orders.
    """
    return (text for text in own if asks(text))
