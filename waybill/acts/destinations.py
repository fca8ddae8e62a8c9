"""`waybill pause`, `resume` and `gate open`: whether a destination is sent to."""

from collections.abc import Mapping

import click

from waybill.acting import Whose, act_options, actor_of, grounds
from waybill.connect import opened
from waybill.console import NAMED, example, plain
from waybill.destinations import check_destination
from workers.ledger.acts.gates import open_gate

DESTINATION = click.argument("destination", type=NAMED)


@click.command(epilog=example('waybill pause deck --reason "maintenance until six"'))
@DESTINATION
@act_options
@click.pass_obj
def pause(environ: Mapping[str, str], /, destination: str, *, whose: Whose) -> None:
    """Send DESTINATION nothing more; what waits, and what comes, is kept.

    DESTINATION is one that waybill status shows: westcon, deck, ingram/NAME. A call
    under way is finished and recorded.
    """
    with opened(environ, to_change=True) as ledger:
        check_destination(ledger, destination, "DESTINATION")
        by = actor_of(ledger.settings, whose)
        new = ledger.parts.endpoints.pause(destination, grounds(by), by)
    word = "is" if new else "was already"
    click.echo(f"{plain(destination)} {word} paused; what comes waits.")


@click.command(epilog=example("waybill resume deck"))
@DESTINATION
@act_options
@click.pass_obj
def resume(environ: Mapping[str, str], /, destination: str, *, whose: Whose) -> None:
    """Send DESTINATION what waits for it, and what comes."""
    with opened(environ, to_change=True) as ledger:
        check_destination(ledger, destination, "DESTINATION")
        by = actor_of(ledger.settings, whose)
        new = ledger.parts.endpoints.resume(destination, by)
    word = "goes on" if new else "was not paused"
    click.echo(f"{plain(destination)} {word}.")


@click.group(epilog=example("waybill gate open westcon"))
def gate() -> None:
    """Decide about a destination's circuit breaker."""


@gate.command(name="open", epilog=example("waybill gate open ingram/acme"))
@DESTINATION
@act_options
@click.pass_obj
def open_(environ: Mapping[str, str], /, destination: str, *, whose: Whose) -> None:
    """Have one call go to DESTINATION now, which decides, as after a breaker.

    For a partner that is back before its pause is over. Where it is answered, all go;
    where it fails, the gate closes anew. Given again before that call has an outcome,
    it changes nothing. Exit code 1 where the gate was not closed.
    """
    with opened(environ, to_change=True) as ledger:
        check_destination(ledger, destination, "DESTINATION")
        by, partitions = actor_of(ledger.settings, whose), ledger.settings.partitions
        word = open_gate(ledger.parts.scripts, destination, partitions, by)
    if word == "open":
        raise click.ClickException(f"the gate of {plain(destination)} is not closed")
    before = "It was opened before. " if word == "trial" else ""
    click.echo(
        f"{before}One call goes to {plain(destination)} now; what it meets decides."
    )
