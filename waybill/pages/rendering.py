"""Rendering of pages: templates in which every text from outside is made plain."""

import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from importlib.metadata import version
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from waybill.console import iso, moment, span
from waybill.pages.access import form_token
from waybill.pages.access.doorkeeper import Visitor
from waybill.pages.safety import NONCE
from waybill.pages.static_files import HTMX, addresses
from waybill.plain import plain_lines

#: The pages, in the order of the navigation: name, path below the console, title.
PAGES: Final = (
    ("now", "/", "Now"),
    ("destinations", "/destinations", "Destinations"),
    ("dead_letters", "/dead-letters", "Dead letters"),
    ("orders", "/orders", "Orders"),
    ("events", "/events", "Refused events"),
    ("reconcile", "/reconcile", "Reconcile"),
    ("audit", "/audit", "Audit"),
)

_CODE: Final = re.compile(r"`([^`]+)`")
_CODED: Final = re.compile(r"<code>([^<]+)</code>")

#: Pages that show what commands do: how those begin, the path, the title.
_PAGES_OF: Final = (
    ("waybill dead-letters", "/dead-letters", "Dead letters"),
    ("waybill endpoints", "/destinations", "Destinations"),
    ("waybill reconcile", "/reconcile", "Reconcile"),
    ("waybill orders list", "/orders", "Orders"),
    ("waybill audit", "/audit", "Audit"),
)

#: Stands where there is no moment.
NONE: Final = Markup("\N{EN DASH}")


def shown(value: Any) -> Any:
    """What stands for a value on a page; controls and turns of direction as numbers."""
    return plain_lines(value) if type(value) is str else value


def environment() -> Environment:
    """The templates, all of which escape."""
    made = Environment(
        loader=PackageLoader("waybill.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"age": age, "moment": moment, "prose": prose}
    made.filters |= {"span": span, "until": until, "guided": guided}
    made.globals |= {
        "pages": PAGES,
        "static": addresses(),
        "htmx": HTMX,
        "version": version("waybill"),
    }
    return made


def prose(text: str) -> Markup:
    """The text escaped; what stands in backquotes, such as a command, is code."""
    found = str(escape(plain_lines(text)))
    return Markup(_CODE.sub(r"<code>\1</code>", found))  # noqa: S704 (escaped above)


def guided(text: str, root: str) -> Markup:
    """The same, with the page that shows what a command does before the command."""

    def page_first(found: re.Match[str]) -> str:
        places = (one for one in _PAGES_OF if found[1].startswith(one[0]))
        for _, path, title in places:
            return f'<a href="{escape(root)}{path}">{title}</a> ({found[0]})'
        return found[0]

    return Markup(_CODED.sub(page_first, prose(text)))  # noqa: S704 (escaped above)


def age(ms: int | None, now_ms: int) -> Markup:
    """How long ago, with the exact moment for who points at it."""
    if not ms:
        return NONE
    return _time(ms, f"{span(max(0, now_ms - ms) / 1000)} ago")


def until(ms: int | None, now_ms: int) -> Markup:
    """In how long, with the exact moment."""
    if not ms:
        return NONE
    left = ms - now_ms
    return _time(ms, f"in {span(left / 1000)}" if left > 0 else "now")


def _time(ms: int, text: str) -> Markup:
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        iso(ms), moment(ms), text
    )


class Renderer:
    """Makes pages.

    Args:
        frame: what every page needs to know of the settings.
    """

    def __init__(self, frame: Mapping[str, Any]) -> None:
        self._environment = environment()
        self._frame = frame

    def page(
        self,
        request: Request,
        visitor: Visitor | None,
        template: str,
        status: int = HTTPStatus.OK,
        **values: Any,
    ) -> HTMLResponse:
        """A page for somebody.

        Args:
            request: that asked for it.
            visitor: who that is; None before they have come in.
            template: its name, without the ending.
            status: of HTTP.
            values: of the template.
        """
        token: Callable[[], str] = (
            (lambda: form_token.masked(visitor.token)) if visitor else str
        )
        made = self._environment.get_template(f"{template}.html").render(
            nonce=request.scope[NONCE],
            root=request.scope.get("root_path", ""),
            here=template,
            address=str(request.url.path),
            visitor=visitor,
            form_token=token,
            **self._frame,
            **values,
        )
        return HTMLResponse(made, status)
