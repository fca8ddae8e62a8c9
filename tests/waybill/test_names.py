"""What a command is given the name of: an empty one, and one that nothing has."""

import click
import pytest

from tests.ledger import acts
from tests.ledger.clock import World
from tests.waybill.terminal import Terminal
from tests.waybill.test_numbers import options
from waybill.console import Named, Utf8
from waybill.destinations import meant
from waybill.main import main

KNOWN = ("deck", "deck/xml", "ingram/acme", "ingram/globex", "westcon")


def test_every_argument_that_names_something_refuses_an_empty_one() -> None:
    found = {
        name: one.type
        for name, one in options(main, "waybill")
        if isinstance(one, click.Argument) and isinstance(one.type, Utf8)
    }

    assert "waybill explain order" in found
    assert [n for n, one in found.items() if not isinstance(one, Named)] == []


@pytest.mark.parametrize("empty", ["", "  "])
@pytest.mark.parametrize(
    "command",
    [
        ("find",),
        ("explain",),
        ("orders", "assign", "SO-1"),
        ("drift", "forget"),
        ("dead-letters", "replay"),
    ],
    ids=" ".join,
)
def test_an_empty_name_is_not_taken_for_all_that_has_none(
    ledger: World, waybill: Terminal, command: tuple[str, ...], empty: str
) -> None:
    acts.watch(ledger)
    before = acts.everything(ledger)

    result = waybill(*command, empty)

    assert result.exit_code == 2
    assert "is empty, and names nothing" in result.stderr
    assert acts.everything(ledger) == before


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ("ingram", "there are: ingram/acme, ingram/globex"),
        ("Ingrm", "there are: ingram/acme, ingram/globex"),
        ("acme", "did you mean ingram/acme?"),
        ("Deck", "did you mean deck?"),
        ("xml", "did you mean deck/xml?"),
        ("westcn", "did you mean westcon?"),
        ("0", "there are: deck, deck/xml, ingram/acme, ingram/globex, westcon"),
    ],
)
def test_a_partner_of_several_destinations_is_not_taken_for_one_of_them(
    wanted: str, words: str
) -> None:
    assert meant(wanted, KNOWN) == words


@pytest.mark.parametrize("command", ["list", "export"])
def test_orders_of_a_destination_that_does_not_exist_are_not_none(
    ledger: World, waybill: Terminal, command: str
) -> None:
    acts.admit(ledger, acts.notification())

    result = waybill("orders", command, "--destination", "acme")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "did you mean ingram/acme?" in " ".join(result.stderr.split())


def test_a_destination_that_only_dead_letters_have_is_one(
    ledger: World, waybill: Terminal
) -> None:
    acts.dead(ledger, acts.notification("N1"))
    asked = ("orders", "list", "--destination", "ingram/acme")

    found = waybill(*asked, WAYBILL_INGRAM__ENDPOINTS="{}")

    assert found.exit_code == 0


def test_no_option_overrides_another_in_silence() -> None:
    """Two that set one value would: the last that is typed wins."""
    found = [
        (name.rpartition(" ")[0], one.name) for name, one in options(main, "waybill")
    ]

    assert len(found) == len(set(found))
