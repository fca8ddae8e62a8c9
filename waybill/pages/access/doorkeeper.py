"""Doorkeeper of the console: who a request is of, by its session or its proxy."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from waybill.pages.access import passwords
from waybill.pages.access.origin import Way, way_of
from waybill.pages.access.rights import RIGHTS, Right
from workers.ledger.console.sessions import Session, Sessions
from workers.settings.door import ConsoleUser, HttpDoor, Role

#: What let somebody in whom a trusted proxy vouches for.
BY_PROXY: Final = "proxy"

#: The cookie that has a session's secret.
SESSION: Final = "waybill"

#: Where a request has who has come in, so that a page of what went wrong knows it.
VISITOR: Final = "waybill.visitor"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who has come in.

    Attributes:
        name: in the settings.
        role: there.
        token: secret of the session, see `form_token`.
        new: the secret of a session that the browser does not have yet, else "".
    """

    name: str
    role: Role
    token: str
    new: str = ""

    def may(self, right: Right) -> bool:
        return right in RIGHTS[self.role]


class Doorkeeper:
    """Knows whose a request is; raises redis.RedisError.

    Args:
        door: the settings.
        sessions: of the console.
    """

    def __init__(self, door: HttpDoor, sessions: Sessions) -> None:
        self._door = door
        self.sessions = sessions

    def user(self, name: str) -> ConsoleUser | None:
        return self._door.users.get(name)

    def way(self, request: Request) -> Way:
        """How the request came in."""
        peer = request.client.host if request.client else ""
        scheme = request.scope.get("scheme", "http")
        return way_of(peer, scheme, request.headers, self._door.trusted_proxy)

    def visitor(self, request: Request) -> Visitor | None:
        """Who has come in; None where they must sign in first."""
        vouched = self._vouched(request)
        secret = request.cookies.get(cookie_name(self.way(request)), "")
        active = not is_renewal(request.headers)
        session = self.sessions.find(secret, active=active) if secret else None
        if session and (found := self._known(session, vouched)):
            return found
        user = self.user(vouched)
        if user is None:
            return None
        new, session = self.sessions.begin(vouched, BY_PROXY)
        return Visitor(vouched, user.role, session.token, new)

    def _known(self, session: Session, vouched: str) -> Visitor | None:
        """Whose session it is, as far as the settings and the proxy agree."""
        user = self.user(session.user)
        if user is None:
            return None
        by_proxy = session.proof == BY_PROXY
        if by_proxy:
            agreed = vouched == session.user
        else:
            agreed = bool(user.argon2) and session.proof == passwords.proof(user)
        if not agreed:
            return None
        return Visitor(session.user, user.role, session.token)

    def _vouched(self, request: Request) -> str:
        """Whom a trusted proxy has signed in, "" for nobody."""
        header = self._door.proxy_user
        if not header or not self.way(request).is_trusted:
            return ""
        named = request.headers.getlist(header)
        # Two of them: one may be the browser's own.
        return named[0].strip() if len(named) == 1 else ""


def is_renewal(headers: Mapping[str, str]) -> bool:
    """Whether a page renews itself, and nobody may be there."""
    return headers.get("hx-request") == "true"


def cookie_name(way: Way, of: str = SESSION) -> str:
    """What a cookie is called; over https no other host or path can set it."""
    return f"__Host-{of}" if way.is_secure else of


def give_cookie(response: Response, way: Way, value: str, of: str = SESSION) -> None:
    """Have the browser keep a secret until it is closed; no script sees it."""
    response.set_cookie(
        cookie_name(way, of),
        value,
        path="/",
        secure=way.is_secure,
        httponly=True,
        samesite="lax",
    )


def take_cookie(response: Response, way: Way, of: str = SESSION) -> None:
    """Have the browser forget it."""
    response.delete_cookie(
        cookie_name(way, of),
        path="/",
        secure=way.is_secure,
        httponly=True,
        samesite="lax",
    )
