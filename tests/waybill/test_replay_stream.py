"""`waybill replay-stream`: what the ledger does not know is added again, once."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from serializers.events import decode
from serializers.events.entry import MAX_BYTES
from serializers.events.entry_fields import of_event
from tests.conftest import ClusterOf
from tests.ledger import acts
from tests.ledger.clock import World, build
from tests.processes import feed
from tests.serializers.events.event_samples import wire
from tests.waybill.terminal import Terminal
from waybill.dead_letters.canary import Canary
from workers.ledger import keys
from workers.ledger.letters.acts import Replayed
from workers.ledger.stream.reader import Stream
from workers.ledger.stream.streams import Streams, streams_of
from workers.redis.clients import ledger_client
from workers.settings.settings import Settings
from workers.wiring.ledger import stream_names


@dataclass(frozen=True, slots=True)
class Moved:
    """A ledger on a Cluster with one event that was moved.

    Attributes:
        waybill: the command.
        world: the ledger.
        streams: of it.
        first: the entry that it had first.
    """

    waybill: Terminal
    world: World
    streams: Streams[Stream]
    first: str

    def read(self) -> str:
        """The entry that it has now, which becomes pending."""
        right = self.streams.for_order("70000001")
        (entry,) = right.read("tests", 10, 1)
        return entry

    def found(self) -> dict[str, Any]:
        all_ = self.waybill.json("replay-stream", "--since", "1h", "--dry-run")
        return {name: all_[name] for name in ("entries", "waiting", "known", "lost")}


def entries(world: World) -> list[tuple[bytes, dict[bytes, bytes]]]:
    found: Any = world.redis.xrange(world.stream.name)
    return list(found)


@pytest.fixture
def passed_over(ledger: World) -> World:
    """One is admitted, one refused, one no event, two passed over; one waits."""
    ledger.stream.make()
    ids = [ledger.stream.publish(feed.placed(f"7000000{n}")) for n in range(5)]
    ids.append(ledger.stream.publish(b"no event"))
    digest = decode.digest(feed.SOURCE, "70000000:order.placed")
    admission = acts.admission(ledger, number="70000000", digest=digest)
    ledger.ledger.admit([replace(admission, entry=ids[0])])
    body = of_event(feed.placed("70000001"))
    ledger.ledger.bury_event(ids[1], body, "data: no", "malformed")
    ledger.redis.xgroup_setid("orders:events", "waybill", ids[3])
    return ledger


def test_what_would_be_added_again_is_shown_and_nothing_is_done(
    passed_over: World, waybill: Terminal
) -> None:
    ids = [id_.decode() for id_, _ in entries(passed_over)]
    before = acts.everything(passed_over)

    found = waybill.json("replay-stream", "--since", "1h", "--dry-run")
    shown = waybill("replay-stream", "--since", "1h", "--dry-run").stdout

    assert found == {
        "entries": 6,
        "waiting": 2,
        "known": 2,
        "unreadable": 0,
        "lost": ids[2:4],
        "replayed": 0,
    }
    assert shown.endswith("Nothing was done.\n")
    assert acts.everything(passed_over) == before


def test_each_is_added_once_dated_by_its_first_entry_and_has_its_act(
    passed_over: World, waybill: Terminal
) -> None:
    ids = [id_.decode() for id_, _ in entries(passed_over)]

    first = waybill.json("replay-stream", "--since", "1h", "--as=jane")
    again = waybill.json("replay-stream", "--since", "1h", "--as=jane")

    assert (first["replayed"], again["replayed"]) == (2, 0)
    added = entries(passed_over)[6:]
    assert [fields[b"waybill-first-entry"].decode() for _, fields in added] == ids[2:4]
    assert [fields[b"event"] for _, fields in added] == [
        feed.placed("70000002"),
        feed.placed("70000003"),
    ]
    found = waybill.json("audit", "list")
    assert [(one["what"], one["target"], one["who"]) for one in found] == [
        ("event.replayed", ids[2], "jane"),
        ("event.replayed", ids[3], "jane"),
    ]


def test_what_is_no_event_is_counted_and_left(ledger: World, waybill: Terminal) -> None:
    ledger.stream.make()
    id_ = ledger.stream.publish(b"no event")
    ledger.redis.xgroup_setid("orders:events", "waybill", id_)

    found = waybill.json("replay-stream", "--since", "1h")

    assert (found["unreadable"], found["lost"], found["replayed"]) == (1, [], 0)


@pytest.mark.usefixtures("ledger")
def test_a_moment_of_which_nothing_is_remembered_is_refused(waybill: Terminal) -> None:
    result = waybill("replay-stream", "--since", "30d", "--dry-run")

    assert result.exit_code == 2
    assert "WAYBILL_DEDUP_WINDOW" in result.stderr


@pytest.fixture
def refused(ledger: World) -> str:
    """The only entry: an event that was read and is a dead letter; its id."""
    ledger.stream.make()
    body = json.dumps(wire(type=None)).encode()
    id_ = ledger.stream.publish(body)
    _refuse(ledger, id_, body)
    return id_


def _refuse(world: World, id_: str, body: bytes) -> None:
    world.stream.read("tests", 10, 1)
    world.ledger.bury_event(id_, of_event(body), "type: missing", "malformed")


def _found(waybill: Terminal) -> tuple[int, list[str], int]:
    found = waybill.json("replay-stream", "--since", "1h")
    return found["known"], found["lost"], found["replayed"]


def test_a_discarded_event_is_not_brought_back(
    ledger: World, waybill: Terminal, refused: str
) -> None:
    waybill("dead-letters", "discard", refused, "--reason=a test order")

    assert not ledger.letters.has(f"event:{refused}")
    assert _found(waybill) == (1, [], 0)


def test_the_first_text_of_a_corrected_event_is_not_brought_back(
    ledger: World, waybill: Terminal, refused: str, tmp_path: Path
) -> None:
    file = tmp_path / "mended.json"
    file.write_text(json.dumps(wire(type="order.placed")), "utf-8")
    sent = waybill("dead-letters", "edit", refused, "--file", str(file), "--yes")
    (_, (revision, _)) = entries(ledger)
    _refuse(ledger, revision.decode(), b"{}")

    waybill("dead-letters", "discard", refused, "--reason=corrected")

    assert sent.exit_code == 0
    assert _found(waybill) == (2, [], 0)


def test_an_event_that_was_replayed_and_refused_anew_is_not_brought_back(
    ledger: World, waybill: Terminal, refused: str
) -> None:
    waybill("dead-letters", "replay", refused)
    (_, (again, fields)) = entries(ledger)
    _refuse(ledger, again.decode(), fields[b"event"])

    assert _found(waybill) == (2, [], 0)


def test_a_decision_about_more_fields_than_a_script_hands_on_is_known(
    ledger: World, waybill: Terminal
) -> None:
    ledger.stream.make()
    fields = (*of_event(feed.placed("70000001")), *[(b"other", b"x")] * 3_500)
    id_ = ledger.stream.add(fields)
    ledger.stream.read("tests", 10, 1)
    ledger.ledger.bury_event(id_, fields, "data: no", "malformed")

    waybill("dead-letters", "replay", id_)

    assert not ledger.letters.has(f"event:{id_}")
    assert _found(waybill) == (1, [], 0)


def test_a_decision_is_known_for_the_dedup_window(
    ledger: World, waybill: Terminal, refused: str
) -> None:
    waybill("dead-letters", "discard", refused, "--reason=a test order")

    left: Any = ledger.redis.pttl(keys.decided(keys.prefix(0), refused))
    assert 0 <= ledger.retention.dedup - left < 60_000


BINARY = (
    (b"ce_specversion", b"1.0"),
    (b"ce_id", b"e-1"),
    (b"ce_source", b"/erp"),
    (b"ce_type", b"order.placed"),
    (b"data", b'{"order_number": "SO-1"}'),
)


def test_binary_mode_is_told_apart_too(ledger: World, waybill: Terminal) -> None:
    ledger.stream.make()
    lost = ledger.stream.add(BINARY)
    other = tuple((n, b"e-2" if n == b"ce_id" else value) for n, value in BINARY)
    admitted = ledger.stream.add(other)
    admission = acts.admission(ledger, digest=decode.digest("/erp", "e-2"))
    ledger.ledger.admit([replace(admission, entry=admitted)])
    ledger.redis.xgroup_setid("orders:events", "waybill", admitted)

    found = waybill.json("replay-stream", "--since", "1h")

    assert (found["known"], found["unreadable"]) == (1, 0)
    assert (found["lost"], found["replayed"]) == ([lost], 1)
    added = dict(entries(ledger)[-1][1])
    assert added.items() >= dict(BINARY).items()
    assert added[b"waybill-first-entry"].decode() == lost


def test_an_entry_that_no_worker_would_read_is_no_event(
    ledger: World, waybill: Terminal
) -> None:
    ledger.stream.make()
    event = of_event(feed.placed("70000001"))
    ledger.stream.add((*event, *event))
    id_ = ledger.stream.add((*event, (b"other", b"x" * MAX_BYTES)))
    ledger.redis.xgroup_setid("orders:events", "waybill", id_)

    found = waybill.json("replay-stream", "--since", "1h")

    assert (found["unreadable"], found["lost"]) == (2, [])


@pytest.fixture
def moved(environ: dict[str, str], cluster: ClusterOf) -> Iterator[Moved]:
    """An event that was added to another partition's stream, and moved to its own."""
    own = environ | {
        "WAYBILL_BROKER_URL": environ["WAYBILL_REDIS_URL"],
        "WAYBILL_REDIS_URL": cluster().url,
        "WAYBILL_PARTITIONS": "2",
    }
    client = ledger_client(own["WAYBILL_REDIS_URL"], 4)
    client.flushall()
    streams = streams_of(client, stream_names(Settings.load(own)))
    assert isinstance(streams, Streams)
    streams.make()
    astray = streams.for_order("70000001").partition == 0
    first = streams.every[int(astray)].publish(feed.placed("70000001"))
    streams.every[int(astray)].read("tests", 10, 1)
    assert streams.start([first]) == {first: None}
    yield Moved(Terminal(own), build(client, partitions=2), streams, first)
    client.close()


def test_what_was_moved_is_looked_at_where_it_is(moved: Moved) -> None:
    waits = moved.found()
    entry = moved.read()
    moved.world.ledger.bury_event(entry, of_event(b"x"), "data: no", "malformed")
    dead = moved.found()
    moved.waybill("dead-letters", "discard", entry, "--reason=a test order")
    discarded = moved.found()

    assert waits == {"entries": 2, "waiting": 1, "known": 1, "lost": []}
    assert dead == {"entries": 2, "waiting": 0, "known": 2, "lost": []}
    assert discarded == dead


def test_what_was_moved_and_passed_over_there_is_brought_back_once(
    moved: Moved,
) -> None:
    entry = moved.read()
    moved.streams.acknowledge([entry])

    assert moved.found()["lost"] == [entry]
    again = [moved.waybill.json("replay-stream", "--since", "1h") for _ in range(2)]
    assert [one["replayed"] for one in again] == [1, 0]


def test_a_canary_that_is_moved_is_followed_to_where_it_is(moved: Moved) -> None:
    canary = Canary(moved.world.redis, moved.streams, 2)
    sent = {f"event:{moved.first}": Replayed("replayed", moved.first)}

    def verdict() -> list[str]:
        return list(canary.outcomes(sent, 0, 0.0).values())

    before, entry = verdict(), moved.read()
    moved.world.ledger.bury_event(entry, of_event(b"x"), "data: no", "malformed")

    assert (before, verdict()) == ([""], ["failed"])
