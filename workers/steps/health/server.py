"""Health server of a worker: `/live`, `/ready` and `/metrics`, on its own port."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus

from workers.steps.health.page_server import Page, PageServer
from workers.telemetry.exposition import OPEN_METRICS, media_type

#: What a page answers: its problems by name, none when all is well.
Check = Callable[[], Mapping[str, str]]


class Health:
    """The health pages' server.

    Args:
        host, port: where it listens; port 0 takes any free one.
        live: problems of this process's own progress; it does not ask Redis, since
            a restart would not mend Redis.
        ready: problems that keep this worker from working.
        notes: what else a reader of `/ready` is to know; nothing of it is a problem.
        metrics: the page for Prometheus; True asks for OpenMetrics.

    Raises:
        OSError, UnicodeError: nobody can listen there.
    """

    def __init__(
        self,
        host: str,
        port: int,
        live: Check,
        ready: Check,
        metrics: Callable[[bool], bytes],
        notes: Check = dict,
    ) -> None:
        pages = {
            "/live": partial(_checked, live),
            "/ready": partial(_checked, ready, notes),
            "/metrics": partial(_measured, metrics, is_open=False),
            f"/metrics {OPEN_METRICS}": partial(_measured, metrics, is_open=True),
        }
        self._server = PageServer(host, port, pages)

    @property
    def port(self) -> int:
        return self._server.port

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        self._server.stop()


def _checked(check: Check, notes: Check = dict) -> Page:
    problems = dict(check())
    status = HTTPStatus.SERVICE_UNAVAILABLE if problems else HTTPStatus.OK
    found: dict[str, object] = {"ok": not problems, "problems": problems}
    if noted := dict(notes()):
        found["notes"] = noted
    body = json.dumps(found).encode()
    return Page(status, "application/json", body + b"\n")


def _measured(metrics: Callable[[bool], bytes], *, is_open: bool) -> Page:
    return Page(HTTPStatus.OK, media_type(is_open=is_open), metrics(is_open))
