"""Starts of pending entries: each counts, those beside others up to a bound.

Redis counts deliveries, of which the first is the reading. A worker that dies takes
every entry along that it has started, and only one of them may have ended it. So an
entry is started beside others a few times at most; from then on each start is alone in
its process, and only what was started alone is given up.
"""

from collections.abc import Sequence

from serializers.events import entry
from serializers.events.entry_fields import Apart, Content, bare
from workers.ledger.scripts import Argument, Call, Scripts
from workers.ledger.stream.account import STARTED
from workers.ledger.stream.entries import contents
from workers.redis.answers import number, text

#: Bytes of entries that one answer brings, but for the last of them.
ANSWER_BYTES = 2 * 1024 * 1024


def beside_others(attempts: int) -> int:
    """Starts of an entry that may be beside others, of so many until it is given up."""
    return max(1, attempts // 2)


class Starts:
    """Starts entries of one stream; every method raises redis.RedisError.

    Args:
        scripts: of a client.
        name: the stream's key.
        group: the consumer group's name.
        beside: how often an entry is started beside others.
    """

    def __init__(self, scripts: Scripts, name: str, group: str, beside: int) -> None:
        self._scripts = scripts
        self._name = name
        self._group = group
        self._beside = beside

    def together(
        self, ids: Sequence[str]
    ) -> tuple[dict[str, Content], dict[str, Apart]]:
        """Start entries beside each other, and those that are to be started alone.

        Entries that the answer has no room for are in neither.
        """
        bounds = (entry.MAX_BYTES, ANSWER_BYTES, self._beside)
        arguments: tuple[Argument, ...] = (
            self._group,
            STARTED,
            *bounds,
            *map(bare, ids),
        )
        answer = self._scripts.run(Call("start", self._name, arguments))
        looked_at, apart, *found = answer
        starts = {text(id_): Apart(number(n)) for id_, n in apart}
        alone = {id_: starts[bare(id_)] for id_ in ids if bare(id_) in starts}
        others = [id_ for id_ in ids[: int(looked_at)] if id_ not in alone]
        return contents(others, found), alone

    def alone(self, id_: str, starts: int) -> dict[str, Content]:
        """Start an entry that was started so often; asked again, it counts once."""
        arguments = (self._group, STARTED, entry.MAX_BYTES, starts, bare(id_))
        found = self._scripts.run(Call("start_alone", self._name, arguments))
        return contents([id_], found)

    def take_back(self, id_: str, starts: int) -> None:
        """Have the start not count that came after so many, unless another has."""
        arguments = (self._group, starts, bare(id_))
        self._scripts.run(Call("start_back", self._name, arguments))
