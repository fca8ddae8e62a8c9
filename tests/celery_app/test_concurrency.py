"""A worker's parts are made for as many threads as it really has."""

import pytest
from celery.worker import WorkController

from workers.celery_app.app import CurrentProcess, make_app
from workers.celery_app.settings import CONCURRENCY

ENVIRON = {
    "WAYBILL_DECK__BASE_URL": "http://127.0.0.1:9",
    "WAYBILL_DECK__SITE_CODE": "site",
    "WAYBILL_DECK__API_KEY": "key",
}


@pytest.mark.parametrize("threads", [3, 2 * CONCURRENCY])
def test_as_many_slots_as_the_command_line_wants_threads(threads: int) -> None:
    app = make_app(ENVIRON)

    WorkController(app=app, pool_cls="threads", concurrency=threads)

    assert CurrentProcess(app, ENVIRON)().slots.size == threads


def test_the_setting_stands_where_the_command_line_states_nothing() -> None:
    app = make_app(ENVIRON)

    WorkController(app=app, pool_cls="threads")

    assert CurrentProcess(app, ENVIRON)().slots.size == CONCURRENCY
