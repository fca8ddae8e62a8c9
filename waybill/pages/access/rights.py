"""Rights in the console: which role may do what; pure."""

from collections.abc import Mapping
from typing import Final, Literal

from workers.settings.door import Role

#: What somebody may do; `look` is every page that only reads.
Right = Literal["look", "replay", "discard", "correct", "pause", "gate", "poll"]

RIGHTS: Final[Mapping[Role, frozenset[Right]]] = {
    "viewer": frozenset({"look"}),
    "operator": frozenset(
        {"look", "replay", "discard", "correct", "pause", "gate", "poll"}
    ),
}
