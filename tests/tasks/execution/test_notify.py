"""One endpoint is notified: its answers, and what they mean for the endpoint itself."""

import pytest

from tasks.ledger_values import Hint
from tasks.outcomes.errors import (
    Gone,
    NotYet,
    PartnerError,
    PermanentError,
    Throttled,
    TransientError,
    Unavailable,
)
from tasks.outcomes.outcome import Again, Done, GiveUp, Later
from tests.tasks.fakes import ACME, FakeEndpoints, World
from tests.tasks.samples import changed, take_in, work

GONE = Gone("acme answered 410", code="http_410")


def hinted(world: World, *orders: str) -> Hint:
    """One hint for a notification of each of these orders to acme."""
    for number in orders:
        happened = changed(
            1, "10:SHI", id=f"e-{number}", order_number=number, endpoints=("acme",)
        )
        take_in(world, happened)
    claims = tuple(claim for hint in world.hints.sent for claim in hint.claims)
    world.hints.sent.clear()
    return Hint(ACME, 0, claims)


def test_an_endpoint_that_takes_a_notification_works() -> None:
    world = World()

    work(hinted(world, "SO-1"), world.services())

    assert world.endpoints.reported == [("served", "acme", "")]


def test_the_number_in_the_lane_is_sent_along() -> None:
    world = World()
    hint = hinted(world, "SO-1")
    world.ledger.items[hint.claims[0].ref].number = 7

    work(hint, world.services())

    assert world.ingram.numbers == [7]


def test_a_410_disables_the_endpoint_and_its_delivery_is_neither_lost_nor_dead() -> (
    None
):
    world = World()
    hint = hinted(world, "SO-1")
    world.ingram.errors = [GONE]

    report = work(hint, world.services())

    assert world.endpoints.reported == [("disable", "acme", "acme answered 410")]
    assert list(report.outcomes.values()) == [
        Later(0.0, "acme answered 410", "http_410", failed=True)
    ]
    (item,) = world.items_at(ACME)
    assert (item.state, item.attempts) == ("due", 0)
    # It answers: no breaker opens, and nobody is made to wait.
    assert (world.gates.reported, world.gates.closed) == ([("served", ACME)], {})


def test_an_endpoint_is_disabled_before_the_attempt_is_given_back() -> None:
    world = World()
    hint = hinted(world, "SO-1")
    world.ingram.errors = [GONE]
    world.ledger.broken = {"settle"}

    with pytest.raises(ConnectionError):
        work(hint, world.services())

    assert [kind for kind, *_ in world.endpoints.reported] == ["disable"]


@pytest.mark.parametrize(
    "error",
    [
        Unavailable("down", code="timeout"),
        Unavailable("down", code="http_503"),
        TransientError("moved", code="http_404"),
        PermanentError("no", code="http_400"),
    ],
)
def test_what_does_not_take_a_notification_fails(error: PartnerError) -> None:
    world = World()
    hint = hinted(world, "SO-1")
    world.ingram.errors = [error]

    work(hint, world.services())

    assert world.endpoints.reported == [("failed", "acme", error.code)]


@pytest.mark.parametrize(
    "error",
    [
        Throttled("slow down", code="http_429"),
        NotYet("no token", code="token_refused", after=300.0, shared=True),
        PermanentError("no such place", code="target"),
        KeyError("a defect of ours"),
    ],
)
def test_our_own_troubles_and_a_plea_for_patience_state_nothing_of_the_endpoint(
    error: Exception,
) -> None:
    world = World()
    hint = hinted(world, "SO-1")
    world.ingram.errors = [error]

    work(hint, world.services())

    assert world.endpoints.reported == []


@pytest.mark.parametrize(
    ("error", "attempts", "gives_up"),
    [
        (PermanentError("no", code="http_400"), 1, True),
        (PermanentError("moved", code="http_302"), 1, True),
        (Unavailable("down", code="http_503"), 3, False),
        (Unavailable("down", code="http_503"), 4, True),
        (TransientError("not yet", code="http_404"), 3, False),
        (TransientError("not yet", code="http_404"), 4, True),
        (Throttled("slow down", code="http_429"), 3, False),
        (Throttled("slow down", code="http_429"), 4, True),
        (PermanentError("no such place", code="target"), 1, False),
        (NotYet("no token", code="token_refused", after=300.0, shared=True), 4, False),
        (KeyError("a defect of ours"), 4, False),
    ],
)
def test_what_is_given_up_for_the_receivers_answer_counts_and_nothing_else(
    error: Exception,
    attempts: int,
    gives_up: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    world = World()
    hint = hinted(world, "SO-1")
    (item,) = world.items_at(ACME)
    item.attempts = attempts - 1
    world.ingram.errors = [error]

    work(hint, world.services())

    assert bool(world.endpoints.given_up) == gives_up


class Unnoting(FakeEndpoints):
    """Endpoints of which nothing can be noted."""

    def served(self, endpoint: str) -> None:
        raise OSError(24, endpoint)

    def failed(self, endpoint: str, code: str, *, gave_up: bool = False) -> None:
        raise OSError(24, endpoint, code, gave_up)

    def disable(self, endpoint: str, why: str) -> None:
        raise OSError(24, endpoint, why)


def test_a_notification_that_was_taken_is_done_whatever_can_be_noted_of_it() -> None:
    world = World()

    report = work(hinted(world, "SO-1"), world.services(endpoints=Unnoting()))

    assert list(report.outcomes.values()) == [Done()]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PermanentError("no", code="http_400"), "http_400"),
        (Unavailable("down", code="connect"), "connect"),
        # Given back without being disabled it would be sent again at once.
        (GONE, "http_410"),
    ],
)
def test_a_failure_stays_what_it_is_whatever_can_be_noted_of_it(
    error: PartnerError, code: str
) -> None:
    world = World()
    hint = hinted(world, "SO-1")
    world.ingram.errors = [error]

    report = work(hint, world.services(endpoints=Unnoting()))

    (outcome,) = report.outcomes.values()
    assert isinstance(outcome, Again | GiveUp)
    assert (outcome.code, outcome.ambiguous) == (code, False)
