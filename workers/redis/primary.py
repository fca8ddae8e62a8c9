"""Connections to the primary; one that has become a replica is left at once.

After a failover the old primary may live on as a replica and keep its connections. It
answers reads, and each write with READONLY, for as long as anybody asks. Such an answer
is a lost connection here: it is closed, the address is looked up and connected to anew,
and whoever asked asks again, as after any lost connection. All other connections to the
ledger are renewed at their next use, since only a write shows where they lead.

NOREPLICAS is a lost connection as well: a primary that has lost its replicas is either
about to get them back, or another one has them now.

Sentinels make another server the primary seconds before the old one hears of it, and
what it takes meanwhile is lost. They are therefore asked each second who it is, and
connections are renewed as soon as they name another one.
"""

import threading
import time
from typing import Any, cast

import structlog
from redis.connection import Connection, SSLConnection, UnixDomainSocketConnection
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import MasterDownError, ReadOnlyError, ResponseError

from workers.redis.sentinels import Address, Resolved, Switches

log = structlog.get_logger()

#: Seconds between two log lines about it.
QUIET = 10.0

#: The answers of a server that is a replica, or has become one just now. Before Redis
#: 7 the first stands in the middle of a script's error.
_REPLICA = ("READONLY", "instance state changed")


class DemotedError(RedisConnectionError):
    """The server is a replica; the next connection may lead to the primary."""


class WithoutReplicasError(RedisConnectionError):
    """The server takes no writes: it has fewer replicas than `min-replicas-to-write`.

    The next connection may lead to a primary that has them.
    """


class Demotions:
    """When this process has last met a replica, by any of its connections."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._met_at: float | None = None
        self._reported_at: float | None = None
        #: How often; a connection that was made before the last one is not used again.
        self.count = 0

    def meet(self, count: int) -> None:
        """Note that a connection has met a replica.

        Args:
            count: as it was when that connection was made.
        """
        with self._lock:
            now = self._met_at = time.monotonic()
            is_news = self._reported_at is None or now - self._reported_at > QUIET
            if is_news:
                self._reported_at = now
            # Of many old connections, the first renews all.
            if count == self.count:
                self.count += 1
        if is_news:
            why = "Redis was demoted to a replica; the primary is looked for anew"
            log.warning("primary_lost", why=why)

    def renew(self) -> None:
        """Have every connection made anew at its next use."""
        with self._lock:
            self.count += 1

    @property
    def seconds_since(self) -> float | None:
        """Seconds since the last one, None without one."""
        return None if self._met_at is None else time.monotonic() - self._met_at


#: Of this process: connections know each other by nothing else.
DEMOTIONS = Demotions()


def is_demoted(error: ResponseError) -> bool:
    """Whether a server reports that it is a replica."""
    if isinstance(error, ReadOnlyError | MasterDownError):
        return True
    return any(words in str(error) for words in _REPLICA)


def lacks_replicas(error: ResponseError) -> bool:
    """Whether a server refuses to write for that; 6.2 has it within."""
    return "NOREPLICAS" in str(error)


class ToPrimary:
    """Has a connection of redis-py notice that it leads to a replica."""

    _made_at_count = 0

    def connect_check_health(self, *args: Any, **options: Any) -> Any:
        mixed: Any = self
        # A pool asks this of connections that are there, too.
        if not mixed._sock:  # noqa: SLF001 (of the class that this is mixed into)
            self._made_at_count = DEMOTIONS.count
        return super().connect_check_health(*args, **options)  # type: ignore[misc] # the other base has it

    def read_response(self, *args: Any, **options: Any) -> Any:
        try:
            return super().read_response(*args, **options)  # type: ignore[misc] # as above
        except ResponseError as error:
            met: RedisConnectionError
            if is_demoted(error):
                DEMOTIONS.meet(self._made_at_count)
                met = DemotedError("the server is a replica")
            elif lacks_replicas(error):
                met = WithoutReplicasError("the server has too few replicas")
            else:
                raise
            mixed: Any = self
            mixed.disconnect()
            raise met from error


class _Renewed(ToPrimary):
    """Is not used again after another one has met a replica.

    Not for a connection of which somebody else watches the socket, as kombu does.
    """

    def send_packed_command(self, *args: Any, **options: Any) -> Any:
        mixed: Any = self
        if self._made_at_count != DEMOTIONS.count:
            mixed.disconnect()
        return super().send_packed_command(*args, **options)  # type: ignore[misc] # as above


class OverNetwork(_Renewed, Connection):
    """redis://."""


class OverTls(_Renewed, SSLConnection):
    """rediss://."""


class OverSocket(_Renewed, UnixDomainSocketConnection):
    """unix://."""


def _switched(before: Address, now: Address) -> None:
    old, new = (f"{host}:{port}" for host, port in (before, now))
    log.warning("primary_switched", before=old, now=new)
    DEMOTIONS.renew()


#: Of this process, for each service.
SWITCHES = Switches(_switched)


class _Following(Resolved):
    """Leads to the primary that the sentinels name, and has them asked from now on."""

    def _connect(self) -> Any:
        made, mixed = super()._connect(), cast("Any", self)
        SWITCHES.watch(self._sentinels, (mixed.host, mixed.port))
        return made


class ByName(_Following, OverNetwork):
    """redis+sentinel://."""


class ByNameOverTls(_Following, OverTls):
    """rediss+sentinel://."""


class HintsOverNetwork(ToPrimary, Connection):
    """Celery's, redis://; reports no version of its library, as ours do not."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, driver_info=None)  # type: ignore[no-untyped-call] # redis-py's


class HintsOverTls(ToPrimary, SSLConnection):
    """Celery's, rediss://; the same."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, driver_info=None)


class HintsByName(_Following, HintsOverNetwork):
    """Celery's, redis+sentinel://; the same."""


class HintsByNameOverTls(_Following, HintsOverTls):
    """Celery's, rediss+sentinel://; the same."""


#: The kinds of connections, by the scheme of a URL.
KINDS = {
    "redis": OverNetwork,
    "rediss": OverTls,
    "unix": OverSocket,
    "redis+sentinel": ByName,
    "rediss+sentinel": ByNameOverTls,
}
