"""One POST over a real socket, with nothing added."""

from http.client import HTTPConnection
from urllib.parse import urlsplit


def post(url: str, body: bytes) -> int:
    """Send JSON; the status of the answer."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        headers = {"Content-Type": "application/json"}
        connection.request("POST", parts.path, body, headers)
        return connection.getresponse().status
    finally:
        connection.close()
