"""A primary with replicas and sentinels, all real processes of this machine."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis

from tests.processes.child import Child
from tests.processes.waiting import until
from tests.redis_servers import RedisServer, free_port, running

SERVICE = "waybill-ledger"

#: Milliseconds of silence after which a primary counts as down.
DOWN_AFTER = 1000

#: Seconds within which a failover is over on a busy machine.
OVER = 60.0


@dataclass
class Watched:
    """A primary and its replicas, which change places; and who watches them."""

    servers: list[RedisServer]
    sentinels: list[Child]
    ports: list[int]

    @property
    def url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.ports)
        return f"redis+sentinel://{hosts}/{SERVICE}/0"

    @property
    def primary(self) -> RedisServer:
        """The one that the sentinels name now."""
        for port in self.ports:
            with suppress(redis.RedisError), sentinel_client(port) as client:
                _, named = client.sentinel_get_master_addr_by_name(SERVICE)
                return next(one for one in self.servers if one.port == int(named))
        raise AssertionError("no sentinel answers")

    @property
    def replicas(self) -> list[RedisServer]:
        primary = self.primary
        return [one for one in self.servers if one is not primary]

    def kill_primary(self) -> RedisServer:
        """Kill it, and wait until another one is in its place; the killed one."""
        old = self.primary
        old.kill()
        self._await_another(old)
        return old

    def fail_over(self) -> RedisServer:
        """Ask a sentinel for another primary, and wait for it.

        The old one lives on, and takes writes for ten seconds more, which are lost.
        """
        old = self.primary
        until("a replica is good enough", self._asked, OVER)
        # A failover that does not come to its end in time is given up by its sentinel.
        self._await_another(old, otherwise=self._asked)
        return old

    def await_replicas(self) -> None:
        """Wait until every server but the primary of that moment follows it."""
        until("all follow", self._all_follow, OVER)

    def is_copied(self) -> bool:
        """Whether each server has all that the primary has."""
        with suppress(redis.RedisError), self.primary.client() as client:
            found = client.info("replication")
            offsets = [one["offset"] for one in _states(found)]
            everybody = [found["master_repl_offset"]] * (len(self.servers) - 1)
            return offsets == everybody
        return False

    def is_known(self, port: int) -> bool:
        """Whether this sentinel knows all servers and all sentinels."""
        everybody = len(self.servers) - 1, len(self.ports) - 1
        with suppress(redis.RedisError), sentinel_client(port) as client:
            found = client.sentinel_master(SERVICE)
            return (found["num-slaves"], found["num-other-sentinels"]) == everybody
        return False

    def _is_primary(self) -> bool:
        with suppress(redis.RedisError), self.primary.client() as client:
            return bool(client.info()["role"] == "master")
        return False

    def _all_follow(self) -> bool:
        with suppress(redis.RedisError), self.primary.client() as client:
            return _followers(client) >= len(self.servers) - 1
        return False

    def _asked(self) -> bool:
        with suppress(redis.ResponseError), sentinel_client(self.ports[0]) as client:
            client.execute_command("SENTINEL", "FAILOVER", SERVICE)
            return True
        return False

    def _await_another(
        self, old: RedisServer, otherwise: Callable[[], object] = lambda: None
    ) -> None:
        def is_named() -> bool:
            if self.primary is old:
                otherwise()
            return self.primary is not old

        until("another is named", is_named, OVER)
        until("it is the primary", self._is_primary, OVER)


def sentinel_client(port: int) -> "redis.Redis":
    return redis.Redis(port=port, socket_timeout=5, driver_info=None)


@contextmanager
def watched(
    binary: str,
    folder: Path,
    *options: str,
    sentinels: Sequence[str] = (),
    replicas: int = 2,
) -> Iterator[Watched]:
    """Run a primary, its replicas and three sentinels.

    Args:
        binary: of redis-server.
        folder: for the sentinels' files and logs.
        options: of each server.
        sentinels: more lines of the sentinels' files.
        replicas: how many there are.
    """
    with ExitStack() as things:
        # Else a full copy waits five seconds for more replicas.
        own = ("--repl-diskless-sync-delay", "0", *options)
        servers = [
            things.enter_context(running(binary, *own)) for _ in range(1 + replicas)
        ]
        for replica in servers[1:]:
            with replica.client() as client:
                client.replicaof("127.0.0.1", servers[0].port)
        ports = [free_port() for _ in range(3)]
        children = [
            _sentinel(binary, folder, port, servers[0].port, sentinels)
            for port in ports
        ]
        for child in children:
            things.callback(child.end)
        group = Watched(servers, children, ports)
        group.await_replicas()
        until("they know each other", lambda: all(map(group.is_known, ports)), OVER)
        yield group


def _sentinel(
    binary: str, folder: Path, port: int, primary: int, more: Sequence[str]
) -> Child:
    lines = (
        f"port {port}",
        "bind 127.0.0.1",
        f"dir {folder}",
        f"sentinel monitor {SERVICE} 127.0.0.1 {primary} 2",
        f"sentinel down-after-milliseconds {SERVICE} {DOWN_AFTER}",
        f"sentinel failover-timeout {SERVICE} 10000",
        f"sentinel parallel-syncs {SERVICE} 2",
        *more,
    )
    file = folder / f"sentinel-{port}.conf"
    file.write_text("\n".join(lines) + "\n")
    log = folder / f"sentinel-{port}.log"
    return Child((binary, str(file), "--sentinel"), log, {})


def _followers(client: "redis.Redis") -> int:
    return sum(one["state"] == "online" for one in _states(client.info("replication")))


def _states(info: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What a primary says of each replica."""
    states = (one for name, one in info.items() if name.startswith("slave"))
    return [one for one in states if isinstance(one, dict)]
