"""Has Celery's connections leave a Redis that has become a replica.

kombu takes READONLY for a fault of one message: it tries the same connection again, and
keeps it. As a lost connection it is closed, and made anew to whoever is there now.
"""

from typing import Any

from kombu.transport import redis as transport

from workers.redis.primary import HintsOverNetwork, HintsOverTls


def install() -> None:
    """Give kombu's channels such connections; installing twice is harmless."""
    # kombu's types do not tell of these.
    channel: Any = transport.Channel
    channel.connection_class = HintsOverNetwork
    channel.connection_class_ssl = HintsOverTls
