"""Calls of the command as an operator makes them, and a ledger to make them on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import IO, Any

import pytest
import redis
from click.testing import CliRunner, Result

from tests.ledger.clock import Clock, World, room_of, store_of
from waybill.main import main
from workers.dispatch.queues import QUEUES
from workers.ledger.claims import Claims
from workers.ledger.endpoints.known import Membership, digest
from workers.ledger.endpoints.rosters import Rosters
from workers.ledger.gates import Gates
from workers.ledger.identity.heartbeats import Heartbeat, Heartbeats
from workers.ledger.identity.metadata import found
from workers.ledger.scripts import Scripts
from workers.settings.settings import Settings
from workers.wiring.ledger import ledger_parts

#: Seconds that an answer of Redis' may take on a machine that is busy with other tests.
PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Terminal:
    """The command with an environment.

    Attributes:
        environ: its settings.
        patient: whether it waits for Redis as long as a busy machine may take; else
            as long as an operator's command does.
    """

    environ: Mapping[str, str]
    patient: bool = True

    def __call__(
        self, *args: str, stdin: bytes | IO[bytes] = b"", **more: str
    ) -> Result:
        """Run it; `more` are further variables."""
        environ = {**self.environ, **more}
        with pytest.MonkeyPatch.context() as patch:
            if self.patient:
                patch.setattr("workers.redis.bounded_client.PROMPT", PATIENCE)
            result = CliRunner().invoke(main, args, input=stdin, obj=environ)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def json(self, *args: str, stdin: bytes = b"", **more: str) -> Any:
        """What it prints with --json, read as one document."""
        return json.loads(self(*args, "--json", stdin=stdin, **more).stdout)


#: What a worker with all its duties reports of itself.
ABLE = Heartbeat(
    name="worker@tests",
    host="tests",
    pid=1,
    version="0.1.0",
    queues=QUEUES,
    intake=True,
    release=True,
    threads=32,
)


def ledger_of(client: redis.Redis, environ: Mapping[str, str]) -> World:
    """The ledger that an environment names, with a worker, on Redis' own clock."""
    settings = Settings.load(environ)
    found(client, settings.partitions, orders_by=settings.namespace)
    parts = ledger_parts(settings, client)
    parts.stream.make()
    Heartbeats(client).beat("a worker", ABLE)
    return World(
        redis=client,
        clock=Clock(client),
        retention=parts.retention,
        partitions=settings.partitions,
        destinations=parts.destinations,
        room=room_of(parts.destinations),
        scripts=parts.scripts,
        places=parts.places,
        stream=parts.stream.every[0],
        ledger=store_of(parts),
        claims=Claims(parts.scripts, parts.retention, settings.partitions),
        gates=Gates(parts.scripts, parts.destinations),
        letters=parts.dead_letters,
    )


def known_to_a_worker(client: redis.Redis, *names: str) -> None:
    """Have one more worker be alive, which knows these endpoints."""
    Membership(client, Rosters(Scripts(client)), names).keep()
    message = replace(ABLE, name="new@tests", pid=2, endpoints=digest(names))
    Heartbeats(client).beat("a new worker", message)


def with_fields(waybill: Terminal, **fields: Any) -> dict[str, Any]:
    """The terminal's endpoints, with these fields of acme."""
    variable = "WAYBILL_INGRAM__ENDPOINTS"
    known = json.loads(waybill.environ[variable])
    known["acme"] |= fields
    return {variable: json.dumps(known)}
