"""Contract of token endpoints: Microsoft's for Westcon, and Ingram's own."""

from functools import cache
from typing import Final

from serializers.drift.contract import (
    CODE,
    JSON_TYPES,
    MAYBE_TEXT,
    NUMBER,
    TEXT,
    Contract,
    Many,
    Members,
    Scalar,
    needs,
)

_REPLY = Members(
    {
        "access_token": TEXT,
        "token_type": CODE,
        "expires_in": NUMBER,
        "ext_expires_in": NUMBER,
        "expires_on": NUMBER,
        "not_before": NUMBER,
        "resource": TEXT,
        "scope": TEXT,
    },
    needs("access_token"),
)

_REFUSAL = Members(
    {
        "error": CODE,
        "error_description": TEXT,
        "error_codes": Many(Scalar(frozenset({int}))),
        "error_uri": TEXT,
        "suberror": MAYBE_TEXT,
        "timestamp": TEXT,
        "trace_id": TEXT,
        "correlation_id": TEXT,
        # Ingram's, and Apigee's before it.
        "message": TEXT,
        "fault": Members({"faultstring": TEXT, "detail": Members({"errorcode": TEXT})}),
    },
    (frozenset({"error", "message", "fault"}),),
)

_STATUSES: Final = frozenset({200, 400, 401, 403, 404, 408, 429, 500, 502, 503, 504})

#: Of RFC 6749 and of Microsoft: those that do not say more than that it was refused.
ERRORS: Final = frozenset(
    {
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "invalid_resource",
        "invalid_scope",
        "unauthorized_client",
        "unsupported_grant_type",
        "unsupported_response_type",
        "access_denied",
        "consent_required",
        "interaction_required",
        "server_error",
        "temporarily_unavailable",
    }
)


@cache
def token_contract(partner: str) -> Contract:
    """The same of each partner that wants a token."""
    return Contract(
        partner,
        "token",
        reply=_REPLY,
        refusal=_REFUSAL,
        statuses=_STATUSES,
        media=JSON_TYPES,
    )
