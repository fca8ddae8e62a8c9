"""Where items stand: each must be in exactly one place, the one its state names."""

from collections import defaultdict

import redis

from workers.ledger.answers import text

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


def places(client: redis.Redis) -> dict[str, list[str]]:
    """Every place of every item: due, leased, lane tail, dead, ended.

    A lane's head stands where it is due or leased, so the lane does not count for it.
    """
    found: defaultdict[str, list[str]] = defaultdict(list)
    for key in map(text, client.scan_iter(match="{wb:*", count=1000)):
        _, _, name = key.partition("}:")
        kind = name.partition(":")[0]
        if kind in {"due", "leased", "dead"}:
            for ref in client.zrange(key, 0, -1):
                found[text(ref)].append(kind)
        elif kind == "lane":
            for ref in client.lrange(key, 1, -1):
                found[text(ref)].append("lane tail")
        elif kind in {"order", "delivery"}:
            state = text(client.hget(key, "state"))
            if PLACE.get(state) == "ended":
                found[name].append("ended")
    return dict(found)


def where(client: redis.Redis, ref: str) -> list[str]:
    """The places of one item; one, unless something is broken."""
    return places(client).get(ref, [])


def broken(client: redis.Redis) -> list[str]:
    """What contradicts itself in the ledger; empty when all is well."""
    found = places(client)
    wrong = []
    for key in map(text, client.scan_iter(match="{wb:*", count=1000)):
        root, _, name = key.partition("}:")
        kind = name.partition(":")[0]
        if kind in {"order", "delivery"}:
            state = text(client.hget(key, "state"))
            if state and found.get(name) != [PLACE[state]]:
                wrong.append(f"{name} is {state} and stands in {found.get(name)}")
        elif kind == "lane":
            wrong += _broken_lane(client, root + "}:", text(client.lindex(key, 0)))
    wrong += _homeless(client, found)
    return wrong


def _broken_lane(client: redis.Redis, root: str, head: str) -> list[str]:
    state = text(client.hget(root + head, "state"))
    if state in {"due", "leased", "sending"}:
        return []
    return [f"{head} heads its lane and is {state or 'missing'}"]


def _homeless(client: redis.Redis, found: dict[str, list[str]]) -> list[str]:
    """Deliveries that are worked on without heading their lane."""
    heads = {
        text(client.lindex(key, 0))
        for key in client.scan_iter(match="{wb:*}:lane:*", count=1000)
    }
    return [
        f"{ref} is {stands[0]} without heading its lane"
        for ref, stands in found.items()
        if ref.startswith("delivery:")
        and stands[0] in {"due", "leased"}
        and ref not in heads
    ]
