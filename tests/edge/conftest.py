"""Settings of a site and an empty one."""

import json

import pytest
import redis

from sandbox import settings as stand_ins
from tests.edge.site import NAMES, Site
from tests.redis_servers import RedisServer
from tests.waybill.terminal import Terminal, ledger_of
from waybill.sandbox import environment


@pytest.fixture
def environ(redis_server: RedisServer) -> dict[str, str]:
    """Settings with the endpoints of the rules."""
    secret = stand_ins.RECEIVER_SECRETS["acme"][0]
    endpoint = {
        "mode": "direct",
        "target_url": "http://127.0.0.1:9/",
        "secrets": [secret],
    }
    return environment("http://127.0.0.1:9") | {
        "WAYBILL_REDIS_URL": redis_server.url,
        "WAYBILL_INGRAM__ENDPOINTS": json.dumps(dict.fromkeys(NAMES, endpoint)),
    }


@pytest.fixture
def site(redis: redis.Redis, environ: dict[str, str]) -> Site:
    return Site(ledger_of(redis, environ), Terminal(environ))
