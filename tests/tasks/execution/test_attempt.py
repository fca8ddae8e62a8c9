"""One attempt: its outcome, and what its destination's gate learns."""

import pytest

from serializers.errors import DecodeError
from tasks.execution.attempt import Attempt, attempt
from tasks.outcomes.errors import NotYet, PermanentError, Throttled, Unavailable
from tasks.outcomes.outcome import Again, Done, GiveUp
from tests.tasks.fakes import ACME, FakeGates, World


class Unnoting(FakeGates):
    """Gates of which nothing can be noted."""

    def served(self, destination: str) -> None:
        raise OSError(24, destination)

    def failed(self, destination: str, code: str = "") -> float:
        raise OSError(24, destination, code)


def failing(world: World, error: Exception, attempts: int = 1) -> Attempt:
    def call() -> str:
        raise error

    return attempt(world.services(), ACME, attempts, call)


def test_a_call_that_is_answered_is_done_and_the_destination_works() -> None:
    world = World()

    made = attempt(world.services(), ACME, 1, lambda: "http 200")

    assert made == Attempt(Done(), "http 200")
    assert world.gates.reported == [("served", ACME)]


def test_a_refusal_shows_that_the_destination_works() -> None:
    world = World()

    made = failing(world, PermanentError("no", code="http_400"))

    assert made == Attempt(GiveUp("no", "http_400"), "http_400")
    assert world.gates.reported == [("served", ACME)]


def test_no_answer_counts_against_the_destination() -> None:
    world = World()

    made = failing(world, Unavailable("down", code="timeout"))

    assert (made.result, made.closed) == ("timeout", False)
    assert world.gates.reported == [("failed", ACME)]


def test_the_failure_that_opens_the_breaker_closes_the_gate() -> None:
    world = World()
    world.gates.open_after = 1

    assert failing(world, Unavailable("down", code="timeout")).closed


@pytest.mark.parametrize(
    "error",
    [
        Throttled("slow", code="http_429", retry_after=60.0),
        Unavailable("busy", code="http_503", retry_after=60.0),
        NotYet("no token", code="token", after=60.0, shared=True),
    ],
)
def test_everybody_waits_as_long_as_the_partner_asks(error: Exception) -> None:
    world = World()

    assert failing(world, error).closed
    assert world.gates.closed == {ACME: 60.0}


@pytest.mark.parametrize(("seconds", "probe"), [(59.9, False), (60.0, True)])
def test_after_a_long_rest_one_call_goes_first(
    seconds: float,
    probe: bool,  # noqa: FBT001 (pytest passes it by name)
) -> None:
    world = World()

    failing(world, Throttled("slow", code="http_429", retry_after=seconds))

    assert world.gates.reasons == {ACME: ("http_429", probe)}


def test_nobody_waits_longer_than_the_cap() -> None:
    world = World()

    failing(world, Throttled("slow", code="http_429", retry_after=1e9))

    assert world.gates.closed == {ACME: 3_600.0}


def test_an_item_that_waits_for_itself_keeps_nobody_else_waiting() -> None:
    world = World()

    assert not failing(world, NotYet("soon", code="nao", after=60.0)).closed
    assert world.gates.closed == {}


def test_a_body_that_cannot_be_read_is_called_that() -> None:
    made = failing(World(), DecodeError("order: not JSON"))

    assert made == Attempt(GiveUp("order: not JSON", "decode"), "decode")


def test_a_defect_of_ours_states_nothing_about_the_destination() -> None:
    world = World()

    made = failing(world, KeyError("sk_live_9"))

    assert made.result == "unexpected"
    assert isinstance(made.outcome, Again)
    assert "sk_live" not in repr(made)
    assert world.gates.reported == []


def test_a_note_that_fails_behind_a_success_does_not_undo_it() -> None:
    world = World()
    heard: list[tuple[str, str]] = []

    services = world.services(
        gates=Unnoting(),
        unnoted=lambda what, error: heard.append((what, type(error).__name__)),
    )

    made = attempt(services, ACME, 1, lambda: "http 200")

    assert made == Attempt(Done(), "http 200")
    assert heard == [("gate", "OSError")]


def test_a_note_that_fails_behind_a_failure_leaves_it_what_it_is() -> None:
    services = World().services(gates=Unnoting())

    def call() -> str:
        raise Unavailable("down", code="connect")

    made = attempt(services, ACME, 1, call)

    assert made.result == "connect"
    assert isinstance(made.outcome, Again)
    assert not made.outcome.ambiguous
