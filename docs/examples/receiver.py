"""A receiver of Waybill's notifications, with Python's standard library alone.

It checks the signatures over the bytes as they came, keeps each event once, answers,
and works on what it has kept afterwards. Put https in front of it, and your own work
into `work`.

    python receiver.py --secrets FILE [--inbox inbox.sqlite3] [--port 8000] [--relayed]

FILE holds the secrets that are accepted, one a line. With --relayed notifications come
through Ingram Micro, and x-hub-signature is all that is looked for.
"""

# ruff: noqa: INP001 - one file to be copied, not part of a package

import argparse
import base64
import contextlib
import hashlib
import hmac
import json
import logging
import re
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

LOG = logging.getLogger("receiver")

#: Bodies stay below 100,000 bytes.
MOST_BYTES = 1_000_000

#: Seconds by which the sender's clock may differ from ours.
TOLERANCE = 300

NUMBER = re.compile("[0-9]{1,12}")


def work(event: Mapping[str, object]) -> None:
    """Do what is to be done.

    What it raises is tried again, and what came after it waits: that keeps orders in
    order. Set aside here what can never work.
    """
    LOG.info("it is about %s", event.get("resource"))


def key(secret: str) -> bytes:
    """Take the key of `webhook-signature` from a secret."""
    if secret.startswith("whsec_"):
        # Padding is often left out.
        return base64.b64decode(secret.removeprefix("whsec_") + "==")
    return secret.encode()


def is_ours(
    secret: str, headers: Mapping[str, str], body: bytes, now: float | None = None
) -> bool:
    """Whether these very bytes were signed so, less than five minutes from now."""
    sent = headers.get("webhook-timestamp", "")
    now = time.time() if now is None else now
    if not NUMBER.fullmatch(sent) or abs(now - int(sent)) > TOLERANCE:
        return False
    signed = f"{headers.get('webhook-id', '')}.{sent}.".encode() + body
    expected = b"v1," + base64.b64encode(
        hmac.digest(key(secret), signed, hashlib.sha256)
    )
    given = headers.get("webhook-signature", "").encode().split()
    return any(hmac.compare_digest(expected, one) for one in given)


def is_ingrams(secret: str, signature: str, event_id: str) -> bool:
    """Whether `x-hub-signature` is right; the id is the body's `eventId`."""
    expected = base64.b64encode(
        hmac.digest(secret.encode(), event_id.encode(), hashlib.sha512)
    )
    return hmac.compare_digest(expected, signature.encode())


class Inbox:
    """The events that have come, each once; it outlives the process."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._database = sqlite3.connect(path, check_same_thread=False)
        with self._database:
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = FULL")
            self._database.execute(
                "CREATE TABLE IF NOT EXISTS event (seq INTEGER PRIMARY KEY,"
                " id TEXT UNIQUE NOT NULL, body BLOB NOT NULL,"
                " done INTEGER NOT NULL DEFAULT 0)"
            )

    def keep(self, event_id: str, body: bytes) -> bool:
        """Keep an event on the disk; False if it is there already."""
        with self._lock, self._database:
            kept = self._database.execute(
                "INSERT OR IGNORE INTO event (id, body) VALUES (?, ?)", (event_id, body)
            )
            return kept.rowcount == 1

    def waiting(self) -> Iterator[tuple[str, bytes]]:
        """What has not been worked on yet, in the order in which it came."""
        with self._lock:
            rows = self._database.execute(
                "SELECT id, body FROM event WHERE NOT done ORDER BY seq LIMIT 100"
            ).fetchall()
        yield from rows

    def finish(self, event_id: str) -> None:
        # The id stays: the same event may come again for days.
        with self._lock, self._database:
            self._database.execute(
                "UPDATE event SET done = 1 WHERE id = ?", (event_id,)
            )

    def close(self) -> None:
        with self._lock:
            self._database.close()


class Receiver(ThreadingHTTPServer):
    """Answers notifications; `come` is set when one was kept."""

    daemon_threads = True
    # Python's own 5 are few: orders change together, and callers would be cut off.
    request_queue_size = 128

    def __init__(
        self, port: int, secrets: list[str], inbox: Inbox, *, relayed: bool = False
    ) -> None:
        super().__init__(("127.0.0.1", port), Call)
        self.secrets = secrets
        self.relayed = relayed
        self.inbox = inbox
        self.come = threading.Event()

    def take(self, headers: Mapping[str, str], body: bytes) -> int:
        """Judge one notification and keep it; return the status to answer."""
        event_id = event_id_of(body)
        if not any(
            self.is_signed(one, headers, body, event_id) for one in self.secrets
        ):
            return 401
        announced = event_id if self.relayed else headers.get("webhook-id")
        if not event_id or announced != event_id:
            return 400
        if headers.get("waybill-test"):
            return 204
        try:
            new = self.inbox.keep(event_id, body)
        except sqlite3.Error:
            LOG.exception("the inbox failed; %s has to come again", event_id)
            return 503
        LOG.info("%s %s", event_id, "kept" if new else "came again")
        self.come.set()
        return 204

    def is_signed(
        self, secret: str, headers: Mapping[str, str], body: bytes, event_id: str
    ) -> bool:
        """Whether a secret signed it, and it names its event."""
        if self.relayed:
            signature = headers.get("x-hub-signature", "")
            return bool(event_id) and is_ingrams(secret, signature, event_id)
        return is_ours(secret, headers, body)


def event_id_of(body: bytes) -> str:
    """The id in a body, "" if there is none."""
    try:
        event_id = json.loads(body)["eventId"]
        event_id.encode()
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return ""
    return str(event_id)


class Call(BaseHTTPRequestHandler):
    """One connection; it stays open for the next notification."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 20
    server: Receiver

    def do_POST(self) -> None:
        headers = {name.lower(): text for name, text in self.headers.items()}
        length = headers.get("content-length", "")
        if not NUMBER.fullmatch(length):
            return self.answer(411, unread=True)
        if int(length) > MOST_BYTES:
            return self.answer(413, unread=True)
        body = self.rfile.read(int(length))
        return self.answer(self.server.take(headers, body))

    def answer(self, status: int, *, unread: bool = False) -> None:
        self.send_response(status)
        self.send_header("content-length", "0")
        if unread:
            self.send_header("connection", "close")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as above
        LOG.debug(format, *args)


def keep_working(receiver: Receiver, stop: threading.Event, rest: float = 1.0) -> None:
    """Work on what is waiting, one after the other, until asked to stop."""
    while not stop.is_set():
        receiver.come.wait(rest)
        receiver.come.clear()
        try:
            for event_id, body in receiver.inbox.waiting():
                LOG.info("working on %s", event_id)
                work(json.loads(body))
                receiver.inbox.finish(event_id)
                receiver.come.set()
        except Exception:
            LOG.exception("the work stands still, and is tried again")


def secrets_of(path: Path) -> list[str]:
    """Those in a file; a bad one is found now, not when it refuses everything."""
    secrets = [line for line in path.read_text().splitlines() if line]
    if not all(map(key, secrets)) or not secrets:
        raise SystemExit(f"{path} holds no secret, or an empty one")
    return secrets


def main() -> None:
    """Serve until interrupted or terminated."""
    options = argparse.ArgumentParser(description="Receive Waybill's notifications.")
    options.add_argument("--secrets", type=Path, required=True)
    options.add_argument("--inbox", type=Path, default=Path("inbox.sqlite3"))
    options.add_argument("--port", type=int, default=8000)
    options.add_argument("--relayed", action="store_true")
    given = options.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    secrets, inbox = secrets_of(given.secrets), Inbox(given.inbox)
    try:
        receiver = Receiver(given.port, secrets, inbox, relayed=given.relayed)
    except OSError as error:
        what = f"port {given.port} cannot be listened on ({error.strerror})"
        raise SystemExit(f"{what}; choose another with --port") from error
    worker = threading.Thread(
        target=keep_working, args=(receiver, threading.Event()), daemon=True
    )
    worker.start()
    LOG.info("listening on port %d", receiver.server_port)
    # Both end it, also where a shell that runs it in the background has it ignore the
    # first: `kill` and containers send the second.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        receiver.serve_forever()


if __name__ == "__main__":
    main()
