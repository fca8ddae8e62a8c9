"""A plan makes each repair once, however often it is applied, wherever that ends."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.connection import AbstractConnection

from serializers.reconcile.finding import Act
from tests.reconcile.conftest import Planned
from tests.redis_servers import ONE_REDIS
from waybill.reconcile.mend import DONE
from workers.ledger.reconcile.last_run import last_run

pytestmark = ONE_REDIS

#: Repairs that are made of the ledger, each in its order's timeline.
NOTED = frozenset({Act.POLL, Act.LINK, Act.NOTIFY, Act.REPLAY})


class KilledError(BaseException):
    """The process has ended here."""


@dataclass
class Kills:
    """Ends the process at one of its words to Redis, before or after it is heard."""

    left: int = 0

    def count(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise KilledError

    @contextmanager
    def planted(self, patch: pytest.MonkeyPatch) -> Iterator[None]:
        """Have every connection count what it sends and what it reads."""
        send: Any = AbstractConnection.send_packed_command
        answer: Any = AbstractConnection.read_response

        def sends(one: AbstractConnection, *args: Any, **more: Any) -> Any:
            self.count()
            return send(one, *args, **more)

        def reads(one: AbstractConnection, *args: Any, **more: Any) -> Any:
            answered = answer(one, *args, **more)
            self.count()
            return answered

        with patch.context() as here:
            here.setattr(AbstractConnection, "send_packed_command", sends)
            here.setattr(AbstractConnection, "read_response", reads)
            yield


def test_each_repair_is_made_once_wherever_it_was_killed(
    planned: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert {one.repair.act for one in planned.repairs} == set(Act)
    before, letters = set[str](), planned.filler.parts.dead_letters

    @settings(
        max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(
        st.randoms(use_true_random=False),
        st.lists(st.integers(1, 200), min_size=1, max_size=4),
    )
    def holds(dice: Any, ends: list[int]) -> None:
        planned.restore()
        before.update(planned.effects())
        order = list(planned.repairs)
        dice.shuffle(order)
        for end in ends:
            kills = Kills(end)
            with kills.planted(monkeypatch):
                try:
                    planned.apply(order)
                except KilledError:
                    continue
        results = planned.apply(order)
        made = planned.effects()

        assert set(results) <= DONE, Counter(results)
        assert not {one: n for one, n in made.items() if n > 1}
        counted = last_run(planned.filler.parts.client, 1).replaced
        assert counted == Counter(one.repair.act for one in order)
        ids = {one.repair.id for one in order if one.repair.act in NOTED}
        events = {
            json.loads(one.repair.event)["id"] for one in order if one.repair.event
        }
        assert made.keys() - before == ids | events
        # What was replayed is given up again, and needs another decision.
        assert planned.die_again()
        dead = {one.id for one in letters.all()}
        assert planned.apply(order) == ["known"] * len(order)
        assert planned.effects() == made
        assert {one.id for one in letters.all()} == dead

    holds()
