"""A real worker asks nothing of Redis that the user of docs/going-live.md may not."""

import shlex
import signal
from pathlib import Path

import pytest

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
        client.execute_command(*shlex.split(line.replace(">PASSWORD", f">{PASSWORD}")))
        url = site.redis.url.replace("127.0.0.1", f"{USER}:{PASSWORD}@127.0.0.1")
        site.settings = {**site.settings, "WAYBILL_REDIS_URL": url}

        worker = site.worker("only").started()
        feed.publish(site.redis.url, orders)
        accounts = accounted(site, orders)
        until("it waits for hints", lambda: client.info("clients")["blocked_clients"])
        worker.send(signal.SIGTERM)
        code, refused = worker.exit_code(), client.acl_log()

    assert (code, accounts.lost, accounts.doubled) == (0, frozenset(), 0)
    assert [(one["object"], one["context"]) for one in refused] == []
