"""HTTP status codes as errors of a call."""

import pytest

from tasks.outcomes.errors import PartnerError, PermanentError, Throttled, Unavailable
from tests.partners.conftest import NOW
from workers.http.client import Reply
from workers.http.status import check


def error_of(status: int, **headers: str) -> PartnerError:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    with pytest.raises(PartnerError) as caught:
        check(Reply(status, names, b"", 1.0), "Acme", now=NOW, quoted="try later")
    assert caught.value.code == f"http_{status}"
    return caught.value


@pytest.mark.parametrize("status", [200, 201, 202, 204, 207, 299])
def test_any_2xx_passes(status: int) -> None:
    check(Reply(status, {}, b"", 1.0), "Acme", now=NOW)


@pytest.mark.parametrize("status", [408, 425, 500, 501, 502, 503, 504, 599])
def test_what_is_momentary_comes_again_no_sooner_than_asked(status: int) -> None:
    error = error_of(status, retry_after="7")

    assert isinstance(error, Unavailable)
    assert error.retry_after == 7.0
    assert str(error) == f"Acme answered {status}: try later"


def test_a_429_slows_everybody_down() -> None:
    error = error_of(429, retry_after="7", x_ratelimit_reset="9")

    assert isinstance(error, Throttled)
    assert error.retry_after == 7.0


def test_a_429_may_state_its_wait_in_the_rate_limit_header() -> None:
    error = error_of(429, x_ratelimit_reset="9")

    assert isinstance(error, Throttled)
    assert error.retry_after == 9.0


def test_a_429_without_a_wait_has_none() -> None:
    error = error_of(429)

    assert isinstance(error, Throttled)
    assert error.retry_after is None


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_permanent_and_states_that_it_is_not_followed(
    status: int,
) -> None:
    error = error_of(status)

    assert isinstance(error, PermanentError)
    assert "redirects are never followed" in str(error)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 422, 451, 600, 999])
def test_other_statuses_are_permanent(status: int) -> None:
    assert isinstance(error_of(status), PermanentError)
