"""Whether events were dropped from the stream, and the word that this is settled."""

from collections.abc import Mapping

import redis

from waybill.connect import check_deployment
from waybill.doctor.check import Check, ok, wrong
from waybill.settings_trouble import loaded
from waybill.status.reasons import loss_words
from waybill.trouble import redis_trouble_told
from workers.ledger.stream.account import StreamAccount
from workers.redis.bounded_client import changing_client
from workers.settings.settings import Settings


def stream_check(client: "redis.Redis", settings: Settings) -> Check:
    """Whether events were lost; raises redis.RedisError."""
    losses = StreamAccount(client, settings.stream, settings.group).losses()
    if losses.open:
        says, _, advice = loss_words(losses).partition("; ")
        return wrong("stream", says, advice)
    before = f"; {losses.accepted} lost before, and settled" if losses.accepted else ""
    return ok("stream", f"no event was dropped before it was admitted{before}")


def accepted(environ: Mapping[str, str]) -> str:
    """Settle what was lost, for a person who has seen to it; what that changed.

    Raises:
        click.ClickException: the settings or Redis fail.
    """
    settings = loaded(lambda: Settings.load_redis(environ))
    with redis_trouble_told(settings.redis_url):
        client = changing_client(settings.redis_url, "doctor")
        with client:
            check_deployment(client, settings.deployment, to_change=True)
            events = StreamAccount(client, settings.stream, settings.group).accept()
    return f"lost events that are settled now: {events}"
