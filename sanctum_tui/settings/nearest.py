"""The name that somebody meant who wrote one that there is not."""

from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str:
    """The one of the `known` names that is most like it, or "" where none is."""
    # Asked for only where a name is wrong; the start does without it.
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, list(known), n=1)), "")
