"""What people do to a ledger: they replay, discard, disable, and break a record."""

from tests.ledger import acts
from tests.ledger.actions import Hands
from tests.ledger.places import picture
from workers.ledger import keys


def decide(hands: Hands, ref: str, wish: str) -> None:
    """Ask to replay or discard something, and once more, the answer being lost."""
    letters, feed, judge = hands.world.letters, hands.feed, hands.judge
    ask = letters.replay if wish == "replayed" else letters.discard
    event = ref in judge.events
    was_dead = event or hands.state(ref) == "dead"
    body, length = _payload(hands, ref), feed.length()
    answer = ask(ref)
    assert was_dead or answer in {"not_dead", "gone"}, f"{ref} was not dead"
    if answer != wish:
        return
    published = feed.length() - length
    assert published == (event and wish == "replayed"), f"{ref}: {published} more"
    if published:
        feed.replayed(body)
    judge.decided(ref, wish)
    assert ask(ref) in {"not_dead", "gone"}, f"{ref} {wish} twice"


def _payload(hands: Hands, ref: str) -> bytes:
    letter = hands.world.letters.find(ref)
    return b"" if letter is None else letter.payload


def refs(hands: Hands) -> list[str]:
    """Every order and delivery there is, dead or not."""
    return sorted(picture(hands.world.redis).states)


def park(hands: Hands, name: str, way: str) -> None:
    """Disable a destination, or enable it with `unpark`."""
    if name.startswith("ingram/"):
        book = hands.endpoints
        (book.disable if way == "park" else book.enable)(name)
    else:
        acts.park(hands.world, name, way)
    hands.parked = hands.parked | {name} if way == "park" else hands.parked - {name}


def forget(hands: Hands, number: str) -> None:
    """The retention of an order ends; what it has without an end stays."""
    client, root = hands.world.redis, acts.root(hands.world, number)
    record = f"{root}record:{number}"
    if client.pttl(record) >= 0:
        client.delete(record, f"{root}log:{number}")
        hands.judge.records.pop(number, None)
    if client.pttl(root + keys.order_ref(number)) >= 0:
        client.delete(root + keys.order_ref(number))
        hands.judge.forgets(number)


def spoil(hands: Hands, number: str) -> None:
    """A record becomes one that this release cannot read."""
    key = f"{acts.root(hands.world, number)}record:{number}"
    if hands.world.redis.set(key, b"?", xx=True, keepttl=True):
        hands.judge.records[number] = None
