"""What INFO gives reason to complain about."""

from workers.redis_fitness import complaints

PERSISTENT = {"redis_version": "7.0.15", "aof_enabled": 1, "loading": 0}


def test_a_redis_that_persists_is_fit() -> None:
    assert list(complaints(PERSISTENT)) == []


def test_a_redis_that_writes_no_file_is_not_fit() -> None:
    (complaint,) = complaints({**PERSISTENT, "aof_enabled": 0})

    assert complaint.startswith("Redis does not persist (appendonly no)")


def test_a_redis_that_still_reads_its_file_is_not_said_to_write_none() -> None:
    # As Redis 7.0.15 with appendonly yes tells of itself after a restart.
    info = {**PERSISTENT, "aof_enabled": 0, "loading": 1}

    assert list(complaints(info)) == []
