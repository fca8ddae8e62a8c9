"""Settings of a ledger on a Redis Cluster: its hints need a Redis that is none."""

from tests.settings.environments import DECK, problems
from workers.ledger import keys
from workers.redis.address import redis_address, same_server
from workers.redis.hosts import Host
from workers.settings.settings import Settings
from workers.wiring.ledger import stream_names

LEDGER = "redis+cluster://erp:secret@node-1:7000,node-2"
ON_CLUSTER = DECK | {"WAYBILL_REDIS_URL": LEDGER}
HINTS = {"WAYBILL_BROKER_URL": "redis://hints:6379/0"}


def test_a_clusters_url_names_its_nodes_and_shows_no_secret() -> None:
    address = redis_address(LEDGER)

    assert address.nodes == (Host("node-1", 7000), Host("node-2", 6379))
    assert address.shown == "redis+cluster://node-1:7000,node-2:6379"
    assert address.of_node(address.nodes[1]) == "redis://erp:secret@node-2:6379/0"


def test_two_urls_with_one_node_in_common_lead_to_one_cluster() -> None:
    assert same_server(LEDGER, "redis+cluster://node-3,node-2:6379")
    assert not same_server(LEDGER, "redis+cluster://node-3,node-4")
    assert not same_server(LEDGER, "redis://node-3:6379/0")


def test_hints_need_a_redis_that_is_no_cluster() -> None:
    (missing,) = problems(ON_CLUSTER)
    (given,) = problems(ON_CLUSTER | {"WAYBILL_BROKER_URL": LEDGER})

    for one in (missing, given):
        assert one.startswith("WAYBILL_BROKER_URL must be set where the ledger is on a")
    assert problems(ON_CLUSTER | HINTS) == ()


def test_all_streams_are_of_partitions_on_a_cluster_alone() -> None:
    partitions = {"WAYBILL_PARTITIONS": "2"}
    own = [keys.events(keys.prefix(n)) for n in range(2)]

    apart = stream_names(Settings.load(ON_CLUSTER | HINTS | partitions))
    together = stream_names(Settings.load(DECK | partitions))

    assert [name for name, _ in apart.every()] == own
    assert [name for name, _ in together.every()] == ["orders:events", *own]


def test_a_stream_of_another_name_than_a_partitions_is_shared() -> None:
    (problem,) = problems(DECK | {"WAYBILL_STREAM": "{wb:0}:events"})

    assert problem.startswith("WAYBILL_STREAM must not begin as a partition's stream")
