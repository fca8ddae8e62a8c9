"""Operators' actions on a ledger: replay, discard, disable, break a record."""

from tests.ledger import acts
from tests.ledger.actions import Actions
from tests.ledger.places import picture
from workers.ledger import keys


def decide(actions: Actions, ref: str, wish: str) -> None:
    """Ask to replay or discard something, and once more, the answer being lost."""
    letters, feed, judge = actions.world.letters, actions.feed, actions.judge
    ask = letters.replay if wish == "replayed" else letters.discard
    event = ref in judge.events
    was_dead = event or actions.state(ref) == "dead"
    body, length = _payload(actions, ref), feed.length()
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


def _payload(actions: Actions, ref: str) -> bytes:
    letter = actions.world.letters.find(ref)
    return b"" if letter is None else letter.payload


def refs(actions: Actions) -> list[str]:
    """Every order and delivery there is, dead or not."""
    return sorted(picture(actions.world.redis).states)


def disable(actions: Actions, name: str, way: str) -> None:
    """Disable a destination, or enable it with `unpark`."""
    if name.startswith("ingram/"):
        book = actions.endpoints
        (book.disable if way == "disable" else book.enable)(name)
    else:
        acts.disable(actions.world, name, way)
    actions.parked = (
        actions.parked | {name} if way == "disable" else actions.parked - {name}
    )


def forget(actions: Actions, number: str) -> None:
    """The retention of an order ends; what it has without an end stays."""
    client, root = actions.world.redis, acts.root(actions.world, number)
    record = f"{root}record:{number}"
    if client.pttl(record) >= 0:
        client.delete(record, f"{root}log:{number}")
        actions.judge.records.pop(number, None)
    if client.pttl(root + keys.order_ref(number)) >= 0:
        client.delete(root + keys.order_ref(number))
        actions.judge.forgets(number)


def spoil(actions: Actions, number: str) -> None:
    """A record becomes one that this release cannot read."""
    key = f"{acts.root(actions.world, number)}record:{number}"
    if actions.world.redis.set(key, b"?", xx=True, keepttl=True):
        actions.judge.records[number] = None
