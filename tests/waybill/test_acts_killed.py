"""A bulk of acts that is killed anywhere, and given again until nothing is left."""

import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from serializers.audit.chain import verify
from serializers.audit.entry import decode
from serializers.events.entry_fields import of_event
from tests.ledger import acts
from tests.ledger.clock import World
from tests.processes.child import Child
from tests.processes.forked import WAYBILL
from tests.redis_servers import ONE_REDIS
from workers.ledger.audit.reader import AuditReader

pytestmark = pytest.mark.processes
KEY = "a-key"
#: How many there are, and how many are done at the most before a command is killed.
LETTERS, MOST = 300, 100


@pytest.fixture
def letters(ledger: World) -> World:
    """As many notifications, links and events as are replayed in a second or two."""
    for n in range(0, LETTERS, 3):
        acts.dead(ledger, acts.notification(f"N{n}"), number=f"SO-{n}")
        acts.dead(ledger, acts.link(f"L{n}"), number=f"SO-{n}")
        ledger.ledger.bury_event(f"{n}-1", of_event(b"{}"), "event: x", "decode")
    return ledger


def killed_until_nothing_is_left(
    letters: World, environ: dict[str, str], folder: Path, *command: str
) -> int:
    """Give a command again and again, each time killed somewhere; how often it was."""
    known = environ | {"WAYBILL_AUDIT_KEY": KEY}
    dice, kills = random.Random(71), 0
    while before := letters.letters.count():
        words = (WAYBILL, "dead-letters", *command)
        bulk = Child(words, folder / f"bulk-{kills}.log", known)
        # Somewhere in the middle of its acts, wherever that is on this machine.
        left = max(0, before - dice.randint(1, MOST))
        ends = time.monotonic() + 60
        while letters.letters.count() > left and bulk.running:
            assert time.monotonic() < ends, bulk.output()
            time.sleep(0.001)
        bulk.kill()
        kills += 1
    return kills


@ONE_REDIS
def test_a_bulk_that_is_killed_anywhere_has_done_each_letter_once_or_not(
    letters: World, environ: dict[str, str], tmp_path: Path
) -> None:
    ids = {one.id for one in letters.letters.all()}
    assert len(ids) == LETTERS

    kills = killed_until_nothing_is_left(letters, environ, tmp_path, "replay", "--all")

    raws, head = AuditReader(letters.redis).whole(0)
    entries = [decode(raw) for raw in raws]
    assert kills >= 3
    assert verify(raws, head, [KEY.encode()]).faults == ()
    assert Counter(one.stated("target") for one in entries) == Counter(ids)
    added: Any = letters.redis.xrange(letters.stream.name)
    firsts = Counter(fields[b"waybill-first-entry"] for _, fields in added)
    assert firsts == {f"{n}-1".encode(): 1 for n in range(0, LETTERS, 3)}
    for n in range(0, LETTERS, 3):
        for ref in (f"delivery:N{n}", f"delivery:L{n}"):
            history = acts.field(letters, ref, "history", f"SO-{n}")
            assert history.count(" replayed\n") == 1
            assert acts.state(letters, ref, f"SO-{n}") == "due"


@ONE_REDIS
def test_a_discard_that_is_killed_anywhere_has_done_each_letter_once_or_not(
    letters: World, environ: dict[str, str], tmp_path: Path
) -> None:
    ids = {one.id for one in letters.letters.all()}

    # Slower than it need be, so that it is met in the middle on any machine.
    command = ("discard", "--all", "--rate", "300", "--reason", "a test")
    kills = killed_until_nothing_is_left(letters, environ, tmp_path, *command)

    raws, head = AuditReader(letters.redis).whole(0)
    entries = [decode(raw) for raw in raws]
    assert kills >= 3
    assert verify(raws, head, [KEY.encode()]).faults == ()
    assert Counter(one.stated("target") for one in entries) == Counter(ids)
    assert {one.stated("what") for one in entries} == {"dead_letter.discarded"}
