"""Who is measured: the processes of each, with their settings."""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.settings import SandboxSettings

#: Receives every notification that a contender sends.
RECEIVER = "bench"
#: The partners' stand-ins, which start with what they demand of a caller.
PARTNERS = SandboxSettings()
TENANT = "bench"

Command = tuple[str, ...]


#: From the URLs of Redis and of the partners to what is measured.
Maker = Callable[[str, str], "Contender"]


@dataclass(frozen=True, slots=True)
class Contender:
    """A pipeline as processes.

    Attributes:
        workers: what does the work; their CPU time is counted as the workers'.
        feeders: what only carries events in; counted apart.
        environment: the settings of all of them.
    """

    workers: tuple[Command, ...]
    feeders: tuple[Command, ...]
    environment: Mapping[str, str]


def waybill_contender(
    redis_url: str, partners_url: str, threads: int = 64
) -> Contender:
    """Two workers of the product, as `compose.yaml` would run them."""
    command = _celery("workers", "-P", "threads", "-c", str(threads))
    endpoint = {
        "mode": "direct",
        "target_url": f"{partners_url}/receivers/{RECEIVER}",
        "secrets": [receiver_secret()],
    }
    environment = {
        "WAYBILL_REDIS_URL": redis_url,
        "WAYBILL_HEALTH_PORT": "0",
        # All contenders log warnings only, which is Celery's own default.
        "WAYBILL_LOG_LEVEL": "warning",
        "WAYBILL_WESTCON__BASE_URL": f"{partners_url}/westcon",
        "WAYBILL_WESTCON__TOKEN_URL": f"{partners_url}/microsoft/{TENANT}/oauth2/token",
        "WAYBILL_WESTCON__CLIENT_ID": PARTNERS.westcon_client_id,
        "WAYBILL_WESTCON__CLIENT_SECRET": PARTNERS.westcon_client_secret,
        "WAYBILL_WESTCON__RESOURCE": PARTNERS.westcon_resource,
        "WAYBILL_WESTCON__SUBSCRIPTION_KEY": PARTNERS.westcon_subscription_key,
        "WAYBILL_WESTCON__PARTNER_KEY": PARTNERS.westcon_partner_key,
        "WAYBILL_DECK__BASE_URL": f"{partners_url}/deck",
        "WAYBILL_DECK__SITE_CODE": PARTNERS.deck_site_code,
        "WAYBILL_DECK__API_KEY": PARTNERS.deck_api_key,
        "WAYBILL_INGRAM__ALLOWED_NETWORKS": '["127.0.0.0/8"]',
        "WAYBILL_INGRAM__ENDPOINTS": json.dumps({RECEIVER: endpoint}),
    }
    return Contender(_twice(command), (), environment)


def textbook_prefork(redis_url: str, partners_url: str) -> Contender:
    """Eight processes in all, four to a worker, on a machine of few cores."""
    return _textbook(redis_url, partners_url, "-P", "prefork", "-c", "4")


def textbook_threads(redis_url: str, partners_url: str) -> Contender:
    """As many threads as the product has."""
    return _textbook(redis_url, partners_url, "-P", "threads", "-c", "64")


WAYBILL = "waybill"
TEXTBOOK = "textbook threads 64x2"
CONTENDERS: Mapping[str, Maker] = {
    WAYBILL: waybill_contender,
    TEXTBOOK: textbook_threads,
    "textbook prefork 8": textbook_prefork,
}
#: Who is measured where nobody is named: the same number of threads for both.
PAIR = (WAYBILL, TEXTBOOK)


def receiver_secret() -> str:
    return PARTNERS.receiver_secrets.get(
        RECEIVER, (PARTNERS.receiver_fallback_secret,)
    )[0]


def _textbook(redis_url: str, partners_url: str, *pool: str) -> Contender:
    environment = {
        "TEXTBOOK_REDIS_URL": redis_url,
        "TEXTBOOK_TOKEN_URL": f"{partners_url}/microsoft/{TENANT}/oauth2/token",
        "TEXTBOOK_WESTCON_URL": f"{partners_url}/westcon",
        "TEXTBOOK_DECK_URL": f"{partners_url}/deck",
        "TEXTBOOK_RECEIVER_URL": f"{partners_url}/receivers/{RECEIVER}",
        "TEXTBOOK_CLIENT_ID": PARTNERS.westcon_client_id,
        "TEXTBOOK_CLIENT_SECRET": PARTNERS.westcon_client_secret,
        "TEXTBOOK_RESOURCE": PARTNERS.westcon_resource,
        "TEXTBOOK_SUBSCRIPTION_KEY": PARTNERS.westcon_subscription_key,
        "TEXTBOOK_PARTNER_KEY": PARTNERS.westcon_partner_key,
        "TEXTBOOK_SITE_CODE": PARTNERS.deck_site_code,
        "TEXTBOOK_API_KEY": PARTNERS.deck_api_key,
        "TEXTBOOK_RECEIVER_SECRET": receiver_secret(),
    }
    queues = ("-Q", "receive,westcon,deck,receiver")
    command = _celery("benchmarks.textbook", *pool, *queues)
    feeder = (sys.executable, "-m", "benchmarks.textbook.feeder")
    return Contender(_twice(command), (feeder,), environment)


# Their names are all that distinguishes two workers on one machine.
def _twice(command: Command) -> tuple[Command, ...]:
    return tuple((*command, "-n", f"{name}@%h") for name in ("first", "second"))


def _celery(app: str, *options: str) -> Command:
    celery = str(Path(sys.executable).with_name("celery"))
    quiet = ("--loglevel", "WARNING", "--without-gossip", "--without-mingle")
    return (celery, "-A", app, "worker", *options, *quiet)
