"""A hint for a destination that this worker's settings do not have."""

import redis
from structlog.testing import LogCapture

from tests.redis_servers import RedisServer
from workers.app import make_app


def test_it_is_left_to_a_worker_that_knows_it(
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

    app.tasks["ingram.notify"]("ingram/gone", 0, ["delivery:E.gone:1"])

    [told] = logged.entries
    assert told["event"] == "destination_not_configured"
    assert told["destination"] == "ingram/gone"
    assert redis.keys() == []
