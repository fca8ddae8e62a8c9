"""Workers on a hosted Redis that takes commands away and reports less."""

import json
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.site import PERSISTENT, running_site
from tests.redis_servers import binaries

pytestmark = pytest.mark.processes

#: What hosters take away: some by a rename, some from the user.
TAKEN = ("--rename-command", "CONFIG", "", "--rename-command", "INFO", "")


@pytest.mark.parametrize("kind", binaries())
def test_without_info_and_config_a_worker_goes_on_when_it_is_told_to(
    tmp_path: Path, kind: str
) -> None:
    orders = feed.numbers(0, 5)
    with running_site(tmp_path, kind=kind, redis=(*PERSISTENT, *TAKEN)) as site:
        refused = site.worker("refused")
        code = refused.exit_code()

        site.settings = {**site.settings, "WAYBILL_ASSUME_PERSISTENT": "true"}
        worker = site.worker("told").started()
        feed.publish(site.redis.url, orders)
        accounts = accounted(site, orders)
        ready = page(worker.health_port, "/ready")

    assert code not in {0, None}
    assert "WAYBILL_ASSUME_PERSISTENT=true" in refused.output()
    assert "Traceback" not in refused.output()
    [line] = [one for one in worker.output().splitlines() if "redis_unchecked" in one]
    seen = json.loads(line)
    assert seen["what"] == "its version, whether it evicts, whether it persists"
    assert seen["level"] == "warning"
    assert (accounts.lost, accounts.doubled) == (frozenset(), 0)
    assert ready["ok"] is True


def page(port: int, path: str) -> dict[str, object]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path)
    found: dict[str, object] = json.loads(connection.getresponse().read())
    connection.close()
    return found
