"""A plan makes each repair once, however often it is applied, wherever that ends."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.connection import AbstractConnection

from sandbox.server import Sandbox
from serializers.reconcile.finding import Act, Finding
from serializers.reconcile.plan_file import read
from serializers.timeline.codes import Code
from serializers.timeline.entry import decode
from tasks.ledger_values import Settlement
from tasks.outcomes.outcome import GiveUp
from tests.reconcile import inject
from tests.reconcile.fill import BATCH, ENDPOINTS, RUN, Filler
from tests.reconcile.seeds import seeds
from tests.redis_servers import ONE_REDIS, RedisServer
from tests.waybill.terminal import Terminal
from waybill.connect import opened
from waybill.reconcile.mend import DONE, Mender
from waybill.sandbox import environment
from workers.ledger import keys
from workers.settings.settings import Settings

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


@dataclass
class Planned:
    """A ledger with something of each kind wrong, kept as it is, and the plan of it."""

    client: redis.Redis
    filler: Filler
    environ: dict[str, str]
    repairs: Sequence[Finding]
    kept: dict[Any, bytes]

    def restore(self) -> None:
        self.client.flushall()
        pipeline = self.client.pipeline(transaction=False)
        for name, body in self.kept.items():
            pipeline.restore(name, 0, body)
        pipeline.execute()

    def apply(self, some: Sequence[Finding]) -> list[str]:
        with opened(self.environ, to_change=True) as ledger:
            mender = Mender(ledger, "plan")
            return [mender.make(one) for one in some]

    def effects(self) -> Counter[str]:
        """How often each repair was made, as the stream and timelines show it."""
        found = Counter[str]()
        entries: Any = self.client.xrange("orders:events")
        for _, fields in entries:
            event = json.loads(fields[b"event"])
            found[event["id"]] += 1
        root = keys.prefix(0)
        for key in self.client.scan_iter(keys.timeline(root, "*")):
            order = key.decode().removeprefix(keys.timeline(root, ""))
            log: Any = self.client.lrange(key, 0, -1)
            for entry in log:
                for one in decode(entry, order).notes:
                    if one.code is Code.REPAIRED:
                        found[one["repair"]] += 1
        return found

    def die_again(self) -> int:
        """Give up whatever is due: what was replayed is a dead letter once more."""
        count = 0
        for name in ("deck", "westcon", *(f"ingram/{one}" for one in ENDPOINTS)):
            known = self.filler.parts.destinations[name]
            hint = self.filler.claims.claim(known, 0, BATCH, 10**9)
            for begun in self.filler.store.begin(hint, hint.claims, RUN):
                why = GiveUp("the partner answered 400", "http_400")
                end = [Settlement(begun.claim, why, "http_400")]
                self.filler.store.settle(hint, RUN, end)
                count += 1
        return count


@pytest.fixture
def planned(redis_server: RedisServer, redis: redis.Redis, tmp_path: Path) -> Planned:
    wrong = seeds(60, 24)
    with Sandbox() as sandbox:
        environ = environment(sandbox.url) | {"WAYBILL_REDIS_URL": redis_server.url}
        endpoints = json.loads(environ["WAYBILL_INGRAM__ENDPOINTS"])
        endpoints["globex"] = endpoints["acme"]
        environ["WAYBILL_INGRAM__ENDPOINTS"] = json.dumps(endpoints)
        environ["WAYBILL_WESTCON__SHIPMENT_DETAIL"] = "false"
        filler = Filler(redis, Settings.load(environ))
        filler.fill(wrong)
        inject.into_ledger(filler, wrong)
        inject.into_partners(sandbox, wrong)
        erp, plan = tmp_path / "erp.csv", tmp_path / "plan.ndjson"
        erp.write_text("".join(inject.erp_book(wrong)))
        books = [f"--erp={erp}", "--westcon", "--deck", f"--work={tmp_path / 'work'}"]
        for one in ENDPOINTS:
            book = tmp_path / f"{one}.csv"
            rows = inject.receivers_book(one, filler.told, wrong, ())
            book.write_text("".join(rows))
            books.append(f"--receiver={one}={book}")
        ended = Terminal(environ)(
            "reconcile", *books, "--grace=0", f"--plan={plan}", "--yes"
        )
        assert ended.exit_code == 1, ended.output
        with plan.open("rb") as file:
            repairs = [one for _, one in read(file, "plan")]
    kept = {name: dumped for name in redis.scan_iter() if (dumped := redis.dump(name))}
    return Planned(redis, filler, environ, repairs, kept)


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
