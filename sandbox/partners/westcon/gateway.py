"""Azure API Management before Westcon's interfaces: access control and refusals.

It looks at the subscription key before anything else, then at the token; the wrapper
of a request is looked at last.
"""

from typing import Any

from sandbox.http.message import Answer, Request, bearer, json_answer, read_json
from sandbox.partners.tokens import Tokens
from sandbox.settings import SandboxSettings

_MISSING_KEY = (
    "Access denied due to missing subscription key. Make sure to include "
    "subscription key when making requests to an API."
)
_WRONG_KEY = (
    "Access denied due to invalid subscription key. Make sure to provide a valid "
    "key for an active subscription."
)
#: Westcon's own text is unknown; API Management leaves it to the policy.
_WRONG_TOKEN = "Unauthorized. Access token is missing or invalid."  # noqa: S105 - a message


def refusal(
    request: Request, settings: SandboxSettings, tokens: Tokens
) -> Answer | None:
    """How the gateway answers in Westcon's place; None where it lets through."""
    if request.method != "POST":
        return _refused(404, "Resource not found")
    key = request.headers.get("ocp-apim-subscription-key", "")
    if not key:
        return _refused(401, _MISSING_KEY)
    if key != settings.westcon_subscription_key:
        return _refused(401, _WRONG_KEY)
    if not tokens.valid(bearer(request)):
        return _refused(401, _WRONG_TOKEN)
    return None


def wrapped(body: bytes, wrapper: str, *needed: str) -> dict[str, Any]:
    """Read what stands in a request's wrapper.

    Args:
        body: of the request.
        wrapper: its name.
        needed: texts that it must hold beside those that every interface needs.

    Raises:
        ValueError: with the gateway's text for a 400.
    """
    try:
        document = read_json(body)
    except ValueError:
        document = None
    inner = document.get(wrapper) if isinstance(document, dict) else None
    if not isinstance(inner, dict):
        raise ValueError(f"Missing required fields: {wrapper.lower()}")  # noqa: TRY004 - one failure: unusable
    for name in ("partnerKey", "orderType", "language", *needed):
        if not isinstance(inner.get(name), str) or not inner[name]:
            raise ValueError(f"Missing required fields: {name.lower()}")
    if inner["orderType"] not in {"W", "C"}:
        raise ValueError("Invalid value for field: ordertype")
    return inner


def _refused(status: int, message: str) -> Answer:
    return json_answer(status, {"statusCode": status, "message": message})
