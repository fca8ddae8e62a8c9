"""A real RabbitMQ for the tests: private ports, a data directory of its own."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import amqp
import pytest

from tests.redis_servers import free_port

#: Debian's script; the one on PATH would change to a user of its own.
SCRIPT = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
#: Seconds: the virtual machine loads a thousand modules, on a busy machine slowly.
PATIENCE = 180.0


def program() -> str:
    """Where RabbitMQ is; the test is skipped where it is not."""
    if SCRIPT.exists() and shutil.which("epmd"):
        return str(SCRIPT)
    pytest.skip("no RabbitMQ here: `apt-get install rabbitmq-server` brings one")


@dataclass
class RabbitServer:
    """One node and the daemon that knows its port; its files outlive restarts."""

    port: int = field(default_factory=free_port)
    directory: Path = field(
        default_factory=lambda: Path(tempfile.mkdtemp(prefix="wb-rabbit-"))
    )
    node: "subprocess.Popen[bytes] | None" = None
    names: "subprocess.Popen[bytes] | None" = None
    names_port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}/"

    @property
    def environment(self) -> dict[str, str]:
        place = str(self.directory)
        return {
            "PATH": os.environ["PATH"],
            "HOME": place,
            "ERL_EPMD_PORT": str(self.names_port),
            "RABBITMQ_NODENAME": f"wb{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": f"{place}/data",
            "RABBITMQ_LOG_BASE": f"{place}/log",
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_PID_FILE": f"{place}/pid",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{place}/plugins",
            "RABBITMQ_CONF_ENV_FILE": f"{place}/none",
            # One scheduler that sleeps: the machine has other tests to run.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none",
        }

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        (self.directory / "plugins").write_text("[].\n")
        if self.names is None:
            daemon = (str(shutil.which("epmd")), "-address", "127.0.0.1")
            command = (*daemon, "-port", str(self.names_port))
            self.names = subprocess.Popen(command)
        with (self.directory / "output").open("ab") as output:
            self.node = subprocess.Popen(
                [program()],
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with suppress(OSError, amqp.AMQPError), self.connected():
                return
            time.sleep(0.2)
        log = (self.directory / "output").read_text(errors="replace")
        raise RuntimeError(f"RabbitMQ did not start: {log[-3000:]}")

    @contextmanager
    def connected(self) -> Iterator[amqp.Connection]:
        """A connection of the test's own."""
        connection = amqp.Connection(f"127.0.0.1:{self.port}", read_timeout=10)
        connection.connect()
        try:
            yield connection
        finally:
            connection.close()

    def waiting(self, queue: str) -> int:
        """How many messages a queue holds; -1 for no such queue."""
        with self.connected() as connection:
            try:
                found: Any = connection.channel().queue_declare(queue, passive=True)
            except amqp.NotFound:
                return -1
            return int(found.message_count)

    def purge(self, queue: str) -> int:
        """Empty a queue; how many messages it had."""
        with self.connected() as connection:
            return connection.channel().queue_purge(queue) or 0

    def send(self, number: signal.Signals) -> None:
        """Send a signal to all processes of the node."""
        assert self.node is not None
        os.killpg(self.node.pid, number)

    def kill(self) -> None:
        """End it as a power cut does."""
        assert self.node is not None
        with suppress(ProcessLookupError):
            self.send(signal.SIGKILL)
        self.node.wait()

    def close(self) -> None:
        if self.node is not None:
            self.kill()
        if self.names is not None:
            self.names.kill()
            self.names.wait()
        shutil.rmtree(self.directory, ignore_errors=True)
