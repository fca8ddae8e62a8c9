"""When a failed call comes again."""

from hypothesis import given
from hypothesis import strategies as st

from tasks.outcomes.retry import pause_after
from tests.defaults import retry


@given(st.lists(st.floats(0.1, 1e5), max_size=8))
def test_n_pauses_mean_n_plus_one_attempts(pauses: list[float]) -> None:
    policy = retry(tuple(pauses))

    attempts, waited = 1, []
    while (pause := pause_after(attempts, policy, None, 0.0)) is not None:
        waited.append(pause)
        attempts += 1

    assert waited == pauses
    assert attempts == policy.attempts == len(pauses) + 1


def test_a_retry_after_beyond_the_cap_is_cut_to_it() -> None:
    policy = retry((10.0,), retry_after_max=60.0)

    assert pause_after(1, policy, 1e9, 0.0) == 60.0


def test_a_retry_after_never_shortens_our_own_pause() -> None:
    assert pause_after(1, retry((10.0,)), 1.0, 0.0) == 10.0


def test_there_is_no_other_attempt_however_politely_the_partner_asks() -> None:
    assert pause_after(2, retry((10.0,)), 5.0, 0.0) is None
