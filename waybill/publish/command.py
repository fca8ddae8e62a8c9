"""`waybill publish`: validates events and appends them to the stream."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import partial
from inspect import cleandoc
from typing import BinaryIO

import click
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoPermissionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from serializers.errors import DecodeError
from serializers.events import decode
from serializers.events.batch import BrokenArrayError, Found
from serializers.events.members import unknown_members
from serializers.events.problems import separated
from serializers.events.shape import EventType
from waybill.console import example, plain, print_json
from waybill.publish.fitness import check_kept, check_owner
from waybill.publish.reading import read
from waybill.publish.view import Summary
from waybill.trouble import loaded, redis_trouble_shown
from workers.ledger.identity.names_in_use import NamesInUse
from workers.ledger.identity.namespace import SOURCE
from workers.ledger.layout.layout import layout_of, unmoved
from workers.ledger.stream import streams
from workers.redis.bounded_client import adding_client
from workers.redis.durability import UnconfirmedError, durability_of
from workers.settings.settings import Settings
from workers.wiring.ledger import as_wide, stream_names


@dataclass(frozen=True, slots=True)
class Published:
    """What became of one event; the members of `--json`.

    Attributes:
        entry: its id in the stream, None when it was refused.
        id: its own id, None when it could not be read.
        order: its order number, None when it could not be read.
        accepted: whether it is in the stream.
        problems: why not.
    """

    entry: str | None
    id: str | None
    order: str | None
    accepted: bool
    problems: tuple[str, ...] = ()


@click.command(
    epilog=example(
        "waybill publish events.ndjson", "my-erp-export | waybill publish --json -"
    )
)
@click.argument("file", type=click.File("rb"))
@click.option("--unchecked", is_flag=True, help="Publish what is no valid event too.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@click.pass_obj
def publish(
    environ: Mapping[str, str], /, file: BinaryIO, *, unchecked: bool, as_json: bool
) -> None:
    """Put the events of FILE (- for standard input) into the stream.

    FILE holds one event per line, or one JSON array of events. Each is checked
    first; what is refused is reported with its line, the first ones in full and all by
    cause, and the others are published. A member of data that is nearly one of those
    that are read ("custommer_id") is refused too; with WAYBILL_STRICT_EVENTS, any that
    is not declared. So is the name of an account or a site that no living worker has.
    A line of output (entry, event, order) is the promise for that
    event: it is kept. So nothing is published into a Redis that forgets, unless
    WAYBILL_ALLOW_VOLATILE_REDIS is set.

    Publishing an event again has no second effect. Where Redis gives no answer the
    event is in doubt: publish it again under the same id. Exit code 1 if any was
    refused or is in doubt, or if there was none; 3 if Redis has an event that too few
    replicas have confirmed (WAYBILL_DURABILITY): it is in doubt, too.
    """
    settings = loaded(lambda: Settings.load_redis(environ))
    published: list[Published] = []
    summary = Summary()
    try:
        with redis_trouble_shown(settings.redis_url):
            strict, (publish_to, names) = settings.strict_events, _door(settings)
            checked = (
                (one, check(one.body, strict=strict, names=names))
                for one in _found(file)
            )
            for line, one in _published(publish_to, checked, unchecked):
                published.append(one)
                _print(line, one, summary, as_json=as_json)
    finally:
        # What is in the stream is reported, whatever happened after it.
        if as_json:
            print_json([asdict(one) for one in published])
        for line_of_it in summary.lines():
            click.echo(line_of_it, err=True)
    if not summary.seen:
        raise click.ClickException("the input holds no event; nothing was published")
    if summary.refused:
        raise SystemExit(1)


#: Of the events, for who asks how to write one.
TYPES = f"Types of events: {', '.join(EventType)}."
publish.help = f"{cleandoc(publish.help or '')}\n\n{TYPES}"


def _door(settings: Settings) -> tuple[Callable[[bytes], str], NamesInUse]:
    """The way into a Redis that keeps what it is given, and is this deployment's.

    Beside it, what the workers of that Redis have accounts and sites for.
    """
    awaited = durability_of(settings.durability).seconds
    client = adding_client(settings.redis_url, awaited)
    check_owner(client, settings)
    check_kept(client, settings)
    layout = unmoved(settings.partitions)
    with suppress(NoPermissionError):
        # Who may only add goes by the setting: every stream leads to every order.
        layout = layout_of(client, settings.partitions)
    own = stream_names(as_wide(settings, layout))
    by_source = settings.namespace == SOURCE
    places = streams.streams_of(client, own, home=layout.home)
    return partial(streams.publish, places, by_source=by_source), NamesInUse(client)


def _found(file: BinaryIO) -> Iterator[Found]:
    try:
        yield from read(file)
    except BrokenArrayError as error:
        message = f"the input is no JSON array: {error}; nothing was published"
        raise click.ClickException(message) from error


def _published(
    publish_to: Callable[[bytes], str],
    found: Iterator[tuple[Found, Published]],
    unchecked: bool,  # noqa: FBT001 - the option, handed on
) -> Iterator[tuple[int, Published]]:
    for one, checked in found:
        if checked.accepted or unchecked:
            with doubt_shown(one.line, checked.id):
                entry = publish_to(one.body)
            accepted = Published(entry, checked.id, checked.order, accepted=True)
            yield one.line, accepted
        else:
            yield one.line, checked


@contextmanager
def doubt_shown(line: int, id_: str | None) -> Iterator[None]:
    """Warn of an event without an answer that it may be in the stream, or not."""
    try:
        yield
    except (RedisTimeoutError, RedisConnectionError, UnconfirmedError) as error:
        lacks = "no answer"
        if isinstance(error, UnconfirmedError):
            lacks = "too few replicas"
        what = f"line {line}: in doubt: {lacks} for event {plain(id_ or '-')};"
        again = "publish it and what follows it again under the same id"
        click.echo(f"{what} {again}", err=True)
        raise


def check(
    body: bytes, *, strict: bool = False, names: NamesInUse | None = None
) -> Published:
    """What would become of an event; its entry is not known yet.

    Args:
        body: as it was written.
        strict: whether a member that is not declared is a problem even where it is not
            nearly one of ours.
        names: of accounts and sites; None to let any pass.
    """
    try:
        event = decode.decode(body)
    except DecodeError as error:
        id_, order = _names(body)
        problems = separated(str(error))
        return Published(None, id_, order, accepted=False, problems=problems)
    unknown = [
        one for one in unknown_members(decode.parse(body)) if strict or one.meant
    ]
    found = tuple(one.problem for one in unknown)
    found += names.problems(event) if names else ()
    return Published(None, event.id, event.order_number, not found, found)


def _names(body: bytes) -> tuple[str | None, str | None]:
    """The ids of what is no valid event, as far as they can be made out."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None, None
    event = value if isinstance(value, dict) else {}
    part = event.get("data")
    order = part.get("order_number") if isinstance(part, dict) else None
    id_ = event.get("id")
    return _text(id_), _text(order)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _print(line: int, one: Published, summary: Summary, *, as_json: bool) -> None:
    """Count it, and print it unless JSON will have the whole of it."""
    if not one.accepted:
        for refusal in summary.refuse(line, one.problems):
            if not as_json:
                click.echo(refusal, err=True)
        return
    summary.accept()
    names = (one.entry or "", one.id or "-", one.order or "-")
    if not as_json:
        click.echo("  ".join(map(plain, names)))
