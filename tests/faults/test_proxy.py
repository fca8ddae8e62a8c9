"""Each mode of the proxy does what it reports."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from tests.faults.proxy import Mode, Proxy
from tests.processes.waiting import until

#: Long enough to see that nothing comes, short enough to wait for in vain.
VAIN = 0.15


@dataclass
class Echo:
    """A server that answers each line with itself, and remembers both ends' acts."""

    listener: socket.socket
    heard: list[bytes] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)

    def serve(self) -> None:
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(peer,), daemon=True).start()

    def stop(self) -> None:
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)

    def _answer(self, peer: socket.socket) -> None:
        with peer:
            try:
                while line := peer.recv(1000):
                    self.heard.append(line)
                    peer.sendall(line)
                self.ended.append("closed")
            except OSError:
                self.ended.append("reset")


@pytest.fixture
def echo() -> Iterator[Echo]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Echo(listener)
        threading.Thread(target=server.serve, daemon=True).start()
        yield server
        server.stop()


@pytest.fixture
def proxy(echo: Echo) -> Iterator[Proxy]:
    with Proxy(echo.listener.getsockname()[1]) as running:
        yield running


@pytest.fixture
def client(proxy: Proxy) -> Iterator[socket.socket]:
    with connected(proxy) as plug:
        yield plug


def connected(proxy: Proxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=5.0)


def asked(client: socket.socket, line: bytes) -> bytes:
    client.sendall(line)
    return client.recv(1000)


def hears_nothing(client: socket.socket) -> bool:
    client.settimeout(VAIN)
    try:
        client.recv(1000)
    except TimeoutError:
        return True
    finally:
        client.settimeout(5.0)
    return False


def test_pass_hands_on_both_ways(client: socket.socket) -> None:
    assert asked(client, b"one") == b"one"
    assert asked(client, b"two") == b"two"


def test_rst_resets_what_is_connected_and_what_comes(
    proxy: Proxy, client: socket.socket
) -> None:
    asked(client, b"one")

    proxy.switch(Mode.RST)

    with pytest.raises(ConnectionResetError):
        client.recv(1000)
    with pytest.raises(ConnectionResetError), connected(proxy) as another:
        another.recv(1000)


@pytest.mark.parametrize("mode", [Mode.RST, Mode.BLACKHOLE, Mode.DROP])
def test_a_new_connection_works_once_the_fault_is_over(
    proxy: Proxy, client: socket.socket, mode: Mode
) -> None:
    asked(client, b"one")
    proxy.switch(mode)

    proxy.switch(Mode.PASS)

    with connected(proxy) as another:
        assert asked(another, b"two") == b"two"


def test_a_blackhole_swallows_both_ways_and_answers_nobody(
    proxy: Proxy, client: socket.socket, echo: Echo
) -> None:
    asked(client, b"one")

    proxy.switch(Mode.BLACKHOLE)
    client.sendall(b"two")

    with connected(proxy) as another:
        another.sendall(b"three")
        assert hears_nothing(another)
    assert hears_nothing(client)
    assert echo.heard == [b"one"]
    assert echo.ended == []


def test_a_connection_with_a_gap_stays_dead(
    proxy: Proxy, client: socket.socket, echo: Echo
) -> None:
    asked(client, b"one")
    proxy.switch(Mode.BLACKHOLE)
    client.sendall(b"two")
    assert hears_nothing(client)

    proxy.switch(Mode.PASS)
    client.sendall(b"three")

    assert hears_nothing(client)
    assert echo.heard == [b"one"]


def test_drop_closes_the_servers_end_and_leaves_the_client_in_its_belief(
    proxy: Proxy, client: socket.socket, echo: Echo
) -> None:
    asked(client, b"one")

    proxy.switch(Mode.DROP)

    assert until("the server is notified", lambda: echo.ended) == ["reset"]
    client.sendall(b"two")
    assert hears_nothing(client)
    assert echo.heard == [b"one"]


def test_dropped_replies_belong_to_requests_that_arrived(
    proxy: Proxy, client: socket.socket, echo: Echo
) -> None:
    proxy.switch(Mode.DROP_REPLIES)

    client.sendall(b"one")
    assert hears_nothing(client)
    proxy.switch(Mode.PASS)

    assert echo.heard == [b"one"]
    assert hears_nothing(client)


def test_latency_is_added_each_way(proxy: Proxy, client: socket.socket) -> None:
    asked(client, b"one")
    proxy.switch(Mode.LATENCY, 0.1)
    began = time.monotonic()

    answer = asked(client, b"two")

    assert answer == b"two"
    assert time.monotonic() - began >= 0.2


def test_a_server_that_refuses_is_a_reset_for_the_client(
    proxy: Proxy, echo: Echo
) -> None:
    echo.stop()

    with pytest.raises(ConnectionResetError), connected(proxy) as another:
        another.recv(1000)
