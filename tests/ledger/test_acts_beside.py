"""Acts beside the partitions of a Cluster: each is done once, and has one entry."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
import redis

from serializers.audit.chain import verify
from serializers.audit.entry import AuditEntry, decode
from serializers.drift.shape import Kind, Shape
from tasks.concurrency import by_name
from tests.conftest import ClusterOf
from tests.ledger.clock import KNOWN
from workers.ledger import keys
from workers.ledger.acts.gates import open_gate
from workers.ledger.audit.actor import Actor, Deed, run_beside
from workers.ledger.audit.keys import CHAINS
from workers.ledger.audit.reader import AuditReader
from workers.ledger.drift.listing import DriftList
from workers.ledger.drift.notebook import Notebook
from workers.ledger.gates import Gates
from workers.ledger.identity.deployment import adopt, rename
from workers.ledger.layout import keys as layout_keys
from workers.ledger.layout.layout import decision, unmoved
from workers.ledger.layout.stages import widened
from workers.ledger.scripts import Call, Scripts
from workers.redis.clients import ledger_client

PARTITIONS = 4
SHAPE = Shape("westcon", "order status", Kind.FIELD, "in.added", "text")
BARE = Actor("jane", "it is so", run="r1")
SIGNING = replace(BARE, key=b"a-key")


@pytest.fixture
def client(cluster: ClusterOf) -> Iterator[redis.Redis]:
    client = ledger_client(cluster().url, 10)
    yield client
    client.close()


def renamed(scripts: Scripts, by: Actor) -> object:
    return rename(scripts, "production", "live", by)


def forgotten(scripts: Scripts, by: Actor) -> object:
    return DriftList(scripts.client, scripts).forget(SHAPE, by)


def all_forgotten(scripts: Scripts, by: Actor) -> object:
    return DriftList(scripts.client, scripts).forget_all(by)


def decided(scripts: Scripts, by: Actor) -> object:
    before = unmoved(1)
    deed = Deed("partitions.widening", "8 partitions", "1")
    return run_beside(scripts, decision(before, widened(before, 8)), by, deed)


def opened(scripts: Scripts, by: Actor) -> object:
    return open_gate(scripts, "deck", PARTITIONS, by)


#: Each act, with what it answers and in whose chain its entry is.
ACTS: dict[str, tuple[Callable[[Scripts, Actor], object], object, str]] = {
    "rename": (renamed, "live", keys.DEPLOYMENT),
    "forget": (forgotten, True, keys.DRIFT),
    "forget all": (all_forgotten, 1, keys.DRIFT),
    "decide": (decided, 1, layout_keys.LAYOUT),
    "open a gate": (opened, "opened", keys.gate("deck")),
}


def begun(client: redis.Redis) -> Scripts:
    """A ledger with a name, a shape in its list and a gate that is closed."""
    client.flushall()
    scripts, book = Scripts(client), Notebook()
    adopt(client, "production")
    book.note(SHAPE, "westcon", lambda: "{}")
    DriftList(client).write(book)
    Gates(scripts, by_name(KNOWN)).close("deck", 3600.0, "http_429")
    return scripts


def entries(client: redis.Redis) -> list[tuple[object, AuditEntry]]:
    reader = AuditReader(client, PARTITIONS)
    found = [(chain, raw) for chain in reader.chains() for raw in reader.entries(chain)]
    return [(chain, decode(raw)) for chain, raw in found]


def killed_after(scripts: Scripts, answers: int, patch: pytest.MonkeyPatch) -> Scripts:
    """These scripts, of a process that is killed once so many answers have come."""
    left = count(1)

    def cut(original: Callable[..., Any]) -> Callable[..., Any]:
        def answered(*given: Any, **named: Any) -> Any:
            answer = original(*given, **named)
            if next(left) > answers:
                raise redis.ConnectionError("killed")
            return answer

        return answered

    made = Scripts(scripts.client)
    patch.setattr(made, "run", cut(made.run))
    for name in ("sadd", "get"):
        patch.setattr(scripts.client, name, cut(getattr(scripts.client, name)))
    return made


@pytest.mark.parametrize("by", [BARE, SIGNING], ids=["unsigned", "signed"])
@pytest.mark.parametrize("name", ACTS)
def test_a_command_that_is_killed_at_any_answer_and_given_again_has_one_entry(
    client: redis.Redis, name: str, by: Actor
) -> None:
    act, _, chain = ACTS[name]
    for answers in count():
        scripts = begun(client)
        with pytest.MonkeyPatch.context() as patch:
            try:
                act(killed_after(scripts, answers, patch), by)
                is_killed = False
            except redis.ConnectionError:
                is_killed = True
        act(scripts, replace(by, run="r2"))

        [(where, _)] = entries(client)
        assert where == chain
        raws, head = AuditReader(client).whole(where)
        assert verify(raws, head, [by.key] if by.key else []).faults == ()
        if not is_killed:
            break

    assert answers >= 2


@pytest.mark.parametrize("name", ACTS)
def test_an_act_that_is_sent_again_is_answered_as_before(
    client: redis.Redis, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client sends a script again whose answer was lost."""
    act, answer, _ = ACTS[name]
    scripts = begun(client)
    once = scripts.run

    def twice(call: Call) -> Any:
        once(call)
        return once(call)

    monkeypatch.setattr(scripts, "run", twice)

    assert act(scripts, SIGNING) == answer

    assert len(entries(client)) == 1


def test_of_two_who_decide_alike_one_has_the_entry(client: redis.Redis) -> None:
    scripts = begun(client)

    answers = [decided(scripts, replace(BARE, run=run)) for run in ("a", "b")]

    assert all(answers)
    assert len(entries(client)) == 1


def test_a_chain_is_known_before_it_has_an_entry(client: redis.Redis) -> None:
    scripts = begun(client)

    rename(scripts, "another", "live", BARE)

    assert client.smembers(CHAINS) == {keys.DEPLOYMENT.encode()}
    assert entries(client) == []
