"""Check for a restored ledger, and the operator's acceptance of it."""

from collections.abc import Iterator, Mapping

import redis

from waybill.acting import Whose, actor_of
from waybill.connect import check_deployment
from waybill.status.reasons import restore_text
from waybill.trouble import loaded, redis_trouble_shown
from workers.ledger import keys
from workers.ledger.identity.metadata import found
from workers.ledger.layout.layout import layout_of
from workers.ledger.restore.findings import HELD, Restores
from workers.ledger.restore.kept_marks import kept_marks
from workers.ledger.restore.marks_file import SETTING, KeptMarksError
from workers.partners.check import Check, ok, warning, wrong
from workers.redis.bounded_client import changing_client
from workers.settings.settings import Settings

NAME = "ledger.restored"


def restore_checks(client: "redis.Redis", settings: Settings) -> Iterator[Check]:
    """Whether it went back, or its clock was set; raises redis.RedisError."""
    restored = Restores(client, settings.partitions).restored()
    if restored.held:
        message, _, advice = HELD.partition("; ")
        yield wrong(NAME, message, advice)
    for one in restored.found:
        message, _, advice = restore_text(one).rpartition("; ")
        yield wrong(NAME, message, advice)
    if not restored.found:
        yield ok(NAME, "nobody has found it older than it was, or its clock set")


def marks_check(settings: Settings) -> Iterator[Check]:
    """Whether it can be found that all workers went down with Redis."""
    name = "ledger.marks"
    kept = kept_marks(settings.marks_url, settings.deployment)
    if kept is None and settings.on_restore == "hold":
        message = f"{SETTING} is not set: a restore while no worker runs is not noticed"
        yield warning(name, message, "name a file, or another Redis")
    if kept is None:
        return
    try:
        found = kept.read()
    except KeptMarksError as error:
        yield wrong(name, str(error), "mend it, then look again")
        return
    # A file of another host is not seen here.
    yield ok(name, "are kept elsewhere, too" if found else "none are kept here yet")


def accepted_restore(environ: Mapping[str, str], whose: Whose) -> str:
    """Take the ledger as it is, for a person who has seen to it; what that changed.

    Raises:
        click.ClickException: the settings or Redis fail.
    """
    settings = loaded(lambda: Settings.load_redis(environ))
    with redis_trouble_shown(settings.redis_url):
        client = changing_client(settings.redis_url, "doctor")
        with client:
            check_deployment(client, settings.deployment, to_change=True)
            width = layout_of(client, settings.partitions).width
            before = Restores(client, width).accept(actor_of(settings, whose))
            # An emptied Redis that is taken as it is holds a new ledger.
            is_new = bool(before.found) and not client.exists(keys.EPOCH)
            if is_new:
                name, orders_by = settings.deployment, settings.namespace
                found(client, settings.partitions, name, orders_by)
    kinds = ", ".join(one.kind for one in before.found) or "nothing was found"
    sends = "; what was held is sent now" if before.held else ""
    begins = "; the ledger begins anew: restart the workers" if is_new else ""
    return f"accepted: {kinds}{sends}{begins}"
