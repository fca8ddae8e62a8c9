"""Places: in which partition an order lies, also while orders are moved into others."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import structlog

from workers.ledger import keys
from workers.ledger.layout import keys as layout_keys
from workers.ledger.layout.layout import Layout, layout_of
from workers.ledger.layout.parcels import ParcelError, Parcels
from workers.ledger.scripts import Call, Scripts
from workers.redis.answers import number

log = structlog.get_logger()

#: Brings an order home whose parcel was found by this layout.
Finish = Callable[[str, Layout], object]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an order lay when it was looked for.

    Attributes:
        partition: of the order.
        version: of the layout by which it was found there.
        is_former: whether it belongs elsewhere: then it is there or nothing is.
    """

    partition: int
    version: int
    is_former: bool = False


class Places:
    """Where orders lie, by a layout that may change meanwhile.

    Where no order moves nothing is asked. Methods raise redis.RedisError.

    Args:
        scripts: on the ledger's client.
        layout: as it is known.
        finish: brings an order home that is in a parcel; as `Parcels` does where none
            is given.
    """

    def __init__(
        self, scripts: Scripts, layout: Layout, finish: Finish | None = None
    ) -> None:
        self._scripts = scripts
        self._finish = finish or Parcels(scripts).meet
        #: Partitions that refuse what an older layout than this version's has placed.
        self._followed: tuple[int, frozenset[int]] = (0, frozenset())
        #: The layout; whoever learns of another one puts it here.
        self.layout = layout

    def home(self, order: str) -> int:
        """The partition that the order belongs into."""
        return self.layout.home(order)

    def of(self, order: str) -> int:
        """The partition in which the order lies, or would."""
        return self.placed([order])[0].partition

    def root_of(self, order: str) -> str:
        """The prefix of that partition."""
        return keys.prefix(self.of(order))

    def roots_of(self, orders: Sequence[str]) -> list[str]:
        """The same of several orders, in their order."""
        return [keys.prefix(one.partition) for one in self.placed(orders)]

    def placed(self, orders: Sequence[str]) -> list[Place]:
        """Where each order lies, or would: one round trip for those that may move."""
        layout = self.layout
        formers = {
            order: former
            for order in orders
            if (former := layout.former(order)) is not None
        }
        there = self._there(formers, layout) if formers else frozenset()
        return [
            Place(formers[order], layout.version, is_former=True)
            if order in there
            else Place(layout.home(order), layout.version)
            for order in orders
        ]

    def refused(self, partitions: Collection[int]) -> None:
        """Learn the layout anew: partitions have refused what was placed by this one.

        Those that are behind the layout itself refuse what is older from now on.
        """
        self.layout = layout_of(self._scripts.client, self.layout.width)
        self._have_follow(partitions, self.layout.version)

    def _there(self, formers: Mapping[str, int], layout: Layout) -> Collection[str]:
        """The orders that are still where they were."""
        version, known = self._followed
        if version != layout.version:
            known = frozenset()
        # Before the look: an older layout may place an order there until then.
        if unknown := set(formers.values()) - known:
            self._have_follow(unknown, layout.version)
            self._followed = (layout.version, known | unknown)
        pipeline = self._scripts.client.pipeline(transaction=False)
        for order, former in formers.items():
            root = keys.prefix(former)
            pipeline.exists(keys.order(root, order), keys.record(root, order))
            # After the order itself: it is packed once, and comes back never.
            pipeline.exists(layout_keys.parcel(root, order))
        answers = pipeline.execute()
        found = zip(formers, answers[0::2], answers[1::2], strict=True)
        there = set()
        for order, is_there, is_packed in found:
            if is_there:
                there.add(order)
            elif is_packed and not self._brought(order, layout):
                # It is nowhere: nothing is made of it, there or at home.
                there.add(order)
        return there

    def _brought(self, order: str, layout: Layout) -> bool:
        try:
            self._finish(order, layout)
        except ParcelError as error:
            log.error("parcel_stuck", order=order, why=str(error))  # noqa: TRY400 (no traceback in a log)
            return False
        return True

    def _have_follow(self, partitions: Collection[int], version: int) -> None:
        roots = [keys.prefix(one) for one in partitions]
        pipeline = self._scripts.client.pipeline(transaction=False)
        for root in roots:
            pipeline.get(layout_keys.followed(root))
        kept = zip(roots, pipeline.execute(), strict=True)
        behind = [root for root, one in kept if number(one) < version]
        if behind:
            follows = [Call("layout_follow", root, (version,)) for root in behind]
            self._scripts.run_all(follows)
