"""Numbers of the command's options: none that is no number, or is never over."""

from collections.abc import Iterator

import click
import pytest

from serializers.events.entry_fields import of_event
from tests.ledger.clock import World
from tests.waybill.terminal import Terminal
from waybill.finite import RATES, Finite
from waybill.main import main


def options(command: click.Command, name: str) -> Iterator[tuple[str, click.Parameter]]:
    for one in command.params:
        yield f"{name} {one.name}", one
    if isinstance(command, click.Group):
        context = click.Context(command)
        for sub in command.list_commands(context):
            found = command.get_command(context, sub)
            assert found is not None
            yield from options(found, f"{name} {sub}")


def test_every_option_with_a_number_refuses_what_is_none() -> None:
    found = dict(options(main, "waybill"))
    numbers = {
        name: one.type
        for name, one in found.items()
        if isinstance(one.type, click.types.FloatParamType)
    }

    assert "waybill dead-letters replay rate" in numbers
    assert [n for n, one in numbers.items() if not isinstance(one, Finite)] == []


@pytest.mark.parametrize("text", ["nan", "-nan", "inf", "1e-320", "0", "-1"])
def test_a_rate_is_a_number_that_comes_to_an_end(text: str) -> None:
    with pytest.raises(click.BadParameter):
        RATES.convert(text, None, None)
    assert RATES.convert("0.5", None, None) == 0.5


@pytest.mark.parametrize(
    "option", ["--rate=nan", "--rate=1e-320", "--canary-wait=nan", "--canary-wait=inf"]
)
def test_with_a_number_that_is_none_no_letter_is_sent(
    ledger: World, waybill: Terminal, option: str
) -> None:
    for entry in ("7-0", "8-0"):
        ledger.ledger.bury_event(entry, of_event(b"no event"), "not JSON", "decode")

    result = waybill("dead-letters", "replay", "--all", option)

    assert result.exit_code == 2
    assert ledger.letters.count() == 2
