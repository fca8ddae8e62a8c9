"""Receivers of notifications: verify the signature, apply each event once, keep all."""

import time
from base64 import b64decode, b64encode
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hmac import compare_digest, digest
from itertools import islice
from threading import Lock
from urllib.parse import unquote

from sandbox.faults import applies
from sandbox.http.fault import Fault
from sandbox.http.message import TEXT, Answer, Request
from sandbox.http.transmit import shown_status
from sandbox.partners.ingram.notification import Notification, read_notification
from sandbox.settings import SandboxSettings

#: Standard Webhooks' tolerance for the clock, in seconds.
_CLOCK_WINDOW = 300


def objection(
    headers: Mapping[str, str], body: bytes, event_id: str, secrets: Sequence[str]
) -> str:
    """Why a delivery cannot be trusted; "" when it can.

    Ingram's header signs the event id alone and is always needed. Standard
    Webhooks' three headers are checked as soon as one of them is there.
    """
    signature = headers.get("x-hub-signature", "")
    if not signature:
        return "x-hub-signature is missing"
    if not any(_hub(secret, event_id, signature) for secret in secrets):
        return "x-hub-signature is wrong"
    if not any(name.startswith("webhook-") for name in headers):
        return ""
    return _webhook_objection(headers, body, secrets)


def _hub(secret: str, event_id: str, signature: str) -> bool:
    mac = digest(secret.encode(), event_id.encode(), "sha512")
    return _same(signature, b64encode(mac).decode()) or _same(signature, mac.hex())


def _webhook_objection(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[str]
) -> str:
    sent_at = headers.get("webhook-timestamp", "")
    if not sent_at.isascii() or not sent_at.isdigit():
        return "webhook-timestamp is no number"
    if abs(time.time() - int(sent_at)) > _CLOCK_WINDOW:
        return "webhook-timestamp is too far from now"
    signed = f"{headers.get('webhook-id', '')}.{sent_at}.".encode() + body
    given = headers.get("webhook-signature", "").split()
    for secret in secrets:
        mac = b64encode(digest(_key(secret), signed, "sha256")).decode()
        if any(_same(one, f"v1,{mac}") for one in given):
            return ""
    return "webhook-signature is wrong"


def _key(secret: str) -> bytes:
    prefix = "whsec_"
    if secret.startswith(prefix):
        return b64decode(secret.removeprefix(prefix) + "==")
    return secret.encode()


def _same(given: str, expected: str) -> bool:
    return compare_digest(given.encode(), expected.encode())


_OF_INTEREST = (
    "content-type",
    "user-agent",
    "x-hub-signature",
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
    "traceparent",
    "waybill-try",
    "waybill-sequence",
    "waybill-test",
    "via",
)
_GOOD = range(200, 300)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How a receiver is; see `Receivers.behave`."""

    status: int = 200
    delay: float = 0.0
    strict: bool = True
    secrets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """One notification as it arrived.

    Attributes:
        at: `time.monotonic()` of the sandbox's process.
        statuses: event types, each followed by the statuses of its lines.
        verified: whether the signatures are right; `reason` states why not.
        accepted: whether the receiver acted on it, a duplicate included.
        duplicate: whether it had acted on the same event id before.
        status: what was answered; 0 for no answer at all.
    """

    seq: int
    at_ms: int
    at: float
    receiver: str
    event_id: str
    order_number: str
    statuses: tuple[str, ...]
    verified: bool
    reason: str
    accepted: bool
    duplicate: bool
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class Receivers:
    """Thread-safe; a receiver exists as soon as something is sent to it."""

    def __init__(self, settings: SandboxSettings) -> None:
        self._settings = settings
        self._lock = Lock()
        self._behaviours: dict[str, Behaviour] = {}
        self._deliveries: deque[Delivery] = deque(maxlen=settings.deliveries_keep)
        self._applied: dict[str, dict[str, None]] = {}
        self._seq = 0

    def behave(
        self,
        name: str,
        *,
        status: int = 200,
        delay: float = 0.0,
        strict: bool = True,
        secrets: Sequence[str] = (),
    ) -> None:
        """Change a receiver until it is changed again.

        Args:
            name: which one.
            status: what it answers; it acts only if that is 2xx.
            delay: seconds before it answers.
            strict: whether it refuses with 401 what it cannot verify; else it
                takes it.
            secrets: accepted from now on; () means those of the settings.
        """
        changed = Behaviour(status, delay, strict, tuple(secrets))
        with self._lock:
            self._behaviours[name] = changed

    def deliveries(
        self, name: str | None = None, since: int = 0, most: int | None = None
    ) -> tuple[Delivery, ...]:
        """What a receiver, or all of them, got; refused deliveries as well.

        Args:
            name: the receiver's, None for all.
            since: only what came after this sequence number.
            most: so many of them, the earliest.
        """
        with self._lock:
            found = (
                one
                for one in self._deliveries
                if one.seq > since and name in {None, one.receiver}
            )
            return tuple(islice(found, most))

    def applied(self, name: str) -> tuple[str, ...]:
        """The event ids a receiver acted on, each once, in their order."""
        with self._lock:
            return tuple(self._applied.get(name, ()))

    def clear(self) -> None:
        """Forget all deliveries and behaviours."""
        with self._lock:
            self._behaviours.clear()
            self._deliveries.clear()
            self._applied.clear()

    def receive(self, request: Request, fault: Fault | None) -> Answer:
        """Answer `POST /receivers/{name}`."""
        name = receiver_name(request.path)
        if request.method != "POST":
            return Answer(405)
        note = read_notification(request.body)
        behaviour = self._behaviours.get(name, Behaviour())
        secrets = behaviour.secrets or self._secrets(name)
        reason = objection(request.headers, request.body, note.event_id, secrets)
        answer = self._answer(behaviour, reason, note)
        self._remember(name, request, note, reason, answer, fault)
        return answer

    def _answer(self, behaviour: Behaviour, reason: str, note: Notification) -> Answer:
        facts = {"event_id": note.event_id, "order": note.order_number}
        refused = bool(reason) and behaviour.strict
        status = 401 if refused else behaviour.status
        text = reason.encode() if refused else b""
        return Answer(status, text, TEXT, facts=facts, wait=behaviour.delay)

    def _remember(
        self,
        name: str,
        request: Request,
        note: Notification,
        reason: str,
        answer: Answer,
        fault: Fault | None,
    ) -> None:
        accepted = answer.status in _GOOD and applies(fault)
        headers = {k: request.headers[k] for k in _OF_INTEREST if k in request.headers}
        with self._lock:
            applied = self._applied.setdefault(name, {})
            self._seq += 1
            delivery = Delivery(
                seq=self._seq,
                at_ms=time.time_ns() // 1_000_000,
                at=time.monotonic(),
                receiver=name,
                event_id=note.event_id,
                order_number=note.order_number,
                statuses=note.statuses,
                verified=not reason,
                reason=reason,
                accepted=accepted,
                duplicate=note.event_id in applied,
                status=shown_status(answer, fault),
                headers=headers,
                body=request.body,
            )
            self._deliveries.append(delivery)
            if accepted:
                applied[note.event_id] = None

    def _secrets(self, name: str) -> tuple[str, ...]:
        fallback = (self._settings.receiver_fallback_secret,)
        return tuple(self._settings.receiver_secrets.get(name, fallback))


def receiver_name(path: str) -> str:
    """The receiver a path means."""
    return unquote(path.removeprefix("/receivers/"))
