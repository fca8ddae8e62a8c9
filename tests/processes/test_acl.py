"""Real processes ask nothing of Redis that the users of docs/going-live.md may not."""

import json
import re
import shlex
import signal
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import redis
from redis.exceptions import NoPermissionError

from tests.docs.test_going_live import PASSWORD, proposed
from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.site import Site, running_site
from tests.processes.waiting import until
from tests.redis_servers import binaries
from tests.serve.conftest import BATCH, Caller, opened, tokens
from waybill.publish.fitness import check_kept, check_owner
from workers.ledger import keys
from workers.redis.bounded_client import adding_client
from workers.settings.settings import Settings

pytestmark = pytest.mark.processes

WORKER, DOOR = "waybill", "door"
#: Patterns of the door's user that are read only, as the page writes them from 7.0 on.
READ_ONLY = ("~wb:*", "~{wb:*}:*")


@pytest.mark.parametrize("kind", binaries())
def test_workers_and_the_door_need_no_more_than_the_documented_users_may(
    tmp_path: Path, kind: str
) -> None:
    orders, posted = feed.numbers(0, 5), feed.numbers(5, 2)
    with running_site(tmp_path, kind=kind) as site:
        client = site.ledger.client
        site.settings = {**site.settings, "WAYBILL_REDIS_URL": known(site, WORKER)}
        worker = site.worker("only").started()
        feed.publish(site.redis.url, orders)
        accounted(site, orders)
        gone_through(known(site, DOOR), posted)
        if kind == "system":
            gone_through(known(site, DOOR, of_seven), posted)
        accounts = accounted(site, (*orders, *posted))
        until("it waits for hints", lambda: client.info("clients")["blocked_clients"])
        worker.send(signal.SIGTERM)
        code, refused = worker.exit_code(), refusals(client)
        if kind == "system":
            with as_door(site) as door, pytest.raises(NoPermissionError):
                door.set(keys.record(keys.prefix(0), orders[0]), b"")

    assert (code, accounts.lost, accounts.doubled) == (0, frozenset(), 0)
    # Celery's connection for results, which has no name, reports redis-py's version: a
    # server of 6.2 knows no such command, and redis-py goes on without it.
    assert set(refused) <= ({""} if kind == "bundled" else set())


def known(site: Site, user: str, changed: Any = str) -> str:
    """Have Redis know one of the page's users; the URL with which it comes in."""
    (line,) = [one for one in proposed() if one.split()[2] == user]
    line = changed(line).replace(">PASSWORD", f">{PASSWORD}")
    command = [line.split()[0], "SETUSER", user, "reset", *shlex.split(line)[3:]]
    site.ledger.client.execute_command(*command)  # type: ignore[no-untyped-call]
    return site.redis.url.replace("127.0.0.1", f"{user}:{PASSWORD}@127.0.0.1")


def of_seven(line: str) -> str:
    """The door's user as the page has it for Redis 7.0 and newer."""
    for pattern in READ_ONLY:
        line = line.replace(f" {pattern} ", f" %R{pattern} ")
    assert len(re.findall("%R~", line)) == len(READ_ONLY)
    return line


def as_door(site: Site) -> redis.Redis:
    return redis.Redis(
        port=site.redis.port, username=DOOR, password=PASSWORD, protocol=2
    )


def gone_through(redis_url: str, orders: tuple[str, ...]) -> None:
    """Start a door as this user, and go through every route that it has."""
    environ = {"WAYBILL_REDIS_URL": redis_url, "WAYBILL_HTTP__TOKENS": tokens()}
    settings = Settings.load_redis(environ)
    with adding_client(redis_url) as client:
        check_owner(client, settings)
        check_kept(client, settings)
    with opened(environ) as door:
        events = b"[" + b",".join(map(feed.placed, orders)) + b"]"
        assert door.post(events, BATCH).status_code == HTTPStatus.ACCEPTED
        # Which accounts there are is asked of the living workers.
        assert door.post(elsewhere(orders[0])).status_code == HTTPStatus.BAD_REQUEST
        for path in ("/ready", "/metrics", *read_routes(orders)):
            assert answered(door, path), path


def elsewhere(number: str) -> bytes:
    """An order of an account that no worker has."""
    event = json.loads(feed.placed(number))
    event["data"]["westcon"]["account"] = "nowhere"
    return json.dumps(event).encode()


def read_routes(orders: tuple[str, ...]) -> tuple[str, ...]:
    known = feed.numbers(0, 1)[0]
    by_number = (f"/v1/orders/{known}", f"/v1/orders?purchase_order=PO-{known}")
    return (*by_number, f"/v1/orders?purchase_order=PO-{orders[0]}", "/v1/results")


def answered(door: Caller, path: str) -> bool:
    return door.get(path).status_code == HTTPStatus.OK


def refusals(client: redis.Redis) -> list[str]:
    """The name of each client that was refused a command."""
    log: list[dict[str, Any]] = client.acl_log()
    return [one["client-info"]["name"] for one in log]
