"""Workers that do not know each other's endpoints, beside the deeds of the walk."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tasks.ledger_values import Delivery, Hint, Kind, NewDelivery, WriteResult, Written
from tests.ledger import acts
from tests.ledger.clock import World
from workers.ledger.endpoints.rosters import Rosters


@dataclass
class Skew:
    """What is kept, rendered and planned anew since workers know different endpoints.

    It throws no dice, so that a seed's steps are the same with it.

    Attributes:
        bodies: what was first sent of each delivery.
    """

    world: World
    bodies: dict[str, bytes] = field(default_factory=dict)
    _made: int = 0

    def notified(self, id_: str, endpoint: str) -> NewDelivery:
        """Something for an endpoint, at times by a worker that does not know it."""
        self._made += 1
        make = acts.notification if self._made % 3 else acts.change
        return make(id_, endpoint)

    def joined(self, number: str, write: Callable[[], list[Written]]) -> str:
        """Now and then an endpoint comes while a plan is made; the roster's version.

        Args:
            number: of the plan's order.
            write: the plan that was made without it, which is stale.
        """
        self._made += 1
        if self._made % 5 == 0:
            Rosters(self.world.scripts, self.world.partitions).join([f"e{self._made}"])
            assert write() == [Written(WriteResult.STALE)]
        return self.world.ledger.orders([number])[0].roster.version

    def renders(self, hint: Hint, begun: Delivery, run: str) -> bool:
        """Store the body of a change; whoever begins it later begins with that.

        What began in the step that made it may be somebody else's by now: then nothing
        is stored, and nothing is sent.
        """
        ref, body, render = begun.claim.ref, begun.payload, self.world.ledger.render
        if begun.kind is Kind.CHANGE:
            body = f"{ref} by {run}".encode()
            stored = [render(hint, begun, run, each) for each in (body, b"again")]
            if hint.run and stored == [None, None]:
                return False
            assert stored == [body, body], f"{ref} was stored as {stored}"
            late = render(hint, begun, "another run", b"late")
            assert late is None, f"{ref} was stored by another run"
        first = self.bodies.setdefault(ref, body)
        assert body == first, f"{ref} is sent as {body!r}, and was as {first!r}"
        return True
