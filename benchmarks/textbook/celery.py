"""The app that `celery -A benchmarks.textbook` loads."""

import os

from celery import Celery

from benchmarks.textbook.settings import Settings

settings = Settings.read(os.environ)

app = Celery(
    "textbook", broker=settings.redis_url, include=["benchmarks.textbook.tasks"]
)
app.conf.update(
    task_acks_late=True,
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    worker_prefetch_multiplier=1,
    # Without them Flower shows nothing; the product has them on, too.
    worker_send_task_events=True,
    # A queue per partner, so that a slow one can be given workers of its own.
    task_default_queue="receive",
    task_routes={
        "benchmarks.textbook.tasks.poll": {"queue": "westcon"},
        "benchmarks.textbook.tasks.link": {"queue": "deck"},
        "benchmarks.textbook.tasks.notify": {"queue": "receiver"},
    },
    # Publishers are as many as threads; the default of 10 would make them queue.
    broker_pool_limit=32,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "visibility_timeout": 300,
        "socket_timeout": 30,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
    },
)
