"""What the gateway before Westcon answers instead of Westcon.

It is Azure API Management: its bodies tell a bad subscription key, which no
retry mends, from a stale token, and name the seconds to wait.
"""

import re
from dataclasses import dataclass

from serializers import lenient_json
from serializers.errors import DecodeError
from serializers.lenient_json import text_of
from serializers.plain_text import printable

DOCUMENT = "Westcon gateway error"
MAX_LENGTH = 200
MAX_BYTES = 65_536

_QUOTA = re.compile(
    r"replenished in (?:([0-9]{1,5})\.)?([0-9]{1,2}):([0-9]{2}):([0-9]{2})",
    re.IGNORECASE,
)
_WAIT = re.compile(r"try again in ([0-9]{1,9}) second", re.IGNORECASE)
_STATUS = re.compile(r"[1-5][0-9]{2}")
_DAY, _HOUR, _MINUTE = 86_400, 3_600, 60


@dataclass(frozen=True, slots=True)
class GatewayError:
    """What could be read.

    Attributes:
        status_code: as the body says it, if it does.
        message: at most 200 printable characters, "" if there is none.
        subscription: the subscription key is missing or refused; a new token
            would not help.
        quota_seconds: until the call quota is replenished.
        wait_seconds: until the rate limit allows another call.
    """

    status_code: int | None = None
    message: str = ""
    subscription: bool = False
    quota_seconds: float | None = None
    wait_seconds: float | None = None


def decode_gateway_error(body: bytes) -> GatewayError:
    """Read what is there; any bytes give a value, an HTML page an empty one."""
    try:
        value = lenient_json.loads(body, document=DOCUMENT, max_bytes=MAX_BYTES)
    except DecodeError:
        return GatewayError()
    if not isinstance(value, dict):
        return GatewayError(message=printable(text_of(value), MAX_LENGTH))
    message = text_of(value.get("message"))
    status = text_of(value.get("statuscode"))
    return GatewayError(
        status_code=int(status) if _STATUS.fullmatch(status) else None,
        message=printable(message, MAX_LENGTH),
        subscription="subscription key" in message.lower(),
        quota_seconds=_quota_seconds(message),
        wait_seconds=_wait_seconds(message),
    )


def _quota_seconds(message: str) -> float | None:
    match = _QUOTA.search(message)
    if match is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return float(days * _DAY + hours * _HOUR + minutes * _MINUTE + seconds)


def _wait_seconds(message: str) -> float | None:
    match = _WAIT.search(message)
    return float(match[1]) if match else None
