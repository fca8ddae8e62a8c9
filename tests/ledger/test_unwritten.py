"""A Redis that cannot write its file refuses all writes; workers ask again."""

import shutil
import tempfile
import threading
from collections.abc import Iterator

import pytest
import redis
from redis.exceptions import ResponseError

from tests.ledger import acts
from tests.processes.waiting import until
from tests.redis_servers import binaries, running
from workers.ledger.scripts import Call, Scripts


@pytest.fixture(params=list(binaries()), name="stuck")
def redis_without_disk(request: pytest.FixtureRequest) -> Iterator[redis.Redis]:
    """A Redis that has failed to write, and so refuses."""
    place = tempfile.mkdtemp(prefix="wb-gone-")
    server = running(binaries()[request.param], "--dir", place)
    with server as one, one.client() as client:
        client.config_set("save", "900 1")
        shutil.rmtree(place)
        client.bgsave()
        until("it has failed to write", lambda: _failed(client))
        yield client


def _failed(client: redis.Redis) -> bool:
    return bool(client.info("persistence")["rdb_last_bgsave_status"] == "err")


def mend(client: redis.Redis) -> None:
    client.config_set("stop-writes-on-bgsave-error", "no")


#: Marks a destination, which is a write.
PARKED = Call("disable", "{wb:0}:", (acts.link().destination,))


def test_without_patience_it_is_reported_at_once(stuck: redis.Redis) -> None:
    with pytest.raises(ResponseError, match="MISCONF"):
        Scripts(stuck).run(PARKED)


def test_a_worker_asks_again_until_redis_writes(stuck: redis.Redis) -> None:
    soon = threading.Timer(1.0, mend, (stuck,))
    soon.start()

    try:
        answers = Scripts(stuck, patience=60.0).run_all([PARKED, PARKED])
    finally:
        soon.join()

    assert list(map(int, answers)) == [1, 0]
    assert stuck.smembers("{wb:0}:parked") == {b"deck"}


def test_patience_ends(stuck: redis.Redis) -> None:
    with pytest.raises(ResponseError, match="MISCONF"):
        Scripts(stuck, patience=0.6).run(PARKED)
