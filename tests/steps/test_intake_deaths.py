"""Workers die around events: what ends them is given up, and nothing else ever is."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

import pytest
import redis

from serializers.events.entry_fields import Apart
from tests.defaults import intake_rules
from workers.ledger.stream.reader import Stream
from workers.ledger.stream.starts import beside_others
from workers.steps.intake import Intake, IntakeRules

EVENTS = 12


class Killed(Exception):
    """This worker is gone, with all that it has started."""


class Lives:
    """Workers one after the other, each with a thread for whatever is handed to it.

    Each starts all that it may before it admits any of it, so that it takes as much
    along as a worker ever does.

    Args:
        client: of Redis.
        attempts: as `WAYBILL_INTAKE_TRIES`.
    """

    def __init__(self, client: "redis.Redis", attempts: int) -> None:
        beside = beside_others(attempts)
        self.stream = Stream(client, "orders:events", "waybill", beside=beside)
        self.stream.make()
        self.buried: list[str] = []
        self.poison = ""
        self.deaths = 0
        self._client = client
        self._handed: list[Sequence[str]] = []
        self._rules: IntakeRules = replace(
            intake_rules(batch=100, ahead=0, lease_ms=0),
            attempts=max(attempts, beside + 1),
            beside=beside,
        )

    def publish(self) -> list[str]:
        for _ in range(EVENTS):
            self.stream.publish(b"{}")
        ids = self.stream.read("first", EVENTS, 1)
        self._handed.append(ids)
        return ids

    def live(self, *, killed: bool = False) -> None:
        """A worker from its start to its death, or until nothing is left to do."""
        intake = Intake(
            self._client, self.stream, self, self._bury, self._rules, "reader"
        )
        try:
            while self.stream.pending_count():
                self._serve(killed=killed)
                intake.turn()
        except Killed:
            self.deaths += 1
            self._handed.clear()

    def _serve(self, *, killed: bool) -> None:
        started = [self.stream.start([*ids]) for ids in self._handed]
        self._handed.clear()
        together = [
            i for s in started for i, o in s.items() if not isinstance(o, Apart)
        ]
        alone = {i: o for s in started for i, o in s.items() if isinstance(o, Apart)}
        self._end_with(together)
        if together and killed:
            raise Killed
        self.stream.acknowledge(together)
        for one, apart in alone.items():
            self.stream.start_alone(one, apart.starts)
            self._end_with([one])
            self.stream.acknowledge([one])

    def _end_with(self, ids: Sequence[str]) -> None:
        if self.poison in ids:
            raise Killed

    def _bury(self, entry: str, *_: str) -> bool:
        self.buried.append(entry)
        return True

    def receive(self, ids: Sequence[str], _: object = None) -> None:
        self._handed.append(ids)

    def may_receive(self, _: float) -> bool:
        return False


@pytest.fixture(name="moments", autouse=True)
def made_moments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look at the clock is a second later."""
    now = count(1_000)
    monkeypatch.setattr("workers.steps.intake.time.monotonic", lambda: next(now))


@pytest.mark.parametrize("attempts", [1, 2, 3, 4, 10])
def test_only_the_event_that_ends_its_workers_is_given_up(
    redis: redis.Redis, attempts: int
) -> None:
    lives = Lives(redis, attempts)
    ids = lives.publish()
    lives.poison = ids[EVENTS // 2]

    while lives.stream.pending_count():
        lives.live()

    assert lives.buried == [lives.poison]
    assert lives.deaths == max(2, attempts)


@pytest.mark.parametrize("attempts", [1, 2, 3, 10])
def test_workers_killed_from_outside_cost_no_event_however_many_they_are(
    redis: redis.Redis, attempts: int
) -> None:
    lives = Lives(redis, attempts)
    lives.publish()

    for _ in range(3 * attempts):
        lives.live(killed=True)
    lives.live()

    assert lives.buried == []
    assert lives.stream.pending_count() == 0
