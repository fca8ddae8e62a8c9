"""Which name was likely meant by one that is not known."""

from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches


def nearest(name: str, choices: Iterable[str]) -> str:
    """Find the choice that shares most words with a name, else the nearest spelling.

    A short name is near to anything by its letters alone (`url` to `until`), so that
    words go first. "" when nothing is near.
    """
    folded, known = _folded(name), list(choices)
    words = _words(folded)
    shared = {one: len(words & _words(_folded(one))) for one in known}
    most = max(shared.values(), default=0)
    if most == 0:
        by_spelling = {_folded(one): one for one in known}
        close = get_close_matches(folded, by_spelling, n=1)
        return by_spelling[close[0]] if close else ""
    near = [one for one in known if shared[one] == most]
    return max(
        near, key=lambda one: SequenceMatcher(None, folded, _folded(one)).ratio()
    )


def _folded(name: str) -> str:
    return name.lower().replace("-", "_").removeprefix("waybill_")


def _words(folded: str) -> set[str]:
    return set(folded.split("_")) - {""}
