"""Errors of the API gateway before Westcon's interfaces.

It is Azure API Management: its bodies distinguish a bad subscription key, which no
retry mends, from a stale token, and name the seconds to wait.
"""

import re
from dataclasses import dataclass

from serializers.errors import DecodeError
from serializers.formats import lenient_json
from serializers.formats.json_limits import JsonValue
from serializers.formats.lenient_json import text_of
from serializers.formats.refusal_text import partner_text
from serializers.formats.text import Hide, printable

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
        status_code: as the body states it, if it does.
        message: its words in whatever form, at most 200 printable characters.
        subscription: the subscription key is missing or refused; a new token
            would not help.
        quota: the call quota is used up.
        quota_seconds: until the call quota is replenished.
        wait_seconds: until the rate limit allows another call.
    """

    status_code: int | None = None
    message: str = ""
    subscription: bool = False
    quota: bool = False
    quota_seconds: float | None = None
    wait_seconds: float | None = None


def decode_gateway_error(body: bytes, hide: Hide = str) -> GatewayError:
    """Read what is there; any bytes give a value.

    Args:
        body: JSON, XML, plain text or an HTML page.
        hide: puts masks over secrets in the message.
    """
    words = partner_text(body)
    status = _status(body)
    return GatewayError(
        status_code=int(status) if _STATUS.fullmatch(status) else None,
        message=printable(hide(words), MAX_LENGTH),
        subscription="subscription key" in words.lower(),
        quota="out of call volume quota" in words.lower(),
        quota_seconds=_quota_seconds(words),
        wait_seconds=_wait_seconds(words),
    )


def _status(body: bytes) -> str:
    try:
        value: JsonValue = lenient_json.loads(
            body, document=DOCUMENT, max_bytes=MAX_BYTES
        )
    except DecodeError:
        return ""
    return text_of(value.get("statuscode")) if isinstance(value, dict) else ""


def _quota_seconds(message: str) -> float | None:
    match = _QUOTA.search(message)
    if match is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return float(days * _DAY + hours * _HOUR + minutes * _MINUTE + seconds)


def _wait_seconds(message: str) -> float | None:
    match = _WAIT.search(message)
    return float(match[1]) if match else None
