"""Parcels: all that there is of an order, on its way into another partition.

Three steps, each of which may run again: `pack` takes an order out of its partition and
keeps it there as one value, `unpack` sets it up in the other one, and then the parcel
goes. Whoever is killed in between leaves a parcel, and whoever meets it brings it home.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import redis
import structlog

from workers.ledger import keys
from workers.ledger.layout import keys as layout_keys
from workers.ledger.layout.layout import Layout
from workers.ledger.scripts import Argument, Call, Scripts
from workers.redis.answers import number, octets, text

log = structlog.get_logger()

#: Bytes of a parcel at most: a string of Redis' holds eight times as many.
MOST_BYTES: Final = 64 * 1024 * 1024

#: Ms for which a parcel that has gone is known to have been unpacked: whoever has read
#: it before may come late.
KNOWN_MS: Final = 86_400_000


class ParcelError(Exception):
    """An order that cannot be brought home; its parcel stays where it is."""


class OutrunError(Exception):
    """The layout by which orders move is the ledger's no more: others have gone on."""

    def __init__(self, partition: int, layout: Layout) -> None:
        super().__init__(
            f"partition {partition} follows a newer layout than {layout.version}"
        )


class UnconfirmedParcelError(ParcelError):
    """Too few replicas have orders at home yet; their parcels stay until they have."""


@dataclass(slots=True)
class Carried:
    """What became of orders that were to be carried.

    Attributes:
        moved: how many are at home now.
        size: bytes of their parcels.
        busy: those of which something is leased or sent.
        unsure: those whose timelines do not name all of their deliveries.
        large: bytes of those that are too large, by their names.
        stuck: why parcels stay where they are, by their orders' names.
    """

    moved: int = 0
    size: int = 0
    busy: set[str] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)
    large: dict[str, int] = field(default_factory=dict)
    stuck: dict[str, str] = field(default_factory=dict)


class Parcels:
    """Orders' way from one partition into another.

    Every method raises redis.RedisError where Redis does not answer.

    Args:
        scripts: on the ledger's client.
        destinations: whose lanes are searched; those of an order's notifications are
            known by the order.
        timeline: entries at most of an order's timeline: one that has fewer names all
            deliveries that have ended.
        most_bytes: of a parcel; an order with more stays where it is.
    """

    def __init__(
        self,
        scripts: Scripts,
        destinations: Sequence[str] = (),
        timeline: int = 0,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._scripts = scripts
        self._destinations = destinations
        self._timeline = timeline
        self._most_bytes = most_bytes

    def carry(
        self,
        former: int,
        orders: Mapping[str, Sequence[str]],
        layout: Layout,
        *,
        all_named: bool = False,
    ) -> Carried:
        """Bring orders home from a partition, in four round trips.

        Args:
            former: the partition.
            orders: refs of deliveries that may be theirs, by the orders' names.
            layout: by which they have another home than that partition.
            all_named: whether these are all, but for those that are made meanwhile.

        Raises:
            UnconfirmedParcelError: too few replicas have them.
            OutrunError: the partition follows a newer layout; nothing is taken out.
        """
        found, outrun = Carried(), list[str]()
        cap = 0 if all_named else self._timeline
        version = layout.version
        calls = [
            self._pack(former, one, refs, version, cap) for one, refs in orders.items()
        ]
        parcels: dict[str, bytes] = {}
        for order, answer in zip(orders, self._scripts.run_all(calls), strict=True):
            match text(answer[0]):
                case "packed":
                    parcels[order] = octets(answer[1])
                case "busy":
                    found.busy.add(order)
                case "unsure":
                    found.unsure.add(order)
                case "large":
                    found.large[order] = number(answer[1])
                case "strange":
                    found.stuck[order] = _strange(former, order, answer)
                case "older":
                    outrun.append(order)
                case _:
                    pass
        found.stuck |= self._bring(former, parcels, layout)
        found.moved = len(parcels.keys() - found.stuck.keys())
        found.size = sum(map(len, parcels.values()))
        if outrun:
            raise OutrunError(former, layout)
        return found

    def pack(
        self, former: int, order: str, layout: Layout, refs: Sequence[str] = ()
    ) -> str:
        """Take an order out of a partition; the script's word for what came of it."""
        call = self._pack(former, order, refs, layout.version, 0)
        answer: list[Any] = self._scripts.run(call)
        return text(answer[0])

    def waiting(self, former: int) -> list[str]:
        """Orders that have a parcel in a partition."""
        key = layout_keys.parcels(keys.prefix(former))
        return list(map(text, self._scripts.client.smembers(key)))

    def finish(self, order: str, layout: Layout) -> bool:
        """Bring an order home from its parcel, if it has one; whether it had.

        Raises:
            ParcelError: it is at home already, or too few replicas have it.
        """
        former = layout.former(order)
        if former is None:
            return False
        found = self.finish_all(former, [order], layout)
        if found.stuck:
            raise ParcelError(found.stuck[order])
        return found.moved == 1

    def meet(self, order: str, layout: Layout) -> None:
        """Bring an order home whose parcel is met; what stays in it is logged.

        Who has met it goes on by the order's home: there it is, if it is anywhere else.
        """
        try:
            self.finish(order, layout)
        except ParcelError as error:
            log.warning("parcel_stays", order=order, why=str(error))

    def finish_all(self, former: int, orders: Iterable[str], layout: Layout) -> Carried:
        """The same for orders that were packed in a partition.

        Raises:
            UnconfirmedParcelError: too few replicas have them.
        """
        names, client = list(orders), self._scripts.client
        pipeline = client.pipeline(transaction=False)
        for order in names:
            pipeline.get(layout_keys.parcel(keys.prefix(former), order))
        kept = zip(names, pipeline.execute(), strict=True)
        parcels = {order: octets(one) for order, one in kept if one is not None}
        stuck = self._bring(former, parcels, layout)
        return Carried(moved=len(parcels) - len(stuck), stuck=stuck)

    def _pack(
        self, former: int, order: str, refs: Sequence[str], version: int, cap: int
    ) -> Call:
        head = (order, secrets.token_hex(8), version, self._most_bytes, cap)
        count = len(self._destinations)
        arguments: tuple[Argument, ...] = (*head, count, *self._destinations, *refs)
        return Call("pack", keys.prefix(former), arguments)

    def _bring(
        self, former: int, parcels: Mapping[str, bytes], layout: Layout
    ) -> dict[str, str]:
        """Set up what was packed at home; then parcels go. Why others stay."""
        if not parcels:
            return {}
        calls = [_unpack(order, one, layout) for order, one in parcels.items()]
        answers, is_confirmed = self._scripts.run_confirmed(calls)
        if not is_confirmed:
            raise UnconfirmedParcelError(
                "too few replicas have the orders that were moved last; their parcels"
                f" stay in partition {former}"
            )
        stuck: dict[str, str] = {}
        home: dict[str, bytes] = {}
        for (order, one), answer in zip(parcels.items(), answers, strict=True):
            if why := _trouble(former, order, answer, layout):
                stuck[order] = why
            else:
                home[order] = one.partition(b"\n")[0]
        self._take_away(former, home, layout)
        return stuck

    def _take_away(
        self, former: int, home: Mapping[str, bytes], layout: Layout
    ) -> None:
        """Drop parcels, by their ids, whose orders are at home; then marks may end."""
        root = keys.prefix(former)
        calls = [Call("unpacked", root, pair) for pair in home.items()]
        gone = self._scripts.run_all(calls) if calls else []
        pipeline = self._scripts.client.pipeline(transaction=False)
        for order, is_gone in zip(home, gone, strict=True):
            if is_gone:
                there = keys.prefix(layout.home(order))
                pipeline.pexpire(layout_keys.unpacked(there, order), KNOWN_MS)
        if any(gone):
            pipeline.execute()


def _unpack(order: str, parcel: bytes, layout: Layout) -> Call:
    arguments = (order, parcel, layout.version)
    return Call("unpack", keys.prefix(layout.home(order)), arguments)


def _strange(former: int, order: str, answer: list[Any]) -> str:
    """Why an order is not packed of which a key is of another kind than any has."""
    key = keys.item(keys.prefix(former), text(answer[1]))
    return f"{order} stays in partition {former}: {key} is of a kind that none has"


def _trouble(former: int, order: str, answer: Any, layout: Layout) -> str:
    """Why an order was not set up at home, "" where it was."""
    home = layout.home(order)
    if isinstance(answer, redis.RedisError):
        return f"{order} cannot be set up in partition {home}: {answer}"
    match text(answer[0]):
        case "twice":
            return (
                f"{order} is in partition {home} already ({text(answer[1])}), and in a"
                f" parcel of partition {former}, which stays: one is too many"
            )
        case "older":
            return (
                f"{order}: partition {home} follows a newer layout than"
                f" {layout.version}; its parcel stays in partition {former}"
            )
        case _:
            return ""
