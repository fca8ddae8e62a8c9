"""Sentinels: which server is the primary now, asked at each connection that is made.

The sentinels of a service agree on its primary, and name another one after a failover.
Nobody here remembers what they said: a connection that is made anew asks anew, and so
follows a failover by itself. A sentinel has half a second to answer; then the next one
is asked, and where none names a primary that is up, no connection is made, as with a
Redis that is away.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

import redis
from redis.backoff import NoBackoff
from redis.connection import ConnectionPool
from redis.exceptions import AuthenticationError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

from workers.redis.address import RedisAddress, Watched, redis_address
from workers.redis.answers import text
from workers.redis.hosts import Host

#: Seconds for a connection to one sentinel, and as many for its answer.
SECONDS: Final = 0.5

#: Seconds between two looks at whom they name.
BETWEEN: Final = 1.0

#: Host and port.
Address = tuple[str, int]

#: Flags of a primary to which nobody should connect.
_DOWN: Final = frozenset({"s_down", "o_down", "disconnected"})

LOGIN: Final = (
    "refuses its user or password (WAYBILL_SENTINEL_USER, WAYBILL_SENTINEL_PASSWORD)"
)

#: By what a sentinel's error says.
_REFUSALS: Final = {
    "NOAUTH": LOGIN,
    "WRONGPASS": LOGIN,
    "NOPERM": "does not permit SENTINEL MASTER to its user",
    "No such master": "knows no such name",
    "unknown command": "is no sentinel",
}


class PrimaryUnknownError(RedisConnectionError):
    """No sentinel names a primary that is up; its text states who said what."""


class Sentinels:
    """Those of one service.

    Args:
        address: of the primary, as their URL names it.
        watched: who they are, of that address.
    """

    def __init__(self, address: RedisAddress, watched: Watched) -> None:
        self._address, self.watched = address, watched
        #: Who answered last; it is asked first.
        self._first = self.watched.sentinels[0]

    def primary(self, seconds: float = SECONDS) -> Address:
        """Where the primary is now, by the first sentinel that knows one.

        Args:
            seconds: for each connection and each answer, if fewer than `SECONDS`.

        Raises:
            PrimaryUnknownError: none names one that is up.
        """
        heard: list[str] = []
        for sentinel in self._in_order():
            try:
                named, is_up = self._asked(sentinel, min(seconds, SECONDS))
            except (redis.RedisError, OSError) as error:
                heard.append(f"{sentinel} {_words(error)}")
                continue
            if is_up:
                self._first = sentinel
                return named
            heard.append(f"{sentinel} finds it down")
        what = f"no sentinel names a primary {self.watched.service!r} that is up"
        raise PrimaryUnknownError(f"{what}: {'; '.join(heard)}")

    def _in_order(self) -> Iterator[Host]:
        first = self._first
        yield first
        yield from (one for one in self.watched.sentinels if one != first)

    def _asked(self, sentinel: Host, seconds: float) -> tuple[Address, bool]:
        """Whom it names, and whether that one is up as far as it knows."""
        pool = ConnectionPool.from_url(
            self._address.of_sentinel(sentinel),
            protocol=2,
            socket_connect_timeout=seconds,
            socket_timeout=seconds,
            client_name="waybill-sentinels",
            driver_info=None,
            retry=Retry(NoBackoff(), 0),
        )
        connection: Any = pool.make_connection()
        try:
            connection.connect()
            for question in ("MASTER", "GET-MASTER-ADDR-BY-NAME"):
                connection.send_command("SENTINEL", question, self.watched.service)
            told, named = connection.read_response(), connection.read_response()
        finally:
            connection.disconnect()
        return _read(list(map(text, told)), list(map(text, named)))


def _read(told: Sequence[str], named: Sequence[str]) -> tuple[Address, bool]:
    """Of both answers, the second names one sooner that takes over just now."""
    state = dict(zip(told[::2], told[1::2], strict=True))
    host, port = named
    is_of_it = (host, port) == (state["ip"], state["port"])
    is_down = bool(_DOWN & set(state["flags"].split(",")))
    return (host, int(port)), not (is_of_it and is_down)


def _words(error: Exception) -> str:
    match error:
        case RedisTimeoutError():
            return "does not answer in time"
        case AuthenticationError():
            return LOGIN
        case RedisConnectionError():
            return "does not answer"
    refusals = (words for begin, words in _REFUSALS.items() if begin in str(error))
    return next(refusals, f"answered with {type(error).__name__}")


class Switches:
    """Looks now and then whom sentinels name, in a thread of this process.

    Args:
        switched: called with the primary before and the one now.
    """

    def __init__(self, switched: Callable[[Address, Address], None]) -> None:
        self._switched = switched
        self._lock = threading.Lock()
        self._watched: set[tuple[int, Watched]] = set()

    def watch(self, sentinels: Sentinels, known: Address) -> None:
        """Look from now on, once for each service; after a fork anew.

        Args:
            sentinels: who are asked.
            known: whom they name now.
        """
        with self._lock:
            mark = os.getpid(), sentinels.watched
            if mark in self._watched:
                return
            self._watched.add(mark)
        name = f"waybill-{sentinels.watched.service}"
        threading.Thread(
            target=self._look_for_ever, args=(sentinels, known), name=name, daemon=True
        ).start()

    def _look_for_ever(self, sentinels: Sentinels, known: Address) -> None:
        while True:
            # Who finds nobody there goes on with whom it knows.
            with suppress(PrimaryUnknownError):
                named = sentinels.primary()
                if named != known:
                    self._switched(known, named)
                    known = named
            time.sleep(BETWEEN)


class Resolved:
    """Has a connection of redis-py ask the sentinels where it leads, each time.

    Args:
        sentinels: who are asked.
        options: the connection's own.
    """

    def __init__(self, *, sentinels: Sentinels, **options: Any) -> None:
        self._sentinels = sentinels
        super().__init__(**options)

    def _connect(self) -> Any:
        mixed: Any = self
        seconds = mixed.socket_connect_timeout or SECONDS
        mixed.host, mixed.port = self._sentinels.primary(seconds)
        return super()._connect()  # type: ignore[misc] # the other base has it


def reached(url: str, kinds: Mapping[str, type[Any]]) -> dict[str, Any]:
    """What `redis.Redis.from_url` takes to reach a Redis.

    Args:
        url: of it.
        kinds: of connections, by scheme.
    """
    address = redis_address(url)
    if address.watched is None:
        return {"url": url, "connection_class": kinds[address.scheme]}
    return {
        "url": address.for_redis,
        "connection_class": kinds[f"{address.scheme}+sentinel"],
        "sentinels": Sentinels(address, address.watched),
    }
