"""What the figures about the door are figures of."""

import json

from benchmarks.details.door import BATCH, Posting, bodies
from serializers.events.decode import decode


def test_a_request_is_a_batch_of_events_that_no_other_request_has() -> None:
    found = [
        decode(json.dumps(event).encode()).id
        for body in (*bodies(300, 0), *bodies(200, 300))
        for event in json.loads(body)
    ]

    assert len(found) == len(set(found)) == 5 * BATCH


def test_a_cores_share_is_told_beside_the_bare_doors() -> None:
    posting = Posting("waybill serve", 941.0, 91.0, 0.22)

    assert posting.cells == ("waybill serve", "941", "91", "10,989", "0.22")
