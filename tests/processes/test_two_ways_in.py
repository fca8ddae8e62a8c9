"""One file of the ERP's goes in by any of the documented ways, and is one event."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.command import printed
from tests.processes.site import Site, running_site

pytestmark = pytest.mark.processes


def published(site: Site, file: Path) -> None:
    """`waybill publish FILE`, as the README has it."""
    printed(site, "publish", str(file))


def as_the_shell_gives(file: Path) -> bytes:
    """What `redis-cli … event "$(cat FILE)"` is called with."""
    given = subprocess.run(
        ["/bin/sh", "-c", 'printf %s "$(cat "$0")"', str(file)],
        check=True,
        capture_output=True,
    )
    return given.stdout


def test_the_same_file_by_every_way_is_one_event_and_no_dead_letter(
    tmp_path: Path,
) -> None:
    (number,) = orders = feed.numbers(0, 1)
    event = json.loads(feed.placed(number))
    file = tmp_path / "event.json"
    file.write_text(json.dumps(event, indent=2) + "\n")
    with running_site(tmp_path) as site:
        published(site, file)
        client = site.ledger.client
        client.xadd("orders:events", {"event": as_the_shell_gives(file)})
        client.xadd("orders:events", {"event": file.read_bytes()})
        client.xadd("orders:events", {"event": json.dumps(event, sort_keys=True)})
        site.worker("first").started()

        accounts = accounted(site, orders)

        assert site.ledger.count("admitted") == 1
        assert site.ledger.count("duplicate") == 3
    assert accounts.dead == 0
    assert accounts.doubled == 0
