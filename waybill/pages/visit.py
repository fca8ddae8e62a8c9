"""Visit: one request for a page, by somebody who may make it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

import redis
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from waybill.connect import Opened, check_deployment
from waybill.http_request import (
    HOLDER,
    RENEWAL,
    TooLargeError,
    TooSlowError,
    body_of,
)
from waybill.pages.access import form_token
from waybill.pages.access.doorkeeper import (
    VISITOR,
    Doorkeeper,
    Visitor,
    give_cookie,
    is_renewal,
)
from waybill.pages.access.origin import is_our_pages
from waybill.pages.access.rights import Right
from waybill.pages.rendering import Renderer
from waybill.trouble import SettingsTrouble
from workers.settings.settings import Settings

#: Bytes, fields and seconds of a form: a payload that is corrected, percent-encoded.
MOST_BYTES: Final = 4 * 1024 * 1024
MOST_FIELDS: Final = 2_000
SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class Site:
    """What every page may use.

    Attributes:
        settings: of the door; the partners' may be missing.
        ledger: to look at.
        renderer: of pages.
        doorkeeper: who knows whose a request is.
    """

    settings: Settings
    ledger: Opened
    renderer: Renderer
    doorkeeper: Doorkeeper

    @property
    def client(self) -> "redis.Redis":
        return self.ledger.client


@dataclass(frozen=True, slots=True)
class Visit:
    """One request for a page.

    Attributes:
        site: that it is of.
        request: the request.
        visitor: whose it is.
        form: the fields that one of our pages has posted.
    """

    site: Site
    request: Request
    visitor: Visitor
    form: Mapping[str, str] = field(default_factory=dict)

    def page(
        self, template: str, status: int = HTTPStatus.OK, **values: Any
    ) -> Response:
        """The page for this visitor."""
        return self.site.renderer.page(
            self.request, self.visitor, template, status, **values
        )

    @property
    def given(self) -> frozenset[str]:
        """Names of the fields that are filled in, or of the query's parameters."""
        found = self.form or self.request.query_params
        return frozenset(name for name, value in found.items() if value)

    def asked(self, name: str, most: int = 256) -> str:
        """A field of the form, or a parameter of the query; "" where it is missing."""
        given = self.form or self.request.query_params
        return given.get(name, "").strip()[:most]


Page = Callable[[Visit], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def guarded(site: Site, right: Right, page: Page) -> Endpoint:
    """Let in who has the right, by a request that is theirs.

    Who has not come in is sent to sign in.
    """

    async def endpoint(request: Request) -> Response:
        if is_renewal(request.headers):
            request.scope[RENEWAL] = True
        visitor = await run_in_threadpool(site.doorkeeper.visitor, request)
        if visitor is None:
            return to_sign_in(request)
        request.scope[HOLDER] = visitor.name
        request.scope[VISITOR] = visitor
        if not visitor.may(right):
            raise HTTPException(403, f"the role {visitor.role} may not do this")
        form: Mapping[str, str] = {}
        if request.method == "POST":
            form = await form_of(request)
            check_ours(site, request, form, visitor.token)
            await run_in_threadpool(check_ledger, site)
        visit = Visit(site, request, visitor, form)
        response = await run_in_threadpool(page, visit)
        if visitor.new:
            give_cookie(response, site.doorkeeper.way(request), visitor.new)
        return response

    return endpoint


def check_ledger(site: Site) -> None:
    """Refuse to act on another ledger than the one that the settings are of.

    Raises:
        HTTPException: it is another deployment's.
        redis.RedisError: Redis does not answer.
    """
    settings = site.settings
    try:
        check_deployment(site.client, settings.deployment, to_change=True)
    except SettingsTrouble as trouble:
        raise HTTPException(409, trouble.message) from None


async def form_of(request: Request) -> Mapping[str, str]:
    """The fields that a form has posted.

    Raises:
        HTTPException: it is none, is too large, or does not arrive.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(415, "this is no form")
    announced = request.headers.get("content-length")
    try:
        body = await body_of(request.stream(), announced, MOST_BYTES, SECONDS)
        text = body.decode("ascii")
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except TooLargeError:
        raise HTTPException(413, f"a form has at most {MOST_BYTES} bytes") from None
    except TooSlowError:
        raise HTTPException(408, "the form did not arrive in time") from None
    except ValueError:
        raise HTTPException(400, "the form cannot be read") from None


def check_ours(
    site: Site, request: Request, form: Mapping[str, str], secret: str
) -> None:
    """Refuse what no page of ours has posted.

    It is checked twice over: what the browser states of its origin, and the token.

    Raises:
        HTTPException: with what to do now.
    """
    way = site.doorkeeper.way(request)
    if not is_our_pages(request.headers, way):
        raise HTTPException(403, "this was not sent by a page of this console")
    if not form_token.is_of(form.get("token", ""), secret):
        raise HTTPException(
            403, "this form is of a session that has ended: open the page again"
        )


def to_sign_in(request: Request) -> Response:
    """Send somebody to sign in, and back to where they wanted to go."""
    base = request.scope.get("root_path", "")
    if is_renewal(request.headers):
        return Response(status_code=401, headers={"HX-Redirect": f"{base}/sign-in"})
    path = request.url.path.removeprefix(base)
    query = f"?{request.url.query}" if request.url.query else ""
    wanted = path + query if request.method == "GET" else "/"
    after = f"?{urlencode({'next': wanted})}" if wanted != "/" else ""
    return RedirectResponse(f"{base}/sign-in{after}", 303)
