"""Real Redis Clusters for the tests: servers on private ports, made and torn apart."""

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import redis
from redis.crc import key_slot

from tests.redis_servers import RedisServer, binaries, free_port
from workers.redis.answers import text

SLOTS = 16_384

#: Ms after which a node is taken for dead.
NODE_TIMEOUT = 1_000

#: From a port on, Redis 6.2 has no room for that of its bus.
HIGHEST = 55_000


def until(what: str, is_so: Callable[[], object], seconds: float = 40.0) -> None:
    ends = time.monotonic() + seconds
    while True:
        with contextlib.suppress(redis.RedisError):
            if is_so():
                return
        assert time.monotonic() < ends, f"not within {seconds} s: {what}"
        time.sleep(0.05)


def _port() -> int:
    """A free port whose bus port is free too."""
    while True:
        port = free_port()
        if port > HIGHEST:
            continue
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port + 10_000))
            return port


@dataclass
class Cluster:
    """Primaries, which share all slots evenly, and a replica of each or none."""

    primaries: list[RedisServer]
    replicas: list[RedisServer] = field(default_factory=list)
    certificate: Path | None = None
    _names: dict[str, RedisServer] = field(default_factory=dict)

    @property
    def servers(self) -> list[RedisServer]:
        return [*self.primaries, *self.replicas]

    @property
    def url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{self.announced(one)}" for one in self.servers)
        if self.certificate is None:
            return f"redis+cluster://{hosts}"
        return f"rediss+cluster://{hosts}?ssl_ca_certs={self.certificate}"

    def make(self) -> None:
        first = self.primaries[0]
        bounds = [n * SLOTS // len(self.primaries) for n in range(len(self.primaries))]
        bounds.append(SLOTS)
        for n, one in enumerate(self.primaries):
            slots = range(bounds[n], bounds[n + 1])
            _run(one, "CLUSTER", "ADDSLOTS", *slots)
            _run(one, "CLUSTER", "SET-CONFIG-EPOCH", n + 1)
        for one in self.servers[1:]:
            _run(first, "CLUSTER", "MEET", "127.0.0.1", self.announced(one))
        until("all know each other", lambda: all(map(self._knows_all, self.servers)))
        for primary, replica in zip(self.primaries, self.replicas, strict=False):
            _run(replica, "CLUSTER", "REPLICATE", name(primary))
        until("it is up", lambda: all(map(is_up, self.servers)))
        until("replicas follow", lambda: all(map(_follows, self.replicas)))
        self._names = {name(one): one for one in self.servers}

    def announced(self, one: RedisServer) -> int:
        """The port that the others know a server by: that of TLS, where it has one."""
        options = dict(zip(one.options[::2], one.options[1::2], strict=True))
        return int(options.get("--tls-port", one.port))

    def _knows_all(self, one: RedisServer) -> bool:
        known = text(_run(one, "CLUSTER", "NODES")).splitlines()
        return len(known) == len(self.servers) and "handshake" not in "".join(known)

    def owner(self, key: str) -> RedisServer:
        """The server that has a key's slot now, by the word of one that lives."""
        slot = key_slot(key.encode())
        for one in (each for each in self.servers if not each.is_away):
            with contextlib.suppress(redis.RedisError):
                for first, last, primary, *_ in _run(one, "CLUSTER", "SLOTS"):
                    if first <= slot <= last:
                        return self._names[text(primary[2])]
        raise AssertionError(f"nobody has slot {slot}")

    def is_whole(self) -> bool:
        """Whether all servers are there, and each primary has a replica again."""
        with contextlib.suppress(redis.RedisError):
            found = list(map(_replication, self.servers))
            following = [one for one in found if one["role"] == "slave"]
            followed = [one for one in found if one["role"] == "master"]
            return (
                all(one["master_link_status"] == "up" for one in following)
                and [one["connected_slaves"] for one in followed]
                == [len(self.replicas) // len(self.primaries)] * len(self.primaries)
                and all(map(is_up, self.servers))
            )
        return False

    def hand_over(self, key: str) -> None:
        """Have a replica take the place of the one that has a key's slot, whole.

        Nothing dies, and nothing is lost.
        """
        old = self.owner(key)
        port = self.announced(old)
        new = next(
            o for o in self.servers if _replication(o).get("master_port") == port
        )
        until("a replica has its slots", lambda: self._took_over(new, key), 80.0)
        until("each primary has its replica", self.is_whole)

    def _took_over(self, new: RedisServer, key: str) -> bool:
        """Ask a replica to; primaries grant it once in two of their time-outs."""
        _run(new, "CLUSTER", "FAILOVER")
        for _ in range(60):
            if self.owner(key) is new:
                return True
            time.sleep(0.1)
        return False

    @contextmanager
    def moving(self, key: str, target: RedisServer) -> Iterator[Callable[[], None]]:
        """A key's slot is on its way to another server, and has arrived afterwards.

        What is given moves its keys.
        """
        slot, source = key_slot(key.encode()), self.owner(key)
        _run(target, "CLUSTER", "SETSLOT", slot, "IMPORTING", name(source))
        _run(source, "CLUSTER", "SETSLOT", slot, "MIGRATING", name(target))

        def step() -> None:
            _migrate(source, target, slot)

        yield step
        step()
        self._settle(slot, source, target)

    def move(self, key: str, target: RedisServer, seconds: float = 0.0) -> int:
        """Move a key's slot with pauses of so many seconds in all; how many keys."""
        slot, source = key_slot(key.encode()), self.owner(key)
        if source is target:
            return 0
        _run(target, "CLUSTER", "SETSLOT", slot, "IMPORTING", name(source))
        _run(source, "CLUSTER", "SETSLOT", slot, "MIGRATING", name(target))
        moved = 0
        while some := _migrate(source, target, slot, 5):
            moved += some
            time.sleep(seconds / 20)
        self._settle(slot, source, target)
        return moved

    def _settle(self, slot: int, source: RedisServer, target: RedisServer) -> None:
        for one in (target, source, *self.servers):
            with contextlib.suppress(redis.RedisError):
                _run(one, "CLUSTER", "SETSLOT", slot, "NODE", name(target))


def _over_tls(certificate: Path | None) -> tuple[str, ...]:
    """What has a server speak TLS besides, with clients and with the others."""
    if certificate is None:
        return ()
    yes = ("--tls-cluster", "--tls-replication")
    files = ("--tls-cert-file", "--tls-key-file", "--tls-ca-cert-file")
    options = {"--tls-port": str(_port()), "--tls-auth-clients": "no"}
    options |= dict.fromkeys(yes, "yes") | dict.fromkeys(files, str(certificate))
    return tuple(word for option in options.items() for word in option)


def _migrate(
    source: RedisServer, target: RedisServer, slot: int, most: int = 1_000
) -> int:
    keys = _run(source, "CLUSTER", "GETKEYSINSLOT", slot, most)
    if keys:
        migrated = ("MIGRATE", "127.0.0.1", target.port, "", 0, 5_000, "KEYS")
        _run(source, *migrated, *keys)
    return len(keys)


def _run(server: RedisServer, *words: Any) -> Any:
    with server.client() as client:
        connection: Any = client.connection_pool.get_connection()
        try:
            connection.send_command(*words)
            return connection.read_response()
        finally:
            client.connection_pool.release(connection)


def name(server: RedisServer) -> str:
    return text(_run(server, "CLUSTER", "MYID"))


def is_up(server: RedisServer) -> bool:
    return "cluster_state:ok" in text(_run(server, "CLUSTER", "INFO"))


def _follows(server: RedisServer) -> bool:
    return bool(_replication(server)["master_link_status"] == "up")


def _replication(server: RedisServer) -> dict[str, Any]:
    with server.client() as client:
        found: dict[str, Any] = client.info("replication")
        return found


@contextmanager
def running_cluster(
    primaries: int = 3,
    *,
    replicas: bool = False,
    binary: str = "",
    options: tuple[str, ...] = (),
    certificate: Path | None = None,
) -> Iterator[Cluster]:
    """Run a cluster of this many primaries, each with a replica or without one.

    With a certificate, which is its own authority, its servers speak TLS; tests reach
    each of them without it.
    """
    program = binary or list(binaries().values())[-1]
    wanted = ("--cluster-enabled", "yes", "--cluster-node-timeout", str(NODE_TIMEOUT))
    count = primaries * (2 if replicas else 1)
    with ExitStack() as things:
        servers = []
        for _ in range(count):
            own = (*wanted, *options, *_over_tls(certificate))
            one = RedisServer(program, own, port=_port())
            things.callback(one.close)
            one.start()
            servers.append(one)
        made = Cluster(servers[:primaries], servers[primaries:], certificate)
        made.make()
        yield made
