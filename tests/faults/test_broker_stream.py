"""The stream or its group is deleted under load: B12."""

from pathlib import Path

import pytest
import redis

from tests.faults.under_fault import keep, under_fault
from tests.processes import feed
from tests.processes.ledger_servers import fails_over
from tests.processes.site import running_site
from tests.processes.waiting import until

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300), pytest.mark.long]

#: Between two events of the ERP: what nobody has read would go with the stream, which
#: is reported as a gap and is no fault of the workers (tests/processes/test_gaps.py).
_BETWEEN = """
local group = redis.call('XINFO', 'GROUPS', KEYS[1])[1]
local facts = {}
for n = 1, #group, 2 do facts[group[n]] = group[n + 1] end
local info, last = redis.call('XINFO', 'STREAM', KEYS[1]), ''
for n = 1, #info, 2 do
  if info[n] == 'last-generated-id' then last = info[n + 1] end
end
if facts['pending'] > 0 or facts['last-delivered-id'] ~= last then return 0 end
"""

_DELETES = {
    "stream": "return redis.call('DEL', KEYS[1])",
    "group": "return redis.call('XGROUP', 'DESTROY', KEYS[1], 'waybill')",
}


def delete(client: "redis.Redis", stream: str, what: str) -> None:
    """Delete it in the first moment at which all events are in the ledger."""
    script = client.register_script(_BETWEEN + _DELETES[what])
    until("nothing is unread", lambda: script(keys=[stream]))


@pytest.mark.parametrize("what", ["stream", "group"])
def test_b12_a_stream_that_is_deleted_between_two_events_costs_nothing(
    tmp_path: Path, what: str
) -> None:
    orders = feed.numbers(0, 500)
    with running_site(tmp_path, delay=0.1) as site:
        client, stream = site.ledger.client, site.ledger.streams[0]

        def strike() -> None:
            delete(client, stream, what)

        cost = under_fault(site, orders, strike, per_second=40.0)
        printed = [child.output() for child in site.children.values()]

    keep("B12", f"the {what} is deleted between two events", orders, cost)
    assert cost.accounts.doubled == 0 or fails_over(), cost.story
    assert any("stream_made_again" in one for one in printed)
