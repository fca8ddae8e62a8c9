"""A small ledger with something of each kind wrong, and the plan that mends it."""

import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import redis

from sandbox.server import Sandbox
from serializers.reconcile.finding import Finding
from serializers.reconcile.plan_file import read
from serializers.timeline.codes import Code
from serializers.timeline.entry import decode
from tasks.ledger_values import Settlement
from tasks.outcomes.outcome import GiveUp
from tests.reconcile import inject
from tests.reconcile.fill import BATCH, ENDPOINTS, RUN, Filler
from tests.reconcile.seeds import seeds
from tests.redis_servers import RedisServer
from tests.waybill.terminal import Terminal
from waybill.connect import opened
from waybill.reconcile.mend import Mender
from waybill.sandbox import environment
from workers.ledger import keys
from workers.settings.settings import Settings


@dataclass
class Planned:
    """A ledger with something of each kind wrong, kept as it is, and the plan of it."""

    client: redis.Redis
    filler: Filler
    environ: dict[str, str]
    repairs: Sequence[Finding]
    kept: dict[Any, bytes]
    books: Sequence[str]
    plan: Path
    sandbox: Sandbox

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
def planned(
    redis_server: RedisServer, redis: redis.Redis, tmp_path: Path
) -> Iterator[Planned]:
    """A ledger with forty orders that are well, and two of each kind that are not."""
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
        # The ERP's book is newer than what it corrects, by the millisecond.
        time.sleep(0.02)
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
        found = ((name, redis.dump(name)) for name in redis.scan_iter())
        kept = {name: body for name, body in found if body}
        yield Planned(redis, filler, environ, repairs, kept, books, plan, sandbox)
