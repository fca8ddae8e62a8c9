"""Findings about webhook-signature (Standard Webhooks, over id, time and body)."""

import base64
import codecs
import re
from collections.abc import Iterator
from itertools import product

from serializers.errors import DecodeError, EncodeError
from serializers.formats import strict_json
from serializers.ingram import encode
from serializers.signatures.diagnosis import Spelling, Way, keys, match, within
from serializers.signatures.request import Finding, Known, Reason, Received
from serializers.signatures.sign import webhook_key

NEWLINE = Reason(
    "trailing_newline",
    "the body was signed with another line break at its end, or with none: editors and"
    " `echo` add one, some readers take it away",
)
MARK = Reason(
    "byte_order_mark", "the body begins with a byte order mark that was not signed"
)
REWRITTEN = Reason(
    "reserialised",
    "the body is the same JSON written anew (blanks, order of members, escapes or"
    " numbers differ): check the bytes as they came, before a framework reads them",
)


def near_bodies(body: bytes) -> list[Way]:
    """The body, then what it may have been; each once."""
    found: dict[bytes, Reason | None] = {body: None}
    for reason, other in _others(body):
        found.setdefault(other, reason)
    return [(reason, other) for other, reason in found.items()]


def _others(body: bytes) -> Iterator[tuple[Reason, bytes]]:
    bare = body.rstrip(b"\r\n")
    for end in (b"", b"\n", b"\r\n"):
        yield NEWLINE, bare + end
    yield MARK, body.removeprefix(codecs.BOM_UTF8)
    for written in _rewritten(body.removeprefix(codecs.BOM_UTF8)):
        yield REWRITTEN, written
        yield REWRITTEN, written + b"\n"


def _rewritten(body: bytes) -> Iterator[bytes]:
    """The JSON as Waybill writes it: in the order given, then in each spelling."""
    try:
        yield strict_json.dumps(strict_json.loads(body, document="body"))
    except (DecodeError, EncodeError):
        return
    for spelling in encode.SPELLINGS:
        try:
            yield encode.encode(encode.decode(body), spelling)
        except (DecodeError, EncodeError):
            return


HEADER = "webhook-signature"
NAMES = ("webhook-id", "webhook-timestamp", HEADER)

_FORM = "it is what follows `whsec_`, decoded from base64, or else the secret's text"
_SPELLED = Reason(
    "spelling",
    "no signature in the header is spelled `v1,` and plain base64, with blanks between",
)
_MILLISECONDS = Reason(
    "milliseconds", "webhook-timestamp counts milliseconds; seconds were signed"
)
_NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)


def webhook_finding(
    received: Received, event_id: str, known: Known, *, secret_right: bool
) -> Finding:
    """Judge whether the signature is right and, if not, why.

    Args:
        received: the request.
        event_id: the body's, "" if it has none.
        known: the receiver's secrets and clock.
        secret_right: whether x-hub-signature shows that the secret is.
    """
    missing = [name for name in NAMES if not received.header(name)]
    if len(missing) == len(NAMES):
        sentence = "is not there, so nothing vouches for the body or its age"
        return Finding(HEADER, None, sentence)
    if missing:
        why = Reason("incomplete", f"{' and '.join(missing)} is not there")
        return Finding(HEADER, valid=False, text="cannot be checked", reasons=(why,))
    found = match(
        keys(known, webhook_key, _FORM),
        _messages(received, event_id),
        _spellings(received.header(HEADER)),
        "sha256",
    )
    if found is None:
        why = _changed() if secret_right else _wrong()
        return Finding(HEADER, valid=False, text="does not fit", reasons=(why,))
    reasons = (*found.reasons, *_age(received, known, found.reasons))
    return Finding(HEADER, not reasons, f"made with {found.key.name}", reasons)


def _changed() -> Reason:
    sentence = (
        "the secret is right, as x-hub-signature shows; so the body, webhook-id or"
    )
    return Reason("changed", f"{sentence} webhook-timestamp is not what was signed")


def _wrong() -> Reason:
    sentence = "no secret given makes it: another secret, or body, webhook-id or"
    return Reason(
        "wrong_secret", f"{sentence} webhook-timestamp are not what was signed"
    )


def _messages(
    received: Received, event_id: str
) -> list[tuple[tuple[Reason, ...], bytes]]:
    """Every id, time and body that may have been signed together."""
    return [
        (
            tuple(reason for reason, _ in ways if reason),
            b".".join(part for _, part in ways),
        )
        for ways in product(
            _ids(received, event_id), _times(received), near_bodies(received.body)
        )
    ]


def _ids(received: Received, event_id: str) -> list[Way]:
    announced = received.header("webhook-id")
    ids: list[Way] = [(None, announced.encode(errors="surrogatepass"))]
    if event_id not in {"", announced}:
        sentence = "webhook-id is not what was signed; the body's eventId is"
        ids.append(
            (Reason("event_id", sentence), event_id.encode(errors="surrogatepass"))
        )
    return ids


def _times(received: Received) -> list[Way]:
    text = received.header("webhook-timestamp")
    times: list[Way] = [(None, text.encode(errors="surrogatepass"))]
    if _NUMBER.fullmatch(text):
        times.append((_MILLISECONDS, b"%d" % (int(text) // 1000)))
    return times


def _spellings(given: str) -> list[Spelling]:
    def is_listed(mac: bytes) -> bool:
        return f"v1,{base64.b64encode(mac).decode()}" in given.split()

    return [(None, is_listed), (_SPELLED, within(given))]


def _age(
    received: Received, known: Known, slips: tuple[Reason, ...]
) -> tuple[Reason, ...]:
    text = received.header("webhook-timestamp")
    if not _NUMBER.fullmatch(text):
        return (Reason("timestamp", "webhook-timestamp is no number of seconds"),)
    late = known.at - int(text) // (1000 if _MILLISECONDS in slips else 1)
    if abs(late) <= known.tolerance:
        return ()
    when = "before" if late > 0 else "after"
    sentence = f"it was signed {abs(late):.0f} s {when} it arrived, by this clock, and"
    sentence += (
        f" {known.tolerance:.0f} s are allowed: an old request sent again, or one"
    )
    return (Reason("clock", f"{sentence} of the two clocks is wrong"),)
