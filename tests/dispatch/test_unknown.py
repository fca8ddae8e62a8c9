"""A hint for a destination that this worker's settings do not have."""

import redis
from structlog.testing import LogCapture

from tests.redis_servers import RedisServer
from workers.celery_app.app import make_app

GONE, REF = "ingram/gone", "delivery:E.gone"


def test_it_is_soon_due_again_for_a_worker_that_knows_it(
    redis_server: RedisServer, redis: redis.Redis, logged: LogCapture
) -> None:
    app = make_app(
        {
            "WAYBILL_REDIS_URL": redis_server.url,
            "WAYBILL_DECK__BASE_URL": "http://127.0.0.1:9",
            "WAYBILL_DECK__SITE_CODE": "site",
            "WAYBILL_DECK__API_KEY": "key",
        }
    )

    redis.hset(
        f"{{wb:0}}:{REF}",
        mapping={"state": "leased", "fence": 1, "destination": GONE},
    )

    app.tasks["ingram.notify"](GONE, 0, [f"{REF}:1"])

    [reported] = logged.entries
    assert reported["event"] == "destination_not_known"
    assert reported["destination"] == GONE
    due = redis.zscore(f"{{wb:0}}:due:{GONE}", REF)
    assert due is not None
    assert redis.time()[0] < due / 1000 + 1 < redis.time()[0] + 4
