"""`waybill orders assign`: a person gives one of Westcon's orders to an ERP order."""

from collections.abc import Mapping

import click

from tasks.outcomes.errors import NotYet
from tasks.polling.sharing import Assignment, assign
from waybill.acting import Whose, act_options, actor_of
from waybill.connect import Opened, opened
from waybill.console import NAMED, TEXT, example, plain, print_json
from waybill.find.selection import orders_meant
from workers.dispatch.room import FixedRoom
from workers.ledger.audit.acting_scripts import ActingScripts
from workers.ledger.audit.actor import Actor, Deed
from workers.ledger.store import RedisLedger

#: What is printed of each result.
ANSWERS: Mapping[str, str] = {
    "assigned": "Westcon's order {number} is {order}'s; its watch looks at once",
    "known": "Westcon's order {number} is {order}'s already",
    "taken": "Westcon's order {number} is {owner}'s, and stays so",
    "by_number": "{order} is not watched by purchase order: publish an event with"
    " westcon.order_number instead",
    "unreadable": "the record of {order} cannot be read by this release",
    "unknown": "{order} is not known; see waybill explain {order}",
    "busy": "others change {order} all the time: try again",
}
DONE = frozenset({"assigned", "known"})


@click.command(name="assign", epilog=example("waybill orders assign SO-10042 6001234"))
@click.argument("order", type=NAMED)
@click.argument("number", metavar="WESTCON-NUMBER", type=NAMED)
@click.option(
    "--source",
    default="",
    type=TEXT,
    help="Whose order it is, or the end of that, where several have the number.",
)
@act_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def assign_order(
    environ: Mapping[str, str],
    /,
    order: str,
    number: str,
    *,
    source: str,
    whose: Whose,
    as_json: bool,
) -> None:
    """Give Westcon's order WESTCON-NUMBER to ORDER, the ERP's.

    Where several orders of the ERP's have one purchase order, it may be open whose one
    of Westcon's orders is: then a watch is a dead letter that asks. Watches that have
    asked go on by themselves. What was decided stays decided, by whomever. Exit code 1
    where nothing was given.
    """
    with opened(environ, to_change=True) as ledger:
        names = orders_meant(ledger.client, order, source, ledger.parts.places)
        if len(names) > 1:
            shown = ", ".join(map(plain, names))
            raise click.ClickException(f"several orders have this number: {shown}")
        by = actor_of(ledger.settings, whose, westcon_order=number)
        found = _assigned(ledger, names[0], number, by)
    owner, result = found.owner or None, found.result
    if as_json:
        answer = {"order": names[0], "westcon_order": number, "result": result}
        print_json(answer | {"owner": owner})
    else:
        texts = {"order": names[0], "number": number, "owner": owner}
        click.echo(plain(ANSWERS[result].format_map(texts)))
    if result not in DONE:
        raise SystemExit(1)


def _assigned(opened_: Opened, name: str, number: str, by: Actor) -> Assignment:
    parts = opened_.parts
    deed = Deed("order.assigned", "", "amended")
    acting = ActingScripts(parts.scripts, by, {"amend": deed})
    ledger = RedisLedger(
        parts.client,
        parts.stream,
        parts.destinations,
        FixedRoom(direct=False),
        parts.retention,
        parts.places,
        acting,
    )
    try:
        return assign(ledger, name, number)
    except NotYet:
        return Assignment("busy")
