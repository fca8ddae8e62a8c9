"""Work for endpoints that no living worker knows: counted, given up, dropped."""

from dataclasses import dataclass

from tasks.planning.rules import INGRAM_PREFIX
from workers.ledger import keys
from workers.ledger.audit.actor import Actor, Deed, run
from workers.ledger.retention import Retention
from workers.ledger.scripts import Call, Scripts

CODE = "unknown_endpoint"

#: Orders whose lanes one count looks at, in each partition.
LOOKED_AT = 2_000
#: Deliveries that one script gives up or discards.
AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many deliveries wait for an endpoint.

    Attributes:
        count: of them.
        at_least: whether there are more.
    """

    count: int = 0
    at_least: bool = False

    def __str__(self) -> str:
        return f"{'at least ' * self.at_least}{self.count}"


class UnknownEndpoints:
    """Acts on one endpoint's deliveries; every method raises redis.RedisError."""

    def __init__(
        self, scripts: Scripts, retention: Retention, partitions: int = 1
    ) -> None:
        self._scripts = scripts
        self._retention = retention
        self._partitions = partitions

    def waiting(self, name: str) -> Waiting:
        """What waits in the lanes of an endpoint."""
        arguments = (INGRAM_PREFIX + name, LOOKED_AT)
        calls = [Call("lanes", root, arguments) for root in self._roots()]
        answers = self._scripts.run_all(calls)
        counts = [int(count) for count, _ in answers]
        return Waiting(sum(counts), any(int(more) for _, more in answers))

    def give_up(self, name: str, partition: int, after_ms: int) -> int:
        """Make dead letters of what was made so long ago; how many, at most `AT_ONCE`.

        Whether a living worker knows the endpoint is for the caller to ask.
        """
        why = f"no worker that was alive knew endpoint {name}; once one does, replay it"
        retention = (AT_ONCE, self._retention.timeline)
        arguments = (INGRAM_PREFIX + name, after_ms, why, CODE, *retention)
        call = Call("unknown_give_up", keys.prefix(partition), arguments)
        return int(self._scripts.run(call))

    def forget(self, name: str, by: Actor | None = None) -> int:
        """Take a name out of the roster and discard what waits for it; how many."""
        return sum(self._forgotten(root, name, by) for root in self._roots())

    def _forgotten(self, root: str, name: str, by: Actor | None) -> int:
        retention = (
            self._retention.delivery_retention,
            self._retention.timeline,
            AT_ONCE,
        )
        call = Call("endpoint_forget", root, (name, INGRAM_PREFIX + name, *retention))
        discarded, now = 0, AT_ONCE
        while now == AT_ONCE:
            deed = Deed("endpoint.forgotten", INGRAM_PREFIX + name)
            now = int(run(self._scripts, call, by, deed))
            discarded += now
        return discarded

    def _roots(self) -> list[str]:
        return [keys.prefix(partition) for partition in range(self._partitions)]
