"""Files of the console that never change under their address: style, scripts, icon."""

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

HTMX: Final = "htmx-2.0.11.min.js"

_TYPES: Final = {
    "console.css": "text/css; charset=utf-8",
    "console.js": "text/javascript; charset=utf-8",
    HTMX: "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}

#: A browser keeps what it has under an address for a year.
_FOR_GOOD: Final = "public, max-age=31536000, immutable"


@cache
def contents() -> Mapping[str, bytes]:
    """Each file's bytes, by its name."""
    folder = files("waybill.pages") / "static"
    return {name: (folder / name).read_bytes() for name in _TYPES}


@cache
def addresses() -> Mapping[str, str]:
    """Where each is found below the console, by its name."""
    return {
        name: f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:16]}"
        for name, content in contents().items()
    }


def file(request: Request) -> Response:
    """Serve one; nobody needs to have come in."""
    name = request.path_params["name"]
    content = contents().get(name)
    if content is None:
        return PlainTextResponse("there is no such file", 404)
    headers = {"Cache-Control": _FOR_GOOD}
    return Response(content, media_type=_TYPES[name], headers=headers)
