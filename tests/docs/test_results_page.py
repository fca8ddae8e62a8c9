"""The page of results: its example, its types, its reader's rights."""

import json
import re
from collections.abc import Iterator

import pytest
import redis
from redis.exceptions import NoPermissionError

from serializers.results.result import ResultType
from serializers.results.shape import DATA
from tests.docs.pages import blocks, text
from tests.ledger import acts
from tests.ledger.clock import build
from tests.redis_servers import RedisServer
from tests.serializers.results.samples import complaints
from workers.ledger import keys

PAGE = "docs/results.md"
STREAM = keys.results(keys.prefix(0))


def test_the_example_is_a_result() -> None:
    (example, *_) = blocks(PAGE, "json")

    assert complaints(json.loads(example)) == []


def test_every_type_has_a_row_with_all_that_it_carries() -> None:
    rows = {
        match[1]: match[0]
        for match in re.finditer(r"(?m)^\| `waybill\.([\w.]+)` \|.*$", text(PAGE))
    }

    assert rows.keys() == {one.value for one in ResultType}
    for kind, model in DATA.items():
        members = model.model_fields
        missing = [name for name in members if f"`{name}`" not in rows[kind.value]]
        assert missing == [], kind


@pytest.fixture(name="reader")
def reading_user(
    redis: redis.Redis, redis_server: RedisServer
) -> Iterator["redis.Redis"]:
    """The user that the page proposes, of a ledger with a result."""
    acts.admit(build(redis))
    (line,) = re.findall(r"(?m)^ACL SETUSER .*$", text(PAGE))
    rules = line.replace(">PASSWORD", ">secret").split()[2:]
    redis.execute_command("ACL", "SETUSER", *rules)  # type: ignore[no-untyped-call] # redis-py's gap
    with _as_reader(redis_server) as client:
        yield client
    redis.acl_deluser("reader")


def _as_reader(server: RedisServer) -> "redis.Redis":
    return redis.Redis(
        port=server.port, username="reader", password="secret", socket_timeout=30
    )


def test_the_reader_may_read_and_nothing_else(reader: "redis.Redis") -> None:
    reader.xgroup_create(STREAM, "erp", id="0", mkstream=True)
    answer = reader.xreadgroup("erp", "one", {STREAM: ">"}, count=10, block=10)

    assert answer
    reader.xautoclaim(STREAM, "erp", "two", 0)
    assert reader.xpending(STREAM, "erp")["pending"] == 1
    for refused in (
        lambda: reader.xadd(STREAM, {"event": "{}"}),
        lambda: reader.xtrim(STREAM, 0),
        lambda: reader.xgroup_destroy(STREAM, "erp"),
        lambda: reader.hgetall("{wb:0}:order:SO-1"),
        lambda: reader.get("{wb:0}:record:SO-1"),
    ):
        with pytest.raises(NoPermissionError):
            refused()
