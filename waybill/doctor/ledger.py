"""Checks of the ledger: its fit to the settings, and events lost from its stream."""

import shlex
from collections.abc import Iterable, Iterator, Mapping

import redis

from tasks.planning.rules import INGRAM_PREFIX
from waybill.acting import Whose, actor_of
from waybill.connect import check_deployment
from waybill.console import moment
from waybill.status.reasons import loss_text, moving_text
from waybill.trouble import loaded, redis_trouble_shown
from workers.ledger import keys
from workers.ledger.identity.metadata import Missing, missing
from workers.ledger.layout.layout import Layout, layout_of
from workers.ledger.repartition.repartition import mover
from workers.ledger.stream.streams import views_of
from workers.ledger.views.overview import DestinationState, overview
from workers.partners.check import Check, ok, warning, wrong
from workers.redis.answers import number, text
from workers.redis.bounded_client import changing_client
from workers.settings.settings import Settings
from workers.wiring.ledger import as_wide, stream_names
from workers.wiring.partners import destinations_of


def ledger_checks(
    client: "redis.Redis", settings: Settings, *, complete: bool
) -> Iterator[Check]:
    """All checks of the ledger; raises redis.RedisError.

    Args:
        client: of the ledger.
        settings: of this process, for as many partitions as the ledger has.
        complete: whether they are, so that the destinations are known.
    """
    epoch, partitions = client.get(keys.EPOCH), settings.partitions
    absent = missing(client, partitions) if epoch is None else None
    layout = layout_of(client, partitions)
    yield foundation(text(epoch), layout.count, absent)
    if layout.is_moving:
        yield repartition(layout, mover(client))
    if not complete:
        return
    stream = views_of(client, stream_names(settings))
    seen = overview(client, stream, [], settings.partitions)
    known = [destination.name for destination in destinations_of(settings)]
    yield from orphans(seen.destinations.values(), known)


def foundation(epoch: str, partitions: int, absent: Missing | None) -> Check:
    """Whether the ledger is there, and how many partitions new orders go into."""
    name = "ledger"
    if absent is not None:
        found = wrong if absent.lost else warning
        return found(name, absent.message, absent.advice)
    return ok(name, f"made {moment(number(epoch))}, partitions: {partitions}")


def repartition(layout: Layout, who: str) -> Check:
    """Whether somebody moves the orders that are to be moved."""
    name, what = "ledger.partitions", moving_text(layout, who)
    if who:
        return ok(name, what)
    message, _, advice = what.partition("; ")
    return wrong(name, message, advice)


def _put_back(destination: str) -> str:
    back = "put it back into the settings: nothing is lost"
    if not destination.startswith(INGRAM_PREFIX):
        return back
    name = shlex.quote(destination.removeprefix(INGRAM_PREFIX))
    return f"{back}; or drop it with `waybill endpoints forget {name}`"


def orphans(states: Iterable[DestinationState], known: list[str]) -> Iterator[Check]:
    """Destinations that hold work which nobody claims."""
    name, found = "ledger.destinations", False
    for state in states:
        held = state.due + state.leased
        if held and state.name not in known:
            found = True
            message = f"{state.name} holds items ({held}) and is not in the settings"
            yield wrong(name, message, _put_back(state.name))
    if not found:
        yield ok(name, "all work is for destinations of the settings")


def stream_check(client: "redis.Redis", settings: Settings) -> Check:
    """Whether events were lost; raises redis.RedisError."""
    losses = views_of(client, stream_names(settings)).losses()
    if losses.open:
        message, _, advice = loss_text(losses).partition("; ")
        return wrong("stream", message, advice)
    before = f"; {losses.accepted} lost before, and settled" if losses.accepted else ""
    return ok("stream", f"no event was dropped before it was admitted{before}")


def accepted(environ: Mapping[str, str], whose: Whose) -> str:
    """Settle what was lost, for a person who has seen to it; what that changed.

    Raises:
        click.ClickException: the settings or Redis fail.
    """
    settings = loaded(lambda: Settings.load_redis(environ))
    with redis_trouble_shown(settings.redis_url):
        client = changing_client(settings.redis_url, "doctor")
        with client:
            check_deployment(client, settings.deployment, to_change=True)
            wide = as_wide(settings, layout_of(client, settings.partitions))
            streams = views_of(client, stream_names(wide))
            events = streams.accept(actor_of(settings, whose))
    return f"lost events that are settled now: {events}"
