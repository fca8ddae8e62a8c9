"""Settings that differ from those of the worker before have an entry, and no secret."""

import structlog

from serializers.audit.chain import Head, verify
from serializers.audit.entry import AuditEntry, decode
from tests.ledger.clock import World
from workers.ledger import keys
from workers.ledger.audit.actor import Actor
from workers.ledger.audit.heads import EVERY, LoggedHeads
from workers.ledger.audit.reader import AuditReader
from workers.ledger.audit.settings_book import (
    Difference,
    KnownSettings,
    notice,
)
from workers.ledger.scripts import Call
from workers.redis.answers import text

KEY = b"a-key"
KEPT = keys.settings(keys.prefix(0))
WORKER = Actor("worker one@host", door="worker", key=KEY)
FIRST = KnownSettings(("acme", "globex"), {"deck.api_key": "aa", "x": "bb"}, "k1")


def entries(world: World) -> list[AuditEntry]:
    raws, head = AuditReader(world.redis).whole(0)
    assert verify(raws, head, [KEY]).faults == ()
    return [decode(raw) for raw in raws]


def test_the_first_worker_has_nothing_to_compare_with(world: World) -> None:
    found = notice(world.scripts, FIRST, WORKER)

    assert not found
    assert entries(world) == []
    assert text(world.redis.get(KEPT)) == FIRST.packed()


def test_what_a_person_changed_is_named_with_its_worker(world: World) -> None:
    notice(world.scripts, FIRST, WORKER)
    secrets = {"deck.api_key": "cc", "y": "dd"}

    found = notice(
        world.scripts, KnownSettings(("globex", "beta"), secrets, "k1"), WORKER
    )

    assert (found.added, found.removed) == (("beta",), ("acme",))
    assert found.secrets == ("deck.api_key", "x", "y")
    (entry,) = entries(world)
    names = ("what", "who", "door", "endpoints_added", "endpoints_removed")
    assert [entry.stated(name) for name in names] == [
        "settings.changed",
        "worker one@host",
        "worker",
        "beta",
        "acme",
    ]
    assert entry.stated("secrets_changed") == "deck.api_key, x, y"


def test_the_same_settings_leave_no_entry(world: World) -> None:
    for _ in range(3):
        notice(world.scripts, FIRST, WORKER)

    assert entries(world) == []


def test_digests_of_another_key_are_not_compared(world: World) -> None:
    notice(world.scripts, FIRST, WORKER)
    other = KnownSettings(FIRST.endpoints, {"deck.api_key": "ee"}, "k2")

    assert not notice(world.scripts, other, WORKER)
    assert entries(world) == []
    again = KnownSettings(FIRST.endpoints, {"deck.api_key": "ff"}, "k2")
    assert notice(world.scripts, again, WORKER).secrets == ("deck.api_key",)


def test_of_many_endpoints_the_first_are_named_and_all_counted(world: World) -> None:
    notice(world.scripts, FIRST, WORKER)
    names = tuple(f"e-{n:04}" for n in range(3000))

    notice(world.scripts, KnownSettings(names, FIRST.secrets, "k1"), WORKER)

    (entry,) = entries(world)
    assert entry.act["endpoints_added_count"] == 3000
    assert len(entry.stated("endpoints_added").split(", ")) == 20


def test_of_two_that_start_at_once_one_leaves_the_entry(world: World) -> None:
    notice(world.scripts, FIRST, WORKER)
    now, seen = KnownSettings(("acme",), FIRST.secrets, "k1"), list[Difference]()

    class Between(type(world.scripts)):  # type: ignore[misc] # a class of the world's
        """Another worker comes first after what is kept was read."""

        def run(self, call: Call) -> object:
            if call.script.endswith("settings_note") and not seen:
                seen.append(notice(world.scripts, now, WORKER))
            return world.scripts.run(call)

    late = notice(Between(world.redis, world.clock), now, WORKER)

    assert [one.removed for one in seen] == [("globex",)]
    assert not late
    assert [one.stated("endpoints_removed") for one in entries(world)] == ["globex"]


def test_what_is_kept_and_is_nothing_of_ours_is_replaced(world: World) -> None:
    world.redis.set(KEPT, "[1")

    assert not notice(world.scripts, FIRST, WORKER)
    assert text(world.redis.get(KEPT)) == FIRST.packed()


def test_a_head_that_has_moved_is_logged_and_no_other(world: World) -> None:
    now = [100.0]
    reader = AuditReader(world.redis, 2)
    heads = LoggedHeads(reader, lambda: 1.5, lambda: now[0])
    lines = []
    for change in (False, True, False):
        if change:
            notice(world.scripts, FIRST, WORKER)
            notice(world.scripts, KnownSettings((), FIRST.secrets, "k1"), WORKER)
        with structlog.testing.capture_logs() as logged:
            assert heads.turn() == 1.5
            assert heads.turn() == 1.5
        lines.append(logged)
        now[0] += EVERY

    head: Head = reader.head(0)
    assert [len(one) for one in lines] == [0, 1, 0]
    (line,) = lines[1]
    assert (line["event"], line["n"], line["link"]) == ("audit_head", 1, head.link)
