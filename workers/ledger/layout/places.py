"""Places: in which partition an order lies, also while orders are moved into others."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import structlog

from workers.ledger import keys
from workers.ledger.layout import keys as layout_keys
from workers.ledger.layout.layout import Layout, following, layout_of
from workers.ledger.layout.parcels import ParcelError, Parcels
from workers.ledger.layout.recovered import recovered
from workers.ledger.scripts import Scripts
from workers.redis.answers import number

log = structlog.get_logger()

T = TypeVar("T")

#: The prefix of a partition, and an order that is looked for in it.
At = tuple[str, str]

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
        self._parcels = Parcels(scripts)
        self._finish = finish or self._parcels.meet
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

    def read(
        self, orders: Sequence[str], ask: Callable[[Sequence[At]], Sequence[T | None]]
    ) -> list[T | None]:
        """What is read of each order where it lies; None of one that lies nowhere.

        An order may move between the look at where it lies and what is asked there, and
        the layout may be another one since. Nothing counts as an answer only where the
        order is still looked for at the same place by the layout of that moment.

        Args:
            orders: names.
            ask: reads orders, each with the prefix of its partition; None for nothing.
        """
        found: dict[str, T | None] = dict.fromkeys(orders)
        tried: dict[str, Place] = {}
        left = list(found)
        while left:
            if tried:
                self.renew()
            places = zip(left, self.placed(left), strict=True)
            moved = {one: place for one, place in places if tried.get(one) != place}
            tried |= moved
            at = [(keys.prefix(place.partition), one) for one, place in moved.items()]
            answers = ask(at) if at else ()
            found |= zip(moved, answers, strict=True)
            left = [one for one in moved if found[one] is None]
        return [found[one] for one in orders]

    def known(self, orders: Sequence[str]) -> list[bool]:
        """Whether there is a record of each order, wherever it lies."""

        def ask(at: Sequence[At]) -> list[bool | None]:
            pipeline = self._scripts.client.pipeline(transaction=False)
            for root, order in at:
                pipeline.exists(keys.record(root, order))
            return [bool(there) or None for there in pipeline.execute()]

        return list(map(bool, self.read(orders, ask)))

    def everywhere(self, look: Callable[[int], Sequence[T]]) -> Sequence[T]:
        """What a look into all partitions finds, one after the other.

        What moves meanwhile may be in none when that is looked at. It moves once by a
        layout, so that a second look by the same one finds it, out of its parcel.

        Args:
            look: into so many partitions.
        """
        earlier = None
        while True:
            layout = self.layout
            if found := look(layout.width):
                return found
            self.renew()
            is_same = self.layout == layout
            if is_same and (not layout.is_moving or earlier == layout):
                return found
            earlier = layout
            self.bring_waiting()

    def renew(self, ahead: Collection[int] = ()) -> None:
        """Learn the layout anew; one that is lost is put back.

        Args:
            ahead: partitions that may follow a newer one.
        """
        known, found = self.layout, layout_of(self._scripts.client, self.layout.width)
        is_older = found.version < known.version
        looked_at = range(known.width) if is_older else ahead
        self.layout = recovered(self._scripts, found, looked_at)

    def bring_waiting(self) -> None:
        """Bring every order home that is in a parcel."""
        for partition in range(self.layout.width if self.layout.is_moving else 0):
            self.gather(partition)

    def refused(self, partitions: Collection[int]) -> None:
        """Learn the layout anew: partitions have refused what was placed by this one.

        Those that are behind the layout itself refuse what is older from now on; of
        those that are ahead of it the ledger has it back.
        """
        self.renew(partitions)
        self._have_follow(partitions, self.layout)

    def gather(self, former: int) -> None:
        """Bring home all that is in parcels in a partition; what stays is logged."""
        layout = self.layout
        for order in self._parcels.waiting(former):
            self._brought(order, layout)

    def _there(self, formers: Mapping[str, int], layout: Layout) -> Collection[str]:
        """The orders that are still where they were."""
        version, known = self._followed
        if version != layout.version:
            known = frozenset()
        # Before the look: an older layout may place an order there until then.
        if unknown := set(formers.values()) - known:
            self._have_follow(unknown, layout)
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

    def _have_follow(self, partitions: Collection[int], layout: Layout) -> None:
        roots = [keys.prefix(one) for one in partitions]
        pipeline = self._scripts.client.pipeline(transaction=False)
        for root in roots:
            pipeline.get(layout_keys.followed(root))
        kept = zip(roots, pipeline.execute(), strict=True)
        behind = [root for root, one in kept if number(one) < layout.version]
        if behind:
            self._scripts.run_all([following(root, layout) for root in behind])
