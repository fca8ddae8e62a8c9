"""Redis may forget the scripts that it was taught; a worker forgets none."""

from importlib import resources

import pytest
import redis

from tests.ledger.clock import World, build
from workers.ledger.scripts import Scripts, read_all, source
from workers.ledger.stream.reader import Stream


def test_scripts_that_redis_forgot_are_taught_again(
    stream: Stream, redis: redis.Redis, world: World
) -> None:
    assert isinstance(world.scripts, Scripts)
    stream.trim()
    redis.script_flush()

    assert stream.trim() == 0
    assert build(redis).claims.work() == []


def test_a_worker_that_has_read_its_scripts_opens_none_of_them_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = resources.files("workers.ledger") / "scripts"
    names = [one.name.removesuffix(".lua") for one in folder.iterdir()]
    source.cache_clear()

    read_all()

    monkeypatch.setattr(resources, "files", lambda _: pytest.fail("a file is opened"))
    assert all(source(name) for name in names)
