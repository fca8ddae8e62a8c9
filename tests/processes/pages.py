"""The health pages of a worker, as a probe reads them."""

import http.client
import json

from tests.processes.worker import Worker


def page(worker: Worker, path: str, accept: str = "*/*") -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", worker.health_port, timeout=8)
    try:
        connection.request("GET", path, headers={"Accept": accept})
        reply = connection.getresponse()
        return reply.status, reply.read().decode()
    finally:
        connection.close()


def problems(worker: Worker) -> dict[str, str]:
    """What `/ready` complains of; its status agrees."""
    status, body = page(worker, "/ready")
    found: dict[str, str] = json.loads(body)["problems"]
    assert (status == 200) == (not found)
    return found
