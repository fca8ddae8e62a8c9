"""Readiness before work begins: Redis is there, fit, and holds the expected ledger."""

import time
from collections.abc import Callable

import redis
import structlog
from celery.worker import state

from workers.fields.amqp_url import is_amqp
from workers.ledger.identity.metadata import LedgerMismatchError, found
from workers.ledger.layout.layout import Layout
from workers.ledger.restore.marks_file import KeptMarksError
from workers.partners.ingram.settings import Ingram
from workers.redis.clients import hasty_client, patient_client
from workers.redis.failures import answer_failure, awaited
from workers.redis.fitness import complaints, info_of, misplaced, unchecked
from workers.settings.settings import Settings
from workers.wiring.process import Process

log = structlog.get_logger()

#: Seconds between attempts while Redis is not there.
PAUSE = 2.0


def wait_until_fit(process: Process, look: Callable[[], None] = lambda: None) -> Layout:
    """Wait for Redis as long as it takes; refuse one that would lose orders.

    Returns the ledger's layout, which may be for another number of partitions.

    Args:
        process: the worker's parts.
        look: looks whether the ledger was restored, before anything is sent.

    Raises:
        SystemExit: Redis may evict or does not persist, is a Sentinel, a Cluster's node
            or holds a key of another kind under a name of ours, or the ledger in it
            belongs to another deployment or names orders in another way. Or the file
            with the ledger's marks cannot be used. The message states what to do.
            Or the worker was asked to stop while it waited.
    """
    # The ledger's client would try for half a minute before it reported a refused
    # password or a Redis that is not there.
    client = patient_client(process.settings.redis_url, "start", retries=0)
    while True:
        # Celery looks at a signal only between its steps, and this is one of them.
        state.maybe_shutdown()
        try:
            layout = _found(process, client)
            if layout.width == process.settings.partitions:
                look()
        except LedgerMismatchError as error:
            raise SystemExit(f"waybill: {error}") from error
        except KeptMarksError as error:
            if not isinstance(error.__cause__, redis.RedisError):
                raise SystemExit(f"waybill: {error}") from error
            log.warning("marks_awaited", why=str(error))
            time.sleep(PAUSE)
        except redis.AuthenticationError as error:
            raise SystemExit(
                "waybill: Redis refuses the user or password of WAYBILL_REDIS_URL"
            ) from error
        except redis.RedisError as error:
            if lasting := answer_failure(error):
                where = "waybill: Redis at WAYBILL_REDIS_URL"
                raise SystemExit(f"{where} {lasting}") from error
            why = awaited(error)
            log.warning("redis_awaited", error=type(error).__name__, why=why)
            time.sleep(PAUSE)
        else:
            return layout


def _found(process: Process, client: "redis.Redis") -> Layout:
    """Look whether Redis is fit, and make there what is missing of the ledger."""
    settings = process.settings
    info = info_of(client)
    wrong = list(
        complaints(
            info,
            allow_volatile=settings.allow_volatile_redis,
            assume_persistent=settings.assume_persistent,
        )
    )
    wrong += _wrong_with_broker(settings)
    if wrong:
        raise SystemExit("waybill: " + "\nwaybill: ".join(wrong))
    if missing := unchecked(info):
        taken = "Redis does not report it; WAYBILL_ASSUME_PERSISTENT takes it as given"
        log.warning("redis_unchecked", what=", ".join(missing), why=taken)
    name, orders_by = settings.deployment, settings.namespace
    layout = found(client, settings.partitions, name, orders_by)
    if layout.width == settings.partitions:
        process.ledger.stream.make()
        process.ledger.rosters.join(list(settings.of(Ingram).endpoints))
    return layout


def _wrong_with_broker(settings: Settings) -> list[str]:
    """Why Celery's queues cannot be where the settings put them."""
    if settings.broker_url == settings.redis_url or is_amqp(settings.broker_url):
        return []
    with hasty_client(settings.broker_url, "start") as client:
        try:
            return list(misplaced(info_of(client) or {}, "WAYBILL_BROKER_URL"))
        except redis.RedisError:
            # Celery waits for it and logs it; the ledger is not held up.
            return []
