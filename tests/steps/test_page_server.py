"""The health port's server, on real sockets: no client occupies it."""

import resource
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.processes.waiting import until
from workers.steps.health.page_server import Bounds, Page, PageServer

#: Waits without end for a client that is never forgotten by time.
PATIENT = Bounds(waiting=8, served=4, read_seconds=3600, write_seconds=3600)

MOST = PATIENT.waiting + PATIENT.served

BIG = b"x" * 8_000_000


def page_of(text: bytes) -> Callable[[], Page]:
    return lambda: Page(HTTPStatus.OK, "text/plain", text)


@contextmanager
def serving(
    bounds: Bounds, **pages: Callable[[], Page]
) -> Iterator[Callable[[], socket.socket]]:
    """A server of these pages; opens connections to it."""
    server = PageServer("127.0.0.1", 0, {f"/{n}": p for n, p in pages.items()}, bounds)
    server.start()
    with ExitStack() as things:

        def connected() -> socket.socket:
            address = ("127.0.0.1", server.port)
            return things.enter_context(socket.create_connection(address, 30))

        try:
            yield connected
        finally:
            server.stop()


def asked(client: socket.socket, head: bytes) -> bytes:
    """All that comes for this request, until the server closes."""
    client.sendall(head)
    got = b""
    while more := client.recv(65536):
        got += more
    return got


def live(connected: Callable[[], socket.socket]) -> bool:
    reply = asked(connected(), b"GET /live HTTP/1.1\r\n\r\n")
    return reply.startswith(b"HTTP/1.1 200 OK\r\n") and reply.endswith(b"\r\n\r\nwell")


def idle(_: socket.socket) -> None:
    """Say nothing."""


def trickling(client: socket.socket) -> None:
    client.sendall(b"GET /live HTTP/1.1\r\nX-Slow: ")


def not_reading(client: socket.socket) -> None:
    client.sendall(b"GET /big HTTP/1.1\r\n\r\n")


@pytest.mark.parametrize("hold", [idle, trickling, not_reading])
def test_whoever_holds_connections_keeps_nobody_from_a_page(
    hold: Callable[[socket.socket], None],
) -> None:
    pages = {"live": page_of(b"well"), "big": page_of(BIG)}
    with serving(PATIENT, **pages) as connected:
        before = files()
        for _ in range(300):
            hold(connected())

        assert all(live(connected) for _ in range(20))
        until("it keeps only so many", lambda: files() - before <= 300 + 20 + MOST)


@pytest.mark.parametrize("hold", [idle, trickling, not_reading])
def test_a_client_that_takes_too_long_is_closed(
    hold: Callable[[socket.socket], None],
) -> None:
    bounds = Bounds(read_seconds=0.2, write_seconds=0.2)
    pages = {"live": page_of(b"well"), "big": page_of(BIG)}
    with serving(bounds, **pages) as connected:
        before = files()
        for _ in range(5):
            hold(connected())
        # Whoever came before this one has been accepted.
        assert live(connected)

        until("only the clients' own are open", lambda: files() <= before + 6)


def files() -> int:
    """Open file descriptors of this process: the clients' and the server's."""
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\n\r\n",
        b"GET /live HTTP/1.1\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
        b"GET /live HTTP/1.1\r\n" + b"X: x\r\n" * 1000 + b"\r\n",
        b"POST /live HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
        b"\r\n",
    ],
)
def test_a_request_without_bound_is_not_answered(head: bytes) -> None:
    with serving(PATIENT, live=page_of(b"well")) as connected:
        client = connected()
        try:
            answered = asked(client, head)
        except (ConnectionResetError, BrokenPipeError):
            answered = b""

        assert answered == b""
        assert live(connected)


def test_a_request_may_end_its_lines_without_a_carriage_return() -> None:
    with serving(PATIENT, live=page_of(b"well")) as connected:
        assert asked(connected(), b"GET /live HTTP/1.0\n\n").endswith(b"well")


def test_a_page_that_hangs_takes_one_thread_and_no_other_page() -> None:
    begun, goes_on = threading.Semaphore(0), threading.Event()

    def slow() -> Page:
        begun.release()
        # Not served meanwhile, the others would be in time behind it.
        text = b"late" if goes_on.wait(30) else b"never"
        return Page(HTTPStatus.OK, "text/plain", text)

    bounds = Bounds(served=64)
    with serving(bounds, live=page_of(b"well"), slow=slow) as connected:
        before = threading.active_count()
        clients = [connected() for _ in range(40)]
        for client in clients:
            client.sendall(b"GET /slow HTTP/1.1\r\n\r\n")
        assert begun.acquire(timeout=30)

        assert all(live(connected) for _ in range(5))
        threads = threading.active_count() - before
        goes_on.set()
        late = [asked(client, b"").endswith(b"late") for client in clients]

    assert threads <= 2
    assert all(late)
    assert not begun.acquire(blocking=False)


def test_a_page_that_fails_once_is_worked_out_again() -> None:
    turns = iter([ZeroDivisionError("a defect")])

    def page() -> Page:
        for error in turns:
            raise error
        return Page(HTTPStatus.OK, "text/plain", b"mended")

    with serving(PATIENT, page=page) as connected:
        assert asked(connected(), b"GET /page HTTP/1.1\r\n\r\n") == b""
        assert asked(connected(), b"GET /page HTTP/1.1\r\n\r\n").endswith(b"mended")


def test_another_path_is_shown_which_there_are() -> None:
    with serving(PATIENT, live=page_of(b"well"), ready=page_of(b"well")) as connected:
        reply = asked(connected(), b"GET /other HTTP/1.1\r\n\r\n")

    assert reply.startswith(b"HTTP/1.1 404 Not Found\r\n")
    assert reply.endswith(b"no such page; there are /live, /ready\n")


def test_a_server_that_has_stopped_listens_no_more() -> None:
    server = PageServer("127.0.0.1", 0, {"/live": page_of(b"well")})
    server.start()
    held = socket.create_connection(("127.0.0.1", server.port), 30)
    port = server.port

    server.stop()

    with held, pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 30)


def test_a_stop_closes_every_connection_however_new() -> None:
    before = files()
    for _ in range(20):
        with serving(PATIENT, live=page_of(b"well")) as connected:
            for _ in range(40):
                connected()

    assert files() == before


def test_a_connection_waits_until_there_is_a_file_descriptor_for_it() -> None:
    with serving(PATIENT, live=page_of(b"well")) as connected:
        client, late = connected(), socket.socket()
        with late, no_more_files():
            late.connect(client.getpeername())
            late.sendall(b"GET /live HTTP/1.1\r\n\r\n")
            late.settimeout(0.2)
            with pytest.raises(TimeoutError):
                late.recv(1)

        assert live(connected)


@contextmanager
def no_more_files() -> Iterator[None]:
    """Not one file descriptor more than are open now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(int(one.name) for one in Path("/proc/self/fd").iterdir())
    with ExitStack() as holes:
        while (
            hole := holes.enter_context(Path("/dev/null").open())
        ).fileno() < highest:
            pass
        resource.setrlimit(resource.RLIMIT_NOFILE, (hole.fileno() + 1, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_who_accepts_more_gets_the_page_of_that_kind() -> None:
    plain, rich = page_of(b"plain"), page_of(b"rich")
    pages = {"/metrics": plain, "/metrics application/rich": rich}
    server = PageServer("127.0.0.1", 0, pages)
    server.start()

    def answered(*lines: bytes) -> bytes:
        head = b"\r\n".join((b"GET /metrics HTTP/1.1", *lines, b"", b""))
        with socket.create_connection(("127.0.0.1", server.port), 30) as client:
            return asked(client, head).rpartition(b"\r\n\r\n")[2]

    try:
        assert answered() == b"plain"
        assert answered(b"Accept: text/plain, */*") == b"plain"
        kinds = b"accept: text/html;q=0.5, application/rich; version=1.0.0;q=0.7"
        assert answered(kinds) == b"rich"
    finally:
        server.stop()
