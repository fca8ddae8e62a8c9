"""Control requests to a sandbox in another process, over plain HTTP."""

import json
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

_SECONDS = 10.0


class ControlError(Exception):
    """The sandbox refused a control request; the message is its own."""


class ControlHttp:
    """Sends control requests, each on a connection of its own.

    Args:
        url: the sandbox's, without a slash at the end.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "127.0.0.1", parts.port or 80)

    def send(
        self, method: str, path: str, document: object = None, **query: object
    ) -> Any:
        """Send one request and read its answer.

        Raises:
            ControlError: the sandbox refused it.
            OSError: nothing answers there.
        """
        given = {name: value for name, value in query.items() if value is not None}
        body = None if document is None else json.dumps(document).encode()
        connection = HTTPConnection(*self._address, timeout=_SECONDS)
        try:
            target = f"/_sandbox/{path}?{urlencode(given)}"
            connection.request(method, target, body)
            reply = connection.getresponse()
            said = json.loads(reply.read())
        finally:
            connection.close()
        if reply.status != 200:  # noqa: PLR2004 - the one good status
            raise ControlError(f"{method} {path}: {said.get('error')}")
        return said
