"""Twenty endpoints, of which one hangs: what is fed, and what is printed."""

import json
import math
from dataclasses import replace

from benchmarks import feed
from benchmarks.details.bulkheads import (
    ENDPOINTS,
    Bulkheads,
    _endpoint_of,
    _shipped,
    twenty_endpoints,
)
from serializers.events import decode
from workers.partners.ingram.settings import Ingram
from workers.settings.settings import Settings

CALM = Bulkheads(
    hangs=False,
    delay_ms=100,
    events=950,
    arrived=950,
    p50_ms=4.0,
    p95_ms=8.0,
    p99_ms=10.0,
)


def test_each_endpoint_gets_its_share_of_events_that_the_product_takes() -> None:
    orders = feed.numbers(0, 40)

    read = [decode.decode(_shipped(number)) for number in orders]

    assert [one.endpoints for one in read] == [(_endpoint_of(n),) for n in orders]
    assert {n for one in read for n in one.endpoints or ()} == set(ENDPOINTS)


def test_the_product_is_given_twenty_endpoints_and_the_one_that_warms_it() -> None:
    made = twenty_endpoints("redis://127.0.0.1:1/0", "http://127.0.0.1:2")

    known = json.loads(made.environment["WAYBILL_INGRAM__ENDPOINTS"])

    assert len(known) == 21
    assert set(Settings.load(made.environment).of(Ingram).endpoints) == set(known)


def test_the_difference_is_printed_beside_the_later_percentile() -> None:
    hung = replace(
        CALM, hangs=True, arrived=949, p95_ms=8.4, p99_ms=math.inf, p95_change=0.05
    )

    assert CALM.cells == (
        "answers",
        "answer in 100 ms",
        "4.0",
        "8.0",
        "10.0",
        "950 of 950",
    )
    assert hung.cells[3:] == ("8.4 (+5.0%)", "inf", "949 of 950")
