"""Where items stand: each must be in exactly one place, the one its state names."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import redis

from workers.ledger import keys
from workers.redis.answers import text

#: The place that each state of an item names.
PLACE = {
    "lane": "lane tail",
    "due": "due",
    "leased": "leased",
    "sending": "leased",
    "dead": "dead",
    "done": "ended",
    "superseded": "ended",
    "discarded": "ended",
    "ended": "ended",
}


class Item(NamedTuple):
    """What is kept of an item beside its state, and the partition that keeps it."""

    root: str
    tries: bytes | None
    history: bytes | None
    version: bytes | None


@dataclass(slots=True)
class Picture:
    """The whole ledger as it stood while nobody wrote.

    Attributes:
        states: each item's state by its ref, "" for an order without a watch.
        places: every place of each item: due, leased, lane tail, dead, ended.
        lanes: the refs of each lane, by the end of its key, which is its destination.
            Its head is due, leased, or a dead letter that holds the others.
        items: what else is kept of each item, by its ref.
        counts: how often what happened, over all partitions.
    """

    states: dict[str, str] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    places: defaultdict[str, list[str]] = field(
        default_factory=lambda: defaultdict(list)
    )
    lanes: dict[str, list[str]] = field(default_factory=dict)

    @property
    def heads(self) -> set[str]:
        return {lane[0] for lane in self.lanes.values()}

    def held(self, destinations: Collection[str]) -> dict[str, list[str]]:
        """Those that wait behind a dead letter of these destinations, by its ref."""
        return {
            lane[0]: lane[1:]
            for name, lane in self.lanes.items()
            if self.states.get(lane[0]) == "dead" and name.endswith((*destinations,))
        }


def picture(client: redis.Redis) -> Picture:
    """Read the whole ledger, in two round trips."""
    names = [
        text(key).partition("}:") for key in set(client.scan_iter("{wb:*", count=1000))
    ]
    pipeline = client.pipeline(transaction=False)
    read = []
    for tag, joint, name in names:
        kind = name.partition(":")[0]
        if kind in {"due", "leased", "dead"}:
            pipeline.zrange(tag + joint + name, 0, -1)
        elif kind == "lane":
            pipeline.lrange(tag + joint + name, 0, -1)
        elif kind in {"order", "watch", "delivery"}:
            key = tag + joint + name
            pipeline.hmget(key, "state", "destination", *Item._fields[1:])
        elif name == "counts":
            pipeline.hgetall(tag + joint + name)
        else:
            continue
        read.append((kind, name, tag + joint))
    found = Picture()
    for (kind, name, root), answer in zip(read, pipeline.execute(), strict=True):
        if kind == "counts":
            found.counts.update({text(what): int(n) for what, n in answer.items()})
        elif kind == "order":
            _draw(found, "watch", _watch(name, text(answer[1])), answer, root)
        else:
            _draw(found, kind, name, answer, root)
    return found


def _watch(name: str, destination: str) -> str:
    """What the watch in an order's hash is called; Westcon's, where there is none."""
    partner = destination.partition("/")[0] or "westcon"
    return keys.watch_ref(partner, name.removeprefix(keys.ORDER_PREFIX))


def _draw(found: Picture, kind: str, name: str, answer: list[bytes], root: str) -> None:
    if kind in {"watch", "delivery"}:
        state = text(answer[0])
        found.states[name] = state
        found.items[name] = Item(root, *answer[2:])
        if PLACE.get(state) == "ended":
            found.places[name].append("ended")
    elif kind == "lane":
        found.lanes[name] = [text(ref) for ref in answer]
        for ref in answer[1:]:
            found.places[text(ref)].append("lane tail")
    else:
        for ref in answer:
            found.places[text(ref)].append(kind)


def where(client: redis.Redis, ref: str) -> list[str]:
    """The places of one item: one, unless something is broken."""
    return picture(client).places[ref]


def broken(client: redis.Redis) -> list[str]:
    """What contradicts itself in the ledger; empty when all is well."""
    return list(contradictions(picture(client)))


def contradictions(found: Picture, holding: Collection[str] = ()) -> Iterator[str]:
    """What contradicts itself, where these destinations hold."""
    held = found.held(holding)
    for ref, state in found.states.items():
        if state and found.places[ref] != [PLACE[state]]:
            yield f"{ref} is {state} and stands in {found.places[ref]}"
    for ref in found.heads - held.keys():
        if found.states.get(ref) not in {"due", "leased", "sending"}:
            yield f"{ref} heads its lane and is {found.states.get(ref)}"
    for ref, places in found.places.items():
        if not ref.startswith("delivery:"):
            continue
        if {"due", "leased"} & {*places} and ref not in found.heads:
            yield f"{ref} is {places} without heading its lane"
