"""A worker that starts with other secrets or endpoints leaves an entry of that."""

import json
from pathlib import Path

import pytest

from tests.processes.site import running_site
from tests.processes.two_endpoints import with_two
from tests.processes.waiting import until
from tests.waybill.terminal import Terminal

pytestmark = pytest.mark.processes

SECRET = "another secret of deck"


def test_secrets_and_endpoints_that_differ_at_a_start_are_noticed(
    tmp_path: Path,
) -> None:
    with running_site(tmp_path, AUDIT_KEY="a-key", LOG_FORMAT="json") as site:
        site.worker("first").started()
        with_two(site)
        site.settings = {**site.settings, "WAYBILL_DECK__API_KEY": SECRET}
        second = site.worker("second").started()

        waybill = Terminal(site.settings)
        (entry,) = until("it is noticed", lambda: waybill.json("audit", "list"))
        verified = waybill("audit", "verify")
        with site.redis.client() as client:
            kept = [client.dump(key) for key in client.scan_iter()]
        logged = [
            json.loads(line)
            for line in second.output().splitlines()
            if '"settings_changed"' in line
        ]

    assert (entry["what"], entry["door"]) == ("settings.changed", "worker")
    assert entry["who"].startswith("worker second@")
    assert entry["facts"]["endpoints_added"] == "globex"
    assert "deck.api_key" in entry["facts"]["secrets_changed"]
    assert verified.exit_code == 0
    assert "1 signed" in verified.stdout
    assert logged[0]["endpoints_added"] == "globex"
    assert not any(SECRET.encode() in (value or b"") for value in kept)
    assert SECRET not in second.output()
