"""Before a worker begins: Redis is there, fit, and holds the ledger we expect."""

import time

import redis
import structlog
from celery.worker import state

from workers.connections import patient_client
from workers.ledger.founding import LedgerMismatchError, found
from workers.redis_failures import connection_failure
from workers.redis_fitness import unfit
from workers.wiring import Process

log = structlog.get_logger()

#: Seconds between tries while Redis is not there.
PAUSE = 2.0


def wait_until_fit(process: Process) -> None:
    """Wait for Redis as long as it takes; refuse one that would lose orders.

    Raises:
        SystemExit: Redis may evict or does not persist, or the ledger in it was
            made with another number of partitions or belongs to another deployment.
            The message says what to do.
            Or the worker was asked to stop while it waited.
    """
    settings = process.settings
    # The ledger's client would try for half a minute before it told of a refused
    # password or a Redis that is not there.
    client = patient_client(settings.redis_url, "start", retries=0)
    while True:
        # Celery looks at a signal only between its steps, and this is one of them.
        state.maybe_shutdown()
        try:
            wrong = unfit(client, allow_volatile=settings.allow_volatile_redis)
            if wrong:
                raise SystemExit("waybill: " + "\nwaybill: ".join(wrong))
            found(client, settings.partitions, settings.deployment)
            process.ledger.stream.make()
        except LedgerMismatchError as error:
            raise SystemExit(f"waybill: {error}") from error
        except redis.AuthenticationError as error:
            raise SystemExit(
                "waybill: Redis refuses the user or password of WAYBILL_REDIS_URL"
            ) from error
        except redis.RedisError as error:
            why = connection_failure(error)
            log.warning("redis_awaited", error=type(error).__name__, why=why)
            time.sleep(PAUSE)
        else:
            return
