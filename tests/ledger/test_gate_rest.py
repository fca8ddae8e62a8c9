"""A gate that was closed for long: why, and who goes first afterwards."""

from tests.ledger.clock import World
from tests.ledger.test_gates import another, fail
from workers.ledger.gates import Grant
from workers.ledger.views.gates import gate_states


def test_after_a_long_rest_one_call_goes_first(world: World) -> None:
    world.gates.close("deck", 900.0, "subscription_key", probe=True)
    world.clock.advance(900_000)

    answers = [one.gates.ask("deck", 7) for one in (world, world)]

    assert answers == [Grant(1, 0.0), Grant(0, 60.0)]
    world.gates.close("deck", 900.0, "subscription_key", probe=True)
    assert world.gates.ask("deck", 7) == Grant(0, 900.0)
    world.clock.advance(900_000)
    assert world.gates.ask("deck", 7).calls == 1
    another(world).served("deck")
    assert world.gates.ask("deck", 7) == Grant(7, 0.0)


def test_a_probe_that_was_asked_to_wait_is_followed_by_another(world: World) -> None:
    fail(world, 5)
    world.clock.advance(30_000)
    assert world.gates.ask("deck", 7).calls == 1

    world.gates.close("deck", 5.0, "http_429")
    world.clock.advance(5_000)

    assert world.gates.ask("deck", 7) == Grant(1, 0.0)


def test_a_gate_states_why_it_is_closed_for_longest(world: World) -> None:
    world.gates.close("deck", 900.0, "subscription_key")
    world.gates.close("deck", 60.0, "http_429")

    def why() -> str:
        return gate_states(world.redis, ["deck"], world.clock.now_ms)["deck"].why

    assert why() == "subscription_key"
    world.clock.advance(900_000)
    fail(world, 5)
    assert why() == ""
