"""Access: whose token a request carries, and whether it may do what it asks for."""

import math
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from waybill.http_request import HOLDER
from waybill.serve.bounds import Rates
from waybill.serve.tokens import Holder, holder
from workers.settings.door import DoorToken, Right

_BEARER = HTTPBearer(
    auto_error=False, description="A token of WAYBILL_HTTP__TOKENS", scheme_name="token"
)
_Given = Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]


def requires(
    right: Right, tokens: Mapping[str, DoorToken], rates: Rates
) -> Callable[..., Holder]:
    """What a route depends on that needs this right.

    Args:
        right: that the token has to have.
        tokens: of the settings.
        rates: of all tokens.
    """

    def allowed(request: Request, _given: _Given) -> Holder:
        found = holder(request.headers.get("authorization", ""), tokens)
        if found is None:
            raise HTTPException(
                HTTPStatus.UNAUTHORIZED,
                "send a token of WAYBILL_HTTP__TOKENS as Authorization: Bearer …",
                {"WWW-Authenticate": "Bearer"},
            )
        request.scope[HOLDER] = found.name
        if right not in found.rights:
            what = f"the token {found.name} has not the right `{right}`"
            raise HTTPException(HTTPStatus.FORBIDDEN, what)
        if seconds := rates.wait(found.name):
            raise HTTPException(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"the token {found.name} makes more requests than"
                " WAYBILL_HTTP__PER_MINUTE",
                {"Retry-After": str(math.ceil(seconds))},
            )
        return found

    return allowed
