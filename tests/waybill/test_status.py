"""`waybill status`: all is well, or every reason why it is not."""

import json
from dataclasses import replace

import pytest
import redis

from tasks.ledger_values import Kind, NewDelivery
from tests.ledger import acts
from tests.ledger.clock import World
from tests.redis_servers import RedisServer
from tests.waybill.terminal import ABLE, Terminal, known_to_a_worker, ledger_of
from waybill.status.reasons import closed_why, gate_word
from workers.dispatch.partition_gates import PartitionGates
from workers.ledger import keys
from workers.ledger.identity.heartbeats import Heartbeats
from workers.ledger.views.gates import GateState

HOUR_MS = 3_600_000


def now_ms(client: redis.Redis) -> int:
    seconds, micros = client.time()
    return int(seconds) * 1000 + int(micros) // 1000


def make_due(world: World, destination: str, ago_ms: int) -> None:
    """A delivery that has been due for so long."""
    acts.fill(world, destination)
    acts.admit(world, NewDelivery("D1", destination, Kind.LINK, b"x"))
    key = f"{acts.root(world)}due:{destination}"
    world.redis.zadd(key, {"delivery:D1": now_ms(world.redis) - ago_ms})


def test_a_ledger_with_nothing_wrong_is_well(ledger: World, waybill: Terminal) -> None:
    acts.watch(ledger)

    result = waybill("status")

    assert result.exit_code == 0, result.output
    assert "All is well." in result.stdout
    for name in ("westcon", "deck", "ingram/acme", "ingram/globex"):
        assert name in result.stdout


def test_json_holds_every_number(ledger: World, waybill: Terminal) -> None:
    acts.watch(ledger)
    ledger.stream.publish(b"an event")

    seen = waybill.json("status")

    assert (seen["well"], seen["reasons"]) == (True, [])
    assert seen["partitions"] == 1
    assert seen["dead_letters"] == 0
    assert (seen["stream"]["length"], seen["stream"]["pending"]) == (1, 0)
    assert seen["counts"] == {"ambiguous": 0, "admitted": 1}
    assert seen["epoch"].endswith("Z")
    [westcon] = [one for one in seen["destinations"] if one["name"] == "westcon"]
    assert westcon == {
        "name": "westcon",
        "configured": True,
        "due": 0,
        "overdue_seconds": 0.0,
        "leased": 1,
        "parked": False,
        "parked_why": None,
        "gate": {"open": True, "until": None, "why": None, "failures": 0},
        "last_failure": None,
    }


def test_a_redis_on_which_no_worker_has_begun_is_not_well(
    redis: redis.Redis, waybill: Terminal
) -> None:
    assert redis.dbsize() == 0

    result = waybill("status")

    assert result.exit_code == 1
    assert "the ledger's mark is missing" in result.stdout
    assert redis.dbsize() == 0


def test_dead_letters_are_not_well(ledger: World, waybill: Terminal) -> None:
    acts.dead(ledger, acts.link())

    result = waybill("status")

    assert result.exit_code == 1
    assert "not well: dead letters that wait for a decision: 1" in result.stdout


def test_an_opened_breaker_is_not_well_and_states_after_how_many_failures(
    ledger: World, waybill: Terminal
) -> None:
    for _ in range(5):
        ledger.gates.failed("deck")

    seen = waybill.json("status")

    [deck] = [one for one in seen["destinations"] if one["name"] == "deck"]
    assert not deck["gate"]["open"]
    assert deck["gate"]["failures"] == 5
    [reason] = seen["reasons"]
    assert reason.startswith("deck is not called until ")
    assert "the breaker opened after 5 failures in a row; look into it" in reason


def test_a_destination_that_asked_to_wait_is_not_well(
    ledger: World, waybill: Terminal
) -> None:
    ledger.gates.close("westcon", 3600)

    result = waybill("status")

    assert result.exit_code == 1
    assert "it asked to wait, or there is no token for it" in result.stdout


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("subscription_key", "WAYBILL_WESTCON__SUBSCRIPTION_KEY"),
        ("shut_out", "WAYBILL_WESTCON__BASE_URL"),
        ("token_refused", "refuses our credentials"),
        ("http_403", "quota of calls is used up"),
        ("http_429", "it asked to wait (429)"),
        ("proxy", "our proxy is not reached"),
        ("proxy_407", "another user or password"),
        ("proxy_403", "refuses to connect to it (403)"),
        ("certificate", "CA_FILE"),
    ],
)
def test_a_destination_that_refuses_us_states_what_to_look_at(
    ledger: World, waybill: Terminal, code: str, words: str
) -> None:
    ledger.gates.close("westcon", 900, code, probe=True)

    result = waybill("status")

    assert result.exit_code == 1
    assert words in " ".join(result.stdout.split())


def test_a_disabled_destination_is_not_well(ledger: World, waybill: Terminal) -> None:
    acts.disable(ledger, "ingram/acme")

    result = waybill("status")

    assert result.exit_code == 1
    output = " ".join(result.stdout.split())
    assert "not well: ingram/acme is disabled" in output
    assert "`waybill endpoints enable acme`" in output


def test_work_that_is_an_hour_late_is_not_well(
    ledger: World, waybill: Terminal
) -> None:
    make_due(ledger, "deck", HOUR_MS)

    [reason] = waybill.json("status")["reasons"]

    assert reason.startswith("deck has had work due for 1 h")


def test_work_that_is_a_minute_late_is_well(ledger: World, waybill: Terminal) -> None:
    make_due(ledger, "deck", 60_000)

    assert waybill("status").exit_code == 0


def test_work_for_what_is_not_configured_is_shown_and_reported_when_late(
    ledger: World, waybill: Terminal
) -> None:
    make_due(ledger, "deck", HOUR_MS)
    root = acts.root(ledger)
    ledger.redis.rename(f"{root}due:deck", f"{root}due:ingram/gone")
    ledger.redis.sadd(f"{root}destinations", "ingram/gone")

    result = waybill("status")

    assert "ingram/gone" in result.stdout
    assert "not in the settings; open" in result.stdout
    assert "no living worker knows endpoint gone" in result.stdout
    assert "has had work due" not in result.stdout
    known_to_a_worker(ledger.redis, "gone")
    late = "ingram/gone has had work due for 1 h; it is not in the settings of this"
    assert late in waybill("status").stdout


@pytest.mark.usefixtures("ledger")
def test_a_setting_of_another_number_of_partitions_gives_way_to_the_ledgers(
    waybill: Terminal,
) -> None:
    seen = waybill.json("status", WAYBILL_PARTITIONS="4")

    assert seen["partitions"] == 1


def test_all_partitions_are_seen(redis: redis.Redis, environ: dict[str, str]) -> None:
    cut = environ | {"WAYBILL_PARTITIONS": "4"}
    world = ledger_of(redis, cut)
    for number in range(8):
        acts.dead(world, acts.link(f"L{number}"), number=f"SO-{number}")

    assert Terminal(cut).json("status")["dead_letters"] == 8


def test_gaps_in_the_settings_are_reported_all_at_once() -> None:
    result = Terminal({"WAYBILL_WESTCON__CLIENT_ID": "me", "WAYBILL_LEASE": "x"})(
        "status"
    )

    assert result.exit_code == 2
    for name in ("WESTCON__CLIENT_SECRET", "WESTCON__PARTNER_KEY", "LEASE"):
        assert f"WAYBILL_{name}" in result.stderr


def test_a_half_open_breaker_is_reported_as_that() -> None:
    half = GateState(until_ms=None, breaker=True, failures=7)

    assert gate_word(half).startswith("half open")
    assert gate_word(GateState()) == "open"
    assert "7 failures" in closed_why(half)


def test_replicas_that_are_missing_are_reported_with_where_nothing_is_sent(
    ledger: World, waybill: Terminal
) -> None:
    PartitionGates(ledger.scripts).close(0, 60.0, "replicas")

    shown = waybill("status", WAYBILL_DURABILITY="wait:2").stdout
    bare = waybill("status").stdout

    assert "2 of 2 replicas are missing (WAYBILL_DURABILITY)" in shown
    assert "replicas are missing, so nothing is sent of partition 0" in bare
    assert "is not called until" not in bare
    assert "`waybill doctor` states how many are there" in bare


def test_no_worker_is_not_well_whatever_else_is(
    ledger: World, waybill: Terminal
) -> None:
    ledger.redis.delete(keys.WORKERS)

    result = waybill("status")

    assert result.exit_code == 1
    assert "not well: no worker is alive" in result.stdout
    assert "workers       none alive" in result.stdout


def test_the_workers_are_shown_with_what_they_do(
    ledger: World, waybill: Terminal
) -> None:
    assert ledger.redis.exists(keys.WORKERS)

    shown, [printed] = waybill("status").stdout, waybill.json("status")["workers"]

    assert "workers       1: worker@tests: orders, westcon, deck, ingram" in shown
    assert (printed["name"], printed["host"], printed["pid"]) == (
        "worker@tests",
        "tests",
        1,
    )
    assert (printed["intake"], printed["release"], printed["stuck"]) == (True, True, [])
    assert printed["started"].endswith("Z")


def test_settings_without_partners_need_the_events_queue_alone(
    redis: redis.Redis, redis_server: RedisServer
) -> None:
    deck = {
        "WAYBILL_REDIS_URL": redis_server.url,
        "WAYBILL_DECK__BASE_URL": "https://deck.example.com",
        "WAYBILL_DECK__SITE_CODE": "S",
        "WAYBILL_DECK__API_KEY": "key",
    }
    assert ledger_of(redis, deck).stream.length() == 0
    Heartbeats(redis).beat("a worker", replace(ABLE, queues=("deck",)))

    seen = Terminal(deck).json("status")

    assert [reason.partition(";")[0] for reason in seen["reasons"]] == [
        "no worker serves queue orders"
    ]


def test_of_many_endpoints_those_with_something_to_do_are_listed(
    ledger: World, environ: dict[str, str]
) -> None:
    one = json.loads(environ["WAYBILL_INGRAM__ENDPOINTS"])["acme"]
    many = {f"e{n:03}": one for n in range(200)}
    environ |= {"WAYBILL_INGRAM__ENDPOINTS": json.dumps(many)}
    acts.admit(ledger, acts.notification("N1", "e007"))
    waybill = Terminal(environ)

    seen, shown = waybill.json("status"), waybill("status").stdout

    listed = {each["name"] for each in seen["destinations"]}
    assert listed == {"westcon", "westcon/shipments", "deck", "ingram/e007"}
    assert seen["destinations_not_shown"] == 199
    assert "ingram/e007" in shown
    assert "and 199 endpoints that have nothing to do" in shown
