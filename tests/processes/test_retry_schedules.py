"""A retry schedule of one endpoint beside the one for all."""

import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.http.fault import Fault
from tests.processes import feed
from tests.processes.environ import RECEIVER
from tests.processes.site import Site, running_site
from tests.processes.two_endpoints import OTHER, publish, with_two
from tests.processes.waiting import until

pytestmark = pytest.mark.processes


def explained(site: Site, order: str) -> str:
    command = (Path(sys.executable).with_name("waybill"), "explain", order)
    ran = subprocess.run(
        command, env=dict(site.settings), capture_output=True, text=True, check=True
    )
    return ran.stdout


def test_one_endpoint_gives_up_by_its_own_schedule_while_another_goes_on(
    tmp_path: Path,
) -> None:
    order = feed.numbers(0, 1)[0]
    with running_site(tmp_path, INGRAM__RETRY_PAUSES="[0.1, 600, 600]") as site:
        with_two(site, retry_pauses=[0.1])
        for name in (RECEIVER, OTHER):
            fault = Fault.status(503)
            site.partners.faults.order(f"receiver.{name}", fault, times=None)
        site.worker("only").started()

        publish(site, (order,))
        until("one is given up", site.ledger.letters)
        until("the other waits", lambda: len(site.ledger.refs("due")) == 1)

        [(ref, (_, why))] = site.ledger.letters().items()
        [waiting] = site.ledger.refs("due")
        story = explained(site, order)
    assert ref.endswith(f".{RECEIVER}")
    assert "the last of 2 " in why
    assert waiting.endswith(f".{OTHER}")
    assert "attempts: 2 of 4, the last failed with http_503" in story
