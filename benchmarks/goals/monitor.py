"""Redis' commands as MONITOR shows them: inside scripts or outside, by name."""

import re
import socket
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import redis

#: Moment, database, client's address (`lua` inside scripts), command.
_LINE = re.compile(
    rb'^\+[\d.]+ \[\d+ ([^\]]+)\] "([^"]+)"(?: "([^"]*)")?', re.MULTILINE
)
_INSIDE = b"lua"
CHUNK = 1 << 20
#: What Redis answers when MONITOR is on.
_ON = b"+OK\r\n"
#: The client's last command: whatever ran before it has been printed when this is.
_LAST = "the recording ends here"


@dataclass(frozen=True, slots=True)
class Commands:
    """How often each command ran.

    Attributes:
        outside: sent by clients, by name in capitals.
        inside: run by scripts.
        scripts: runs by a script's digest.
    """

    outside: Counter[str]
    inside: Counter[str]
    scripts: Counter[str]

    @property
    def hints(self) -> int:
        """Celery's messages: kombu alone pushes to the left from outside of scripts."""
        return self.outside["LPUSH"]

    @property
    def ran(self) -> int:
        """Scripts' runs."""
        return self.outside["EVALSHA"] + self.outside["EVAL"]


def read(shown: bytes, without: Iterable[str] = ()) -> Commands:
    """Count what MONITOR printed.

    Args:
        shown: its output, in which a line's end may be missing.
        without: addresses of clients that are not counted.
    """
    left_out = {address.encode() for address in without}
    found = Commands(Counter(), Counter(), Counter())
    for address, name, first in _LINE.findall(shown):
        if address in left_out:
            continue
        command = name.decode().upper()
        inside = address == _INSIDE
        (found.inside if inside else found.outside)[command] += 1
        if command == "EVALSHA" and not inside:
            found.scripts[first.decode()] += 1
    return found


class Recording:
    """What MONITOR prints while it is on; complete when it has been stopped."""

    def __init__(self, client: redis.Redis) -> None:
        where = client.connection_pool.connection_kwargs
        self._client = client
        self._socket = socket.create_connection((where["host"], where["port"]))
        self._chunks: list[bytes] = []
        self._reader = threading.Thread(target=self._read)

    def start(self) -> None:
        """Begin; what runs from here on is recorded."""
        self._socket.sendall(b"MONITOR\r\n")
        answer = b""
        while not answer.endswith(_ON):
            answer += self._socket.recv(len(_ON) - len(answer)) or _ON
        self._reader.start()

    def stop(self) -> None:
        """End; raises redis.RedisError where Redis is away."""
        try:
            self._client.echo(_LAST)
            self._reader.join()
        finally:
            self._socket.close()

    def commands(self) -> Commands:
        """What ran meanwhile, without what this process's client sent."""
        own = str(self._client.client_info()["addr"])
        return read(b"".join(self._chunks), (own,))

    def _read(self) -> None:
        end = b""
        while _LAST.encode() not in end and (chunk := self._socket.recv(CHUNK)):
            self._chunks.append(chunk)
            end = end[-len(_LAST) :] + chunk


@contextmanager
def recording(client: redis.Redis) -> Iterator[Recording]:
    """Record all that Redis runs inside the block."""
    record = Recording(client)
    record.start()
    try:
        yield record
    finally:
        record.stop()
