"""How many files a worker may have open, and how many it needs."""

import resource

from workers.celery_app.open_files import (
    BASE,
    PER_THREAD,
    OpenFiles,
    open_files,
    raise_limit,
)

LIMIT = resource.RLIMIT_NOFILE


def test_what_is_needed_grows_with_threads_and_wanted_with_destinations() -> None:
    found = open_files(threads=32, destinations=5)

    assert found.needed == BASE + 32 * PER_THREAD
    assert found.wanted == found.needed + 32 * 5


def test_fewer_than_needed_are_too_few_and_fewer_than_wanted_scarce() -> None:
    needed, wanted = 100, 200
    limits = {99: (True, True), 100: (False, True), 200: (False, False)}

    for most, (too_few, scarce) in limits.items():
        found = OpenFiles(most, most, needed, wanted)

        assert (found.too_few, found.scarce) == (too_few, scarce)
        assert f" {most} files" in found.message()
        assert f"ulimit -n {wanted}" in found.message()


def test_the_limit_is_raised_to_what_is_wanted_and_never_lowered() -> None:
    before = resource.getrlimit(LIMIT)
    try:
        raise_limit(OpenFiles(before[0], before[1], 1, 1))
        kept = resource.getrlimit(LIMIT)
        resource.setrlimit(LIMIT, (256, before[1]))
        raise_limit(OpenFiles(256, before[1], 1, 300))
        raised = resource.getrlimit(LIMIT)
    finally:
        resource.setrlimit(LIMIT, before)

    assert kept == before
    assert raised == (300, before[1])
