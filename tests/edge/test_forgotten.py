"""Redis comes back from an older file, and what it has forgotten is done again."""

from collections import defaultdict
from collections.abc import Callable

import pytest
import redis

from tasks.receive import receive
from tests.edge.receivers import Receivers
from tests.edge.site import Site, innocent
from workers.redis.answers import octets

WESTCON = {"order_number": "60012345"}
LINE = {"line_number": "10", "status": "SHI", "quantity": "2"}


@pytest.fixture
def receivers(site: Site) -> Receivers:
    receivers = Receivers()
    site.ingram = receivers
    return receivers


def saved(client: redis.Redis) -> Callable[[], None]:
    """The older file: what puts back all keys as they are now."""
    kept = {octets(key): client.dump(key) for key in client.scan_iter()}

    def put_back() -> None:
        client.flushall()
        for key, content in kept.items():
            client.restore(key, 0, content or b"")

    return put_back


def take_in(site: Site) -> None:
    received = receive(site.world.stream.read("edge", 100, 1), site.services())
    assert not received.refused
    site.work_off()


def test_what_is_notified_again_has_the_same_id_and_the_same_bytes(
    site: Site, receivers: Receivers
) -> None:
    site.world.stream.publish(innocent("SO-1", "placed", westcon=WESTCON))
    site.world.stream.publish(innocent("SO-2", "status_changed", lines=[LINE]))
    site.world.stream.publish(innocent("SO-3", "cancelled"))
    put_back = saved(site.world.redis)
    take_in(site)
    first = receivers.ids()
    put_back()

    take_in(site)

    assert receivers.ids() == sorted(first * 2)
    bodies: defaultdict[tuple[str, str], set[bytes]] = defaultdict(set)
    for name, id_, body in receivers.arrived:
        bodies[name, id_].add(body)
    # A look, an event about lines and a cancellation, for each of four endpoints.
    assert [len(each) for each in bodies.values()] == [1] * 12


def test_where_the_look_alone_is_forgotten_too(
    site: Site, receivers: Receivers
) -> None:
    site.world.stream.publish(innocent("SO-1", "placed", westcon=WESTCON))
    received = receive(site.world.stream.read("edge", 100, 1), site.services())
    hints = list(site.hints.sent)
    put_back = saved(site.world.redis)
    site.work_off()
    put_back()
    site.hints.sent += hints

    site.work_off()

    assert received.counts == {"admitted": 1}
    assert len(receivers.arrived) == 2 * len(set(receivers.arrived)) == 8
