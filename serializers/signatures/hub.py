"""Findings about x-hub-signature, Ingram Micro's signature over the event id."""

import base64

from serializers.signatures.diagnosis import Spelling, keys, match, within
from serializers.signatures.request import Finding, Known, Reason, Received

HEADER = "x-hub-signature"

_FORM = "the key is the secret's text, with `whsec_` where it has that"
_SPELLED = Reason(
    "spelling",
    "the header is not spelled plainly: it has something before or around the"
    " signature, another alphabet, or no padding",
)
_OVER_BODY = Reason(
    "over_body", "it was made over the whole body; Ingram's is over the eventId alone"
)
_EVENT_ID = Reason(
    "event_id",
    "it is that of the event in webhook-id; the body's eventId is another, or missing",
)
_NONE = Reason(
    "wrong_secret",
    "no secret given makes it for this eventId: another secret, or another event",
)


def hub_finding(received: Received, event_id: str, known: Known) -> Finding:
    """Judge whether the signature is right and, if not, why."""
    given = received.header(HEADER)
    if not given:
        return Finding(HEADER, None, "is not there")
    messages = [((), _bytes(event_id)), *_other_messages(received, event_id)]
    found = match(
        keys(known, _bytes, _FORM), messages, _spellings(given, known), "sha512"
    )
    if found is None:
        return Finding(HEADER, valid=False, text="does not fit", reasons=(_NONE,))
    sentence = f"made with {found.key.name}"
    return Finding(HEADER, not found.reasons, sentence, found.reasons)


def _other_messages(
    received: Received, event_id: str
) -> list[tuple[tuple[Reason, ...], bytes]]:
    announced = received.header("webhook-id")
    others: list[tuple[tuple[Reason, ...], bytes]] = []
    if announced and announced != event_id:
        others.append(((_EVENT_ID,), _bytes(announced)))
    return [*others, ((_OVER_BODY,), received.body)]


def _spellings(given: str, known: Known) -> list[Spelling]:
    def is_base64(mac: bytes) -> bool:
        return given == base64.b64encode(mac).decode()

    def is_hex(mac: bytes) -> bool:
        return given.lower() == mac.hex()

    sentence = (
        "it is right, in {}, where {} is expected; an endpoint's `hub_encoding` states"
    )
    sentence += " which is sent"
    somehow: Spelling = (_SPELLED, within(given))
    if known.encoding == "hex":
        other = Reason("base64", sentence.format("base64", "hex"))
        return [(None, is_hex), (other, is_base64), somehow]
    other = Reason("hex", sentence.format("hex", "base64"))
    return [(None, is_base64), (other, is_hex), somehow]


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")
