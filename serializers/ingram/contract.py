"""Contract of who is notified: Ingram's relay, and receivers of our own."""

from typing import Final

from serializers.drift.contract import (
    MAYBE_TEXT,
    RETRY_AFTER,
    TEXT,
    Contract,
    Many,
    Members,
    Scalar,
)

PARTNER: Final = "ingram"

#: Ingram documents the three; of a receiver the same are read.
_LIMITS = frozenset(
    {
        RETRY_AFTER,
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
    }
)

_FIELD = Members({"field": MAYBE_TEXT, "message": MAYBE_TEXT, "value": MAYBE_TEXT})
_ERROR = Members(
    {
        "id": Scalar(frozenset({str, int})),
        "traceid": TEXT,
        "type": TEXT,
        "message": MAYBE_TEXT,
        "fields": Many(_FIELD),
        "field": MAYBE_TEXT,
        # Ingram's own examples have these two spellings.
        "messaage": TEXT,
        "1ype": TEXT,
    }
)
_FAULT = Members({"faultstring": TEXT, "detail": Members({"errorcode": TEXT})})

#: Ingram's errors, in a list too; a token's; Apigee's.
_REFUSAL = Many(
    Members(
        {"errors": Many(_ERROR), "message": TEXT, "fault": _FAULT},
        (frozenset({"errors", "message", "fault"}),),
    ),
    alone=True,
)

#: No document of a success is read, so any will do.
RELAY: Final = Contract(PARTNER, "relay", refusal=_REFUSAL, limits=_LIMITS)

#: A receiver is anybody's: of its answer the status is read and how long to wait.
RECEIVER: Final = Contract(PARTNER, "receiver", limits=_LIMITS)
