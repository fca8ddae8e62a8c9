"""Where the orders of a world lie while they are moved, without moving any."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.ledger.clock import World
from workers.ledger import keys
from workers.ledger.layout import keys as layout_keys
from workers.ledger.scripts import Call
from workers.redis.answers import octets, text

#: A partition that no layout has: parcels are set up there to be looked at.
SCRATCH = 99


def partition(world: World, number: str, ref: str = "") -> int:
    """Where an order lies, or a delivery of it that it may have left behind."""
    layout = world.places.layout
    former, home = layout.former(number), layout.home(number)
    if former is None:
        return home
    names = [ref] if ref.startswith(keys.DELIVERY_PREFIX) else []
    names = names or [keys.order_ref(number), f"record:{number}"]
    for place in (home, former, SCRATCH):
        root = keys.prefix(place)
        if world.redis.exists(*(keys.item(root, name) for name in names)):
            return place
    return home


@contextmanager
def opened(world: World) -> Iterator[None]:
    """Have what is in parcels be seen; it stays in them."""
    layout, root = world.places.layout, keys.prefix(SCRATCH)
    for place in range(layout.width):
        key = layout_keys.parcels(keys.prefix(place))
        for number in map(text, world.redis.smembers(key)):
            kept = world.redis.get(layout_keys.parcel(keys.prefix(place), number))
            there = keys.prefix(layout.home(number))
            mark = world.redis.get(layout_keys.unpacked(there, number))
            parcel = octets(kept)
            if mark != parcel.partition(b"\n")[0]:
                arguments = (number, parcel, layout.version)
                world.scripts.run(Call("unpack", root, arguments))
    yield
    for key in list(world.redis.scan_iter(f"{root}*", count=1000)):
        world.redis.delete(key)
