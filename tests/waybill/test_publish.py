"""`waybill publish`: what is an event goes into the stream, what is none is named."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import redis

from tests.redis_servers import RedisServer
from tests.serializers.events.event_samples import wire
from tests.waybill.terminal import ABLE, Terminal
from workers.ledger.identity.heartbeats import Heartbeats


@pytest.fixture(autouse=True)
def persisting(redis: redis.Redis) -> Iterator[None]:
    """A Redis that keeps what it is given, as publishing demands."""
    redis.config_set("appendonly", "yes")
    yield
    redis.config_set("appendonly", "no")


def event(number: str, **changes: object) -> bytes:
    return json.dumps(
        wire(id=f"e-{number}", data__order_number=number, **changes)
    ).encode()


def stream(client: redis.Redis) -> dict[str, bytes]:
    entries: Any = client.xrange("orders:events")
    return {id_.decode(): fields[b"event"] for id_, fields in entries}


def test_each_line_is_an_event_and_is_reported_with_its_entry(
    redis: redis.Redis, waybill: Terminal
) -> None:
    lines = event("SO-1") + b"\n\n" + event("SO-2") + b"\n"

    result = waybill("publish", "-", stdin=lines)

    shown = [line.split("  ") for line in result.stdout.splitlines()]
    assert (result.exit_code, result.stderr) == (0, "")
    assert [line[1:] for line in shown] == [["e-SO-1", "SO-1"], ["e-SO-2", "SO-2"]]
    assert stream(redis) == {shown[0][0]: event("SO-1"), shown[1][0]: event("SO-2")}


def test_an_account_that_no_living_worker_has_is_refused_with_the_nearest(
    redis: redis.Redis, waybill: Terminal
) -> None:
    def at(number: str, account: str, site: str = "default") -> bytes:
        chosen = {"data__westcon": {"account": account}, "data__deck": {"site": site}}
        return event(number, **chosen)

    lines = b"\n".join([at("SO-1", "dahc"), at("SO-2", "dach"), at("SO-3", "uk", "x")])

    # Nobody is there to ask.
    assert waybill("publish", "-", stdin=lines).exit_code == 0

    names = {"account": ["dach", "default"], "site": ["default"]}
    Heartbeats(redis).beat("one", replace(ABLE, names=names))
    Heartbeats(redis).beat("two", replace(ABLE, names={"account": ["uk"]}))
    result = waybill("publish", "-", stdin=lines)

    assert result.exit_code == 1
    what = "data.westcon.account: no account is called dahc, did you mean dach?"
    assert f"line 1: refused: {what}" in result.stderr
    assert "line 2" not in result.stderr
    assert "data.deck.site: no site is called x, there are default" in result.stderr


def test_a_refused_event_is_reported_with_its_line_and_does_not_stop_the_others(
    redis: redis.Redis, waybill: Terminal
) -> None:
    bad = json.dumps({"specversion": "1.0", "id": "e-9", "data": {}}).encode()
    lines = event("SO-1") + b"\n" + bad + b"\n" + event("SO-2")

    result = waybill("publish", "-", stdin=lines)

    assert result.exit_code == 1
    assert list(stream(redis).values()) == [event("SO-1"), event("SO-2")]
    *shown, total, cause = result.stderr.splitlines()
    assert all(line.startswith("line 2: refused: ") for line in shown)
    assert total == "2 accepted, 1 refused:"
    assert cause.startswith("  1: data.order_number: missing; ")
    assert cause.endswith(" (line 2)")
    for path in ("source: missing", "type: missing", "data.order_number: missing"):
        assert f"line 2: refused: {path}" in shown


def test_the_elements_of_an_array_are_published_as_they_were_written(
    redis: redis.Redis, waybill: Terminal
) -> None:
    first = event("SO-1").replace(b'"1.0"', b' "1.0"')
    second = event("SO-2", data__weight=1.5).replace(b"1.5", b"1.50")
    text = b"\n[\n  " + first + b" ,\n  " + second + b"\n]\n"

    result = waybill("publish", "-", stdin=text)

    assert result.exit_code == 0, result.stderr
    assert list(stream(redis).values()) == [first, second]


def test_an_element_that_is_refused_is_reported_with_its_line(
    redis: redis.Redis, waybill: Terminal
) -> None:
    text = b"[" + event("SO-1") + b",\n\n" + b'{"id":\n 1},\n5]'

    result = waybill("publish", "-", stdin=text)

    assert result.exit_code == 1
    lines = {line.partition(":")[0] for line in result.stderr.splitlines()}
    assert {"line 3", "line 5"} < lines
    assert list(stream(redis).values()) == [event("SO-1")]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (b"[%s,\n", "broken at line 2"),
        (b"[%s\n%s]", "comma is missing before line 2"),
        (b"[%s]\n\nx", "follows its end at line 3"),
        (b"[\n%s,\n{]", "broken at line 3"),
        (b"[%s\xff]", "not UTF-8"),
        (b"[", "broken at line 1"),
    ],
)
def test_of_a_broken_array_nothing_is_published(
    redis: redis.Redis, waybill: Terminal, text: bytes, place: str
) -> None:
    result = waybill("publish", "-", stdin=text.replace(b"%s", event("SO-1")))

    assert result.exit_code == 1
    assert place in result.stderr
    assert stream(redis) == {}


def test_of_a_broken_array_json_reports_nothing(waybill: Terminal) -> None:
    result = waybill("publish", "--json", "-", stdin=b"[1")

    assert (result.exit_code, result.stdout) == (1, "[]\n")


@pytest.mark.parametrize("nothing", [b"", b"\n", b" \n\t\r\n \n", b" [ ] ", b"[]\n"])
def test_publishing_nothing_is_reported_and_is_not_well(
    redis: redis.Redis, waybill: Terminal, nothing: bytes
) -> None:
    result = waybill("publish", "-", stdin=nothing)
    as_json = waybill("publish", "--json", "-", stdin=nothing)

    assert (result.exit_code, result.stdout) == (1, "")
    assert "the input holds no event; nothing was published" in result.stderr
    assert (as_json.exit_code, json.loads(as_json.stdout)) == (1, [])
    assert stream(redis) == {}


def test_thousands_of_refused_lines_are_counted_by_cause(
    redis: redis.Redis, waybill: Terminal
) -> None:
    def line(n: int) -> bytes:
        if n % 1_000 == 500:
            return event(f"SO-{n}")
        if n % 2:
            lines = [{"line_number": str(n)}] * (n % 7 + 1)
            return event(f"SO-{n}", type="order.status_changed", data__lines=lines)
        return json.dumps(wire(data__order_number=n, id=None)).encode()

    result = waybill("publish", "-", stdin=b"\n".join(map(line, range(1, 4_001))))
    shown = waybill.json("publish", "-", stdin=b"\n".join(map(line, range(1, 101))))

    output = result.stderr.splitlines()
    both = "data.order_number: must be a text, not a number; id: must be a text"
    assert result.exit_code == 1
    assert len(output) < 100
    assert output[-3:] == [
        "4 accepted, 3996 refused:",
        "  2000: data.lines[].status: missing (lines 1, 3, 5, 7, 9 and 1995 more)",
        f"  1996: {both} (lines 2, 4, 6, 8, 10 and 1991 more)",
    ]
    assert len(stream(redis)) == len(result.stdout.splitlines()) == 4
    assert len(shown) == 100
    assert all(one["problems"] for one in shown)


def test_a_slip_in_a_members_name_is_refused_with_the_nearest_name(
    redis: redis.Redis, waybill: Terminal
) -> None:
    slip = event("SO-1", data__custommer_id="C-1")
    extended = event("SO-2", data__colour="red", data__purchase_order_date="today")

    result = waybill("publish", "-", stdin=slip + b"\n" + extended)
    (one,) = waybill.json("publish", "-", stdin=slip)
    unchecked = waybill("publish", "--unchecked", "-", stdin=slip)

    problem = "data.custommer_id: did you mean customer_id?"
    assert f"line 1: refused: {problem}" in result.stderr.splitlines()
    assert (one["accepted"], one["problems"]) == (False, [problem])
    assert unchecked.exit_code == 0
    assert list(stream(redis).values()) == [extended, slip]


def test_strict_events_have_no_extensions_in_their_data(
    redis: redis.Redis, waybill: Terminal
) -> None:
    extended = event("SO-1", data__colour="red", traceparent="00-ab")
    plain = event("SO-2", traceparent="00-ab")

    result = waybill(
        "publish", "-", stdin=extended + b"\n" + plain, WAYBILL_STRICT_EVENTS="true"
    )

    assert "line 1: refused: data.colour: is not declared" in result.stderr
    assert list(stream(redis).values()) == [plain]


def test_one_object_over_several_lines_is_one_event(
    redis: redis.Redis, waybill: Terminal
) -> None:
    text = json.dumps(json.loads(event("SO-1")), indent=2).encode()

    result = waybill("publish", "-", stdin=text + b"\n")

    assert result.exit_code == 0, result.stderr
    assert list(stream(redis).values()) == [text]


def test_a_first_line_that_is_no_json_does_not_stop_the_others(
    redis: redis.Redis, waybill: Terminal
) -> None:
    result = waybill("publish", "-", stdin=b"oops\n" + event("SO-1") + b"\n")

    assert result.exit_code == 1
    assert result.stderr.startswith("line 1: refused: ")
    assert list(stream(redis).values()) == [event("SO-1")]


def test_unchecked_publishes_what_is_no_event(
    redis: redis.Redis, waybill: Terminal
) -> None:
    result = waybill("publish", "--unchecked", "-", stdin=b"oops\n")

    assert result.exit_code == 0
    assert list(stream(redis).values()) == [b"oops"]


def test_json_states_of_each_event_what_became_of_it(
    redis: redis.Redis, waybill: Terminal
) -> None:
    bad = event("SO-2", specversion="0.3")

    shown = waybill.json("publish", "-", stdin=event("SO-1") + b"\n" + bad)

    entry = next(iter(stream(redis)))
    assert shown == [
        {
            "entry": entry,
            "id": "e-SO-1",
            "order": "SO-1",
            "accepted": True,
            "problems": [],
        },
        {
            "entry": None,
            "id": "e-SO-2",
            "order": "SO-2",
            "accepted": False,
            "problems": ["specversion: must be '1.0'"],
        },
    ]


def test_publishing_needs_no_partners_settings(
    redis: redis.Redis, redis_server: RedisServer
) -> None:
    terminal = Terminal(
        {
            "WAYBILL_REDIS_URL": redis_server.url,
            "WAYBILL_STREAM": "another",
            "WAYBILL_WESTCON__CLIENT_ID": "a gap besides",
            "WAYBILL_INGRAM__ENDPOINTS": "no json",
        }
    )

    result = terminal("publish", "-", stdin=event("SO-1"))

    assert result.exit_code == 0, result.stderr
    assert redis.xlen("another") == 1


def test_a_file_that_is_not_there_is_bad_usage(waybill: Terminal) -> None:
    assert waybill("publish", "no-such-file").exit_code == 2


def test_what_no_replica_confirms_is_in_doubt_with_an_exit_code_of_its_own(
    redis: redis.Redis, waybill: Terminal
) -> None:
    lines = event("SO-1") + b"\n" + event("SO-2") + b"\n"

    result = waybill("publish", "-", stdin=lines, WAYBILL_DURABILITY="wait:1:50")

    assert result.exit_code == 3
    assert result.stdout == ""
    assert "line 1: in doubt: too few replicas for event e-SO-1" in result.stderr
    assert "0 of 1 replicas" in result.stderr
    assert list(stream(redis).values()) == [event("SO-1")]
