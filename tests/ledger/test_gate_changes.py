"""A gate that closes or opens is reported once, whoever reports what."""

from itertools import permutations

import pytest
import redis

from tests.ledger.clock import World, build
from workers.ledger.gates import Change, Gates


class Fleet:
    """Several processes' gates, and what is reported by any of them."""

    def __init__(self, client: redis.Redis, size: int = 3) -> None:
        self.world: World = build(client)
        self.reported: list[Change] = []
        self.gates = [
            Gates(self.world.scripts, self.world.destinations, self.reported.append)
            for _ in range(size)
        ]

    def all_fail(self, times: int = 1) -> None:
        for _ in range(times):
            for one in self.gates:
                one.failed("deck", "http_503")

    def all_served(self) -> None:
        for one in self.gates:
            one.served("deck")

    def words(self) -> list[str]:
        return ["closed" if one.closed else "opened" for one in self.reported]


@pytest.fixture
def fleet(redis: redis.Redis) -> Fleet:
    return Fleet(redis)


def test_an_open_breaker_is_reported_once_for_all(fleet: Fleet) -> None:
    fleet.all_fail(5)

    assert fleet.reported == [Change("deck", True, 30.0, True, 5, "http_503")]  # noqa: FBT003 - as it reads


def test_probes_that_fail_are_no_news_and_the_first_answer_is(fleet: Fleet) -> None:
    fleet.all_fail(5)
    for _ in range(10):
        fleet.world.clock.advance(30_000)
        fleet.gates[1].failed("deck", "timeout")
    fleet.world.clock.advance(30_000)

    fleet.all_served()

    assert fleet.words() == ["closed", "opened"]
    assert fleet.reported[-1] == Change(
        "deck", closed=False, seconds=330.0, failures=25
    )


def test_an_answer_from_before_the_closing_does_not_open_it(fleet: Fleet) -> None:
    fleet.gates[0].close("deck", 60.0, "http_429")

    fleet.all_served()

    assert fleet.words() == ["closed"]
    fleet.world.clock.advance(60_000)
    for one in fleet.gates:
        one._served_at.clear()
    fleet.all_served()
    assert fleet.words() == ["closed", "opened"]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_what_many_are_asked_for_at_once_is_reported_once(
    fleet: Fleet, order: tuple[int, ...]
) -> None:
    for n in order:
        fleet.gates[n].close("deck", 60.0 + n, "http_429")

    assert [(one.code, one.closed) for one in fleet.reported] == [("http_429", True)]
    assert 60.0 <= fleet.reported[0].seconds <= 62.0
    assert not fleet.reported[0].breaker


def test_another_reason_is_news(fleet: Fleet) -> None:
    fleet.all_fail(5)

    fleet.gates[0].close("deck", 900.0, "subscription_key", probe=True)
    fleet.gates[1].close("deck", 10.0, "http_429")

    assert [one.code for one in fleet.reported] == ["http_503", "subscription_key"]


def test_a_gate_that_closes_again_after_it_has_opened_is_news(fleet: Fleet) -> None:
    for _ in range(3):
        fleet.all_fail(5)
        fleet.world.clock.advance(30_000)
        for one in fleet.gates:
            one._served_at.clear()
        fleet.all_served()

    assert fleet.words() == ["closed", "opened"] * 3


def test_failures_that_close_nothing_and_rests_of_no_length_are_no_news(
    fleet: Fleet,
) -> None:
    fleet.all_fail(1)
    fleet.gates[0].close("deck", 0.0001, "http_429")
    fleet.all_served()

    assert fleet.reported == []
