"""Acts at a terminal: on destinations, on gates, on orders."""

from collections.abc import Iterable

import pytest

from tasks.ledger_values import WatchMove
from tests.defaults import endpoint_states
from tests.ledger import acts
from tests.ledger.clock import World
from tests.waybill.terminal import Terminal
from waybill.acting import login
from workers.ledger import keys
from workers.ledger.acts.orders import Done, OrderActs
from workers.ledger.audit.actor import Actor


def whats(waybill: Terminal) -> list[str]:
    return [entry["what"] for entry in waybill.json("audit", "list")]


@pytest.mark.parametrize("destination", ["deck", "westcon", "ingram/acme"])
def test_a_paused_destination_is_sent_nothing_until_it_goes_on(
    ledger: World, waybill: Terminal, destination: str
) -> None:
    paused = waybill("pause", destination, "--as=jane", "--reason=they move")
    works = acts.link("L1"), acts.notification("N1")
    acts.admit(ledger, *works, watch=WatchMove.START)

    shown = waybill("status").stdout
    held = acts.claim(ledger, destination)
    resumed = waybill("resume", destination)
    taken = acts.claim(ledger, destination)

    assert (paused.exit_code, resumed.exit_code) == (0, 0)
    assert (len(held.claims), len(taken.claims)) == (0, 1)
    assert f"{destination} is paused; what comes waits." in paused.stdout
    assert "(they move, by jane)" in shown
    assert resumed.stdout == f"{destination} goes on.\n"
    first, last = whats(waybill)
    assert first in {"destination.paused", "endpoint.disabled"}
    assert last in {"destination.resumed", "endpoint.enabled"}


def test_what_waits_for_a_paused_partner_says_how_it_goes_on(
    ledger: World, waybill: Terminal
) -> None:
    waybill("pause", "deck", "--reason=they move")
    acts.admit(ledger, acts.link("L1"))

    shown = waybill("explain", "SO-1").stdout

    assert "deck is paused since" in shown
    assert f"(they move, by {login()}) until `waybill resume deck`" in shown
    (link,) = waybill.json("explain", "SO-1")["deliveries"]
    assert [one["code"] for one in link["blockers"]] == ["paused"]


def test_a_paused_partner_is_no_endpoint_of_the_same_name(
    ledger: World, waybill: Terminal
) -> None:
    states = endpoint_states(ledger.redis, ledger.scripts, 1, 432_000.0)
    waybill("pause", "deck", "--reason=they move")
    states.disable("deck", "it answered 410")

    partner = states.conditions(["deck"])["deck"]
    endpoint = states.states(["deck"])["deck"]
    waybill("resume", "deck")

    assert partner.why == f"they move, by {login()}"
    assert endpoint.why == "it answered 410"
    assert not states.conditions(["deck"])["deck"].disabled
    assert states.states(["deck"])["deck"].disabled


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize("command", [("pause",), ("resume",), ("gate", "open")])
def test_a_destination_that_does_not_exist_is_bad_usage(
    waybill: Terminal, command: tuple[str, ...]
) -> None:
    result = waybill(*command, "acme")

    assert result.exit_code == 2
    assert "did you mean ingram/acme?" in " ".join(result.stderr.split())


def test_a_closed_gate_is_opened_for_one_call(ledger: World, waybill: Terminal) -> None:
    ledger.gates.close("deck", 3600.0, "http_429")

    opened = waybill("gate", "open", "deck", "--reason=they called")
    again = waybill("gate", "open", "deck")
    granted = ledger.gates.ask("deck", 3).calls
    ledger.gates.served("deck")
    late = waybill("gate", "open", "deck")

    assert [one.exit_code for one in (opened, again, late)] == [0, 0, 1]
    assert again.stdout.startswith("It was opened before. One call goes to deck now")
    assert granted == 1
    assert whats(waybill) == ["gate.opened"]


def test_an_order_is_polled_and_given_up(ledger: World, waybill: Terminal) -> None:
    acts.watch(ledger)
    acts.dead(ledger, acts.notification())

    polled = waybill("poll", "SO-1")
    without = waybill("abandon", "SO-1")
    dry = waybill("abandon", "SO-1", "--dry-run")
    given_up = waybill.json("abandon", "SO-1", "--reason", "sold elsewhere")
    shown = waybill("explain", "SO-1").stdout

    assert (polled.exit_code, polled.stdout) == (0, "SO-1 is looked at now\n")
    assert (without.exit_code, dry.exit_code) == (2, 0)
    assert dry.stdout == "would end: 1 watch, and discard: 1 delivery\n"
    assert given_up == {
        "order": "SO-1",
        "word": "abandoned",
        "watches": 1,
        "deliveries": 1,
    }
    assert "somebody gave the order up: sold elsewhere" in shown
    assert whats(waybill) == ["order.polled", "order.abandoned"]
    assert waybill("poll", "SO-1").exit_code == 1
    assert waybill("abandon", "SO-X", "--reason=x").exit_code == 1


def test_giving_up_is_tried_as_it_would_be_done(
    ledger: World, waybill: Terminal
) -> None:
    acts.watch(ledger)
    before = acts.everything(ledger)
    would = [waybill("abandon", name, "--dry-run") for name in ("SO-1", "SO-X")]
    assert acts.everything(ledger) == before

    done = [waybill("abandon", name, "--reason=x") for name in ("SO-1", "SO-X")]
    again = waybill("abandon", "SO-1", "--dry-run")
    as_json = waybill.json("abandon", "SO-X", "--dry-run")

    assert [one.exit_code for one in would] == [one.exit_code for one in done] == [0, 1]
    assert would[1].stdout == done[1].stdout
    assert (again.exit_code, again.stdout) == (1, "SO-1 has nothing that waits\n")
    assert as_json["word"] == "gone"


@pytest.mark.parametrize("watch", [WatchMove.NONE, WatchMove.START])
def test_what_comes_while_an_order_is_given_up_is_discarded_unless_it_begins_anew(
    ledger: World,
    waybill: Terminal,
    monkeypatch: pytest.MonkeyPatch,
    watch: WatchMove,
) -> None:
    acts.watch(ledger)
    acts.admit(ledger, acts.notification("N1"))
    given_up, calls = OrderActs.abandon, []

    def abandon(self: OrderActs, order: str, refs: Iterable[str], by: Actor) -> Done:
        calls.append(list(refs))
        if len(calls) > 1:
            return given_up(self, order, calls[-1], by)
        acts.admit(ledger, acts.notification("N2"))
        done = given_up(self, order, calls[-1], by)
        if watch is WatchMove.START:
            acts.watch(ledger)
        return done

    monkeypatch.setattr(OrderActs, "abandon", abandon)
    done = waybill.json("abandon", "SO-1", "--reason", "sold elsewhere")

    begun_anew = watch is WatchMove.START
    assert (done["word"], done["watches"]) == ("abandoned", 1)
    assert done["deliveries"] == (1 if begun_anew else 2)
    assert calls == [["delivery:N1"], ["delivery:N2"]][: 1 if begun_anew else 2]
    assert (acts.state(ledger, "delivery:N2") == "discarded") is not begun_anew


def test_an_order_that_no_worker_can_look_at_is_not_said_to_be_looked_at_now(
    ledger: World, waybill: Terminal
) -> None:
    acts.watch(ledger)
    ledger.redis.delete(keys.WORKERS)

    said = waybill("poll", "SO-1")
    read = waybill.json("poll", "SO-1")

    assert said.exit_code == 0
    assert said.stdout == (
        "SO-1 is looked at as soon as a worker can: no worker is alive\n"
    )
    assert (read["word"], read["absent"]) == ("polled", ["no worker is alive"])
