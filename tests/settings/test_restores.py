"""Settings of what follows a restore, and of where the marks are kept besides."""

import pytest

from tests.settings.environments import WESTCON, problems
from workers.settings.settings import Settings


@pytest.mark.parametrize(
    "url", ["", "file:///var/lib/waybill/marks", "redis://other:6379/0"]
)
def test_marks_are_kept_in_a_file_or_in_another_redis(url: str) -> None:
    environ = {**WESTCON, "WAYBILL_MARKS_URL": url, "WAYBILL_ON_RESTORE": "HOLD"}

    settings = Settings.load(environ)

    assert (settings.marks_url, settings.on_restore) == (url, "hold")


@pytest.mark.parametrize("url", ["/var/lib/marks", "file:marks", "http://host/"])
def test_any_other_place_for_the_marks_is_refused(url: str) -> None:
    (problem,) = problems({**WESTCON, "WAYBILL_MARKS_URL": url})

    assert problem.startswith("WAYBILL_MARKS_URL")


def test_the_ledgers_own_redis_is_no_place_for_its_marks() -> None:
    own = {
        "WAYBILL_REDIS_URL": "redis://here:6379/0",
        "WAYBILL_MARKS_URL": "redis://here/5",
    }

    (problem,) = problems({**WESTCON, **own})

    assert "must not be the ledger's own Redis" in problem
