"""Selection of dead letters from a command's arguments and options."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import click

from serializers.order_record import order_name
from waybill.connect import Opened
from waybill.console import TEXT, iso
from waybill.destinations import check_destination, given_up
from waybill.since import Since
from workers.ledger import keys
from workers.ledger.dead_letters import DeadLetters
from workers.ledger.identity.namespace import SOURCE, namespace_of
from workers.ledger.letters.groups import LetterGroup, Window
from workers.partners import registry

KINDS = ("event", "watch", "link", "notification")

PREFIXES = (
    keys.DELIVERY_PREFIX,
    *(keys.watch_ref(spec.name, "") for spec in registry.PARTNERS),
    keys.EVENT_PREFIX,
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a dead letter must be; an empty one admits all.

    Attributes:
        kind: event, watch, link or notification.
        order: the order's name, or its number.
        destination: where it would have gone.
        code: of its last attempt.
        fingerprint: of its group.
        older_ms: UTC ms up to which it was given up, None for any.
        newer_ms: UTC ms from which it was.
        by_source: whether a name is a number with its source, see `order_name`.
    """

    kind: str = ""
    order: str = ""
    destination: str = ""
    code: str = ""
    fingerprint: str = ""
    older_ms: int | None = None
    newer_ms: int = 0
    by_source: bool = False

    @property
    def window(self) -> Window:
        """What of it Redis decides letter by letter."""
        beginning = ""
        if self.by_source and self.order:
            beginning = order_name(self.order, " ")[:-1]
        return Window(self.newer_ms, self.older_ms, self.order, beginning)

    def text(self) -> str:
        """It in words, for the audit; "" where it admits all."""
        given = (
            ("kind", self.kind),
            ("order", self.order),
            ("destination", self.destination),
            ("code", self.code),
            ("fingerprint", self.fingerprint),
            ("older", "" if self.older_ms is None else iso(self.older_ms)),
            ("newer", iso(self.newer_ms) if self.newer_ms else ""),
        )
        return " ".join(f"{name}={value}" for name, value in given if value)

    def admit(self, group: LetterGroup) -> bool:
        """The rest, in which all letters of a group are alike."""
        wanted = (
            (self.kind, group.kind),
            (self.destination, group.destination),
            (self.code, group.code),
            (self.fingerprint, group.fingerprint),
        )
        return all(want in ("", have) for want, have in wanted)


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of `Filters`, each by the name of its field."""
    options = (
        click.option(
            "--kind",
            type=click.Choice(KINDS),
            metavar="KIND",
            help="Only event, watch, link or notification.",
        ),
        click.option("--order", default="", type=TEXT, help="Only this order's."),
        click.option(
            "--destination",
            default="",
            type=TEXT,
            help="Only those for this destination (deck, ingram/NAME, …).",
        ),
        click.option(
            "--code", default="", type=TEXT, help="Only those that failed with this."
        ),
        click.option(
            "--fingerprint",
            default="",
            type=TEXT,
            help="Only those that failed alike; see list.",
        ),
        click.option(
            "--older",
            type=Since(),
            help="Only those given up before so long (3d, 36h, 90m), a day or instant.",
        ),
        click.option("--newer", type=Since(), help="Only those given up since then."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def filters_of(ledger: Opened, wanted: Mapping[str, Any]) -> Filters:
    """The filters that the options of `filter_options` give.

    Raises:
        click.BadParameter: the destination does not exist, or the times leave nothing.
        redis.RedisError: Redis does not answer.
    """
    names = ("kind", "order", "code", "fingerprint")
    texts = {name: wanted[name] or "" for name in names}
    older, newer = wanted["older"], wanted["newer"] or 0
    if older is not None and older <= newer:
        what = "nothing is older than that and newer than --newer"
        raise click.BadParameter(what, param_hint="--older")
    destination = wanted["destination"]
    if destination:
        check_destination(ledger, destination, "--destination", given_up(ledger))
    by_source = namespace_of(ledger.client) == SOURCE
    return Filters(
        **texts,
        destination=destination,
        older_ms=older,
        newer_ms=newer,
        by_source=by_source,
    )


def matches(letters: DeadLetters, given: str) -> list[str]:
    """Ids of dead letters that a person may mean by `given`, with or without prefix.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    # An order's number may look like an id, so the whole text comes first.
    if letters.has(given):
        return [given]
    # Older releases called a watch by its order alone.
    bare = given.removeprefix(keys.ORDER_PREFIX)
    ids = (prefix + bare for prefix in PREFIXES)
    return [id_ for id_ in ids if letters.has(id_)]
