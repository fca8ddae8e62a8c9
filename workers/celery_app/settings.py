"""Celery's settings: hints only, nothing that waits, nothing that is a result.

Each value's reason was measured on Celery and kombu 5.7.0; see
docs/decisions/0002-celery-settings.md.
"""

from copy import deepcopy
from typing import Any, Final

from kombu import Exchange, Queue

from workers.dispatch.queues import ORDERS, QUEUES, ROUTES
from workers.fields.amqp_url import AmqpAddress, amqp_address, is_amqp
from workers.redis.address import RedisAddress, redis_address
from workers.redis.sentinels import Sentinels

#: Threads in one process: the work is waiting for HTTP.
CONCURRENCY = 32


#: Of each connection to Redis.
_TRANSPORT: Final = {
    # What a worker holds is in its memory alone: a hint that is lost with it costs a
    # lease, and to keep each costs eight commands.
    "ack_emulation": False,
    # The worker's own loop acknowledges hints, and waits as long as this on each
    # connection that is dead without a word: with 30, a network that had failed for
    # 10 s stopped all work for 90.
    "socket_timeout": 5,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    # And so often it looks whether the one it listens on still answers.
    "health_check_interval": 5,
    "max_connections": 4 * CONCURRENCY,
    "client_name": "waybill-hints",
}

#: Of whatever carries hints.
_ANY_BROKER: Final = {
    "broker_connection_retry_on_startup": True,
    # Wait for it for ever; the default gives up after 100 attempts.
    "broker_connection_max_retries": None,
    # One that loads or fails over answers with errors; wait for it too.
    "broker_channel_error_retry": True,
    "broker_pool_limit": CONCURRENCY,
}

#: Of the hints: acknowledged when their task has ended, however it ended; no results.
_TASKS: Final = {
    "task_default_queue": ORDERS,
    "task_create_missing_queues": False,
    "task_routes": {task: {"queue": queue} for task, queue in ROUTES.items()},
    "task_serializer": "json",
    "accept_content": ["json"],
    "event_serializer": "json",
    "task_ignore_result": True,
    "result_backend": None,
    "task_acks_late": True,
    "task_acks_on_failure": True,
    "task_acks_on_timeout": True,
    "task_reject_on_worker_lost": False,
    "task_retry_on_worker_lost": False,
    # Prefork only; threads cannot be interrupted. The deadline of each call and the
    # lease are the real bounds.
    "task_soft_time_limit": 240,
    "task_time_limit": 280,
    "task_send_sent_event": False,
    "task_publish_retry_policy": {
        "max_retries": 3,
        "interval_start": 0.2,
        "interval_step": 0.6,
        "interval_max": 2,
    },
    "timezone": "UTC",
    "enable_utc": True,
}

#: Of a worker's process.
_WORKER: Final = {
    "worker_prefetch_multiplier": 1,
    "worker_pool": "threads",
    "worker_concurrency": CONCURRENCY,
    "worker_eta_task_limit": 4 * CONCURRENCY,
    "worker_send_task_events": True,
    "worker_hijack_root_logger": False,
    "worker_cancel_long_running_tasks_on_connection_loss": False,
}


#: Of a connection to RabbitMQ, where nothing is confirmed: a lost hint costs a lease.
_TO_RABBITMQ: Final = {
    "read_timeout": 5,
    "write_timeout": 5,
    "client_properties": {"connection_name": "waybill-hints"},
}

#: A queue that RabbitMQ keeps on several nodes. A hint that has come back so often has
#: ended workers, or was theirs when they ended: the ledger brings what it named again.
_QUORUM: Final = {"x-queue-type": "quorum", "x-delivery-limit": 2}


def celery_settings(broker_url: str) -> dict[str, Any]:
    """All settings of Celery; raises ValueError for what is no broker's URL."""
    if is_amqp(broker_url):
        broker, arguments = _rabbitmq(amqp_address(broker_url)), _QUORUM
    else:
        broker, arguments = _redis(broker_url), None
    queues = [
        Queue(n, Exchange(n), routing_key=n, queue_arguments=arguments) for n in QUEUES
    ]
    return deepcopy({**_ANY_BROKER, **broker, **_TASKS, **_WORKER}) | {
        "task_queues": queues
    }


def _redis(url: str) -> dict[str, Any]:
    place = redis_address(url)
    return {
        "broker_url": place.for_kombu,
        # Not in the URL: Flower reads it here alone, and kombu without it makes
        # connections that check no certificate.
        "broker_use_ssl": place.tls_for_kombu,
        "broker_transport_options": {**_TRANSPORT, **_of_sentinels(place)},
    }


def _rabbitmq(place: AmqpAddress) -> dict[str, Any]:
    return {
        "broker_url": place.for_kombu,
        "broker_use_ssl": place.tls_for_kombu,
        "broker_transport_options": _TO_RABBITMQ,
        # A network that has failed is silent; two of these without a sign are its end.
        "broker_heartbeat": 5,
        "broker_connection_timeout": 5,
    }


def _of_sentinels(place: RedisAddress) -> dict[str, Any]:
    """Who is asked for the primary: `sentinels` by us, and all else by Flower."""
    if place.watched is None:
        return {}
    login = {"username": place.watched.user, "password": place.watched.password}
    return {
        "sentinels": Sentinels(place, place.watched),
        "master_name": place.watched.service,
        "sentinel_kwargs": {name: text for name, text in login.items() if text},
    }
