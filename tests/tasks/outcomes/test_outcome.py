"""Each error of an attempt has one outcome."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.errors import DecodeError
from tasks.outcomes.errors import (
    NotYet,
    PartnerError,
    PermanentError,
    Throttled,
    TransientError,
    Unavailable,
)
from tasks.outcomes.outcome import Again, GiveUp, Later, Outcome, cause_of, judge
from tests.defaults import retry

POLICY = retry((10.0, 20.0), retry_after_max=100.0)
WAITING = retry((10.0, 20.0), retry_after_max=100.0, throttled_waits=True)
GONE = "no answer"

TABLE: list[tuple[Exception, Outcome]] = [
    (
        Unavailable(GONE, code="http_503"),
        Again(10.0, GONE, "http_503", ambiguous=True),
    ),
    (TransientError(GONE, code="deck_9"), Again(10.0, GONE, "deck_9")),
    (
        Unavailable(GONE, code="http_503", retry_after=30),
        Again(30.0, GONE, "http_503", ambiguous=True),
    ),
    (Throttled(GONE, code="http_429", retry_after=30), Again(30.0, GONE, "http_429")),
    (Throttled(GONE, code="http_429"), Again(10.0, GONE, "http_429")),
    (NotYet(GONE, code="nao", after=900.0), Later(900.0, GONE, "nao")),
    (PermanentError(GONE, code="http_400"), GiveUp(GONE, "http_400")),
    (DecodeError(GONE), GiveUp(GONE, "decode")),
]


@pytest.mark.parametrize(("error", "outcome"), TABLE)
def test_each_error_has_one_outcome(error: Exception, outcome: Outcome) -> None:
    assert judge(error, 1, POLICY, 0.0) == outcome


@pytest.mark.parametrize(
    "code",
    [
        *("timeout", "reset", "truncated", "protocol", "size", "encoding", "decode"),
        *("http_500", "http_502", "http_503", "http_504", "http_599", "http_408"),
        *("a_code_of_a_later_release", "OSError", "connect_"),
    ],
)
def test_a_call_that_may_have_arrived_is_ambiguous(code: str) -> None:
    error = Unavailable(GONE, code=code)

    assert judge(error, 1, POLICY, 0.0) == Again(10.0, GONE, code, ambiguous=True)
    last = judge(error, 3, POLICY, 0.0)
    assert isinstance(last, GiveUp)
    assert last.ambiguous


@pytest.mark.parametrize(
    "code",
    [
        *("connect", "dns", "tls", "proxy", "proxy_502", "certificate"),
        *("http_302", "http_400", "http_404", "http_409", "http_425", "http_429"),
        *("deck_9", "record", "read_back", "read_back_timeout", "read_back_http_503"),
    ],
)
def test_what_is_known_not_to_be_delivered_is_not_ambiguous(code: str) -> None:
    outcome = judge(TransientError(GONE, code=code), 1, POLICY, 0.0)

    assert outcome == Again(10.0, GONE, code)


def test_what_leaves_it_in_doubt_is_distinguished() -> None:
    causes = {code: cause_of(code) for code in ("http_408", "http_504", "reset")}

    assert causes == {"http_408": "gateway", "http_504": "gateway", "reset": "lost"}


def test_the_last_attempt_gives_up_and_states_how_many_there_were() -> None:
    outcome = judge(Unavailable(GONE, code="http_503"), 3, POLICY, 0.0)

    why = "no answer (the last of 3 attempts)"
    assert outcome == GiveUp(why, "http_503", ambiguous=True)


@pytest.mark.parametrize("asked", [30, 30.0])
def test_a_throttled_attempt_is_given_back_where_the_policy_wants_it(
    asked: float,
) -> None:
    error = Throttled(GONE, code="http_429", retry_after=asked)

    assert judge(error, 3, WAITING, 0.9) == Later(30.0, GONE, "http_429", failed=True)


def test_waiting_for_a_throttling_partner_is_capped_too() -> None:
    error = Throttled(GONE, code="http_429", retry_after=1e9)

    assert judge(error, 3, WAITING, 0.9) == Later(100.0, GONE, "http_429", failed=True)


@pytest.mark.parametrize("asked", [None, 0.0])
def test_a_throttled_attempt_counts_where_nobody_stated_how_long(
    asked: float | None,
) -> None:
    error = Throttled(GONE, code="http_429", retry_after=asked)

    assert judge(error, 1, WAITING, 0.0) == Again(10.0, GONE, "http_429")


@pytest.mark.parametrize("error", [KeyError("sk_live_9"), OSError("sk_live_9")])
def test_an_unexpected_exception_backs_off_and_keeps_its_text_to_itself(
    error: Exception,
) -> None:
    name = type(error).__name__

    # It may have been raised behind the first byte.
    expected = Again(10.0, f"unexpected {name}", name, ambiguous=True)
    assert judge(error, 1, POLICY, 0.0) == expected
    assert "sk_live" not in repr(judge(error, 3, POLICY, 0.0))


def test_a_partner_error_of_no_family_is_tried_again() -> None:
    outcome = judge(PartnerError(GONE, code="odd"), 1, POLICY, 0.0)

    assert isinstance(outcome, Again)


@given(
    attempts=st.integers(1, 2),
    asked=st.none() | st.floats(0, 1e9),
    dice=st.floats(0, 1, exclude_max=True),
)
def test_jitter_lengthens_a_pause_by_a_tenth_at_most_and_never_shortens_it(
    attempts: int, asked: float | None, dice: float
) -> None:
    error = Unavailable(GONE, code="http_503", retry_after=asked)

    outcome = judge(error, attempts, POLICY, dice)

    assert isinstance(outcome, Again)
    least = max(POLICY.pauses[attempts - 1], min(asked or 0.0, 100.0))
    assert least <= outcome.after <= least * 1.1
