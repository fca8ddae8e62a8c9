"""A Redis Cluster used as one Redis: nodes that change, slots that move."""

import threading
from collections.abc import Callable, Iterator

import pytest
import redis
from redis.exceptions import ResponseError

from tests.conftest import ClusterOf
from tests.redis.lying_nodes import lying_nodes
from tests.redis_clusters import Cluster, running_cluster
from workers.ledger import keys
from workers.ledger.endpoints.rosters import Rosters
from workers.ledger.scripts import Call, Scripts
from workers.redis.answers import text
from workers.redis.bounded_client import looking_client
from workers.redis.clients import hasty_client, ledger_client, patient_client
from workers.redis.cluster.client import REDIRECTIONS, RENEWALS
from workers.redis.cluster.commands import guard_of, guarded, key_of, slot_of
from workers.redis.cluster.information import together
from workers.redis.cluster.turn import ClusterAwayError
from workers.redis.fitness import unfit

ROOT = keys.prefix(0)

#: Of the script `return 1`.
SHA = "e0e1f9fabfc9d4800c877a703b823ac0578ff8db"


@pytest.fixture(name="client")
def emptied(cluster: ClusterOf) -> Iterator[redis.Redis]:
    client = ledger_client(cluster().url, 10)
    client.flushall()
    yield client
    client.close()


def elsewhere(cluster: Cluster, key: str) -> Callable[[], int]:
    """Moves a key's slot to the next primary when it is called."""
    at = cluster.primaries.index(cluster.owner(key))
    target = cluster.primaries[(at + 1) % len(cluster.primaries)]
    return lambda: cluster.move(key, target)


@pytest.mark.parametrize(
    ("command", "key"),
    [
        (("GET", "a"), "a"),
        (("XADD", "{wb:1}:events", "*", "event", "x"), "{wb:1}:events"),
        (("EVALSHA", "sha", 1, "{wb:2}:", "x"), "{wb:2}:"),
        (("XINFO GROUPS", "a"), "a"),
        (("XGROUP CREATE", "a", "g", "0"), "a"),
        (("XREADGROUP", "GROUP", "g", "c", "STREAMS", "a", ">"), "a"),
        (("XREADGROUP", "GROUP", "g", "c", b"COUNT", 3, b"STREAMS", "a", ">"), "a"),
        (("INFO", "server"), None),
        (("TIME",), None),
    ],
)
def test_the_key_of_a_command_is_found(
    command: tuple[str | bytes | int, ...], key: str | None
) -> None:
    assert key_of(command) == key


@pytest.mark.parametrize("key", ["{wb:3}:", "{wb:3}:events", "wb:gate:ingram/acme"])
def test_a_script_has_a_second_key_in_the_slot_of_its_own(key: str) -> None:
    plain = ("EVALSHA", "sha", 1, key, "argument")

    sent = guarded(plain)

    assert sent == ("EVALSHA", "sha", 2, key, guard_of(key), "argument")
    assert slot_of(("GET", str(sent[4]))) == slot_of(plain)
    assert sent[4] != key


def test_what_info_says_of_several_nodes_is_what_is_to_worry_about() -> None:
    good = {"redis_version": "7.0.15", "aof_enabled": 1, "role": "master"}
    other = {"redis_version": "7.0.9", "aof_enabled": 0, "role": "slave"}

    found = together([good | {"used_memory": 3}, other | {"used_memory": 4}])

    assert found["redis_version"] == "7.0.9"
    assert (found["aof_enabled"], found["role"], found["used_memory"]) == (
        0,
        "slave",
        7,
    )


def test_a_cluster_is_fit_as_one_redis_is(client: redis.Redis) -> None:
    assert unfit(client, allow_volatile=True) == []
    (complaint,) = unfit(client)
    assert "does not persist" in complaint


def test_a_pass_over_all_keys_visits_every_node(client: redis.Redis) -> None:
    names = {f"key-{n}" for n in range(200)}
    for name in names:
        client.set(name, "")

    assert {text(key) for key in client.scan_iter(count=7)} == names


def test_a_cursor_of_another_server_has_its_keys_passed_anew(
    client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {f"key-{n}" for n in range(200)}
    for name in names:
        client.set(name, "")
    cursor, _ = client.scan(0, count=20)
    # As if each primary were another process since.
    monkeypatch.setattr("workers.redis.scans.crc32", lambda _: 1)

    seen = set[str]()
    while cursor:
        cursor, found = client.scan(cursor, count=20)
        seen |= set(map(text, found))

    assert seen == names


def test_a_pipeline_answers_in_its_own_order(client: redis.Redis) -> None:
    pipeline = client.pipeline(transaction=False)
    for n in range(40):
        pipeline.set(f"key-{n}", n)
    pipeline.hget("key-7", "field")
    for n in range(40):
        pipeline.get(f"key-{n}")

    answers = pipeline.execute(raise_on_error=False)

    assert answers[:40] == [True] * 40
    assert isinstance(answers[40], ResponseError)
    assert answers[41:] == [str(n).encode() for n in range(40)]


def test_a_slot_that_has_moved_is_followed_and_its_node_taught_the_scripts(
    cluster: ClusterOf, client: redis.Redis
) -> None:
    scripts = Scripts(client)
    Rosters(scripts).join(["acme"])
    elsewhere(cluster(), ROOT)()

    Rosters(scripts).join(["zeta"])

    assert client.smembers(keys.endpoints(ROOT)) == {b"acme", b"zeta"}


def test_no_script_runs_while_its_keys_are_on_two_nodes(
    cluster: ClusterOf, client: redis.Redis
) -> None:
    Rosters(Scripts(client)).join(["acme"])
    made = cluster()
    at = made.primaries.index(made.owner(ROOT))
    target = made.primaries[(at + 1) % 3]
    hasty = hasty_client(made.url, "tests")
    call = Call("roster_join", ROOT, ("zeta",))

    with made.moving(ROOT, target) as step:
        for _ in range(2):
            with pytest.raises(ClusterAwayError):
                Scripts(hasty).run(call)
            # Single keys are found on either node meanwhile.
            assert client.smembers(keys.endpoints(ROOT)) == {b"acme"}
            step()

    Scripts(hasty).run(call)
    assert client.smembers(keys.endpoints(ROOT)) == {b"acme", b"zeta"}


def test_a_script_that_meets_a_slot_on_its_way_waits_for_it(
    cluster: ClusterOf, client: redis.Redis
) -> None:
    made = cluster()
    Rosters(Scripts(client)).join(["acme"])
    target = made.primaries[(made.primaries.index(made.owner(ROOT)) + 1) % 3]
    with made.moving(ROOT, target) as step:
        joins = threading.Thread(target=Rosters(Scripts(client)).join, args=(["zeta"],))
        joins.start()
        joins.join(0.3)
        assert joins.is_alive()
        step()

    joins.join(20.0)
    assert client.smembers(keys.endpoints(ROOT)) == {b"acme", b"zeta"}


def test_a_node_that_restarts_is_waited_for() -> None:
    with running_cluster(options=("--appendonly", "yes")) as own:
        patient, hasty = ledger_client(own.url, 4), hasty_client(own.url, "tests")
        patient.set(ROOT, "1")
        victim = own.owner(ROOT)
        victim.kill()
        with pytest.raises(redis.ConnectionError):
            hasty.get(ROOT)
        answers: list[object] = []
        asks = threading.Thread(target=lambda: answers.append(patient.get(ROOT)))
        asks.start()

        victim.start()

        asks.join(30.0)
        assert answers == [b"1"]


def test_a_redis_without_a_cluster_is_named(redis: redis.Redis) -> None:
    port = redis.connection_pool.connection_kwargs["port"]

    with pytest.raises(ResponseError, match="cluster support disabled"):
        hasty_client(f"redis+cluster://127.0.0.1:{port}", "tests").get("a")


def test_a_script_is_taught_to_whom_answers() -> None:
    with running_cluster() as own:
        client = ledger_client(own.url, 4)
        client.set(ROOT, "1")
        asked = own.owner(ROOT)
        for lost in (one for one in own.primaries if one is not asked):
            lost.kill()

        client.script_load("return 1")

        with asked.client() as there:
            assert there.script_exists(SHA) == [True]


def test_a_pass_under_which_the_primaries_have_changed_ends(
    client: redis.Redis,
) -> None:
    with pytest.raises(ClusterAwayError, match="changed during a SCAN"):
        client.scan(cursor=900)


@pytest.mark.parametrize("client_of", [looking_client, patient_client, hasty_client])
def test_nodes_that_name_each_other_for_ever_are_named_and_not_followed(
    client_of: Callable[[str, str], redis.Redis],
) -> None:
    with lying_nodes() as (one, two):
        client = client_of(f"redis+cluster://127.0.0.1:{one.port}", "tests")

        with pytest.raises(ClusterAwayError, match="name each other in turn") as error:
            client.get(ROOT)

        client.close()
        assert str(one.port) in str(error.value)
        assert str(two.port) in str(error.value)
        assert one.asked + two.asked <= REDIRECTIONS + 2 * RENEWALS
