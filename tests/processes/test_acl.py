"""A real worker asks nothing of Redis that the user of docs/going-live.md may not."""

import shlex
import signal
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.docs.test_going_live import PASSWORD, proposed
from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.site import running_site
from tests.processes.waiting import until
from tests.redis_servers import binaries

pytestmark = pytest.mark.processes

USER = "waybill"


@pytest.mark.parametrize("kind", binaries())
def test_a_worker_needs_no_more_than_the_documented_user_may(
    tmp_path: Path, kind: str
) -> None:
    orders = feed.numbers(0, 5)
    (line,) = [one for one in proposed() if one.split()[2] == USER]
    with running_site(tmp_path, kind=kind) as site:
        client = site.ledger.client
        line = line.replace(">PASSWORD", f">{PASSWORD}")
        client.execute_command(*shlex.split(line))  # type: ignore[no-untyped-call]
        url = site.redis.url.replace("127.0.0.1", f"{USER}:{PASSWORD}@127.0.0.1")
        site.settings = {**site.settings, "WAYBILL_REDIS_URL": url}

        worker = site.worker("only").started()
        feed.publish(site.redis.url, orders)
        accounts = accounted(site, orders)
        until("it waits for hints", lambda: client.info("clients")["blocked_clients"])
        worker.send(signal.SIGTERM)
        code, refused = worker.exit_code(), refusals(client)

    assert (code, accounts.lost, accounts.doubled) == (0, frozenset(), 0)
    # Celery's connection for results, which has no name, reports redis-py's version: a
    # server of 6.2 knows no such command, and redis-py goes on without it.
    assert set(refused) <= ({""} if kind == "bundled" else set())


def refusals(client: redis.Redis) -> list[str]:
    """The name of each client that was refused a command."""
    log: list[dict[str, Any]] = client.acl_log()
    return [one["client-info"]["name"] for one in log]
