"""`waybill poll` and `abandon`: one order is looked at now, or given up."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Final

import click

from serializers.errors import DecodeError
from waybill.acting import Whose, act_options, actor_of, with_reason
from waybill.connect import Opened, opened
from waybill.console import NAMED, TEXT, amount, example, plain, print_json
from waybill.find.selection import orders_meant
from waybill.status.served import obstacles
from workers.ledger.acts.orders import Done, OrderActs
from workers.ledger.audit.actor import Actor
from workers.ledger.identity.heartbeats import Heartbeats
from workers.ledger.views.order_story import story

ORDER = click.argument("order", type=NAMED)
SOURCE = click.option(
    "--source",
    default="",
    type=TEXT,
    help="Whose order it is, or the end of that, where several have the number.",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")

#: So often what has come meanwhile is looked for.
ROUNDS: Final = 3

#: What is printed of each result.
ANSWERS: Final[Mapping[str, str]] = {
    "polled": "{order} is looked at now",
    "abandoned": "{order} is given up: {watches} ended, {deliveries} discarded",
    "ended": "{order} has nothing that waits",
    "dead": "the watch of {order} is a dead letter: see waybill explain, replay it",
    "gone": "{order} is not known; see waybill explain {order}",
}

#: What is printed of an order that no worker can look at by now.
WAITS: Final = "{order} is looked at as soon as a worker can: {absent}"


@dataclass(frozen=True, slots=True)
class Waits:
    """What of an order has not ended.

    Attributes:
        refs: of its deliveries that wait or are dead letters.
        watches: how many watch it.
    """

    refs: tuple[str, ...]
    watches: int


@click.command(epilog=example("waybill poll SO-10042"))
@ORDER
@SOURCE
@act_options
@AS_JSON
@click.pass_obj
def poll(
    environ: Mapping[str, str],
    /,
    order: str,
    *,
    source: str,
    whose: Whose,
    as_json: bool,
) -> None:
    """Have ORDER looked at now, wherever it is watched.

    A worker does it, as far as the partner's gate and limits allow; where none can, it
    is said what is missing, and it is looked at when that is there. Exit code 1 where
    nobody watches it.
    """
    with opened(environ, to_change=True) as ledger:
        name = _named(ledger, order, source)
        done = _acts(ledger).poll(name, actor_of(ledger.settings, whose))
        absent = unattended(ledger, name) if done.word == "polled" else ()
    if absent and not as_json:
        click.echo(plain(WAITS.format(order=name, absent=" and ".join(absent))))
        return
    _print(name, done, as_json=as_json, absent=absent)


@click.command(epilog=example('waybill abandon SO-10042 --reason "sold elsewhere"'))
@ORDER
@SOURCE
@click.option(
    "--dry-run", is_flag=True, help="Print what would be done, and do nothing."
)
@act_options
@AS_JSON
@click.pass_obj
def abandon(
    environ: Mapping[str, str],
    /,
    order: str,
    *,
    source: str,
    dry_run: bool,
    whose: Whose,
    as_json: bool,
) -> None:
    """Give ORDER up: its watches end, and what was not delivered is discarded.

    Asks for a reason, or takes it from --reason; it stands in the order's timeline. The
    ERP hears of it by a result. What a worker is just sending may still arrive. A later
    event of the ERP's about the order begins it anew. Exit code 1 where nothing was
    left to end.
    """
    if not dry_run:
        whose = with_reason(whose, "This cannot be undone")
    with opened(environ, to_change=True) as ledger:
        name = _named(ledger, order, source)
        if dry_run:
            done = _would_be(waiting(ledger, name))
        else:
            done = _given_up(ledger, name, actor_of(ledger.settings, whose))
    if dry_run and not as_json and done.word == "abandoned":
        click.echo(
            f"would end: {amount(done.watches, 'watch')}, and discard:"
            f" {amount(done.deliveries, 'delivery')}"
        )
        return
    _print(name, done, as_json=as_json)


def _given_up(ledger: Opened, order: str, by: Actor) -> Done:
    """Give it up, with what comes between the reading of what waits and the act.

    An order that is watched again since has begun anew, and is left alone.
    """
    acts = _acts(ledger)
    found = waiting(ledger, order)
    done = acts.abandon(order, found.refs if found else (), by)
    for _ in range(ROUNDS if done.word == "abandoned" else 0):
        left = waiting(ledger, order)
        if left is None or left.watches or not left.refs:
            break
        more = acts.abandon(order, left.refs, by)
        done = replace(done, deliveries=done.deliveries + more.deliveries)
    return done


def _would_be(found: Waits | None) -> Done:
    """What giving it up would come to."""
    if found is None:
        return Done("gone")
    if not (found.watches or found.refs):
        return Done("ended")
    return Done("abandoned", found.watches, len(found.refs))


def _acts(ledger: Opened) -> OrderActs:
    parts = ledger.parts
    return OrderActs(parts.scripts, parts.retention, parts.places)


def waiting(ledger: Opened, order: str) -> Waits | None:
    """What of it would be given up, None where it is not known.

    Raises:
        click.ClickException: its record cannot be read.
        redis.RedisError: Redis does not answer.
    """
    places = ledger.parts.places
    try:
        found = story(ledger.client, order, ledger.configured(), places)
    except DecodeError as error:
        message = f"the record of {plain(order)} cannot be read: {error}"
        raise click.ClickException(message) from error
    if found is None:
        return None
    watches = [one for one in found.watches if one.state not in {"", "ended"}]
    return Waits(tuple(one.ref for one in found.deliveries), len(watches))


def unattended(ledger: Opened, order: str) -> tuple[str, ...]:
    """What of the workers is missing for a look at it.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    workers, places = Heartbeats(ledger.client).alive(), ledger.parts.places
    try:
        found = story(ledger.client, order, ledger.configured(), places)
    except DecodeError:
        return ()
    watches = found.watches if found else ()
    where = [one.destination for one in watches if one.state not in {"", "ended"}]
    absent = (one for name in where for one in obstacles(workers, name))
    return tuple(dict.fromkeys(absent))


def _named(ledger: Opened, given: str, source: str) -> str:
    names = orders_meant(ledger.client, given, source, ledger.parts.places)
    if len(names) > 1:
        shown = ", ".join(map(plain, names))
        raise click.ClickException(f"several orders have this number: {shown}")
    return names[0]


def _print(
    order: str, done: Done, *, as_json: bool, absent: tuple[str, ...] = ()
) -> None:
    if as_json:
        missing = {"absent": absent} if absent else {}
        print_json({"order": order, **asdict(done), **missing})
    else:
        texts = {
            "order": order,
            "watches": amount(done.watches, "watch"),
            "deliveries": amount(done.deliveries, "delivery"),
        }
        click.echo(plain(ANSWERS[done.word].format_map(texts)))
    if done.word not in {"polled", "abandoned"}:
        raise SystemExit(1)
