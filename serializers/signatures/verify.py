"""Verifier of a received notification; explains a wrong signature."""

from dataclasses import dataclass

from serializers.errors import DecodeError
from serializers.ingram import encode
from serializers.signatures.hub import hub_finding
from serializers.signatures.request import Finding, Known, Reason, Received
from serializers.signatures.standard_webhooks import webhook_finding

__all__ = ["Finding", "Known", "Reason", "Received", "Verification", "verify"]


@dataclass(frozen=True, slots=True)
class Verification:
    """What is to be thought of one request.

    Attributes:
        event_id: the body's, "" if it has none.
        findings: one for each signature, and one for the body if it is unreadable.
    """

    event_id: str
    findings: tuple[Finding, ...]

    @property
    def valid(self) -> bool:
        """Whether a signature is there, and all that is there fits."""
        results = [finding.valid for finding in self.findings]
        return True in results and False not in results


def verify(received: Received, known: Known) -> Verification:
    """Check both signatures; whatever the request holds, there is a verdict."""
    event_id, unreadable = _event_id(received.body)
    hub = hub_finding(received, event_id, known)
    webhook = webhook_finding(
        received, event_id, known, secret_right=_shows_the_secret(hub)
    )
    return Verification(
        event_id, (*unreadable, hub, webhook, *_strange(received, event_id))
    )


def _shows_the_secret(hub: Finding) -> bool:
    about_it = {
        "wrong_secret",
        "other_secret",
        "key_form",
        "secret_blanks",
        "secret_form",
        "secret_padding",
    }
    return hub.valid is not None and about_it.isdisjoint(r.code for r in hub.reasons)


def _event_id(body: bytes) -> tuple[str, tuple[Finding, ...]]:
    try:
        return encode.decode(body).event_id, ()
    except DecodeError as error:
        reason = Reason("unreadable", str(error))
        return "", (Finding("body", valid=False, text="", reasons=(reason,)),)


def _strange(received: Received, event_id: str) -> tuple[Finding, ...]:
    """A webhook-id that is signed, and is not the body's eventId."""
    announced = received.header("webhook-id")
    if not event_id or announced in {"", event_id}:
        return ()
    sentence = "it is not the body's eventId: header and body are of two events"
    reason = Reason("event_id", sentence)
    return (Finding("webhook-id", valid=False, text="", reasons=(reason,)),)
