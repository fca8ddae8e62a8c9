"""Words that commands print: numbers with their nouns, and choices that there are."""

import click
import pytest

from tests.ledger import acts
from tests.ledger.clock import World
from tests.waybill.terminal import Terminal
from tests.waybill.test_numbers import options
from waybill.console import amount
from waybill.main import main


@pytest.mark.parametrize(
    ("count", "one", "words"),
    [
        (1, "order", "1 order"),
        (0, "order", "0 orders"),
        (2000, "delivery", "2,000 deliveries"),
        (1, "delivery", "1 delivery"),
        (2, "watch", "2 watches"),
    ],
)
def test_a_number_has_its_noun_in_the_form_that_goes_with_it(
    count: int, one: str, words: str
) -> None:
    assert amount(count, one) == words


def test_no_option_offers_nothing_as_a_choice() -> None:
    choices = {
        name: one.type.choices
        for name, one in options(main, "waybill")
        if isinstance(one.type, click.Choice)
    }

    assert "waybill dead-letters list kind" in choices
    assert [name for name, known in choices.items() if "" in known] == []


def test_one_of_a_thing_is_told_as_one(ledger: World, waybill: Terminal) -> None:
    acts.dead(ledger, acts.notification())
    acts.watch(ledger)

    assert waybill("orders", "list").stdout.splitlines()[-1].startswith("1 order, of")
    assert waybill("partitions").stdout.startswith("new orders go into 1 partition\n")
    planned = waybill("dead-letters", "replay", "--all", "--dry-run").stdout
    assert planned.startswith("1 dead letter, the oldest")


def test_a_plan_for_the_partitions_that_there_are_advises_nothing(
    ledger: World, waybill: Terminal
) -> None:
    acts.watch(ledger)

    planned = waybill("partitions", "plan", "1")

    assert planned.stdout == (
        "the ledger lies in 1 partition already, with 1 order: nothing is to do\n"
    )


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ((), "no result is kept\n"),
        (("--order", "SO-9"), "no result is kept about order SO-9\n"),
        (
            ("--order", "SO-9", "--type", "order.linked", "--json"),
            "no result is kept about order SO-9 of the type order.linked\n",
        ),
    ],
)
@pytest.mark.usefixtures("ledger")
def test_that_there_is_no_result_is_said_beside_the_output(
    waybill: Terminal, more: tuple[str, ...], words: str
) -> None:
    result = waybill("results", *more)

    assert (result.exit_code, result.stdout, result.stderr) == (0, "", words)
