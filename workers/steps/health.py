"""Health: `/live`, `/ready` and `/metrics` of one worker, on a port of its own."""

import json
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CONTENT_TYPE_LATEST

#: What a page answers: its problems by name, none when all is well.
Check = Callable[[], Mapping[str, str]]


class Health:
    """The health pages' server.

    Args:
        host, port: where it listens; port 0 takes any free one.
        live: problems of this process's own progress; it does not ask Redis, since
            a restart would not mend Redis.
        ready: problems that keep this worker from working.
        metrics: the page for Prometheus.
    """

    def __init__(
        self,
        host: str,
        port: int,
        live: Check,
        ready: Check,
        metrics: Callable[[], bytes],
    ) -> None:
        self._server = ThreadingHTTPServer(
            (host, port), _pages({"/live": live, "/ready": ready}, metrics)
        )
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="waybill-health", daemon=True
        )

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _pages(
    checks: Mapping[str, Check], metrics: Callable[[], bytes]
) -> type[BaseHTTPRequestHandler]:
    class Pages(BaseHTTPRequestHandler):
        """One request for one page."""

        def do_GET(self) -> None:
            check = checks.get(self.path)
            if check is not None:
                self._answer_check(dict(check()))
            elif self.path == "/metrics":
                self._answer(HTTPStatus.OK, CONTENT_TYPE_LATEST, metrics())
            else:
                known = ", ".join([*checks, "/metrics"])
                body = f"no such page; there are {known}\n".encode()
                self._answer(HTTPStatus.NOT_FOUND, "text/plain", body)

        def _answer_check(self, problems: dict[str, str]) -> None:
            status = HTTPStatus.SERVICE_UNAVAILABLE if problems else HTTPStatus.OK
            body = json.dumps({"ok": not problems, "problems": problems}).encode()
            self._answer(status, "application/json", body + b"\n")

        def _answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Probes come every few seconds; they are no news."""

    return Pages
