"""Lists of orders leave out none, whatever happens between two of their pages."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis as redis_library
import structlog

from sandbox.server import Sandbox
from tests.ledger import acts
from tests.ledger.clock import World
from tests.ledger.test_repartition import Seen, repartition
from tests.redis_clusters import running_cluster, until
from tests.redis_servers import RedisServer, binaries, running
from tests.sentinel_servers import watched
from tests.waybill.terminal import Terminal, ledger_of
from tests.waybill.test_orders_list import placed
from waybill.connect import lasting_client, opened
from waybill.find.matches import look_through
from waybill.orders.export import exported
from waybill.sandbox import environment
from workers.ledger import keys
from workers.ledger.identity.heartbeats import Heartbeats
from workers.ledger.views.finding import searched
from workers.ledger.views.order_list import Wanted
from workers.ledger.views.order_pass import Place, place_of
from workers.redis.clients import ledger_client
from workers.redis.primary import _switched

NAMES = {f"SO-{n}" for n in range(60)}

#: What a server needs to have its keys again once it was killed.
LASTING = ("--appendonly", "yes", "--appendfsync", "always")

LISTS = ((), ("--open",), ("--failing",), ("--customer", "C"))


@dataclass(frozen=True, slots=True)
class Site:
    """A ledger whose Redis can be had changed."""

    url: str
    changes: Callable[[], object]


@contextmanager
def _restarting(binary: str, _folder: Path) -> Iterator[Site]:
    with running(binary, *LASTING) as server:

        def changes() -> None:
            server.kill()
            server.start()

        yield Site(server.url, changes)


@contextmanager
def _behind_sentinels(binary: str, folder: Path) -> Iterator[Site]:
    with watched(binary, folder) as group:

        def changes() -> None:
            _await_copies(group.primary, group.replicas)
            group.kill_primary()

        yield Site(group.url, changes)


@contextmanager
def _on_a_cluster(binary: str, _folder: Path) -> Iterator[Site]:
    with running_cluster(replicas=True, binary=binary) as cluster:
        primary = cluster.owner(keys.prefix(0))
        replica = cluster.replicas[cluster.primaries.index(primary)]

        def changes() -> None:
            _await_copies(primary, [replica])
            primary.kill()
            until("it has another", lambda: cluster.owner(keys.prefix(0)) is replica)

        yield Site(cluster.url, changes)


def _await_copies(primary: RedisServer, replicas: list[RedisServer]) -> None:
    with ExitStack() as clients:
        first, *others = [
            clients.enter_context(s.client()) for s in (primary, *replicas)
        ]
        until(
            "replicas have all",
            lambda: all(one.dbsize() == first.dbsize() for one in others),
        )


SITES = {
    "restart": _restarting,
    "sentinels": _behind_sentinels,
    "cluster": _on_a_cluster,
}


@pytest.fixture(
    params=[
        "restart",
        pytest.param("sentinels", marks=pytest.mark.long),
        pytest.param("cluster", marks=pytest.mark.long),
    ]
)
def site(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Site]:
    """A ledger of 60 orders that fail, of which a step sees a few."""
    for module in ("order_list", "finding"):
        monkeypatch.setattr(f"workers.ledger.views.{module}.STEP", 7)
    binary = list(binaries().values())[-1]
    with SITES[request.param](binary, tmp_path) as made:
        yield made


@pytest.fixture(name="settings")
def settings_of_site(site: Site, partners: Sandbox) -> dict[str, str]:
    apart = {"WAYBILL_REDIS_URL": site.url, "WAYBILL_BROKER_URL": "redis://127.0.0.1:1"}
    settings = environment(partners.url) | apart
    with ledger_client(site.url, 4) as client:
        fill(ledger_of(client, settings))
    return settings


def fill(world: World) -> None:
    for name in NAMES:
        [watch] = placed(world, name, customer_id="C")[:1]
        acts.settle(world, acts.sent(world, watch), acts.AGAIN)


def paged(
    waybill: Terminal,
    options: tuple[str, ...],
    happens: Callable[[], object],
    behind: Collection[int] = (1,),
) -> set[str]:
    """All that the pages of a list have; something happens behind some of them."""
    found, after, pages = set[str](), str(Place()), 0
    while after:
        given = ("--limit", "5", "--after", after, "--wait")
        page = waybill.json("orders", "list", *options, *given)
        assert len(page["orders"]) <= 5
        found |= {one["order"] for one in page["orders"]}
        after, pages = page["after"] or "", pages + 1
        if pages in behind:
            happens()
    return found


@pytest.mark.parametrize("options", LISTS)
def test_a_list_leaves_out_none_where_redis_is_another_between_two_pages(
    site: Site, settings: Mapping[str, str], options: tuple[str, ...]
) -> None:
    assert paged(Terminal(settings), options, site.changes) == NAMES


def test_an_export_leaves_out_none_where_redis_is_another_since(
    site: Site, settings: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("waybill.orders.export.PAGE", 5)
    with opened(settings, client_of=lasting_client) as one:
        found = exported(one, Wanted())
        names = {next(found)["order"]}

        site.changes()
        names |= {document["order"] for document in found}

    assert names == NAMES


def test_a_look_through_leaves_out_none_where_redis_is_another_since(
    site: Site, settings: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = list[int]()

    def looked(count: int) -> None:
        counts.append(count)
        if len(counts) == 2:
            site.changes()

    monkeypatch.setattr("waybill.find.matches._progress", lambda: looked)
    with opened(settings, client_of=lasting_client) as one:
        found, is_whole = look_through(one, "C")

    assert is_whole
    assert {one.order for one in found} == NAMES


def test_a_failover_is_logged_beside_what_a_command_prints(
    environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    structlog.reset_defaults()

    with opened(environ):
        _switched(("a", 1), ("b", 2))

    said = capsys.readouterr()
    assert said.out == ""
    assert "primary_switched" in said.err


@pytest.fixture(name="full")
def full_ledger(
    redis: redis_library.Redis,
    environ: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> World:
    for module in ("order_list", "finding"):
        monkeypatch.setattr(f"workers.ledger.views.{module}.STEP", 7)
    world = ledger_of(redis, environ)
    Heartbeats(redis).end("a worker")
    fill(world)
    return world


@pytest.mark.parametrize("options", LISTS)
def test_a_list_leaves_out_none_whose_neighbours_have_gone_since(
    full: World, waybill: Terminal, options: tuple[str, ...]
) -> None:
    """What a page has passed may go, and what is behind it is counted by nobody."""
    gone = set[str]()

    def go() -> None:
        first = waybill.json("orders", "list", *options, "--limit", "5", "--wait")
        root = acts.root(full)
        for one in first["orders"]:
            name = one["order"]
            gone.add(name)
            full.redis.delete(keys.record(root, name))
            full.redis.zrem(keys.failing(root), keys.watch_ref("westcon", name))

    assert paged(waybill, options, go) >= NAMES - gone


def test_an_open_order_is_listed_whatever_of_it_waits_by_then(
    full: World, waybill: Terminal
) -> None:
    """Its watch may end, and a delivery of it be due, or the other way round."""
    root, due = acts.root(full), keys.due

    def change() -> None:
        for name in NAMES:
            full.redis.zrem(due(root, "westcon"), keys.watch_ref("westcon", name))
            full.redis.hset(keys.order(root, name), mapping={"state": "", "open": 1})

    assert paged(waybill, ("--open",), change) == NAMES


@pytest.mark.parametrize("options", LISTS)
def test_a_list_leaves_out_none_that_moves_into_another_partition(
    full: World, waybill: Terminal, options: tuple[str, ...]
) -> None:
    """Into a place that was passed, from one that was not."""
    goals = iter((4, 2))

    def move() -> None:
        repartition(full, Seen()).apply(next(goals))

    assert paged(waybill, options, move, behind=(5, 8)) == NAMES


def test_a_look_through_leaves_out_none_that_moves_meanwhile(full: World) -> None:
    counts = list[int]()

    def looked(count: int) -> bool:
        counts.append(count)
        if len(counts) in {2, 7}:
            repartition(full, Seen()).apply(1 + len(counts) % 4)
        return True

    found = list(searched(full.redis, "C", full.places, looked))

    assert {one.order for one in found} == NAMES


def test_a_place_is_read_as_it_was_written() -> None:
    for place in (
        Place(),
        Place(3, 2, 1, 2**64, ("SO 1", "a.b/c", "→\n", "")),
        Place(left=("x",)),
    ):
        assert place_of(str(place)) == place
