"""Signing in to the console, and out of it."""

import re
import secrets
from http import HTTPStatus
from typing import Final

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from waybill.http_request import HOLDER
from waybill.pages.access import form_token, passwords
from waybill.pages.access.doorkeeper import cookie_name, give_cookie, take_cookie
from waybill.pages.routes import PageRoute
from waybill.pages.visit import Site, check_ours, form_of
from workers.ledger.console.sign_ins import SignIns

log = structlog.get_logger()

#: The cookie whose secret the form of signing in repeats: there is no session yet.
BEFORE: Final = "waybill_sign_in"

#: A path of the console; two slashes, or a backslash, would lead to another host.
_INSIDE: Final = re.compile(r"/(?![/\\])[!-\[\]-~]{0,500}")
_SECRET: Final = re.compile(r"[0-9a-f]{64}")


def routes(site: Site) -> list[BaseRoute]:
    """The pages that need nobody to have come in."""
    attempts = SignIns(site.client)

    async def form(request: Request) -> Response:
        return _form(site, request)

    async def sign_in(request: Request) -> Response:
        return await _sign_in(site, attempts, request)

    async def sign_out(request: Request) -> Response:
        return await _sign_out(site, request)

    return [
        PageRoute("/sign-in", form, methods=["GET"]),
        PageRoute("/sign-in", sign_in, methods=["POST"]),
        PageRoute("/sign-out", sign_out, methods=["POST"]),
    ]


def inside(path: str) -> str:
    """Where to go after signing in: a page of the console, whatever was asked for."""
    return path if _INSIDE.fullmatch(path) else "/"


def _form(
    site: Site,
    request: Request,
    status: int = HTTPStatus.OK,
    problem: str = "",
    name: str = "",
) -> Response:
    way = site.doorkeeper.way(request)
    secret = request.cookies.get(cookie_name(way, BEFORE), "")
    if not _SECRET.fullmatch(secret):
        secret = secrets.token_hex(form_token.LENGTH)
    page = site.renderer.page(
        request,
        None,
        "sign_in",
        status,
        problem=problem,
        name=name,
        token=form_token.masked(secret),
        after=inside(request.query_params.get("next", "/")),
        behind_proxy=bool(site.settings.http.proxy_user),
    )
    give_cookie(page, way, secret, BEFORE)
    return page


async def _sign_in(site: Site, attempts: SignIns, request: Request) -> Response:
    form, way = await form_of(request), site.doorkeeper.way(request)
    secret = request.cookies.get(cookie_name(way, BEFORE), "")
    if not _SECRET.fullmatch(secret):
        return _form(site, request, 403, "The form had grown old: try again.")
    check_ours(site, request, form, secret)
    name, password = form.get("name", "").strip()[:127], form.get("password", "")
    if wait := await run_in_threadpool(attempts.attempt, name, way.address):
        log.warning("sign_in_limited", address=way.address)
        what = f"Too many attempts: try again in {-(-wait // 60)} min."
        page = _form(site, request, 429, what, name)
        page.headers["Retry-After"] = str(wait)
        return page
    user = site.doorkeeper.user(name)
    if not await run_in_threadpool(passwords.is_right, user, password[:1024]):
        log.warning("sign_in_refused", address=way.address)
        return _form(site, request, 401, "Name or password is wrong.", name)
    assert user is not None  # noqa: S101 (nobody's password is never right)
    await run_in_threadpool(attempts.succeeded, name)
    proof = passwords.proof(user)
    # A session from before would stay with whoever had given it to this browser.
    await run_in_threadpool(_end, site, request)
    session, _ = await run_in_threadpool(site.doorkeeper.sessions.begin, name, proof)
    request.scope[HOLDER] = name
    log.info("signed_in", user=name, address=way.address)
    base = request.scope.get("root_path", "")
    answer = RedirectResponse(base + inside(form.get("next", "/")), 303)
    give_cookie(answer, way, session)
    take_cookie(answer, way, BEFORE)
    return answer


async def _sign_out(site: Site, request: Request) -> Response:
    form, way = await form_of(request), site.doorkeeper.way(request)
    visitor = await run_in_threadpool(site.doorkeeper.visitor, request)
    if visitor is not None:
        check_ours(site, request, form, visitor.token)
        request.scope[HOLDER] = visitor.name
        await run_in_threadpool(_end, site, request)
        log.info("signed_out", user=visitor.name)
    base = request.scope.get("root_path", "")
    answer = RedirectResponse(f"{base}/sign-in", 303)
    take_cookie(answer, way)
    return answer


def _end(site: Site, request: Request) -> None:
    name = cookie_name(site.doorkeeper.way(request))
    if secret := request.cookies.get(name, ""):
        site.doorkeeper.sessions.end(secret)
